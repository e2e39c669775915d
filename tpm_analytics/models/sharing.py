"""What one of several gets of what all finish together: each finish is one's own by chance."""

from __future__ import annotations

import numpy as np

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import binomial

# Totals less likely than this do not move any chance that is printed
UNLIKELY = 1e-10
# So many equally likely cases stand for the total that is needed: chances differ by less than 0.01
CASES = 24


def shared(total: np.ndarray, among: float) -> np.ndarray:
    """Distribution of one's own part of a total, each finish being one's own once in `among`.

    Examples
    --------
    >>> shared(np.array([0.0, 0.0, 1.0]), 2).round(12).tolist()
    [0.25, 0.5, 0.25]
    """
    _check(among)
    likely = np.flatnonzero(total > UNLIKELY)
    own = np.arange(int(binomial.successes_at(1 - UNLIKELY, likely[-1], 1 / among)) + 1)
    chances: np.ndarray = total[likely] @ binomial.chances(own, likely[:, None], 1 / among)
    whole: np.ndarray = chances / chances.sum()
    return whole


def totals_needed(own: int, among: float) -> np.ndarray:
    """Totals that all must finish until one's own part is `own`: equally likely cases, sorted.

    The total until the n-th own finish is negative binomial.

    Examples
    --------
    >>> totals_needed(3, 1.0).tolist()
    [3]
    >>> totals_needed(10, 4.0).mean().round()
    np.float64(40.0)
    """
    _check(among)
    if own <= 0 or among == 1:
        return np.array([max(own, 0)])
    levels = (np.arange(CASES) + 0.5) / CASES
    totals: np.ndarray = own + binomial.failures_at(levels, own, 1 / among).astype(np.int64)
    return totals


def _check(among: float) -> None:
    if among < 1:
        raise ParameterError(f"Nothing is shared among {among}.", hint="give 1 or more")
