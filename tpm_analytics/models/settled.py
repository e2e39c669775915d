"""What of a network is the same in every trial, passed through once, and what is left to pass."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tpm_analytics.models import network
from tpm_analytics.models.network import FF, FS, SF, Early, Network
from tpm_analytics.models.working_time import WorkingTime

OUTSIDE = -1


@dataclass(frozen=True, eq=False)
class Rest:
    """The part of a network whose times differ between trials.

    Attributes
    ----------
    rows, place
        Activities of the part, in order; and the position of each activity in it, or `OUTSIDE`.
    net, earliest, begun, time
        As in `network.forward`, of the part alone: what links from outside demand is in
        `earliest`.
    settled
        Times of all activities in one trial, right for those outside.
    demanded
        For each link of the whole network the time that it demands, lag included; NaN where it
        comes from inside.
    """

    rows: np.ndarray
    place: np.ndarray
    net: Network
    earliest: np.ndarray
    begun: np.ndarray
    time: WorkingTime | None
    settled: Early
    demanded: np.ndarray

    def forward(self, duration: np.ndarray) -> Early:
        """Earliest times of the part; `duration` has a row for each of its activities."""
        return network.forward(
            self.net, duration, earliest=self.earliest, begun=self.begun, time=self.time
        )

    def last(self, early: Early) -> np.ndarray:
        """Time at which the whole network is finished, in each trial."""
        outside = self.settled.finish[self.place == OUTSIDE, 0].max(initial=0)
        last: np.ndarray = early.finish.max(axis=0, initial=outside)
        return last


def rest(
    net: Network,
    duration: np.ndarray,
    *,
    varies: np.ndarray,
    earliest: np.ndarray | None = None,
    begun: np.ndarray | None = None,
    time: WorkingTime | None = None,
    links: np.ndarray | None = None,
) -> Rest:
    """Set apart what is the same in every trial.

    Parameters
    ----------
    net, earliest, begun, time
        As in `network.forward`.
    duration
        Duration of each activity; read of those that do not vary.
    varies
        Whether the duration of each activity differs between trials.
    links
        Positions, in the order given to `network.network`, of links to be kept in the part.

    Examples
    --------
    >>> ends = np.array([0, 1]), np.array([1, 2]), np.array([FS, FS])
    >>> net = network.network(3, *ends, np.zeros(2))
    >>> part = rest(net, np.array([2.0, 1.0, 0.0]), varies=np.array([False, False, True]))
    >>> part.rows.tolist(), part.earliest.tolist()
    ([2], [3.0])
    """
    count = len(duration)
    floor = np.zeros(count) if earliest is None else earliest
    was = np.full(count, np.nan) if begun is None else begun
    kept = np.isin(net.source, [] if links is None else links)
    inside = _reached(net, varies, kept)
    # a link to the end of a work that varies cannot be told as a time to begin from
    to_end = np.isin(net.kind, (FF, SF)) & varies[net.after]
    inside[net.before[kept | to_end & inside[net.after]]] = True
    once = duration.astype(np.float32)[:, None]
    settled = network.forward(net, once, earliest=floor, begun=was, time=time)
    demanded = _demanded(net, settled, time)
    folded = ~inside[net.before] & inside[net.after]
    start = demanded - np.where(np.isin(net.kind, (FF, SF)), once[net.after, 0], 0)
    floor = floor.astype(np.float64)
    np.maximum.at(floor, net.after[folded], start[folded])
    rows = np.flatnonzero(inside)
    place = np.full(count, OUTSIDE)
    place[rows] = np.arange(len(rows))
    return Rest(
        rows,
        place,
        _part(net, inside, place),
        floor[rows],
        was[rows],
        None if time is None else replace(time, calendar=time.calendar[rows]),
        settled,
        np.where(inside[net.before], np.nan, demanded),
    )


def _reached(net: Network, varies: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Activities that vary, that wait by a link to be kept, or for one of these."""
    inside = varies.copy()
    inside[net.after[kept]] = True
    if inside.all():
        return inside
    flags, before, first = inside.tolist(), net.before.tolist(), net.first.tolist()
    for place, activity in enumerate(net.order.tolist()):
        if not flags[activity]:
            flags[activity] = any(
                flags[before[link]] for link in range(first[place], first[place + 1])
            )
    return np.array(flags, dtype=bool)


def _demanded(net: Network, settled: Early, time: WorkingTime | None) -> np.ndarray:
    """Time that each link demands, for the start or the end it is tied to."""
    from_finish = np.isin(net.kind, (FS, FF))
    event = np.where(from_finish, settled.finish[net.before, 0], settled.start[net.before, 0])
    if time is not None:
        event = time.carried_each(event, net.before, net.after, at_end=from_finish)
    demanded: np.ndarray = event + net.lag.astype(np.float32)
    return demanded


def _part(net: Network, inside: np.ndarray, place: np.ndarray) -> Network:
    """The links between activities inside, in the order they had."""
    if inside.all():
        return net
    order = net.order[inside[net.order]]
    links = inside[net.before] & inside[net.after]
    passed = np.concatenate([[0], np.cumsum(links)])
    ends = passed[net.first]
    of_inside = np.flatnonzero(inside[net.order])
    first = np.append(ends[of_inside], ends[-1])
    return Network(
        place[order],
        place[net.before[links]],
        place[net.after[links]],
        net.kind[links],
        net.lag[links],
        first,
        net.source[links],
    )
