"""Counts of what happens by chance each time: as SciPy's statistics know them, which take longer.

They take half a second to be imported, for these three functions that its special ones are made of.
"""

from __future__ import annotations

import numpy as np
from scipy import special


def chances(successes: np.ndarray, tries: np.ndarray, chance: float) -> np.ndarray:
    """Chance of so many successes in so many tries; 0 for more than there are tries.

    Examples
    --------
    >>> chances(np.arange(4), np.array(2), 0.5).round(12).tolist()
    [0.25, 0.5, 0.25, 0.0]
    """
    failures = np.asarray(tries - successes)
    possible = failures >= 0
    failures = np.where(possible, failures, 0)
    logarithm = (
        special.xlogy(successes, chance)
        + special.xlog1py(failures, -chance)
        - special.betaln(successes + 1, failures + 1)
        - np.log1p(successes + failures)
    )
    return np.where(possible, np.exp(logarithm), 0.0)


def successes_at(share: float, tries: np.ndarray, chance: np.ndarray | float) -> np.ndarray:
    """Return the fewest successes that are not passed in `share` of all records of so many tries.

    Examples
    --------
    >>> successes_at(0.975, np.array([10, 1]), 0.5).tolist()
    [8.0, 1.0]
    """
    most = np.where(np.greater(chance, 0), np.ceil(special.bdtrik(share, tries, chance)), 0)
    fewer = np.maximum(most - 1, 0)
    return np.where(special.bdtr(fewer, tries, chance) >= share, fewer, most)


def failures_at(share: np.ndarray, successes: int, chance: float) -> np.ndarray:
    """Return the fewest failures before so many successes that are not passed in each share.

    Examples
    --------
    >>> failures_at(np.array([0.5, 0.9]), 1, 0.5).tolist()
    [0.0, 3.0]
    """
    most = np.maximum(np.ceil(special.nbdtrik(share, successes, chance)), 0)
    fewer = np.maximum(most - 1, 0)
    reached = special.nbdtr(fewer.astype(np.int64), successes, chance)
    return np.where(reached >= share, fewer, most)
