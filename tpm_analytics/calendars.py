"""Working days, reporting periods, and the days of instants in the program's time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Literal

import holidays
import numpy as np
import pandas as pd

from tpm_analytics import clock
from tpm_analytics.errors import ParameterError, check_choice

Every = Literal["day", "week", "month", "quarter"]

# from so many instants on, a table of quarters of an hour is faster than a conversion of each
_MANY = 20_000
_QUARTER = 15 * 60 * 1_000_000  # microseconds

DAYS_A_WEEK = 7
_DAY_TYPES = (date, np.datetime64)
_FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q"}
_PERIOD_DAYS = {"week": (7, 7), "month": (28, 31), "quarter": (89, 92), "year": (365, 366)}


def day_of(instants: pd.Series, time_zone: str) -> pd.Series:
    """Calendar day in `time_zone` of each instant; NaT stays NaT.

    Examples
    --------
    >>> at = pd.Series(pd.to_datetime(["2025-03-07T14:30Z"]))
    >>> day_of(at, "Asia/Tokyo")[0]
    Timestamp('2025-03-07 00:00:00')
    """
    stamps = instants.to_numpy(dtype="datetime64[us]")
    if time_zone == "UTC":
        days = stamps.astype("datetime64[D]").astype("datetime64[us]")
        return pd.Series(days, index=instants.index, name=instants.name)
    known = ~np.isnat(stamps)
    if known.sum() < _MANY:
        return _day_of_each(instants, time_zone)
    if known.all():
        days = _day_by_quarter(stamps, time_zone)
    else:
        days = np.full(len(stamps), np.datetime64("NaT", "us"))
        days[known] = _day_by_quarter(stamps[known], time_zone)
    return pd.Series(days, index=instants.index, name=instants.name)


def _day_of_each(instants: pd.Series, time_zone: str) -> pd.Series:
    local = instants.dt.tz_convert(clock.zone(time_zone)).dt.tz_localize(None)
    return local.dt.normalize().astype("datetime64[us]")


def _day_by_quarter(stamps: np.ndarray, time_zone: str) -> np.ndarray:
    """Local day of many UTC instants: the zone is asked once a quarter of an hour, not once each.

    Midnights of all zones in use lie on a quarter; where a zone once had another one, the two ends
    of the quarter lie on different days, and each instant in it is asked for.
    """
    quarter = stamps.view("int64") // _QUARTER
    first = quarter.min()
    begins = np.arange(first, quarter.max() + 2) * _QUARTER
    if len(begins) > len(stamps):
        return _day_of_each(_utc_series(stamps), time_zone).to_numpy()
    day = _day_of_each(_utc_series(begins), time_zone).to_numpy()
    # only where the next quarter is on another day may one end on another than it begins
    turns = np.flatnonzero(day[1:] != day[:-1])
    day_at_end = _day_of_each(_utc_series(begins[turns] + _QUARTER - 1), time_zone).to_numpy()
    quarter -= first
    days: np.ndarray = day[quarter]
    split = np.zeros(len(begins), dtype=bool)
    split[turns] = day[turns] != day_at_end
    if split.any():
        rows = np.flatnonzero(split[quarter])
        days[rows] = _day_of_each(_utc_series(stamps[rows]), time_zone).to_numpy()
    return days


def _utc_series(stamps: np.ndarray) -> pd.Series:
    return pd.Series(pd.DatetimeIndex(stamps.astype("datetime64[us]")).tz_localize("UTC"))


def as_day(day: object) -> pd.Timestamp:
    """Read a day from a date, a timestamp or ISO text; raises `ParameterError` otherwise.

    Examples
    --------
    >>> as_day("2025-03-07")
    Timestamp('2025-03-07 00:00:00')
    """
    wrong = clock.no_day(day)
    given = clock.day(day) if isinstance(day, str) else day
    if not isinstance(given, _DAY_TYPES):
        raise wrong
    try:
        stamp = pd.Timestamp(given)
        if pd.isna(stamp):
            raise wrong
        return stamp.tz_localize(None).normalize().as_unit("us")
    except ValueError as error:
        raise wrong from error


def today(time_zone: str = "UTC") -> pd.Timestamp:
    """Return the day it is now in `time_zone`."""
    return as_day(clock.today(time_zone))


def end_of(day: pd.Timestamp, time_zone: str) -> pd.Timestamp:
    """Last microsecond of `day` in `time_zone`, in UTC: what happened up to then was known.

    Examples
    --------
    >>> end_of(pd.Timestamp("2025-03-07"), "Asia/Tokyo")
    Timestamp('2025-03-07 14:59:59.999999+0000', tz='UTC')
    """
    next_midnight = (day + pd.Timedelta(days=1)).tz_localize(
        clock.zone(time_zone), nonexistent="shift_forward", ambiguous=True
    )
    return (next_midnight.tz_convert("UTC") - pd.Timedelta(1, "us")).as_unit("us")


def period_start(days: pd.Series, every: Every) -> pd.Series:
    """First day of the period each day lies in; weeks begin on Monday.

    Examples
    --------
    >>> period_start(pd.Series(pd.to_datetime(["2025-03-09"])), "week")[0]
    Timestamp('2025-03-03 00:00:00')
    """
    return days.dt.to_period(_frequency(every)).dt.start_time.astype("datetime64[us]")


def periods(first: pd.Timestamp, last: pd.Timestamp, every: Every) -> pd.DatetimeIndex:
    """First days of all whole periods from the one `first` lies in up to `last`.

    A period counts as whole when it has ended on `last` or before: today's unfinished one is left
    out, because a half week looks like a slow week.

    Examples
    --------
    >>> weeks = periods(pd.Timestamp("2025-03-05"), pd.Timestamp("2025-03-18"), "week")
    >>> weeks.strftime("%d").tolist()
    ['03', '10']
    """
    frequency = _frequency(every)
    if pd.isna(first) or pd.isna(last) or last < first:
        return pd.DatetimeIndex([], dtype="datetime64[us]")
    whole = pd.period_range(first, last, freq=frequency)
    ended = whole[whole.end_time.normalize() <= last]
    return pd.DatetimeIndex(ended.start_time).as_unit("us")


def period_word(first: pd.Series, last: pd.Series) -> str:
    """Return what people call periods from each day of `first` to that of `last`.

    Examples
    --------
    >>> first = pd.Series(pd.to_datetime(["2025-01-01", "2025-02-01"]))
    >>> period_word(first, first + pd.offsets.MonthEnd())
    'month'
    """
    days = (last - first).dt.days + 1
    for word, (least, most) in _PERIOD_DAYS.items():
        if len(days) and days.between(least, most).all():
            return word
    return "period"


def _frequency(every: str) -> str:
    check_choice("every", every, _FREQUENCIES)
    return _FREQUENCIES[every]


def _holidays_of(country: str, *, years: Iterable[int] | None) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country, years=years)
    except NotImplementedError as error:
        raise ParameterError(
            f"No holidays are known for country {country!r}.",
            hint="use an ISO 3166 code such as ES, or leave the country empty; tpm check names "
            "the people who have it",
        ) from error


@cache
def _holiday_days(country: str, first_year: int, last_year: int) -> np.ndarray:
    found = _holidays_of(country, years=range(first_year, last_year + 1))
    days = np.array(sorted(found), dtype="datetime64[D]")
    days.flags.writeable = False  # whoever asks for these years is given this very array
    return days


def holiday_days(country: str | None, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    """Public holidays of `country` (ISO 3166) over the years of the span, sorted, as days.

    An unknown country raises `ParameterError`; no country has no holidays.
    """
    if country is None or pd.isna(country):
        return np.array([], dtype="datetime64[D]")
    return _holiday_days(country, first.year, last.year)


# Saturday and Sunday, Monday being 0
WEEKEND = (5, 6)


def weekend(country: str | None, *, on: pd.Timestamp) -> tuple[int, ...]:
    """Days of the week on which `country` (ISO 3166) rests, Monday being 0, as it did on that day.

    An unknown country raises `ParameterError`; no country rests on Saturday and Sunday.

    Examples
    --------
    >>> weekend("EG", on=pd.Timestamp("2025-03-07")), weekend(None, on=pd.Timestamp("2025-03-07"))
    ((4, 5), (5, 6))
    """
    if country is None or pd.isna(country):
        return WEEKEND
    return _weekend(country, on.date())


@cache
def days_worked_a_week(country: str | None) -> int:
    """Days of the week on which `country` works, such as 5, by which hours a week are spread.

    Errors as `weekend`.

    Examples
    --------
    >>> days_worked_a_week("EG"), days_worked_a_week("PY"), days_worked_a_week(None)
    (5, 6, 5)
    """
    if country is None or pd.isna(country):
        return DAYS_A_WEEK - len(WEEKEND)
    return DAYS_A_WEEK - len(_holidays_of(country, years=None).weekend)


@cache
def _weekend(country: str, on: date) -> tuple[int, ...]:
    kept = _holidays_of(country, years=None)
    week = (on - timedelta(days=day) for day in range(DAYS_A_WEEK))
    return tuple(sorted(day.weekday() for day in week if kept.is_weekend(day)))


def working_calendar(
    country: str | None, first: pd.Timestamp, last: pd.Timestamp
) -> np.busdaycalendar:
    """Weekend and public holidays of `country` over the years of the span.

    The weekend is that of the last day. Errors as `weekend`.

    Examples
    --------
    >>> march = pd.Timestamp("2025-03-01"), pd.Timestamp("2025-03-31")
    >>> sunday = np.datetime64("2025-03-02")
    >>> [bool(np.is_busday(sunday, busdaycal=working_calendar(each, *march)))
    ...  for each in ("IL", "ES")]
    [True, False]
    """
    return calendar_of(weekend(country, on=last), holiday_days(country, first, last))


def calendar_of(weekend: Iterable[int], off: np.ndarray) -> np.busdaycalendar:
    """Return a calendar that rests on days of the week, Monday being 0, and on the days in `off`.

    Raises
    ------
    ParameterError
        If no day of the week is left to work on.

    Examples
    --------
    >>> calendar_of((4, 5), np.array([], dtype="datetime64[D]")).weekmask.tolist()
    [True, True, True, True, False, False, True]
    """
    rest = set(weekend)
    mask = [day not in rest for day in range(DAYS_A_WEEK)]
    if not any(mask):
        raise ParameterError(
            "A calendar that rests on all seven days of the week leaves none to work on.",
            hint="name the days of the weekend only",
        )
    return np.busdaycalendar(mask, off)


def working_days(
    first: Iterable[object],
    last: Iterable[object],
    *,
    calendar: np.busdaycalendar | None = None,
) -> np.ndarray:
    """Working days from `first` to `last`, both counted; never below 0.

    Weekdays without a calendar. An unknown day raises `ParameterError`: leave those rows out
    before.

    Examples
    --------
    >>> working_days(["2025-03-07"], ["2025-03-10"]).tolist()
    [2]
    """
    begin = np.asarray(first, dtype="datetime64[D]")
    end = np.asarray(last, dtype="datetime64[D]") + 1
    if np.isnat(begin).any() or np.isnat(end).any():
        raise ParameterError(
            "Working days to or from an unknown day cannot be counted.",
            hint="leave out the rows without a day",
        )
    counted = np.busday_count(begin, end, busdaycal=calendar or np.busdaycalendar())
    return np.maximum(counted, 0)
