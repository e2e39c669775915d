"""Natural process limits of a run of figures, and the patterns that chance alone hardly makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tpm_analytics.errors import check_choice

Spread = Literal["mean", "median"]

# Three sigma of single values, and the upper limit of their moving ranges, in units of the mean
# and of the median moving range: Wheeler & Chambers, "Understanding Statistical Process Control",
# 1992, table A.1 for n = 2 (3 / d2, D4; 3 / d4, D6)
_TO_LIMIT: dict[Spread, float] = {"mean": 2.66, "median": 3.145}
_TO_RANGE_LIMIT: dict[Spread, float] = {"mean": 3.268, "median": 3.865}
# The rules for single values: Wheeler, "Understanding Variation", 2nd ed., 2000, chapter 3
RUN = 8
NEAR, NEAR_OF = 3, 4


@dataclass(frozen=True)
class Limits:
    """Where figures of this process lie as long as nothing about it changes.

    NaN where they cannot be known.
    """

    centre: float
    mean_range: float
    lower: float
    upper: float
    upper_range: float


@dataclass(frozen=True)
class Patterns:
    """Which values take part in which pattern, and on which side of the centre each lies.

    ``side`` is 1 above the centre, -1 below it, 0 on it or where there is no limit.
    """

    outside: np.ndarray
    run: np.ndarray
    near: np.ndarray
    jump: np.ndarray
    side: np.ndarray


def moving_ranges(values: np.ndarray) -> np.ndarray:
    """Distance of each value from the one before; NaN for the first.

    Examples
    --------
    >>> moving_ranges(np.array([5.0, 8.0, 6.0])).tolist()
    [nan, 3.0, 2.0]
    """
    figures = np.asarray(values, dtype=float)
    ranges: np.ndarray = np.abs(np.diff(figures, prepend=np.nan))
    return ranges


def limits(values: np.ndarray, *, spread: Spread = "mean") -> Limits:
    """Compute natural process limits from how far successive values lie apart.

    Parameters
    ----------
    values
        Figures in order of time, none unknown.
    spread
        ``"mean"``: mean of the values +- 2.66 mean moving ranges. ``"median"``: median of the
        values +- 3.145 median moving ranges, which a few wild values do not widen.

    Raises
    ------
    ParameterError
        For a spread that is neither.

    Notes
    -----
    With fewer than two values there is no moving range, and all limits are NaN. So they are by
    median where the median moving range is 0: more than half of the values equal the one before,
    and limits without width would call every other one a signal.

    Examples
    --------
    >>> found = limits(np.array([10.0, 12.0, 11.0, 13.0]))
    >>> round(found.lower, 2), found.centre, round(found.upper, 2)
    (7.07, 11.5, 15.93)
    """
    check_choice("spread", spread, get_args(Spread))
    figures = np.asarray(values, dtype=float)
    if len(figures) < 2:
        return Limits(*[float("nan")] * 5)
    middle = np.mean if spread == "mean" else np.median
    typical = float(middle(moving_ranges(figures)[1:]))
    centre = float(middle(figures))
    if spread == "median" and typical == 0:
        return Limits(centre, typical, *[float("nan")] * 3)
    away = _TO_LIMIT[spread] * typical
    return Limits(centre, typical, centre - away, centre + away, _TO_RANGE_LIMIT[spread] * typical)


def patterns(values: np.ndarray, given: Limits) -> Patterns:
    """Find what chance alone hardly makes: Wheeler's detection rules for single values.

    Every value that takes part in a pattern is marked, not only the one that completes it. A
    value on the centre is on neither side and ends a run.

    Examples
    --------
    >>> found = patterns(np.array([10.0, 12.0, 11.0, 30.0]), Limits(11, 2, 5, 17, 6))
    >>> found.outside.tolist(), found.jump.tolist()
    ([False, False, False, True], [False, False, False, True])
    """
    figures = np.asarray(values, dtype=float)
    known = np.isfinite(given.upper)
    side = np.sign(figures - given.centre).astype(int) if known else np.zeros(len(figures), int)
    middle_up, middle_down = (
        (given.centre + given.upper) / 2,
        (given.centre + given.lower) / 2,
    )
    # without this, values that all equal the centre would be as near to a limit as to it
    wide = given.upper > given.lower
    near = [
        _at_least(part & wide, NEAR, NEAR_OF)
        for part in (figures > middle_up, figures < middle_down)
    ]
    runs = [_at_least(side == direction, RUN, RUN) for direction in (1, -1)]
    return Patterns(
        outside=(figures > given.upper) | (figures < given.lower),
        run=runs[0] | runs[1],
        near=near[0] | near[1],
        jump=moving_ranges(figures) > given.upper_range,
        side=side,
    )


def _at_least(hits: np.ndarray, wanted: int, of: int) -> np.ndarray:
    """Mark the hits in every window of `of` successive values that holds `wanted` or more."""
    if len(hits) < of:
        return np.zeros(len(hits), dtype=bool)
    windows = np.lib.stride_tricks.sliding_window_view(hits, of).sum(axis=1) >= wanted
    covered = np.convolve(windows, np.ones(of, dtype=int)) > 0
    marked: np.ndarray = covered & hits
    return marked
