import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import network
from tpm_analytics.models.serial_schedule import (
    NEVER,
    finish,
    lacking,
    load,
    orders,
    project,
    schedule,
    tails,
)

NO_LINKS = (np.array([], dtype=int),) * 4


def links(*given):
    """Links as (before, after, kind, lag)."""
    return tuple(np.array(part) for part in zip(*given, strict=True)) if given else NO_LINKS


@st.composite
def projects(draw):
    count = draw(st.integers(1, 7))
    resources = draw(st.integers(1, 2))
    pairs = [(low, high) for high in range(count) for low in range(high)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    tied = [(*pair, draw(st.integers(0, 3)), draw(st.integers(0, 2))) for pair in chosen]
    duration = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    demand = [[draw(st.integers(0, 2)) for _ in range(resources)] for _ in range(count)]
    return project(
        np.array(duration), links(*tied), demand=np.array(demand), capacity=np.full(resources, 3)
    )


@settings(max_examples=60)
@given(projects(), st.integers(0, 2**32 - 1))
def test_a_schedule_keeps_links_and_never_uses_more_than_there_is(made, seed):
    keys = np.random.default_rng(seed).normal(size=(5, made.count))
    starts = schedule(made, orders(made, keys))
    for start in starts[starts[:, 0] != NEVER]:
        assert (start >= 0).all()
        assert (start[made.after] >= start[made.before] + made.gap).all()
        assert (load(made, start) <= made.capacity).all()


@settings(max_examples=40)
@given(projects(), st.integers(0, 2**32 - 1))
def test_variants_side_by_side_are_the_same_as_one_by_one(made, seed):
    keys = np.random.default_rng(seed).normal(size=(4, made.count))
    together = schedule(made, orders(made, keys))
    alone = [schedule(made, orders(made, keys[[row]]))[0] for row in range(4)]
    np.testing.assert_array_equal(together, alone)


def test_by_hand_two_of_three_run_together():
    # A (2 days, 1 unit), B (3, 2 units), C (2, 1 unit) of 2 units: A and C together, then B
    made = project(
        np.array([2, 3, 2]), NO_LINKS, demand=np.array([[1], [2], [1]]), capacity=np.array([2])
    )
    starts = schedule(made, np.array([[0, 1, 2], [1, 0, 2]]))
    assert starts.tolist() == [[0, 2, 0], [3, 0, 3]]
    assert finish(made, starts).tolist() == [5, 5]


def test_days_without_capacity_are_not_worked_on():
    # one unit, away on day 1: a two-day activity waits for two days in a row
    made = project(
        np.array([2, 1]),
        NO_LINKS,
        demand=np.ones((2, 1)),
        capacity=np.array([[1, 0, 1, 1, 1]]),
    )
    assert schedule(made, np.array([[0, 1]])).tolist() == [[2, 0]]


def test_links_of_every_kind_keep_their_lag_with_other_durations():
    tied = links((0, 1, network.FS, -1), (0, 2, network.SS, 2), (1, 3, network.FF, 1))
    made = project(np.array([3, 4, 1, 2]), tied, demand=np.zeros((4, 1)), capacity=np.ones(1))
    order = orders(made, np.zeros((2, 4)))
    starts = schedule(made, order, duration=np.array([[3, 4, 1, 2], [5, 2, 1, 1]]))
    # in the second variant A ends at 5, B begins a day before that and ends at 6, D ends at 7
    assert starts.tolist() == [[0, 2, 2, 5], [0, 4, 2, 6]]


def test_the_tail_of_an_activity_counts_all_that_waits_for_it():
    tied = links((0, 1, network.FS, 2), (0, 2, network.SS, 1))
    made = project(np.array([3, 4, 9]), tied, demand=np.zeros((3, 1)), capacity=np.ones(1))
    assert tails(made).tolist() == [10, 4, 9]


def test_what_does_not_fit_is_said_to_never_begin():
    made = project(np.array([3, 3]), NO_LINKS, demand=np.ones((2, 1)), capacity=np.ones((1, 5)))
    starts = schedule(made, np.array([[0, 1]]))
    assert starts.tolist() == [[NEVER, NEVER]]
    assert finish(made, starts).tolist() == [6]


def test_a_demand_beyond_all_capacity_is_refused_and_named():
    with pytest.raises(ParameterError, match="exceed all that there ever is"):
        project(np.array([3]), NO_LINKS, demand=np.array([[2]]), capacity=np.array([1]))
    made = project(np.array([3]), NO_LINKS, demand=np.array([[1]]), capacity=np.array([1]))
    assert lacking(made).tolist() == []


def test_a_circle_of_links_is_refused():
    tied = links((0, 1, network.FS, 0), (1, 0, network.FS, 0))
    with pytest.raises(ParameterError, match="circle"):
        project(np.array([1, 1]), tied, demand=np.ones((2, 1)), capacity=np.ones(1))


def test_nothing_to_do_takes_no_time():
    made = project(np.array([], dtype=int), NO_LINKS, demand=np.ones((0, 1)), capacity=np.ones(1))
    assert schedule(made, np.empty((1, 0), dtype=int)).shape == (1, 0)
    assert finish(made, np.empty((1, 0), dtype=int)).tolist() == [0]
