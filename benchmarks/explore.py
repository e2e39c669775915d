"""How long a move of the explore notebook takes, from the slider in the kernel to its pictures."""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tpm_analytics as tpm
from tpm_analytics import charts
from tpm_analytics.explore.desk import Desk

GOAL_MS = 300.0
ROUNDS = 12
# The first rounds read what any kernel reads once: holidays, fonts, code
WARM_UP = 1
Move = tuple[str, Callable[[], Any]]


def run(arguments: Sequence[str]) -> int:
    """Move every slider and toggle many times; 1 if the slowest kind of move misses the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks explore")
    parser.add_argument("--program", default="sample:", help="a program's name or address")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="moves of each kind")
    chosen = parser.parse_args(arguments)
    charts.theme.enable()
    began = time.perf_counter()
    desk = Desk(tpm.load(chosen.program), show="named")
    print(f"loaded and first answered in {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    while desk.ask_ahead():
        pass
    spent = time.perf_counter() - began
    print(f"asked ahead of every team, as while nobody moves anything, in {spent:.1f} s")
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(chosen.rounds + WARM_UP):
        for kind, move in moves(desk, number):
            wall, processor = time.perf_counter(), time.process_time()
            move()
            times = time.perf_counter() - wall, time.process_time() - processor
            if number >= WARM_UP:
                took[kind].append((1000 * times[0], 1000 * times[1]))
        desk.reset()
    print(f"\n{'move':26}{'moves':>6}{'median':>9}{'worst':>9}{'processor':>11}   ms")
    medians = {}
    for kind, moved in took.items():
        walls, processors = zip(*moved, strict=True)
        medians[kind] = statistics.median(walls)
        print(
            f"{kind:26}{len(moved):6}{medians[kind]:9.0f}{max(walls):9.0f}"
            f"{statistics.median(processors):11.0f}"
        )
    worst = max(medians, key=lambda kind: medians[kind])
    missed = medians[worst] > GOAL_MS
    print(f"\nslowest: {worst}, {medians[worst]:.0f} ms; goal {GOAL_MS:.0f} ms", end=": ")
    print("missed" if missed else "met")
    return int(missed)


def moves(desk: Desk, number: int) -> Iterator[Move]:
    """One move of each kind, on top of those before it, as a hand makes them."""
    moved = desk.controls
    weeks = [option for option in moved.choices.weeks if option]
    yield from _set("another past", moved.weeks, weeks[number % len(weeks)] if weeks else 0)
    yield from _set("scope cut", moved.cut, 5 + 5 * (number % 10))
    sliders = list(moved.people.values())
    if sliders:
        yield from _set("people joining", sliders[number % len(sliders)], 1 + number % 4)
        yield from _set("people leaving", sliders[number % len(sliders)], -1)
    for kind, toggles in (("risk closed", moved.risks), ("dependency removed", moved.links)):
        boxes = list(toggles.values())
        if boxes:
            yield from _set(kind, boxes[number % len(boxes)], value=True)
    roles = list(moved.choices.roles)
    if moved.choices.cut:
        team = moved.choices.cut[number % len(moved.choices.cut)]
        yield "team of the work added", lambda: setattr(moved.added_to, "value", team)
        yield from _set("work added", moved.added, 5 + 5 * (number % 10))
    if roles:
        yield from _set("one of a role joins", moved.joins, roles[number % len(roles)])
        yield from _set("one of a role leaves", moved.leaves, roles[-1 - number % len(roles)])
    persons = list(moved.choices.persons)
    if persons:
        yield from _set("one person leaves", moved.leaves, persons[number % len(persons)])
    yield from _set("days off", moved.days_off, 1 + number % 9)
    teams = [value for _, value in desk.views.team.options if value]
    if teams:
        yield from _set("one team", desk.views.team, teams[number % len(teams)])
        yield from _set("all teams again", desk.views.team, "")


def _set(kind: str, widget: Any, value: object) -> Iterator[Move]:
    yield kind, lambda: setattr(widget, "value", value)
