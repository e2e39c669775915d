"""Figures, days and moments in words, as every page says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from tpm_analytics.clock import zone

SHARE = "share"
CURRENCY = "currency"
MILLION = 1_000_000
NO_CHANGE = "no change"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A recorded figure, as people read it.

    Attributes
    ----------
    label, text, unit
        What it is, and its value with its unit.
    change
        How it differs from last time; empty where there is nothing to compare with.
    restated
        What an earlier run said of the same day, where late data has changed it.
    real
        What it is without the what-if.
    """

    label: str
    text: str
    unit: str
    change: str = ""
    restated: str = ""
    real: str = ""


def label(name: str) -> str:
    """Return the name of a figure as people write it.

    Examples
    --------
    >>> label("commitment_kept"), label("finish_at_85_percent_confidence")
    ('Commitment kept', 'Finish at 85 % confidence')
    """
    text = name.replace("_", " ").strip().replace(" percent", " %")
    return text[:1].upper() + text[1:]


def day(text: str) -> str:
    """Return an ISO day in words; other text as it is.

    Examples
    --------
    >>> day("2025-03-07")
    '7 March 2025'
    """
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{read.day} {read:%B %Y}"


def moment(instant: str | datetime, time_zone: str = "UTC") -> str:
    """Return an instant in words, in a time zone.

    Examples
    --------
    >>> moment("2025-03-07T08:30:00+00:00", "Europe/Madrid")
    '7 March 2025, 09:30 (Europe/Madrid)'
    """
    read = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    local = read.astimezone(zone(time_zone))
    return f"{local.day} {local:%B %Y, %H:%M} ({time_zone})"


def value(value: object, unit: str | None) -> str:
    """Return a figure with as few digits as say something; unknown is said in words.

    Examples
    --------
    >>> value(0.8261, "share"), value(31.42, "points"), value("2025-03-07", None)
    ('83 %', '31.4', '7 Mar 2025')
    >>> value(6_194_683, "currency"), value(-11.04, "days"), value(0.003, "share")
    ('6.19 million', '−11', 'less than 1 %')
    >>> value(5_113_000_000, "currency")
    '5.11 billion'
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        said = _share(value) if unit == SHARE else _number(value, unit)
        return said.replace("-", "−")
    return short_day(str(value))


def _share(part: float) -> str:
    if 0 < part < 0.005:
        return "less than 1 %"
    if 0.995 <= part < 1:
        return "more than 99 %"
    return f"{part:.0%}".replace("%", " %")


def _number(value: float, unit: str | None) -> str:
    if unit == CURRENCY and abs(value) >= 1000:
        rounded = float(f"{value:.3g}")
        for size, word in ((1000 * MILLION, "billion"), (MILLION, "million")):
            if abs(rounded) >= size:
                digits = max(0, 3 - len(f"{abs(rounded) / size:.0f}"))
                return f"{rounded / size:,.{digits}f} {word}"
        return f"{rounded:,.0f}"
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}".removesuffix(".0") if abs(value) >= 1 else f"{value:,.2f}"


def unit_of(value: object, unit: str | None, *, name: str = "") -> str:
    """Return the unit that people say after a figure; empty where the figure stands alone.

    A program has one currency, which everybody in it knows; a `name` that has the unit in it says
    it already.

    Examples
    --------
    >>> unit_of(3, "items"), unit_of(1, "activities"), unit_of(0.8, "share"), unit_of(None, "h")
    ('items', 'activity', '', '')
    >>> unit_of(7, "links", name="open_links_between_teams")
    ''
    """
    if value is None or unit in {None, SHARE, CURRENCY}:
        return ""
    text = str(unit)
    if text in name.split("_"):
        return ""
    if value != 1:
        return text
    return f"{text[:-3]}y" if text.endswith("ies") else text.removesuffix("s")


def short_day(text: str) -> str:
    """Return an ISO day in a few letters; other text as it is."""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{read.day} {read:%b %Y}"


def difference(now: object, then: object, unit: str | None) -> str:
    """Return how a figure differs from an earlier one; shares in percentage points.

    Examples
    --------
    >>> difference(34, 31, "points"), difference(0.79, 0.83, "share")
    ('+3 points', '−4 percentage points')
    >>> difference("2025-03-12", "2025-03-07", None), difference(31, 31, None)
    ('5 days later', 'no change')
    >>> difference(7, None, "days")
    'was unknown'
    """
    if now == then:
        return NO_CHANGE
    if then is None:
        return "was unknown"
    if _is_number(now) and _is_number(then):
        return _number_difference(float(now), float(then), unit)  # type: ignore[arg-type]
    days = _day_of(now), _day_of(then)
    if days[0] and days[1]:
        apart = (days[0] - days[1]).days
        many = "" if abs(apart) == 1 else "s"
        return f"{abs(apart):,} day{many} {'later' if apart > 0 else 'earlier'}"
    return f"was {value(then, unit)}"


def _number_difference(now: float, then: float, unit: str | None) -> str:
    apart = now - then
    if unit == SHARE:
        apart, unit, digits = apart * 100, "percentage points", 0
    else:
        largest = max(abs(now), abs(then))
        whole = now == round(now) and then == round(then)
        digits = 0 if whole or largest >= 100 else 1 if largest >= 1 else 2
    text = f"{abs(apart):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return "about the same"
    said = unit_of(float(text.replace(",", "")), unit)
    return f"{'+' if apart > 0 else '−'}{text}{f' {said}' if said else ''}"


def _is_number(found: object) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _day_of(found: object) -> date | None:
    try:
        return date.fromisoformat(str(found))
    except ValueError:
        return None
