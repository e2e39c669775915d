"""Durations drawn by the million: a row an activity, a column a trial, each row by its own law.

Rows are drawn one after the other in blocks that stay in the processor's cache, in single
precision: an error of a minute in ten years.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

FIXED, UNIFORM, TRIANGULAR, PERT, NORMAL, LOGNORMAL, EMPIRICAL = range(7)
# Weight of the likely duration against the two extremes: Malcolm et al., "Application of a
# technique for research and development program evaluation", 1959
PERT_WEIGHT = 4.0
# Share of the futures beyond either end of the range that a lognormal law is fitted to
BEYOND = 0.1
# Cells of the table in which a law is looked up, and shapes of the beta law that it is made for:
# the mean and the spread are right to 1e-4 of the range
CELLS, SHAPES = 2048, 65
_TINY = np.float32(1e-7)


@dataclass(frozen=True, eq=False)
class Durations:
    """The law of each activity's duration.

    Attributes
    ----------
    family
        `FIXED`, `UNIFORM`, `TRIANGULAR`, `PERT`, `NORMAL`, `LOGNORMAL` or `EMPIRICAL`.
    low, likely, high
        Parameters of it: the one value of a fixed one (``likely``); bounds of a uniform one;
        bounds and mode of a triangular or PERT one; mean and standard deviation (``likely``,
        ``high``) of a normal one; median and standard deviation of the logarithm (``likely``,
        ``high``) of a lognormal one; the estimate (``likely``) that an empirical one multiplies.
    ratios
        For each activity which of `histories` an empirical law draws from; else not read.
    histories
        Observed ratios of actual to estimate, each array sorted.
    """

    family: np.ndarray
    low: np.ndarray
    likely: np.ndarray
    high: np.ndarray
    ratios: np.ndarray
    histories: tuple[np.ndarray, ...] = ()

    @property
    def mean(self) -> np.ndarray:
        """Expected duration of each activity; a normal one is not cut off at 0 here."""
        histories = np.array([history.mean() for history in self.histories] or [1.0])
        pert = (self.low + PERT_WEIGHT * self.likely + self.high) / (PERT_WEIGHT + 2)
        return np.select(
            [self.family == family for family in range(7)],
            [
                self.likely,
                (self.low + self.high) / 2,
                (self.low + self.likely + self.high) / 3,
                pert,
                self.likely,
                self.likely * np.exp(np.square(self._spread()) / 2),
                self.likely * histories[np.clip(self.ratios, 0, len(histories) - 1)],
            ],
        )

    def _spread(self) -> np.ndarray:
        return np.where(self.family == LOGNORMAL, self.high, 0.0)


def three_point(
    low: np.ndarray, likely: np.ndarray, high: np.ndarray, *, family: int = PERT
) -> Durations:
    """Durations between an optimistic and a pessimistic one; fixed where the two are the same.

    Examples
    --------
    >>> three_point(np.array([2.0]), np.array([3.0]), np.array([10.0])).mean.tolist()
    [4.0]
    """
    families = np.where(high > low, family, FIXED)
    return Durations(families, low, likely, high, np.zeros(len(low), dtype=np.intp))


def lognormal_between(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median and standard deviation of the logarithm of the law with a tenth beyond either value.

    Examples
    --------
    >>> median, spread = lognormal_between(np.array([5.0]), np.array([20.0]))
    >>> median.tolist(), [round(float(value), 3) for value in spread]
    ([10.0], [0.541])
    """
    reach = special.ndtri(1 - BEYOND)
    return np.sqrt(low * high), np.log(high / low) / (2 * reach)


def drawn(
    durations: Durations,
    trials: int,
    chance: np.random.Generator,
    *,
    loadings: np.ndarray | None = None,
) -> np.ndarray:
    """Draw each duration in each trial; none is below 0.

    Parameters
    ----------
    durations
        Laws of the activities.
    trials
        How many.
    chance
        Whom to ask for chance; the number of draws depends on the shapes alone, so that the same
        seed gives other laws the same luck.
    loadings
        Weight of each shared driver on each activity, activities x drivers: two activities are
        correlated, on the scale of a normal law, by the sum of the products of their weights
        (a Gaussian copula). The squares of a row sum up to 1 at most.

    Returns
    -------
    numpy.ndarray
        Activities x trials, single precision.

    Examples
    --------
    >>> laws = three_point(np.array([1.0]), np.array([2.0]), np.array([3.0]), family=TRIANGULAR)
    >>> round(float(drawn(laws, 100_000, np.random.default_rng(1)).mean()), 2)
    2.0
    """
    count = len(durations.family)
    rows = np.empty((count, trials), dtype=np.float32)
    shared = _shared(loadings, trials, chance)
    own = np.ones(count) if loadings is None else np.sqrt(1 - np.square(loadings).sum(axis=1))
    tables = _tables(durations)
    for activity, row in enumerate(rows):
        correlated = shared is not None and own[activity] < 1
        if correlated:
            chance.standard_normal(out=row, dtype=np.float32)
        else:
            chance.random(out=row, dtype=np.float32)
        if durations.family[activity] == FIXED:
            # it has had its luck, so that all others have theirs whatever its law
            row.fill(durations.likely[activity])
            continue
        if correlated:
            row *= np.float32(own[activity])
            row += loadings[activity].astype(np.float32) @ shared  # type: ignore[index]
            special.ndtr(row, out=row)
        _shaped(durations, activity, row, tables)
    return rows


