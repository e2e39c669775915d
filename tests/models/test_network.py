"""Passes through networks: by hand, against a plain recursion, and as properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.errors import ParameterError
from tpm_analytics.models import network as model
from tpm_analytics.models.network import FF, FS, SF, SS
from tpm_analytics.models.working_time import working_time

MONDAY = np.datetime64("2025-03-03")


def net_of(count, *links):
    """A network of links (before, after, kind, lag)."""
    columns = list(zip(*links, strict=True)) if links else [[], [], [], []]
    before, after, kind = (np.array(column, dtype=np.intp) for column in columns[:3])
    return model.network(count, before, after, kind, np.array(columns[3], dtype=float))


def column(*numbers):
    return np.array(numbers, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [
        pytest.param(FS, 0, 5, id="finish to start"),
        pytest.param(FS, 2, 7, id="finish to start with a lag"),
        pytest.param(FS, -2, 3, id="finish to start with a lead"),
        pytest.param(SS, 3, 3, id="start to start"),
        pytest.param(FF, 1, 4, id="finish to finish: 5 + 1 - 2"),
        pytest.param(SF, 6, 4, id="start to finish: 0 + 6 - 2"),
        pytest.param(SF, 1, 0, id="start to finish, satisfied from the first"),
    ],
)
def test_each_kind_of_link_binds_the_ends_it_names(kind, lag, start):
    net = net_of(2, (0, 1, kind, lag))
    early = model.forward(net, column(5, 2))
    assert early.start[:, 0].tolist() == [0, start]
    assert early.finish[:, 0].tolist() == [5, start + 2]


@st.composite
def networks(draw):
    count = draw(st.integers(1, 9))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    links = [
        (min(pair), max(pair), draw(st.integers(0, 3)), float(draw(st.integers(-2, 4))))
        for pair in draw(st.lists(pairs, max_size=16))
        if pair[0] != pair[1]
    ]
    names = draw(st.permutations(range(count)))
    links = [(names[before], names[after], kind, lag) for before, after, kind, lag in links]
    durations = draw(st.lists(st.integers(0, 8), min_size=count, max_size=count))
    return net_of(count, *links), np.array(durations, dtype=float)[:, None], links


def allowed_start(link, start, duration):
    before, after, kind, lag = link
    event = start[before] + (duration[before] if kind in {FS, FF} else 0)
    return event + lag - (duration[after] if kind in {FF, SF} else 0)


@given(networks())
@settings(max_examples=150)
def test_a_pass_is_the_least_start_that_keeps_every_link(drawn):
    net, durations, links = drawn
    start = model.forward(net, durations).start[:, 0]
    duration = durations[:, 0]
    for activity in range(len(duration)):
        bounds = [0.0] + [
            allowed_start(link, start, duration) for link in links if link[1] == activity
        ]
        assert start[activity] == max(bounds)


@given(networks())
@settings(max_examples=100)
def test_an_activity_delayed_by_its_float_does_not_move_the_end_and_by_one_more_day_does(drawn):
    net, durations, _ = drawn
    early = model.forward(net, durations)
    end = early.finish.max()
    slack = model.backward(net, durations, np.full_like(durations, end)) - early.finish
    free = model.free_finish(net, durations, early) - early.finish[:, 0]
    assert (slack >= 0).all()
    assert slack.min() == 0
    for activity in range(len(durations)):
        by = np.zeros(len(durations))
        by[activity] = early.start[activity, 0] + slack[activity, 0]
        assert model.forward(net, durations, earliest=by).finish.max() == end
        by[activity] += 1
        assert model.forward(net, durations, earliest=by).finish.max() > end
        if np.isfinite(free[activity]) and free[activity] > 0:
            by[activity] = early.start[activity, 0] + free[activity]
            moved = model.forward(net, durations, earliest=by).start - early.start
            assert np.flatnonzero(moved[:, 0]).tolist() == [activity]


@given(networks(), st.integers(0, 2**16))
@settings(max_examples=40)
def test_many_trials_at_once_are_the_trials_one_by_one(drawn, seed):
    net, durations, _ = drawn
    trials = np.random.default_rng(seed).integers(0, 9, (len(durations), 5)).astype(float)
    together = model.forward(net, trials)
    ends = np.broadcast_to(together.finish.max(axis=0), trials.shape)
    late = model.backward(net, trials, ends)
    for trial in range(trials.shape[1]):
        one = np.ascontiguousarray(trials[:, trial : trial + 1])
        alone = model.forward(net, one)
        assert (alone.finish[:, 0] == together.finish[:, trial]).all()
        back = model.backward(net, one, np.full_like(one, alone.finish.max()))
        assert (back[:, 0] == late[:, trial]).all()


def test_blocks_of_trials_do_not_show(monkeypatch):
    net = net_of(3, (0, 1, FS, 1), (1, 2, SS, 2), (0, 2, FF, 0))
    trials = np.random.default_rng(7).integers(1, 9, (3, 11)).astype(np.float32)
    whole = model.forward(net, trials)
    late = model.backward(net, trials, np.full_like(trials, 40))
    monkeypatch.setattr(model, "BLOCK", 4)
    assert (model.forward(net, trials).finish == whole.finish).all()
    assert (model.backward(net, trials, np.full_like(trials, 40)) == late).all()
    assert whole.finish.dtype == np.float32


def test_circles_are_told_by_their_members():
    before, after = np.array([0, 1, 2, 3, 5]), np.array([1, 2, 0, 4, 5])
    assert [found.tolist() for found in model.cycles(6, before, after)] == [[0, 1, 2], [5]]
    with pytest.raises(ParameterError, match="4 activities wait for one another in a circle"):
        model.network(6, before, after, np.zeros(5, dtype=int), np.zeros(5))


def test_no_activity_and_no_link_are_no_error():
    assert model.forward(net_of(0), np.empty((0, 3))).finish.shape == (0, 3)
    assert model.forward(net_of(2), column(3, 4)).finish[:, 0].tolist() == [3, 4]


def test_what_is_left_of_begun_work_still_waits_but_others_see_its_real_start():
    net = net_of(3, (0, 1, FS, 0), (1, 2, SS, 1))
    early = model.forward(
        net,
        column(4, 2, 1),
        earliest=np.array([0.0, 3.0, 3.0]),
        begun=np.array([np.nan, 1.0, np.nan]),
    )
    assert early.finish[:, 0].tolist() == [4, 6, 4]
    assert early.start[1, 0] == 1


def two_calendars():
    """Activity 0 has Wednesday 5 March off, activity 1 has not."""
    return working_time(
        MONDAY - 30,
        MONDAY + 60,
        MONDAY,
        calendars=[np.busdaycalendar(holidays=["2025-03-05"]), np.busdaycalendar()],
        calendar=np.array([0, 1]),
    )


def test_a_holiday_of_one_team_delays_what_waits_in_another():
    time = two_calendars()
    net = net_of(2, (0, 1, FS, 0))
    early = model.forward(net, column(3, 2), time=time)
    assert time.days(early.finish[:, 0], at_end=True).astype(str).tolist() == [
        "2025-03-06",
        "2025-03-10",
    ]
    assert time.days(early.start[:, 0], at_end=False).astype(str).tolist() == [
        "2025-03-03",
        "2025-03-07",
    ]


@pytest.mark.parametrize("kind", [FS, SS, FF, SF])
@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_slack_across_calendars_never_delays_what_waits(kind, length):
    time = two_calendars()
    for before, after in ((0, 1), (1, 0)):
        net = net_of(2, (before, after, kind, 1))
        durations = column(length, 2) if before == 0 else column(2, length)
        early = model.forward(net, durations, time=time)
        latest = np.full_like(durations, np.inf)
        latest[after] = early.finish[after]
        slack = model.backward(net, durations, latest, time=time) - early.finish
        if np.isfinite(slack[before, 0]) and slack[before, 0] >= 0:
            moved = np.zeros(2)
            moved[before] = early.start[before, 0] + slack[before, 0]
            late = model.forward(net, durations, earliest=moved, time=time)
            assert late.finish[after, 0] == early.finish[after, 0]


def test_gaps_of_links_are_in_the_order_given_and_none_where_a_link_drives():
    net = net_of(4, (2, 3, FS, 0), (0, 2, FS, 0), (1, 2, FS, 1), (0, 3, SS, 0))
    durations = column(2, 4, 3, 1)
    gaps = model.link_gaps(net, durations, model.forward(net, durations))
    assert gaps.tolist() == [0, 3, 0, 8]


def test_a_date_beyond_the_calendar_is_refused():
    with pytest.raises(ParameterError, match="outside the days the calendar knows"):
        two_calendars().days(np.array([500.0, 0.0]), at_end=True)
    with pytest.raises(ParameterError, match="outside the days"):
        two_calendars().times(np.array(["1925-03-05"] * 2, dtype="datetime64[D]"), at_end=False)


def test_days_and_times_turn_into_one_another_and_unknown_stays_unknown():
    time = two_calendars()
    days = np.array(["2025-03-12", "NaT"], dtype="datetime64[D]")
    there = time.times(days, at_end=True)
    assert there[0] == 7
    assert np.isnan(there[1])
    assert time.days(there, at_end=True).astype(str).tolist() == ["2025-03-12", "NaT"]


@pytest.mark.parametrize("kind", [FS, SS, FF, SF])
def test_links_at_once_are_carried_as_one_by_one(kind):
    links = [(0, 1, kind, 1), (2, 1, kind, 0), (1, 3, kind, 2), (3, 4, kind, 0)]
    net = net_of(5, *links)
    calendars = working_time(
        MONDAY - 30,
        MONDAY + 60,
        MONDAY,
        calendars=[
            np.busdaycalendar(holidays=["2025-03-05", "2025-03-11"]),
            np.busdaycalendar(),
        ],
        calendar=np.array([0, 1, 0, 1, 0]),
    )
    durations = column(3, 2, 4, 5, 1)
    early = model.forward(net, durations, time=calendars)
    gaps = model.link_gaps(net, durations, early, time=calendars)
    assert (gaps >= 0).all()
    free = model.free_finish(net, durations, early, time=calendars)
    for activity in range(4):
        latest = np.full_like(durations, np.inf)
        followers = [after for before, after, *_ in links if before == activity]
        latest[followers] = early.finish[followers]
        assert free[activity] == model.backward(net, durations, latest, time=calendars)[activity, 0]
