"""Checks of allocations fire on what promises more than there is, and on nothing else."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.health.checks.small_programs import TWO_ITEMS, holds
from tpm_analytics.metrics import health
from tpm_analytics.metrics.health.checks import allocations

MARCH, APRIL = ("2025-03-01", "2025-03-31"), ("2025-04-01", "2025-04-30")


def tables(*rows):
    columns = ["person_id", "workstream", "from_on", "to_on", "share"]
    return {"items": TWO_ITEMS, "allocations": pd.DataFrame(rows, columns=columns)}


CASES = [
    (
        "allocation-above-all",
        tables(("ada", "Core", *MARCH, 1.5), ("bob", "Core", *MARCH, 1.0)),
        (1, 2, "ada: 150 % to Core"),
        tables(("ada", "Core", *MARCH, 1.0)),
    ),
    (
        "person-promised-twice",
        tables(
            ("ada", "Core", *MARCH, 0.6),
            ("ada", "Edge", "2025-03-31", "2025-04-10", 0.8),
            ("bob", "Core", *MARCH, 1.0),
            ("cyd", "Core", *MARCH, 2.0),
        ),
        (2, 3, "cyd: 200 % from 2025-03-01, ada: 140 % from 2025-03-31"),
        # one ends on the day before the other begins, and parts that add up to all
        tables(
            ("ada", "Core", *MARCH, 1.0),
            ("ada", "Edge", *APRIL, 1.0),
            *[("bob", name, *MARCH, 0.1) for name in "ABCDEFGHIJ"],
        ),
    ),
    (
        "allocation-repeated",
        tables(
            ("ada", "Core", *MARCH, 0.2),
            ("ada", "Core", "2025-03-05", "2025-03-06", 0.2),
            ("ada", "Core", "2025-03-30", "2025-04-02", 0.2),
        ),
        (2, 3, "ada: Core"),
        tables(("ada", "Core", *MARCH, 0.2), ("ada", "Core", *APRIL, 0.2)),
    ),
]


@pytest.mark.parametrize(("check", "wrong", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_a_check_finds_what_it_is_named_for_and_nothing_else(check, wrong, expected, fine):
    holds(check, wrong, expected, fine)


def test_every_check_of_allocations_has_a_case():
    assert {check.slug for check in allocations.CHECKS} == {case[0] for case in CASES}


def test_the_overload_of_the_sample_is_a_finding():
    found = health.findings(tpm.load("sample:")).set_index("check")
    assert found.loc["person-promised-twice", "count"] == 1
    assert "160 % from 2025-03-03" in found.loc["person-promised-twice", "examples"]