def _shared(
    loadings: np.ndarray | None, trials: int, chance: np.random.Generator
) -> np.ndarray | None:
    if loadings is None or not loadings.shape[1]:
        return None
    return chance.standard_normal((loadings.shape[1], trials), dtype=np.float32)


def _shaped(
    durations: Durations, activity: int, row: np.ndarray, tables: dict[int, np.ndarray]
) -> None:
    """Turn shares of certainty, evenly drawn, into durations, in place."""
    family = int(durations.family[activity])
    low, likely, high = (
        float(part[activity]) for part in (durations.low, durations.likely, durations.high)
    )
    if family == UNIFORM:
        row *= high - low
        row += low
    elif family == TRIANGULAR:
        _triangular(row, low, likely, high)
    elif activity in tables:
        _looked_up(row, tables[activity])
    else:
        np.clip(row, _TINY, 1 - _TINY, out=row)
        special.ndtri(row, out=row)
        row *= high
        if family == LOGNORMAL:
            np.exp(row, out=row)
            row *= likely
        else:
            row += likely
            np.maximum(row, 0, out=row)


def _triangular(row: np.ndarray, low: float, likely: float, high: float) -> None:
    up, down = (high - low) * (likely - low), (high - low) * (high - likely)
    rising = np.sqrt(row * np.float32(up))
    rising += np.float32(low)
    falling = np.sqrt((1 - row) * np.float32(down))
    np.subtract(np.float32(high), falling, out=falling)
    share = (likely - low) / (high - low)
    np.copyto(row, np.where(row < share, rising, falling))


def _tables(durations: Durations) -> dict[int, np.ndarray]:
    """Durations at evenly spaced shares, of the laws that have no short formula."""
    tables = {}
    for activity in np.flatnonzero(durations.family == PERT).tolist():
        low, likely, high = (
            float(part[activity]) for part in (durations.low, durations.likely, durations.high)
        )
        tables[activity] = low + (high - low) * _beta((likely - low) / (high - low))
    for activity in np.flatnonzero(durations.family == EMPIRICAL).tolist():
        history = durations.histories[int(durations.ratios[activity])]
        # the observed ratios themselves, each as likely as the next: the nearest rank
        shares = np.linspace(0, 1, CELLS + 1)
        ranks = np.minimum((shares * len(history)).astype(np.intp), len(history) - 1)
        tables[activity] = durations.likely[activity] * history[ranks]
    return {activity: table.astype(np.float32) for activity, table in tables.items()}


def _beta(mode: float) -> np.ndarray:
    """Quantiles of the PERT law on 0 to 1 with this mode, between those of the nearest shapes."""
    place = mode * (SHAPES - 1)
    below = min(int(place), SHAPES - 2)
    table = _beta_tables()
    quantiles: np.ndarray = table[below] + (place - below) * (table[below + 1] - table[below])
    return quantiles


@lru_cache(maxsize=1)
def _beta_tables() -> np.ndarray:
    left = 1 + PERT_WEIGHT * np.linspace(0, 1, SHAPES)[: SHAPES // 2 + 1, None]
    table = special.betaincinv(left, 2 + PERT_WEIGHT - left, np.linspace(0, 1, CELLS + 1))
    return np.concatenate([table, 1 - table[-2::-1, ::-1]])  # a late mode mirrors an early one


def _looked_up(row: np.ndarray, table: np.ndarray) -> None:
    row *= CELLS
    cell = row.astype(np.int32)
    np.minimum(cell, CELLS - 1, out=cell)
    row -= cell
    begin = table[cell]
    row *= table[cell + 1] - begin
    row += begin
