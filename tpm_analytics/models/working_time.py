"""Working time of several calendars on one line of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tpm_analytics.errors import ParameterError


@dataclass(frozen=True, eq=False)
class WorkingTime:
    """Calendars over the days from `first` on; times are working days since the day `origin`.

    Attributes
    ----------
    first
        First day of the line.
    worked
        Calendars x days + 1: working days of the calendar before that day, 0 at the origin.
    nth
        For each calendar the places of its working days on the line, in order.
    week
        Calendars x 7: whether a calendar works on each day of the week, Monday being 0.
    calendar
        Calendar of each activity.
    """

    first: np.datetime64
    worked: np.ndarray
    nth: tuple[np.ndarray, ...]
    week: np.ndarray
    calendar: np.ndarray
    _carried: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def alike(self) -> bool:
        """Whether all activities share a calendar, so that nothing need be carried over."""
        return len(self.nth) < 2

    def moment(self, time: np.ndarray, calendar: int, *, at_end: bool) -> np.ndarray:
        """Place on the line of working `time`: the end of Friday, or the start of Monday.

        The two are one working time, and differ to whoever works on Saturday.
        """
        known = np.isfinite(time)
        count = np.where(known, time - self.worked[calendar, 0], 1.0)
        whole = np.ceil(count - _SLACK) - 1 if at_end else np.floor(count + _SLACK)
        days = self.nth[calendar]
        number = whole.astype(np.intp)
        if number.min(initial=0) < 0 or number.max(initial=0) >= len(days):
            raise ParameterError(
                "A date lies outside the days the calendar knows.",
                hint="look for a duration or a lag that is far too long",
            )
        placed: np.ndarray = days[number] + (count - whole)
        return np.where(known, placed, time)

    def elapsed(self, place: np.ndarray, calendar: int) -> np.ndarray:
        """Working time of a calendar up to a place on the line."""
        last = self.worked.shape[1] - 2
        known = np.isfinite(place)
        at = np.where(known, place, 0.0)
        day = np.clip(np.floor(at), 0, last).astype(np.intp)
        before, behind = self.worked[calendar, day], self.worked[calendar, day + 1]
        return np.where(known, before + (behind - before) * (at - day), place)

    def carried(self, time: np.ndarray, before: int, after: int, *, at_end: bool) -> np.ndarray:
        """Working time of activity `before` as that of activity `after`."""
        mine, other = int(self.calendar[before]), int(self.calendar[after])
        if mine == other:
            return time
        count = time - self.worked[mine, 0]
        low, high = float(count.min(initial=1.0)), float(count.max(initial=1.0))
        begins, works = self._begins_and_works(mine, other)
        if not (low - _SLACK > 0 and high + _SLACK < len(begins)):
            place = self.moment(np.asarray(time, dtype=np.float64), mine, at_end=at_end)
            return self.elapsed(place, other).astype(time.dtype)
        whole = np.ceil(count - _SLACK) - 1 if at_end else np.floor(count + _SLACK)
        number = whole.astype(np.intp)
        carried: np.ndarray = begins[number] + works[number] * (count - whole)
        return carried.astype(time.dtype)

    def _begins_and_works(self, mine: int, other: int) -> tuple[np.ndarray, np.ndarray]:
        """For each working day of a calendar: time of another at its start, and what that works."""
        if (mine, other) not in self._carried:
            begins = self.worked[other, self.nth[mine]]
            works = self.worked[other, self.nth[mine] + 1] - begins
            self._carried[mine, other] = begins, works
        return self._carried[mine, other]

    def carried_back(
        self, time: np.ndarray, before: int, after: int, *, at_end: bool
    ) -> np.ndarray:
        """Latest working time of activity `after` that comes no later than `time` of `before`.

        Where a start falls between two working days, the day before is the answer: slack is never
        told larger than it is.
        """
        mine, other = int(self.calendar[before]), int(self.calendar[after])
        if mine == other:
            return time
        place = self.moment(np.asarray(time, dtype=np.float64), mine, at_end=False)
        back = self.elapsed(place, other)
        if not at_end:
            begins = self.moment(back, other, at_end=False)
            back = np.where(begins > place + _SLACK, back - 1, back)
        return back.astype(time.dtype)

    def carried_each(
        self,
        time: np.ndarray,
        before: np.ndarray,
        after: np.ndarray,
        *,
        at_end: np.ndarray,
        back: bool = False,
    ) -> np.ndarray:
        """The same for many links at once, a time each; `back` as `carried_back` does."""
        answer = time.copy()
        pairs = np.stack([self.calendar[before], self.calendar[after], at_end])
        for mine, other, ends in np.unique(pairs[:, pairs[0] != pairs[1]], axis=1).T:
            ours = (pairs == [[mine], [other], [ends]]).all(axis=0)
            first, second = before[ours][0], after[ours][0]
            carry = self.carried_back if back else self.carried
            answer[ours] = carry(time[ours], first, second, at_end=bool(ends))
        return answer

    def places(self, time: np.ndarray, *, at_end: bool) -> np.ndarray:
        """Place on the line of each activity's working time: there all of them can be compared."""
        found = np.array(time, dtype=np.float64)
        for calendar in range(len(self.nth)):
            ours = self.calendar == calendar
            found[ours] = self.moment(found[ours], calendar, at_end=at_end)
        return found

    def last_of(self, time: np.ndarray) -> np.ndarray:
        """The last of these finishes, one of each activity, as working time of each activity."""
        if self.alike:
            return np.full(len(time), time.max())
        end = self.places(time, at_end=True).max()
        at_end = np.array([self.elapsed(end, calendar) for calendar in range(len(self.nth))])
        last: np.ndarray = at_end[self.calendar]
        return last

    def days(self, time: np.ndarray, *, at_end: bool) -> np.ndarray:
        """Day on which each activity's working time lies; NaT where it is not finite.

        A finish at the end of Friday lies on Friday, a start at that time on Monday.
        """
        known = np.isfinite(time)
        place = np.where(known, self.places(time, at_end=at_end), 0.0)
        day = np.ceil(place - _SLACK) - 1 if at_end else np.floor(place + _SLACK)
        return np.where(known, self.first + day.astype("timedelta64[D]"), np.datetime64("NaT"))

    def times(self, day: np.ndarray, *, at_end: bool) -> np.ndarray:
        """Working time of each activity at the start or the end of a day; NaN where it is NaT."""
        known = ~np.isnat(day)
        offset = (np.where(known, day, self.first) - self.first).astype(int) + int(at_end)
        if offset.min(initial=0) < 0 or offset.max(initial=0) >= self.worked.shape[1]:
            raise ParameterError(
                "A date lies outside the days the calendar knows.",
                hint="look for a date of the wrong century",
            )
        return np.where(known, self.worked[self.calendar, offset], np.nan)


