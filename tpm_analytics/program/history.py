"""What the transitions tell of each item: its status, its start and its finish."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.program.keys import looked_up
from tpm_analytics.program.workflow import STAGES, Workflow

_ACTIVE, _DONE = STAGES.index("active"), STAGES.index("done")
_NEVER = np.datetime64("NaT", "us")


def in_order(transitions: pd.DataFrame) -> pd.DataFrame:
    """Return `transitions` sorted by item, then time; those of one moment keep their order.

    Checks first whether they are sorted already, and sorts integer codes, not labels: on 8
    million rows that is 0.06 s against 3.2 s for ``sort_values``.
    """
    codes = transitions["item_id"].cat.codes.to_numpy()
    at = instants(transitions["at"]).view("int64")
    behind = (codes[1:] < codes[:-1]) | ((codes[1:] == codes[:-1]) & (at[1:] < at[:-1]))
    if not behind.any():
        return transitions
    order = np.lexsort((at, codes))
    return transitions.iloc[order].reset_index(drop=True)


def with_creation(transitions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Add the entry at creation to each item whose first move names the status it left.

    Trackers log moves only, so the status an item was created in is what its first move left.
    """
    if transitions.empty:
        return transitions
    codes = transitions["item_id"].cat.codes.to_numpy()
    first = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    opening = transitions.iloc[first]
    opening = opening[opening["from_status"].notna()]
    if opening.empty:
        return transitions
    created_at = looked_up(opening["item_id"], items["item_id"], items["created_at"])
    at = created_at.where(created_at <= opening["at"], opening["at"])
    names = opening["from_status"].cat.categories.union(opening["to_status"].cat.categories)
    added = opening.assign(
        at=at,
        to_status=opening["from_status"].cat.set_categories(names),
        from_status=pd.Categorical.from_codes([-1] * len(opening), categories=names),
    )
    wide = transitions.assign(
        from_status=transitions["from_status"].cat.set_categories(names),
        to_status=transitions["to_status"].cat.set_categories(names),
    )
    return in_order(pd.concat([added, wide], ignore_index=True))


def lifecycle(transitions: pd.DataFrame, workflow: Workflow, item_ids: pd.Series) -> pd.DataFrame:
    """Status, start and finish of each item in `item_ids`, by one scan of its transitions.

    Parameters
    ----------
    transitions
        Sorted by item, then time. Reads ``item_id``, ``at``, ``to_status``.
    workflow
        Stages of the statuses.
    item_ids
        Items to answer for.

    Returns
    -------
    pandas.DataFrame
        A row per item of `item_ids`, in its order: ``moved`` (whether it has transitions),
        ``status``, ``started_at``, ``finished_at``.

    Notes
    -----
    Start is the first entry into an active stage. Finish is the last entry into done from
    outside it, if the item is still done: a reopened item is open again, and a move from one
    done status to another finishes nothing twice.
    """
    count = len(item_ids)
    started = np.full(count, _NEVER)
    finished = np.full(count, _NEVER)
    last_row = np.full(count, -1, dtype=np.int64)
    statuses = transitions["to_status"]
    if len(transitions):
        positions = pd.Index(item_ids).get_indexer(transitions["item_id"].cat.categories)
        item = positions[transitions["item_id"].cat.codes.to_numpy()]
        at = instants(transitions["at"])
        stage = workflow.codes(statuses)
        opens = np.r_[True, item[1:] != item[:-1]]
        before = np.r_[np.int8(-1), stage[:-1]]
        known = item >= 0

        begins = np.flatnonzero((stage == _ACTIVE) & known)[::-1]
        started[item[begins]] = at[begins]
        ends = np.flatnonzero((stage == _DONE) & (opens | (before != _DONE)) & known)
        finished[item[ends]] = at[ends]
        rows = np.flatnonzero(known)
        last_row[item[rows]] = rows
        done = np.zeros(count, dtype=bool)
        done[last_row >= 0] = stage[last_row[last_row >= 0]] == _DONE
        finished[~done] = _NEVER

    moved = last_row >= 0
    codes = np.full(count, -1, dtype=np.int64)
    codes[moved] = statuses.cat.codes.to_numpy()[last_row[moved]]
    return pd.DataFrame(
        {
            "moved": moved,
            "status": pd.Categorical.from_codes(codes, categories=statuses.cat.categories),
            "started_at": _utc(started),
            "finished_at": _utc(finished),
        }
    )


def instants(series: pd.Series) -> np.ndarray:
    """UTC instants of `series` as ``datetime64[us]``: a view if they are in microseconds."""
    stamps: np.ndarray = series.to_numpy(dtype="datetime64[us]")
    return stamps


def _utc(stamps: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(stamps, dtype="datetime64[us]").tz_localize("UTC")
