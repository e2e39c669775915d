"""Sentences for pages: plain words around figures, with all data in them made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

MILLION = 1_000_000
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&$~:/@^=])")


@dataclass(frozen=True)
class Reading:
    """A sentence or a few, in Markdown; what came from data is escaped already."""

    markdown: str
    plain: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.plain}

    def __str__(self) -> str:
        return self.plain


def say(template: str, **data: object) -> Reading:
    r"""Fill `template` with `data`; the template may be Markdown, the data never is.

    Examples
    --------
    >>> reading = say("**{team}** is late.", team="*core* <script>")
    >>> reading.markdown
    '**\\*core\\* \\<script\\>** is late.'
    >>> reading.plain
    '*core* <script> is late.'
    """
    plain = {name: str(value) for name, value in data.items()}
    safe = {name: escape(value) for name, value in plain.items()}
    return Reading(template.format(**safe), template.replace("**", "").format(**plain))


def count(number: float, noun: str, plural: str | None = None) -> str:
    """A number with its noun, in the plural where that is due.

    Examples
    --------
    >>> count(1, "item"), count(1200, "item")
    ('1 item', '1,200 items')
    """
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def amount(number: float) -> str:
    """A number as people write it: no decimals where they say nothing.

    Examples
    --------
    >>> amount(12.0), amount(12.25), amount(1234.5)
    ('12', '12.2', '1,234')
    """
    return f"{number:,.0f}" if number == round(number) or abs(number) >= 100 else f"{number:,.1f}"


def money(sum_of: float) -> str:
    """A sum of money in three digits: nobody acts on the fourth.

    Examples
    --------
    >>> money(6_194_683.2), money(-271_883.0), money(950.4)
    ('6.19 million', '−272,000', '950')
    >>> money(5_113_000_000.0)
    '5.11 billion'
    """
    size = abs(sum_of)
    sign = "−" if sum_of < 0 and round(size) else ""
    for unit, word in ((1000 * MILLION, "billion"), (MILLION, "million")):
        if size >= 0.9995 * unit:
            decimals = max(0, 3 - len(f"{size / unit:.0f}"))
            return f"{sign}{size / unit:,.{decimals}f} {word}"
    return f"{sign}{float(f'{size:.3g}'):,.0f}"


def share(part: float) -> str:
    """A share in percent; neither none nor all is said where it is not quite so.

    Examples
    --------
    >>> share(0.374), share(0.0), share(0.001), share(0.997)
    ('37 %', '0 %', 'less than 1 %', 'more than 99 %')
    """
    if 0 < part < 0.005:
        return "less than 1 %"
    if 0.995 <= part < 1:
        return "more than 99 %"
    return f"{part:.0%}".replace("%", " %")


def day(moment: pd.Timestamp) -> str:
    """A day as every reader reads it alike, whatever the country.

    Examples
    --------
    >>> day(pd.Timestamp("2025-03-07"))
    '2025-03-07'
    """
    return f"{moment:%Y-%m-%d}"


def left_out(counts: Mapping[str, int], *, nothing: str = "Nothing was left out.") -> Reading:
    """Say what a page leaves out or cannot know, each with how many it concerns.

    Examples
    --------
    >>> print(left_out({"people without hours": 2, "people without a country": 0}))
    Left out or unknown: people without hours (2).
    """
    parts = [f"{what} ({number:,})" for what, number in counts.items() if number]
    return say("Left out or unknown: {parts}.", parts="; ".join(parts)) if parts else say(nothing)


def join(*readings: Reading) -> Reading:
    """One reading out of several, a paragraph of sentences."""
    return Reading(
        " ".join(reading.markdown for reading in readings),
        " ".join(reading.plain for reading in readings),
    )


def escape(data: object) -> str:
    r"""Return `data` as text that Markdown shows letter by letter.

    Examples
    --------
    >>> escape("a*b")
    'a\\*b'
    """
    return _MARKUP.sub(r"\\\1", " ".join(str(data).split()))
