"""The cheapest way to end a network of activities earlier: a linear program."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from tpm_analytics.models.network import FF, FS, SF, Network

# HiGHS gives back values this far beside a bound
_ROUNDING = 1e-7


def cheapest(
    net: Network,
    duration: np.ndarray,
    most: np.ndarray,
    cost: np.ndarray,
    *,
    earliest: np.ndarray,
    end: float,
) -> np.ndarray | None:
    """Days to buy of each activity so that all end by `end`, for the least money; None if none do.

    Parameters
    ----------
    net
        The network; its links hold.
    duration, most, cost
        Of each activity: working days left, most days that can be bought, cost of each.
    earliest
        Time before which each cannot begin.
    end
        Working time by which all must be finished.

    Notes
    -----
    Minimise ``sum(cost x bought)`` over starts and days bought, with ``finish = start + duration -
    bought`` and an inequality for each link [1]_, by the HiGHS solver.

    References
    ----------
    .. [1] D. Fulkerson, "A Network Flow Computation for Project Cost Curves", Management Science
       7(2), 1961.

    Examples
    --------
    >>> from tpm_analytics.models.network import network
    >>> net = network(2, np.array([0]), np.array([1]), np.array([FS]), np.zeros(1))
    >>> cheapest(
    ...     net, np.array([4.0, 3.0]), np.array([2.0, 1.0]), np.array([5.0, 9.0]),
    ...     earliest=np.zeros(2), end=5.0,
    ... ).tolist()
    [2.0, 0.0]
    """
    count, links = len(duration), len(net.before)
    from_finish = np.isin(net.kind, (FS, FF))
    to_finish = np.isin(net.kind, (FF, SF))
    row = np.arange(links)
    # a row a link, then a row an activity: its finish and the end
    entries = (
        (row, net.before, np.ones(links)),
        (row, net.after, -np.ones(links)),
        (row[from_finish], count + net.before[from_finish], -np.ones(from_finish.sum())),
        (row[to_finish], count + net.after[to_finish], np.ones(to_finish.sum())),
        (links + np.arange(count), np.arange(count), np.ones(count)),
        (links + np.arange(count), count + np.arange(count), -np.ones(count)),
    )
    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    room = (
        to_finish * duration[net.after] - from_finish * duration[net.before] - net.lag,
        end - duration,
    )
    answer = linprog(
        np.r_[np.zeros(count), cost],
        A_ub=coo_array((values, (rows, columns)), shape=(links + count, 2 * count)).tocsr(),
        b_ub=np.concatenate(room),
        bounds=np.c_[np.r_[earliest, np.zeros(count)], np.r_[np.full(count, np.inf), most]],
        method="highs",
    )
    if answer.status != 0:
        return None
    bought: np.ndarray = answer.x[count:]
    return np.where(bought < _ROUNDING, 0.0, bought)
