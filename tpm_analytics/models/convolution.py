"""The exact distribution of what is finished over many days, and of the day on which all is.

A *distribution* is an array: position k holds the chance of finishing k items in that time (for
points, k steps of a grid). Days are independent given their distributions, so totals are
convolutions: no trials, no seed, no noise. Dependence between days comes in by a `mixture` of
such totals (see `forecasting`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import fft

from tpm_analytics.errors import ParameterError, check_share

# Sums of many chances differ from the share they stand for by rounding; far below any reading
ROUNDING = 1e-12
# Beyond this length one transform is cheaper than multiplying out
LONG = 192
# Points are kept to the hundredth: no scale in use is finer
POINT_STEP = 0.01
# Finer than this many steps in the largest day no answer is better, and all are slower
MOST_STEPS = 500


def observed(counts: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Distribution of one period that was as often k as the `counts` were, by their `weights`.

    Examples
    --------
    >>> observed(np.array([0, 1, 1, 3])).tolist()
    [0.25, 0.5, 0.0, 0.25]
    """
    whole = np.asarray(counts)
    if not len(whole):
        raise ParameterError("No past period is known.", hint="take a longer history")
    if (whole < 0).any() or (whole != np.floor(whole)).any():
        raise ParameterError(
            "Counts of finished items are whole and not below 0.",
            hint="for points, put them on_grid first",
        )
    chances = np.bincount(whole.astype(np.int64), weights=weights).astype(np.float64)
    distribution: np.ndarray = chances / chances.sum()
    return distribution


def on_grid(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Points as whole steps of the largest grid they all lie on, and that step in points.

    Where the largest has more than 500 of these steps, the grid is coarser and points are rounded.

    Examples
    --------
    >>> steps, step = on_grid(np.array([0.0, 0.5, 3.0]))
    >>> steps.tolist(), step
    ([0, 1, 6], 0.5)
    """
    fine = np.rint(np.asarray(points, dtype=np.float64) / POINT_STEP).astype(np.int64)
    step = int(np.gcd.reduce(fine)) if fine.any() else round(1 / POINT_STEP)
    step *= max(1, -(-int(fine.max(initial=0)) // (step * MOST_STEPS)))
    return np.rint(fine / step).astype(np.int64), step * POINT_STEP


def total(distribution: np.ndarray, periods: int) -> np.ndarray:
    """Distribution of the sum of that many independent periods.

    Exact up to rounding (below 1e-12): one transform, the power, and back.

    Examples
    --------
    >>> total(np.array([0.5, 0.5]), 2).round(12).tolist()
    [0.25, 0.5, 0.25]
    """
    if periods < 0:
        raise ParameterError(f"{periods} periods lie ahead.", hint="ask for 0 or more")
    size = (len(distribution) - 1) * periods + 1
    spectrum = fft.rfft(distribution, fft.next_fast_len(size, real=True))
    return _tidy(fft.irfft(spectrum**periods, fft.next_fast_len(size, real=True))[:size])


def total_over(distributions: Sequence[np.ndarray], periods: Sequence[int]) -> np.ndarray:
    """Distribution of the sum over periods of several kinds: so many of each.

    Kinds are, for example, working days and days off.

    Examples
    --------
    >>> total_over([np.array([0.0, 1.0]), np.array([0.5, 0.5])], [3, 1]).round(12).tolist()
    [0.0, 0.0, 0.0, 0.5, 0.5]
    """
    parts = [total(one, count) for one, count in zip(distributions, periods, strict=True)]
    size = sum(len(part) - 1 for part in parts) + 1
    length = fft.next_fast_len(size, real=True)
    spectrum = np.prod([fft.rfft(part, length) for part in parts], axis=0)
    return _tidy(fft.irfft(spectrum, length)[:size])


def sums(distributions: np.ndarray) -> np.ndarray:
    """Distribution of the sum of several, for each of many cases.

    `distributions` has an axis of cases, one of what is summed, and one of chances.

    Examples
    --------
    >>> sums(np.array([[[0.0, 1.0], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]]])).round(12).tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.5, 0.0]]
    """
    size = distributions.shape[1] * (distributions.shape[2] - 1) + 1
    length = fft.next_fast_len(size, real=True)
    spectrum = fft.rfft(distributions, length, axis=2).prod(axis=1)
    return _tidy(fft.irfft(spectrum, length, axis=1)[:, :size])


def mixture(distributions: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Distribution of a future that is like one of several, with these chances.

    Examples
    --------
    >>> mixture([np.array([1.0]), np.array([0.0, 1.0])], np.array([3, 1])).tolist()
    [0.75, 0.25]
    """
    mixed = np.zeros(max(len(one) for one in distributions))
    for one, weight in zip(distributions, np.asarray(weights) / np.sum(weights), strict=True):
        mixed[: len(one)] += weight * one
    return mixed


