"""Duration of a path of activities whose durations are told by three points."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr


def expected(optimistic: np.ndarray, likely: np.ndarray, pessimistic: np.ndarray) -> np.ndarray:
    """Mean of a duration by the rule of PERT: ``(a + 4 m + b) / 6``.

    Examples
    --------
    >>> expected(np.array([1.0]), np.array([2.0]), np.array([9.0])).tolist()
    [3.0]
    """
    mean: np.ndarray = (optimistic + 4 * likely + pessimistic) / 6
    return mean


def variance(optimistic: np.ndarray, pessimistic: np.ndarray) -> np.ndarray:
    """Variance of a duration by the rule of PERT: ``((b - a) / 6) ** 2``."""
    spread: np.ndarray = ((pessimistic - optimistic) / 6) ** 2
    return spread


def within(deadline: np.ndarray, mean: float, sigma: float) -> np.ndarray:
    """Chance that a normal duration ends by each deadline; certain where it cannot vary.

    Examples
    --------
    >>> within(np.array([28.0]), 24.0, 5**0.5).round(4).tolist()
    [0.9632]
    """
    if sigma > 0:
        chance: np.ndarray = ndtr((deadline - mean) / sigma)
        return chance
    return np.where(deadline >= mean, 1.0, 0.0)
