"""Checks of people fire on who cannot be counted on, and on nothing else."""

import pandas as pd
import pytest

from tests.metrics.health.checks.small_programs import TWO_ITEMS, holds
from tpm_analytics.metrics.health.checks import people

STAFF = pd.DataFrame(
    {
        "person_id": ["p-1", "p-2", "p-3"],
        "role": ["Engineer", "engineer ", "Designer"],
        "skills": ["java;sql", None, "Java"],
        "country": ["ES", None, "IL"],
        "left_on": [None, None, "2030-01-01"],
    }
)
PLAN = pd.DataFrame(
    {
        "activity_id": ["a", "b"],
        "duration_days": [5.0, 5.0],
        "actual_finish_on": [None, "2025-03-03"],
    }
)


def tables(demand=(), **changed):
    staff = STAFF.assign(**changed)
    wanted = pd.DataFrame(demand, columns=["activity_id", "resource", "units"])
    return {"items": TWO_ITEMS, "people": staff, "activities": PLAN, "activity_demand": wanted}


CASES = [
    (
        "country-unknown",
        tables(country=["ES", "XX", None]),
        (1, 2, "p-2: XX"),
        tables(),
    ),
    (
        "demand-nobody-meets",
        tables([("a", "Cobol", 1.0), ("a", "JAVA", 1.0), ("b", "Fortran", 1.0)]),
        (1, 2, "a: Cobol"),
        tables([("a", "sql", 1.0), ("a", " ENGINEER", 1.0), ("b", "Fortran", 1.0)]),
    ),
    (
        "demand-beyond-people",
        tables([("a", "Engineer", 3.0), ("a", "java", 2.0)]),
        (1, 2, "a: 3 Engineer needed at once, 2 there"),
        tables([("a", "Engineer", 2.0), ("a", "Cobol", 9.0)]),
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in people.CHECKS]
