"""Which skills are there, which are needed, and which hang on one person."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Activities, ActivityDemand, People
from tpm_analytics.results.resources import Skills


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
        then by name. ``demanded`` and ``short`` are NA where no open activity asks for it. No row
        where nobody's role or skill is known: that nobody has one is not known then.

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
    if held.empty:
        return Skills.validate(Skills.empty())
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
