"""Bottlenecks, queues, hand-overs and moves back, worked out by hand and found in the sample."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.moves_by_hand import stays_of
from tpm_analytics import ParameterError
from tpm_analytics.metrics import flow
from tpm_analytics.results.flow import Handovers

UNTIL = pd.Timestamp("2025-03-31")


def bottlenecks_of(moves, until=UNTIL, **options):
    _, stays = stays_of(moves, as_of=until.day)
    return flow.bottlenecks(stays, until=until, **options).set_index("status")


def test_items_that_wait_are_held_up_all_of_them_and_every_day():
    # the week from the 25th to the 31st: one waits all its days, one on the 25th and 26th
    found = bottlenecks_of(["3 D, 20 W", "3 D, 4 W, 27 T, 28 X"], weeks=1)
    assert found.loc["To test", "held_up"] == pytest.approx(9 / 7)
    assert found.loc["To test", "here_now"] == 1
    assert found.loc["To test", "left"] == 1
    assert found.loc["To test", "median_days"] == 23.0
    # in the week before, from the 18th on: one all days, the other from the 20th on
    assert found.loc["To test", "before_items"] == pytest.approx(12 / 7)


def test_items_that_are_worked_on_are_held_up_only_so_far_as_they_became_more():
    found = bottlenecks_of(["3 D", "26 D", "26 D"], weeks=1)
    # the first all week, the others on six days of it; before, the first alone
    assert found.loc["Doing", "mean_items"] == pytest.approx(19 / 7)
    assert found.loc["Doing", "held_up"] == pytest.approx(12 / 7)


def test_where_nothing_was_under_way_before_it_is_unknown_whether_work_became_more():
    found = bottlenecks_of(["26 D"], weeks=1)
    assert pd.isna(found.loc["Doing", "held_up"])
    assert pd.isna(found.loc["Doing", "before_items"])


def test_a_queue_that_nobody_leaves_is_found_though_no_stay_has_ended():
    found = bottlenecks_of(["3 D, 25 W", "3 D, 25 W", "3 D, 24 T, 26 X"], weeks=1)
    assert found.index[0] == "To test"
    assert found.loc["To test", "held_up"] == 2.0
    assert pd.isna(found.loc["To test", "median_days"])
    assert found.loc["To test", ["entered", "left"]].tolist() == [2, 0]


def test_time_before_the_start_and_after_the_finish_is_no_bottleneck():
    assert bottlenecks_of(["20 W, 28 D, 29 X, 30 Z"], weeks=1).index.tolist() == ["Doing"]


def test_no_weeks_are_refused():
    _, stays = stays_of(["3 D"])
    with pytest.raises(ParameterError, match="use 13"):
        flow.bottlenecks(stays, until=UNTIL, weeks=0)
    with pytest.raises(ParameterError, match="use 52"):
        flow.queues(stays, flow.bottlenecks(stays, until=UNTIL), until=UNTIL, weeks=0)
    with pytest.raises(ParameterError, match="use 91"):
        flow.cumulative_flow(stays, until=UNTIL, days=0)


def test_a_queue_is_told_week_by_week_for_every_team_that_has_the_status():
    _, stays = stays_of(["3 D, 12 W, 27 T, 28 X", "3 D, 26 W"], team=["core", "web"])
    found = flow.bottlenecks(stays, until=UNTIL, weeks=1)
    weeks = flow.queues(stays, found, until=UNTIL, weeks=3)
    assert weeks["team"].tolist() == ["core"] * 3 + ["web"] * 3
    assert weeks["period_on"].dt.day.tolist() == [11, 18, 25] * 2
    assert weeks["items"].tolist() == [1, 1, 0, 0, 0, 1]
    assert weeks["median_days"].fillna(-1).tolist() == [-1, -1, 15, -1, -1, -1]


def handovers_of(moves, **columns):
    _, stays = stays_of(moves, **columns)
    return flow.handovers(stays)


def test_a_hand_over_is_work_taken_up_in_another_active_status():
    found = handovers_of(["3 D, 4 R, 5 W, 6 T, 7 X"])
    assert found["handovers"].tolist() == [2.0]
    # the same hands before and after the wait, and after the reopening
    assert handovers_of(["3 D, 5 W, 6 D, 7 X, 8 D, 9 X"])["handovers"].tolist() == [0.0]


def test_skipped_statuses_are_no_move_back_and_a_way_back_over_several_is_one():
    assert handovers_of(["3 D, 5 T, 6 X"])["went_back"].tolist() == [0.0]
    _, stays = stays_of(["3 D, 4 R, 5 W, 6 T, 7 D, 8 X"])
    assert flow.handovers(stays)["went_back"].tolist() == [1.0]
    back = flow.moves_back(stays)
    assert back[["from_status", "to_status"]].astype("str").to_numpy().tolist() == [
        ["Test", "Doing"]
    ]
    assert back["share"].tolist() == [1.0]


def test_a_reopening_is_told_apart_from_a_move_back():
    found = handovers_of(["3 D, 5 X, 7 D, 9 X", "3 R, 4 D, 5 X"])
    assert found["reopened"].tolist() == [0.5]
    assert found["went_back"].tolist() == [0.5]
    assert found["days_plain"].tolist() == [6.0]
    assert found["days_back"].tolist() == [2.0]


def test_moves_back_count_moves_and_items_and_the_share_of_all_moves_out():
    _, stays = stays_of(["3 R, 4 D, 5 R, 6 D", "3 R, 4 X", "3 R, 4 D"])
    back = flow.moves_back(stays)
    assert back["moves"].tolist() == [3]
    assert back["items"].tolist() == [2]
    assert back["share"].tolist() == [3 / 4]


def test_items_of_no_team_are_a_row_of_their_own():
    found = handovers_of(["3 D, 4 X", "3 D, 4 R, 5 D, 6 X"], team=["core", None])
    assert found["team"].isna().tolist() == [True, False]


@pytest.fixture(scope="module")
def sample():
    return tpm.load("sample:")


def found_at(program, day):
    known = program.at(day)
    stays = flow.stays(known, flow.leaves(known.items))
    return flow.bottlenecks(stays, until=known.as_of)


def test_the_bottleneck_of_the_sample_is_found_with_its_evidence(sample):
    found = found_at(sample, "2025-06-30")
    worst = found.head(2)
    assert worst["status"].astype("str").tolist() == ["Ready for Test"] * 2
    assert set(worst["team"]) == {"Checkout", "Ledger"}
    assert (worst["held_up"] > 3).all()
    assert (worst["median_days"] > 2 * worst["before_days"]).all()
    assert (worst["entered"] > worst["left"]).all()
    others = found[(found["status"] == "Ready for Test") & ~found["team"].isin(worst["team"])]
    assert (others["held_up"] < 1).all()


def test_before_its_test_engineer_left_checkout_had_no_queue_for_test(sample):
    found = found_at(sample, "2025-02-28").set_index(["team", "status"])
    assert found.loc[("Checkout", "Ready for Test"), "held_up"] < 2
    assert found.loc[("Checkout", "Ready for Test"), "median_days"] < 1


def test_hand_overs_of_all_teams_are_those_of_all_items():
    teams = (
        Handovers.empty()
        .reindex(range(2))
        .assign(items=[3, 1], handovers=[1.0, 5.0], went_back=[0.0, 1.0], reopened=[1 / 3, 0.0])
    )
    assert flow.handovers_in_all(teams).to_dict("records") == [
        {"items": 4, "handovers": 2.0, "went_back": 0.25, "reopened": 0.25}
    ]
