"""The forecast: views weighted by their record, corrected where the record asks for it.

`learn` takes what was finished on each working day and goes through all of it once, every four
weeks: what would each view have forecast for the next four weeks, knowing only what was known
then, and what came? From this it learns how much each view counts, whether what they say together
was over- or under-confident, and how often its own promises would have held: the record.

>>> outlook = learn(np.tile([1, 0, 2, 0, 1], 80))
>>> at_least(outlook.total(20), 0.85)                       # items in 20 working days
16
>>> days_within(outlook.finished_within(30, 60), 0.85)      # working days for 30 items
38
>>> outlook.record.count, outlook.record.kept(0.85)         # past forecasts, promises that held
(17, 17)

For points, learn from whole steps of their grid (`convolution.on_grid`). For teams that must all
be done, take `convolution.joint` of their `finished_within`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import scoring
from tpm_analytics.models.convolution import ROUNDING, at_least, days_within, mixture
from tpm_analytics.models.views import LEAST_STRETCHES, STRETCH, VIEWS, YEAR, View, views

__all__ = ["Outlook", "Record", "at_least", "days_within", "learn", "past_outlooks", "track_record"]

# A view counts a seventh of another where its losses add up to as much more as is usually finished
# in a stretch; chosen on half of the series of the benchmark `calibration`, where 1 to 4 do as well
LEARNING_RATE = 2.0
# An outcome of a year ago counts half: 0.95 to the thirteenth
MEMORY = 0.95
# Every tenth of the distribution, so that a view is judged by all of it
LEVELS = np.arange(0.05, 1, 0.1)
# Deviations of the record count where they are beyond twice what chance alone brings
CHANCE = 2.0
GRID = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Record:
    """Forecasts that would have been made in the past, and what came: a row per forecast.

    ``origin`` is the number of days known; ``outcome`` what was finished in the `STRETCH` days
    after; ``promise`` has a column per share of ``scoring.SHARES``; ``below`` and ``up_to`` are
    the forecast chances of less than the outcome and of no more; ``usual`` is what was finished
    in a stretch over the year before.
    """

    origin: np.ndarray
    outcome: np.ndarray
    promise: np.ndarray
    below: np.ndarray
    up_to: np.ndarray
    usual: np.ndarray

    @property
    def count(self) -> int:
        """Number of past forecasts."""
        return len(self.origin)

    def kept(self, share: float) -> int:
        """How many promises at one of ``scoring.SHARES`` held."""
        column = scoring.SHARES.index(share)
        return int((self.outcome >= self.promise[:, column]).sum())

    def coverage(self, share: float) -> float:
        """Share of the promises that held, freed from the wholeness of counts; NaN for none."""
        return scoring.coverage(self.below, self.up_to, share)

    def loss(self) -> np.ndarray:
        """Pinball loss of each forecast over the shares, as a share of what was usual."""
        losses: np.ndarray = scoring.pinball(self.promise, self.outcome[:, None])
        relative: np.ndarray = losses.mean(axis=1) / self.usual
        return relative


@dataclass(frozen=True, eq=False)
class Outlook:
    """What lies ahead of a history: one law for "how many by a day" and "when are so many done".

    ``weights`` says how much each of ``views.VIEWS`` counts. ``corrected`` maps the chances that
    the views give, at ``GRID``, to those that the record shows; equal to ``GRID`` where it shows
    no more than chance.
    """

    views: Sequence[View | None]
    weights: np.ndarray
    corrected: np.ndarray
    record: Record

    @property
    def correction(self) -> float:
        """How far the chance of any promise is moved at most, 0 to 1; 0 where none is."""
        return float(np.abs(self.corrected - GRID).max())

    def total(self, days: int) -> np.ndarray:
        """Distribution of what is finished in the next `days` working days."""
        if days < 0:
            raise ParameterError(f"{days} days lie ahead.", hint="ask for 0 or more")
        totals = [view.total(days) for view in self._counted()]
        cumulative = np.minimum(np.cumsum(mixture(totals, self.weights[self.weights > 0])), 1.0)
        chances: np.ndarray = np.diff(self._correct(cumulative), prepend=0.0)
        chances[-1] += 1 - chances.sum()
        return chances

    def finished_within(self, items: int, days: int) -> np.ndarray:
        """Chance that `items` are finished after 0, 1, ... `days` working days; never falls.

        Nobody un-finishes items, so this is the chance that the `total` of so many days is
        `items` or more.
        """
        if items <= 0:
            return np.ones(days + 1)
        short = np.zeros(days + 1)
        for view, weight in zip(self._counted(), self.weights[self.weights > 0], strict=True):
            short += weight * view.falls_short(items, days)
        chance: np.ndarray = np.maximum.accumulate(1 - self._correct(np.clip(short, 0.0, 1.0)))
        chance[0] = 0.0
        return chance

    def _counted(self) -> list[View]:
        return [
            view
            for view, weight in zip(self.views, self.weights, strict=True)
            if view is not None and weight > 0
        ]

    def _correct(self, chances: np.ndarray) -> np.ndarray:
        corrected: np.ndarray = np.interp(chances, GRID, self.corrected)
        return corrected


def learn(history: np.ndarray, *, year: int = YEAR) -> Outlook:
    """Learn from what was finished on each working day, oldest first.

    Parameters
    ----------
    history
        Whole numbers, a day each. Days on which nobody works are left out, what was finished on
        them belongs to the working day before or after.
    year
        Working days in a year: fewer than 260 where holidays are left out of the history.

    Raises
    ------
    ParameterError
        If nothing was finished in the past year: no number would be better than none.

    Notes
    -----
    Everything at a past day is computed from the days before it: views, weights and correction.
    The weights are those of an exponentially weighted average forecaster [1]_ with the pinball
    loss, the correction is the recalibration of [2]_, drawn towards none by as much as chance
    alone would explain [3]_.

    References
    ----------
    .. [1] N. Cesa-Bianchi, G. Lugosi, "Prediction, Learning, and Games", 2006, chapter 2.
    .. [2] V. Kuleshov, N. Fenner, S. Ermon, "Accurate Uncertainties for Deep Learning Using
       Calibrated Regression", 2018.
    .. [3] B. Efron, C. Morris, "Stein's Estimation Rule and Its Competitors", 1973.
    """
    known = np.asarray(history)
    if not known[-year:].any():
        raise ParameterError(
            "Nothing was finished in the past year.", hint="forecast from a team that is at work"
        )
    teacher = _taught(known, year)
    return teacher.outlook(views(known, year))


def track_record(history: np.ndarray, *, year: int = YEAR) -> Record:
    """Forecasts that `learn` would have made on this history, also of a team that has stopped."""
    return _taught(np.asarray(history), year).record()


def past_outlooks(history: np.ndarray, *, year: int = YEAR) -> Iterator[tuple[int, Outlook]]:
    """Every past forecast of `track_record`: how many days were known, and what `learn` told."""
    known = np.asarray(history)
    teacher = _Teacher()
    for origin in _origins(known, year):
        seen = views(known[:origin], year)
        yield origin, teacher.outlook(seen)
        teacher.hear(seen, *_came(known, origin, year))


def _taught(known: np.ndarray, year: int) -> _Teacher:
    teacher = _Teacher()
    for origin in _origins(known, year):
        teacher.hear(views(known[:origin], year), *_came(known, origin, year))
    return teacher


def _origins(known: np.ndarray, year: int) -> Iterator[int]:
    """Every past day a forecast is made on, oldest first.

    The last forecast ends today; between two lie `STRETCH` days, so no outcome counts twice.
    """
    days = len(known)
    first = LEAST_STRETCHES * STRETCH + days % STRETCH
    for origin in range(first, days - STRETCH + 1, STRETCH):
        if known[max(0, origin - year) : origin].any():
            yield origin


def _came(known: np.ndarray, origin: int, year: int) -> tuple[int, int, float]:
    """Days known, what was finished in the stretch after them, and what was usual before."""
    usual = STRETCH * float(known[max(0, origin - year) : origin].mean())
    return origin, int(known[origin : origin + STRETCH].sum()), usual


class _Teacher:
    """Goes through the past in order: hears what views said, and what came, and learns."""

    def __init__(self) -> None:
        self.losses = np.zeros(len(VIEWS))
        self.rows: list[tuple[int, int, np.ndarray, float, float, float]] = []
        # where the uncorrected forecasts put what came: the correction learns from these
        self.raw: list[tuple[float, float]] = []

    def outlook(self, seen: Sequence[View | None]) -> Outlook:
        """What is forecast by these views after all that was heard."""
        return Outlook(seen, self.weights(seen), self.corrected(), self.record())

    def weights(self, seen: Sequence[View | None]) -> np.ndarray:
        there = np.array([view is not None for view in seen])
        counts = np.where(there, np.exp(-LEARNING_RATE * (self.losses - self.losses.min())), 0.0)
        weights: np.ndarray = counts / counts.sum()
        return weights

    def hear(self, seen: Sequence[View | None], origin: int, outcome: int, usual: float) -> None:
        """Learn from one past forecast; what came after it is told to nobody before."""
        each = {
            position: np.cumsum(view.total(STRETCH))
            for position, view in enumerate(seen)
            if view is not None
        }
        weights = self.weights(seen)
        mixed = np.zeros(max(len(one) for one in each.values()))
        for position, one in each.items():
            mixed[: len(one)] += weights[position] * one
            mixed[len(one) :] += weights[position]
        mixed = np.minimum(mixed, 1.0)
        final = np.interp(mixed, GRID, self.corrected())
        place = scoring.place(final, outcome)
        self.rows.append((origin, outcome, scoring.promised(final), *place, usual))
        self.raw.append(scoring.place(mixed, outcome))
        losses = np.full(len(VIEWS), np.nan)
        for position, one in each.items():
            promise = scoring.promised(one, LEVELS)
            losses[position] = scoring.pinball(promise, outcome, LEVELS).mean() / usual
        # a view that was not there yet is taken to have done as well as the others
        losses[np.isnan(losses)] = np.nanmean(losses)
        self.losses = MEMORY * self.losses + losses

    def corrected(self) -> np.ndarray:
        if not self.raw:
            return GRID
        below, up_to = np.array(self.raw).T
        found = scoring.reached(below, up_to, GRID).mean(axis=0)
        # what chance alone brings: the mean of p (1 - p) / n over all p
        by_chance = 1 / (6 * len(self.raw))
        deviation = float(((found - GRID) ** 2).mean())
        trust = max(0.0, 1 - CHANCE * by_chance / max(deviation, ROUNDING))
        corrected: np.ndarray = trust * found + (1 - trust) * GRID
        return corrected

    def record(self) -> Record:
        columns = [list(column) for column in zip(*self.rows, strict=True)] or [[]] * 6
        origin, outcome, promise, below, up_to, usual = columns
        return Record(
            np.array(origin, dtype=np.int64),
            np.array(outcome, dtype=np.int64),
            np.array(promise, dtype=np.int64).reshape(-1, len(scoring.SHARES)),
            np.array(below, dtype=np.float64),
            np.array(up_to, dtype=np.float64),
            np.array(usual, dtype=np.float64),
        )
