"""How full people's time is: of groups and weeks, so far and to come."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.resources.groups import (
    ROUNDING,
    By,
    Show,
    check_shown,
    columns_of,
    labelled,
)
from tpm_analytics.program.keys import looked_up
from tpm_analytics.program.tables import People
from tpm_analytics.results.resources import Allocated, Capacity, Load, Promised, Room, Utilisation

SO_FAR, TO_COME = WHEN = ("so far", "to come")
# Where bands of utilisation end; 100 % is full and not yet too much
EDGES = (0.0, 0.5, 0.8, 1.0, 1.2)
LOADS = ("nothing", "up to 50 %", "50 to 80 %", "80 to 100 %", "100 to 120 %", "above 120 %")
# the bands from here on are more than full
FULL = 4
HOURS = ["capacity_hours", "allocated_hours", "free_hours", "beyond_hours"]


def utilisation(
    capacity: DataFrame[Capacity], allocated: DataFrame[Allocated], *, by: By = "grouped"
) -> DataFrame[Utilisation]:
    """Share of the available time that is promised, in each period.

    Parameters
    ----------
    capacity
        Reads ``person_id``, ``team``, ``role``, ``period_on``, ``ends_on``, ``capacity_hours``.
    allocated
        For the same days and periods. Reads ``person_id``, ``period_on``, ``allocated_hours``.
    by
        ``"program"``, ``"team"``, ``"grouped"`` (role in a team) or ``"named"``, which shows
        single persons.

    Returns
    -------
    Utilisation
        One row per group and period, by group and period. ``utilisation`` is NA where nobody of
        the group can work. ``person_id`` is NA unless asked for. Left out: people whose hours
        are unknown, and groups of nobody else.

    Raises
    ------
    ParameterError
        For a grouping that is not known.

    Notes
    -----
    ``utilisation = sum of hours promised / sum of hours available``. A role of two people at
    160 % and 40 % stands at 100 %: `resources.overloads` looks at each person before it groups.
    """
    Capacity.require(capacity, "person_id", "team", "role", "period_on", "ends_on")
    Capacity.require(capacity, "capacity_hours")
    Allocated.require(allocated, "person_id", "period_on", "allocated_hours")
    usage, columns = usage_of(capacity, allocated), columns_of(by)
    if usage.empty:
        return Utilisation.validate(Utilisation.empty())
    grouped = _grouped(usage, columns)
    grouped = grouped[grouped["people"] > 0]
    available = grouped["capacity_hours"].where(grouped["capacity_hours"] > 0)
    named = labelled(grouped, by).assign(utilisation=grouped["allocated_hours"] / available)
    return Utilisation.validate(named.sort_values(["group", "period_on"], ignore_index=True))


def overall(utilisation: DataFrame[Utilisation]) -> float:
    """Share of all the time available that is promised, over every row; NaN if there is none.

    Reads ``capacity_hours``, ``allocated_hours``. Pass a table by ``"program"`` or by another
    grouping: the sums are the same.
    """
    Utilisation.require(utilisation, "capacity_hours", "allocated_hours")
    available = float(utilisation["capacity_hours"].sum())
    return float(utilisation["allocated_hours"].sum()) / available if available else float("nan")


def busiest(utilisation: DataFrame[Utilisation], *, groups: int = 40) -> DataFrame[Utilisation]:
    """Rows of the groups with the highest utilisation in any period, so that a chart is readable.

    Parameters
    ----------
    utilisation
        Reads ``group``, ``utilisation``.
    groups
        How many groups to keep.

    Returns
    -------
    Utilisation
        The rows of those groups, in the order given. All rows where there are no more groups.
    """
    Utilisation.require(utilisation, "group", "utilisation")
    peaks = utilisation.groupby("group")["utilisation"].max()
    kept = peaks.sort_values(ascending=False, kind="stable").index[:groups]
    return Utilisation.validate(utilisation[utilisation["group"].isin(kept)].reset_index(drop=True))


def usage_of(capacity: pd.DataFrame, allocated: pd.DataFrame) -> pd.DataFrame:
    """Capacity with what of it is promised: 0 where nothing is, NA where hours are unknown."""
    people = capacity["person_id"].astype("category").dtype
    starts = pd.Index(capacity["period_on"].unique())
    place = _places(allocated, people, starts)
    hours = allocated["allocated_hours"].fillna(0.0).to_numpy()
    size = len(people.categories) * len(starts)
    # a place for each person and period: sums of millions of rows need no sorting
    promised = np.bincount(place[place >= 0], weights=hours[place >= 0], minlength=size)
    found = pd.Series(promised[_places(capacity, people, starts)], index=capacity.index)
    return capacity.assign(allocated_hours=found.where(capacity["capacity_hours"].notna()))


def _places(table: pd.DataFrame, people: pd.CategoricalDtype, starts: pd.Index) -> np.ndarray:
    """Number of each row's person and period; -1 for one that is unknown."""
    person = table["person_id"].astype(people).cat.codes.to_numpy().astype(np.int64)
    period = starts.get_indexer(table["period_on"])
    return np.where((person >= 0) & (period >= 0), person * len(starts) + period, -1)