# A millionth of a working day: what sums of durations lose in rounding
_SLACK = 1e-6


def working_time(
    first: np.datetime64,
    last: np.datetime64,
    origin: np.datetime64,
    *,
    calendars: Sequence[np.busdaycalendar],
    calendar: np.ndarray,
) -> WorkingTime:
    """Count the working days of several calendars from `first` to `last`.

    Parameters
    ----------
    first, last
        Days the line runs from and to.
    origin
        Day at whose start working time is 0.
    calendars
        Weekend and days off of each.
    calendar
        Position in `calendars` of each activity's.

    Examples
    --------
    >>> friday = np.datetime64("2025-03-07")
    >>> time = working_time(
    ...     friday, friday + 30, friday,
    ...     calendars=[np.busdaycalendar()], calendar=np.array([0]),
    ... )
    >>> time.days(np.array([1.0]), at_end=True)[0], time.days(np.array([1.0]), at_end=False)[0]
    (np.datetime64('2025-03-07'), np.datetime64('2025-03-10'))
    """
    days = np.arange(first, last + 1)
    works = np.array([np.is_busday(days, busdaycal=each) for each in calendars], dtype=bool)
    worked = np.zeros((len(calendars), len(days) + 1))
    np.cumsum(works, axis=1, out=worked[:, 1:])
    worked -= worked[:, [int((origin - first).astype(int))]]
    week = np.array([each.weekmask for each in calendars])
    return WorkingTime(first, worked, tuple(np.flatnonzero(row) for row in works), week, calendar)
