"""Schedules that respect limited resources, made activity by activity, many at once.

Times are whole days of work from 0. A project of `n` activities and `k` resources is worked on in
`m` variants side by side: a variant is a row, be it a trial with its own durations or an attempt
with its own order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import network
from tpm_analytics.models.room import NEVER, Room

# Variants are passed over in blocks whose days stay in the processor's cache
BLOCK_CELLS = 100_000
# Before every day of a project, whatever gap is added
_LONG_AGO = -(1 << 40)


@dataclass(frozen=True, eq=False)
class Project:
    """Activities that wait for one another and share resources.

    Attributes
    ----------
    duration
        Days each activity takes, shape (n,).
    before, after, kind, lag
        Links: which ends they tie (`network.FS` and so on), and the days they add.
    demand
        Units of each resource an activity holds while it runs, shape (n, k).
    capacity
        Units of each resource on each day, shape (k, days). Behind its last day nothing is.
    """

    duration: np.ndarray
    before: np.ndarray
    after: np.ndarray
    kind: np.ndarray
    lag: np.ndarray
    demand: np.ndarray
    capacity: np.ndarray

    @property
    def count(self) -> int:
        """Number of activities."""
        return len(self.duration)

    @property
    def days(self) -> int:
        """Days of the horizon."""
        return int(self.capacity.shape[1])

    @property
    def gap(self) -> np.ndarray:
        """Days from the start of `before` to the start of `after` at least, of each link."""
        return self.gaps(self.duration)

    def gaps(self, duration: np.ndarray) -> np.ndarray:
        """Return the gaps for other durations, shape (..., n)."""
        from_end, to_end = _ends(self.kind)
        gaps: np.ndarray = self.lag + from_end * duration[..., self.before]
        return gaps - to_end * duration[..., self.after]

    def until(self, day: int) -> Project:
        """Return the project with a horizon of `day` days at most."""
        return replace(self, capacity=self.capacity[:, : max(day, 0)])


def project(
    duration: np.ndarray,
    links: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    *,
    demand: np.ndarray,
    capacity: np.ndarray,
) -> Project:
    """Check and assemble a project.

    Parameters
    ----------
    duration
        Whole days each activity takes, shape (n,).
    links
        Their ends ``before`` and ``after``, their kind (`network.FS` and so on) and lag in whole
        days.
    demand, capacity
        As in `Project`; a capacity of shape (k,) is there every day.

    Raises
    ------
    ParameterError
        For a circle of links, and for an activity that needs more than there ever is.

    Examples
    --------
    >>> two = project(
    ...     np.array([3, 2]), (np.array([0]), np.array([1]), np.array([network.FS]), np.array([1])),
    ...     demand=np.array([[1], [1]]), capacity=np.array([1]),
    ... )
    >>> two.gap.tolist(), two.days
    ([4], 6)
    """
    before, after, kind, lag = (np.asarray(part, dtype=np.int64) for part in links)
    network.network(len(duration), before, after, kind, lag)
    if capacity.ndim == 1:
        days = int(duration.sum() + np.maximum(lag, 0).sum())
        capacity = np.repeat(capacity[:, None], days, axis=1)
    made = Project(
        duration=np.asarray(duration, dtype=np.int64),
        before=before,
        after=after,
        kind=kind,
        lag=lag,
        demand=np.asarray(demand, dtype=np.int64),
        capacity=np.asarray(capacity, dtype=np.int64),
    )
    short = lacking(made)
    if len(short):
        raise ParameterError(
            f"{len(short)} demands of a resource exceed all that there ever is of it.",
            hint="lacking() names activity and resource",
        )
    return made


def lacking(made: Project) -> np.ndarray:
    """Pairs (activity, resource) whose demand exceeds the resource's capacity on every day."""
    most = made.capacity.max(axis=1, initial=0)
    return np.argwhere((made.demand > most) & (made.duration > 0)[:, None])


