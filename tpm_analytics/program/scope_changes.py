"""The work of a program as a scenario makes it: what is cut of it, and what is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from tpm_analytics.program.changes import ScopeAdded, ScopeCut
from tpm_analytics.program.edits import (
    below,
    free_names,
    most_usual,
    refuse_unknown,
    rows_kept,
    teams,
)
from tpm_analytics.program.keys import among
from tpm_analytics.program.program import Program

ADDED_TITLE = "Added by the what-if"
# Words that trackers use, the most urgent first; one that is none of them counts as middling
_URGENCY = (
    ("blocker", "critical", "highest", "urgent", "p0", "0"),
    ("major", "high", "important", "p1", "1"),
    ("medium", "normal", "middle", "p2", "2"),
    ("minor", "low", "p3", "3"),
    ("trivial", "lowest", "p4", "4", "p5", "5"),
)
_MIDDLING = 2
_OF_ITEMS = ("transitions", "blocks", "sprint_scope")


# the explore notebook moves one thing after another, and the same work stays cut meanwhile
@lru_cache(maxsize=2)
def without_items(
    program: Program, changes: tuple[ScopeCut, ...], kept: tuple[str, ...]
) -> Mapping[str, pd.DataFrame]:
    """Return the tables that change when open work is cut; what `kept` names stays."""
    items = program.items
    parent = _parents(items)
    cut = np.zeros(len(items), dtype=bool)
    open_work = _least_urgent(items, parent)
    for change in changes:
        cut |= _cut_by(program, change, parent, open_work)
    cut |= _emptied(items, cut, parent) & ~items["item_id"].isin(list(kept)).to_numpy()
    gone = items.loc[cut, "item_id"]
    if gone.empty:
        return {}
    links, logs = program.links, program.worklogs
    tied = among(links["from_id"], gone) | among(links["to_id"], gone)
    return {
        "items": rows_kept(items, pd.Series(~cut)),
        "links": rows_kept(links, ~tied),
        **{
            name: rows_kept(table, ~among(table["item_id"], gone))
            for name in _OF_ITEMS
            if len(table := getattr(program, name))
        },
        # hours that were worked stay worked
        "worklogs": logs.assign(item_id=logs["item_id"].mask(among(logs["item_id"], gone))),
    }


def with_items(
    program: Program, items: pd.DataFrame, changes: Iterable[ScopeAdded]
) -> pd.DataFrame:
    """Return the items with those that are added."""
    taken, rows = set(program.items["item_id"]), []
    first = [name for name, stage in program.workflow.stages.items() if stage == "backlog"][:1]
    for change in changes:
        refuse_unknown(program, change.team, "team", teams(program))
        if change.under:
            refuse_unknown(program, change.under, "item", program.items["item_id"].tolist())
        if change.release:
            refuse_unknown(program, change.release, "release", _releases(program))
        kind = most_usual(program.items.loc[program.items["team"] == change.team, "kind"])
        rows += [
            {
                "item_id": name,
                "title": ADDED_TITLE,
                "kind": kind,
                "team": change.team,
                "status": first[0] if first else None,
                "source_status": first[0] if first else None,
                "parent_id": change.under or None,
                "release": change.release or None,
            }
            for name in free_names(f"{change.team} what-if", change.items, taken)
        ]
    return below(items, rows)


def _cut_by(
    program: Program, change: ScopeCut, parent: np.ndarray, open_work: np.ndarray
) -> np.ndarray:
    """Whether each item is open work that `change` cuts."""
    items = program.items
    work = np.zeros(len(items), dtype=bool)
    work[open_work] = True
    if change.under:
        refuse_unknown(program, change.under, "item", items["item_id"].tolist())
        work &= _under((items["item_id"] == change.under).to_numpy(dtype=bool), parent)
    if change.team:
        refuse_unknown(program, change.team, "team", teams(program))
        work &= (items["team"] == change.team).to_numpy(dtype=bool)
    if change.release:
        refuse_unknown(program, change.release, "release", _releases(program))
        work &= (items["release"] == change.release).to_numpy(dtype=bool)
    if change.share == 1:
        return work
    least = open_work[work[open_work]]
    dropped = np.zeros(len(items), dtype=bool)
    dropped[least[: int(np.floor(change.share * len(least) + 0.5))]] = True
    return dropped


def _least_urgent(items: pd.DataFrame, parent: np.ndarray) -> np.ndarray:
    """Positions of open work, the least urgent first; what holds others is not work itself."""
    work: np.ndarray = items["finished_at"].isna().to_numpy(copy=True)
    work[parent[parent >= 0]] = False
    ranked = pd.DataFrame(
        {
            "place": np.flatnonzero(work),
            "urgency": _urgency(items.loc[work, "priority"]).to_numpy(),
            "created": items.loc[work, "created_at"].to_numpy(),
            "item_id": items.loc[work, "item_id"].to_numpy(),
        }
    ).sort_values(["urgency", "created", "item_id"], ascending=[False, False, True])
    return ranked["place"].to_numpy()


def _urgency(priority: pd.Series) -> pd.Series:
    place = {word: rank for rank, words in enumerate(_URGENCY) for word in words}
    ranks = {name: place.get(str(name).strip().casefold()) for name in priority.cat.categories}
    return priority.astype(object).map(ranks).fillna(_MIDDLING).astype("int64")


def _emptied(items: pd.DataFrame, cut: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Whether each open item held nothing but what is cut: it is no work of its own."""
    is_part = parent >= 0
    holds = np.bincount(parent[is_part], minlength=len(items)) > 0
    unfinished = items["finished_at"].isna().to_numpy()
    gone = cut.copy()
    while True:
        left = np.bincount(parent[is_part & ~gone], minlength=len(items))
        more = holds & unfinished & ~gone & (left == 0)
        if not more.any():
            return gone
        gone |= more


def _under(chosen: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Whether each item is chosen or part of one that is, at any depth."""
    while True:
        wider: np.ndarray = chosen | ((parent >= 0) & chosen[parent])
        if (wider == chosen).all():
            return chosen
        chosen = wider


def _parents(items: pd.DataFrame) -> np.ndarray:
    """Position of the item each one is part of; -1 where it is part of none that is there."""
    keys = pd.Index(items["item_id"].astype(object))
    place: np.ndarray = keys.get_indexer(pd.Index(items["parent_id"].astype(object)))
    return place


def _releases(program: Program) -> list[str]:
    return [str(name) for name in program.items["release"].dropna().unique()]
