"""Scores of forecasts, by hand and against forecasts that are known to be right or wrong."""

import numpy as np
import pytest

from tpm_analytics.models import convolution, scoring

FAIR = np.cumsum([0.25, 0.5, 0.25])


def test_an_outcome_lies_between_the_chance_of_less_and_of_no_more():
    assert [scoring.place(FAIR, outcome) for outcome in (0, 1, 2)] == [
        (0, 0.25),
        (0.25, 0.75),
        (0.75, 1),
    ]


def test_an_outcome_beyond_all_that_was_thought_possible_has_no_chance_left():
    assert scoring.place(FAIR, 3) == (1, 1)
    assert scoring.place(FAIR, 99) == (1, 1)


def test_promises_are_those_of_the_exact_distribution():
    total = convolution.total(np.array([0.2, 0.5, 0.3]), 9)
    promised = scoring.promised(np.cumsum(total))
    assert promised.tolist() == [convolution.at_least(total, share) for share in scoring.SHARES]


def test_a_promise_of_a_share_that_is_met_exactly_counts():
    assert scoring.promised(FAIR, [0.75]).tolist() == [1]


def test_coverage_of_right_forecasts_is_the_share_though_plain_promises_hold_more_often():
    draws = np.random.default_rng(5).choice(3, size=4000, p=[0.25, 0.5, 0.25])
    below, up_to = np.array([scoring.place(FAIR, outcome) for outcome in draws]).T
    assert scoring.coverage(below, up_to, 0.5) == pytest.approx(0.5, abs=0.02)
    assert (draws >= scoring.promised(FAIR, [0.5])[0]).mean() > 0.7


def test_coverage_of_promises_that_are_too_high_is_lower():
    below, up_to = np.array([scoring.place(FAIR, 0)] * 4).T
    assert scoring.coverage(below, up_to, 0.85) == pytest.approx(0.4)
    assert scoring.coverage(below, up_to, 0.5) == 0


def test_an_outcome_that_had_been_certain_covers_every_share_or_none():
    assert scoring.coverage(np.array([0.4]), np.array([0.4]), 0.85) == 1
    assert scoring.coverage(np.array([0.1]), np.array([0.1]), 0.85) == pytest.approx(0)


def test_no_forecasts_have_no_coverage():
    assert np.isnan(scoring.coverage(np.zeros(0), np.zeros(0), 0.85))


def test_pinball_loss_is_least_at_the_promise_that_holds_in_that_share():
    draws = np.random.default_rng(5).poisson(8, 2000)
    losses = [scoring.pinball(np.array([k]), draws, [0.85]).mean() for k in range(16)]
    assert int(np.argmin(losses)) == np.sort(draws)[int(0.15 * len(draws))]


def test_a_promise_too_high_costs_its_share_and_one_too_low_the_rest():
    assert scoring.pinball(np.array([10.0, 10.0]), 9, [0.5, 0.85]).tolist() == [0.5, 0.85]
    assert scoring.pinball(np.array([8.0, 8.0]), 9, [0.5, 0.85]) == pytest.approx([0.5, 0.15])
