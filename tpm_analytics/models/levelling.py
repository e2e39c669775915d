"""Schedules under limited resources that end as early as can be, or move as little as can be.

First a genetic search over orders of activities, with both-way justification, which is quick and
good; then CP-SAT, which improves its schedule and says how early an end is possible at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import network
from tpm_analytics.models.serial_schedule import (
    NEVER,
    Project,
    finish,
    orders,
    plain_network,
    schedule,
    tails,
)

INSTALL = "pip install 'tpm-analytics[levelling]'"
# Of the time given: more than a third for the search brings it nothing more on 120 activities
SEARCH_SHARE = 0.35
POPULATION = 96
# Spread of the noise on the places of an order, in activities: neighbours change places
NOISE = 1.5
# Schedules so much longer than the best still pass on what is good in them
TOLERANCE = 1.15
# An optimum that is found again and again is one: the search ends after so many rounds of no gain
PATIENCE = 40


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


def available() -> bool:
    """Whether the solver is installed."""
    return _solver(required=False) is not None


def earliest_finish(made: Project, *, seconds: float, workers: int = 2, seed: int = 0) -> Levelled:
    """Find a schedule that ends as early as can be found in the time given.

    Parameters
    ----------
    made
        The project; its horizon must hold one schedule at least.
    seconds, workers
        Time for the search and the solver, and the solver's threads.
    seed
        Of the chance in both. Where the time does not suffice for a proof, the answer may still
        differ from run to run.

    Raises
    ------
    ParameterError
        If the horizon is too short, or the solver is not installed.

    References
    ----------
    Hartmann, "A competitive genetic algorithm for resource-constrained project scheduling", 1998;
    Valls, Ballestin, Quintanilla, "Justification and RCPSP", 2005.
    """
    _solver(required=True)
    began = time.perf_counter()
    found = search(made, seconds=seconds * SEARCH_SHARE, seed=seed)
    left = seconds - (time.perf_counter() - began)
    if found.proved or left <= 0:
        return found
    return _solved(made, found, seconds=left, workers=workers, seed=seed)


def search(made: Project, *, seconds: float, seed: int = 0) -> Levelled:
    """Find a good schedule without the solver, by a genetic search.

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
    >>> search(three, seconds=1.0).finish
    3
    """
    ends = time.perf_counter() + seconds
    chance = np.random.default_rng(seed)
    bound = lower_bound(made)
    if not made.count:
        return Levelled(np.zeros(0, dtype=np.int64), 0, 0)
    urgent = -tails(made).astype(float)
    first = schedule(made, orders(made, urgent[None]))
    if first[0, 0] == NEVER:
        raise ParameterError(
            f"The work does not fit into the {made.days} days given.",
            hint="give a longer horizon, or more of the scarcest resource",
        )
    best = first[0]
    made = _narrowed(made, int(finish(made, first)[0]))
    keys = urgent + chance.gumbel(size=(POPULATION, made.count)) * np.abs(urgent).mean()
    keys[0] = urgent
    starts = _justified(made, schedule(made, orders(made, keys)))
    idle = 0
    while True:
        ended = finish(made, starts)
        leader = int(ended.argmin())
        if ended[leader] < (best + made.duration).max():
            best, idle = starts[leader], 0
            made = _narrowed(made, int(ended[leader]))
        reached = int((best + made.duration).max())
        if reached <= bound or idle >= PATIENCE or time.perf_counter() >= ends:
            return Levelled(best, reached, min(bound, reached))
        idle += 1
        children = _justified(made, schedule(made, _children(made, starts, chance)))
        starts = _fittest(made, np.concatenate([starts, children]))


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


def earliest_starts(made: Project) -> np.ndarray:
    """First day each activity could begin if resources were no limit."""
    net = plain_network(made)
    start = np.zeros(made.count, dtype=np.int64)
    for activity, low, high in zip(net.order, net.first[:-1], net.first[1:], strict=True):
        if high > low:
            ready = start[net.before[low:high]] + net.lag[low:high].astype(np.int64)
            start[activity] = max(0, int(ready.max()))
    return start


def _children(made: Project, starts: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Mix two orders up to a random place each, and shake the places a little."""
    count, variants = made.count, len(starts)
    place = np.argsort(np.argsort(starts, axis=1, kind="stable"), axis=1)
    mother, father = chance.integers(variants, size=(2, variants))
    low, high = np.sort(chance.integers(count + 1, size=(2, variants)), axis=0)[:, :, None]
    own = (place[mother] < low) | (place[mother] >= high)
    keys = np.where(own, place[mother], low + (high - low) * place[father] / count)
    shaken = chance.random((variants, 1)) < 0.5
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
    """Keep the shortest, of the equally short the tightest, and none twice."""
    _, once = np.unique(starts, axis=0, return_index=True)
    distinct = starts[once]
    sorting = np.lexsort((distinct.sum(axis=1), finish(made, distinct)))
    return distinct[sorting[:POPULATION]]


