"""A precedence network as arrays: when its activities can begin, and when they must end.

Times are working time since an origin: 0 is the start of the first working day, 5 the end of
the fifth. One row an activity, one column a trial; rows lie contiguous, so that each link costs
one `np.maximum` over all trials.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tpm_analytics.errors import ParameterError
from tpm_analytics.models.working_time import WorkingTime

# Links by the ends they tie: finish to start, start to start, finish to finish, start to finish
FS, SS, FF, SF = range(4)
KINDS = ("FS", "SS", "FF", "SF")
# Less than a minute of an eight-hour day: two times this close are the same
SAME_TIME = 1e-3
# Columns passed over at once: a block of the rows that a link touches stays in the cache
BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Network:
    """Links of a network without cycles, in the order in which passes meet them.

    Attributes
    ----------
    order
        Activities, each behind all that it waits for.
    before, after, kind, lag
        Links, sorted by the place of `after` in `order`.
    first
        The links into ``order[place]`` are ``first[place]`` up to ``first[place + 1]``.
    source
        Position of each link among those given.
    """

    order: np.ndarray
    before: np.ndarray
    after: np.ndarray
    kind: np.ndarray
    lag: np.ndarray
    first: np.ndarray
    source: np.ndarray


class Early(NamedTuple):
    """Earliest times; a row an activity."""

    start: np.ndarray
    finish: np.ndarray


def cycles(count: int, before: np.ndarray, after: np.ndarray) -> list[np.ndarray]:
    """Sets of activities that wait for themselves by way of one another, each set sorted.

    Examples
    --------
    >>> found = cycles(4, np.array([0, 1, 2, 2]), np.array([1, 2, 1, 3]))
    >>> [members.tolist() for members in found]
    [[1, 2]]
    """
    if not len(before) or len(_topological(count, before, after)) == count:
        return []
    graph = coo_array((np.ones(len(before), dtype=np.int8), (before, after)), shape=(count, count))
    sets, group = connected_components(graph, directed=True, connection="strong")
    circular = np.bincount(group, minlength=sets) > 1
    circular[group[before[before == after]]] = True
    return [np.flatnonzero(group == number) for number in np.flatnonzero(circular)]


def network(
    count: int, before: np.ndarray, after: np.ndarray, kind: np.ndarray, lag: np.ndarray
) -> Network:
    """Sort the links of `count` activities so that one scan of them passes through the network.

    Parameters
    ----------
    count
        Number of activities; they are named by their position, from 0.
    before, after
        Ends of each link.
    kind
        `FS`, `SS`, `FF` or `SF` of each link.
    lag
        Working days each link adds; below 0 it is a lead.

    Raises
    ------
    ParameterError
        If activities wait for one another in a circle; `cycles` names them before.

    Examples
    --------
    >>> net = network(3, np.array([2, 1]), np.array([1, 0]), np.array([FS, FS]), np.zeros(2))
    >>> net.order.tolist()
    [2, 1, 0]
    """
    order = _topological(count, before, after)
    if len(order) < count:
        raise ParameterError(
            f"{count - len(order)} activities wait for one another in a circle.",
            hint="remove one link of each circle; cycles() names their members",
        )
    place = np.empty(count, dtype=np.intp)
    place[order] = np.arange(count)
    sorting = np.argsort(place[after], kind="stable")
    first = np.searchsorted(place[after][sorting], np.arange(count + 1))
    return Network(
        order, before[sorting], after[sorting], kind[sorting], lag[sorting], first, sorting
    )


def _topological(count: int, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    waiting = np.bincount(after, minlength=count).tolist()
    leaving = np.argsort(before, kind="stable")
    ends = np.searchsorted(before[leaving], np.arange(count + 1)).tolist()
    targets = after[leaving].tolist()
    order = [activity for activity in range(count) if not waiting[activity]]
    for activity in order:
        for target in targets[ends[activity] : ends[activity + 1]]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return np.array(order, dtype=np.intp)


def forward(
    net: Network,
    duration: np.ndarray,
    *,
    earliest: np.ndarray | None = None,
    begun: np.ndarray | None = None,
    time: WorkingTime | None = None,
) -> Early:
    """Earliest start and finish of every activity in every trial.

    Parameters
    ----------
    net
        The network.
    duration
        Working days of work left, activities x trials. Its type is that of the answer.
    earliest
        Time before which each activity cannot begin; 0 without it.
    begun
        Time each activity really began, NaN if it has not: the start that links see. What is left
        of it still waits for what must finish first.
    time
        Calendars of the activities, if not all of them work on the same days.

    Notes
    -----
    ``start[a] = max(earliest[a], for each link b -> a: finish[b] + lag (FS), start[b] + lag (SS),
    finish[b] + lag - duration[a] (FF), start[b] + lag - duration[a] (SF))``;
    ``finish[a] = start[a] + duration[a]``. A lag runs on the calendar of the activity that waits.

    Examples
    --------
    >>> net = network(2, np.array([0]), np.array([1]), np.array([FS]), np.array([1.0]))
    >>> forward(net, np.array([[3.0, 5.0], [2.0, 2.0]])).finish.tolist()
    [[3.0, 5.0], [6.0, 8.0]]
    """
    start, finish = np.empty_like(duration), np.empty_like(duration)
    floor = np.zeros(len(duration)) if earliest is None else earliest
    was = np.full(len(duration), np.nan) if begun is None else begun
    for columns in _blocks(duration.shape[1]):
        rows = _Rows.of(duration[:, columns], start[:, columns], finish[:, columns])
        _forward(net, rows, floor.tolist(), was.tolist(), time)
    return Early(start, finish)


def _blocks(trials: int) -> Iterator[slice]:
    return (slice(begin, begin + BLOCK) for begin in range(0, trials, BLOCK))


class _Rows(NamedTuple):
    """Rows of a block as lists of views: a view is made once, not at every link."""

    duration: list[np.ndarray]
    start: list[np.ndarray]
    finish: list[np.ndarray]
    scratch: np.ndarray

    @classmethod
    def of(cls, duration: np.ndarray, start: np.ndarray, finish: np.ndarray) -> _Rows:
        scratch = np.empty(duration.shape[1], dtype=duration.dtype)
        return cls(list(duration), list(start), list(finish), scratch)


def _forward(
    net: Network, rows: _Rows, floor: list[float], was: list[float], time: WorkingTime | None
) -> None:
    duration, start, finish, scratch = rows
    first, before = net.first.tolist(), net.before.tolist()
    kinds, lags = net.kind.tolist(), net.lag.tolist()
    for place, activity in enumerate(net.order.tolist()):
        mine = start[activity]
        mine.fill(floor[activity])
        for link in range(first[place], first[place + 1]):
            kind = kinds[link]
            event = (finish if kind in {FS, FF} else start)[before[link]]
            if time is not None:
                event = time.carried(event, before[link], activity, at_end=kind in {FS, FF})
            if lags[link]:
                event = np.add(event, lags[link], out=scratch)
            if kind in {FF, SF}:
                event = np.subtract(event, duration[activity], out=scratch)
            np.maximum(mine, event, out=mine)
        np.add(mine, duration[activity], out=finish[activity])
        if was[activity] == was[activity]:
            mine.fill(was[activity])


def backward(
    net: Network,
    duration: np.ndarray,
    latest: np.ndarray,
    *,
    begun: np.ndarray | None = None,
    time: WorkingTime | None = None,
) -> np.ndarray:
    """Latest finish of every activity in every trial that keeps all of `latest`.

    Parameters
    ----------
    net, duration, begun, time
        As in `forward`.
    latest
        Time by which each activity itself must finish, activities x 1 or x trials; infinite where
        nothing asks for it. It is not changed.

    Returns
    -------
    numpy.ndarray
        Activities x trials; infinite where nothing asked for depends on the activity.

    Notes
    -----
    The forward rules turned round: the least over the links ``a -> c`` of what each allows ``a``.

    Examples
    --------
    >>> net = network(2, np.array([0]), np.array([1]), np.array([FS]), np.array([1.0]))
    >>> latest = np.array([[np.inf], [9.0]])
    >>> backward(net, np.array([[3.0], [2.0]]), latest).tolist()
    [[6.0], [9.0]]
    """
    finish = np.empty_like(duration)
    was = np.full(len(duration), np.nan) if begun is None else begun
    for columns in _blocks(duration.shape[1]):
        limit = latest if latest.shape[1] == 1 else latest[:, columns]
        finish[:, columns] = limit
        rows = _Rows.of(duration[:, columns], finish[:, columns], finish[:, columns])
        _backward(net, rows, was.tolist(), time)
    return finish


def _backward(net: Network, rows: _Rows, was: list[float], time: WorkingTime | None) -> None:
    duration, _, finish, scratch = rows
    first, before = net.first.tolist(), net.before.tolist()
    kinds, lags = net.kind.tolist(), net.lag.tolist()
    for place in range(len(net.order) - 1, -1, -1):
        activity = int(net.order[place])
        for link in range(first[place], first[place + 1]):
            kind, other = kinds[link], before[link]
            if kind in {SS, SF} and was[other] == was[other]:
                continue
            allowed = finish[activity]
            if kind in {FS, SS}:
                allowed = np.subtract(allowed, duration[activity], out=scratch)
            if lags[link]:
                allowed = np.subtract(allowed, lags[link], out=scratch)
            if time is not None:
                allowed = time.carried_back(allowed, activity, other, at_end=kind in {FS, FF})
            if kind in {SS, SF}:
                allowed = np.add(allowed, duration[other], out=scratch)
            np.minimum(finish[other], allowed, out=finish[other])


def free_finish(
    net: Network,
    duration: np.ndarray,
    early: Early,
    *,
    begun: np.ndarray | None = None,
    time: WorkingTime | None = None,
) -> np.ndarray:
    """Latest finish of each activity that delays none right behind it, in the first trial.

    Parameters as in `forward`, whose answer is `early`. Infinite where nothing waits.
    """
    from_finish, to_start = np.isin(net.kind, (FS, FF)), np.isin(net.kind, (FS, SS))
    length, ends = duration[:, 0], early.finish[:, 0]
    allowed = ends[net.after] - to_start * length[net.after] - net.lag
    if time is not None:
        allowed = time.carried_each(allowed, net.after, net.before, at_end=from_finish, back=True)
    allowed = allowed + ~from_finish * length[net.before]
    if begun is not None:
        allowed[~from_finish & ~np.isnan(begun[net.before])] = np.inf
    finish = np.full(len(length), np.inf)
    np.minimum.at(finish, net.before, allowed)
    return finish


def link_gaps(
    net: Network, duration: np.ndarray, early: Early, *, time: WorkingTime | None = None
) -> np.ndarray:
    """Working days between what each link demands and what happens, in the first trial.

    A row each link, in the order given to `network`. A link with no gap drives its activity.
    """
    from_finish, to_start = np.isin(net.kind, (FS, FF)), np.isin(net.kind, (FS, SS))
    start, finish = early.start[:, 0], early.finish[:, 0]
    event = np.where(from_finish, finish[net.before], start[net.before])
    if time is not None:
        event = time.carried_each(event, net.before, net.after, at_end=from_finish)
    reached = finish[net.after] - to_start * duration[net.after, 0]
    gap = np.empty(len(net.before))
    gap[net.source] = reached - event - net.lag
    return gap
