"""Checks of allocations: more of a person than there is, and the same promise twice."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program

# shares such as 0.6 + 0.4 add up to a hair more than 1 in binary
ROUNDING = 1e-9


def _above_all(program: Program) -> Found:
    allocations = program.allocations
    labels = (
        allocations["person_id"]
        + ": "
        + (allocations["share"] * 100).map("{:.0f} % to ".format).astype("str")
        + allocations["workstream"].astype("str")
    )
    above = allocations["share"] > 1 + ROUNDING
    return rows(allocations.assign(label=labels), above, "label")


def _promised_twice(program: Program) -> Found:
    """Find people whose shares add up to more than all on some day, the fullest first."""
    allocations = program.allocations
    begins = allocations[["person_id", "share"]].assign(on=allocations["from_on"])
    ends = allocations[["person_id"]].assign(
        share=-allocations["share"], on=allocations["to_on"] + pd.Timedelta(days=1)
    )
    daily = pd.concat([begins, ends]).groupby(["person_id", "on"])["share"].sum()
    at_once = daily.groupby(level="person_id").cumsum().reset_index()
    over = at_once[at_once["share"] > 1 + ROUNDING]
    worst = over.sort_values(["share", "person_id", "on"], ascending=[False, True, True])
    worst = worst.drop_duplicates("person_id")
    labels = (
        worst["person_id"]
        + (worst["share"] * 100).map(": {:.0f} % from ".format).astype("str")
        + worst["on"].dt.strftime("%Y-%m-%d")
    )
    return Found(labels, int(allocations["person_id"].nunique()))


def _overlapping(program: Program) -> Found:
    """Find allocations of a person to one workstream that begin before an earlier one has ended."""
    allocations = program.allocations.astype({"workstream": "str"})
    ordered = allocations.sort_values(["person_id", "workstream", "from_on"], kind="stable")
    spans = ordered.groupby(["person_id", "workstream"])["to_on"]
    # the latest end of all before it: a long span may hold several short ones
    until = spans.cummax().groupby([ordered["person_id"], ordered["workstream"]]).shift()
    labels = ordered["person_id"] + ": " + ordered["workstream"]
    return rows(ordered.assign(label=labels), ordered["from_on"] <= until, "label")


CHECKS = (
    Check(
        slug="allocation-above-all",
        severity="warning",
        table="allocations",
        find=_above_all,
        meaning="They promise more than all of a person's time to one workstream: it stands on "
        "pages as an overload.",
        remedy="Lower the share; 1 is all of the working time, and 0.5 is half of it.",
    ),
    Check(
        slug="person-promised-twice",
        severity="warning",
        table="allocations",
        find=_promised_twice,
        meaning="Their shares add up to more than all of their time on some days: that work "
        "cannot all be done. The resources page tells when, and between which workstreams.",
        remedy="Lower a share, end an allocation earlier, or find somebody else.",
    ),
    Check(
        slug="allocation-repeated",
        severity="note",
        table="allocations",
        find=_overlapping,
        meaning="A person is allocated to one workstream twice on the same days; both are counted.",
        remedy="Remove one of the two, unless both are meant.",
    ),
)
