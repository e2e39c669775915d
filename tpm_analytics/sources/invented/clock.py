"""A team's working time as one running count of hours, so that a simulation never meets a night."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import story

HOURS_A_DAY = 8.0
OPENS_AT = 9.0


@dataclass(frozen=True, eq=False)
class Clock:
    """Working hours of one place: hour 0 is 9:00 on the program's first working day there.

    Examples
    --------
    >>> clock = of("Europe/Madrid", "ES")
    >>> clock.instants(np.array([0.0, 8.5])).astype(str).tolist()
    ['2024-01-02 08:00:00+00:00', '2024-01-03 08:30:00+00:00']
    """

    time_zone: str
    days: np.ndarray

    @property
    def ends(self) -> float:
        """Hour at which the calendar ends."""
        return len(self.days) * HOURS_A_DAY

    def hour_of(self, day: object) -> float:
        """Hour at which `day`, or the next working day after it, begins."""
        return float(np.searchsorted(self.days, np.datetime64(str(day)[:10]))) * HOURS_A_DAY

    def hour_at(self, instant: pd.Timestamp) -> float:
        """Working hours that have passed at `instant`."""
        local = instant.tz_convert(self.time_zone)
        day = np.datetime64(local.date())
        begun = self.hour_of(day)
        if np.searchsorted(self.days, day) == np.searchsorted(self.days, day, side="right"):
            return begun
        return begun + min(max(local.hour + local.minute / 60 - OPENS_AT, 0.0), HOURS_A_DAY)

    def day_of(self, hours: np.ndarray) -> np.ndarray:
        """Working day each hour lies in."""
        return self.days[(np.asarray(hours) // HOURS_A_DAY).astype(np.int64)]

    def instants(self, hours: np.ndarray) -> pd.DatetimeIndex:
        """Moment of each hour in UTC, to the second; NaT where the hour is NaN."""
        hours = np.asarray(hours, dtype=np.float64)
        known = np.where(np.isnan(hours), 0.0, hours)
        opened = self.day_of(known).astype("datetime64[s]")
        seconds = np.rint((known % HOURS_A_DAY + OPENS_AT) * 3600).astype("timedelta64[s]")
        local = pd.DatetimeIndex(opened + seconds).tz_localize(self.time_zone)
        moments = local.tz_convert("UTC").as_unit("us")
        return pd.DatetimeIndex(moments.where(~np.isnan(hours)))


@cache
def of(time_zone: str, country: str) -> Clock:
    """Clock of people who work in `time_zone` and keep the holidays of `country`."""
    days = np.arange(
        np.datetime64(story.FIRST_DAY), np.datetime64(story.CALENDAR_END), dtype="datetime64[D]"
    )
    closed = np.array(story.HOLIDAYS[country].split(), dtype="datetime64[D]")
    return Clock(time_zone, days[np.is_busday(days, holidays=closed)])
