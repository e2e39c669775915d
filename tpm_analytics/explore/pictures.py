"""Two small charts as shapes in the page itself, drawn anew at each move."""

from __future__ import annotations

import html
from dataclasses import dataclass
from math import ceil
from typing import Any

import mistune
import pandas as pd

from tpm_analytics.charts.theme import ALARM, CALM, FAINT, INK, MUTED, theme
from tpm_analytics.readings.text import Reading
from tpm_analytics.results.explore import AS_IS, CHANGED

COLOURS = {AS_IS: "#8a93a1", CHANGED: CALM}
WIDTH = 430
_MARKDOWN = mistune.create_markdown(escape=True)
_FONT = theme()["config"]["font"]
_AXIS, _GRID = 'stroke="#c4cad3"', f'stroke="{FAINT}"'
_FULL = f'stroke="{ALARM}" stroke-dasharray="4 3"'
_TOP, _LEFT, _RIGHT = 10, 58, WIDTH - 20
_PLOT = 130
_FOOT = _TOP + _PLOT
# Days between dates on an axis, and what such dates are for pandas; more would run together
_MOST_DATES = 5
_DATES = {1: "D", 2: "2D", 7: "W-MON", 14: "2W-MON", 31: "MS", 62: "2MS", 92: "QS", 184: "2QS"}
_YEAR = 366
# A letter of a name takes so much; longer names are cut
_LETTER, _MOST_LETTERS = 6.3, 26
# What a day such as 2026-03-10 takes beside its point
_DAY_ROOM = 78
_BAR, _GAP = 15, 8
# A bar too short for the words in it
_SHORT = 0.15
_QUARTER = 0.25
_FEW_QUARTERS = 6


@dataclass(frozen=True)
class _Across:
    """From where to where on a picture values lie; one alone lies in the middle."""

    first: float
    last: float
    left: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        wide = self.last - self.first
        part = (value - self.first) / wide if wide else 0.5
        return round(self.left + part * (_RIGHT - self.left), 1)


def sentence(reading: Reading) -> str:
    """Return a sentence as HTML; nothing in it that came from data is live."""
    return str(_MARKDOWN(reading.markdown))


def finish(chances: pd.DataFrame, promises: pd.DataFrame, *, title: str, named: str) -> str:
    """Draw how sure it is, day by day, that all is done, and the day of the surest promise.

    Parameters
    ----------
    chances
        All columns of `Chances`, by version in order of days.
    promises
        ``version``, ``share`` and ``day_on`` of the `Promises` to be marked; each is a day that
        the chances span.
    title
        What the chance is of.
    named
        What a screen reader says of the picture.
    """
    first, last = chances["day_on"].min(), chances["day_on"].max()
    across = _Across(first.timestamp(), last.timestamp(), _LEFT)
    shapes = [_line(_LEFT, _up(part), _RIGHT, _up(part), look=_GRID) for part in (0.5, 1)]
    shapes.append(_line(_LEFT, _FOOT, _RIGHT, _FOOT, look=_AXIS))
    for part in (0, 0.5, 1):
        shapes.append(_words(_LEFT - 6, _up(part) + 4, f"{part:.0%}", anchor="end"))
    shapes.append(
        f'<g transform="translate(12 {_TOP + _PLOT / 2}) rotate(-90)">{_words(0, 0, title)}</g>'
    )
    for day, words in _dates(first, last):
        place = across.at(day.timestamp())
        shapes += [
            _line(place, _FOOT, place, _FOOT + 4, look=_AXIS),
            _words(place, _FOOT + 17, words),
        ]
    for version, colour in COLOURS.items():
        shapes.append(_steps(chances[chances["version"] == version], across, colour))
    # one day of both versions is told once
    marks = promises.drop_duplicates("day_on", keep="last").sort_values("day_on")
    for number, mark in enumerate(marks.itertuples(), start=1):
        shapes += _mark(mark, across, above=number < len(marks))
    return _drawn(shapes, _FOOT + 24, named)


