"""A search for the shortest schedule under limited resources, by breeding orders of activities."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import network
from tpm_analytics.models.room import NEVER
from tpm_analytics.models.serial_schedule import (
    Project,
    earliest_starts,
    finish,
    load,
    orders,
    schedule,
    tails,
)

POPULATION = 96
# Share of the orders that are shaken, and how far, in activities: neighbours change places
SHAKEN, NOISE = 0.2, 1.5
# Schedules so much longer than the best still pass on what is good in them
TOLERANCE = 1.15


@dataclass(frozen=True)
class Effort:
    """How long to look for a better schedule.

    Without `seconds` the same is found in every run and on every machine.

    Attributes
    ----------
    rounds
        Rounds of the search at most.
    patience
        Rounds without gain after which it ends: what is found again and again is the best.
    solving
        Work of the solver, in its own measure: about seconds.
    seconds
        Time for all, whatever the rounds and the work. What is found then hangs on the machine.
    workers
        Threads of the solver, where there are `seconds`; one else, since several race.
    """

    rounds: int = 60
    patience: int = 20
    solving: float = 1.0
    seconds: float | None = None
    workers: int = 1

    @classmethod
    def within(cls, seconds: float, *, workers: int) -> Effort:
        """All that can be done in the time, on so many threads."""
        return cls(
            rounds=_NO_LIMIT, patience=20, solving=math.inf, seconds=seconds, workers=workers
        )


_NO_LIMIT = 1_000_000_000
USUAL = Effort()


@dataclass(frozen=True, eq=False)
class Levelled:
    """A schedule that respects the resources.

    Attributes
    ----------
    start
        Day each activity begins, from 0.
    finish
        Days until the last one ends.
    bound
        No schedule ends earlier than this; equal to `finish` where that is proved best.
    """

    start: np.ndarray
    finish: int
    bound: int

    @property
    def proved(self) -> bool:
        """Whether no schedule ends earlier."""
        return self.bound >= self.finish


def search(
    made: Project,
    *,
    effort: Effort = USUAL,
    known: np.ndarray | None = None,
    seed: int = 0,
) -> Levelled:
    """Find a good schedule without the solver, by a genetic search; as `earliest_finish`.

    Raises
    ------
    ParameterError
        If no schedule fits into the horizon.

    Examples
    --------
    >>> from tpm_analytics.models.serial_schedule import project
    >>> nothing = np.array([], dtype=int)
    >>> three = project(
    ...     np.array([2, 3, 1]), (nothing,) * 4, demand=np.ones((3, 1)), capacity=np.array([2])
    ... )
    >>> search(three).finish
    3
    """
    ends = math.inf if effort.seconds is None else time.perf_counter() + effort.seconds
    if not made.count:
        return Levelled(np.zeros(0, dtype=np.int64), 0, 0)
    bound = lower_bound(made)
    best = _first(made, known)
    reached, starts = int((best + made.duration).max()), best[None]
    chance = np.random.default_rng(seed)
    idle = rounds = 0
    while reached > bound and idle < effort.patience and rounds < effort.rounds:
        made = _narrowed(made, reached)
        tried = _children(made, starts, chance) if rounds else _strangers(made, best, chance)
        starts = _fittest(made, np.concatenate([starts, _justified(made, schedule(made, tried))]))
        gained = int(finish(made, starts[:1])[0]) < reached
        best, idle, rounds = starts[0], 0 if gained else idle + 1, rounds + 1
        reached = int((best + made.duration).max())
        if effort.seconds is not None and time.perf_counter() >= ends:
            break
    return Levelled(best, reached, min(bound, reached))


def _first(made: Project, known: np.ndarray | None) -> np.ndarray:
    """Starts by the rule of the longest tail, or those known where they end earlier."""
    start = schedule(made, orders(made, -tails(made)[None].astype(float)))
    if known is not None:
        start = np.concatenate([start, known[None]])
    ended = finish(made, start)
    if (start[ended.argmin(), 0]) == NEVER:
        raise ParameterError(
            f"The work does not fit into the {made.days} days given.",
            hint="give a longer horizon, or more of the scarcest resource",
        )
    first: np.ndarray = start[ended.argmin()]
    return first


def _strangers(made: Project, best: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Orders to begin with: that of the best, and random ones that favour long tails."""
    urgent = -tails(made).astype(float)
    keys = urgent + chance.gumbel(size=(POPULATION, made.count)) * np.abs(urgent).mean()
    keys[0] = best
    return orders(made, keys)


def settled(made: Project, plan: np.ndarray, found: Levelled) -> Levelled:
    """Keep the finish that was found, and let each activity go back towards its day in `plan`.

    One after the other, as long as one moves: no two are exchanged, so the least moved it need not
    be.

    Examples
    --------
    >>> from tpm_analytics.models.serial_schedule import project
    >>> nothing = np.array([], dtype=int)
    >>> both = project(
    ...     np.array([2, 1]), (nothing,) * 4, demand=np.ones((2, 1)), capacity=np.array([2])
    ... )
    >>> settled(both, np.array([0, 1]), Levelled(np.array([0, 0]), 2, 2)).start.tolist()
    [0, 1]
    """
    made = made.until(found.finish)
    start = _nearest(made, plan, found)
    free = np.pad(made.capacity - load(made, start), ((0, 0), (0, 1)))
    moves = True
    while moves:
        moves = False
        for activity in np.argsort(plan, kind="stable").tolist():
            best = _back(made, free, start, activity, int(plan[activity]))
            moves |= best != start[activity]
            _put(made, free, activity, int(start[activity]), 1)
            _put(made, free, activity, best, -1)
            start[activity] = best
    return replace(found, start=start)


