"""Who waits for whom in the end: what is reached from a node, and the longest way from it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components


def groups(count: int, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Number of the circle that each node lies on; a node on none is a group of its own.

    Examples
    --------
    >>> label = groups(4, np.array([0, 1, 2]), np.array([1, 2, 1]))
    >>> bool(label[1] == label[2]), len(set(label.tolist()))
    (True, 3)
    """
    found: np.ndarray = connected_components(
        _graph(count, before, after), directed=True, connection="strong"
    )[1]
    return found


def reached(
    before: np.ndarray, after: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a start, by its place among `starts`, and a node that lies behind it.

    A start does not lie behind itself. Cost grows with the starts times what lies behind them:
    give only those that are asked for.

    Examples
    --------
    >>> start, node = reached(np.array([0, 1]), np.array([1, 3]), np.array([0, 2]))
    >>> start.tolist(), node.tolist()
    ([0, 0], [1, 3])
    """
    tied, place = np.unique(np.r_[before, after], return_inverse=True)
    graph = _graph(len(tied), place[: len(before)], place[len(before) :])
    where = np.searchsorted(tied, starts)
    known = where < len(tied)
    known[known] = tied[where[known]] == starts[known]
    found = [
        breadth_first_order(graph, where[number], return_predecessors=False)[1:]
        for number in np.flatnonzero(known)
    ]
    sizes = [len(nodes) for nodes in found]
    owner = np.repeat(np.flatnonzero(known), sizes)
    nodes = tied[np.concatenate(found)] if found else np.array([], dtype=np.intp)
    return owner, nodes


def longest_way(
    count: int, before: np.ndarray, after: np.ndarray, starts: np.ndarray
) -> list[list[int]]:
    """Nodes on the longest way from each start, itself first; of two as long, the one given first.

    The graph must have no circles: see `groups`.

    Examples
    --------
    >>> longest_way(4, np.array([0, 0, 2]), np.array([1, 2, 3]), np.array([0]))
    [[0, 2, 3]]
    """
    left = np.zeros(count, dtype=np.intp)
    for _ in range(count):
        longer = left.copy()
        np.maximum.at(longer, before, left[after] + 1)
        if (longer == left).all():
            break
        left = longer
    order = np.lexsort((-left[after], before))
    first = np.r_[True, np.diff(before[order]) > 0][: len(order)]
    following = dict(zip(before[order][first].tolist(), after[order][first].tolist(), strict=True))
    ways = []
    for start in starts.tolist():
        way = [start]
        while way[-1] in following:
            way.append(following[way[-1]])
        ways.append(way)
    return ways


def _graph(count: int, before: np.ndarray, after: np.ndarray) -> csr_array:
    return csr_array((np.ones(len(before), dtype=np.int8), (before, after)), shape=(count, count))
