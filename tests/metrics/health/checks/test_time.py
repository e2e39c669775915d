"""Checks of the day fire when it does not fit the days in the data, and on nothing else."""

import pytest

from tests.metrics.health.checks.small_programs import TWO_ITEMS, holds
from tpm_analytics.metrics.health.checks import time

CASES = [
    (
        "dated-later",
        {"items": TWO_ITEMS.assign(created_at=["2025-03-03", "2025-03-09"]), "as_of": "2025-03-04"},
        (1, 2, "items (1 rows)"),
        {"items": TWO_ITEMS, "as_of": "2025-03-03"},
    ),
    (
        "data-ends-early",
        {"items": TWO_ITEMS, "as_of": "2025-03-18"},
        (1, 1, "last known day 2025-03-03, 15 days before"),
        {"items": TWO_ITEMS, "as_of": "2025-03-17"},
    ),
    (
        "last-day-alone",
        {"items": TWO_ITEMS.assign(created_at=["2025-03-03", "2052-03-03"])},
        (1, 2, "2052-03-03, 9,862 days after the day before it"),
        {"items": TWO_ITEMS.assign(created_at=["2025-03-03", "2025-06-01"])},
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in time.CHECKS]
