"""How good forecasts were: what came to pass held against the distribution that was forecast.

"85 %" means: in 85 of 100 futures at least this many. So a promise at share s holds where the
outcome is at or above the quantile at 1 - s.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tpm_analytics.models import binomial
from tpm_analytics.models.convolution import ROUNDING

SHARES = (0.5, 0.7, 0.85, 0.95)
# Narrower intervals are a point: the outcome had been certain
NARROW = 1e-12
# Of so many records of right promises, what is told of all is true
RECORDS = 0.95


def place(cumulative: np.ndarray, outcome: int) -> tuple[float, float]:
    """Chance of less than the outcome, and of no more than it, as they were forecast.

    The probability integral transform of a count lies anywhere between the two.

    Examples
    --------
    >>> place(np.array([0.25, 0.75, 1.0]), 1)
    (0.25, 0.75)
    """
    size = len(cumulative)
    below = cumulative[min(outcome, size) - 1] if outcome else 0.0
    return float(below), float(cumulative[outcome]) if outcome < size else 1.0


def reached(below: np.ndarray, up_to: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Share of each outcome's place that lies at or below each chance: a row per outcome.

    Averaged over many forecasts it is the chance itself where the forecasts were right. The usual
    way draws a place at random between the two ends; this is the mean of all such draws.
    """
    width = np.maximum(up_to - below, NARROW)[..., None]
    inside: np.ndarray = np.clip((chance - below[..., None]) / width, 0.0, 1.0)
    return inside


def coverage(below: np.ndarray, up_to: np.ndarray, share: float) -> float:
    """Share of the forecasts whose promise at `share` held, by the randomised transform.

    Counts are whole: the promise "at least 3" that is meant at 85 % may hold in 92 of 100
    futures. The transform takes that part out, so right forecasts come to `share` itself. NaN for
    no forecasts.

    Examples
    --------
    >>> coverage(np.array([0.0, 0.5]), np.array([0.5, 1.0]), 0.75)
    0.75
    """
    if not len(below):
        return float("nan")
    return float(1 - reached(below, up_to, np.array([1 - share])).mean())


def by_chance(share: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and most of `count` right promises at `share` that are kept, in 95 of 100 records.

    As shares of the count; NaN where that is 0. The promises are taken to be independent: where
    months are bad for several teams at once, records differ even more.

    Examples
    --------
    >>> least, most = by_chance(np.array([0.5, 0.5]), np.array([10, 0]))
    >>> least.tolist(), most.tolist()
    ([0.2, nan], [0.8, nan])
    """
    known = np.where(count > 0, count, np.nan)
    tries = np.maximum(count, 1).astype(np.int64)
    outside = (1 - RECORDS) / 2
    least: np.ndarray = binomial.successes_at(outside, tries, share) / known
    most: np.ndarray = binomial.successes_at(1 - outside, tries, share) / known
    return least, most


def promised(cumulative: np.ndarray, shares: Sequence[float] | np.ndarray = SHARES) -> np.ndarray:
    """Most that is reached or passed in each share of the futures.

    Examples
    --------
    >>> promised(np.array([0.25, 0.75, 1.0]), [0.75, 0.85]).tolist()
    [1, 0]
    """
    at = np.searchsorted(cumulative, 1 - np.asarray(shares) + ROUNDING, side="right")
    whole: np.ndarray = np.minimum(at, len(cumulative) - 1)
    return whole


def pinball(
    promise: np.ndarray, outcome: float | np.ndarray, shares: Sequence[float] | np.ndarray = SHARES
) -> np.ndarray:
    """Pinball loss of each promise: what a quantile costs that is too high or too low.

    Too low costs 1 - share for each item, too high costs share: least where the promise is right.

    Examples
    --------
    >>> pinball(np.array([10, 10]), 8, [0.5, 0.75]).tolist()
    [1.0, 1.5]
    """
    share = np.asarray(shares, dtype=np.float64)
    short = promise - outcome
    loss: np.ndarray = np.maximum(share * short, (share - 1) * short)
    return loss
