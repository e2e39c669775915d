"""What can be made otherwise in a program: the ends of sliders and the names of toggles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from tpm_analytics.explore.plans import days_off, steps
from tpm_analytics.metrics import forecast, schedule
from tpm_analytics.metrics.resources.groups import Show, check_shown
from tpm_analytics.program import Program
from tpm_analytics.program.risk_state import risk_label, risk_state
from tpm_analytics.results.forecast import ALL_TEAMS

# More would not fit beside the answers; the rest can be written into the scenario's file
MOST_TEAMS, MOST_TOGGLES = 8, 10
# Weeks of the past to learn from: two months, quarters of a year, years
WEEKS = (8, 13, 26, 39, 52, 78, 104)
ALL_HISTORY = 0
ARROW, MIDDLE = " → ", " · "
Meant = TypeVar("Meant")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be made otherwise; empty where the source lacks what it takes.

    Attributes
    ----------
    teams
        Teams with people, and how many each has.
    roles
        Team and role by what they are called: who can join, and who can leave without a name.
    persons
        Keys of people by what they are called; nobody unless persons may be named.
    cut
        Teams with open work.
    weeks
        Weeks of the past that a forecast may learn from; 0 for all of it comes last.
    risks
        Keys of open risks by what they are called, the one that delays most first.
    links
        Ends of links of the plan by what they are called, those that set dates first.
    workdays
        Days to come on which at least half of the people work: those that can be given off. None
        where nobody is known who could have one.
    tomorrow
        First day that can be otherwise.
    """

    teams: dict[str, int]
    roles: dict[str, tuple[str, str]]
    persons: dict[str, str]
    cut: tuple[str, ...]
    weeks: tuple[int, ...]
    risks: dict[str, str]
    links: dict[str, tuple[str, str]]
    workdays: pd.DatetimeIndex
    tomorrow: pd.Timestamp


def choices(program: Program, *, show: Show = "grouped") -> Choices:
    """Look up what can be made otherwise in a program; ``show="named"`` offers single persons."""
    check_shown(show)
    until, there = program.as_of, _there(program)
    called = there["team"].astype("str").str.cat(there["role"].astype("str"), sep=MIDDLE)
    roles = there.assign(called=called).dropna(subset="called").drop_duplicates("called")
    persons = there["person_id"].astype("str") + (" (" + called + ")").fillna("")
    return Choices(
        teams=_teams(there),
        roles=_by_name(roles["called"], zip(roles["team"], roles["role"], strict=True)),
        persons=_by_name(persons, there["person_id"]) if show == "named" else {},
        cut=_with_open_work(program),
        weeks=_weeks(program),
        risks=_risks(program),
        links=_links(program),
        workdays=_workdays(program),
        tomorrow=until + pd.Timedelta(days=1),
    )


def _there(program: Program) -> pd.DataFrame:
    """People who can leave tomorrow."""
    people, tomorrow = program.people, program.as_of + pd.Timedelta(days=1)
    return people[~(people["left_on"] < tomorrow) & ~(people["joined_on"] > tomorrow)]


def _by_name(names: pd.Series, meant: Iterable[Meant]) -> dict[str, Meant]:
    return dict(sorted(zip(map(str, names), meant, strict=True)))


def _teams(there: pd.DataFrame) -> dict[str, int]:
    sizes = there["team"].astype("str").dropna().value_counts().head(MOST_TEAMS)
    return {str(team): int(sizes[team]) for team in sorted(sizes.index)}


def _with_open_work(program: Program) -> tuple[str, ...]:
    work = forecast.work(program.items)
    teams = work.loc[work["finished_on"].isna(), "team"].dropna()
    return tuple(sorted(map(str, teams.unique())))


def _weeks(program: Program) -> tuple[int, ...]:
    first = program.items["finished_on"].min()
    known = 0 if pd.isna(first) else (program.as_of - first).days // 7
    return (*(weeks for weeks in WEEKS if weeks < known), ALL_HISTORY)


def _risks(program: Program) -> dict[str, str]:
    risks = program.risks[risk_state(program.risks) == "open"]
    weight = risks["probability"].fillna(0) * risks["impact_days"].fillna(0)
    first = risks.loc[weight.sort_values(ascending=False, kind="stable").index[:MOST_TOGGLES]]
    return dict(zip(risk_label(first), first["risk_id"], strict=True))


def _workdays(program: Program) -> pd.DatetimeIndex:
    """Days to come, as far as forecasts look, that the people work by their own calendars."""
    if not program.has("people"):
        return pd.DatetimeIndex([])
    tomorrow = program.as_of + pd.Timedelta(days=1)
    _, last = forecast.from_first_to_last(program.items, until=program.as_of)
    days = forecast.working_days(program.people, program.absences, during=(tomorrow, last))
    all_of_them = (days["team"] == ALL_TEAMS) & days["working"]
    return pd.DatetimeIndex(days.loc[all_of_them, "day_on"])


def _links(program: Program) -> dict[str, tuple[str, str]]:
    off = days_off(program)
    plan = steps(program, off)
    tied = schedule.driving_links(plan.activities, plan.links, until=program.as_of, days_off=off)
    held = tied.dropna(subset="gap_days").sort_values(
        ["critical", "gap_days"], ascending=[False, True], kind="stable"
    )
    # what links between items imply for their epics is nothing that one link removed takes away
    ends = ["from_id", "to_id"]
    own = pd.MultiIndex.from_frame(held[ends]).isin(pd.MultiIndex.from_frame(program.links[ends]))
    first = held[own].drop_duplicates(ends).head(MOST_TOGGLES)
    names = (
        first["from_name"].fillna(first["from_id"])
        + ARROW
        + first["to_name"].fillna(first["to_id"])
    )
    pairs = zip(map(str, first["from_id"]), map(str, first["to_id"]), strict=True)
    return dict(zip(map(str, names), pairs, strict=True))
