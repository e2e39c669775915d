"""Sprints and flags of a Jira export: what was in a sprint when, and what was blocked when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tpm_analytics.sources.jira.fields import Fields
from tpm_analytics.sources.jira.issues import COMPLETE, Export
from tpm_analytics.sources.jira.tables import instants, numbers

UNKNOWN = int(np.iinfo(np.int64).min)
"""NaT, as the integer that NumPy and pandas hold for it."""


# The agile API says originBoardId, Cloud's field boardId, the old text form rapidViewId
_BOARD = ("originBoardId", "boardId", "rapidViewId")


@dataclass
class _Spans:
    """Times in which something held of an issue: since when, and until when."""

    rows: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    since: list[int] = field(default_factory=list)
    until: list[int] = field(default_factory=list)
    open: dict[int, dict[str, int]] = field(default_factory=dict)

    def change(self, row: int, values: Iterable[str], at: int) -> None:
        """Let exactly `values` hold of an issue from a moment on."""
        held = self.open.setdefault(row, {})
        for value in [value for value in held if value not in values]:
            self.until[held.pop(value)] = at
        for value in values:
            if value not in held:
                held[value] = len(self.rows)
                self.rows.append(row)
                self.values.append(value)
                self.since.append(at)
                self.until.append(UNKNOWN)


def sprints(export: Export) -> pd.DataFrame:
    """One row a sprint, with its own dates; those that only changelogs name have none."""
    known = {**_only_named(export), **export.fields.sprints}
    keys, told = list(known), list(known.values())
    dates = {
        ours: instants([sprint.get(theirs) for sprint in told], f"{theirs} of the sprint", keys)
        for ours, theirs in (
            ("starts_at", "startDate"),
            ("ends_at", "endDate"),
            ("completed_at", "completeDate"),
        )
    }
    text = {
        name: pd.Series([sprint.get(name) for sprint in told], dtype="str")
        for name in ("name", "goal")
    }
    state = [str(sprint.get("state", "")).casefold() or None for sprint in told]
    board = [next((sprint[key] for key in _BOARD if sprint.get(key)), None) for sprint in told]
    return pd.DataFrame(
        {
            "sprint_id": pd.Series(keys, dtype="str"),
            **text,
            **dates,
            "state": pd.Categorical(state),
            "board_id": pd.Series(
                [None if key is None else str(key) for key in board], dtype="str"
            ),
        }
    )


def with_ends_in_order(sprints: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Sprints without planned ends that lie before their start, and the names of those that had.

    Nobody can mend a sprint that Jira has closed, so the rest of the export is read.
    """
    wrong = sprints["ends_at"] < sprints["starts_at"]
    names = sprints["name"].fillna(sprints["sprint_id"])[wrong]
    return sprints.assign(ends_at=sprints["ends_at"].mask(wrong)), names.tolist()


def _only_named(export: Export) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for was, now, was_names, now_names in set(export.changes["sprint"].entries):
        for ids, names in ((was, was_names), (now, now_names)):
            keys, words = _ids(ids), (names or "").split(", ")
            told = words if len(keys) == len(words) else [None] * len(keys)
            for key, name in zip(keys, told, strict=True):
                found.setdefault(key, {} if name is None else {"name": name})
    return found


