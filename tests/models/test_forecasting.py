"""What is learned from a history: weights, correction and record, from the past only."""

import numpy as np
import pytest

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import convolution, scoring
from tpm_analytics.models.forecasting import GRID, learn, track_record
from tpm_analytics.models.views import STRETCH, VIEWS


def invented(days, pace=1.0, seed=0):
    return np.random.default_rng(seed).poisson(pace, days)


@pytest.mark.parametrize("days", [1, 30, 61, 500])
def test_when_and_how_many_are_one_law(days):
    outlook = learn(np.append(invented(days), 1))
    chance = outlook.finished_within(25, 70)
    assert chance[0] == 0
    assert (np.diff(chance) >= 0).all()
    for day in (1, 20, 21, 70):
        total = convolution.chance_at_least(outlook.total(day))
        expected = total[25] if len(total) > 25 else 0
        assert chance[day] == pytest.approx(expected, abs=1e-9)


def test_the_same_history_gives_the_same_forecast():
    history = invented(400)
    one, other = (learn(history).total(33) for _ in range(2))
    assert (one == other).all()


def test_record_counts_every_four_weeks_once():
    record = track_record(invented(400))
    assert (np.diff(record.origin) == STRETCH).all()
    assert record.origin[-1] + STRETCH == 400
    assert record.count == (400 - 60) // STRETCH


def test_record_holds_what_came():
    history = invented(300)
    record = track_record(history)
    came = [history[day : day + STRETCH].sum() for day in record.origin]
    assert record.outcome.tolist() == came
    usual = [STRETCH * history[max(0, day - 260) : day].mean() for day in record.origin]
    assert record.usual == pytest.approx(usual)
    held = (record.outcome >= record.promise[:, 2]).sum()
    assert record.kept(0.85) == held


def test_nothing_of_the_future_is_known_in_the_record():
    history = invented(500)
    changed = history.copy()
    changed[440:] = 30
    before, after = track_record(history), track_record(changed)
    told = before.origin <= 440
    assert told.sum() > 15
    assert (before.promise[told] == after.promise[told]).all()
    known = before.origin + STRETCH <= 440
    assert (before.below[known] == after.below[known]).all()


def test_the_forecast_of_today_is_the_one_that_enters_the_record_later():
    history = invented(480, 2.0)
    today = learn(history[:460])
    later = track_record(history)
    assert later.origin[-1] == 460
    promised = scoring.promised(np.cumsum(today.total(STRETCH)))
    assert later.promise[-1].tolist() == promised.tolist()


def test_the_view_that_was_right_counts_most():
    # half a year of much, half a year of nothing, again and again
    rhythm = np.tile(np.repeat([4, 0], 130), 6)
    weights = dict(zip(VIEWS, learn(rhythm).weights, strict=True))
    assert max(weights, key=weights.get) == "a year ago"
    assert weights["a year ago"] > 5 * weights["half a year ago"]
    assert sum(weights.values()) == pytest.approx(1)


def test_steady_chance_needs_no_correction():
    outlook = learn(invented(2600))
    assert outlook.correction == 0
    assert outlook.record.coverage(0.85) == pytest.approx(0.85, abs=0.06)


def test_promises_that_kept_failing_are_corrected():
    # each year a third of the year before: every view looks back to better days
    falling = np.random.default_rng(3).poisson(40 * 3.0 ** (-np.arange(900) / 260))
    outlook = learn(falling)
    assert outlook.correction > 0.05
    assert (outlook.corrected[15:86] > GRID[15:86]).all()
    raw = scoring.coverage(*_raw_places(falling), 0.85)
    assert abs(outlook.record.coverage(0.85) - 0.85) < abs(raw - 0.85)


def _raw_places(history):
    """Places of the outcomes in the weighted forecasts before any correction."""
    places = []
    for end in range(60 + len(history) % STRETCH, len(history) - STRETCH + 1, STRETCH):
        outlook = learn(history[:end])
        total = convolution.mixture(
            [view.total(STRETCH) for view in outlook.views if view is not None],
            outlook.weights[[view is not None for view in outlook.views]],
        )
        outcome = int(history[end : end + STRETCH].sum())
        places.append(scoring.place(np.cumsum(total), outcome))
    below, up_to = np.array(places).T
    return below, up_to


def test_a_short_history_has_a_forecast_and_no_record():
    outlook = learn(np.array([0, 1, 2]))
    assert outlook.record.count == 0
    assert np.isnan(outlook.record.coverage(0.85))
    assert len(outlook.record.loss()) == 0
    assert outlook.total(10) == pytest.approx(
        convolution.total(convolution.observed(np.array([0, 1, 2])), 10)
    )


def test_a_team_that_stopped_a_year_ago_has_a_record_and_no_forecast():
    stopped = np.concatenate([invented(300), np.zeros(270, dtype=int)])
    with pytest.raises(ParameterError, match="past year"):
        learn(stopped)
    assert track_record(stopped).count > 10


def test_nothing_to_do_and_no_days():
    outlook = learn(invented(100))
    assert outlook.finished_within(0, 3).tolist() == [1, 1, 1, 1]
    assert outlook.total(0).tolist() == [1]
    with pytest.raises(ParameterError, match="ask for 0 or more"):
        outlook.total(-1)


def test_the_past_stays_as_it_was():
    history = invented(200)
    before = history.copy()
    learn(history)
    assert (history == before).all()
