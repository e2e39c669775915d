"""Checks of plans fire on days and amounts that cannot be right, and on nothing else."""

import pytest

from tests.metrics.health.checks.small_programs import holds, rows
from tpm_analytics.metrics.health.checks import plans

CASES = [
    (
        "milestone-overdue",
        {
            "milestones": rows(
                "milestone_id,due_on,done_on",
                "alpha,2025-03-02,",
                "beta,2025-03-03,",
                "gamma,2025-03-01,2025-03-02",
            )
        },
        (1, 2, "alpha"),
        {"milestones": rows("milestone_id,due_on", "beta,2025-03-03")},
    ),
    (
        "milestone-forecast-after-done",
        {
            "milestones": rows("milestone_id,done_on", "beta,2025-03-02"),
            "milestone_forecasts": rows(
                "milestone_id,reported_on,forecast_on",
                "beta,2025-03-01,2025-04-03",
                "beta,2025-03-03,2025-04-03",
            ),
        },
        (1, 2, "beta"),
        {
            "milestones": rows("milestone_id,done_on", "beta,2025-03-02"),
            "milestone_forecasts": rows(
                "milestone_id,reported_on,forecast_on", "beta,2025-03-02,2025-03-02"
            ),
        },
    ),
    (
        "risk-impact-missing",
        {
            "risks": rows(
                "risk_id,probability,impact_cost,impact_days,closed_on",
                "R-1,0.3,,,",
                "R-2,0.3,100,,",
                "R-3,0.3,,,2025-03-03",
                "R-4,,,,",
            )
        },
        (1, 2, "R-1"),
        {"risks": rows("risk_id,probability,impact_days", "R-2,0.3,5")},
    ),
    (
        "risk-probability-missing",
        {"risks": rows("risk_id,probability,closed_on", "R-1,0.3,", "R-2,,", "R-3,,2025-03-03")},
        (1, 2, "R-2"),
        {"risks": rows("risk_id,probability", "R-1,0.3")},
    ),
    (
        "risk-closed-before-opened",
        {
            "risks": rows(
                "risk_id,opened_on,closed_on",
                "R-1,2025-03-03,2025-03-02",
                "R-2,2025-03-03,2025-03-03",
            )
        },
        (1, 2, "R-1"),
        {"risks": rows("risk_id,opened_on,closed_on", "R-2,2025-03-03,2025-03-03")},
    ),
    (
        "budget-cumulative",
        {
            "budget": rows(
                "workstream,period_on,planned_value,earned_value,actual_cost",
                *(f"api,2025-0{month}-01,{10 * month},{9 * month}," for month in range(1, 7)),
                *(f"app,2025-0{month}-01,10,{10 - month % 2}," for month in range(1, 7)),
            )
        },
        (1, 2, "api"),
        {
            "budget": rows(
                "workstream,period_on,planned_value",
                *(f"api,2025-0{month}-01,10" for month in range(1, 7)),
                *(f"few,2025-0{month}-01,{10 * month}" for month in range(1, 5)),
            )
        },
    ),
    (
        "budget-period-repeated",
        {
            "budget": rows(
                "workstream,period_on,planned_value",
                "api,2025-01-01,10",
                "api,2025-01-01,10",
                "app,2025-01-01,10",
            )
        },
        (1, 3, "api 2025-01-01"),
        {
            "budget": rows(
                "workstream,period_on,planned_value", "api,2025-01-01,10", "app,2025-01-01,10"
            )
        },
    ),
    (
        "deployed-before-committed",
        {
            "deployments": rows(
                "deployment_id,deployed_at,committed_at",
                "d1,2025-03-03T09:00Z,2025-03-03T10:00Z",
                "d2,2025-03-03T09:00Z,2025-03-03T09:00Z",
            )
        },
        (1, 2, "d1"),
        {"deployments": rows("deployment_id,deployed_at", "d2,2025-03-03T09:00Z")},
    ),
    (
        "incident-resolved-before-started",
        {
            "incidents": rows(
                "incident_id,started_at,resolved_at",
                "i1,2025-03-03T09:00Z,2025-03-03T08:00Z",
                "i2,2025-03-03T09:00Z,",
            )
        },
        (1, 2, "i1"),
        {"incidents": rows("incident_id,started_at", "i2,2025-03-03T09:00Z")},
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in plans.CHECKS]
