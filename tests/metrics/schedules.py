"""Small schedules for tests: activities and links written as short tuples."""

import pandas as pd

from tpm_analytics import Program

# A Sunday, so that the first working day of a plan without dates is Monday 3 March 2025
SUNDAY = pd.Timestamp("2025-03-02")


def program_of(activities, links=(), until=SUNDAY, **tables):
    """A program of activities (dicts) and links (from, to, kind, lag)."""
    return Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": ["I-1"], "created_at": ["2024-01-01T09:00Z"]}),
            "activities": pd.DataFrame(list(activities)),
            "links": pd.DataFrame(
                [(*link, *("FS", 0)[len(link) - 2 :]) for link in links],
                columns=["from_id", "to_id", "kind", "lag_days"],
            ),
            **tables,
        },
        as_of=until,
    )


def work(key, days, **more):
    return {"activity_id": key, "duration_days": days} | more


def days_of(frame, column):
    """Days of a column as text, by activity."""
    return dict(zip(frame["activity_id"], frame[column].dt.strftime("%m-%d"), strict=True))


def by_activity(frame, column):
    return dict(zip(frame["activity_id"], frame[column], strict=True))