def tails(made: Project) -> np.ndarray:
    """Days from the start of each activity to the end of all that waits for it, resources aside.

    Examples
    --------
    >>> nothing = np.array([], dtype=int)
    >>> alone = project(np.array([3]), (nothing,) * 4, demand=np.ones((1, 1)), capacity=np.ones(1))
    >>> tails(alone).tolist()
    [3]
    """
    left = made.duration.copy()
    net = plain_network(made)
    for place in range(made.count - 1, -1, -1):
        links = slice(net.first[place], net.first[place + 1])
        np.maximum.at(left, net.before[links], left[net.order[place]] + net.lag[links])
    return left


def earliest_starts(made: Project) -> np.ndarray:
    """First day each activity could begin if resources were no limit."""
    net = plain_network(made)
    start = np.zeros(made.count, dtype=np.int64)
    for activity, low, high in zip(net.order, net.first[:-1], net.first[1:], strict=True):
        if high > low:
            ready = start[net.before[low:high]] + net.lag[low:high].astype(np.int64)
            start[activity] = max(0, int(ready.max()))
    return start


def schedule(made: Project, order: np.ndarray, *, duration: np.ndarray | None = None) -> np.ndarray:
    """Give each activity its earliest place, one after the other in the given order.

    Parameters
    ----------
    made
        The project.
    order
        Activities in the order in which they choose, shape (m, n): each behind all that it waits
        for.
    duration
        Days each activity takes in each variant, shape (m, n); those of the project without.

    Returns
    -------
    numpy.ndarray
        Start of each activity in each variant, shape (m, n), by position and not by `order`;
        `NEVER` in a variant that does not fit into the horizon.

    Notes
    -----
    The serial schedule generation scheme (Kelley 1963): of its schedules one is always optimal.

    Examples
    --------
    >>> nothing = np.array([], dtype=int)
    >>> both = project(
    ...     np.array([2, 3]), (nothing,) * 4, demand=np.ones((2, 1)), capacity=np.ones(1)
    ... )
    >>> schedule(both, np.array([[0, 1], [1, 0]])).tolist()
    [[0, 2], [3, 0]]
    """
    variants = len(order)
    size = max(1, BLOCK_CELLS // max(1, made.days))
    starts = [
        _scheduled(
            made, order[low : low + size], None if duration is None else duration[low : low + size]
        )
        for low in range(0, variants, size)
    ]
    return np.concatenate(starts) if starts else np.empty((0, made.count), dtype=np.int64)


def _scheduled(made: Project, order: np.ndarray, duration: np.ndarray | None) -> np.ndarray:
    variants = len(order)
    row = np.arange(variants)
    takes = np.broadcast_to(made.duration, order.shape) if duration is None else duration
    free = Room(made.capacity, made.demand, variants=variants, longest=int(takes.max(initial=0)))
    waits = _Waits.of(made, duration)
    # the last column stands for a link that is none
    start = np.full((variants, made.count + 1), _LONG_AGO)
    fits = np.ones(variants, dtype=bool)
    for step in range(made.count):
        activity = order[:, step]
        length = takes[row, activity]
        at = free.first_day(activity, waits.ready(start, activity, row), length)
        fits &= at != NEVER
        at = np.where(fits, at, 0)
        free.take(activity, at, np.where(fits, length, 0))
        start[row, activity] = at
    start[~fits] = NEVER
    return start[:, :-1]


@dataclass(frozen=True, eq=False)
class _Waits:
    """Links into each activity, side by side, filled up with such that ask for nothing.

    `before` and `gap` have shape (n, widest), `gap` a leading axis more where variants differ.
    """

    count: np.ndarray
    before: np.ndarray
    gap: np.ndarray

    @classmethod
    def of(cls, made: Project, duration: np.ndarray | None) -> _Waits:
        count = np.bincount(made.after, minlength=made.count)
        sorting = np.argsort(made.after, kind="stable")
        of = made.after[sorting]
        column = np.arange(len(sorting)) - np.repeat(np.cumsum(count) - count, count)
        before = np.full((made.count, int(count.max(initial=0))), made.count)
        before[of, column] = made.before[sorting]
        gaps = made.gap if duration is None else made.gaps(duration)
        gap = np.zeros((*gaps.shape[:-1], *before.shape), dtype=np.int64)
        gap[..., of, column] = gaps[..., sorting]
        return cls(count, before, gap)

    def ready(self, start: np.ndarray, activity: np.ndarray, row: np.ndarray) -> np.ndarray:
        """First day each variant's activity may begin, resources aside."""
        width = int(self.count[activity].max(initial=0))
        if not width:
            return np.zeros(len(row), dtype=np.int64)
        since = start[row[:, None], self.before[activity, :width]]
        alike = self.gap.ndim == 2
        since += self.gap[activity, :width] if alike else self.gap[row, activity, :width]
        ready: np.ndarray = np.maximum(since.max(axis=1), 0)
        return ready


def _ends(kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each link counts from the end of what it waits for, and to the end of what waits."""
    from_end = np.isin(kind, (network.FS, network.FF)).astype(np.int64)
    return from_end, np.isin(kind, (network.FF, network.SF)).astype(np.int64)


def orders(made: Project, keys: np.ndarray) -> np.ndarray:
    """Sort activities by `keys`, shape (m, n), each behind all that it waits for.

    Examples
    --------
    >>> two = project(
    ...     np.array([1, 1]), tuple(map(np.array, ([0], [1], [network.FS], [0]))),
    ...     demand=np.ones((2, 1)), capacity=np.ones(1),
    ... )
    >>> orders(two, np.array([[5.0, 1.0]])).tolist()
    [[0, 1]]
    """
    lifted = np.array(keys, dtype=float)
    net = plain_network(made)
    for activity, low, high in zip(net.order, net.first[:-1], net.first[1:], strict=True):
        if high > low:
            behind = lifted[:, net.before[low:high]].max(axis=1)
            lifted[:, activity] = np.maximum(lifted[:, activity], behind)
    # ties, as between an activity and the one that lifted it, go by the network's order
    place = np.empty(made.count)
    place[net.order] = np.arange(made.count)
    sorted_: np.ndarray = np.lexsort((np.broadcast_to(place, lifted.shape), lifted), axis=1)
    return sorted_


def finish(made: Project, start: np.ndarray) -> np.ndarray:
    """Last end of each variant; one day behind the horizon where it does not fit."""
    if not made.count:
        return np.zeros(len(start), dtype=np.int64)
    end = (start + made.duration).max(axis=1)
    return np.where(start[:, 0] == NEVER, made.days + 1, end)


def load(made: Project, start: np.ndarray) -> np.ndarray:
    """Units of each resource in use on each day, shape (k, days).

    Examples
    --------
    >>> nothing = np.array([], dtype=int)
    >>> both = project(
    ...     np.array([2, 3]), (nothing,) * 4, demand=np.ones((2, 1)), capacity=np.ones(1)
    ... )
    >>> load(both, np.array([0, 1])).tolist()
    [[1, 2, 1, 1, 0]]
    """
    used = np.zeros((made.capacity.shape[0], made.days + 1), dtype=np.int64)
    end = np.minimum(start + made.duration, made.days)
    for resource in range(len(used)):
        np.add.at(used[resource], np.minimum(start, made.days), made.demand[:, resource])
        np.add.at(used[resource], end, -made.demand[:, resource])
    return np.cumsum(used, axis=1)[:, :-1]


def plain_network(made: Project) -> network.Network:
    """Return the links as a network from start to start."""
    kind = np.full(len(made.gap), network.SS, dtype=np.int64)
    return network.network(made.count, made.before, made.after, kind, made.gap)
