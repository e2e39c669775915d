"""The choice of pairs worth most within limits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from tpm_analytics.models.assignment import best_pairs


def of_seats(worth):
    """Pairs of a table of values, a row a seat and a column a person, each taken once."""
    seats, people = worth.shape
    seat, person = (grid.ravel() for grid in np.indices(worth.shape))
    pair = np.arange(worth.size)
    holds = (np.r_[seat, seats + person], np.r_[pair, pair], np.ones(2 * worth.size))
    chosen = best_pairs(worth.ravel(), holds, np.ones(seats + people))
    return seat[chosen], person[chosen], worth.ravel()[chosen].sum()


def test_no_pair_no_choice():
    nothing = np.zeros(0, dtype=int)
    assert not len(best_pairs(np.zeros(0), (nothing, nothing, np.zeros(0)), np.ones(2)))


def test_of_equals_the_earlier_is_chosen():
    seat, person, _ = of_seats(np.ones((1, 3)))
    assert (seat.tolist(), person.tolist()) == ([0], [0])


def test_two_that_fit_together_are_both_taken_and_a_third_is_not():
    # three pairs of one person, each taking 0.4 of the time there is
    chosen = best_pairs(
        np.array([1.0, 2.0, 3.0]), (np.zeros(3, int), np.arange(3), np.full(3, 0.4)), np.ones(1)
    )
    assert chosen.tolist() == [False, True, True]


@settings(max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_with_one_seat_each_it_is_the_classical_assignment(seats, people, seed):
    worth = np.random.default_rng(seed).integers(1, 20, (seats, people)).astype(float)
    seat, person, total = of_seats(worth)
    assert len(set(seat)) == len(seat) == len(set(person)) == min(seats, people)
    assert total == worth[linear_sum_assignment(worth, maximize=True)].sum()
