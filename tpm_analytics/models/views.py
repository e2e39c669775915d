"""Views of the days ahead: each takes the future to be like another part of the past.

A view answers ``after(days, stretch)``: the distribution of what is finished in the first `days`
of a stretch of four weeks, `stretch` stretches ahead of today. Stretches are independent of one
another, so longer spans are convolutions. Days are working days: what was finished on a day off
is counted on the working day before or after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import fft, special

from tpm_analytics.models import convolution

# Four weeks: long enough for counts to be more than chance, short enough for a year to hold 13
STRETCH = 20
WEEK = 5
# Thirteen weeks: the window that most forecasting tools take
RECENT = 65
YEAR = 260
# A rhythm is looked for this far around the day it should come, and this often in the past,
# each time counting half of the later one
AROUND = 20
REPEATS = 3
# Fewer stretches say nothing of how much one differs from the next
LEAST_STRETCHES = 3
# Even the steadiest team's level is known no better than to about a seventh (variance 0.02), and a
# quiet month is not the end of a team: its level is at least a twentieth of the year's
LEAST_VARIANCE = 0.02
LEAST_LEVEL = 0.05
TAIL = 1e-9


class View(Protocol):
    """One way to see what lies ahead."""

    @property
    def alike(self) -> bool:
        """Whether all stretches are alike, however far ahead."""

    def after(self, days: int, stretch: int) -> np.ndarray:
        """Distribution of what is finished in the first `days` of a stretch."""

    def each_day(self, stretch: int, limit: int) -> np.ndarray:
        """The same after each day of the stretch, a row a day, for counts below `limit`."""


class _Alike:
    """What views have in common for which one stretch is like the next."""

    alike = True

    def after(self, days: int, stretch: int) -> np.ndarray:
        raise NotImplementedError

    def each_day(self, stretch: int, limit: int) -> np.ndarray:
        """Distribution after each day of the stretch, for counts below the limit."""
        rows = np.zeros((STRETCH, limit))
        for day in range(STRETCH):
            part = self.after(day + 1, stretch)[:limit]
            rows[day, : len(part)] = part
        return rows


@dataclass(frozen=True)
class DaysAlike(_Alike):
    """Every day is like any of the recent days, whatever the day before was."""

    day: np.ndarray

    def after(self, days: int, stretch: int) -> np.ndarray:  # noqa: ARG002
        """Distribution after so many days; all stretches are alike."""
        return convolution.total(self.day, days)


@dataclass(frozen=True)
class LevelAlike(_Alike):
    """Work flows at the level of the last weeks; months differ as much as those of the past year.

    A gamma-Poisson process: what is finished in a stretch is negative binomial, with `mean` and
    with `variance` of the level relative to its square.
    """

    mean: float
    variance: float

    def after(self, days: int, stretch: int) -> np.ndarray:  # noqa: ARG002
        """Distribution after so many days; all stretches are alike."""
        if not days:
            return np.array([1.0])
        share = days / STRETCH
        shape, odds = share / self.variance, self.variance * self.mean
        longest = 1 + int(special.nbdtrik(1 - TAIL, shape, 1 / (1 + odds)))
        count = np.arange(1, longest + 1)
        # each chance from the one before: (shape + k - 1) / k times the chance of one more
        steps = np.log((shape + count - 1) / count) + np.log(odds / (1 + odds))
        chances = np.exp(np.concatenate([[0.0], np.cumsum(steps)]) - shape * np.log1p(odds))
        distribution: np.ndarray = chances / chances.sum()
        return distribution


@dataclass(frozen=True)
class MonthsAlike(_Alike):
    """A stretch is like one of the past year's, its days drawn afresh from that stretch."""

    days: np.ndarray

    def after(self, days: int, stretch: int) -> np.ndarray:  # noqa: ARG002
        """Distribution after so many days; all stretches are alike."""
        size = (self.days.shape[1] - 1) * days + 1
        length = fft.next_fast_len(size, real=True)
        spectrum = _power(fft.rfft(self.days, length, axis=1), days).mean(axis=0)
        chances = np.maximum(fft.irfft(spectrum, length)[:size], 0.0)
        distribution: np.ndarray = chances / chances.sum()
        return distribution


