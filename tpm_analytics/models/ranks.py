"""Nearest-rank percentiles of many groups at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# the radix sort of NumPy, linear in the rows, is for keys of at most 16 bits
_RADIX = 2**16


def rank(share: float, count: int) -> int:
    """Position in `count` sorted values of the smallest that covers `share` of them.

    Examples
    --------
    >>> rank(0.5, 4), rank(0.85, 20), rank(0.01, 1)
    (1, 16, 0)
    """
    # rounded first, so that 0.95 x 20 is 19 and not 19.000000000000004
    return int(np.ceil(round(share * count, 9))) - 1


def nearest_rank(
    values: np.ndarray, groups: np.ndarray, count: int, shares: Sequence[float]
) -> np.ndarray:
    """Smallest value of each group that covers each share of it: a row a group, a column a share.

    Parameters
    ----------
    values
        Numbers, none of them NaN.
    groups
        Group of each value, from 0 to ``count - 1``; a value of group -1 belongs to none.
    count
        How many groups there are.
    shares
        Each above 0 and up to 1.

    Notes
    -----
    Rows are put together by group with one radix sort, and each group is then partitioned, not
    sorted: linear in the rows. A group without values has NaN.

    Examples
    --------
    >>> nearest_rank(np.array([4, 1, 9, 2]), np.array([0, 0, 1, 0]), 3, [0.5, 1.0])
    array([[ 2.,  4.],
           [ 9.,  9.],
           [nan, nan]])
    """
    answers = np.full((count, len(shares)), np.nan)
    sizes, together = gathered(values, groups, count)
    begin = 0
    for group, size in enumerate(sizes.tolist()):
        if size:
            part = together[begin : begin + size]
            ranks = [rank(share, size) for share in shares]
            answers[group] = np.partition(part, sorted(set(ranks)))[ranks]
        begin += size
    return answers


def gathered(values: np.ndarray, groups: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """How many values each group has, and the values group after group, in their own order.

    Examples
    --------
    >>> sizes, together = gathered(np.array([4, 1, 9]), np.array([1, -1, 0]), 2)
    >>> sizes.tolist(), together.tolist()
    ([1, 1], [9, 4])
    """
    if len(groups) and groups.min() < 0:
        kept = groups >= 0
        values, groups = values[kept], groups[kept]
    sizes = np.bincount(groups, minlength=count)
    if count == 1:
        return sizes, values
    keys = groups.astype(np.uint16) if count <= _RADIX else groups
    return sizes, values[np.argsort(keys, kind="stable")]
