"""Nearest-rank percentiles of many groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

# the radix sort of NumPy, linear in the rows, is for keys of at most 16 bits
_RADIX = 2**16
# a band is a 32nd of a power of two wide for floats, and at most a 4096th of the span for integers
_MANTISSA_CUT = 52 - 5
_BAND_BITS = 12
# counts of so many bands of all groups still fit into a processor's cache
_MOST_BANDS = 2_000_000


def rank(share: float, count: int) -> int:
    """Position in `count` sorted values of the smallest that covers `share` of them.

    Examples
    --------
    >>> rank(0.5, 4), rank(0.85, 20), rank(0.01, 1)
    (1, 16, 0)
    """
    # rounded first, so that 0.95 x 20 is 19 and not 19.000000000000004
    return ceil(round(share * count, 9)) - 1


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
    Values are counted in bands first, and only the bands that hold an answer are sorted: a few
    passes over the rows, where sorting them would take many. A group without values has NaN.

    Examples
    --------
    >>> nearest_rank(np.array([4, 1, 9, 2]), np.array([0, 0, 1, 0]), 3, [0.5, 1.0])
    array([[ 2.,  4.],
           [ 9.,  9.],
           [nan, nan]])
    """
    answers = np.full((count, len(shares)), np.nan)
    if not len(values):
        return answers
    bands, cut = _bands(values)
    width = int(bands.max()) + 1
    # a few values are sorted sooner than a long row of bands is added up
    if count * width > min(_MOST_BANDS, len(values)):
        return _by_sorting(values, groups, answers, shares)
    # what belongs to no group comes before the first
    key = groups * np.int64(width)
    key += bands
    key += width
    table = np.bincount(key, minlength=(count + 1) * width)[width:].reshape(count, width)
    upto = table.cumsum(axis=1)
    sizes = upto[:, -1]
    used = np.flatnonzero(sizes)
    if not len(used):
        return answers
    ranks = np.array([[rank(share, size) for share in shares] for size in sizes[used].tolist()])
    holding = np.array(
        [np.searchsorted(upto[group], ranks[row], "right") for row, group in enumerate(used)]
    )
    if not cut:  # a band is a value
        answers[used] = holding + int(values.min())
        return answers
    wanted = np.zeros((count + 1) * width, dtype=bool)
    wanted[((used[:, None] + 1) * width + holding).ravel()] = True
    rows = np.flatnonzero(wanted[key])
    order = np.lexsort((values[rows], key[rows]))
    chosen, chosen_key = values[rows][order], key[rows][order]
    for row, group in enumerate(used):
        band = (group + 1) * width + holding[row]
        begins = np.searchsorted(chosen_key, band, "left")
        before = upto[group, holding[row]] - table[group, holding[row]]
        answers[group] = chosen[begins + ranks[row] - before]
    return answers


def _bands(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Whole numbers in the order of `values`, few of them and each of a narrow band of values.

    Also by how many bits they were cut: 0 where each value has a band of its own.
    """
    if values.dtype.kind in "iu":
        lowest = values.min()
        # shifted as far as leaves no more bands than a table of counts should have
        cut = max(int(values.max() - lowest).bit_length() - _BAND_BITS, 0)
        return (values - lowest).astype(np.int64) >> cut, cut
    # the bits of a float that is not negative are in its order: exponent first, then mantissa
    bits = values.view(np.int64)
    if bits.min() < 0:
        bits = (values - values.min() + 0.0).view(np.int64)
    band = bits >> _MANTISSA_CUT
    band -= band.min()
    return band, _MANTISSA_CUT


def _by_sorting(
    values: np.ndarray, groups: np.ndarray, answers: np.ndarray, shares: Sequence[float]
) -> np.ndarray:
    sizes, together = gathered(values, groups, len(answers))
    begin = 0
    for group, size in enumerate(sizes.tolist()):
        if size:
            part = np.sort(together[begin : begin + size])
            answers[group] = [part[rank(share, size)] for share in shares]
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
