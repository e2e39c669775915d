"""Formulas of earned value: published cases, and what holds of any plan."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpm_analytics.models import earned_value as model

steps = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any)


@given(steps, st.integers(0, 5))
def test_a_flat_tail_makes_no_plan_longer(planned, tail):
    totals = np.cumsum(planned, dtype=float)
    longer = np.append(totals, [totals[-1]] * tail)
    assert model.planned_periods(longer) == model.planned_periods(totals)
    earned = np.linspace(0, totals[-1], 7)
    assert np.array_equal(
        model.earned_schedule(longer, earned), model.earned_schedule(totals, earned)
    )


@given(steps)
def test_who_earns_as_planned_is_neither_early_nor_late(planned):
    totals = np.cumsum(planned, dtype=float)
    length = model.planned_periods(totals)
    elapsed = np.arange(1.0, length + 1)
    assert model.earned_schedule(totals, totals[:length], elapsed) == pytest.approx(elapsed)


@given(steps, st.floats(0, 1), st.floats(0, 1))
def test_more_earned_is_never_earlier_in_the_plan(planned, one, other):
    totals = np.cumsum(planned, dtype=float)
    less, more = sorted([one, other])
    found = model.earned_schedule(totals, np.array([less, more]) * totals[-1])
    assert 0 <= found[0] <= found[1] <= model.planned_periods(totals)


def test_a_planned_pause_makes_nobody_late():
    planned = np.array([10.0, 10.0, 10.0, 20.0])
    elapsed = np.array([1.0, 2.0, 3.0])
    assert model.earned_schedule(planned, np.full(3, 10.0), elapsed).tolist() == [1, 2, 3]


def test_without_a_plan_there_is_no_earned_schedule():
    assert np.isnan(model.earned_schedule(np.zeros(3), np.array([0.0]))).all()


def test_a_spent_budget_cannot_be_kept_at_any_efficiency():
    at = model.Position(*(np.array([amount]) for amount in (90.0, 80.0, 100.0, 100.0)))
    assert np.isnan(model.to_complete(at, 100.0)).all()
    assert model.to_complete(at, 125.0) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("amounts", "totals"),
    [
        ([5, 10, 25, 55, 85, 120, 130, 140, 150, 150, 150], True),
        ([0, 0, 5, 10, 25, 55, 85], True),
        ([5, 5, 15, 30, 30, 35, 10, 10, 10, 0, 0], False),
        ([10] * 8, False),
        ([10, 20, 30, 40], False),
        ([], False),
    ],
)
def test_running_totals_are_told_from_amounts(amounts, totals):
    assert model.looks_cumulative(np.array(amounts, dtype=float)) is totals


def test_a_change_is_found_where_it_is_and_none_in_noise():
    noise = np.random.default_rng(7).normal(0, 0.05, 18)
    assert model.last_change(1 + noise, np.ones(18), 3) is None
    level = np.repeat([1.0, 1.7], [13, 5])
    assert model.last_change(level + noise, np.ones(18), 3) == 13
    assert model.last_change(np.ones(18), np.ones(18), 3) is None
