"""How long work takes, how much is finished, and what stands still."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics import MissingColumnsError, ParameterError, Program, Workflow
from tpm_analytics.metrics import flow

DAY = pd.Timedelta(days=1)


def program_of(started, finished, **options):
    items = pd.DataFrame(
        {
            "item_id": [f"A-{number}" for number in range(len(started))],
            "started_at": started,
            "finished_at": finished,
        }
    )
    return Program.from_tables({"items": items}, **options)


@pytest.mark.parametrize(
    ("started", "finished", "zone", "days"),
    [
        pytest.param("2025-03-03T09:00Z", "2025-03-03T17:00Z", "UTC", 1, id="same day is one day"),
        pytest.param("2025-03-07T09:00Z", "2025-03-10T09:00Z", "UTC", 4, id="weekends count"),
        pytest.param(
            "2025-03-03T09:00+09:00", "2025-03-07T23:30+09:00", "Asia/Tokyo", 5, id="Friday, late"
        ),
        pytest.param(
            "2025-03-03T09:00+09:00", "2025-03-07T23:30+09:00", "Europe/Madrid", 5, id="same in UTC"
        ),
        pytest.param(
            "2025-03-07T20:00Z", "2025-03-07T23:30Z", "Asia/Tokyo", 1, id="both next day in Tokyo"
        ),
        pytest.param(
            "2025-03-29T12:00+01:00", "2025-03-31T00:30+02:00", "Europe/Madrid", 3, id="23-hour day"
        ),
        pytest.param(
            "2025-10-25T12:00+02:00", "2025-10-27T00:30+01:00", "Europe/Madrid", 3, id="25-hour day"
        ),
    ],
)
def test_cycle_time_counts_both_ends_in_the_programs_zone(started, finished, zone, days):
    program = program_of([started], [finished], time_zone=zone)
    assert flow.cycle_time(program.items)["cycle_days"].tolist() == [days]


def moved(*moves):
    """A program of one item that makes these moves, (moment, status entered) each."""
    states = ["Backlog", *(status for _, status in moves)]
    transitions = pd.DataFrame(
        {
            "item_id": "A-1",
            "at": [at for at, _ in moves],
            "from_status": states[:-1],
            "to_status": states[1:],
        }
    )
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-01T09:00Z"]})
    workflow = Workflow(
        {
            "Backlog": "backlog",
            "Ready": "waiting",
            "Doing": "active",
            "Review": "active",
            "Done": "done",
            "Released": "done",
        }
    )
    return Program.from_tables({"items": items, "transitions": transitions}, workflow=workflow)


@pytest.mark.parametrize(
    ("moves", "cycle_days"),
    [
        pytest.param(
            [("2025-03-03T09:00Z", "Doing"), ("2025-03-05T09:00Z", "Done")], [3], id="plain"
        ),
        pytest.param(
            [
                ("2025-03-03T09:00Z", "Doing"),
                ("2025-03-04T09:00Z", "Done"),
                ("2025-03-06T09:00Z", "Doing"),
                ("2025-03-07T09:00Z", "Done"),
            ],
            [5],
            id="reopened: first start to last finish",
        ),
        pytest.param(
            [
                ("2025-03-03T09:00Z", "Doing"),
                ("2025-03-04T09:00Z", "Done"),
                ("2025-03-06T09:00Z", "Doing"),
            ],
            [],
            id="reopened and still open",
        ),
        pytest.param(
            [
                ("2025-03-03T09:00Z", "Doing"),
                ("2025-03-04T09:00Z", "Ready"),
                ("2025-03-10T09:00Z", "Doing"),
                ("2025-03-11T09:00Z", "Done"),
            ],
            [9],
            id="a move back does not wipe the first start",
        ),
        pytest.param(
            [
                ("2025-03-03T09:00Z", "Doing"),
                ("2025-03-05T09:00Z", "Done"),
                ("2025-03-20T09:00Z", "Released"),
            ],
            [3],
            id="from one done status to another finishes nothing twice",
        ),
        pytest.param([("2025-03-05T09:00Z", "Done")], [], id="no active stage: no start is known"),
        pytest.param(
            [("2025-03-04T09:00Z", "Review"), ("2025-03-05T09:00Z", "Done")],
            [2],
            id="skipped Doing: starts at the first active stage it did enter",
        ),
    ],
)
def test_cycle_time_follows_the_moves(moves, cycle_days):
    assert flow.cycle_time(moved(*moves).items)["cycle_days"].tolist() == cycle_days


def test_what_was_reported_for_an_earlier_day_stays_true_after_a_reopening():
    program = moved(
        ("2025-03-03T09:00Z", "Doing"),
        ("2025-03-04T09:00Z", "Done"),
        ("2025-03-06T09:00Z", "Doing"),
    )
    assert flow.cycle_time(program.at("2025-03-05").items)["cycle_days"].tolist() == [2]
    assert flow.age(program.at("2025-03-05").items, until=pd.Timestamp("2025-03-05")).empty
    assert flow.age(program.items, until=pd.Timestamp("2025-03-06"))["age_days"].tolist() == [4]


def test_finished_before_started_is_left_out_and_counted():
    program = program_of(["2025-03-05T09:00Z", None], ["2025-03-03T09:00Z", "2025-03-04T09:00Z"])
    assert flow.cycle_time(program.items).empty
    assert flow.unmeasured(program.items)["items"].tolist() == [1, 1]
    assert flow.unmeasured(program.items)["share"].tolist() == [0.5, 0.5]


def times(days):
    day = pd.Timestamp("2025-03-03")
    return pd.DataFrame(
        {"item_id": [f"A-{n}" for n in range(len(days))], "cycle_days": days}
    ).assign(title=None, kind=None, team=None, started_on=day, finished_on=day)


@pytest.mark.parametrize(
    ("days", "share", "answer"),
    [
        pytest.param([1, 2, 3, 4], 0.5, 2, id="half of four is two"),
        pytest.param([1, 2, 3], 0.5, 2, id="half of three needs two"),
        pytest.param(list(range(1, 21)), 0.85, 17, id="85 % of 20 is 17"),
        pytest.param(list(range(1, 21)), 0.95, 19, id="95 % of 20 is 19, whatever floats say"),
        pytest.param([7], 0.01, 7, id="one item covers any share"),
        pytest.param([5, 1], 1.0, 5, id="all"),
    ],
)
def test_percentiles_are_nearest_rank(days, share, answer):
    assert flow.percentiles(times(days), shares=[share])["cycle_days"].tolist() == [answer]


@given(st.lists(st.integers(1, 400), min_size=1), st.floats(0.01, 1.0))
@settings(max_examples=50)
def test_percentile_is_an_observed_value_that_covers_the_share_and_no_smaller_one_does(days, share):
    answer = flow.percentiles(times(days), shares=[share])["cycle_days"].iloc[0]
    observed = np.array(days)
    assert answer in days
    assert (observed <= answer).mean() >= share - 1e-9
    smaller = observed[observed < answer]
    assert not len(smaller) or (observed <= smaller.max()).mean() < share


@pytest.mark.parametrize("share", [0, 1.2, 85, -0.1])
def test_percent_for_share_is_caught(share):
    with pytest.raises(ParameterError, match="Did you mean 0.85"):
        flow.percentiles(times([1]), shares=[share])


def test_throughput_has_empty_weeks_and_leaves_out_the_unfinished_one():
    program = program_of(
        [None] * 4,
        ["2025-03-03T09:00Z", "2025-03-09T09:00Z", "2025-03-19T09:00Z", "2025-03-25T09:00Z"],
    )
    weekly = flow.throughput(program.items, until=pd.Timestamp("2025-03-26"))
    assert weekly["items"].tolist() == [2, 0, 1]
    assert weekly["period_on"].dt.strftime("%m-%d").tolist() == ["03-03", "03-10", "03-17"]
    assert weekly["points"].tolist()[1] == 0
    assert weekly["points"].isna().tolist() == [True, False, True]


def test_throughput_counts_a_week_that_ends_today():
    program = program_of([None], ["2025-03-03T09:00Z"])
    assert len(flow.throughput(program.items, until=pd.Timestamp("2025-03-09"))) == 1
    assert flow.throughput(program.items, until=pd.Timestamp("2025-03-08")).empty


def test_unknown_period_is_refused():
    with pytest.raises(ParameterError, match="one of: day, week"):
        flow.throughput(
            program_of([None], ["2025-03-03T09:00Z"]).items,
            until=pd.Timestamp("2025-03-09"),
            every="fortnight",
        )


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), min_size=1, max_size=40)


@given(spans)
@settings(max_examples=50)
def test_littles_law_holds_where_everything_begun_is_finished(drawn):
    first = pd.Timestamp("2025-01-01T09:00Z")
    started = [first + begin * DAY for begin, _ in drawn]
    finished = [first + (begin + took) * DAY for begin, took in drawn]
    program = program_of(started, finished)
    wip = flow.work_in_progress(program.items, until=program.as_of)
    assert wip["items"].sum() == flow.cycle_time(program.items)["cycle_days"].sum()


def test_work_in_progress_counts_both_end_days_by_hand():
    program = program_of(
        ["2025-03-03T09:00Z", "2025-03-04T09:00Z", None],
        ["2025-03-04T09:00Z", None, "2025-03-04T09:00Z"],
    )
    wip = flow.work_in_progress(program.items, until=pd.Timestamp("2025-03-06"))
    assert wip["items"].tolist() == [1, 2, 1, 1]


def test_age_is_counted_like_a_cycle_time():
    program = program_of(["2025-03-03T09:00Z", "2025-03-05T09:00Z"], [None, None])
    ages = flow.age(program.items, until=pd.Timestamp("2025-03-05"))
    assert dict(zip(ages["item_id"], ages["age_days"], strict=True)) == {"A-0": 3, "A-1": 1}


def test_thinned_keeps_the_slowest_and_no_more_than_the_limit():
    many = times([1 + number % 30 for number in range(997)] + [400, 500, 600])
    few = flow.thinned(many, limit=100)
    assert len(few) <= 100
    assert {400, 500, 600} <= set(few["cycle_days"])
    assert flow.thinned(few, limit=100) is few


def test_missing_column_says_what_it_means():
    items = program_of([None], ["2025-03-03T09:00Z"]).items.drop(columns="started_on")
    with pytest.raises(MissingColumnsError, match="started_on: Day work began"):
        flow.cycle_time(items)
