"""The news of a page: what changed since last time, in the words its readers see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tpm_analytics.reports import words
from tpm_analytics.reports.ledger.entry import Figure

_HAPPENED = {
    "new": "new",
    "finished": "finished",
    "reopened": "reopened",
    "re-dated": "given other dates",
    "gone": "no longer in the data",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A figure now and then."""

    label: str
    now: str
    then: str
    change: str


@dataclass(frozen=True, kw_only=True)
class Items:
    """Items, or milestones, to which the same has happened, and a few of them in words."""

    said: str
    examples: tuple[str, ...]
    more: str


@dataclass(frozen=True, kw_only=True)
class News:
    """What changed since last time.

    Attributes
    ----------
    since
        When the run was that this one is compared with.
    said
        What there is to say besides: that this is the first run, or that nothing moved.
    rows, items
        The figures that changed, and what explains them.
    restated
        Which figures late data has changed, what had been reported of them and when.
    """

    since: str
    said: str
    rows: tuple[Row, ...] = ()
    restated: tuple[str, ...] = ()
    items: tuple[Items, ...] = ()


def of(told: Mapping[str, Any], time_zone: str) -> News | None:
    """Return the news of `changes.told`; None where the engine told nothing."""
    if not told:
        return None
    since = told.get("since")
    if since is None:
        return News(since="", said="This is the first run: there is nothing to compare it with.")
    every = tuple(
        Row(
            label=words.label(one["name"]),
            now=_with_unit(one["now"], one["unit"]),
            then=_with_unit(one["then"], one["unit"]),
            change=words.difference(one["now"], one["then"], one["unit"]),
        )
        for one in told.get("figures", [])
    )
    rows = tuple(row for row in every if row.change != words.NO_CHANGE)
    moved = told.get("moved")
    as_of = since.get("as_of")
    when = words.moment(since["ran_at"], time_zone)
    return News(
        since=f"{when}, as of {words.day(as_of)}" if as_of else when,
        said=f"{_same(len(every), len(rows))} {_said(moved)}".strip(),
        rows=rows,
        restated=tuple(_restated(one, time_zone) for one in told.get("restated", [])),
        items=tuple(_items(one) for one in moved or []),
    )


def change(name: str, told: Mapping[str, Any]) -> str:
    """Return how the figure `name` differs from last time; empty where it does not, or unknown."""
    found = next((one for one in told.get("figures", []) if one["name"] == name), None)
    if found is None:
        return ""
    return _since(found["now"], found["then"], found["unit"])


def since(now: Figure, then: Figure) -> str:
    """Return how a figure differs from that of the run before; empty where it does not."""
    return _since(now.value, then.value, now.unit) if now.unit == then.unit else ""


def restated_from(figure: Figure) -> str:
    """Return what an earlier run reported for the same day, where late data has changed it."""
    return f"Restated: was {_with_unit(figure.was, figure.unit)}"


def restated(name: str, unit: str | None, told: Mapping[str, Any]) -> str:
    """Return what had been reported of the figure `name` for this day; empty if it stands."""
    found = next((one for one in told.get("restated", []) if one["name"] == name), None)
    return f"Restated: was {_with_unit(found['was'], unit)}" if found else ""


def as_it_is(name: str, told: Mapping[str, Any]) -> str:
    """Return what the figure `name` is without the what-if; empty where that is not known."""
    found = next((one for one in told.get("as_it_is", []) if one["name"] == name), None)
    return beside(found["value"], found["unit"]) if found else ""


def beside(value: object, unit: str | None) -> str:
    """Return the value of a figure without the what-if, as it stands beside the assumed one."""
    return f"as it is: {_with_unit(value, unit)}"


def _since(now: object, then: object, unit: str | None) -> str:
    told = words.difference(now, then, unit)
    if told == words.NO_CHANGE:
        return ""
    return f"{told} last time" if told.startswith("was ") else f"{told} since last time"


def _same(figures: int, changed: int) -> str:
    if not figures or changed == figures:
        return ""
    if not changed:
        return "No figure changed."
    same = figures - changed
    return "1 other figure is the same." if same == 1 else f"{same} other figures are the same."


def _said(moved: list[dict[str, Any]] | None) -> str:
    if moved is None:
        return "The items of then and now cannot be compared."
    return "" if moved else "No item came, was finished, reopened or given other dates."


def _restated(one: Mapping[str, Any], time_zone: str) -> str:
    return (
        f"{words.label(one['name'])} is restated: late data has changed it. On "
        f"{words.moment(one['ran_at'], time_zone)}, {_with_unit(one['was'], one['unit'])} "
        "was reported for this day."
    )


def _items(one: Mapping[str, Any]) -> Items:
    count, examples = one["count"], one.get("examples", [])
    noun = one["record"] if count == 1 else f"{one['record']}s"
    left = count - len(examples)
    return Items(
        said=f"{count:,} {noun} {_HAPPENED[one['what']]}",
        examples=tuple(map(_example, examples)),
        more=f"and {left:,} more" if examples and left > 0 else "",
    )


def _example(one: Mapping[str, Any]) -> str:
    named = ": ".join(filter(None, [one["id"], one.get("title")]))
    if one.get("before") and one.get("after"):
        days = f"{words.short_day(one['before'])} → {words.short_day(one['after'])}"
        return f"{named} ({days})"
    return named


def _with_unit(value: object, unit: str | None) -> str:
    text = words.value(value, unit)
    return f"{text} {words.unit_of(value, unit)}".rstrip()
