"""Programs out of a few moves that a reader can follow with a pencil."""

import pandas as pd

from tpm_analytics.metrics import flow
from tpm_analytics.program import Program, Workflow

WORKFLOW = Workflow(
    {
        "Backlog": "backlog",
        "Doing": "active",
        "Review": "active",
        "To test": "waiting",
        "Test": "active",
        "Done": "done",
        "Released": "done",
    }
)
_STATUS = {
    "B": "Backlog",
    "D": "Doing",
    "R": "Review",
    "W": "To test",
    "T": "Test",
    "X": "Done",
    "Z": "Released",
}


def history(text):
    """Read moves such as ``"3 D, 5.5 X"``: on 2025-03-03 at 0:00 to Doing, 5th at noon to Done."""
    moves = []
    for move in text.split(","):
        day, status = move.split()
        moves.append((moment(float(day)), _STATUS[status]))
    return moves


def moment(day):
    """The moment that a day of March 2025, and a part of it, begins in UTC."""
    return (pd.Timestamp("2025-03-01", tz="UTC") + pd.Timedelta(days=day - 1)).round("s")


def program_of(histories, *, as_of=31, blocks=None, time_zone="UTC", workflow=WORKFLOW, **columns):
    """A program of items created on 2025-03-01 in Backlog that make these moves."""
    names = [f"A-{number}" for number in range(1, len(histories) + 1)]
    rows = []
    for name, text in zip(names, histories, strict=True):
        left = "Backlog"
        for at, entered in history(text):
            rows.append((name, at, left, entered))
            left = entered
    items = pd.DataFrame({"item_id": names, "created_at": moment(1), **columns})
    tables = {
        "items": items,
        "transitions": pd.DataFrame(rows, columns=["item_id", "at", "from_status", "to_status"]),
    }
    if blocks is not None:
        tables["blocks"] = pd.DataFrame(
            blocks, columns=["item_id", "blocked_at", "unblocked_at", "reason"]
        )
    return Program.from_tables(
        tables,
        as_of=pd.Timestamp(f"2025-03-{as_of:02}"),
        time_zone=time_zone,
        workflow=workflow,
    )


def stays_of(histories, **options):
    """Program and stays of items that make these moves."""
    program = program_of(histories, **options)
    return program, flow.stays(program, program.items)
