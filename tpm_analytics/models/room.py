"""Room that resources have on each day, in many variants of a schedule side by side."""

from __future__ import annotations

import numpy as np

# No day of the horizon has room for it
NEVER = -1
_WORD_BITS = 64


class Room:
    """What is free of each resource on each day, a row a variant.

    Several resources share a word of 64 bits, each below a bit of its own that turns to 0 when more
    is taken than is free: one subtraction asks all of them.

    Examples
    --------
    >>> free = Room(np.array([[1, 0, 1, 1]]), np.array([[1]]), variants=1, longest=2)
    >>> two_days = np.array([2])
    >>> free.first_day(np.array([0]), np.array([0]), two_days)
    array([2])
    >>> free.take(np.array([0]), np.array([2]), two_days)
    >>> free.first_day(np.array([0]), np.array([0]), two_days)
    array([-1])
    """

    def __init__(
        self, capacity: np.ndarray, demand: np.ndarray, *, variants: int, longest: int
    ) -> None:
        """Begin with all of `capacity` free, shape (k, days); `demand` has shape (n, k)."""
        self._days = capacity.shape[1]
        self._row = np.arange(variants)
        self._longest = longest
        self._held_until = 0
        self._asks: np.ndarray = np.any(demand, axis=1)
        self._words = [
            # behind the last day there is a column for what is not to be held
            (np.tile(np.append(free, guard), (variants, 1)), need, guard)
            for free, need, guard in _packed(capacity, demand)
        ]

    def first_day(
        self, activity: np.ndarray, earliest: np.ndarray, length: np.ndarray
    ) -> np.ndarray:
        """Return the first day from `earliest` on with room for `length` days; `NEVER` if none."""
        at = np.where(earliest + length <= self._days, earliest, NEVER)
        # what takes no time, or nothing of anything, needs no room
        asks = np.flatnonzero((at != NEVER) & (length > 0) & self._asks[activity])
        # mostly there is room behind all that is held; only else is every day looked at
        for last in (self._held_until + 2 * self._longest, self._days):
            if not len(asks):
                break
            at[asks] = self._found(asks, activity[asks], earliest[asks], length[asks], last)
            asks = asks[at[asks] == NEVER]
        return at

    def _found(
        self,
        rows: np.ndarray,
        activity: np.ndarray,
        earliest: np.ndarray,
        length: np.ndarray,
        last: int,
    ) -> np.ndarray:
        first = int(earliest.min())
        end = min(max(last, int((earliest + length).max())), self._days) + 1
        blocked = np.arange(first, end) < earliest[:, None]
        for free, need, guard in self._words:
            part = free[:, first:end] if len(rows) == len(free) else free[rows, first:end]
            blocked |= ((part - need[activity, None]) & guard) != guard
        blocked[:, -1] = True
        # days of room in a row before each day without: the rows lie one behind the other
        at = np.flatnonzero(blocked)
        run = np.diff(at, prepend=-1) - 1
        long = np.flatnonzero(run >= length.min())
        at, run = at[long], run[long]
        row = at // (end - first)
        enough = run >= length[row]
        row, day = row[enough], (at - run)[enough] - row[enough] * (end - first) + first
        found = np.full(len(rows), NEVER)
        # written from the last to the first, so that the first stays
        found[row[::-1]] = day[::-1]
        return found

    def take(self, activity: np.ndarray, at: np.ndarray, length: np.ndarray) -> None:
        """Hold what each variant's activity needs for `length` days from the day `at` on."""
        day = np.arange(int(length.max(initial=0)))
        column = np.where(day < length[:, None], at[:, None] + day, self._days)
        cell = column + (self._row * (self._days + 1))[:, None]
        for free, need, _ in self._words:
            free.reshape(-1)[cell] -= need[activity, None]
        self._held_until = max(self._held_until, int((at + length).max(initial=0)))


def _packed(
    capacity: np.ndarray, demand: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, np.uint64]]:
    """Words of several resources: what is free each day, what each activity needs, the guards."""
    most = max(int(capacity.max(initial=0)), int(demand.max(initial=0)))
    bits = most.bit_length() + 1
    together = max(1, _WORD_BITS // bits)
    words = []
    for low in range(0, len(capacity), together):
        part = slice(low, low + together)
        shift = np.arange(len(capacity[part]), dtype=np.uint64)[:, None] * np.uint64(bits)
        guard = np.bitwise_or.reduce(np.uint64(1 << (bits - 1)) << shift, axis=None)
        free = (capacity[part].astype(np.uint64) << shift).sum(axis=0, dtype=np.uint64) | guard
        need = (demand.T[part].astype(np.uint64) << shift).sum(axis=0, dtype=np.uint64)
        words.append((free, need, np.uint64(guard)))
    return words
