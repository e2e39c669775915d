"""Views of the days ahead: each takes the future to be like another part of the past.

A view is a law of what is finished over any number of days, so it answers "how much in so many
days" (`total`) and "when so much" (`falls_short`) alike. Days are working days: what was finished
on a day off is counted on the working day before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy import fft, special

from tpm_analytics.models import convolution

# Four weeks: long enough for counts to be more than chance, short enough for a year to hold 13
STRETCH = 20
WEEK = 5
YEAR = 260
# Half as much weight for a month that lies nine weeks further back
RECENT = 45
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
# What lies beyond has no part in any answer
TAIL = 1e-13


class View(Protocol):
    """One way to see what lies ahead."""

    def total(self, days: int) -> np.ndarray:
        """Distribution of what is finished in the next `days` days."""

    def falls_short(self, items: int, days: int) -> np.ndarray:
        """Chance that fewer than `items` are finished after 0, 1, ... `days` days; never rises."""


@dataclass(frozen=True)
class LevelAlike:
    """Work goes on at the present level, which is known only as well as months differ.

    A mixed Poisson process: the level is drawn once, from a gamma distribution with `mean` items
    in a stretch and `variance` relative to its square, and stays; so counts are negative
    binomial, and long spans are as uncertain as the level is.
    """

    mean: float
    variance: float

    def total(self, days: int) -> np.ndarray:
        """Distribution of what is finished in the next `days` days."""
        if not days:
            return np.array([1.0])
        shape, odds = 1 / self.variance, self.variance * self.mean * days / STRETCH
        longest = 1 + int(special.nbdtrik(1 - TAIL, shape, 1 / (1 + odds)))
        count = np.arange(1, longest + 1)
        # each chance from the one before: (shape + k - 1) / k times the chance of one more
        steps = np.log((shape + count - 1) / count) + np.log(odds / (1 + odds))
        chances = np.exp(np.concatenate([[0.0], np.cumsum(steps)]) - shape * np.log1p(odds))
        distribution: np.ndarray = chances / chances.sum()
        return distribution

    def falls_short(self, items: int, days: int) -> np.ndarray:
        """Chance that fewer than `items` are finished after 0, 1, ... `days` days."""
        odds = self.variance * self.mean * np.arange(days + 1) / STRETCH
        short: np.ndarray = special.betainc(1 / self.variance, items, 1 / (1 + odds))
        return short


class _Stretches:
    """What views have in common that put the future together from independent stretches."""

    alike = True

    def after(self, days: int, stretch: int) -> np.ndarray:
        """Distribution of what is finished in the first `days` of a stretch."""
        raise NotImplementedError

    def whole(self, stretch: int) -> np.ndarray:
        """Distribution of what is finished in all days of a stretch."""
        raise NotImplementedError

    def each_day(self, items: int) -> Callable[[np.ndarray, int], np.ndarray]:
        """How to go through the days of a stretch.

        The answer takes the chances of no more than 0, 1, ... before a stretch, and the stretch; it
        gives the chance of fewer than `items` after each of the stretch's days.
        """
        rows = np.zeros((STRETCH, items))
        for day, row in enumerate(rows, start=1):
            after = self.after(day, 0)[:items]
            row[: len(after)] = after
        return lambda before, _: rows @ before[::-1]

    def total(self, days: int) -> np.ndarray:
        """Distribution of what is finished in the next `days` days."""
        whole, rest = divmod(days, STRETCH)
        parts = [self.whole(stretch) for stretch in range(whole)]
        return _sum([*parts, self.after(rest, whole)] if rest or not parts else parts)

    def falls_short(self, items: int, days: int) -> np.ndarray:
        """Chance that fewer than `items` are finished after 0, 1, ... `days` days.

        Stretches are carried along one after the other, cut at `items`; each day within a stretch
        is then one product: so many on these days, and before them no more than still allowed.
        """
        short = np.zeros(days + 1)
        short[0] = 1.0
        before = np.zeros(items)
        before[0] = 1.0
        after_each = self.each_day(items)
        length = fft.next_fast_len(2 * items, real=True)
        spectrum = np.zeros(0)
        for start in range(0, days, STRETCH):
            stretch, ahead = start // STRETCH, min(STRETCH, days - start)
            reached = after_each(np.cumsum(before), stretch)
            short[start + 1 : start + ahead + 1] = reached[:ahead]
            if not (start and self.alike):
                spectrum = fft.rfft(self.whole(stretch)[:items], length)
            before = np.maximum(fft.irfft(fft.rfft(before, length) * spectrum, length)[:items], 0)
            if before.sum() < convolution.ROUNDING:
                break
        return short


@dataclass(frozen=True, eq=False)
class Months:
    """Stretches of the past year, which several views weigh each in its way.

    ``days`` has a row per past stretch, the distribution of its days; ``weights`` a row per view,
    how often the future is like each stretch.
    """

    days: np.ndarray
    weights: np.ndarray
    known: dict[int, Sequence[np.ndarray]] = field(default_factory=dict, init=False, repr=False)

    def after(self, days: int) -> Sequence[np.ndarray]:
        """Distribution of what is finished in the first `days` of a stretch, for each view."""
        if days not in self.known:
            self.known[days] = self._mixed(days)
        return self.known[days]

    def _mixed(self, days: int) -> Sequence[np.ndarray]:
        size = (self.days.shape[1] - 1) * days + 1
        length = fft.next_fast_len(size, real=True)
        # chances of a mixture are the mixture of the chances, in the transform too
        power = _power(fft.rfft(self.days, length, axis=1), days)
        mixed = []
        for weights in self.weights:
            # real weights: half the work of a complex product
            spectrum = (weights @ power.view(np.float64)).view(np.complex128)
            chances = np.maximum(fft.irfft(spectrum, length)[:size], 0.0)
            mixed.append(chances / chances.sum())
        return mixed


@dataclass(frozen=True, eq=False)
class MonthsAlike(_Stretches):
    """A stretch is like one of the past year's, its days drawn afresh from that stretch.

    ``view`` is the row of the weights of ``months``.
    """

    months: Months
    view: int

    def after(self, days: int, stretch: int) -> np.ndarray:  # noqa: ARG002
        """Distribution of what is finished in the first `days` of a stretch; all are alike."""
        return self.months.after(days)[self.view]

    def whole(self, stretch: int) -> np.ndarray:
        """Distribution of what is finished in all days of a stretch."""
        return self.after(STRETCH, stretch)


@dataclass(frozen=True, eq=False)
class RhythmAlike(_Stretches):
    """A stretch goes as the stretches around the same weeks went, one rhythm of `lag` days ago."""

    cumulative: np.ndarray
    lag: int
    known: dict[int, np.ndarray] = field(default_factory=dict, init=False, repr=False)
    alike = False

    def after(self, days: int, stretch: int) -> np.ndarray:
        """Distribution of the first `days`, each start around the same weeks replayed."""
        starts, weights = self.starts(stretch)
        done = self.cumulative[starts + days] - self.cumulative[starts]
        return convolution.observed(done, weights)

    def whole(self, stretch: int) -> np.ndarray:
        """Distribution of all days of a stretch; every longer time begins with the same ones."""
        if stretch not in self.known:
            self.known[stretch] = self.after(STRETCH, stretch)
        return self.known[stretch]

    def each_day(self, items: int) -> Callable[[np.ndarray, int], np.ndarray]:
        """How to go through the days of a stretch, start by start instead of count by count."""
        days = np.arange(1, STRETCH + 1)[:, None]

        def after_each(before: np.ndarray, stretch: int) -> np.ndarray:
            starts, weights = self.starts(stretch)
            left = items - 1 - (self.cumulative[starts + days] - self.cumulative[starts])
            chances = np.where(left >= 0, before[np.maximum(left, 0)], 0.0)
            short: np.ndarray = chances @ weights / weights.sum()
            return short

        return after_each

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
    "the present level",
    "one of the last months",
    "any month of the past year",
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
        Working days in a year; a year of fewer than three stretches is taken as three.

    Examples
    --------
    >>> [view is not None for view in views(np.ones(100, dtype=int))]
    [True, True, True, False, False]
    """
    cumulative = np.concatenate([[0], np.cumsum(history)])
    past_year = history[-max(year, LEAST_STRETCHES * STRETCH) :]
    days = _days_of_stretches(past_year)
    ago = WEEK * np.arange(len(days))
    months = Months(days, np.array([_shares(0.5 ** (ago / RECENT)), _shares(np.ones(len(days)))]))
    long = len(history) >= LEAST_STRETCHES * STRETCH
    return (
        _level(history, past_year) if long else None,
        MonthsAlike(months, 0),
        MonthsAlike(months, 1),
        _rhythm(cumulative, year // 2),
        _rhythm(cumulative, year),
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
    """A row per stretch, the latest first, one a week: the distribution of its days."""
    span = min(STRETCH, len(past_year))
    stretches = np.lib.stride_tricks.sliding_window_view(past_year, span)[::-WEEK]
    number, most = len(stretches), int(past_year.max())
    places = stretches + np.arange(number)[:, None] * (most + 1)
    counted = np.bincount(places.ravel(), minlength=number * (most + 1))
    days: np.ndarray = counted.reshape(number, most + 1) / span
    return days


def _rhythm(cumulative: np.ndarray, lag: int) -> RhythmAlike | None:
    long = len(cumulative) - 1 >= lag + AROUND and lag >= STRETCH + AROUND
    return RhythmAlike(cumulative, lag) if long else None


def _shares(weights: np.ndarray) -> np.ndarray:
    shares: np.ndarray = weights / weights.sum()
    return shares


def _sum(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Distribution of the sum of independent parts."""
    if len(parts) == 1:
        return parts[0]
    size = sum(len(part) - 1 for part in parts) + 1
    length = fft.next_fast_len(size, real=True)
    rows = np.zeros((len(parts), length))
    for row, part in zip(rows, parts, strict=True):
        row[: len(part)] = part
    spectrum = fft.rfft(rows).prod(axis=0)
    chances = np.maximum(fft.irfft(spectrum, length)[:size], 0.0)
    distribution: np.ndarray = chances / chances.sum()
    return distribution


def _power(base: np.ndarray, exponent: int) -> np.ndarray:
    """Whole power by squaring: much faster than the general power of complex numbers."""
    result = np.ones_like(base)
    while exponent:
        if exponent & 1:
            result = result * base
        exponent >>= 1
        if exponent:
            base = base * base
    return result
