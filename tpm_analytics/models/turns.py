"""How much must be finished in all until each of several features is done, worked on in turns."""

from __future__ import annotations

import numpy as np

from tpm_analytics.errors import ParameterError


def totals_until_done(sizes: np.ndarray, at_once: int) -> np.ndarray:
    """Total that is finished, over all features, when each one is.

    Parameters
    ----------
    sizes
        What is left of each feature, in the order of work.
    at_once
        On how many features is worked at once, each getting an even share; when one is done the
        next in order takes its place.

    Returns
    -------
    np.ndarray
        A total per feature, in the same order. The largest is the sum of all sizes.

    Examples
    --------
    >>> totals_until_done(np.array([2.0, 4.0, 1.0]), 1).tolist()
    [2.0, 6.0, 7.0]
    >>> totals_until_done(np.array([2.0, 4.0, 1.0]), 2).tolist()
    [4.0, 7.0, 6.0]
    """
    if at_once < 1:
        raise ParameterError(
            f"A team cannot work on {at_once} features at once.", hint="give 1 or more"
        )
    left = np.asarray(sizes, dtype=np.float64).copy()
    done = np.zeros(len(left))
    total = 0.0
    open_ = list(range(len(left)))
    while open_:
        going = open_[:at_once]
        least = left[going].min()
        total += least * len(going)
        left[going] -= least
        ended = [feature for feature in going if left[feature] <= 0]
        done[ended] = total
        open_ = [feature for feature in open_ if feature not in ended]
    return done
