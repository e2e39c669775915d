"""What changed since last time: the figures, and the items and milestones that explain them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tpm_analytics.reports.ledger.entry import Entry, Figure, Fingerprint, ProgramFacts

MOST_EXAMPLES = 10
_KEY = ["record", "id"]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Items, or milestones, to which the same has happened.

    Attributes
    ----------
    record
        ``item`` or ``milestone``.
    what
        ``new``, ``finished``, ``reopened``, ``re-dated`` or ``gone``.
    count
        How many.
    examples
        A few of them, the latest first: ``id``, ``title`` and, for new dates, ``before`` and
        ``after``.
    """

    record: str
    what: str
    count: int
    examples: tuple[dict[str, str | None], ...]


def restated(
    figures: Iterable[Figure],
    program: ProgramFacts | None,
    fingerprint: Fingerprint,
    earlier: Sequence[Entry],
) -> tuple[Figure, ...]:
    """Return the figures, those marked that an earlier run gave another value for the same day.

    Parameters
    ----------
    figures, program, fingerprint
        Of this run.
    earlier
        Complete runs that asked the same, newest first. Only those over other data count: late
        data restates a figure, another way of counting does not.
    """
    if program is None:
        return tuple(figures)
    before: dict[str, Figure] = {}
    now = {figure.name: figure for figure in figures}
    for entry in earlier:
        theirs = entry.fingerprint.data if entry.fingerprint else None
        same_day = entry.program is not None and _day(entry.program) == _day(program)
        if not same_day or (theirs is not None and theirs == fingerprint.data):
            continue
        for figure in entry.figures:
            mine = now.get(figure.name)
            if figure.name not in before and mine is not None and not _equal(mine, figure):
                before[figure.name] = replace(figure, was_run=entry.id)
    return tuple(
        replace(figure, was=then.value, was_run=then.was_run)
        if (then := before.get(figure.name))
        else figure
        for figure in now.values()
    )


def told(
    figures: Iterable[Figure], last: Entry | None, moved: Sequence[Moved] | None
) -> dict[str, Any]:
    """Return what the page says of the changes since `last`, as plain data for its notebook.

    Parameters
    ----------
    figures
        Of this run.
    last
        The complete run before that asked the same; None if this is the first.
    moved
        From `between`; None where the states of then and now cannot be compared.
    """
    if last is None:
        return {"since": None, "figures": [], "moved": None}
    then = {figure.name: figure for figure in last.figures}
    return {
        "since": {
            "run": last.id,
            "ran_at": (last.ended_at or last.started_at).isoformat(),
            "as_of": last.program.as_of if last.program else None,
        },
        "figures": [
            {
                "name": figure.name,
                "unit": figure.unit,
                "now": figure.value,
                "then": then[figure.name].value,
            }
            for figure in figures
            if figure.name in then and then[figure.name].unit == figure.unit
        ],
        "moved": None
        if moved is None
        else [{**vars(one), "examples": list(one.examples)} for one in moved],
    }


def between(before: pd.DataFrame, now: pd.DataFrame, *, team: str = "") -> list[Moved]:
    """Return what happened to items and milestones from one state of a program to the next.

    Parameters
    ----------
    before, now
        A row per item and milestone, as `tpm_analytics.sources.snapshot` writes them.
    team
        Only items of this team; empty for all. Milestones have no team and always count.
    """
    if team:
        before, now = (
            state[(state["team"] == team) | (state["record"] != "item")] for state in (before, now)
        )
    both = now.merge(before, on=_KEY, how="outer", suffixes=("", "_then"), indicator=True)
    old, fresh = both["_merge"] == "right_only", both["_merge"] == "left_only"
    done, was_done = both["finished_on"].notna(), both["finished_on_then"].notna()
    happened = {
        "new": fresh,
        "finished": done & ~was_done,
        "reopened": was_done & ~done & ~old,
        "re-dated": _differ(both, "due_on") | _differ(both, "finished_on"),
        "gone": old,
    }
    return [
        _moved(what, record, both[rows & (both["record"] == record)])
        for record in ("item", "milestone")
        for what, rows in happened.items()
        if (rows & (both["record"] == record)).any()
    ]


def _differ(both: pd.DataFrame, column: str) -> pd.Series:
    now, then = both[column], both[f"{column}_then"]
    return now.notna() & then.notna() & (now != then)


def _moved(what: str, record: str, rows: pd.DataFrame) -> Moved:
    day = {"new": "created_on", "finished": "finished_on"}.get(what, "finished_on_then")
    shown = rows.sort_values([day, "id"], ascending=[False, True]).head(MOST_EXAMPLES)
    titles = shown["title"].where(shown["title"].notna(), shown["title_then"])
    dated = "due_on" if record == "milestone" else "finished_on"
    days = {"before": shown[f"{dated}_then"], "after": shown[dated]}
    columns = {"id": shown["id"], "title": titles}
    columns |= days if what == "re-dated" else {}
    texts = {name: [_text(value) for value in column] for name, column in columns.items()}
    examples = zip(*texts.values(), strict=True)
    return Moved(
        record=record,
        what=what,
        count=len(rows),
        examples=tuple(dict(zip(texts, values, strict=True)) for values in examples),
    )


def _text(value: object) -> str | None:
    if pd.isna(value):
        return None
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _day(program: ProgramFacts) -> tuple[str, str]:
    return program.source, program.as_of


def _equal(one: Figure, other: Figure) -> bool:
    return one.value == other.value and one.unit == other.unit
