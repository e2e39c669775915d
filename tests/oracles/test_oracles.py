"""Every oracle case whose subject the package answers passes, and the runner tells the truth."""

import pytest

from tests.oracles import adapters, cases
from tests.places import SHARED

ORACLES = SHARED / "oracles" / "oracles.json"
FOUND = cases.read_cases(ORACLES) if ORACLES.is_file() else []
ANSWERED = [case for case in FOUND if case["subject"] in adapters.ADAPTERS]


@pytest.mark.skipif(not FOUND, reason="the oracle file (../shared/oracles) is not here")
@pytest.mark.parametrize("case", ANSWERED, ids=[case["id"] for case in ANSWERED])
def test_oracle(case):
    result = cases.check(case)
    assert result.passed, result.figures


SPRINT = {"planned": 8, "completed_planned": 2, "added": 2, "completed_added": 1, "removed": 1}


def test_right_answer_passes():
    case = {"id": "x", "subject": "velocity", "inputs": SPRINT, "tolerance": 1e-9}
    expected = {"planning_accuracy": 0.25, "capacity_accuracy": 0.375, "carried_over_planned": 5}
    assert cases.check({**case, "expected": expected}).passed


@pytest.mark.parametrize(
    "expected",
    [{"planning_accuracy": 0.26}, {"unheard_of": 1}, {"planning_accuracy": [0.25]}],
)
def test_wrong_missing_or_misshapen_answer_fails(expected):
    case = {"id": "x", "subject": "velocity", "inputs": SPRINT, "tolerance": 1e-9}
    assert not cases.check({**case, "expected": expected}).passed


def test_lognormal_and_pert_durations_add_up_to_the_known_mean_and_spread():
    # means and variances of independent durations add; that of a PERT law is
    # (mean - low) (high - mean) / 7: 6 x 6 / 7
    lognormal = {"distribution": "lognormal", "mean": 20, "sd": 5}
    pert = {"distribution": "pert", "optimistic": 3, "most_likely": 9, "pessimistic": 15}
    case = {
        "id": "x",
        "subject": "schedule_risk",
        "inputs": {"activities": [lognormal, pert], "arrangement": "series", "correlation": 0},
        "expected": {"mean": 29, "sd": (25 + 36 / 7) ** 0.5},
        "tolerance": 0.03,
    }
    result = cases.check(case)
    assert result.passed, result.figures


def test_unknown_subject_is_a_failure():
    assert not cases.check({"id": "x", "subject": "astrology", "inputs": {}, "expected": {}}).passed


def test_not_a_number_is_a_failure():
    assert list(cases.compare(1.0, float("nan"), 0.1, "answer"))
