"""What was gathered from a Jira export, as the tables of the language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tpm_analytics.errors import SourceError
from tpm_analytics.sources.jira.fields import (
    TEAM_IS_COMPONENT,
    TEAM_IS_PROJECT,
    Fields,
    column,
    plain_text,
)
from tpm_analytics.sources.jira.issues import COMPLETE, Export, Moves

SECONDS_PER_HOUR = 3600
CATEGORIES = {
    "new": "backlog",
    "indeterminate": "active",
    "done": "done",
    "TODO": "backlog",
    "IN_PROGRESS": "active",
    "DONE": "done",
}
"""Stage by Jira's status category, as its issues and as its status search write it."""


def instants(texts: Sequence[Any], what: str, keys: Sequence[str]) -> pd.DatetimeIndex:
    """Moments in UTC of ISO texts, all at once; NaT for None.

    Raises
    ------
    SourceError
        Naming the first text that is no moment, and the issue it stands at.
    """
    raw = np.array(texts, dtype=object)
    stamps = pd.to_datetime(raw, format="ISO8601", utc=True, errors="coerce").as_unit("us")
    unread = np.flatnonzero(stamps.isna())
    bad = unread[pd.notna(raw[unread])]
    if len(bad):
        raise SourceError(
            f"{keys[bad[0]]}: {what} is {raw[bad[0]]!r}, which is no moment.",
            hint="Jira writes moments as 2025-03-07T14:30:00.000+0000",
        )
    return stamps


def items(export: Export, categories: Mapping[str, str]) -> pd.DataFrame:
    """One row an issue, in the order they were read."""
    columns, keys = export.columns, export.keys
    seconds = pd.to_numeric(pd.Series(columns["estimate_seconds"], dtype=object), errors="coerce")
    stage = pd.Series(columns["status"], dtype="str").map(dict(categories))
    resolved = pd.Series(instants(columns["resolved_at"], "resolutiondate", keys))
    entered = pd.Series(instants(columns["category_at"], "statuscategorychangedate", keys))
    finished = resolved.fillna(entered.where(stage == "done"))
    table = {
        "item_id": pd.Series(keys, dtype="str"),
        **{name: pd.Series(columns[name], dtype="str") for name in ("title", "assignee_id")},
        **{
            name: pd.Categorical(columns[name])
            for name in ("kind", "status", "priority", "release")
        },
        "team": pd.Categorical(teams(export)),
        "created_at": instants(columns["created_at"], "created", keys),
        "finished_at": finished.where(stage.isna() | (stage == "done")),
        "points": numbers(export.fields, "points", len(keys)),
        "estimate_hours": seconds.astype("float64") / SECONDS_PER_HOUR,
        "parent_id": pd.Series(_parents(export), dtype="str"),
        "url": pd.Series(list(map(_url, columns["api"], keys)), dtype="str"),
        "project": pd.Categorical(columns["project"]),
        "resolution": pd.Categorical(columns["resolution"]),
        **{name: pd.Series(columns[name], dtype="str") for name in ("components", "labels")},
        "updated_at": instants(columns["updated_at"], "updated", keys),
    }
    mapped = {
        name: pd.Series(texts(export.fields, name, len(keys)), dtype="str")
        for name in export.fields.others()
    }
    return pd.DataFrame({**table, **mapped})


def _url(api: str | None, key: str) -> str | None:
    host, rest, _ = (api or "").partition("/rest/")
    return f"{host}/browse/{key}" if rest else None


def _parents(export: Export) -> list[Any]:
    fields = export.fields
    epics = column(len(export.keys), [fields.held[key] for key in fields.ids("epic")])
    return [parent or epic for parent, epic in zip(export.columns["parent_id"], epics, strict=True)]


def teams(export: Export) -> list[Any]:
    """Team of each issue: its project, unless the user maps another field."""
    wanted = export.fields.mapping.get("team", TEAM_IS_PROJECT)
    if wanted == TEAM_IS_PROJECT:
        return export.columns["project"]
    if wanted == TEAM_IS_COMPONENT:
        return export.columns["component"]
    return texts(export.fields, "team", len(export.keys))


def texts(fields: Fields, role: str, count: int) -> list[Any]:
    """Text of a role's field, an entry an issue."""
    return list(map(plain_text, column(count, [fields.held[key] for key in fields.ids(role)])))


def numbers(fields: Fields, role: str, count: int) -> pd.Series:
    """Number of a role's field, an entry an issue; NA where it has none."""
    raw = column(count, [fields.held[key] for key in fields.ids(role)])
    return pd.to_numeric(pd.Series(raw, dtype=object), errors="coerce").astype("float64")


