import sys
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import levelling as benchmark
from tests.models.test_serial_schedule import NO_LINKS, links, projects
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics.errors import ParameterError
from tpm_analytics.models import levelling, network
from tpm_analytics.models.serial_schedule import finish, load, orders, project, schedule

needs_solver = pytest.mark.skipif(not levelling.available(), reason="ortools is not installed")


def best_of_all(made):
    """Shortest of the schedules of all orders: one of them is optimal."""
    every = np.array(list(permutations(range(made.count))), dtype=float)
    return int(finish(made, schedule(made, np.unique(orders(made, every), axis=0))).min())


def respects(made, found):
    assert (found.start[made.after] >= found.start[made.before] + made.gap).all()
    assert (load(made, found.start) <= made.capacity).all()
    assert finish(made, found.start[None])[0] == found.finish


@settings(max_examples=25)
@given(projects())
def test_the_search_finds_what_all_orders_hold(made):
    found = levelling.search(made)
    respects(made, found)
    assert found.bound <= found.finish
    if made.count <= 5 and (made.kind == network.FS).all():
        assert found.finish == best_of_all(made)


@needs_solver
@settings(max_examples=25)
@given(projects())
def test_the_solver_is_never_later_and_proves_small_ones_best(made):
    found = levelling.earliest_finish(made)
    respects(made, found)
    assert found.proved
    assert found.finish <= levelling.search(made).finish


@needs_solver
def test_by_hand_one_person_less_costs_days():
    # four days of work of two persons each, three side by side with six, one after the other with 2
    four = dict(duration=np.array([4, 4, 4]), links=NO_LINKS, demand=np.full((3, 1), 2))
    ends = [
        levelling.earliest_finish(project(**four, capacity=np.array([people]))).finish
        for people in (6, 4, 2)
    ]
    assert ends == [4, 8, 12]


@needs_solver
def test_a_plan_that_respects_the_resources_already_does_not_move():
    made = project(
        np.array([2, 2, 1]),
        links((0, 1, network.FS, 0)),
        demand=np.array([[1], [1], [1]]),
        capacity=np.array([2]),
    )
    plan = np.array([0, 2, 3])
    found = levelling.earliest_finish(made)
    kept = levelling.least_moved(made, plan, found)
    assert found.finish == kept.finish == 4
    assert kept.start.tolist() == plan.tolist()


@needs_solver
def test_days_away_are_kept_free_by_the_solver():
    away = np.array([[1, 1, 0, 0, 1, 1, 1, 1]])
    made = project(np.array([3, 2]), NO_LINKS, demand=np.ones((2, 1)), capacity=away)
    found = levelling.earliest_finish(made)
    respects(made, found)
    assert sorted(found.start.tolist()) == [0, 4]
    assert found.proved


@needs_solver
@settings(max_examples=25)
@given(projects(), st.data())
def test_what_settles_moves_no_more_than_before_and_the_solver_no_more_than_that(made, data):
    found = levelling.search(made)
    days = st.integers(0, 2 * max(found.finish, 1))
    plan = np.array(data.draw(st.lists(days, min_size=made.count, max_size=made.count)), dtype=int)
    settled = levelling.settled(made, plan, found)
    least = levelling.least_moved(made, plan, settled)
    for each in (settled, least):
        respects(made, replace(each, finish=int(finish(made, each.start[None])[0])))
        assert finish(made, each.start[None])[0] <= found.finish
    moved = [np.abs(each.start - plan).sum() for each in (least, settled, found)]
    assert moved == sorted(moved)


def test_a_schedule_known_already_is_never_made_worse():
    made = project(np.array([2, 3]), NO_LINKS, demand=np.ones((2, 1)), capacity=np.array([1]))
    nothing_tried = levelling.Effort(rounds=0)
    found = levelling.search(made, effort=nothing_tried, known=np.array([3, 0]))
    assert (found.finish, found.proved) == (5, True)


@needs_solver
def test_the_same_is_found_in_every_run_though_nothing_is_proved():
    chance = np.random.default_rng(4)
    made = project(
        chance.integers(1, 9, size=40),
        links(*((low, low + 3, network.FS, 0) for low in range(0, 36, 2))),
        demand=chance.integers(0, 4, size=(40, 3)),
        capacity=np.array([5, 5, 5]),
    )
    few = levelling.Effort(rounds=3, solving=0.05)
    first, second = (levelling.earliest_finish(made, effort=few) for _ in range(2))
    assert first.start.tolist() == second.start.tolist()
    assert (first.finish, first.bound) == (second.finish, second.bound)


def test_without_the_solver_the_install_line_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    made = project(np.array([1]), NO_LINKS, demand=np.ones((1, 1)), capacity=np.ones(1))
    with pytest.raises(ParameterError, match=r"tpm-analytics\[levelling\]"):
        levelling.earliest_finish(made)
    assert not levelling.available()
    assert levelling.search(made).finish == 1


def test_work_that_does_not_fit_into_the_days_given_is_refused():
    made = project(np.array([3, 3]), NO_LINKS, demand=np.ones((2, 1)), capacity=np.ones((1, 5)))
    with pytest.raises(ParameterError, match="does not fit into the 5 days"):
        levelling.search(made)


@needs_shared_data
@needs_solver
@pytest.mark.parametrize(("name", "best"), [("J30_7", 60), ("J30_127", 77)])
def test_a_published_problem_of_thirty_activities_is_solved_to_the_best_known(name, best):
    made = benchmark.read(SHARED_DATA / "psplib" / f"{name}.txt")
    found = levelling.earliest_finish(made, effort=levelling.Effort(solving=10.0))
    respects(made, found)
    assert (found.finish, found.proved) == (best, True)
