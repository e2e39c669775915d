"""What people worked on, beside what they were promised to and what was estimated."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import check_choice
from tpm_analytics.metrics.resources.presence import as_days
from tpm_analytics.models.availability import overlaps
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.keys import among, looked_up
from tpm_analytics.program.tables import Items, People, Worklogs
from tpm_analytics.results.resources import Actuals, Allocated, EstimateRatios, Worked

ActualsBy = Literal["program", "team", "workstream"]
RatiosBy = Literal["program", "kind", "team"]

EVERYONE = "Everyone"
SEVERAL = "on several workstreams in one week"
UNPROMISED = "promised to nothing in that week"
STRANGER = "not on the staff list"
NO_TEAM, NO_KIND = "no team", "no kind"
# The median of fewer is any of them
LEAST_ITEMS = 10


def worked(
    worklogs: DataFrame[Worklogs],
    allocated: DataFrame[Allocated],
    *,
    until: pd.Timestamp,
    every: Every = "week",
) -> DataFrame[Worked]:
    """Hours worked beside the hours promised, in each period that has ended.

    Parameters
    ----------
    worklogs
        Reads ``worked_on``, ``hours``.
    allocated
        Computed with the same ``every``. Reads ``period_on``, ``allocated_hours``.
    until
        Day the program is seen from.
    every
        The period of ``allocated``.

    Returns
    -------
    Worked
        One row per whole period that has ended by ``until``, from the first for which both hours
        worked and hours promised are known. ``worked_share`` is NA where nothing was promised.

    Notes
    -----
    The figure is of the program, or of the team it was narrowed to, and never of one person: it
    asks whether the plan is real, not who is diligent.
    """
    Worklogs.require(worklogs, "worked_on", "hours")
    Allocated.require(allocated, "period_on", "allocated_hours")
    if worklogs.empty or allocated.empty:
        return Worked.validate(Worked.empty())
    first = max(worklogs["worked_on"].min(), allocated["period_on"].min())
    whole = calendars.periods(first, until, every)
    whole = whole[whole <= allocated["period_on"].max()]
    logged = worklogs.groupby(calendars.period_start(worklogs["worked_on"], every))["hours"].sum()
    promised = allocated.groupby("period_on")["allocated_hours"].sum()
    told = pd.DataFrame(
        {
            "period_on": whole,
            "allocated_hours": promised.reindex(whole, fill_value=0.0).to_numpy(),
            "worked_hours": logged.reindex(whole, fill_value=0.0).to_numpy(),
        }
    )
    planned = told["allocated_hours"].where(told["allocated_hours"] > 0)
    return Worked.validate(told.assign(worked_share=told["worked_hours"] / planned))


def actuals(
    worklogs: DataFrame[Worklogs],
    allocated: DataFrame[Allocated],
    people: DataFrame[People],
    *,
    until: pd.Timestamp,
    by: ActualsBy = "team",
) -> DataFrame[Actuals]:
    """Hours worked beside hours promised, by team or by workstream, over the weeks that ended.

    Parameters
    ----------
    worklogs
        Reads ``person_id``, ``worked_on``, ``hours``.
    allocated
        Reads ``person_id``, ``workstream``, ``period_on``, ``ends_on``, ``allocated_hours``; its
        periods count.
    people
        Reads ``person_id``, ``team``.
    until
        Day the program is seen from.
    by
        ``"program"``; ``"team"``, the home team of who worked; or ``"workstream"``.

    Returns
    -------
    Actuals
        One row per group with hours of either sort, the farthest from the plan first. Counted are
        whole periods that have ended, from the first for which hours of both sorts are known.

    Raises
    ------
    ParameterError
        For a grouping that is not known.

    Notes
    -----
    Nothing tells which workstream an entry of hours belongs to. It is known where a person was
    promised to one workstream alone in the period: those hours stand at the workstream, promised
    and worked. Those of people on several stand together: to share them out by the plan would
    repeat the plan. The figures are of groups: they ask whether the plan is real.
    """
    Worklogs.require(worklogs, "person_id", "worked_on", "hours")
    Allocated.require(allocated, "person_id", "workstream", "period_on", "ends_on")
    Allocated.require(allocated, "allocated_hours")
    People.require(people, "person_id", "team")
    check_choice("by", by, get_args(ActualsBy))
    periods = allocated[["period_on", "ends_on"]].drop_duplicates().sort_values("period_on")
    if worklogs.empty or periods.empty:
        return Actuals.validate(Actuals.empty())
    first = worklogs["worked_on"].min()
    periods = periods[(periods["ends_on"] >= first) & (periods["ends_on"] <= until)]
    promised = allocated[allocated["period_on"].isin(periods["period_on"])]
    sums = _by_person(_in_periods(worklogs, periods), promised)
    if sums.empty:
        return Actuals.validate(Actuals.empty())
    groups = sums.groupby(_names(sums, people, by))[["allocated_hours", "worked_hours"]].sum()
    told = groups[groups.sum(axis=1) > 0].rename_axis("name").reset_index()
    beyond = told["worked_hours"] - told["allocated_hours"]
    told = told.assign(
        from_on=periods["period_on"].iloc[0],
        to_on=periods["ends_on"].iloc[-1],
        periods=len(periods),
        beyond_hours=beyond,
        worked_share=told["worked_hours"]
        / told["allocated_hours"].where(told["allocated_hours"] > 0),
        far=-beyond.abs(),
    )
    return Actuals.validate(told.sort_values(["far", "name"], ignore_index=True))


def _in_periods(worklogs: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Hours of each entry with the period its day lies in; none for a day in no period."""
    day = as_days(worklogs["worked_on"])
    row, period = overlaps(day, day, *(as_days(periods[end]) for end in ("period_on", "ends_on")))
    return pd.DataFrame(
        {
            "person_id": worklogs["person_id"].to_numpy()[row],
            "period_on": periods["period_on"].to_numpy()[period],
            "worked_hours": worklogs["hours"].to_numpy()[row],
        }
    )