def _nearest(made: Project, plan: np.ndarray, found: Levelled) -> np.ndarray:
    """Starts found, or those in the order of the plan where they end as early and move less."""
    tried = schedule(made, orders(made, plan[None].astype(float)))
    both = np.concatenate([found.start[None], tried])
    moved = np.abs(both - plan).sum(axis=1)
    moved[finish(made, both) > found.finish] = np.iinfo(np.int64).max
    nearest: np.ndarray = both[moved.argmin()]
    return nearest


def _back(made: Project, free: np.ndarray, start: np.ndarray, activity: int, wanted: int) -> int:
    """Day with room for an activity that lies nearest to the day wanted, its own room counted."""
    length, at = int(made.duration[activity]), int(start[activity])
    into, out = made.after == activity, made.before == activity
    low = int((start[made.before[into]] + made.gap[into]).max(initial=0))
    high = int((start[made.after[out]] - made.gap[out]).min(initial=made.days - length))
    # towards the day wanted, and no further
    low, high = (max(low, wanted), at) if wanted <= at else (at, min(high, wanted))
    room = free[:, low : high + length].copy()
    held = np.arange(low, high + length)
    room[:, (held >= at) & (held < at + length)] += made.demand[activity][:, None]
    lacks = np.cumsum(np.append(0, (room < made.demand[activity][:, None]).any(axis=0)))
    fits = low + np.flatnonzero(lacks[length:] == lacks[: len(lacks) - length])
    return int(fits[np.abs(fits - wanted).argmin()]) if len(fits) else at


def _put(made: Project, free: np.ndarray, activity: int, at: int, sign: int) -> None:
    free[:, at : at + int(made.duration[activity])] += sign * made.demand[activity][:, None]


def _narrowed(made: Project, reached: int) -> Project:
    return made.until(int(np.ceil(reached * TOLERANCE)))


def lower_bound(made: Project) -> int:
    """Days that no schedule can end before: by the longest chain, and by the work per resource.

    Examples
    --------
    >>> from tpm_analytics.models.serial_schedule import project
    >>> nothing = np.array([], dtype=int)
    >>> lower_bound(project(
    ...     np.array([2, 3]), (nothing,) * 4, demand=np.ones((2, 1)), capacity=np.array([1])
    ... ))
    5
    """
    if not made.count:
        return 0
    chain = int((earliest_starts(made) + tails(made)).max())
    work = made.duration @ made.demand
    offered = np.cumsum(made.capacity, axis=1)
    enough = (offered < work[:, None]).sum(axis=1) + 1
    return max(chain, int(np.where(work > 0, enough, 0).max(initial=0)))


def _children(made: Project, starts: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Mix two orders up to a random place each, and shake the places a little."""
    count, variants = made.count, len(starts)
    place = np.argsort(np.argsort(starts, axis=1, kind="stable"), axis=1)
    mother, father = chance.integers(variants, size=(2, variants))
    low, high = np.sort(chance.integers(count + 1, size=(2, variants)), axis=0)[:, :, None]
    own = (place[mother] < low) | (place[mother] >= high)
    keys = np.where(own, place[mother], low + (high - low) * place[father] / count)
    shaken = chance.random((variants, 1)) < SHAKEN
    return orders(made, keys + shaken * chance.normal(scale=NOISE, size=keys.shape))


def _justified(made: Project, start: np.ndarray) -> np.ndarray:
    """Push all to the end, then back to the start: never longer, often shorter."""
    fits = start[:, 0] != NEVER
    if not fits.any():
        return start
    kept = start[fits]
    back = _backwards(made)
    late = schedule(back, orders(back, -(kept + made.duration).astype(float)))
    early = schedule(made, orders(made, (made.days - late - made.duration).astype(float)))
    better = finish(made, early) <= finish(made, kept)
    moved = start.copy()
    moved[fits] = np.where(better[:, None], early, kept)
    return moved


def _backwards(made: Project) -> Project:
    """Return the project as seen from its end."""
    turned = {network.FS: network.FS, network.SS: network.FF, network.FF: network.SS}
    kind = np.array([turned.get(int(each), network.SF) for each in made.kind], dtype=np.int64)
    return replace(
        made, before=made.after, after=made.before, kind=kind, capacity=made.capacity[:, ::-1]
    )


def _fittest(made: Project, starts: np.ndarray) -> np.ndarray:
    """Keep the shortest and none twice; of the equally short the newest, so that all goes on."""
    _, once = np.unique(starts, axis=0, return_index=True)
    distinct = starts[once]
    sorting = np.lexsort((-once, finish(made, distinct)))
    return distinct[sorting[:POPULATION]]
