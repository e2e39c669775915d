"""Many futures of a plan: finish, cost and criticality, against networkx and against bare NumPy.

The plan is invented: activities with three-point durations, three links an activity, one risk in
twenty activities. The limit is what NumPy needs to draw an array of the same size from triangular
laws and nothing else; networkx passes through the graph once a trial, and is extrapolated.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence

import networkx
import numpy as np

from tpm_analytics.models import network, sampling, schedule_risk

ACTIVITIES, LINKS_EACH, TRIALS, SEED = 1000, 3, 10_000, 1
SLOW_TRIALS = 20
SECONDS_GOAL, LIMIT_GOAL, MEMORY_GOAL, LARGE_MEMORY_GOAL = 1.0, 3.0, 1.0, 3.0
LARGE = 10_000
REPEATS = 3
# The cost of each cell may grow so much from the smallest size to the largest
LINEAR_GOAL = 1.5
_PER_GIGABYTE = 2**20 if sys.platform.startswith("linux") else 2**30


def run(arguments: Sequence[str]) -> int:
    """Simulate, measure, compare; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks schedule_risk")
    parser.add_argument("--trials", type=int, default=TRIALS, help="futures (default 10,000)")
    trials = parser.parse_args(arguments).trials
    plan = invented(ACTIVITIES)
    ours = _best(lambda: schedule_risk.simulate(plan, trials=trials, seed=SEED))
    memory = _peak()
    limit = _best(lambda: _bare(plan, trials))
    slow = _best(lambda: _networkx(plan), repeats=1) * trials / SLOW_TRIALS
    print(f"{ACTIVITIES:,} activities, {len(plan.net.before):,} links, {trials:,} futures")
    print(f"ours          {ours:8.2f} s, sampling and criticality included")
    print(f"bare sampling {limit:8.2f} s, NumPy's triangular law, nothing else")
    print(f"networkx      {slow:8.0f} s, forward pass alone, from {SLOW_TRIALS} futures")
    print(f"{slow / ours:,.0f} times as fast as networkx")
    sizes = (ACTIVITIES // 4, ACTIVITIES, ACTIVITIES * 4)
    cells = {count: _cost_of_a_cell(invented(count), trials) for count in sizes}
    for count, cost in cells.items():
        print(f"{count:6,} activities: {cost * 1e9:6.1f} ns per activity and future")
    large = _best(lambda: _simulated(invented(LARGE), trials), repeats=1)
    print(f"{LARGE:,} activities: {large:.1f} s")
    costs = list(cells.values())
    met = [
        _goal("s", ours, SECONDS_GOAL),
        _goal("times bare sampling", ours / limit, LIMIT_GOAL),
        _goal("GB at most", memory, MEMORY_GOAL),
        _goal(f"GB at most, {LARGE:,} activities", _peak(), LARGE_MEMORY_GOAL),
        _goal("times the cost per cell, sixteen times the size", costs[-1] / costs[0], LINEAR_GOAL),
    ]
    return 0 if all(met) else 1


def invented(count: int) -> schedule_risk.Plan:
    """Return a plan of `count` activities, the same every time."""
    chance = np.random.default_rng(SEED)
    after = np.repeat(np.arange(1, count), LINKS_EACH)
    before = np.maximum(after - chance.integers(1, 60, size=len(after)), 0)
    net = network.network(
        count, before, after, np.full(len(after), network.FS), np.zeros(len(after))
    )
    likely = chance.uniform(2, 20, count)
    struck = chance.choice(count, count // 20, replace=False)
    risks = schedule_risk.RiskEvents(
        chance.uniform(0.05, 0.5, len(struck)),
        struck,
        chance.uniform(2, 30, len(struck)),
        chance.uniform(1e3, 1e5, len(struck)),
    )
    laws = sampling.three_point(0.8 * likely, likely, 1.8 * likely)
    return schedule_risk.Plan(net, laws, np.zeros(count), np.full(count, 800.0), risks)


def _cost_of_a_cell(plan: schedule_risk.Plan, trials: int) -> float:
    return _best(lambda: _simulated(plan, trials), repeats=2) / (plan.count * trials)


def _simulated(plan: schedule_risk.Plan, trials: int) -> schedule_risk.Futures:
    return schedule_risk.simulate(plan, trials=trials, seed=SEED)


def _bare(plan: schedule_risk.Plan, trials: int) -> np.ndarray:
    laws = plan.durations
    low, likely, high = (part[:, None] for part in (laws.low, laws.likely, laws.high))
    return np.random.default_rng(SEED).triangular(low, likely, high, size=(plan.count, trials))


def _networkx(plan: schedule_risk.Plan) -> float:
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(plan.count))
    graph.add_edges_from(zip(plan.net.before.tolist(), plan.net.after.tolist(), strict=True))
    durations = _bare(plan, SLOW_TRIALS)
    order, last = list(networkx.topological_sort(graph)), 0.0
    for trial in range(SLOW_TRIALS):
        finish: dict[int, float] = {}
        for activity in order:
            begin = max((finish[other] for other in graph.predecessors(activity)), default=0.0)
            finish[activity] = begin + durations[activity, trial]
        last += max(finish.values())
    return last / SLOW_TRIALS


def _best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Shortest of some runs: what else the machine does only ever adds."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _PER_GIGABYTE


def _goal(what: str, value: float, goal: float) -> bool:
    met = value <= goal
    print(f"{value:9.2f} {what}; goal at most {goal:g}: {'met' if met else 'MISSED'}")
    return met
