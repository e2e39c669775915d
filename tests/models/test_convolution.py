"""Exact totals and finish days, held against sums by hand, enumeration and each other."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import convolution

histories = st.lists(st.integers(0, 4), min_size=1, max_size=6)
moving = histories.filter(any)


def exact(days):
    """Chances of each total by enumerating every future of these days, in fractions."""
    chances = {}
    for future in product(*days):
        chances[sum(future)] = chances.get(sum(future), 0) + 1
    number = sum(chances.values())
    return [float(Fraction(chances.get(k, 0), number)) for k in range(max(chances) + 1)]


def test_two_coins():
    assert convolution.total(np.array([0.5, 0.5]), 2) == pytest.approx([0.25, 0.5, 0.25], abs=1e-15)


def test_500_days_are_exact_to_the_last_digits():
    total = convolution.total(np.array([0.25, 0.5, 0.25]), 500)
    assert total == pytest.approx([comb(1000, k) / 2**1000 for k in range(1001)], abs=1e-14)


@given(history=histories, periods=st.integers(0, 5))
@settings(max_examples=60)
def test_total_is_that_of_every_future_enumerated(history, periods):
    total = convolution.total(convolution.observed(np.array(history)), periods)
    expected = exact([history] * periods)
    assert total[: len(expected)] == pytest.approx(expected, abs=1e-12)
    assert total.sum() == pytest.approx(1)


@given(one=histories, other=histories, periods=st.tuples(st.integers(0, 3), st.integers(0, 3)))
@settings(max_examples=60)
def test_kinds_of_day_add_up(one, other, periods):
    kinds = [convolution.observed(np.array(kind)) for kind in (one, other)]
    total = convolution.total_over(kinds, periods)
    expected = exact([one] * periods[0] + [other] * periods[1])
    assert total[: len(expected)] == pytest.approx(expected, abs=1e-12)


@given(history=moving, rest=histories, items=st.integers(1, 25), days=st.integers(1, 30))
@settings(max_examples=100)
def test_all_are_done_by_a_day_exactly_where_that_many_are_done_by_it(history, rest, items, days):
    kinds = [convolution.observed(np.array(kind)) for kind in (history, rest)]
    order = np.arange(days) % 7 >= 5
    chance = convolution.finished_within(kinds, order.astype(int), items)
    for day in (0, 1, days // 2, days):
        off = int(order[:day].sum())
        total = convolution.chance_at_least(convolution.total_over(kinds, [day - off, off]))
        expected = total[items] if items < len(total) else 0
        assert chance[day] == pytest.approx(expected, abs=1e-11)
    assert (np.diff(chance) >= 0).all()


def test_a_burst_of_hundreds_in_one_day_takes_the_other_way_to_the_same_answer():
    burst = convolution.observed(np.array([0, 0, 1, 300]))
    chance = convolution.finished_within([burst], np.zeros(20, dtype=int), 500)
    total = convolution.chance_at_least(convolution.total(burst, 20))
    assert chance[20] == pytest.approx(total[500], abs=1e-12)


def test_nothing_to_do_is_done_at_once():
    assert convolution.finished_within([np.array([1.0])], np.zeros(3, dtype=int), 0).min() == 1


def test_a_team_that_never_finishes_has_no_day():
    chance = convolution.finished_within([np.array([1.0])], np.zeros(9, dtype=int), 1)
    assert convolution.days_within(chance, 0.5) is None


def test_85_percent_is_at_least_in_85_of_100_futures():
    hundred = convolution.observed(np.arange(100))
    assert convolution.at_least(hundred, 0.85) == 15
    assert convolution.at_least(hundred, 1) == 0


@given(history=histories, periods=st.integers(1, 6), share=st.floats(0.01, 0.99))
@settings(max_examples=60)
def test_a_surer_promise_is_never_a_larger_one(history, periods, share):
    total = convolution.total(convolution.observed(np.array(history)), periods)
    assert convolution.at_least(total, share) >= convolution.at_least(total, (1 + share) / 2)


def test_a_future_like_one_of_two():
    mixed = convolution.mixture([np.array([1.0]), np.array([0.0, 0.0, 1.0])], np.array([1, 3]))
    assert mixed.tolist() == [0.25, 0, 0.75]


def test_recent_days_can_weigh_more():
    assert convolution.observed(np.array([0, 2]), np.array([1, 3])).tolist() == [0.25, 0, 0.75]


@pytest.mark.parametrize(
    ("points", "steps", "step"),
    [
        ([0.5, 1, 3, 0], [1, 2, 6, 0], 0.5),
        ([3, 5, 8], [3, 5, 8], 1),
        ([0.1, 0.3], [1, 3], 0.1),
        ([20, 40], [1, 2], 20),
        ([0, 0], [0, 0], 1),
        ([0.01, 0.4, 10], [0, 20, 500], 0.02),
    ],
)
def test_points_lie_on_the_coarsest_grid_that_holds_them(points, steps, step):
    found = convolution.on_grid(np.array(points))
    assert found[0].tolist() == steps
    assert found[1] == pytest.approx(step)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda: convolution.observed(np.array([])), "longer history"),
        (lambda: convolution.observed(np.array([-1])), "on_grid"),
        (lambda: convolution.observed(np.array([0.5])), "on_grid"),
        (lambda: convolution.total(np.array([1.0]), -1), "0 or more"),
        (lambda: convolution.at_least(np.array([1.0]), 85), "0.85, not 85"),
        (lambda: convolution.days_within(np.array([1.0]), 0), "0.85 is 85 of 100"),
        (lambda: convolution.joint([np.ones(2), np.ones(3)]), "the same days"),
    ],
)
def test_what_cannot_be_meant_is_said(wrong, hint):
    with pytest.raises(ParameterError) as error:
        wrong()
    assert hint in str(error.value)
