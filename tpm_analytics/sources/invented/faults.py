"""Faults as every tracker has them, for `tpm check` to find."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, story
from tpm_analytics.sources.invented.chance import Generator

_UNKNOWN_ASSIGNEES = 6
_OLD_DAYS = 60
_IMPORTED = (
    # Came over from the old tracker without history; the second was resolved before it began.
    (
        "Migrate merchant contracts",
        "2024-01-08T09:10:00Z",
        "2024-01-15T10:00:00Z",
        "2024-01-26T15:30:00Z",
    ),
    (
        "Import the chart of accounts",
        "2024-01-08T09:12:00Z",
        "2024-02-12T09:00:00Z",
        "2024-02-05T16:00:00Z",
    ),
    ("Map old fee codes", "2024-01-08T09:14:00Z", "2024-01-17T08:30:00Z", "2024-02-02T12:45:00Z"),
    (
        "Archive closed disputes",
        "2024-01-08T09:16:00Z",
        "2024-01-22T11:00:00Z",
        "2024-02-09T09:20:00Z",
    ),
)
_IMPORTED_TEAM = "Ledger"
_IMPORTED_FROM = 9001


def with_bulk_closure(transitions: pd.DataFrame, scope: pd.DataFrame) -> pd.DataFrame:
    """Close the oldest items that nobody ever began, all within a minute."""
    before = transitions[transitions["at"] < story.BULK_CLOSED_AT]
    ages = story.BULK_CLOSED_AT - before.groupby("item_id")["at"].min()
    waiting = before.groupby("item_id")["to_status"].last().isin({"Backlog", "Ready"})
    begun = transitions.loc[transitions["to_status"] == "In Progress", "item_id"]
    untouched = ages[waiting & ~ages.index.isin([*begun, *scope["item_id"]])]
    old = untouched[untouched > pd.Timedelta(days=_OLD_DAYS)].sort_values(
        ascending=False, kind="stable"
    )
    closed = old.index[: story.BULK_CLOSED_ITEMS]
    last = before[before["item_id"].isin(closed)].groupby("item_id")["to_status"].last()
    seconds = pd.to_timedelta(np.arange(len(closed)), unit="s")
    rows = pd.DataFrame(
        {
            "item_id": closed,
            "at": (story.BULK_CLOSED_AT + seconds).as_unit("us"),
            "from_status": last.reindex(closed).to_numpy(),
            "to_status": "Done",
        }
    )
    kept = transitions[
        ~transitions["item_id"].isin(closed) | (transitions["at"] < story.BULK_CLOSED_AT)
    ]
    return pd.concat([kept, rows], ignore_index=True).sort_values(
        ["item_id", "at"], kind="stable", ignore_index=True
    )


def with_imported(items: pd.DataFrame) -> pd.DataFrame:
    """Append the items that came without history, one of them resolved before it began."""
    key = story.team_named(_IMPORTED_TEAM).key
    rows = pd.DataFrame(_IMPORTED, columns=["title", "created_at", "started_at", "finished_at"])
    for name in ("created_at", "started_at", "finished_at"):
        rows[name] = pd.to_datetime(rows[name], utc=True).dt.as_unit("us")
    rows = rows.assign(
        item_id=[f"{key}-{_IMPORTED_FROM + at}" for at in range(len(rows))],
        kind="Task",
        team=_IMPORTED_TEAM,
        status="Done",
        priority="Medium",
        points=3.0,
    )
    rows["url"] = story.TRACKER + rows["item_id"]
    return pd.concat([items, rows], ignore_index=True)[list(items.columns)]


def with_unknown_assignee(generator: Generator, items: pd.DataFrame) -> pd.DataFrame:
    """Give a few items to somebody whom the staff list does not know."""
    finished = np.flatnonzero((items["status"] == "Done") & items["assignee_id"].notna())
    chosen = finished[chance.below(generator, _UNKNOWN_ASSIGNEES, len(finished))]
    unknown = items.index.isin(items.index[chosen])
    return items.assign(assignee_id=items["assignee_id"].mask(unknown, story.UNKNOWN_ASSIGNEE))