def _grouped(usage: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Sums of each group and period; single persons are rows of their own already."""
    if "person_id" in columns:
        return usage.assign(people=usage["capacity_hours"].notna().astype("int64"))
    sums = usage.assign(people=usage["capacity_hours"].notna().astype("int64"))
    by_group = sums.groupby([*columns, "period_on", "ends_on"], observed=True, dropna=False)
    return by_group[["people", "capacity_hours", "allocated_hours"]].sum().reset_index()


def promised(utilisation: DataFrame[Utilisation], *, until: pd.Timestamp) -> DataFrame[Promised]:
    """How much of the time was promised so far, and is promised in the time to come.

    Parameters
    ----------
    utilisation
        By ``"program"``. Reads ``period_on``, ``ends_on``, ``people``, ``capacity_hours``,
        ``allocated_hours``.
    until
        Day the program is seen from; a period that begins later is to come.

    Returns
    -------
    Promised
        A row each where there are periods.

    Raises
    ------
    ParameterError
        For a table of more groups than one.
    """
    needed = ["period_on", "ends_on", "people", "capacity_hours", "allocated_hours"]
    Utilisation.require(utilisation, "group", *needed)
    if len(utilisation["group"].drop_duplicates()) > 1:
        raise ParameterError(
            "The time of all together is asked for, and got groups.",
            hint='use resources.utilisation(capacity, allocated, by="program")',
        )
    later = utilisation["period_on"] > until
    parts = utilisation.groupby(np.where(later, TO_COME, SO_FAR), sort=False)
    told = (
        parts[["capacity_hours", "allocated_hours"]]
        .sum()
        .assign(
            from_on=parts["period_on"].min(),
            to_on=parts["ends_on"].max(),
            people=parts["people"].last(),
        )
        .reindex([when for when in WHEN if (later == (when == TO_COME)).any()])
        .rename_axis("when")
        .reset_index()
    )
    available = told["capacity_hours"].where(told["capacity_hours"] > 0)
    return Promised.validate(told.assign(utilisation=told["allocated_hours"] / available))


def room(
    capacity: DataFrame[Capacity],
    allocated: DataFrame[Allocated],
    people: DataFrame[People],
    *,
    after: pd.Timestamp,
    show: Show = "grouped",
) -> DataFrame[Room]:
    """Time available, promised and left of each team, role and skill, in the time to come.

    Parameters
    ----------
    capacity
        Reads ``person_id``, ``team``, ``role``, ``period_on``, ``capacity_hours``.
    allocated
        For the same periods. Reads ``person_id``, ``period_on``, ``allocated_hours``.
    people
        Reads ``person_id``, ``skills`` (separated by semicolons).
    after
        Day the program is seen from: periods that begin later count.
    show
        ``"named"`` adds a row for each person.

    Returns
    -------
    Room
        Teams, then roles, then skills, then people, of each the fullest first. People whose hours
        are unknown are left out, and so are those of no team in the teams, and so on.

    Raises
    ------
    ParameterError
        For another `show`.

    Notes
    -----
    What is free is added up over people and periods that have any: one who is promised too much
    takes nothing from the room of another. Whoever has two skills stands in both, so that the
    hours of skills add up to more than there are.
    """
    Capacity.require(capacity, "person_id", "team", "role", "period_on", "capacity_hours")
    Allocated.require(allocated, "person_id", "period_on", "allocated_hours")
    People.require(people, "person_id", "skills")
    check_shown(show)
    usage = usage_of(capacity, allocated)
    coming = usage[(usage["period_on"] > after) & usage["capacity_hours"].notna()]
    left = coming["capacity_hours"] - coming["allocated_hours"]
    each = (
        coming.assign(free_hours=left.clip(lower=0), beyond_hours=(-left).clip(lower=0))
        .groupby(["person_id", "team", "role"], observed=True, dropna=False)[HOURS]
        .sum()
        .reset_index()
    )
    skills = looked_up(each["person_id"].astype("str"), people["person_id"], people["skills"])
    told = {"team": each["team"], "role": each["role"], "skill": skills.str.split(";")}
    if show == "named":
        told["person"] = each["person_id"]
    parts = [_sums(each.assign(name=name), kind) for kind, name in told.items()]
    return Room.validate(pd.concat(parts, ignore_index=True))


def _sums(each: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Add up the time of all people of each name."""
    rows = each.explode("name") if kind == "skill" else each
    names = rows["name"].astype("str").str.strip()
    by_name = rows.groupby(names.where(names != ""))
    sums = by_name[HOURS].sum().assign(people=by_name.size()).reset_index()
    available = sums["capacity_hours"].where(sums["capacity_hours"] > 0)
    told = sums.assign(by=kind, utilisation=sums["allocated_hours"] / available)
    return told.sort_values(["utilisation", "name"], ascending=[False, True])


def load(utilisation: DataFrame[Utilisation], *, until: pd.Timestamp) -> DataFrame[Load]:
    """How many weeks of single people are how full, so far and to come; nobody is named.

    Parameters
    ----------
    utilisation
        Of single persons: by ``"named"``. Reads ``person_id``, ``period_on``, ``utilisation``.
    until
        Day the program is seen from: a period that begins later is to come.

    Returns
    -------
    Load
        One row per band, from nothing to far too much, for the time so far and for the time to
        come, where it has weeks. Weeks in which a person cannot work are left out.

    Raises
    ------
    ParameterError
        If `utilisation` is not of single persons.
    """
    Utilisation.require(utilisation, "person_id", "period_on", "utilisation")
    if utilisation["person_id"].isna().any():
        raise ParameterError(
            "How full weeks are needs the utilisation of single persons, and got groups.",
            hint='use resources.utilisation(capacity, allocated, by="named"); nobody is named',
        )
    known = utilisation.dropna(subset="utilisation")
    band = np.searchsorted(np.array(EDGES) + ROUNDING, known["utilisation"].to_numpy(), side="left")
    later = (known["period_on"] > until).to_numpy()
    parts = []
    for when, inside in zip(WHEN, (~later, later), strict=True):
        counts = np.bincount(band[inside], minlength=len(LOADS))
        shares = counts / max(counts.sum(), 1)
        parts.append(
            pd.DataFrame(
                {
                    "when": when,
                    "load": LOADS,
                    "person_weeks": counts,
                    "share": shares,
                    "too_much": shares[FULL:].sum(),
                }
            )
        )
    told = pd.concat([part for part in parts if part["person_weeks"].sum()] or [Load.empty()])
    return Load.validate(told.reset_index(drop=True))
