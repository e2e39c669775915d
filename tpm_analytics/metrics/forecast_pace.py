"""The pace of a team as chances: what a day brings, when so much is done, how much in some days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpm_analytics.metrics.forecast_history import is_enough, is_working
from tpm_analytics.models import convolution

# Half a year: interim choice
RECENT_DAYS = 182


@dataclass(frozen=True)
class Pace:
    """What one day off and one working day bring, in steps of an amount.

    Attributes
    ----------
    days
        Distribution of a day off, and of a working day.
    step
        What one step is worth: 1 for items, for points what all sizes are multiples of.
    sharing
        Among how many features the pace is shared.
    """

    days: tuple[np.ndarray, np.ndarray]
    step: float
    sharing: float

    def done_after(self, working: np.ndarray, amount: float) -> np.ndarray:
        """Chance that `amount` is finished after 0, 1, 2, ... of the days that are `working`."""
        steps = int(np.ceil(round(amount * self.sharing / self.step, 6)))
        return convolution.finished_within(self.days, working.astype(np.int64), steps)

    def total(self, working: np.ndarray) -> np.ndarray:
        """Distribution of what is finished in those days, in steps."""
        worked = int(working.sum())
        whole = convolution.total_over(self.days, [len(working) - worked, worked])
        if self.sharing == 1:
            return whole
        own = np.floor(np.arange(len(whole)) / self.sharing).astype(np.int64)
        return np.bincount(own, weights=whole)

    def draw(self, working: np.ndarray, trials: int, chance: np.random.Generator) -> np.ndarray:
        """What each of those days finishes in each of that many trials, a row each."""
        drawn = np.zeros((trials, len(working)))
        for kind, distribution in enumerate(self.days):
            days = np.flatnonzero(working == bool(kind))
            limits = np.cumsum(distribution)
            luck = chance.random((trials, len(days)))
            drawn[:, days] = np.searchsorted(limits / limits[-1], luck, side="right")
        return drawn * self.step / self.sharing


def pace_of(one: pd.DataFrame, *, step: float | None = None) -> Pace | None:
    """Pace of the team whose days `one` holds; None where they are not enough."""
    if not is_enough(one):
        return None
    recent = one.tail(RECENT_DAYS)
    used = step or convolution.on_grid(one["finished"].to_numpy())[1]
    counts = np.rint(recent["finished"].to_numpy() / used).astype(np.int64)
    working = recent["working"].to_numpy(dtype=bool)
    off, on = (
        convolution.observed(counts[kind]) if kind.any() else np.array([1.0])
        for kind in (~working, working)
    )
    return Pace((off, on), used, float(one["sharing"].iloc[0]))


def ahead(calendar: pd.DataFrame, team: str, last: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Days of the calendar after `last`, and whether `team` works on each."""
    days = pd.DatetimeIndex(
        calendar.loc[calendar["day_on"] > last, "day_on"].unique()
    ).sort_values()
    return days.to_numpy(), is_working(calendar, team, days)
