"""Random histories of a few items, for properties that no example shows."""

from datetime import UTC, datetime, timedelta

import pandas as pd
from hypothesis import Phase, settings
from hypothesis import strategies as st

from tpm_analytics.program import Program, Workflow

# a program takes some 50 ms to make: few are made, and a failing one is shown as it was found
few_examples = settings(max_examples=15, phases=(Phase.explicit, Phase.reuse, Phase.generate))

STATUSES = ("Open", "Ready", "Doing", "Review", "Done", "Dropped")
WORKFLOW = Workflow(
    {
        "Open": "backlog",
        "Ready": "waiting",
        "Doing": "active",
        "Review": "active",
        "Done": "done",
        "Dropped": "done",
    }
)
FIRST = datetime(2025, 3, 1, tzinfo=UTC)
HOURS = 24 * 12

hours = st.integers(0, HOURS)
moves = st.lists(st.tuples(hours, st.sampled_from(STATUSES)), max_size=8)
histories = st.lists(st.tuples(st.none() | hours, moves, st.booleans()), min_size=1, max_size=5)
zones = st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Apia"])


def moment(hour):
    return FIRST + timedelta(hours=hour)


def program(history, time_zone="UTC"):
    """Make a program of items that each have moves, and may be created at an hour."""
    items = pd.DataFrame(
        {
            "item_id": [f"A-{number}" for number in range(len(history))],
            "created_at": [None if hour is None else moment(hour) for hour, _, _ in history],
        }
    )
    return Program.from_tables(
        {"items": items, "transitions": moves_of(history)},
        as_of=moment(HOURS).date(),
        time_zone=time_zone,
        workflow=WORKFLOW,
    )


def moves_of(history):
    """Make the transitions, in the order of a tracker's log; some name the status left."""
    rows = []
    for number, (_, moved, named) in enumerate(history):
        left = "Open" if named else None
        for hour, entered in sorted(moved, key=lambda move: move[0]):
            rows.append((f"A-{number}", moment(hour), left, entered))
            left = entered
    # newest item first: the door sorts by item and time, and keeps the order of one moment
    rows.sort(key=lambda row: row[0], reverse=True)
    return pd.DataFrame(rows, columns=["item_id", "at", "from_status", "to_status"])
