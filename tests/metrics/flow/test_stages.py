"""Where the time of items goes, worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given

from tests.metrics.moves_by_hand import WORKFLOW, moment, program_of, stays_of
from tests.program.histories import few_examples, histories, program, zones
from tpm_analytics.metrics import flow
from tpm_analytics.program import Program

UNTIL = pd.Timestamp("2025-03-31")


def spans(stays, *columns):
    return stays[["status", *columns]].astype({"status": "str"}).to_numpy().tolist()


def test_a_stay_runs_from_its_move_to_the_next_and_the_last_to_the_end_of_the_day_seen_from():
    _, stays = stays_of(["3 D, 4.5 R"], as_of=10)
    assert spans(stays, "days") == [["Backlog", 2.0], ["Doing", 1.5], ["Review", 6.5]]
    assert stays["left_on"].dt.day.tolist()[:2] == [3, 4]
    assert pd.isna(stays["left_on"].iloc[2])


def test_a_stay_is_under_way_from_the_first_start_to_the_last_finish():
    _, stays = stays_of(["3 D, 5 X, 7 D, 9 X, 12 Z"])
    assert spans(stays, "underway", "days") == [
        ["Backlog", False, 2.0],
        ["Doing", True, 2.0],
        ["Done", True, 2.0],
        ["Doing", True, 2.0],
        ["Done", False, 3.0],
        ["Released", False, 20.0],
    ]


def test_age_counts_the_day_of_the_start_and_the_day_of_leaving():
    _, stays = stays_of(["3 D, 5.5 R, 6 X"])
    assert stays["age_days"].tolist() == [pd.NA, 3, 4, pd.NA]


def test_a_move_to_the_status_an_item_is_in_ends_no_stay():
    _, stays = stays_of(["3 D, 4 D, 6 X"])
    assert spans(stays, "days")[:2] == [["Backlog", 2.0], ["Doing", 3.0]]


def test_finished_at_half_past_eleven_on_friday_in_tokyo_belongs_to_friday_there_only():
    # Friday 2025-03-07, 23:30 in Tokyo is 14:30 UTC; two hours later it is Saturday there
    moves = ["3 D, 7.6041666667 X", "3 D, 7.6875 X"]
    for zone, days in (("Asia/Tokyo", [7, 8]), ("UTC", [7, 7])):
        known, stays = stays_of(moves, time_zone=zone)
        left = stays.loc[stays["status"] == "Doing", "left_on"]
        assert left.dt.day.tolist() == days
        assert flow.cycle_time(known.items)["finished_on"].dt.day.tolist() == days


def test_a_day_of_23_hours_is_a_day_of_the_calendar_and_23_hours_of_a_stay():
    # Madrid puts its clocks forward on 2025-03-30: from midnight to midnight are 23 hours
    _, stays = stays_of(["29.9583333333333 D, 30.9166666666667 X"], time_zone="Europe/Madrid")
    assert stays["days"].iloc[1] == pytest.approx(23 / 24)
    assert stays["entered_on"].iloc[1] == pd.Timestamp("2025-03-30")
    assert stays["age_days"].iloc[1] == 2


def test_items_that_finished_before_they_started_have_no_time_under_way():
    items = pd.DataFrame(
        {
            "item_id": ["A-1"],
            "started_at": ["2025-03-05T09:00Z"],
            "finished_at": ["2025-03-03T09:00Z"],
        }
    )
    known = Program.from_tables({"items": items})
    assert flow.stays(known, known.items).empty
    assert flow.unmeasured(known.items)["items"].tolist() == [1]


def test_statuses_come_in_the_order_of_the_workflow_or_in_that_of_the_histories():
    _, given_order = stays_of(["3 D, 4 W, 5 T, 6 X"])
    assert list(given_order["status"].cat.categories) == [
        name for name in WORKFLOW.stages if name not in {"Review", "Released"}
    ]
    _, inferred = stays_of(["3 R, 4 D, 6 X", "3 R, 5 D, 6 X"], workflow=None)
    assert list(inferred["status"].cat.categories) == ["Backlog", "Review", "Doing", "Done"]


def test_only_the_items_that_are_asked_for_are_followed_and_under_their_own_names():
    known = program_of(["3 D, 4 X", "5 D, 9 X", "6 D"], team=["core", None, "core"])
    some = known.items.iloc[[2, 1]].reset_index(drop=True)
    stays = flow.stays(known, some)
    assert stays["item_id"].astype("str").unique().tolist() == ["A-2", "A-3"]
    assert stays["team"].isna().tolist() == [True] * 3 + [False] * 2


def test_time_in_status_by_hand():
    _, stays = stays_of(["3 D, 5 W, 9 T, 10 X", "3 D, 6 X, 8 D, 9 X", "11 D"], as_of=12)
    found = flow.time_in_status(stays).set_index("status")
    # Doing: 2, 3 and 1 days have ended, 2 last; waiting 4; test 1; in done until reopened 2
    assert found.loc["Doing", "total_days"] == 8.0
    assert found.loc["Doing", "median_days"] == 2.0
    assert found.loc["Doing", "p85_days"] == 3.0
    assert found.loc["Doing", "here_now"] == 1
    assert found.loc["To test", "share"] == pytest.approx(4 / 15)
    assert found.loc["Done", "total_days"] == 2.0
    assert found.loc["Done", "here_now"] == 0
    assert found.loc["Backlog", "share"] == 0
    assert found.loc["Backlog", "items"] == 3


def test_paces_take_the_age_at_the_last_leave_of_finished_items():
    moves = ["3 D, 4 R, 5 D, 7 X", "3 D, 5 X", "3 D, 20 R"]
    _, stays = stays_of(moves)
    found = flow.paces(stays, shares=[0.5, 1.0])
    doing = found[found["status"] == "Doing"]
    # left for good on the 7th and the 5th; the third is not finished
    assert doing["age_days"].tolist() == [3, 5]
    assert doing["from_days"].tolist() == [1, 3]
    assert doing["items"].tolist() == [2, 2]
    assert found.loc[found["status"] == "Review", "age_days"].tolist() == [3, 3]


def test_an_open_item_is_held_against_what_finished_ones_needed_up_to_its_status():
    done = [f"3 D, {3 + number / 2} X" for number in range(1, 41)]
    known, stays = stays_of([*done, "22 D"], as_of=31)
    found = flow.ageing(known.items, stays, until=UNTIL)
    # of 40 the ages on leaving are 1, 2, 2, 3, 3, ...: below 10 are 17 of them
    assert found[["item_id", "age_days"]].to_numpy().tolist() == [["A-41", 10]]
    assert found["older_than"].tolist() == [17 / 40]


def test_of_few_finished_items_nothing_is_said_of_an_open_one():
    known, stays = stays_of(["3 D, 5 X", "3 D"])
    assert flow.ageing(known.items, stays, until=UNTIL)["older_than"].isna().all()


def efficiency_of(moves, blocks=()):
    known, stays = stays_of(moves, blocks=list(blocks))
    return flow.efficiency(known.items, stays, known.blocks)


def block(begins, ends, reason="vendor", item="A-1"):
    return (item, moment(begins), None if ends is None else moment(ends), reason)


def test_active_waiting_and_blocked_time_by_hand():
    # active 3..7 and 11..13, waiting 7..11; blocked from 6 to 9 and, within it, from 7 to 8
    found = efficiency_of(["3 D, 7 W, 11 T, 13 X"], [block(6, 9), block(7, 8)])
    assert found["active_days"].tolist() == [5.0]
    assert found["blocked_days"].tolist() == [3.0]
    assert found["waiting_days"].tolist() == [2.0]
    assert found["efficiency"].tolist() == [0.5]


def test_a_block_counts_between_start_and_finish_only_also_one_that_nobody_ended():
    found = efficiency_of(["5 D, 9 X"], [block(2, 6), block(8, None)])
    assert found["blocked_days"].tolist() == [2.0]
    assert found["active_days"].tolist() == [2.0]


def test_time_in_done_until_a_reopening_is_no_work():
    found = efficiency_of(["3 D, 5 X, 7 D, 9 X"])
    assert found["efficiency"].tolist() == [4 / 6]


def test_the_active_part_of_a_team_weighs_items_by_their_time_and_the_middling_one_does_not():
    known, stays = stays_of(["3 D, 4 X", "3 D, 4 X", "3 D, 4 W, 12 T, 13 X"], team="core")
    found = flow.efficiency(known.items, stays, known.blocks)
    team = flow.team_efficiency(found)
    assert team["efficiency"].tolist() == [pytest.approx(4 / 12)]
    assert team["median_efficiency"].tolist() == [1.0]


def test_an_item_that_took_no_time_has_no_active_part():
    assert efficiency_of(["3 D, 3 X"])["efficiency"].isna().all()


def test_blocked_time_by_reason_ends_with_the_block_the_finish_or_today():
    known = program_of(
        ["3 D, 9 X", "3 D"],
        as_of=20,
        blocks=[
            block(4, 6, "vendor"),
            block(8, None, "vendor"),
            block(19, None, "people", "A-2"),
            block(5, 5.5, None, "A-2"),
        ],
    )
    found = flow.blocked_time(known, known.items)
    assert found["reason"].fillna("?").tolist() == ["vendor", "people", "?"]
    assert found["blocked_days"].round(6).tolist() == [3.0, 2.0, 0.5]
    assert found["median_days"].round(6).tolist() == [1.0, 2.0, 0.5]
    assert found["items"].tolist() == [1, 1, 1]
    assert found["open_now"].tolist() == [0, 1, 0]
    assert found["share"].sum() == pytest.approx(1)


@few_examples
@given(histories, zones)
def test_stays_fill_the_time_of_an_item_and_the_parts_of_a_finished_one_add_up(drawn, zone):
    known = program(drawn, zone)
    stays = flow.stays(known, known.items)
    whole = stays.groupby("item_id", observed=True)["days"].sum()
    began = stays.groupby("item_id", observed=True)["entered_at"].min()
    now = (known.as_of + pd.Timedelta(days=1)).tz_localize(zone)
    for item, days in whole.items():
        assert days == pytest.approx((now - began[item]).total_seconds() / 86_400)
    found = flow.efficiency(known.items, stays, known.blocks)
    parts = found[["active_days", "waiting_days", "blocked_days"]].sum(axis=1)
    finished = known.items.set_index("item_id").loc[found["item_id"]]
    took = (finished["finished_at"] - finished["started_at"]).dt.total_seconds() / 86_400
    assert parts.tolist() == pytest.approx(took.tolist())


@few_examples
@given(histories, zones)
def test_an_age_on_leaving_is_that_of_the_cycle_time_in_the_last_status(drawn, zone):
    known = program(drawn, zone)
    stays = flow.stays(known, known.items)
    under_way = stays[stays["underway"].astype(bool) & stays["finished"].astype(bool)]
    last = under_way.groupby("item_id", observed=True)["age_days"].last()
    took = flow.cycle_time(known.items).set_index("item_id")["cycle_days"]
    assert last.to_dict() == {item: took[item] for item in last.index}
