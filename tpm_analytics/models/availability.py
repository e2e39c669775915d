"""Who is there on which day: counts of working days for many people and spans at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Availability:
    """Working days of each person from `first` on, ready to be counted over any span.

    ``cumulative[person, day]`` is the number of days the person works before that day, so a span
    of any length is one subtraction.
    """

    first: np.datetime64
    cumulative: np.ndarray

    def days(self, person: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Days each person works from `begin` to `end`, both counted; 0 for a span outside."""
        last = self.cumulative.shape[1] - 1
        start = np.clip(_offset(begin, self.first), 0, last)
        stop = np.clip(_offset(end, self.first) + 1, start, last)
        counted: np.ndarray = self.cumulative[person, stop] - self.cumulative[person, start]
        return counted


def availability(
    days: np.ndarray,
    calendars: Sequence[np.busdaycalendar],
    *,
    calendar: np.ndarray,
    employed: np.ndarray,
    absences: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Availability:
    """Combine calendars, employment and absences into days that can be counted.

    Parameters
    ----------
    days
        Every calendar day of the span, in order.
    calendars
        Weekend and days off of each.
    calendar
        Position in `calendars` of each person's.
    employed
        A row per person: first and last day of employment; NaT where it has no such end.
    absences
        Position of the person, first and last day of each absence. They may overlap: a day away
        counts once.

    Examples
    --------
    >>> never, monday = np.datetime64("NaT"), np.datetime64("2025-03-03")
    >>> known = availability(
    ...     monday + np.arange(7),
    ...     [np.busdaycalendar(holidays=["2025-03-07"])],
    ...     calendar=np.array([0]),
    ...     employed=np.array([[never, never]], dtype="datetime64[D]"),
    ...     absences=(np.array([0, 0]), monday + np.array([1, 2]), monday + np.array([2, 2])),
    ... )
    >>> known.days(np.array([0]), np.array([monday]), np.array([monday + 6])).tolist()
    [2]
    """
    worked = [np.is_busday(days, busdaycal=each) for each in calendars]
    workdays = np.stack(worked)[calendar]
    joined, left = employed[:, :1], employed[:, 1:]
    there = workdays & ~(days < joined) & ~(days > left)
    there &= ~_away(absences, days, len(there))
    cumulative = np.zeros((there.shape[0], there.shape[1] + 1), dtype=np.int32)
    np.cumsum(there, axis=1, out=cumulative[:, 1:])
    return Availability(days[0], cumulative)


def overlaps(
    begin: np.ndarray, end: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a span and a period that share a day: position of the span, of the period.

    Periods are sorted and do not overlap. The pairs are sorted by span, then period.

    Examples
    --------
    >>> days = lambda *texts: np.array(texts, dtype="datetime64[D]")
    >>> span, period = overlaps(
    ...     days("2025-03-05"), days("2025-03-12"),
    ...     days("2025-03-03", "2025-03-10"), days("2025-03-09", "2025-03-16"),
    ... )
    >>> span.tolist(), period.tolist()
    ([0, 0], [0, 1])
    """
    low = np.searchsorted(ends, begin, "left")
    high = np.searchsorted(starts, end, "right")
    count = np.maximum(high - low, 0)
    span = np.repeat(np.arange(len(begin)), count)
    ahead = np.cumsum(count) - count
    return span, np.arange(len(span)) - np.repeat(ahead - low, count)


def _offset(days: np.ndarray, first: np.datetime64) -> np.ndarray:
    offset: np.ndarray = days.astype("datetime64[D]") - first.astype("datetime64[D]")
    return offset.astype(np.int64)


def _away(
    absences: tuple[np.ndarray, np.ndarray, np.ndarray], days: np.ndarray, people: int
) -> np.ndarray:
    person, begin, end = absences
    change = np.zeros((people, len(days) + 1), dtype=np.int32)
    np.add.at(change, (person, np.clip(_offset(begin, days[0]), 0, len(days))), 1)
    np.add.at(change, (person, np.clip(_offset(end, days[0]) + 1, 0, len(days))), -1)
    absent: np.ndarray = np.cumsum(change, axis=1)[:, :-1] > 0
    return absent
