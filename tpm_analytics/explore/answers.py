"""What one version of a program answers: when work is done, when the plan ends, who is full."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.explore.memory import Memory
from tpm_analytics.explore.plans import Plan, plan
from tpm_analytics.metrics import forecast, resources
from tpm_analytics.program import Program
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import (
    Amounts,
    Basis,
    CommonLuck,
    Deliveries,
    FinishDays,
    HowMany,
    Remaining,
    When,
    WorkDays,
)
from tpm_analytics.results.resources import Utilisation

# How sure the days told of the work are: a coin toss, and the promise most teams make
SHARES = (0.5, 0.85)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked of every version of a program.

    Attributes
    ----------
    team
        One team; empty for all. The plan's end is always that of the whole program.
    days
        How much is finished in so many days.
    weeks
        How full people are, in the week of the day it is seen from and so many after it.
    """

    team: str = ""
    days: int = 28
    weeks: int = 13


@dataclass(frozen=True, eq=False)
class Work:
    """What is left to do, on what its forecast rests, when it is done, and how much by a day.

    ``days`` and ``sure`` are what is told of the last two.
    """

    left: DataFrame[Remaining]
    basis: DataFrame[Basis]
    when: DataFrame[When]
    days: DataFrame[FinishDays]
    amounts: DataFrame[HowMany]
    sure: DataFrame[Amounts]
    by_on: pd.Timestamp


@dataclass(frozen=True, eq=False)
class Answers:
    """What one version of a program answers."""

    program: Program
    work: Work
    plan: Plan
    utilisation: DataFrame[Utilisation]


def answers(program: Program, wish: Wish, memory: Memory) -> Answers:
    """Ask one version of a program; `memory` spares what did not change since it was asked last."""
    team = _of_team(program, wish.team, memory)
    return Answers(
        program,
        _work(team, wish, memory),
        plan(program, memory),
        _utilisation(team, wish, memory),
    )


def _of_team(program: Program, team: str, memory: Memory) -> Program:
    """One team of a what-if departs from that team of the program, which was narrowed already."""
    if program.before is None or not team:
        return memory.kept("team", lambda: program.team(team), program, team)
    before = _of_team(program.before, team, memory)
    alone = replace(program, before=None)
    return memory.kept("team", lambda: replace(alone.team(team), before=before), program, team)


def _work(data: Program, wish: Wish, memory: Memory) -> Work:
    until, weeks = data.as_of, data.scenario.history_weeks
    items = memory.kept("items", lambda: _trusted(data), data.items, data.transitions, until)
    work = memory.kept("every", lambda: forecast.work(items), items)
    left = memory.kept("left", lambda: forecast.remaining(work, until=until), work, until)
    calendar = _calendar(data, items, memory)
    # what people do from now on leaves the past, and what it teaches, as it was
    past = calendar[calendar["day_on"] <= until]
    pace = memory.kept(
        "pace", lambda: forecast.pace(items, calendar, until=until), items, past, until
    )
    done = work[work["finished_on"].notna()].reset_index(drop=True)
    luck = memory.kept("luck", lambda: _luck(done, calendar, until), done, past, until)
    change = memory.kept(
        "change",
        lambda: resources.pace_change(data),
        data.people,
        data.before,
        data.scenario.ramp_up_weeks,
        until,
    )
    learned = memory.kept(
        "learned",
        lambda: forecast.with_common_luck(forecast.recent(pace, weeks=weeks), luck),
        pace,
        luck,
        weeks,
    )
    basis = memory.kept("basis", lambda: forecast.basis(learned), learned)
    by = forecast.after(until, days=wish.days)
    return memory.kept(
        "work",
        lambda: _forecast(learned, left, forecast.at_pace(calendar, change), basis, by),
        learned,
        left,
        calendar,
        change,
        by,
    )


def _trusted(data: Program) -> DataFrame[Items]:
    return forecast.trusted(data.items, forecast.doubts(data))


def _calendar(data: Program, items: DataFrame[Items], memory: Memory) -> DataFrame[WorkDays]:
    until = data.as_of
    span = memory.kept(
        "span", lambda: forecast.from_first_to_last(items, until=until), items, until
    )
    return memory.kept(
        "calendar",
        lambda: forecast.working_days(data.people, data.absences, during=span),
        data.people,
        data.absences,
        span,
    )


def _luck(
    done: DataFrame[Items], calendar: DataFrame[WorkDays], until: pd.Timestamp
) -> DataFrame[CommonLuck]:
    return forecast.common_luck(forecast.deliveries(done, calendar, until=until))


def _forecast(
    pace: DataFrame[Deliveries],
    left: DataFrame[Remaining],
    calendar: DataFrame[WorkDays],
    basis: DataFrame[Basis],
    by: pd.Timestamp,
) -> Work:
    when = forecast.joint(forecast.when(pace, left, calendar), left, pace)
    amounts = forecast.how_many(pace, left, calendar, by=by)
    days = forecast.finish_days(when, shares=SHARES)
    sure = forecast.amounts(amounts, shares=SHARES[-1:])
    return Work(left, basis, when, days, amounts, sure, by)


def _utilisation(data: Program, wish: Wish, memory: Memory) -> DataFrame[Utilisation]:
    return memory.kept(
        "utilisation",
        lambda: _usage(data, wish),
        data.people,
        data.absences,
        data.allocations,
        data.as_of,
        wish,
    )


def _usage(data: Program, wish: Wish) -> DataFrame[Utilisation]:
    during = resources.weeks_around(data.as_of, before=0, after=wish.weeks)
    capacity = resources.capacity(data.people, data.absences, during=during)
    promised = resources.allocation(data.allocations, data.people, data.absences, during=during)
    return resources.utilisation(capacity, promised, by="grouped" if wish.team else "team")
