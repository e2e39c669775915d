"""Views of the days ahead: right by hand, and the same law whichever way they are asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.models import convolution
from tpm_analytics.models.views import (
    AROUND,
    STRETCH,
    VIEWS,
    LevelAlike,
    Months,
    MonthsAlike,
    RhythmAlike,
    views,
)


def of(history, year=260):
    return [view for view in views(np.asarray(history), year) if view is not None]


def invented(days, pace=1.0, seed=0):
    return np.random.default_rng(seed).poisson(pace, days)


@given(
    days=st.integers(1, 700),
    pace=st.floats(0.05, 6),
    ahead=st.integers(1, 75),
    items=st.integers(1, 60),
    seed=st.integers(0, 99),
)
@settings(max_examples=60)
def test_when_and_how_many_are_one_law(days, pace, ahead, items, seed):
    for view in of(np.append(invented(days, pace, seed), 1)):
        short = view.falls_short(items, ahead)
        for day in {1, ahead // 2, ahead}:
            total = view.total(day)
            assert total.sum() == pytest.approx(1)
            assert short[day] == pytest.approx(total[:items].sum(), abs=1e-10)
        assert (np.diff(short) <= 1e-12).all()
        assert short[0] == 1


def test_a_burst_that_ends_all_is_carried_through():
    burst = np.zeros(300, dtype=int)
    burst[150] = 500
    for view in of(burst):
        assert view.falls_short(3, 60)[60] == pytest.approx(view.total(60)[:3].sum(), abs=1e-10)


def test_views_come_with_the_history_they_need():
    there = [
        [view is not None for view in views(np.ones(days, dtype=int))]
        for days in (1, 59, 60, 150, 280)
    ]
    assert [sum(one) for one in there] == [2, 2, 3, 4, 5]
    assert len(VIEWS) == 5


def test_a_history_of_a_day_is_that_day_for_ever():
    assert [view.total(3).argmax() for view in of([2])] == [6, 6]


def test_the_level_follows_the_last_weeks():
    level = of([1] * 200 + [4] * 60)[0]
    # 4 - 3 x 0.5 ** (60 / 20), a half-life of one stretch
    assert level.mean / STRETCH == pytest.approx(4 - 3 * 0.5**3, abs=0.001)


def test_the_level_of_a_quiet_month_is_not_nothing():
    assert of([1] * 200 + [0] * 200)[0].mean == pytest.approx(0.05 * 20 * 60 / 241, rel=0.3)


def test_the_level_is_a_negative_binomial_distribution():
    total = LevelAlike(mean=10.0, variance=0.25).total(STRETCH)
    counts = np.arange(len(total))
    mean = total @ counts
    assert mean == pytest.approx(10)
    assert total @ counts**2 - mean**2 == pytest.approx(10 + 0.25 * 10**2)


def test_a_long_span_is_as_uncertain_as_the_level():
    total = LevelAlike(mean=10.0, variance=0.25).total(100 * STRETCH)
    counts = np.arange(len(total))
    mean = total @ counts
    assert (total @ counts**2 - mean**2) / mean**2 == pytest.approx(0.25 + 1 / 1000, abs=1e-6)


def test_months_draw_their_days_from_one_month():
    days = np.array([[1.0, 0.0], [0.0, 1.0]])
    months = MonthsAlike(Months(days, np.array([[0.25, 0.75]])), 0)
    assert months.total(3) == pytest.approx([0.25, 0, 0, 0.75], abs=1e-12)
    # two stretches are two draws of a month
    ends = months.total(2 * STRETCH)[[0, STRETCH, 2 * STRETCH]]
    assert ends == pytest.approx([1 / 16, 6 / 16, 9 / 16], abs=1e-12)


def test_recent_months_count_more():
    falling = of([3] * 130 + [1] * 130)
    recent, any_month = (view.total(STRETCH) for view in falling[1:3])
    assert recent @ np.arange(len(recent)) < any_month @ np.arange(len(any_month))


def test_a_rhythm_replays_the_weeks_around_the_same_time():
    history = np.zeros(400, dtype=int)
    history[400 - 130 :] = np.arange(130)
    rhythm = RhythmAlike(np.concatenate([[0], np.cumsum(history)]), 130)
    starts, weights = rhythm.starts(0)
    assert sorted(set(starts[weights == 1])) == list(range(270 - AROUND, 270 + AROUND + 1, 5))
    assert starts.min() >= 0
    assert (starts + STRETCH <= len(history)).all()


@pytest.mark.parametrize("stretch", [0, 3, 4, 5, 11, 40])
def test_a_rhythm_looks_only_at_the_past(stretch):
    rhythm = RhythmAlike(np.arange(601), 130)
    starts, weights = rhythm.starts(stretch)
    assert starts.min() >= 0
    assert (starts + STRETCH <= 600).all()
    assert len(starts) == len(weights) > 0


def test_a_year_of_few_working_days_is_no_error():
    for year in (1, 30, 52):
        assert all(view.total(30).sum() == pytest.approx(1) for view in of(invented(300), year))


def test_whole_history_is_what_counts_and_stays_as_it_was():
    history = invented(300)
    before = history.copy()
    for view in of(history):
        view.total(45)
        view.falls_short(10, 45)
    assert (history == before).all()


def test_a_steady_team_is_forecast_at_its_pace():
    for view in of(np.ones(600, dtype=int)):
        total = view.total(40)
        assert total @ np.arange(len(total)) == pytest.approx(40)
        assert convolution.at_least(total, 0.5) in (39, 40)