def _solved(made: Project, found: Levelled, *, seconds: float, workers: int, seed: int) -> Levelled:
    made = made.until(found.finish)
    model, start = _model(made, found.finish)
    last = model.new_int_var(found.bound, found.finish, "last")
    for position, variable in enumerate(start):
        model.add(last >= variable + int(made.duration[position]))
        model.add_hint(variable, int(found.start[position]))
    model.minimize(last)
    solver, status = _run(model, seconds=seconds, workers=workers, seed=seed)
    bound = max(found.bound, int(np.ceil(solver.best_objective_bound - 1e-6)))
    if status not in _good():
        return replace(found, bound=min(bound, found.finish))
    better = np.array([solver.value(variable) for variable in start], dtype=np.int64)
    reached = int((better + made.duration).max(initial=0))
    if reached >= found.finish:
        return replace(found, bound=min(bound, found.finish))
    return Levelled(better, reached, min(bound, reached))


def least_moved(
    made: Project,
    plan: np.ndarray,
    found: Levelled,
    *,
    seconds: float,
    workers: int = 2,
    seed: int = 0,
) -> Levelled:
    """Keep the finish that was found, and move activities as few days from `plan` as can be.

    Parameters
    ----------
    made
        The project.
    plan
        Day each activity begins today, may it respect the resources or not.
    found
        A schedule; it ends no later afterwards.
    seconds, workers, seed
        As in `earliest_finish`.

    Raises
    ------
    ParameterError
        If the solver is not installed.
    """
    made = made.until(found.finish)
    model, start = _model(made, found.finish)
    moves = []
    for position, (variable, planned) in enumerate(zip(start, plan.tolist(), strict=True)):
        moved = model.new_int_var(0, found.finish + abs(planned), f"moved{position}")
        model.add_abs_equality(moved, variable - planned)
        moves.append(moved)
        model.add_hint(variable, int(found.start[position]))
    model.minimize(sum(moves))
    solver, status = _run(model, seconds=seconds, workers=workers, seed=seed)
    if status not in _good():
        return found
    kept = np.array([solver.value(variable) for variable in start], dtype=np.int64)
    return replace(found, start=kept)


def _model(made: Project, last: int) -> tuple[Any, list[Any]]:
    """Build a model of all schedules that end by the day `last`."""
    cp_model = _solver(required=True)
    model = cp_model.CpModel()
    early, late = earliest_starts(made).tolist(), (last - tails(made)).tolist()
    start = [
        model.new_int_var(low, max(low, high), f"start{position}")
        for position, (low, high) in enumerate(zip(early, late, strict=True))
    ]
    for before, after, gap in zip(made.before, made.after, made.gap.tolist(), strict=True):
        model.add(start[after] >= start[before] + gap)
    spans = [
        model.new_fixed_size_interval_var(variable, length, "span")
        for variable, length in zip(start, made.duration.tolist(), strict=True)
    ]
    for resource, offered in enumerate(made.capacity):
        _limit(model, spans, made.demand[:, resource], offered)
    return model, start


def _limit(model: Any, spans: list[Any], demand: np.ndarray, offered: np.ndarray) -> None:
    """Let the spans hold no more of a resource than is offered; what is away holds it too."""
    most = int(offered.max(initial=0))
    users = np.flatnonzero(demand)
    held, units = [spans[user] for user in users], demand[users].tolist()
    edges = np.flatnonzero(np.diff(offered, prepend=most, append=most))
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        away = most - int(offered[low])
        if away:
            held.append(model.new_fixed_size_interval_var(low, high - low, "away"))
            units.append(away)
    if held:
        model.add_cumulative(held, units, most)


def _run(model: Any, *, seconds: float, workers: int, seed: int) -> tuple[Any, Any]:
    solver = _solver(required=True).CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    return solver, solver.solve(model)


def _good() -> tuple[Any, Any]:
    cp_model = _solver(required=True)
    return cp_model.OPTIMAL, cp_model.FEASIBLE


def _solver(*, required: bool) -> Any:
    try:
        return import_module("ortools.sat.python.cp_model")
    except ImportError:
        if not required:
            return None
        raise ParameterError(
            "Levelling by a solver needs the package ortools, which is not installed.",
            hint=f"install it with: {INSTALL}; search() does without",
        ) from None