def chance_at_least(distribution: np.ndarray) -> np.ndarray:
    """Chance of k or more, for each k of the distribution: falls from 1.

    Examples
    --------
    >>> chance_at_least(np.array([0.25, 0.5, 0.25])).tolist()
    [1.0, 0.75, 0.25]
    """
    chance: np.ndarray = np.clip(np.cumsum(distribution[::-1])[::-1], 0.0, 1.0)
    chance[0] = 1.0
    return chance


def at_least(distribution: np.ndarray, share: float) -> int:
    """Most items that in `share` of the futures are finished, or more.

    Examples
    --------
    >>> at_least(np.array([0.25, 0.5, 0.25]), 0.85), at_least(np.array([0.25, 0.5, 0.25]), 0.75)
    (0, 1)
    """
    check_share("share", share)
    return int(np.flatnonzero(chance_at_least(distribution) >= share - ROUNDING)[-1])


def finished_within(
    distributions: Sequence[np.ndarray], kinds: np.ndarray, items: int
) -> np.ndarray:
    """Chance that all `items` are finished after 0, 1, 2, ... days.

    Parameters
    ----------
    distributions
        Of one day, a kind each.
    kinds
        Kind of each day ahead, in order: a position in `distributions`.
    items
        How many are to be finished.

    Returns
    -------
    np.ndarray
        One longer than `kinds`; position d is the chance after d days. Never falls.

    Notes
    -----
    Nobody un-finishes items, so all are finished within d days exactly where the total of d days
    is `items` or more. Only totals below `items` are carried along, day after day.

    Examples
    --------
    >>> finished_within([np.array([0.5, 0.5])], np.zeros(3, dtype=int), 2).tolist()
    [0.0, 0.0, 0.25, 0.5]
    """
    chance = np.ones(len(kinds) + 1)
    if items <= 0:
        return chance
    steps = [_step(one, items) for one in distributions]
    unfinished = np.zeros(items)
    unfinished[0] = 1.0
    chance[0] = 0.0
    for day, kind in enumerate(np.asarray(kinds).tolist(), start=1):
        unfinished = steps[kind](unfinished)
        left = unfinished.sum()
        if left < ROUNDING:
            break
        chance[day] = 1.0 - left
    return np.maximum.accumulate(np.clip(chance, 0.0, 1.0))


def days_within(chance: np.ndarray, share: float) -> int | None:
    """First day by which in `share` of the futures all is done; None where none is that late.

    `chance` is what `finished_within` or `joint` answers: position d is the chance after d days.

    Examples
    --------
    >>> days_within(np.array([0.0, 0.5, 0.9]), 0.85), days_within(np.array([0.0, 0.5]), 0.85)
    (2, None)
    """
    check_share("share", share)
    reached = np.flatnonzero(np.asarray(chance) >= share - ROUNDING)
    return int(reached[0]) if len(reached) else None


def joint(chances: Sequence[np.ndarray]) -> np.ndarray:
    """Chance that all of several independent teams are done, day by day: the product of theirs.

    Examples
    --------
    >>> joint([np.array([0.5, 1.0]), np.array([0.5, 1.0])]).tolist()
    [0.25, 1.0]
    """
    if len({len(chance) for chance in chances}) != 1:
        raise ParameterError(
            "Teams are forecast over different numbers of days.", hint="ask for the same days"
        )
    product: np.ndarray = np.prod(np.asarray(chances, dtype=np.float64), axis=0)
    return product


def _step(distribution: np.ndarray, limit: int) -> Callable[[np.ndarray], np.ndarray]:
    """One more day: from the chances of totals below `limit` before it to those after it."""
    day = np.asarray(distribution, dtype=np.float64)[:limit]
    if len(day) <= LONG:
        return lambda unfinished: np.convolve(unfinished, day)[:limit]
    length = fft.next_fast_len(2 * limit, real=True)
    spectrum = fft.rfft(day, length)
    return lambda unfinished: np.maximum(
        fft.irfft(fft.rfft(unfinished, length) * spectrum, length)[:limit], 0.0
    )


def _tidy(chances: np.ndarray) -> np.ndarray:
    """Clear the dust of the transform: chances are not negative and add up to 1."""
    positive = np.maximum(chances, 0.0)
    whole: np.ndarray = positive / positive.sum(axis=-1, keepdims=True)
    return whole
