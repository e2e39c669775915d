"""The unfinished work on common working days, and the people it shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule.plan import Plan, as_days, labels, plan_of
from tpm_analytics.models import network
from tpm_analytics.models.serial_schedule import Project, earliest_starts, lacking
from tpm_analytics.program import Program
from tpm_analytics.program.tables import Absences, ActivityDemand, People
from tpm_analytics.results.schedule import DaysOff

# Demands are told in hundredths of a person, since the solver counts in whole numbers
HUNDREDTHS = 100
# Holidays are in everybody's plan; who is away for longer is missing from it
LONG_ABSENCE_DAYS = 28


@dataclass(frozen=True, eq=False)
class SharedWork:
    """Unfinished activities as a project of whole common working days from tomorrow on.

    Attributes
    ----------
    plan
        The schedule they are part of.
    rows
        Positions of the unfinished activities in it.
    project
        The activities, and last one that takes no time and holds the days none can begin before.
    needs
        Who each activity needs, one text each, by ``activity_id``.
    resources
        Names of the resources, a row of the project's capacity each.
    grid
        The working days; day 0 of the project is the first.
    week
        Whether they lie on each day of the week, Monday being 0, if no holiday does.
    """

    plan: Plan
    rows: np.ndarray
    project: Project
    needs: pd.Series
    resources: pd.Index
    grid: np.ndarray
    week: np.ndarray

    def starts_on(self, place: np.ndarray, length: np.ndarray) -> np.ndarray:
        """Days on which work of that length begins at each place; without length, as it ends."""
        return self.grid[np.where(length > 0, place, np.maximum(place - 1, 0))]

    def ends_on(self, place: np.ndarray) -> np.ndarray:
        """Days on which work that ends before each place ends."""
        return self.grid[np.maximum(place - 1, 0)]


def shared_work(
    program: Program, *, days_off: DataFrame[DaysOff] | None = None
) -> SharedWork | None:
    """The unfinished work and the people it shares, ready to be levelled.

    Parameters
    ----------
    program
        Reads ``activities``, ``links``, ``activity_demand``, ``people`` (``team``, ``role``,
        ``skills``, ``joined_on``, ``left_on``), ``absences`` and ``as_of``.
    days_off
        As in `schedule.schedule`.

    Returns
    -------
    SharedWork or None
        What the other measures of levelling take; None where no unfinished activity needs
        anybody, or nobody's role or skill is known.

    Raises
    ------
    InvalidTableError
        As `schedule.schedule`.
    """
    ActivityDemand.require(program.activity_demand, "activity_id", "resource", "units")
    People.require(program.people, "person_id", "team", "role", "skills", "joined_on", "left_on")
    Absences.require(program.absences, "person_id", "from_on", "to_on")
    if program.activities.empty or program.people[["role", "skills"]].isna().all(axis=None):
        return None
    plan = plan_of(program.activities, program.links, until=program.as_of, days_off=days_off)
    rows = np.flatnonzero(~plan.finished)
    needs = needs_of(program, plan.activities.iloc[rows])
    if needs.empty:
        return None
    grid, zero = _grid(plan, rows, program.as_of)
    duration = np.append(_lengths(plan, rows, grid, program.as_of), 0)
    links, floor = _ties(plan, rows, grid, zero)
    resources = pd.Index(sorted(needs["resource"].unique()), name="resource")
    demand = np.zeros((len(duration), len(resources)), dtype=np.int64)
    holder = pd.Index(plan.activities["activity_id"].iloc[rows]).get_indexer(needs["activity_id"])
    units = np.ceil(needs["units"] * HUNDREDTHS - 1e-6).astype(np.int64)
    np.add.at(demand, (holder, resources.get_indexer(needs["resource"])), units)
    there = heads(program, resources, grid[zero:])
    changes = np.flatnonzero(np.diff(there, axis=1).any(axis=0))
    lag = np.maximum(links[3], 0).sum() + floor.max(initial=0)
    horizon = int(duration.sum() + lag + (changes[-1] + 1 if len(changes) else 0)) + 1
    missing = max(0, horizon - there.shape[1])
    week = _week(plan, rows)
    grid = longer(grid[zero:], missing, week)
    project = Project(
        duration=duration,
        before=np.append(links[0], np.full(len(rows), len(rows))),
        after=np.append(links[1], np.arange(len(rows))),
        kind=np.append(links[2], np.full(len(rows), network.SS)),
        lag=np.append(links[3], floor),
        demand=demand,
        capacity=HUNDREDTHS * np.pad(there, ((0, 0), (0, missing)), mode="edge")[:, :horizon],
    )
    return SharedWork(plan, rows, project, _texts(needs), resources, grid, week)


def needs_of(program: Program, activities: pd.DataFrame) -> pd.DataFrame:
    """Who each of the activities needs, by ``resource``: a role of its team, or of the program.

    A role that some team asks for and has not is shared by all.
    """
    owner = activities[["activity_id", "team"]].astype("str")
    asked = program.activity_demand.astype({"resource": "str"}).merge(owner, on="activity_id")
    asked = asked[asked["units"] > 0]
    asked = asked.assign(role=asked["resource"].str.strip())
    key = asked["role"].str.casefold()
    held = _held(program.people[~(program.people["left_on"] <= program.as_of)])
    own = pd.Index(held["team"].fillna("") + "\n" + held["key"])
    at_home = pd.Series((asked["team"].fillna("") + "\n" + key).isin(own), index=asked.index)
    at_home &= asked["team"].notna()
    apart = at_home.groupby(key).transform("all").astype(bool)
    name = asked["role"].groupby(key).transform("first")
    resource = (asked["team"] + " · " + name).where(apart, name)
    told = asked.assign(resource=resource)[["activity_id", "resource", "units"]]
    return told.groupby(["activity_id", "resource"], as_index=False, sort=False)["units"].sum()


def heads(program: Program, resources: pd.Index, days: np.ndarray) -> np.ndarray:
    """People of each resource who are there on each day, long absences taken off."""
    people, absences = program.people.reset_index(drop=True), program.absences
    joined, left = as_days(people["joined_on"])[:, None], as_days(people["left_on"])[:, None]
    there = ~(days < joined) & ~(days > left)
    person = pd.Index(people["person_id"]).get_indexer(absences["person_id"])
    length = (absences["to_on"] - absences["from_on"]).dt.days + 1
    long = (person >= 0) & (length >= LONG_ABSENCE_DAYS).to_numpy()
    begin, end = as_days(absences["from_on"])[long], as_days(absences["to_on"])[long]
    for who, first, last in zip(person[long], begin, end, strict=True):
        there[who] &= ~((days >= first) & (days <= last))
    held = _held(people)
    by_role = held.groupby("key")["person"].unique()
    by_team = held.groupby(held["team"] + " · " + held["key"])["person"].unique()
    counted = np.zeros((len(resources), len(days)), dtype=np.int64)
    for row, name in enumerate(resources):
        team, _, role = str(name).rpartition(" · ")
        group, key = (
            (by_team, f"{team} · {role.casefold()}") if team else (by_role, role.casefold())
        )
        counted[row] = there[group.get(key, np.array([], dtype=np.intp))].sum(axis=0)
    return counted


def lacks(work: SharedWork) -> np.ndarray:
    """Pairs (activity, resource) that can never be done, or not by those who stay."""
    never = lacking(work.project)
    if len(never):
        return never
    busy = work.project.demand > work.project.capacity[:, -1]
    return np.argwhere(busy & (work.project.duration > 0)[:, None])


def places(work: SharedWork, levelled: pd.DataFrame) -> np.ndarray:
    """Levelled start of each activity, by place."""
    moved = levelled.set_index("activity_id")["moved_days"]
    keys = work.plan.activities["activity_id"].iloc[work.rows]
    shift = moved.reindex(keys).fillna(0).to_numpy(dtype=np.int64)
    return earliest_starts(work.project) + np.append(shift, 0)


def shown_names(work: SharedWork) -> pd.Series:
    """Names of the unfinished activities, with the key where two share one."""
    table = work.plan.activities
    return labels(table["activity_id"], table["name"]).iloc[work.rows]


def _texts(needs: pd.DataFrame) -> pd.Series:
    text = needs["units"].map("{:g} ".format) + needs["resource"]
    return text.groupby(needs["activity_id"]).agg(", ".join)


def _held(people: pd.DataFrame) -> pd.DataFrame:
    """Roles and skills: ``person`` (position), ``team``, ``key``."""
    positions = people.reset_index(drop=True)
    held = pd.concat(
        [positions["skills"].str.split(";").explode(), positions["role"].astype("str")]
    )
    held = held.astype("str").str.strip()
    held = held[held.notna() & (held != "")]
    team = positions["team"].astype("str").reindex(held.index)
    told = pd.DataFrame({"person": held.index, "team": team.to_numpy(), "key": held.to_numpy()})
    return told.assign(key=told["key"].str.casefold()).drop_duplicates(ignore_index=True)


def _grid(plan: Plan, rows: np.ndarray, until: pd.Timestamp) -> tuple[np.ndarray, int]:
    """Days that most of the unfinished activities work on, and the place of the first to come."""
    time = plan.time
    activities = np.bincount(time.calendar[rows], minlength=len(time.worked))
    working = (np.diff(time.worked, axis=1) > 0).T @ activities
    days = time.first + np.flatnonzero(working * 2 > activities.sum()).astype("timedelta64[D]")
    return days, int(np.searchsorted(days, np.datetime64(until, "D"), "right"))


def _week(plan: Plan, rows: np.ndarray) -> np.ndarray:
    """Days of the week that most of the unfinished activities work on."""
    activities = np.bincount(plan.time.calendar[rows], minlength=len(plan.time.week))
    worked: np.ndarray = activities @ plan.time.week * 2 > activities.sum()
    return worked


def _lengths(plan: Plan, rows: np.ndarray, grid: np.ndarray, until: pd.Timestamp) -> np.ndarray:
    """Common working days each takes where it lies today: holidays of its own team are in it."""
    left = plan.left[rows, 0]
    tomorrow = np.datetime64(until, "D") + 1
    start = np.maximum(plan.time.days(plan.early.start[:, 0], at_end=False)[rows], tomorrow)
    end = np.maximum(plan.time.days(plan.early.finish[:, 0], at_end=True)[rows], start)
    calendar = plan.time.calendar[rows]
    first, last = ((day - plan.time.first).astype(np.int64) for day in (start, end + 1))
    own = plan.time.worked[calendar, last] - plan.time.worked[calendar, first]
    common = np.searchsorted(grid, end, "right") - np.searchsorted(grid, start, "left")
    whole = np.ceil(left - 1e-6) + np.round(common - own)
    return np.where(left > 0, np.maximum(whole, 1), 0).astype(np.int64)


def longer(grid: np.ndarray, days: int, week: np.ndarray) -> np.ndarray:
    """Return the grid and so many days more of its week."""
    more = np.busday_offset(grid[-1], np.arange(1, days + 2), roll="backward", weekmask=week)
    return np.concatenate([grid, more])


def _ties(
    plan: Plan, rows: np.ndarray, grid: np.ndarray, zero: int
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Links between unfinished activities, and the day before which none can begin.

    What waits for something that has happened already waits for a day, not for an activity.
    """
    place = np.full(len(plan.finished), -1)
    place[rows] = np.arange(len(rows))
    tied = plan.links[plan.links["binding"]]
    code, lag = tied["code"].to_numpy(), np.ceil(tied["lag"].to_numpy() - 1e-6).astype(np.int64)
    before, after = tied["before"].to_numpy(), tied["after"].to_numpy()
    from_start = np.isin(code, (network.SS, network.SF))
    happened = plan.finished[before] | (from_start & ~np.isnan(plan.begun[before]))
    floor = _place(plan.time.days(plan.earliest, at_end=False)[rows], grid, zero, side="left")
    begun = plan.time.days(plan.early.start[:, 0], at_end=False)
    ended = plan.time.days(plan.early.finish[:, 0], at_end=True)
    since = np.where(
        from_start,
        _place(begun, grid, zero, side="left")[before],
        _place(ended, grid, zero, side="right")[before],
    )
    length = np.ceil(plan.left[:, 0] - 1e-6).astype(np.int64)
    to_end = np.isin(code, (network.FF, network.SF))
    ready = since + lag - np.where(to_end, length[after], 0)
    ours = happened & (place[after] >= 0)
    np.maximum.at(floor, place[after[ours]], ready[ours])
    both = ~happened & (place[before] >= 0) & (place[after] >= 0)
    links = (place[before[both]], place[after[both]], code[both], lag[both])
    return links, np.maximum(floor, 0)


def _place(days: np.ndarray, grid: np.ndarray, zero: int, *, side: str) -> np.ndarray:
    places: np.ndarray = np.searchsorted(grid, days, side) - zero  # type: ignore[call-overload]
    return places
