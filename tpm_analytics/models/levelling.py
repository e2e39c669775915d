"""Schedules under limited resources that end as early as can be, or move as little as can be.

First a search, which is quick and good; then CP-SAT, which improves its schedule and says how early
an end is possible at all.
"""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from tpm_analytics.errors import ParameterError
from tpm_analytics.models.levelling_search import (
    USUAL,
    Effort,
    Levelled,
    lower_bound,
    search,
    settled,
)
from tpm_analytics.models.serial_schedule import Project, earliest_starts, tails

__all__ = [
    "USUAL",
    "Effort",
    "Levelled",
    "available",
    "earliest_finish",
    "least_moved",
    "lower_bound",
    "search",
    "settled",
]

INSTALL = "pip install 'tpm-analytics[levelling]'"
# Of the time given: the search ends sooner where it finds nothing more
SEARCH_SHARE = 0.8


def available() -> bool:
    """Whether the solver is installed."""
    return _solver(required=False) is not None


def earliest_finish(
    made: Project,
    *,
    effort: Effort = USUAL,
    known: np.ndarray | None = None,
    seed: int = 0,
) -> Levelled:
    """Find a schedule that ends as early as can be found: by the search, then by the solver.

    Parameters
    ----------
    made
        The project; its horizon must hold one schedule at least.
    effort
        How long to look.
    known
        Starts of a schedule that is known already: the answer ends no later.
    seed
        Of the chance in both.

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
    if effort.seconds is None:
        found = search(made, effort=effort, known=known, seed=seed)
        return found if found.proved else _solved(made, found, effort=effort, seed=seed)
    began = time.perf_counter()
    first = replace(effort, seconds=effort.seconds * SEARCH_SHARE)
    found = search(made, effort=first, known=known, seed=seed)
    left = effort.seconds - (time.perf_counter() - began)
    if found.proved or left <= 0:
        return found
    return _solved(made, found, effort=replace(effort, seconds=left), seed=seed)


def _solved(made: Project, found: Levelled, *, effort: Effort, seed: int) -> Levelled:
    made = made.until(found.finish)
    model, start = _model(made, found.finish)
    last = model.new_int_var(found.bound, found.finish, "last")
    for position, variable in enumerate(start):
        model.add(last >= variable + int(made.duration[position]))
        model.add_hint(variable, int(found.start[position]))
    model.minimize(last)
    solver, status = _run(model, effort=effort, seed=seed)
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
    effort: Effort = USUAL,
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
    effort, seed
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
    solver, status = _run(model, effort=effort, seed=seed)
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


def _run(model: Any, *, effort: Effort, seed: int) -> tuple[Any, Any]:
    solver = _solver(required=True).CpSolver()
    if effort.seconds is None:
        solver.parameters.max_deterministic_time = effort.solving
        solver.parameters.num_workers = 1
    else:
        solver.parameters.max_time_in_seconds = max(effort.seconds, 0.01)
        solver.parameters.num_workers = effort.workers
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