@dataclass(frozen=True)
class RhythmAlike:
    """A stretch goes as the stretches around the same weeks went, one rhythm of `lag` days ago."""

    cumulative: np.ndarray
    lag: int
    alike = False

    def after(self, days: int, stretch: int) -> np.ndarray:
        """Distribution after so many days, each start around the same weeks replayed as it was."""
        starts, weights = self.starts(stretch)
        done = self.cumulative[starts + days] - self.cumulative[starts]
        return convolution.observed(done, weights)

    def each_day(self, stretch: int, limit: int) -> np.ndarray:
        """Distribution after each day of the stretch, for counts below the limit."""
        starts, weights = self.starts(stretch)
        days = np.arange(1, STRETCH + 1)[:, None]
        done = np.minimum(self.cumulative[starts + days] - self.cumulative[starts], limit)
        places = done + (days - 1) * (limit + 1)
        counted = np.bincount(
            places.ravel(),
            weights=np.broadcast_to(weights / weights.sum(), done.shape).ravel(),
            minlength=STRETCH * (limit + 1),
        )
        rows: np.ndarray = counted.reshape(STRETCH, limit + 1)[:, :limit]
        return rows

    def starts(self, stretch: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions at which past stretches began, and how much each counts."""
        last = len(self.cumulative) - 1 - STRETCH
        # the first repeat that lies wholly in the past, also for stretches beyond one rhythm
        nearest = -(-(stretch * STRETCH + STRETCH + AROUND) // self.lag)
        repeats = np.arange(nearest, nearest + REPEATS)
        middle = last + STRETCH + stretch * STRETCH - self.lag * repeats
        starts = middle[:, None] + np.arange(-AROUND, AROUND + 1, WEEK)
        weights = np.broadcast_to(0.5 ** np.arange(REPEATS)[:, None], starts.shape)
        past = starts >= 0
        if not past.any():
            return np.arange(last + 1), np.ones(last + 1)
        return starts[past], weights[past]


VIEWS = (
    "the last 13 weeks",
    "the present level",
    "a month of the past year",
    "half a year ago",
    "a year ago",
)
"""What the future is like, in each view, in the order of `views`."""


def views(history: np.ndarray, year: int = YEAR) -> Sequence[View | None]:
    """Every view of what follows on a history; None where the history is too short for it.

    Parameters
    ----------
    history
        Finished on each working day, oldest first; whole numbers.
    year
        Working days in a year.

    Examples
    --------
    >>> [view is not None for view in views(np.ones(100, dtype=int))]
    [True, True, True, False, False]
    """
    cumulative = np.concatenate([[0], np.cumsum(history)])
    past_year = history[-year:]
    recent = DaysAlike(convolution.observed(history[-RECENT:]))
    if len(history) < LEAST_STRETCHES * STRETCH:
        return recent, None, None, None, None
    return (
        recent,
        _level(history, past_year),
        MonthsAlike(_days_of_stretches(past_year)),
        *(_rhythm(cumulative, lag) for lag in (year // 2, year)),
    )


def _level(history: np.ndarray, past_year: np.ndarray) -> LevelAlike:
    weights = 0.5 ** (np.arange(len(history))[::-1] / STRETCH)
    totals = np.convolve(past_year, np.ones(STRETCH), "valid")
    usual, number = totals.mean(), len(past_year) / STRETCH
    spread = totals.var() * number / (number - 1)
    mean = STRETCH * float(weights @ history / weights.sum())
    floor = max(LEAST_LEVEL * usual, LEAST_LEVEL)
    # chance alone spreads counts as much as their mean; what is beyond it is the level's own
    variance = (spread - usual) / max(usual, LEAST_LEVEL) ** 2
    return LevelAlike(max(mean, floor), max(float(variance), LEAST_VARIANCE))


def _days_of_stretches(past_year: np.ndarray) -> np.ndarray:
    """A row per stretch, one a week: the distribution of its days."""
    stretches = np.lib.stride_tricks.sliding_window_view(past_year, STRETCH)[::-WEEK]
    number, most = len(stretches), int(past_year.max())
    places = stretches + np.arange(number)[:, None] * (most + 1)
    counted = np.bincount(places.ravel(), minlength=number * (most + 1))
    days: np.ndarray = counted.reshape(number, most + 1) / STRETCH
    return days


def _rhythm(cumulative: np.ndarray, lag: int) -> RhythmAlike | None:
    return RhythmAlike(cumulative, lag) if len(cumulative) - 1 >= lag + AROUND else None


def _power(base: np.ndarray, exponent: int) -> np.ndarray:
    """Whole power by squaring: much faster than the general power of complex numbers."""
    result = np.ones_like(base)
    while exponent:
        if exponent & 1:
            result = result * base
        base = base * base
        exponent >>= 1
    return result
