"""The pace of a team as chances: when so much is done, how much in some days, and its record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from tpm_analytics.metrics.forecast.calendar import part_worked
from tpm_analytics.metrics.forecast.history import is_enough
from tpm_analytics.models import convolution, forecasting, sharing
from tpm_analytics.models.forecasting import Outlook

DAYS_A_YEAR = 365.25
# Teams of a program, each seen with this or that set aside
KEPT_OUTLOOKS = 128
# What is computed further ahead than asked answers the next question too: some more days off, say
AT_LEAST_DAYS = 100


@dataclass(frozen=True)
class Pace:
    """What lies ahead of a team, in steps of an amount.

    Attributes
    ----------
    outlook
        What the past working days teach.
    step
        What one step is worth: 1 for items, for points what all sizes are multiples of.
    sharing
        Among how many features the pace is shared.
    """

    outlook: Outlook
    step: float
    sharing: float

    def done_after(self, working: np.ndarray, amount: float) -> np.ndarray:
        """Chance that `amount` is finished after 0, 1, 2, ... days of which so much is worked.

        A day counts as much as it is worked: 0 off, 1 at the pace of the past. Between two whole
        days the chance is taken to rise evenly.
        """
        steps = int(np.ceil(round(amount / self.step, 6)))
        worked = np.r_[0.0, np.cumsum(working)]
        last = int(np.ceil(round(float(worked[-1]), 6)))
        totals, cases = np.unique(sharing.totals_needed(steps, self.sharing), return_counts=True)
        chance: np.ndarray = np.average(
            [_finished_within(self.outlook, int(total), last) for total in totals],
            axis=0,
            weights=cases,
        )
        between: np.ndarray = np.interp(worked, np.arange(last + 1), chance)
        return between

    def total(self, working: np.ndarray) -> np.ndarray:
        """Distribution of what is finished in those days, in steps."""
        days, part = divmod(round(float(working.sum()), 6), 1)
        whole = _total(self.outlook, int(days))
        if part:
            more = _total(self.outlook, int(days) + 1)
            whole = convolution.mixture([whole, more], np.array([1 - part, part]))
        return whole if self.sharing == 1 else sharing.shared(whole, self.sharing)


def pace_of(one: pd.DataFrame, *, step: float | None = None) -> Pace | None:
    """Pace of the team whose days `one` holds; None where they are not enough."""
    if not is_enough(one):
        return None
    used = step or convolution.on_grid(one["finished"].to_numpy())[1]
    history, _ = in_working_days(one, used)
    year = _year(one)
    if not history[-year:].any():
        return None
    return Pace(_learned(history.tobytes(), year), used, float(one["sharing"].iloc[0]))


def days_of(deliveries: pd.DataFrame, team: str) -> pd.DataFrame:
    """Days of one team, with what its pace is read from."""
    return deliveries[["day_on", "working", "finished", "sharing"]][deliveries["team"] == team]


def in_working_days(one: pd.DataFrame, step: float) -> tuple[np.ndarray, np.ndarray]:
    """What was finished on each working day, in steps, and which day each was.

    What was finished on a day off counts on the working day before it.
    """
    working = one["working"].to_numpy(dtype=bool)
    if not working.any():
        working = np.ones(len(one), dtype=bool)
    place = np.maximum(np.cumsum(working) - 1, 0)
    steps = np.rint(np.bincount(place, weights=one["finished"].to_numpy()) / step)
    return steps.astype(np.int64), one["day_on"].to_numpy()[working]


def record_of(one: pd.DataFrame, step: float) -> forecasting.Record:
    """Forecasts that would have been made of the team whose days `one` holds, and what came."""
    history, _ = in_working_days(one, step)
    year = _year(one)
    if history[-year:].any():
        return _learned(history.tobytes(), year).record
    return forecasting.track_record(history, year=year)


def ahead(calendar: pd.DataFrame, team: str, last: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Days of the calendar after `last`, and how much of a day of the past `team` works on each."""
    listed = calendar["day_on"].to_numpy()
    days = np.unique(listed[listed > last.to_datetime64()])
    return days, part_worked(calendar, team, days)


def _year(one: pd.DataFrame) -> int:
    """Working days in a year, going by the share of the days that are worked."""
    return max(1, round(float(one["working"].mean()) * DAYS_A_YEAR))


def _finished_within(outlook: Outlook, items: int, days: int) -> np.ndarray:
    further = -(-days // AT_LEAST_DAYS) * AT_LEAST_DAYS
    return _chances(outlook, items, further)[: days + 1]


@lru_cache(maxsize=KEPT_OUTLOOKS)
def _chances(outlook: Outlook, items: int, days: int) -> np.ndarray:
    return outlook.finished_within(items, days)


@lru_cache(maxsize=KEPT_OUTLOOKS)
def _total(outlook: Outlook, days: int) -> np.ndarray:
    return outlook.total(days)


@lru_cache(maxsize=KEPT_OUTLOOKS)
def _learned(history: bytes, year: int) -> Outlook:
    return forecasting.learn(np.frombuffer(history, dtype=np.int64), year=year)