def loads(table: pd.DataFrame, *, title: str, named: str) -> str:
    """Draw how full each group is, a bar for each version; the broken line is all of its time.

    Reads ``version``, ``group`` and ``utilisation`` of `Loads`.
    """
    told = {(row.version, row.group): row.utilisation for row in table.itertuples()}
    groups = list(dict.fromkeys(group for _, group in told))
    versions = [version for version in COLOURS if any(version == one for one, _ in told)]
    most = max((part for part in told.values() if not pd.isna(part)), default=1.0)
    quarters = ceil(max(most, 1.0) / _QUARTER)
    step = _QUARTER * ceil(quarters / _FEW_QUARTERS)
    ticks = [step * number for number in range(ceil(quarters * _QUARTER / step) + 1)]
    letters = min(max(map(len, groups)), _MOST_LETTERS)
    left = round(14 + _LETTER * letters)
    across = _Across(0, ticks[-1], left)
    high = _BAR * len(versions) + _GAP
    foot = _TOP + high * len(groups)
    shapes = [_line(left, foot, _RIGHT, foot, look=_AXIS)]
    shapes += [_words(across.at(part), foot + 17, f"{part:.0%}") for part in ticks]
    shapes.append(_words((left + _RIGHT) / 2, foot + 35, title))
    for number, group in enumerate(groups):
        top = _TOP + high * number
        middle = top + _BAR * len(versions) / 2 + 4
        shapes.append(_words(left - 6, middle, group, anchor="end"))
        for place, version in enumerate(versions):
            if (version, group) in told:
                part = told[version, group]
                shapes += _bar(part, across, top + _BAR * place, COLOURS[version])
    shapes.append(_line(across.at(1), _TOP - 6, across.at(1), foot, look=_FULL))
    return _drawn(shapes, foot + 42, named)


def _dates(first: pd.Timestamp, last: pd.Timestamp) -> list[tuple[pd.Timestamp, str]]:
    """Choose the dates told on an axis: as many as there is room for."""
    apart = (last - first).days / _MOST_DATES
    years = f"{ceil(apart / _YEAR)}YS"
    every = next((name for days, name in _DATES.items() if days >= apart), years)
    found = pd.date_range(first, last, freq=every)
    form = "%d %b" if every.endswith(("D", "MON")) else "%b %Y"
    return [(day, day.strftime(form)) for day in (found if len(found) else [first])]


def _up(share: float) -> float:
    return round(_FOOT - share * _PLOT, 1)


def _steps(line: pd.DataFrame, across: _Across, colour: str) -> str:
    """Chances hold from their day until the next one."""
    path = "".join(
        f"H{across.at(day.timestamp())}V{_up(chance)}"
        for day, chance in zip(line["day_on"], line["chance"], strict=True)
    )
    if not path:
        return ""
    start = f"M{path[1:].replace('V', ' ', 1)}"
    return f'<path d="{start}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _mark(promise: Any, across: _Across, *, above: bool) -> list[str]:
    """Return a point and its day: the earlier one of two above it, so that they keep apart."""
    place, high = across.at(promise.day_on.timestamp()), _up(promise.share)
    # there is room above a line to the left, and below it to the right, but not at the edges
    before = place - _DAY_ROOM > _LEFT if above else place + _DAY_ROOM > WIDTH
    colour, changed = COLOURS[promise.version], promise.version == CHANGED
    day = _words(
        place + (-8 if before else 8),
        high + (-7 if above else 14),
        f"{promise.day_on:%Y-%m-%d}",
        anchor="end" if before else "start",
        look=f'fill="{colour}" font-weight="bold"' if changed else "",
    )
    return [f'<circle cx="{place}" cy="{high}" r="4" fill="{colour}"/>', day]


def _bar(part: float, across: _Across, top: float, colour: str) -> list[str]:
    """Return a bar with its share in it, or beside it where it is short."""
    left, middle = across.left, top + 11
    if pd.isna(part):
        return [_words(left + 5, middle, "no time available", anchor="start")]
    wide = round(across.at(part) - left, 1)
    inside = part > _SHORT * across.last
    return [
        f'<rect x="{left}" y="{top}" width="{wide}" height="{_BAR - 1}" rx="2" fill="{colour}"/>',
        _words(
            left + (5 if inside else wide + 5),
            middle,
            f"{part:.0%}",
            anchor="start",
            look=f'fill="{"white" if inside else INK}"',
        ),
    ]


def _line(x1: float, y1: float, x2: float, y2: float, *, look: str) -> str:
    return f'<path d="M{x1} {y1}L{x2} {y2}" {look}/>'


def _words(x: float, y: float, words: str, *, anchor: str = "middle", look: str = "") -> str:
    """Return a text; a long one is cut, and whole where a pointer rests on it."""
    told = html.escape(words)
    if len(words) > _MOST_LETTERS:
        cut = words[: _MOST_LETTERS - 1].rstrip()
        told = f"{html.escape(cut)}…<title>{told}</title>"
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {look}>{told}</text>'


def _drawn(shapes: list[str], height: float, named: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{html.escape(named, quote=True)}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="{_FONT}" font-size="11" fill="{MUTED}">{"".join(shapes)}</svg>'
    )
