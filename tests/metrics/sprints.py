"""Programs of a few sprints for the tests of velocity."""

import pandas as pd

from tpm_analytics import Program

DAY = pd.Timedelta(days=1)
FIRST = pd.Timestamp("2025-03-03T09:00Z")
FORTNIGHT = 14 * DAY
LATER = pd.Timestamp("2025-12-31")


def starts(number):
    """Start of the sprint of that number, the first being 1."""
    return FIRST + (number - 1) * FORTNIGHT


def sprint_table(count, **changed):
    """Sprints of eleven days, one after the other, each closed when it was to end."""
    begins = [starts(number) for number in range(1, count + 1)]
    table = pd.DataFrame(
        {
            "sprint_id": [str(number) for number in range(1, count + 1)],
            "name": [f"Sprint {number}" for number in range(1, count + 1)],
            "team": "core",
            "starts_at": begins,
            "ends_at": [begin + 11 * DAY for begin in begins],
            "completed_at": [begin + 11 * DAY for begin in begins],
        }
    )
    return table.assign(**changed)


def program_of(sprints, items, scope, *, as_of=LATER, **tables):
    """A program of items (id: points, finish) and entries (sprint, item, added, removed)."""
    return Program.from_tables(
        {
            "items": pd.DataFrame(
                {
                    "item_id": list(items),
                    "title": [f"Work on {key}" for key in items],
                    "team": "core",
                    "created_at": FIRST - 30 * DAY,
                    "points": [points for points, _ in items.values()],
                    "finished_at": [finish for _, finish in items.values()],
                }
            ),
            "sprints": sprints,
            "sprint_scope": pd.DataFrame(
                scope, columns=["sprint_id", "item_id", "added_at", "removed_at"]
            ),
            **tables,
        },
        as_of=as_of,
    )
