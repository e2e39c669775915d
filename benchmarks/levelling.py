"""Schedules under limited resources, against the best that anybody knows.

The 72 problems are a sample of PSPLIB (Kolisch & Sprecher 1997), 24 each of 30, 60 and 120
activities, with the best known makespans. Each gets ten seconds on two threads, search and solver
together. The gap is how much longer ours is than the best known.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.places import SHARED_DATA
from tpm_analytics.models import levelling, network
from tpm_analytics.models.serial_schedule import Project, finish, load, project

SECONDS, WORKERS = 10.0, 2
# Mean gap allowed for each set
GOALS = {"J30": 0.0, "J60": 0.005, "J120": 0.035}


def run(arguments: Sequence[str]) -> int:
    """Solve the problems of each set; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks levelling")
    parser.add_argument("--sample", type=int, help="problems of each set; all without")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="time of each (default 10)")
    parser.add_argument("--folder", type=Path, help="of the problems")
    options = parser.parse_args(arguments)
    folder = options.folder or SHARED_DATA / "psplib"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:WORKERS])
    with (folder / "best_known.csv").open(encoding="utf-8", newline="") as file:
        best = {
            row["instance"].removesuffix(".txt"): int(row["best_known_makespan"])
            for row in csv.DictReader(file)
        }
    met = True
    print(f"{'set':5} {'problems':>8} {'best known':>10} {'proved':>7} {'mean gap':>9} {'goal':>7}")
    for kind, goal in GOALS.items():
        names = [name for name in best if name.startswith(f"{kind}_")]
        solved = [
            _solve(folder / f"{name}.txt", best[name], options.seconds)
            for name in names[:: max(1, len(names) // options.sample) if options.sample else 1]
        ]
        gaps, proved, seconds = (np.array(part) for part in zip(*solved, strict=True))
        gap = float(gaps.mean())
        reached = gap <= goal + 1e-12
        met &= reached
        counts = f"{len(gaps):8} {(gaps <= 0).sum():10} {proved.sum():7}"
        verdict = f"{'met' if reached else 'MISSED'}; {seconds.max():.1f} s the longest"
        print(f"{kind:5} {counts} {gap:9.2%} {goal:7.1%} {verdict}", flush=True)
    return 0 if met else 1


def _solve(path: Path, best: int, seconds: float) -> tuple[float, bool, float]:
    made = read(path)
    began = time.perf_counter()
    effort = levelling.Effort.within(seconds, workers=WORKERS)
    found = levelling.earliest_finish(made, effort=effort)
    took = time.perf_counter() - began
    assert (load(made, found.start) <= made.capacity).all(), path
    assert (found.start[made.after] >= found.start[made.before] + made.gap).all(), path
    assert int(finish(made, found.start[None])[0]) == found.finish >= found.bound, path
    return found.finish / best - 1, found.proved, took


def read(path: Path) -> Project:
    """Read a problem in Patterson's format."""
    numbers = [int(word) for word in path.read_text(encoding="ascii").split()]
    count, resources = numbers[:2]
    capacity, place = np.array(numbers[2 : 2 + resources]), 2 + resources
    duration, demand, before, after = [], [], [], []
    for activity in range(count):
        duration.append(numbers[place])
        demand.append(numbers[place + 1 : place + 1 + resources])
        place += 1 + resources
        followers = numbers[place + 1 : place + 1 + numbers[place]]
        place += 1 + len(followers)
        before += [activity] * len(followers)
        after += [follower - 1 for follower in followers]
    kinds, lags = np.full(len(before), network.FS), np.zeros(len(before), dtype=int)
    return project(
        np.array(duration),
        (np.array(before), np.array(after), kinds, lags),
        demand=np.array(demand),
        capacity=capacity,
    )
