"""An invented history of many items, for the benchmark of the flow metrics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.program import Program, Workflow

SEED = 20250630
ZONE = "Europe/Madrid"
AS_OF = "2024-12-31"
YEARS = 10
MOVES = 9
WORKFLOW = Workflow(
    {
        "Backlog": "backlog",
        "Ready": "waiting",
        "In Progress": "active",
        "Code Review": "active",
        "Ready for Test": "waiting",
        "In Test": "active",
        "Done": "done",
        "Cancelled": "done",
    }
)
# the ways of items, by place in the workflow (-1 is none), and how many in a hundred go each
_WAYS = {
    (0, 1, 2, 3, 4, 5, 6, 7, -1): 4,
    (0, 1, 2, 3, 2, 3, 4, 6, -1): 22,
    (0, 1, 2, 4, 5, 2, 3, 6, -1): 30,
    (0, 2, 3, 4, 5, 2, 5, 6, -1): 30,
    (0, 1, 2, 3, 4, 6, 2, 6, 7): 10,
    (0, 1, 0, 1, 0, 1, 0, 7, -1): 4,
}
_REASONS = ("vendor", "environment", "another team", "security", "data")


def program(count: int) -> Program:
    """`count` items of 20 teams that make 8 moves or 9 each, over ten years."""
    chance = np.random.default_rng(SEED)
    day = 86_400_000_000
    last = np.datetime64(f"{AS_OF}T22:00", "us").astype("int64")
    created = last - chance.integers(day, YEARS * 365 * day, count)
    pauses = (chance.gamma(0.4, 5 * day, (count, MOVES - 1))).astype("int64") + 1
    at = np.column_stack([created, created[:, None] + pauses.cumsum(axis=1)])
    way = chance.choice(len(_WAYS), count, p=np.array(list(_WAYS.values())) / 100)
    entered = np.array(list(_WAYS))[way]
    left = np.column_stack([np.full(count, -1), entered[:, :-1]])
    known = (at <= last) & (entered >= 0)
    ids = pd.Index([f"A-{number:07d}" for number in range(count)], dtype="str")
    names = list(WORKFLOW.stages)
    transitions = pd.DataFrame(
        {
            "item_id": pd.Categorical.from_codes(
                np.repeat(np.arange(count), MOVES)[known.ravel()], categories=ids
            ),
            "at": _utc(at[known]),
            "from_status": pd.Categorical.from_codes(left[known], categories=names),
            "to_status": pd.Categorical.from_codes(entered[known], categories=names),
        }
    )
    items = pd.DataFrame(
        {
            "item_id": ids,
            "title": "Change number " + ids,
            "kind": pd.Categorical.from_codes(
                chance.integers(0, 3, count), ["Story", "Bug", "Task"]
            ),
            "team": pd.Categorical.from_codes(
                chance.integers(0, 20, count), [f"Team {number:02d}" for number in range(20)]
            ),
            "created_at": _utc(created),
            "points": chance.choice([1.0, 2.0, 3.0, 5.0, 8.0, np.nan], count),
        }
    )
    return Program.from_tables(
        {"items": items, "transitions": transitions, "blocks": _blocks(chance, ids, at, last)},
        as_of=AS_OF,
        time_zone=ZONE,
        workflow=WORKFLOW,
    )


def _blocks(chance: np.random.Generator, ids: pd.Index, at: np.ndarray, last: int) -> pd.DataFrame:
    """One item in ten is blocked, some of them twice at once, and some for good."""
    day = 86_400_000_000
    whose = chance.integers(0, len(ids), len(ids) // 10)
    begins = at[whose, 2] + chance.integers(0, day, len(whose))
    ends = begins + chance.integers(1, 6 * day, len(whose))
    lasting = (chance.random(len(whose)) < 0.01) | (ends > last)
    known = begins <= last
    return pd.DataFrame(
        {
            "item_id": ids[whose][known],
            "blocked_at": _utc(begins[known]),
            "unblocked_at": _utc(np.where(lasting, np.iinfo(np.int64).min, ends)[known]),
            "reason": pd.Series(chance.choice(_REASONS, len(whose))[known], dtype="str"),
        }
    )


def _utc(microseconds: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(microseconds.astype("datetime64[us]")).tz_localize("UTC")
