"""Who is promised too often, what the plan costs, and which skills hang on one person."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.program.tables import Activities, ActivityDemand, Items, People, Worklogs
from tpm_analytics.results.resources import (
    Allocated,
    Costs,
    Holdings,
    Overloads,
    Skills,
    Utilisation,
    Worked,
)

Show = Literal["grouped", "named"]

# shares such as 0.6 + 0.4 add up to a hair more than 1 in binary
ROUNDING = 1e-9
# each about twice the one before: the load of a person is felt in ratios
HELD = (1, 2, 4, 8, 16, 32)


def overloads(
    utilisation: DataFrame[Utilisation],
    allocated: DataFrame[Allocated],
    *,
    show: Show = "grouped",
    above: float = 1.0,
) -> DataFrame[Overloads]:
    """Runs of periods in which a person is promised more than `above` of the time available.

    Parameters
    ----------
    utilisation
        Of single persons: ``resources.utilisation(..., by="named")``.
    allocated
        For the same periods. Reads ``person_id``, ``period_on``, ``workstream``,
        ``allocated_hours``.
    show
        ``"grouped"`` says role and team only; ``"named"`` says who it is.
    above
        Share of the available time that is still fine.

    Returns
    -------
    Overloads
        One row per person or group and run of unbroken periods, the most hours too many first.
        People of a group with the same run share a row. No row where nobody is overloaded.

    Raises
    ------
    ParameterError
        If `utilisation` is not of single persons, `above` not above 0, `show` not known.

    Notes
    -----
    Each person is looked at before people are grouped: an average over a role would let the
    idle half hide the half that drowns. Periods in which a person cannot work at all are none.
    """
    Utilisation.require(utilisation, "person_id", "team", "role", "period_on", "ends_on")
    Utilisation.require(utilisation, "capacity_hours", "allocated_hours", "utilisation")
    Allocated.require(allocated, "person_id", "period_on", "workstream", "allocated_hours")
    if above <= 0:
        raise ParameterError(f"above={above} is not above 0.", hint="1.0 is all of the time")
    if show not in ("grouped", "named"):
        raise ParameterError(f"show={show!r} is unknown.", hint="use one of: grouped, named")
    if utilisation["person_id"].isna().any():
        raise ParameterError(
            "Overloads need the utilisation of single persons, and got groups.",
            hint='use resources.utilisation(capacity, allocated, by="named"); '
            "the overloads themselves stay grouped",
        )
    over = utilisation[utilisation["utilisation"] > above + ROUNDING]
    if over.empty:
        return Overloads.validate(Overloads.empty())
    over = over.sort_values(["person_id", "period_on"])
    follows = over["period_on"] == over["ends_on"].shift() + pd.Timedelta(days=1)
    same = over["person_id"] == over["person_id"].shift()
    over = over.assign(
        run=(~(follows & same)).cumsum(),
        excess=over["allocated_hours"] - above * over["capacity_hours"],
    )
    keys = ["team", "role", *(["person_id"] if show == "named" else []), "from_on", "to_on"]
    runs = _runs(over)
    runs["row"] = runs.groupby(keys, observed=True, dropna=False).ngroup()
    rows = runs.groupby(["row", *keys], observed=True, dropna=False).agg(
        people=("person", "size"),
        periods=("periods", "first"),
        peak_utilisation=("peak", "max"),
        excess_hours=("excess", "sum"),
    )
    told = rows.reset_index(keys).assign(
        workstreams=_colliding(over.assign(row=over["run"].map(runs["row"])), allocated)
    )
    return Overloads.validate(
        _labelled(told).sort_values(
            ["excess_hours", "group", "from_on"], ascending=[False, True, True], ignore_index=True
        )
    )


def _runs(over: pd.DataFrame) -> pd.DataFrame:
    """One row per person and run of periods that follow one another."""
    return over.groupby("run").agg(
        team=("team", "first"),
        role=("role", "first"),
        person_id=("person_id", "first"),
        person=("person_id", "first"),
        from_on=("period_on", "first"),
        to_on=("ends_on", "last"),
        periods=("run", "size"),
        peak=("utilisation", "max"),
        excess=("excess", "sum"),
    )


def _colliding(over: pd.DataFrame, allocated: pd.DataFrame) -> pd.Series:
    """Names of the workstreams that meet in each ``row``, one text each."""
    people = allocated["person_id"].astype("category").cat
    # numbered, since text of millions of rows is slow to compare
    person = people.categories.get_indexer(over["person_id"])
    over, person = over[person >= 0], person[person >= 0]
    theirs = np.isin(people.codes, np.unique(person)) & (allocated["allocated_hours"] > 0)
    promised = allocated.loc[theirs, ["period_on", "workstream"]]
    met = (
        over[["row", "period_on"]]
        .assign(person=person)
        .merge(promised.assign(person=people.codes[theirs]), on=["person", "period_on"])
    )
    names = met[["row", "workstream"]].drop_duplicates().astype({"workstream": "str"})
    return names.sort_values(["row", "workstream"]).groupby("row")["workstream"].agg(", ".join)


def _labelled(rows: pd.DataFrame) -> pd.DataFrame:
    if "person_id" in rows:
        return rows.assign(group=rows["person_id"])
    team, role = rows["team"].astype("str"), rows["role"].astype("str")
    group = team.fillna("no team") + " · " + role.fillna("no role")
    return rows.assign(group=group, person_id=None)


def costs(allocated: DataFrame[Allocated], people: DataFrame[People]) -> DataFrame[Costs]:
    """Money that the promised time costs, by period and workstream.

    Parameters
    ----------
    allocated
        Computed with ``every="month"`` for a plan of the budget's grain. Reads ``person_id``,
        ``workstream``, ``period_on``, ``allocated_hours``.
    people
        Reads ``person_id``, ``cost_per_hour``.

    Returns
    -------
    Costs
        One row per period and workstream. ``cost`` leaves out people whose rate is unknown, is
        NA where no rate is known, and ``unpriced_hours`` says how much time it leaves out.
    """
    Allocated.require(allocated, "person_id", "workstream", "period_on", "allocated_hours")
    People.require(people, "person_id", "cost_per_hour")
    if allocated.empty:
        return Costs.validate(Costs.empty())
    rate = allocated["person_id"].astype("str").map(people.set_index("person_id")["cost_per_hour"])
    hours = allocated["allocated_hours"].fillna(0.0)
    priced = allocated.assign(
        hours=hours, cost=hours * rate, unpriced_hours=hours.where(rate.isna(), 0.0)
    )
    grouped = priced.groupby(["period_on", "workstream"], observed=True)
    totals = grouped[["hours", "unpriced_hours"]].sum()
    return Costs.validate(totals.assign(cost=grouped["cost"].sum(min_count=1)).reset_index())


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


def skills(
    people: DataFrame[People],
    activities: DataFrame[Activities],
    demand: DataFrame[ActivityDemand],
    *,
    until: pd.Timestamp,
) -> DataFrame[Skills]:
    """How many people have each skill or role, beside how many the open activities need at once.

    Parameters
    ----------
    people
        Reads ``role``, ``skills`` (separated by semicolons), ``left_on``.
    activities
        Reads ``activity_id``, ``actual_start_on``, ``actual_finish_on``, ``baseline_start_on``,
        ``baseline_finish_on``.
    demand
        Reads ``activity_id``, ``resource``, ``units``. A resource is matched to a skill or a role
        by its name, whatever its case.
    until
        Day the program is seen from; who has left by then has taken the skill along.

    Returns
    -------
    Skills
        One row per skill, role or resource; first what is short, then what one person alone has,
        then by name. ``demanded`` and ``short`` are NA where no open activity asks for it.

    Notes
    -----
    Needed at once is the highest sum of units over the days, each unfinished activity from its
    start (the actual one, else the baseline's) to its baseline finish. Activities without dates
    are counted as if alone, so the figure is the least that must be there.
    """
    People.require(people, "role", "skills", "left_on")
    ActivityDemand.require(demand, "activity_id", "resource", "units")
    present = people[~(people["left_on"] < until)]
    held = pd.concat(
        [present["skills"].str.split(";").explode(), present["role"].astype("str")]
    ).str.strip()
    held = held[held.notna() & (held != "")]
    needs = _needs(activities, demand)
    needed = _peaks(needs)
    names = pd.concat([held, needs["resource"]])
    person = pd.Series(held.index, dtype="int64").groupby(held.str.casefold().to_numpy()).nunique()
    told = pd.DataFrame({"skill": names.groupby(names.str.casefold()).first()})
    told["holders"] = person.reindex(told.index, fill_value=0)
    told["demanded"] = needed.reindex(told.index)
    told["short"] = (told["demanded"] - told["holders"]).clip(lower=0)
    told["alone"] = told["holders"] == 1
    told = told.assign(
        missing=told["short"].fillna(0.0), hangs=told["alone"] & told["demanded"].notna()
    )
    ordered = told.sort_values(
        ["missing", "hangs", "alone", "skill"],
        ascending=[False, False, False, True],
        ignore_index=True,
    )
    return Skills.validate(ordered)


def _needs(activities: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """What each activity that is not finished needs, from when to when."""
    Activities.require(activities, "activity_id", "actual_start_on", "actual_finish_on")
    Activities.require(activities, "baseline_start_on", "baseline_finish_on")
    going = activities[activities["actual_finish_on"].isna()]
    spans = pd.DataFrame(
        {
            "activity_id": going["activity_id"],
            "start": going["actual_start_on"].fillna(going["baseline_start_on"]),
            "stop": going["baseline_finish_on"],
        }
    )
    needs = demand.astype({"resource": "str"}).merge(spans, on="activity_id")
    return needs.assign(key=needs["resource"].str.strip().str.casefold())


def _peaks(needs: pd.DataFrame) -> pd.Series:
    """Most units of each resource that are needed on one day."""
    alone = needs.groupby("key")["units"].max()
    dated = needs[needs["stop"] >= needs["start"]]
    begins = dated[["key", "units"]].assign(on=dated["start"])
    ends = dated[["key"]].assign(units=-dated["units"], on=dated["stop"] + pd.Timedelta(days=1))
    daily = pd.concat([begins, ends]).groupby(["key", "on"])["units"].sum()
    at_once = daily.groupby("key").cumsum().groupby("key").max().reindex(alone.index)
    return pd.Series(np.fmax(at_once.to_numpy(), alone.to_numpy()), index=alone.index)


def holdings(items: DataFrame[Items]) -> DataFrame[Holdings]:
    """How open items are spread over the people who hold them, nobody named.

    Parameters
    ----------
    items
        Reads ``assignee_id``, ``finished_on``.

    Returns
    -------
    Holdings
        One row per band of open items a person, from few to many, bands of nobody too. Items
        that nobody holds are left out. No row where nobody holds an open item.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2", "A-3"], "assignee_id": ["P-1", "P-1", "P-2"],
    ...     "created_at": ["2025-03-03T09:00Z"] * 3,
    ... })})
    >>> holdings(program.items).head(2)[["held", "people", "items"]].to_dict("records")
    [{'held': '1', 'people': 1, 'items': 1}, {'held': '2 to 3', 'people': 1, 'items': 2}]
    """
    Items.require(items, "assignee_id", "finished_on")
    each = items.loc[items["finished_on"].isna(), "assignee_id"].value_counts()
    if each.empty:
        return Holdings.validate(Holdings.empty())
    band = np.searchsorted(HELD, each.to_numpy(), side="right") - 1
    counts = np.bincount(band, minlength=len(HELD))
    totals = np.bincount(band, weights=each.to_numpy(), minlength=len(HELD))
    names = [
        str(low) if high == low + 1 else f"{low} to {high - 1}" for low, high in pairwise(HELD)
    ]
    return Holdings.validate(
        pd.DataFrame(
            {
                "held": [*names, f"{HELD[-1]} or more"],
                "people": counts,
                "items": totals,
                "share": totals / totals.sum(),
            }
        )
    )