def transitions(export: Export, created_at: pd.Series, names: Mapping[str, str]) -> pd.DataFrame:
    """Moves of the issues whose changelog is complete, and an entry for those that never moved.

    Parameters
    ----------
    export
        What was gathered.
    created_at
        Moment each issue was created, by row.
    names
        Name a status has now by a name it had.
    """
    moves = export.moves
    history = np.array(export.columns["history"], dtype=np.int8)
    rows = np.array(moves.rows, dtype=np.int64)
    at = instants(moves.at, "created of a changelog entry", export.keys)
    recode, statuses = _codes(moves, export.columns["status"], names)
    left, entered = recode[moves.left], recode[moves.entered]
    labels = pd.Index(statuses, dtype="str")
    whole = history[rows] == COMPLETE
    rows, left, entered, stamps = rows[whole], left[whole], entered[whole], at[whole]

    still = history == COMPLETE
    still[rows] = False
    still &= (pd.Series(export.columns["status"]).notna() & created_at.notna()).to_numpy()
    unmoved = np.flatnonzero(still)
    position = {name: code for code, name in enumerate(statuses)}
    current = [position[export.columns["status"][row]] for row in unmoved]

    rows = np.concatenate([rows, unmoved])
    when = np.concatenate([_plain(stamps), _plain(pd.DatetimeIndex(created_at))[unmoved]])
    left = np.concatenate([left, np.full(len(unmoved), -1, dtype=left.dtype)])
    entered = np.concatenate([entered, np.array(current, dtype=entered.dtype)])
    if len(unmoved) or _behind(rows, when):
        order = np.lexsort((when.view("int64"), rows))
        rows, when, left, entered = rows[order], when[order], left[order], entered[order]
    return pd.DataFrame(
        {
            "item_id": pd.Categorical.from_codes(
                rows, categories=pd.Index(export.keys, dtype="str")
            ),
            "at": pd.DatetimeIndex(when).tz_localize("UTC"),
            "from_status": pd.Categorical.from_codes(left, categories=labels),
            "to_status": pd.Categorical.from_codes(entered, categories=labels),
        }
    )


def _plain(stamps: pd.DatetimeIndex) -> np.ndarray:
    plain: np.ndarray = stamps.tz_localize(None).to_numpy()
    return plain


def _behind(rows: np.ndarray, when: np.ndarray) -> bool:
    later = (rows[1:] > rows[:-1]) | ((rows[1:] == rows[:-1]) & (when[1:] >= when[:-1]))
    return not bool(later.all())


def _codes(
    moves: Moves, current: list[Any], names: Mapping[str, str]
) -> tuple[np.ndarray, list[str]]:
    """Codes of the statuses after renaming, and the names they stand for."""
    statuses: dict[str, int] = {}
    recode = np.full(len(moves.codes) + 1, -1, dtype=np.int64)
    for name, code in moves.codes.items():
        if name is not None:
            now = names.get(name, name)
            recode[code] = statuses.setdefault(now, len(statuses))
    for name in dict.fromkeys(current):
        if name is not None:
            statuses.setdefault(name, len(statuses))
    return recode, list(statuses)


def categories(export: Export) -> dict[str, str]:
    """Stage of each status; a list of statuses wins over what the issues say of theirs."""
    by_issue: Counter[tuple[str, str]] = Counter()
    for (name, _, key), times in export.statuses.items():
        if name is not None and key in CATEGORIES:
            by_issue[name, CATEGORIES[key]] += times
    found = {name: stage for (name, stage), _ in reversed(by_issue.most_common())}
    scoped = sorted(export.listed, key=lambda status: not status[3])
    listed = {name: CATEGORIES[key] for _, name, key, _ in scoped if key in CATEGORIES}
    return {**found, **listed}


def renamed(export: Export) -> dict[str, str]:
    """Name that a status has now, by a name that only the changelogs know it by."""
    now: dict[str, set[str]] = {}
    for name, key, _ in export.statuses:
        now.setdefault(str(key), set()).add(name)
    for key, name, _, _ in export.listed:
        now.setdefault(str(key), set()).add(name)
    current = {name for found in now.values() for name in found}
    told = {name: now.get(str(key), set()) for name, key in export.moves.ids.items() if key}
    return {
        name: next(iter(found))
        for name, found in told.items()
        if name not in current and len(found) == 1
    }


def people(export: Export) -> pd.DataFrame:
    """People who hold items or log work: their key and time zone, and nothing else."""
    known = {key: zone for key, zone in export.people.items() if key}
    return pd.DataFrame({"person_id": list(known), "time_zone": list(known.values())}, dtype="str")


def worklogs(export: Export) -> pd.DataFrame:
    """Hours that people logged at their issues."""
    named = [log for log in export.worklogs if log[0]]
    keys = [export.keys[row] for _, row, _, _ in named]
    return pd.DataFrame(
        {
            "person_id": pd.Series([person for person, _, _, _ in named], dtype="str"),
            "item_id": pd.Series(keys, dtype="str"),
            "worked_on": instants([at for _, _, at, _ in named], "a worklog's start", keys),
            "hours": pd.Series([hours for _, _, _, hours in named], dtype="float64"),
        }
    )
