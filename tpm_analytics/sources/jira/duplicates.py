"""Issues that an export holds more than once, because its pages or files overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tpm_analytics.sources.jira.issues import Export
from tpm_analytics.sources.jira.tables import instants


def drop(export: Export) -> tuple[str, ...]:
    """Keep the newest of the issues of one key; return what was done, a sentence each.

    Those of one key that do not all say when they were updated are kept: which of them holds
    cannot be told, and the door names them.
    """
    keys = pd.Series(export.keys, dtype="str")
    repeated = keys.duplicated(keep=False)
    if not repeated.any():
        return ()
    updated = pd.Series(instants(export.columns["updated_at"], "updated", export.keys))
    known = repeated & updated.notna().groupby(keys).transform("all")
    order = pd.DataFrame({"key": keys, "updated": updated, "history": export.columns["history"]})[
        known
    ].sort_values(["updated", "history"], kind="stable")
    leaving = order.index[order.duplicated("key", keep="last")]
    if leaving.empty:
        return ()
    moments = updated[known].groupby(keys[known]).nunique()
    differing = int((moments > 1).sum())
    _keep(export, np.delete(np.arange(len(keys)), leaving.to_numpy()))
    same = len(moments) - differing
    return tuple(
        sentence
        for count, sentence in (
            (same, f"{same:,} {_items(same)} stood more than once, unchanged: kept once."),
            (
                differing,
                f"{differing:,} {_items(differing)} stood more than once in exports of different "
                "days: the newest was kept.",
            ),
        )
        if count
    )


def _items(count: int) -> str:
    return "item" if count == 1 else "items"


def _keep(export: Export, rows: np.ndarray) -> None:
    position = np.full(len(export.keys), -1, dtype=np.int64)
    position[rows] = np.arange(len(rows))
    export.keys[:] = [export.keys[row] for row in rows]
    for values in export.columns.values():
        values[:] = [values[row] for row in rows]
    moves = export.moves
    _follow(position, moves.rows, moves.at, moves.left, moves.entered)
    for changes in export.changes.values():
        _follow(position, changes.rows, changes.at, changes.entries)
    for holders, values in export.fields.held.values():
        _follow(position, holders, values)
    export.links[:] = [
        (int(position[link[0]]), *link[1:]) for link in export.links if position[link[0]] >= 0
    ]
    export.worklogs[:] = [
        (person, int(position[row]), at, hours)
        for person, row, at, hours in export.worklogs
        if position[row] >= 0
    ]


def _follow(position: np.ndarray, rows: list[int], *others: list[Any]) -> None:
    """Renumber `rows` and drop those that are gone, with what stands beside them."""
    moved = position[np.array(rows, dtype=np.int64)]
    stays = np.flatnonzero(moved >= 0).tolist()
    for values in others:
        values[:] = [values[place] for place in stays]
    rows[:] = moved[moved >= 0].tolist()
