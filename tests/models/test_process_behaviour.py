"""Limits and detection rules, by hand and held against a slow count."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpm_analytics import ParameterError
from tpm_analytics.models import process_behaviour as model
from tpm_analytics.models.process_behaviour import Limits

WIDE = Limits(centre=10.0, mean_range=1.0, lower=2.0, upper=18.0, upper_range=100.0)


def test_limits_by_the_mean_moving_range_by_hand():
    found = model.limits(np.array([4.0, 8.0, 6.0, 6.0, 11.0]))
    # ranges 4, 2, 0, 5: mean 2.75; mean of the values 7
    assert (found.centre, found.mean_range) == (7.0, 2.75)
    assert found.lower == pytest.approx(7 - 2.66 * 2.75)
    assert found.upper == pytest.approx(7 + 2.66 * 2.75)
    assert found.upper_range == pytest.approx(3.268 * 2.75)


def test_limits_by_the_median_moving_range_by_hand():
    found = model.limits(np.array([4.0, 8.0, 6.0, 6.0, 11.0]), spread="median")
    # ranges 0, 2, 4, 5: median 3; median of the values 6
    assert (found.centre, found.mean_range) == (6.0, 3.0)
    assert (found.lower, found.upper) == pytest.approx((6 - 3.145 * 3, 6 + 3.145 * 3))
    assert found.upper_range == pytest.approx(3.865 * 3)


def test_a_wild_value_widens_limits_by_the_median_less():
    calm = [10.0, 12.0, 9.0, 11.0, 12.0, 10.0, 9.0, 11.0]
    wild = np.array([*calm, 300.0, *calm])
    by_mean, by_median = model.limits(wild), model.limits(wild, spread="median")
    assert by_median.upper < 20 < by_mean.upper
    assert model.patterns(wild, by_median).outside.sum() == 1


def test_without_a_range_there_are_no_limits():
    assert math.isnan(model.limits(np.array([5.0])).upper)
    assert math.isnan(model.limits(np.array([])).centre)
    assert math.isnan(model.limits(np.array([3.0, 3.0, 3.0, 9.0]), spread="median").upper)


def test_values_that_never_vary_are_no_signals_and_the_first_other_one_is():
    same = model.limits(np.full(20, 5.0))
    assert not any(part.any() for part in vars(model.patterns(np.full(20, 5.0), same)).values())
    assert model.patterns(np.array([5.0, 5.0, 6.0]), same).outside.tolist() == [False, False, True]


def test_eight_in_a_row_are_a_run_and_seven_are_not():
    seven, eight = np.array([9.0] + [11.0] * 7), np.array([9.0] + [11.0] * 8)
    assert not model.patterns(seven, WIDE).run.any()
    assert model.patterns(eight, WIDE).run.tolist() == [False] + [True] * 8


def test_a_value_on_the_centre_ends_a_run():
    values = np.array([11.0] * 5 + [10.0] + [11.0] * 5)
    assert not model.patterns(values, WIDE).run.any()


def test_three_of_four_nearer_a_limit_than_the_centre():
    # nearer the upper limit (18) than the centre (10): above 14
    assert model.patterns(np.array([15.0, 11.0, 15.0, 15.0]), WIDE).near.tolist() == [
        True,
        False,
        True,
        True,
    ]
    assert not model.patterns(np.array([15.0, 11.0, 11.0, 15.0, 15.0]), WIDE).near.any()
    # two high and two low are no pattern
    assert not model.patterns(np.array([15.0, 5.0, 15.0, 5.0]), WIDE).near.any()
    # 14 itself is as near to one as to the other
    assert not model.patterns(np.array([14.0, 14.0, 14.0, 14.0]), WIDE).near.any()


def test_a_jump_is_a_moving_range_above_its_limit():
    tight = Limits(centre=10.0, mean_range=1.0, lower=0.0, upper=20.0, upper_range=3.268)
    assert model.patterns(np.array([9.0, 12.0, 8.0]), tight).jump.tolist() == [False, False, True]


def test_a_spread_that_nobody_knows_is_refused():
    with pytest.raises(ParameterError, match="use one of: mean, median"):
        model.limits(np.array([1.0, 2.0]), spread="range")


values = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=40)


@given(values, st.sampled_from(["mean", "median"]))
def test_patterns_are_those_of_a_slow_count(drawn, spread):
    figures = np.array(drawn)
    limits = model.limits(figures, spread=spread)
    found = model.patterns(figures, limits)
    if math.isnan(limits.upper):
        assert not (found.outside | found.run | found.near | found.jump).any()
        return
    run = [False] * len(drawn)
    for end in range(8, len(drawn) + 1):
        window = figures[end - 8 : end]
        if (window > limits.centre).all() or (window < limits.centre).all():
            run[end - 8 : end] = [True] * 8
    assert found.run.tolist() == run
    assert found.outside.tolist() == [not limits.lower <= one <= limits.upper for one in drawn]


@given(values, st.integers(1, 9), st.integers(-100, 100))
def test_limits_move_and_grow_with_the_values(drawn, factor, shift):
    one, other = (
        model.limits(np.array(drawn)),
        model.limits(np.array(drawn) * factor + shift),
    )
    assert other.centre == pytest.approx(one.centre * factor + shift)
    assert other.upper == pytest.approx(one.upper * factor + shift)
    assert other.upper_range == pytest.approx(one.upper_range * factor)


def test_pure_chance_rarely_raises_a_signal_and_a_shift_nearly_always_does():
    chance = np.random.default_rng(7)
    alarms = hits = points = 0
    for _ in range(200):
        calm = chance.normal(50, 5, 30)
        alarms += model.patterns(calm, model.limits(calm)).outside.sum()
        points += 30
        before = model.limits(calm)
        moved = model.patterns(chance.normal(65, 5, 12), before)
        hits += bool((moved.outside | moved.run | moved.near).any())
    # three sigma promise 0.27 % outside; limits out of 30 values are a little wrong
    assert alarms / points < 0.01
    assert hits >= 199