def _by_person(logged: pd.DataFrame, promised: pd.DataFrame) -> pd.DataFrame:
    """Hours of both sorts of each person and period, and the one workstream, if it is one."""
    given = promised[promised["allocated_hours"] > 0]
    keys = ["person_id", "period_on"]
    given = given.assign(
        person_id=given["person_id"].astype("str"), workstream=given["workstream"].astype("str")
    )
    by_person = given.groupby(keys)
    streams = by_person["workstream"]
    theirs = by_person[["allocated_hours"]].sum()
    theirs = theirs.assign(workstream=streams.first(), many=streams.nunique())
    both = theirs.join(logged.groupby(keys)[["worked_hours"]].sum(), how="outer").reset_index()
    stream = both["workstream"].where(both["many"] == 1, SEVERAL)
    return both.assign(workstream=stream.where(both["many"].notna(), UNPROMISED)).fillna(
        {"allocated_hours": 0.0, "worked_hours": 0.0}
    )


def _names(sums: pd.DataFrame, people: pd.DataFrame, by: ActualsBy) -> pd.Series:
    if by == "program":
        return pd.Series(EVERYONE, index=sums.index)
    if by == "workstream":
        return sums["workstream"]
    team = looked_up(sums["person_id"], people["person_id"], people["team"].astype("str"))
    return team.fillna(NO_TEAM).where(among(sums["person_id"], people["person_id"]), STRANGER)


def estimate_ratios(
    items: DataFrame[Items], worklogs: DataFrame[Worklogs], *, by: RatiosBy = "kind"
) -> DataFrame[EstimateRatios]:
    """Hours worked for each hour estimated, of finished items, by kind or by team.

    Parameters
    ----------
    items
        Reads ``item_id``, ``kind``, ``team``, ``estimate_hours``, ``started_on``,
        ``finished_on``.
    worklogs
        Reads ``item_id``, ``worked_on``, ``hours``.
    by
        ``"program"``, ``"kind"`` or ``"team"`` (that owns the item).

    Returns
    -------
    EstimateRatios
        One row per group, the dearest first. ``enough`` is whether there are ten items. Left out,
        and counted in ``unmeasured``: finished items without an estimate above 0 or without hours,
        and those begun before hours were logged at all.

    Raises
    ------
    ParameterError
        For a grouping that is not known.

    Notes
    -----
    ``ratio = sum of hours worked / sum of hours estimated``: what a plan made of many estimates
    must be multiplied by. Percentiles are nearest ranks over items. An estimate that was changed
    while the work went on looks better than it was; trackers seldom keep the first.
    """
    Items.require(items, "item_id", "kind", "team", "estimate_hours", "started_on", "finished_on")
    Worklogs.require(worklogs, "item_id", "worked_on", "hours")
    check_choice("by", by, get_args(RatiosBy))
    spent = worklogs.groupby("item_id")["hours"].sum().rename_axis("item_id").reset_index()
    finished = items[items["finished_on"].notna()].reset_index(drop=True)
    hours = looked_up(finished["item_id"], spent["item_id"], spent["hours"])
    estimate = finished["estimate_hours"]
    known = (
        (hours > 0) & (estimate > 0) & ~(finished["started_on"] < worklogs["worked_on"].min())
    ).to_numpy()
    if not known.any():
        return EstimateRatios.validate(EstimateRatios.empty())
    groups, names = pd.factorize(_group(finished, by), sort=True)
    ratio = (hours / estimate).to_numpy()[known]
    ranks = nearest_rank(ratio, groups[known], len(names), (0.5, 0.85))
    count = np.bincount(groups[known], minlength=len(names))
    sums = {
        name: np.bincount(groups[known], values.to_numpy()[known], minlength=len(names))
        for name, values in (("estimated_hours", estimate), ("worked_hours", hours))
    }
    told = pd.DataFrame(
        {
            "name": names,
            "items": count,
            **sums,
            "median_ratio": ranks[:, 0],
            "p85_ratio": ranks[:, 1],
            "enough": count >= LEAST_ITEMS,
            "unmeasured": np.bincount(groups, minlength=len(names)) - count,
        }
    )[count > 0]
    told["ratio"] = told["worked_hours"] / told["estimated_hours"]
    return EstimateRatios.validate(
        told.sort_values(
            ["enough", "ratio", "name"], ascending=[False, False, True], ignore_index=True
        )
    )


def _group(items: pd.DataFrame, by: RatiosBy) -> pd.Series:
    if by == "program":
        return pd.Series(EVERYONE, index=items.index)
    return items[by].astype("str").fillna(NO_KIND if by == "kind" else NO_TEAM)
