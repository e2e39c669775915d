"""Common luck: what is known exactly, what always holds, and what can be learned of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpm_analytics import ParameterError
from tpm_analytics.models import convolution, luck

chances = st.lists(st.floats(0.01, 0.99), min_size=2, max_size=6)


def together(each, common):
    return float(luck.all_reach([np.array([one]) for one in each], common)[0])


@pytest.mark.parametrize("common", [0.0, 0.1, 0.3, 0.6, 0.9])
def test_coins_with_common_luck_are_known_exactly(common):
    """Sheppard 1899: of two fair coins both fall well in 1/4 + arcsin(r) / 2 pi of all throws."""
    angle = np.arcsin(common)
    assert together([0.5] * 2, common) == pytest.approx(1 / 4 + angle / (2 * np.pi), abs=5e-4)
    assert together([0.5] * 3, common) == pytest.approx(1 / 8 + 3 * angle / (4 * np.pi), abs=5e-4)


def test_without_common_luck_chances_multiply_and_with_one_luck_the_least_counts():
    assert together([0.8, 0.5, 0.9], 0.0) == pytest.approx(0.36)
    assert together([0.8, 0.5, 0.9], 1.0) == 0.5


@given(chances, st.floats(0, 1))
def test_all_are_never_surer_than_the_least_sure_and_never_less_than_independent(each, common):
    whole = together(each, common)
    assert whole <= min(each)
    assert whole >= np.prod(each) - 1e-4


@given(chances, st.floats(0, 0.94), st.floats(0, 0.94))
def test_the_more_is_common_the_surer_are_all(each, one, other):
    less, more = sorted([one, other])
    assert together(each, less) <= together(each, more) + 1e-3


def test_what_is_certain_stays_certain_and_what_cannot_be_stays_so():
    certain, never = np.array([1.0]), np.array([0.0])
    assert luck.all_reach([certain, certain], 0.4)[0] == 1
    assert luck.all_reach([certain, never], 0.4)[0] == 0
    assert luck.all_reach([certain, np.array([0.7])], 0.4)[0] == pytest.approx(0.7, abs=1e-4)


def test_a_chance_for_each_day_is_asked_of_every_team():
    with pytest.raises(ParameterError, match="the same days"):
        luck.all_reach([np.ones(2), np.ones(3)], 0.2)


@given(st.floats(0.3, 0.97), st.integers(2, 30), st.floats(0, 0.9))
def test_each_must_be_so_sure_that_all_are_as_sure_as_asked(share, teams, common):
    each = luck.share_of_each(share, teams, common)
    assert each >= share - 1e-9
    assert together([each] * teams, common) == pytest.approx(share, abs=2e-3)


def test_sums_keep_their_mean_and_spread_more_the_more_is_common():
    month = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    counts = np.arange(4 * 4 + 1)
    spreads = []
    for common in (0.0, 0.3, 0.6):
        whole = luck.total([month] * 4, common)
        mean = float(whole @ counts)
        assert whole.sum() == pytest.approx(1)
        assert mean == pytest.approx(8, abs=1e-3)
        spreads.append(float(whole @ (counts - mean) ** 2))
    assert spreads[0] == pytest.approx(4 * 1.2)
    assert spreads[0] < spreads[1] < spreads[2]


def test_without_common_luck_sums_are_convolutions():
    parts = [np.array([0.5, 0.5]), np.array([0.2, 0.3, 0.5])]
    np.testing.assert_allclose(luck.total(parts, 0.0), np.convolve(*parts), atol=1e-12)
    np.testing.assert_allclose(luck.total(parts[:1], 0.5), parts[0], atol=1e-12)


def test_common_luck_is_found_where_it_is_and_not_where_it_is_not():
    draw = np.random.default_rng(5)
    own, shared = draw.standard_normal((6, 200)), draw.standard_normal(200)
    alike = np.sqrt(0.3) * shared + np.sqrt(0.7) * own
    correlation, common, pairs = luck.alike(alike)
    assert pairs == 15 * 200
    assert correlation == pytest.approx(0.3, abs=0.08)
    assert common == pytest.approx(correlation, abs=0.02)
    assert luck.alike(own)[1] <= 0.02


def test_luck_that_goes_against_one_another_is_not_carried_on():
    wave = np.tile([1.0, -1.0], 30)
    correlation, common, _ = luck.alike(np.array([wave, -wave]))
    assert (round(correlation, 6), common) == (-1.0, 0.0)


def test_few_months_together_say_nothing():
    apart = np.array([[1.0, 2.0, np.nan, np.nan], [np.nan, 1.0, 2.0, 3.0]])
    assert luck.alike(apart)[1:] == (0.0, 0)
    two = np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 0.9]])
    assert luck.alike(two)[1] < 0.5


def test_promises_for_all_at_once_hold_as_often_as_they_say():
    """Forecasts that are right, of teams with luck in common: 85 of 100 joint promises hold."""
    draw = np.random.default_rng(11)
    common, teams, months = 0.3, 5, 4000
    shared = draw.standard_normal(months)
    lucks = np.sqrt(common) * shared + np.sqrt(1 - common) * draw.standard_normal((teams, months))
    # counts of a month, as places in their distribution
    limits = np.cumsum(convolution.total(np.array([0.5, 0.3, 0.2]), 20))
    places = np.searchsorted(limits, luck.special.ndtr(lucks))
    below, up_to = np.r_[0.0, limits][places], limits[places]
    each = luck.share_of_each(0.85, teams, common)
    credit = [luck.held(below[:, month], up_to[:, month], each)[1] for month in range(months)]
    assert np.mean(credit) == pytest.approx(0.85, abs=0.015)
