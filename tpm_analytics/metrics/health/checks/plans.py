"""Checks of plans: activities, milestones, risks, budget, deployments and incidents."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program
from tpm_analytics.program.keys import looked_up

CUMULATIVE_PERIODS = 5
CUMULATIVE_RISES = 0.8
_AMOUNTS = ("planned_value", "earned_value", "actual_cost")


def _milestone_silent(program: Program) -> Found:
    milestones = program.milestones
    open_ones = milestones["done_on"].isna()
    overdue = open_ones & (milestones["due_on"] < program.as_of)
    return rows(milestones, overdue, "milestone_id", among=open_ones)


def _milestone_forecast_late(program: Program) -> Found:
    forecasts = program.milestone_forecasts
    milestones = program.milestones
    done_on = looked_up(
        forecasts["milestone_id"], milestones["milestone_id"], milestones["done_on"]
    )
    found = rows(forecasts, forecasts["reported_on"] > done_on, "milestone_id")
    return Found(found.labels.drop_duplicates(), found.of, found.rows)


def _risk_without_impact(program: Program) -> Found:
    risks = program.risks
    open_ones = risks["closed_on"].isna() & risks["probability"].notna()
    silent = risks["impact_cost"].isna() & risks["impact_days"].isna()
    return rows(risks, open_ones & silent, "risk_id", among=open_ones)


def _risk_without_probability(program: Program) -> Found:
    risks = program.risks
    open_ones = risks["closed_on"].isna()
    return rows(risks, open_ones & risks["probability"].isna(), "risk_id", among=open_ones)


def _risk_backwards(program: Program) -> Found:
    return rows(program.risks, program.risks["closed_on"] < program.risks["opened_on"], "risk_id")


def _budget_cumulative(program: Program) -> Found:
    """Find workstreams whose every amount only ever rises, as sums do and periods do not."""
    budget = program.budget.sort_values(["workstream", "period_on"], kind="stable")
    told = [name for name in _AMOUNTS if budget[name].notna().any()]
    if not told:
        return Found(pd.Series(dtype="str"), 0)
    streams = budget["workstream"].astype(object)
    steps = budget[told].groupby(streams).diff()
    rises = (steps > 0).groupby(streams).sum() / steps.notna().groupby(streams).sum()
    falls = (steps < 0).groupby(streams).sum()
    counted = steps.notna().groupby(streams).sum() + 1
    enough = counted >= CUMULATIVE_PERIODS
    rising = (falls == 0) & (rises >= CUMULATIVE_RISES) | ~enough
    looks = rising.all(axis=1) & enough.any(axis=1)
    return Found(pd.Series(looks.index[looks], dtype="str"), len(looks))


def _budget_repeated(program: Program) -> Found:
    budget = program.budget
    label = budget["workstream"].astype("str") + " " + budget["period_on"].dt.strftime("%Y-%m-%d")
    repeated = budget.duplicated(["workstream", "period_on"])
    return rows(budget.assign(label=label), repeated, "label")


def _deployed_before_committed(program: Program) -> Found:
    deployments = program.deployments
    wrong = deployments["deployed_at"] < deployments["committed_at"]
    return rows(deployments, wrong, "deployment_id")


def _incident_backwards(program: Program) -> Found:
    incidents = program.incidents
    return rows(incidents, incidents["resolved_at"] < incidents["started_at"], "incident_id")


CHECKS = (
    Check(
        slug="milestone-overdue",
        severity="warning",
        table="milestones",
        find=_milestone_silent,
        meaning="They were due, are not done, and nobody gave a new day: the plan is not kept up.",
        remedy="Ask the owner for a new day, or set the day they were reached.",
    ),
    Check(
        slug="milestone-forecast-after-done",
        severity="note",
        table="milestone_forecasts",
        find=_milestone_forecast_late,
        meaning="They were still forecast after they had been reached: the milestone trend goes "
        "on past its end.",
        remedy="Mend done_on, or stop reporting them.",
    ),
    Check(
        slug="risk-impact-missing",
        severity="warning",
        table="risks",
        find=_risk_without_impact,
        meaning="A probability without an impact adds nothing to the exposure: it is understated.",
        remedy="Estimate a cost or a delay for each.",
    ),
    Check(
        slug="risk-probability-missing",
        severity="warning",
        table="risks",
        find=_risk_without_probability,
        meaning="Open risks without a probability add nothing to the exposure: it is understated.",
        remedy="Estimate a probability for each.",
    ),
    Check(
        slug="risk-closed-before-opened",
        severity="error",
        table="risks",
        find=_risk_backwards,
        meaning="They were never open, so that no burn-down shows them.",
        remedy="Mend the two days in the register.",
    ),
    Check(
        slug="budget-cumulative",
        severity="error",
        table="budget",
        find=_budget_cumulative,
        meaning="Amounts only ever rise, as running sums do. Amounts are of each period alone: "
        "read as such, sums are counted many times over.",
        remedy="Deliver the amount of each period: the difference to the period before.",
    ),
    Check(
        slug="budget-period-repeated",
        severity="error",
        table="budget",
        find=_budget_repeated,
        meaning="A workstream has a period more than once, and its amounts are added up twice.",
        remedy="Keep one row a workstream and period.",
    ),
    Check(
        slug="deployed-before-committed",
        severity="error",
        table="deployments",
        find=_deployed_before_committed,
        meaning="Lead times for changes come out negative.",
        remedy="Mend the two moments; the commit is often read in another time zone.",
    ),
    Check(
        slug="incident-resolved-before-started",
        severity="error",
        table="incidents",
        find=_incident_backwards,
        meaning="Times to restore come out negative.",
        remedy="Mend the two moments at the source.",
    ),
)
