"""Several teams at once: how far their luck is one, and what that makes of their chances.

Each team's luck, what came of it against what was forecast, is taken as a normal number. Part of
it is common to all teams (a release they all wait for, a month in which everybody is ill), the rest
a team's own: a Gaussian copula with one factor. Given the common part, teams are independent, so
every answer is a weighted mean over what the common part may be: no trials, no seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy import special

from tpm_analytics.models import convolution, scoring

# Answers move by less than 0.0005 with more of them, even where nine tenths of the luck is common
NODES = 48
# Beyond this the quadrature is too coarse, and no two teams were ever that much alike
MOST = 0.95
# Alike beyond twice what chance alone brings, as deviations of a record are (`forecasting`)
CHANCE = 2.0
# Common spans below which two teams say nothing of each other
LEAST_SPANS = 3
# Surer than this, of normal numbers, nobody is asked to be; between two levels nothing bends
BEYOND, LEVELS = 6.0, 400
# A luck beyond one in 200 is no further told apart: a handful of spans holds none
EDGE = 0.005


def as_numbers(below: np.ndarray, up_to: np.ndarray) -> np.ndarray:
    """Luck of forecasts, as normal numbers, from where their outcomes lay; NaN stays NaN.

    Examples
    --------
    >>> as_numbers(np.array([0.4, 0.8]), np.array([0.6, 1.0])).round(2).tolist()
    [0.0, 1.28]
    """
    numbers: np.ndarray = special.ndtri(np.clip((below + up_to) / 2, EDGE, 1 - EDGE))
    return numbers


def alike(lucks: np.ndarray) -> tuple[float, float, int]:
    """How alike the luck of several teams was: a row per team, a column per span, NaN for none.

    Returns
    -------
    tuple[float, float, int]
        Mean correlation of all pairs of teams; the part of it that goes beyond chance, from 0 to
        `MOST`; and from how many pairs of outcomes it was told.

    Notes
    -----
    Pairs of independent teams have correlations of variance one over their spans; all pairs
    together vary by one over all their common spans. The correlation is drawn towards none by
    twice as much as that alone explains.

    Examples
    --------
    >>> same = np.array([[1.0, -1.0] * 20] * 2)
    >>> correlation, beyond, pairs = alike(same)
    >>> correlation, round(beyond, 3), pairs
    (1.0, 0.95, 40)
    """
    known = ~np.isnan(lucks)
    centred = np.where(known, lucks - _means(lucks, known), 0.0)
    one, other = np.triu_indices(len(lucks), 1)
    counted = known.astype(np.float64)
    spans = (counted @ counted.T)[one, other]
    squares = (centred**2) @ counted.T
    enough = spans >= LEAST_SPANS
    scale = np.sqrt(squares[one, other] * squares.T[one, other])[enough].sum()
    pairs = int(spans[enough].sum())
    if not pairs or scale <= convolution.ROUNDING:
        return float("nan"), 0.0, pairs
    correlation = float((centred @ centred.T)[one, other][enough].sum() / scale)
    trust = max(0.0, 1 - CHANCE / pairs / max(correlation**2, convolution.ROUNDING))
    return correlation, min(max(correlation, 0.0) * trust, MOST), pairs


def all_reach(chances: Sequence[np.ndarray], common: float) -> np.ndarray:
    """Chance that all of several teams reach what each reaches with these chances, place by place.

    Parameters
    ----------
    chances
        An array a team, all of one length: by a day, say, or at a share.
    common
        How much of their luck is common: 0 makes the product of the chances, 1 the least of them.

    Examples
    --------
    >>> alone = [np.array([0.5]), np.array([0.5])]
    >>> [float(all_reach(alone, common).round(3)[0]) for common in (0.0, 0.5, 1.0)]
    [0.25, 0.333, 0.5]
    """
    product = convolution.joint(chances)
    each = np.asarray(chances, dtype=np.float64)
    least: np.ndarray = each.min(axis=0)
    if common <= 0:
        return product
    if common > MOST:
        return least
    # days off repeat the day before, and both ends are flat: one place stands for its neighbours
    begins = np.r_[True, (np.diff(each, axis=1) != 0).any(axis=0)]
    different = np.zeros(int(begins.sum()))
    for given, weight in _given(each[:, begins], common):
        different += weight * given.prod(axis=0)
    together = different[np.cumsum(begins) - 1]
    # what is certain for all stays certain, and rounding lifts nothing above the least
    return np.minimum(np.where(least >= 1, 1.0, together), least)


def total(distributions: Sequence[np.ndarray], common: float) -> np.ndarray:
    """Distribution of what several teams finish in sum.

    Examples
    --------
    >>> coin = np.array([0.5, 0.5])
    >>> total([coin, coin], 0.0).round(3).tolist(), total([coin, coin], 0.5).round(3).tolist()
    ([0.25, 0.5, 0.25], [0.333, 0.333, 0.333])
    """
    if common <= 0 or len(distributions) == 1:
        return convolution.total_over(distributions, [1] * len(distributions))
    longest = max(len(one) for one in distributions)
    short = np.ones((len(distributions), longest))
    for row, one in enumerate(distributions):
        short[row, : len(one)] = np.minimum(np.cumsum(one), 1.0)
    given, weights = zip(*_given(short, min(common, MOST)), strict=True)
    each = np.diff(np.asarray(given), prepend=0.0, axis=2)
    return np.asarray(weights) @ convolution.sums(each)


def share_of_each(share: float, teams: int, common: float) -> float:
    """How sure each of so many teams must be, for all of them to be as sure as `share`.

    Examples
    --------
    >>> round(share_of_each(0.25, 2, 0.0), 6), round(share_of_each(0.25, 2, 1.0), 6)
    (0.5, 0.25)
    """
    if common <= 0:
        return float(share ** (1 / teams))
    if common > MOST:
        return share
    numbers = np.linspace(special.ndtri(share), BEYOND, LEVELS)
    reached = np.zeros(LEVELS)
    for given, weight in _given(special.ndtr(numbers), common):
        reached += weight * given**teams
    return float(special.ndtr(np.interp(share, reached, numbers)))


def held(below: np.ndarray, up_to: np.ndarray, sure: float) -> tuple[np.ndarray, float]:
    """Whether each team kept a promise at `sure`, and how far all did, freed from whole counts.

    Examples
    --------
    >>> kept, credit = held(np.array([0.0, 0.5]), np.array([0.5, 1.0]), 0.75)
    >>> kept.tolist(), credit
    ([True, True], 0.5)
    """
    missed = scoring.reached(below, up_to, np.array([1 - sure]))[:, 0]
    kept: np.ndarray = up_to > 1 - sure + convolution.ROUNDING
    return kept, float(np.prod(1 - missed))


def _means(lucks: np.ndarray, known: np.ndarray) -> np.ndarray:
    sums = np.where(known, lucks, 0.0).sum(axis=1, keepdims=True)
    means: np.ndarray = sums / np.maximum(known.sum(axis=1, keepdims=True), 1)
    return means


def _given(chances: np.ndarray, common: float) -> list[tuple[np.ndarray, float]]:
    """Chances given each of some values of the common luck, and the weight of each."""
    threshold = special.ndtri(np.clip(chances, 0.0, 1.0))
    own = np.sqrt(1 - common)
    return [
        (special.ndtr((threshold - np.sqrt(common) * node) / own), weight)
        for node, weight in zip(*_quadrature(), strict=True)
    ]


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Values that the common luck takes in a mean over it, and the weight of each."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()
