"""Who takes which seat: the choice of pairs worth most, within what each can hold."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

# A choice this close to the best is the best: what it lacks is less than any page prints
GAP = 1e-4
# Far beyond what a thousand seats take; then the best choice found so far is answered
SECONDS = 20


def best_pairs(
    value: np.ndarray, holds: tuple[np.ndarray, np.ndarray, np.ndarray], limit: np.ndarray
) -> np.ndarray:
    """Which pairs to choose so that their values add up to most and no limit is broken.

    Parameters
    ----------
    value
        Worth of each pair, above 0.
    holds
        What pairs take of what is limited: number of the limit, number of the pair, amount.
    limit
        How much may be taken of each.

    Returns
    -------
    np.ndarray
        Whether each pair is chosen. Of pairs worth the same the earlier is chosen.

    Notes
    -----
    An integer program, solved by HiGHS [1]_. With one seat to each and one of each seat it is the
    classical assignment problem; limits let one person take two seats that follow one another.

    References
    ----------
    .. [1] Q. Huangfu, J. Hall, "Parallelizing the dual revised simplex method", Mathematical
       Programming Computation 10(1), 2018.

    Examples
    --------
    Two seats, Ann fits both and Bob the second: Ann is worth most on the second, but then the
    first stays empty.

    >>> value = np.array([2.0, 3.0, 2.5])  # Ann first, Ann second, Bob second
    >>> seats = (np.array([0, 1, 1]), np.arange(3))
    >>> people = (np.array([2, 2, 3]), np.arange(3))
    >>> taken = [np.concatenate(parts) for parts in zip(seats, people)]
    >>> best_pairs(value, (*taken, np.ones(6)), np.ones(4)).tolist()
    [True, False, True]
    """
    if not len(value):
        return np.zeros(0, dtype=bool)
    # of equals the earlier: by less than the gap, so that nothing better is given up for it
    earlier = value * (1 + GAP * np.linspace(1, 0, len(value)))
    rows, pairs, amounts = holds
    taken = csr_array((amounts, (rows, pairs)), shape=(len(limit), len(value)))
    found = milp(
        -earlier,
        integrality=np.ones(len(value)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(taken, ub=limit),
        options={"mip_rel_gap": GAP / len(value), "time_limit": SECONDS},
    )
    chosen = np.zeros(len(value)) if found.x is None else found.x
    answer: np.ndarray = np.round(chosen).astype(bool)
    return answer
