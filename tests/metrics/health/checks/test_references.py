"""Checks of references fire on what names nothing that is there, and on nothing else."""

import pytest

from tests.metrics.health.checks.small_programs import MOVES, PEOPLE, holds, rows
from tpm_analytics.metrics.health.checks import references

CASES = [
    (
        "parent-unknown",
        {
            "items": rows(
                "item_id,parent_id,created_at",
                "A-1,E-9,2025-03-03",
                "A-2,A-1,2025-03-03",
                "A-3,,2025-03-03",
                "A-4,E-9,2025-03-03",
            )
        },
        (2, 3, "E-9"),
        {"items": rows("item_id,parent_id,created_at", "A-1,,2025-03-03")},
    ),
    (
        "assignee-unknown",
        {
            "items": rows(
                "item_id,assignee_id,created_at",
                "A-1,bob,2025-03-03",
                "A-2,ada,2025-03-03",
                "A-3,,2025-03-03",
            ),
            "people": PEOPLE,
        },
        (1, 2, "bob"),
        {"items": rows("item_id,assignee_id,created_at", "A-1,bob,2025-03-03")},
    ),
    (
        "moved-item-unknown",
        {"transitions": rows(MOVES, "A-1,2025-03-04,,Open", "B-1,2025-03-04,,Open")},
        (1, 2, "B-1"),
        {"transitions": rows(MOVES, "A-1,2025-03-04,,Open")},
    ),
    (
        "blocked-item-unknown",
        {"blocks": rows("item_id,blocked_at", "A-1,2025-03-04", "B-1,2025-03-04")},
        (1, 2, "B-1"),
        {"blocks": rows("item_id,blocked_at", "A-1,2025-03-04")},
    ),
    (
        "scope-sprint-unknown",
        {
            "sprints": rows("sprint_id", "1"),
            "sprint_scope": rows("sprint_id,item_id", "1,A-1", "9,A-1"),
        },
        (1, 2, "9"),
        {"sprints": rows("sprint_id", "1"), "sprint_scope": rows("sprint_id,item_id", "1,A-1")},
    ),
    (
        "scope-item-unknown",
        {"sprint_scope": rows("sprint_id,item_id", "1,A-1", "1,B-1")},
        (1, 2, "B-1"),
        {"sprint_scope": rows("sprint_id,item_id", "1,A-1")},
    ),
    (
        "absent-person-unknown",
        {
            "people": PEOPLE,
            "absences": rows(
                "person_id,from_on,to_on", "bob,2025-03-03,2025-03-04", "ada,2025-03-03,2025-03-04"
            ),
        },
        (1, 2, "bob"),
        {
            "people": PEOPLE,
            "absences": rows("person_id,from_on,to_on", "ada,2025-03-03,2025-03-04"),
        },
    ),
    (
        "allocated-person-unknown",
        {
            "people": PEOPLE,
            "allocations": rows(
                "person_id,workstream,from_on,to_on,share", "bob,api,2025-03-03,2025-03-04,1"
            ),
        },
        (1, 1, "bob"),
        {
            "people": PEOPLE,
            "allocations": rows(
                "person_id,workstream,from_on,to_on,share", "ada,api,2025-03-03,2025-03-04,1"
            ),
        },
    ),
    (
        "worklog-person-unknown",
        {
            "people": PEOPLE,
            "worklogs": rows(
                "person_id,item_id,worked_on,hours",
                "bob,A-1,2025-03-03,1",
                "bob,A-1,2025-03-04,1",
                "ada,A-1,2025-03-04,1",
            ),
        },
        (2, 3, "bob"),
        {"people": PEOPLE, "worklogs": rows("person_id,worked_on,hours", "ada,2025-03-03,1")},
    ),
    (
        "worklog-item-unknown",
        {
            "worklogs": rows(
                "person_id,item_id,worked_on,hours", "bob,B-1,2025-03-03,1", "bob,,2025-03-03,1"
            )
        },
        (1, 1, "B-1"),
        {"worklogs": rows("person_id,item_id,worked_on,hours", "bob,A-1,2025-03-03,1")},
    ),
    (
        "demand-activity-unknown",
        {
            "activities": rows("activity_id", "design"),
            "activity_demand": rows(
                "activity_id,resource,units", "design,engineer,1", "build,engineer,1"
            ),
        },
        (1, 2, "build"),
        {
            "activities": rows("activity_id", "design"),
            "activity_demand": rows("activity_id,resource,units", "design,engineer,1"),
        },
    ),
    (
        "forecast-milestone-unknown",
        {
            "milestones": rows("milestone_id", "beta"),
            "milestone_forecasts": rows(
                "milestone_id,reported_on,forecast_on",
                "beta,2025-03-03,2025-04-03",
                "gamma,2025-03-03,2025-04-03",
            ),
        },
        (1, 2, "gamma"),
        {
            "milestones": rows("milestone_id", "beta"),
            "milestone_forecasts": rows(
                "milestone_id,reported_on,forecast_on", "beta,2025-03-03,2025-04-03"
            ),
        },
    ),
    (
        "assessed-risk-unknown",
        {
            "risks": rows("risk_id,probability,impact_cost", "R-1,0.1,5"),
            "risk_history": rows("risk_id,reported_on", "R-1,2025-03-03", "R-2,2025-03-03"),
        },
        (1, 2, "R-2"),
        {
            "risks": rows("risk_id,probability,impact_cost", "R-1,0.1,5"),
            "risk_history": rows("risk_id,reported_on", "R-1,2025-03-03"),
        },
    ),
    (
        "contingency-risk-unknown",
        {
            "risks": rows("risk_id,probability,impact_cost", "R-1,0.1,5"),
            "contingency": rows(
                "changed_on,drawn_cost,risk_id", "2025-03-03,5,R-1", "2025-03-04,5,R-2"
            ),
        },
        (1, 2, "R-2"),
        {
            "risks": rows("risk_id,probability,impact_cost", "R-1,0.1,5"),
            "contingency": rows("changed_on,added_cost,risk_id", "2025-03-03,5,"),
        },
    ),
    (
        "risk-affects-unknown",
        {
            "milestones": rows("milestone_id", "beta"),
            "risks": rows("risk_id,affects_id", "R-1,beta", "R-2,gamma", "R-3,A-1", "R-4,"),
        },
        (1, 3, "gamma"),
        {"risks": rows("risk_id,affects_id", "R-3,A-1")},
    ),
    (
        "incident-deployment-unknown",
        {
            "deployments": rows("deployment_id,deployed_at", "d1,2025-03-03"),
            "incidents": rows(
                "incident_id,started_at,deployment_id", "i1,2025-03-03,d1", "i2,2025-03-03,d9"
            ),
        },
        (1, 2, "d9"),
        {"incidents": rows("incident_id,started_at,deployment_id", "i1,2025-03-03,d1")},
    ),
    (
        "absences-outside-employment",
        {
            "people": PEOPLE,
            "absences": rows(
                "person_id,from_on,to_on",
                "ada,2025-01-06,2025-01-08",
                "ada,2025-06-30,2025-07-01",
                "ada,2025-01-07,2025-06-30",
                "bob,2025-01-07,2025-06-30",
            ),
        },
        (2, 4, "ada"),
        {
            "people": PEOPLE,
            "absences": rows("person_id,from_on,to_on", "ada,2025-01-07,2025-06-30"),
        },
    ),
    (
        "allocations-outside-employment",
        {
            "people": PEOPLE,
            "allocations": rows(
                "person_id,workstream,from_on,to_on,share", "ada,api,2025-06-01,2025-08-01,1"
            ),
        },
        (1, 1, "ada"),
        {
            "people": rows("person_id", "ada"),
            "allocations": rows(
                "person_id,workstream,from_on,to_on,share", "ada,api,2025-06-01,2025-08-01,1"
            ),
        },
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in references.CHECKS]
