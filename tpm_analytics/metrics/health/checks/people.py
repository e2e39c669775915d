"""Checks that people can be counted on: their countries, and that the plan asks for no others."""

from __future__ import annotations

import pandas as pd

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program


def _country_unknown(program: Program) -> Found:
    people = program.people
    told = people["country"].notna()
    unknown = [one for one in people["country"].dropna().unique() if not _known(program, one)]
    wrong = people["country"].isin(unknown)
    labels = people["person_id"].astype("str") + ": " + people["country"].astype("str")
    return rows(people.assign(label=labels), wrong, "label", among=told)


def _known(program: Program, country: str) -> bool:
    try:
        calendars.weekend(country, on=program.as_of)
    except ParameterError:
        return False
    return True


def _nobody_has(program: Program) -> Found:
    wanted = _wanted(program)
    labels = wanted["activity_id"] + ": " + wanted["resource"]
    return rows(wanted.assign(label=labels), wanted["heads"] == 0, "label")


def _more_than_there_are(program: Program) -> Found:
    wanted = _wanted(program)
    labels = (
        wanted["activity_id"]
        + ": "
        + wanted["units"].map("{:g} ".format).astype("str")
        + wanted["resource"]
        + wanted["heads"].map(" needed at once, {:,} there".format).astype("str")
    )
    wrong = (wanted["heads"] > 0) & (wanted["units"] > wanted["heads"])
    return rows(wanted.assign(label=labels), wrong, "label")


def _wanted(program: Program) -> pd.DataFrame:
    """Demands of unfinished activities, and how many people have the role or skill."""
    activities, people = program.activities, program.people
    finished = activities["actual_finish_on"].notna() | (activities["percent_complete"] >= 1)
    left = activities.loc[~finished, "activity_id"].astype("str")
    demand = program.activity_demand.astype({"activity_id": "str", "resource": "str"})
    # who the people are is asked only where people are told of at all
    known = demand["activity_id"].isin(left) & (demand["units"] > 0) & bool(len(people))
    wanted = demand[known]
    there = people[~(people["left_on"] <= program.as_of)].reset_index(drop=True)
    held = pd.concat([there["skills"].str.split(";").explode(), there["role"].astype("str")])
    keys = held.dropna().str.strip().str.casefold()
    heads = keys.groupby(keys.to_numpy()).agg(lambda found: found.index.nunique())
    key = wanted["resource"].str.strip().str.casefold()
    return wanted.assign(heads=key.map(heads).fillna(0).astype("int64"))


CHECKS = (
    Check(
        slug="country-unknown",
        severity="error",
        table="people",
        find=_country_unknown,
        meaning="Nobody knows the holidays and the weekend there: pages that count working days "
        "stop at them.",
        remedy="Give an ISO 3166 code such as ES, or leave the country empty: weekends are then "
        "Saturday and Sunday, and there are no holidays.",
    ),
    Check(
        slug="demand-nobody-meets",
        severity="warning",
        table="activity_demand",
        find=_nobody_has,
        meaning="Nobody there has that role or skill: as people stand, these activities cannot "
        "be done, and no levelled plan can be made.",
        remedy="Spell it as people's roles and skills are spelled, or add who has it.",
    ),
    Check(
        slug="demand-beyond-people",
        severity="warning",
        table="activity_demand",
        find=_more_than_there_are,
        meaning="They need more people at once than there are: no levelled plan can be made.",
        remedy="Lower the units, split the activity, or add the people.",
    ),
)
