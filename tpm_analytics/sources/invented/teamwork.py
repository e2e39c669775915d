"""Two-week sprints played out: who picks which item when, how it moves, what is carried over.

Nothing here is chance: what an item meets was decided in `backlog`, so that the same items always
take the same way. Hours are working hours of the team's clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import clock, story
from tpm_analytics.sources.invented.staff import BUILDERS, each

NEVER = float("inf")
OPTIMISM = 1.05
REMEMBERED_SPRINTS = 3
FIRST_TARGET = 38.0
MOST_CARRIES = 8
LAST_START_HOURS = 5.0
REFINED_AHEAD = 8
STARTS_AT, ENDS_BEFORE, CLOSED_AFTER = 1.0, 0.5, 0.3
REMOVED_WHIMS = (0.30, 0.34)
STALLED_WHIM = 0.996
IDLE_HOURS = 4.0
# Hours by which a whim puts an item behind in its sprint: some are passed over again and again.
# Each time it was carried over brings it forward again.
UNLOVED, PATIENCE = 2000.0, 300.0


class Move(NamedTuple):
    """An item enters a status."""

    item: int
    hour: float
    status: str


class Entry(NamedTuple):
    """An item enters a sprint; `removed` is never unless it was taken out again."""

    team: str
    sprint: int
    item: int
    added: float
    removed: float = NEVER


class Work(NamedTuple):
    """A person builds an item."""

    item: int
    person_id: str
    begun: float
    ended: float


class Builder(NamedTuple):
    """A person who picks items: from when to when, and the hours away in between."""

    person_id: str
    joins: float
    leaves: float
    away: tuple[tuple[float, float], ...]

    def free(self, hour: float) -> float:
        """First hour from `hour` on at which this person is there."""
        at = max(hour, self.joins)
        for gone, back in self.away:
            if gone <= at < back:
                at = back
        return at if at < self.leaves else NEVER


@dataclass
class Bench:
    """Where a team stands while its sprints are played."""

    team: story.Team
    place: clock.Clock
    builders: Sequence[Builder]
    backlog: list[int]
    free_at: dict[str, float]
    scope: list[int] = field(default_factory=list)
    velocities: list[float] = field(default_factory=list)


@dataclass
class Played:
    """All that happened."""

    moves: list[Move] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    begun: dict[int, float] = field(default_factory=dict)
    ready: dict[int, float] = field(default_factory=dict)
    finished: dict[int, float] = field(default_factory=dict)
    carries: dict[int, int] = field(default_factory=dict)
    returned: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    test_free: dict[str, float] = field(default_factory=dict)

    def move(self, item: int, hour: float, status: str) -> None:
        """Note that `item` enters `status`."""
        self.moves.append(Move(item, hour, status))


def play(work: pd.DataFrame, staff: pd.DataFrame, absences: pd.DataFrame) -> Played:
    """Play every sprint of every team, in step, because two teams come to share one tester."""
    items = each(work)
    benches = [_bench(team, items, staff, absences) for team in story.TEAMS]
    played = Played()
    for item in items:
        played.move(item.Index, item.created_hour, "Backlog")
    waiting: list[tuple[float, int]] = []
    for number in range(story.SPRINTS):
        for bench in benches:
            _plan(bench, number, items, played)
            waiting += _build(bench, number, items, played)
        horizon = {bench.team.name: window(bench.place, number)[1] for bench in benches}
        waiting = _test(waiting, horizon, items, played)
        for bench in benches:
            _score(bench, number, items, played)
    for item in items:
        _end(item, played)
    return played


def window(place: clock.Clock, number: int) -> tuple[float, float]:
    """Hours at which a sprint begins, a Monday at ten, and ends, on Friday of the next week."""
    monday = np.datetime64(story.FIRST_SPRINT) + number * story.SPRINT_DAYS
    begins = place.hour_of(monday) + STARTS_AT
    return begins, place.hour_of(monday + story.SPRINT_DAYS) - ENDS_BEFORE


def pace(team: story.Team, place: clock.Clock, hour: float) -> float:
    """Working hours a point takes the team at that hour."""
    done = hour / place.hour_of(story.LAST_DAY)
    usual = team.pace_first + (team.pace_last - team.pace_first) * done
    if team.name != story.SLIPPING:
        return usual
    begin, end = place.hour_of(story.SLIP_BEGINS), place.hour_of(story.SLIP_ENDS)
    slipped = min(max((hour - begin) / (end - begin), 0.0), 1.0)
    return usual * (1.0 + (story.SLIP_PACE - 1.0) * slipped)


def _bench(
    team: story.Team, items: Sequence[Any], staff: pd.DataFrame, absences: pd.DataFrame
) -> Bench:
    place = clock.of(team.time_zone, team.country)
    away = absences.groupby("person_id")
    builders = [
        Builder(
            person.person_id,
            place.hour_of(person.joined_on),
            NEVER if pd.isna(person.left_on) else place.hour_of(person.left_on),
            tuple(
                (place.hour_of(gone.from_on), place.hour_of(gone.to_on) + clock.HOURS_A_DAY)
                for gone in each(away.get_group(person.person_id))
            )
            if person.person_id in away.groups
            else (),
        )
        for person in each(staff[staff["team"] == team.name])
        if person.role in BUILDERS
    ]
    waiting = [item for item in items if item.team == team.name and not item.given_up]
    backlog = [item.Index for item in sorted(waiting, key=lambda item: item.rank)]
    return Bench(team, place, builders, backlog, {one.person_id: 0.0 for one in builders})


def _plan(bench: Bench, number: int, items: Sequence[Any], played: Played) -> None:
    """Take what was carried over, then the next of the backlog up to what the team trusts in."""
    begins, _ = window(bench.place, number)
    carried = [item for item in bench.scope if played.finished.get(item, NEVER) > begins]
    for item in carried:
        played.carries[item] = played.carries.get(item, 0) + 1
    bench.scope = [item for item in carried if played.carries[item] <= MOST_CARRIES]
    dropped = [item for item in carried if item not in bench.scope and item not in played.begun]
    bench.backlog = dropped + bench.backlog
    for item in bench.scope:
        closed = begins - STARTS_AT - ENDS_BEFORE + CLOSED_AFTER
        added = closed if number else begins - 0.2
        played.entries.append(Entry(bench.team.name, number, item, added))
    points = sum(items[item].size for item in bench.scope)
    target = _target(bench, begins)
    for item in _known(bench, items, begins - 1.0):
        if points >= target:
            break
        points += items[item].size
        bench.scope.append(item)
        added = max(begins - 0.2 - 5 * items[item].whim, items[item].created_hour)
        _refine(item, added - 40 * items[item].whim, items, played)
        played.entries.append(Entry(bench.team.name, number, item, added))
    bench.backlog = [item for item in bench.backlog if item not in bench.scope]
    for item in _known(bench, items, begins)[:REFINED_AHEAD]:
        _refine(item, begins + 60 * items[item].whim, items, played)


def _target(bench: Bench, begins: float) -> float:
    """Points the team plans for: what it did of late, or more when it wants to catch up."""
    known = bench.velocities
    if not known:
        return FIRST_TARGET
    slips = bench.place.hour_of(story.SLIP_BEGINS)
    if bench.team.name != story.SLIPPING or begins < slips:
        recent = known[-REMEMBERED_SPRINTS:]
        return OPTIMISM * sum(recent) / len(recent)
    before = [
        velocity for number, velocity in enumerate(known) if window(bench.place, number)[0] < slips
    ]
    return story.SLIP_CATCHING_UP * sum(before) / len(before)


def _known(bench: Bench, items: Sequence[Any], hour: float) -> list[int]:
    return [item for item in bench.backlog if items[item].created_hour <= hour]


def _refine(item: int, hour: float, items: Sequence[Any], played: Played) -> None:
    if item not in played.ready:
        played.ready[item] = max(hour, items[item].created_hour + 0.1)
        played.move(item, played.ready[item], "Ready")


def _build(
    bench: Bench, number: int, items: Sequence[Any], played: Played
) -> list[tuple[float, int]]:
    """Let builders pick items until the sprint ends; returns what becomes ready for test when."""
    begins, ends = window(bench.place, number)
    queue = [item for item in bench.scope if item not in played.begun]
    queue.sort(
        key=lambda item: (
            items[item].rank + UNLOVED * items[item].whim - PATIENCE * played.carries.get(item, 0)
        )
    )
    queue = _removed(bench, number, queue, items, played)
    handed_over: list[tuple[float, int]] = []
    while True:
        free = {
            one.person_id: one.free(max(bench.free_at[one.person_id], begins))
            for one in bench.builders
        }
        person = min(free, key=lambda name: free[name])
        hour = free[person]
        if hour > ends - LAST_START_HOURS:
            return handed_over
        item = _pulled(bench, number, hour, items, played) if not queue else queue.pop(0)
        if item is None:
            bench.free_at[person] = hour + IDLE_HOURS
            continue
        done = _make(items[item], person, hour, bench, played)
        bench.free_at[person] = done.ended + items[item].pause
        if items[item].whim < STALLED_WHIM:
            handed_over.append((_review(items[item], done.ended, played), item))


def _removed(
    bench: Bench, number: int, queue: list[int], items: Sequence[Any], played: Played
) -> list[int]:
    """Take some of what has not begun out of the sprint again, behind what is refined."""
    begins, ends = window(bench.place, number)
    low, high = REMOVED_WHIMS
    gone = [item for item in queue if low <= items[item].whim < high and item not in played.removed]
    played.removed.update(gone)
    for item in gone:
        place = max(at for at, entry in enumerate(played.entries) if entry.item == item)
        removed = begins + (ends - begins) * (0.1 + (items[item].whim - low) * 10)
        played.entries[place] = played.entries[place]._replace(removed=removed)
        bench.scope.remove(item)
    bench.backlog[REFINED_AHEAD:REFINED_AHEAD] = gone
    return [item for item in queue if item not in gone]


def _pulled(
    bench: Bench, number: int, hour: float, items: Sequence[Any], played: Played
) -> int | None:
    """Pull the next item of the backlog into the running sprint."""
    known = _known(bench, items, hour - 0.5)
    if not known:
        return None
    item = known[0]
    bench.backlog.remove(item)
    bench.scope.append(item)
    played.entries.append(Entry(bench.team.name, number, item, hour - 0.1))
    return item


def _make(item: Any, person: str, hour: float, bench: Bench, played: Played) -> Work:
    begun = max(hour, played.ready.get(item.Index, 0.0) + 0.1)
    ended = begun + item.size * pace(bench.team, bench.place, begun) * item.effort
    played.begun[item.Index] = begun
    played.move(item.Index, begun, "In Progress")
    done = Work(item.Index, person, begun, ended)
    played.works.append(done)
    return done


def _review(item: Any, hour: float, played: Played) -> float:
    """Pass the review, at the second attempt if it returns; returns when it waits for a test."""
    played.move(item.Index, hour, "Code Review")
    hour += item.review
    if item.review_returns:
        played.move(item.Index, hour, "In Progress")
        played.move(item.Index, hour + 0.6 * item.rework, "Code Review")
        hour += 0.6 * item.rework + 0.5 * item.review
    played.move(item.Index, hour, "Ready for Test")
    return hour


def _test(
    waiting: list[tuple[float, int]],
    horizon: Mapping[str, float],
    items: Sequence[Any],
    played: Played,
) -> list[tuple[float, int]]:
    """Story 2: each tester takes what waited longest; what fails goes back to be mended once.

    Returns what becomes ready after the team's `horizon`: others may come before it.
    """
    due = [(hour, item) for hour, item in waiting if hour <= horizon[items[item].team]]
    later = [(hour, item) for hour, item in waiting if hour > horizon[items[item].team]]
    heapq.heapify(due)
    while due:
        hour, number = heapq.heappop(due)
        item = items[number]
        tester, speed = _tester(item.team, hour)
        begun = max(hour, played.test_free.get(tester, 0.0))
        ended = begun + item.test * (0.6 + 0.15 * item.size) / speed
        played.test_free[tester] = ended
        played.move(number, begun, "In Test")
        if not item.test_returns or number in played.returned:
            played.move(number, ended, "Done")
            played.finished[number] = ended
            continue
        again = ended + item.rework + 0.4 * item.review
        played.returned.add(number)
        played.move(number, ended, "In Progress")
        played.move(number, ended + item.rework, "Code Review")
        played.move(number, again, "Ready for Test")
        if again <= horizon[item.team]:
            heapq.heappush(due, (again, number))
        else:
            later.append((again, number))
    return later


def _tester(team: str, hour: float) -> tuple[str, float]:
    """Who tests for the team at that hour, and how fast."""
    own = story.team_named(team)
    shared = story.TEST_MERGED_INTO
    place = clock.of(own.time_zone, own.country)
    merged = place.hour_of(story.TEST_MERGED_ON)
    if team not in (*shared, *shared.values()) or hour < merged:
        return team, own.test_speed
    gone = (hour - merged) / (place.hour_of(story.LAST_DAY) - merged)
    speed = story.TEST_SPEED_FIRST + (story.TEST_SPEED_LAST - story.TEST_SPEED_FIRST) * gone
    return shared.get(team, team), speed


def _score(bench: Bench, number: int, items: Sequence[Any], played: Played) -> None:
    begins, ends = window(bench.place, number)
    done = [item for item in bench.scope if begins < played.finished.get(item, NEVER) <= ends]
    bench.velocities.append(sum(items[item].size for item in done))


def _end(item: Any, played: Played) -> None:
    """Cancel what was given up."""
    if item.given_up:
        played.move(item.Index, item.created_hour + 60 + 1800 * item.whim, "Cancelled")
