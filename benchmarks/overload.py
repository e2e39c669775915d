"""Who is promised too often among ten thousand people in two years of weeks.

Counted is all from the checked tables to the answer: capacity with holidays and absences, hours
promised, utilisation of each person and the runs of overload. The reference is NumPy adding up
as many promised shares by person and week and doing nothing else, the least that can be done.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tpm_analytics.metrics import resources
from tpm_analytics.program import Program

PEOPLE = 10_000
WEEKS = 104
ALLOCATIONS = 5
ROUNDS = 3
SECONDS_GOAL = 2.0
_MONDAY = pd.Timestamp("2024-01-01")
_COUNTRIES = ("ES", "IN", "DE", "US", "GB", "PL")


def run(arguments: Sequence[str]) -> int:
    """Measure detection and the reference; return 1 if the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks overload")
    parser.add_argument("--people", type=int, default=PEOPLE, help="people in the program")
    options = parser.parse_args(arguments)
    program = _program(options.people)
    during = (_MONDAY, _MONDAY + pd.Timedelta(days=7 * WEEKS - 1))
    _detected(_program(20), during)
    seconds, found = _best(lambda: _detected(program, during))
    person = np.repeat(np.arange(options.people), WEEKS * ALLOCATIONS)
    week = np.tile(np.repeat(np.arange(WEEKS), ALLOCATIONS), options.people)
    share = np.tile(program.allocations["share"].to_numpy(), WEEKS)
    bare, _ = _best(
        lambda: np.bincount(person * WEEKS + week, weights=share, minlength=options.people * WEEKS)
    )
    met = seconds <= SECONDS_GOAL
    print(f"{options.people:,} people x {WEEKS} weeks x {ALLOCATIONS} allocations each")
    print(f"ours       {seconds:.2f} s, {int(found['people'].sum()):,} overloads of single persons")
    print(f"reference  {bare:.2f} s, NumPy adding up the shares")
    print(f"ratio      {seconds / bare:.1f}")
    print(f"goal       {SECONDS_GOAL:.0f} s   {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _detected(program: Program, during: tuple[pd.Timestamp, pd.Timestamp]) -> pd.DataFrame:
    people, absences = program.people, program.absences
    capacity = resources.capacity(people, absences, during=during)
    allocated = resources.allocation(program.allocations, people, absences, during=during)
    usage = resources.utilisation(capacity, allocated, by="named")
    return resources.overloads(usage, allocated)


def _best(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the quickest round, and its answer."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - began)
    return min(taken), answer


def _program(count: int) -> Program:
    """Invent people of 40 teams, each promised five times over all the weeks."""
    chance = np.random.default_rng(1)
    number = np.arange(count)
    keys = np.char.add("P-", number.astype(str))
    people = pd.DataFrame(
        {
            "person_id": keys,
            "team": np.char.add("Team ", (number % 40).astype(str)),
            "role": np.array(["Engineer", "Tester", "Designer", "Analyst"])[number % 4],
            "country": np.array(_COUNTRIES)[number % len(_COUNTRIES)],
            "hours_per_week": 40.0,
        }
    )
    away = _MONDAY + pd.to_timedelta(chance.integers(7 * WEEKS, size=2 * count), unit="D")
    absences = pd.DataFrame(
        {
            "person_id": np.tile(keys, 2),
            "from_on": away,
            "to_on": away + pd.to_timedelta(chance.integers(14, size=2 * count), unit="D"),
        }
    )
    rows = count * ALLOCATIONS
    allocations = pd.DataFrame(
        {
            "person_id": np.repeat(keys, ALLOCATIONS),
            "workstream": np.char.add("Stream ", chance.integers(30, size=rows).astype(str)),
            "from_on": _MONDAY,
            "to_on": _MONDAY + pd.Timedelta(days=7 * WEEKS - 1),
            # a mean of 0.9 in all: a third of the people are promised too often
            "share": chance.uniform(0.05, 0.31, size=rows),
        }
    )
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2024-01-01T09:00Z"]})
    return Program.from_tables(
        {"items": items, "people": people, "absences": absences, "allocations": allocations}
    )