@cache
def _ids(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def scope(export: Export, created_at: pd.Series, sprint_table: pd.DataFrame) -> pd.DataFrame:
    """One row per time an issue entered a sprint, by its changelog, else by what it says now.

    Parameters
    ----------
    export
        What was gathered.
    created_at
        Moment each issue was created, by row: what was set at creation holds since then.
    sprint_table
        Reads ``sprint_id``, ``starts_at``, ``completed_at``.

    Notes
    -----
    What left a sprint after it was closed had stayed to its end. Points are those an issue had
    when it entered, or when the sprint began where that was later: teams put items into the next
    sprint first and size them before it begins.
    """
    begun = _begun(export, created_at)
    spans = _Spans()
    for row, at, (was, now, _, _) in _changes(export, "sprint"):
        if row not in spans.open:
            spans.change(row, _ids(was), begun[row])
        spans.change(row, _ids(now), at)
    for row, keys in _current_sprints(export.fields):
        held = spans.open.get(row)
        missing = keys if held is None else [key for key in keys if key not in held]
        since = begun[row] if held is None else UNKNOWN
        spans.change(row, (*(held or ()), *missing), since)
    added, removed = _utc(spans.since), _utc(spans.until)
    sprint_ids = pd.Series(spans.values, dtype="str")
    own = sprint_table.set_index("sprint_id").reindex(sprint_ids).reset_index(drop=True)
    counted = added.mask(own["starts_at"] > added, own["starts_at"])
    return pd.DataFrame(
        {
            "sprint_id": sprint_ids,
            "item_id": pd.Series([export.keys[row] for row in spans.rows], dtype="str"),
            "added_at": added,
            "removed_at": removed.where(~(removed >= own["completed_at"])),
            "points_when_added": _points_at(export, np.array(spans.rows, dtype=np.int64), counted),
        }
    )


def _begun(export: Export, created_at: pd.Series) -> list[int]:
    """Moment since which a field that never changed holds; unknown without a whole history."""
    complete = np.array(export.columns["history"], dtype=np.int8) == COMPLETE
    created = created_at.dt.tz_localize(None).to_numpy().astype("datetime64[us]").view("int64")
    return list(np.where(complete, created, UNKNOWN).tolist())


def _changes(export: Export, role: str) -> Iterator[tuple[int, int, tuple[Any, Any, Any, Any]]]:
    """Changes of a field, issue by issue in the order of time."""
    changes = export.changes[role]
    keys = [export.keys[row] for row in changes.rows]
    moments = instants(changes.at, "created of a changelog entry", keys)
    at = moments.tz_localize(None).to_numpy().view("int64")
    order = np.lexsort((at, np.array(changes.rows, dtype=np.int64))).tolist()
    times = at.tolist()
    for position in order:
        yield changes.rows[position], times[position], changes.entries[position]


def _current_sprints(fields: Fields) -> Iterator[tuple[int, tuple[str, ...]]]:
    found: dict[int, tuple[str, ...]] = {}
    for key in fields.ids("sprint"):
        for row, keys in zip(*fields.held[key], strict=True):
            found[row] = (*found.get(row, ()), *keys)
    yield from ((row, tuple(dict.fromkeys(keys))) for row, keys in found.items())


def _utc(moments: list[int]) -> pd.Series:
    stamps = np.array(moments, dtype=np.int64).view("datetime64[us]")
    return pd.Series(stamps).dt.tz_localize("UTC")


def _points_at(export: Export, rows: np.ndarray, at: pd.Series) -> pd.Series:
    """Points of each issue in `rows` at its moment, by the changelog; where none tells, today's."""
    today = numbers(export.fields, "points", len(export.keys)).to_numpy()[rows]
    told = list(_changes(export, "points"))
    if not told:
        return pd.Series(today)
    events = pd.DataFrame(
        {
            "row": np.array([row for row, _, _ in told], dtype=np.int64),
            "at": _utc([moment for _, moment, _ in told]),
            "was": pd.to_numeric(pd.Series([e[2] for _, _, e in told]), errors="coerce"),
            "now": pd.to_numeric(pd.Series([e[3] for _, _, e in told]), errors="coerce"),
        }
    )
    first = events.drop_duplicates("row").set_index("row")["was"]
    before = pd.Series(rows).map(first).to_numpy(dtype="float64")
    asked = pd.DataFrame({"row": rows, "at": at, "place": np.arange(len(rows))})
    found = pd.merge_asof(
        asked[at.notna().to_numpy()].sort_values("at"),
        events.assign(told=1).sort_values("at", kind="stable"),
        on="at",
        by="row",
    ).set_index("place")
    changed = pd.Series(rows).isin(first.index).to_numpy()
    then = found["now"].reindex(asked["place"]).to_numpy(dtype="float64")
    after = found["told"].reindex(asked["place"]).notna().to_numpy()
    dated = at.notna().to_numpy()
    return pd.Series(np.where(changed & dated, np.where(after, then, before), today))


def blocks(export: Export, created_at: pd.Series) -> tuple[pd.DataFrame, int]:
    """One row per time an issue was flagged; and how many flags have no moment they began."""
    begun = _begun(export, created_at)
    spans = _Spans()
    for row, at, (was, now, was_name, now_name) in _changes(export, "flagged"):
        if row not in spans.open:
            spans.change(row, _flag(was_name or was), begun[row])
        spans.change(row, _flag(now_name or now), at)
    for key in export.fields.ids("flagged"):
        for row, flag in zip(*export.fields.held[key], strict=True):
            if row not in spans.open:
                spans.change(row, _flag(flag), begun[row])
    began = _utc(spans.since)
    table = pd.DataFrame(
        {
            "item_id": pd.Series([export.keys[row] for row in spans.rows], dtype="str"),
            "blocked_at": began,
            "unblocked_at": _utc(spans.until),
            "reason": pd.Series(spans.values, dtype="str"),
        }
    )
    return table[began.notna()].reset_index(drop=True), int(began.isna().sum())


def _flag(text: Any) -> tuple[str, ...]:
    return (str(text),) if text else ()
