"""A program seen from an earlier day holds what was known then, and nothing that came later."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.program.histories import HOURS, WORKFLOW, few_examples, histories, moment, program, zones
from tests.tables import assert_same_table
from tpm_analytics.calendars import end_of
from tpm_analytics.program import TABLES, Program

days = st.integers(0, HOURS // 24).map(lambda day: pd.Timestamp(moment(24 * day).date()))


def assert_same(one, other):
    assert one.as_of == other.as_of
    for name, table in one.tables().items():
        assert_same_table(table, other.tables()[name])


def assert_nothing_later(found):
    moment_of_end = end_of(found.as_of, found.time_zone)
    for name, table in found.tables().items():
        for column in TABLES[name].declared().values():
            if column.known:
                end = moment_of_end if column.dtype == "instant" else found.as_of
                assert not (table[column.name] > end).any(), (name, column.name)


@few_examples
@given(histories, zones, days, days)
def test_any_day_gives_a_past_without_a_future_and_leads_back(history, time_zone, one, other):
    now = program(history, time_zone)
    then, later = now.at(min(one, other)), now.at(max(one, other))

    assert_same(now.at(now.as_of), now)
    assert_same(then.at(now.as_of), now)
    assert_same(later.at(then.as_of), then)
    assert_nothing_later(then)

    # what was finished then, and did not move since, is finished later on the same day
    moves = later.transitions
    moved = moves.loc[moves["at"] > end_of(then.as_of, time_zone), "item_id"].astype("str")
    done = then.items.dropna(subset=["finished_on"]).set_index("item_id")["finished_on"]
    done = done[~done.index.isin(moved)]
    assert later.items.set_index("item_id").loc[done.index, "finished_on"].equals(done)


@few_examples
@given(histories, days)
def test_a_day_in_the_past_is_what_an_export_of_that_day_would_have_given(history, day):
    end = end_of(day, "UTC")
    exported = [
        (
            created,
            [move for move in moved if moment(move[0]) <= end],
            named,
        )
        for created, moved, named in history
        if created is not None and moment(created) <= end
    ]
    if not exported or any(not moved for _, moved, _ in exported):
        return
    then = program(history).at(day).items
    numbers = [n for n, (created, _, _) in enumerate(history) if created is not None]
    kept = [f"A-{n}" for n in numbers if moment(history[n][0]) <= end]
    told = then.set_index("item_id").loc[kept, ["status", "started_on", "finished_on"]]
    expected = program(exported).items[["status", "started_on", "finished_on"]]
    assert told["status"].astype("str").tolist() == expected["status"].astype("str").tolist()
    for column in ("started_on", "finished_on"):
        assert told[column].reset_index(drop=True).equals(expected[column])


def rows(columns, *values):
    cells = [[cell or None for cell in value.split(",")] for value in values]
    return pd.DataFrame(cells, columns=columns.split(","), dtype=object)


def a_program(as_of="2025-03-31", time_zone="UTC", **tables):
    tables.setdefault("items", rows("item_id,created_at", "A-1,2025-03-01"))
    return Program.from_tables(tables, as_of=as_of, time_zone=time_zone, workflow=WORKFLOW)


def test_what_was_reported_of_a_reopened_item_stays_true_for_that_day():
    moves = rows(
        "item_id,at,from_status,to_status",
        "A-1,2025-03-03T10:00Z,Open,Doing",
        "A-1,2025-03-05T10:00Z,Doing,Done",
        "A-1,2025-03-07T10:00Z,Done,Doing",
        "A-1,2025-03-09T10:00Z,Doing,Done",
    )
    now = a_program(transitions=moves)
    told = {
        day: now.at(f"2025-03-{day:02}").items.iloc[0][["status", "finished_on"]]
        for day in (2, 3, 5, 6, 7, 9)
    }
    assert [told[day]["status"] for day in told] == [
        "Open",
        "Doing",
        "Done",
        "Done",
        "Doing",
        "Done",
    ]
    assert [told[day]["finished_on"] for day in (5, 6)] == [pd.Timestamp("2025-03-05")] * 2
    assert pd.isna([told[day]["finished_on"] for day in (2, 3, 7)]).all()
    assert told[9]["finished_on"] == pd.Timestamp("2025-03-09")
    assert now.at("2025-03-08").items["started_on"][0] == pd.Timestamp("2025-03-03")


def test_an_item_without_moves_is_open_again_before_its_finish_and_its_status_unknown():
    items = rows(
        "item_id,status,created_at,started_at,finished_at",
        "A-1,Done,2025-03-01,2025-03-03,2025-03-05",
        "A-2,Doing,2025-03-01,2025-03-04,",
        "A-3,Open,2025-03-01,,",
        "A-4,Open,2025-03-09,,",
    )
    then = a_program(items=items).at("2025-03-03").items
    assert then["item_id"].tolist() == ["A-1", "A-2", "A-3"]
    assert [None if pd.isna(s) else s for s in then["status"]] == [None, None, "Open"]
    assert then["started_on"].notna().tolist() == [True, False, False]
    assert then["finished_on"].isna().all()
    assert then["source_status"].isna().all()


def test_an_item_of_unknown_creation_has_no_status_before_its_first_move():
    moves = rows("item_id,at,from_status,to_status", "A-1,2025-03-05,Open,Doing")
    items = rows("item_id,status", "A-1,Doing")
    then = a_program(items=items, transitions=moves).at("2025-03-03").items
    assert len(then) == 1
    assert pd.isna(then["status"][0])


def test_rows_that_name_what_came_later_go_with_it():
    now = a_program(
        items=rows(
            "item_id,created_at,parent_id",
            "A-1,2025-03-01,A-9",
            "A-2,2025-03-01,A-1",
            "A-9,2025-03-20,",
        ),
        links=rows("from_id,to_id,kind", "A-1,A-9,blocks", "A-1,A-2,blocks", "A-1,X-1,blocks"),
        sprint_scope=rows("sprint_id,item_id", "1,A-1", "1,A-9", "1,X-1"),
        people=rows("person_id,joined_on", "ada,2025-01-01", "bob,2025-03-20"),
        allocations=rows(
            "person_id,workstream,from_on,to_on,share",
            "ada,api,2025-01-01,2025-12-31,1",
            "bob,api,2025-03-20,2025-12-31,1",
        ),
    )
    then = now.at("2025-03-10")
    assert then.items["parent_id"].tolist()[1] == "A-1"
    assert pd.isna(then.items["parent_id"][0])
    assert then.links["to_id"].tolist() == ["A-2", "X-1"]
    assert then.sprint_scope["item_id"].tolist() == ["A-1", "X-1"]
    assert then.allocations["person_id"].tolist() == ["ada"]


def test_milestones_are_due_as_last_reported_by_then_else_as_first_planned():
    now = a_program(
        milestones=rows(
            "milestone_id,baseline_on,due_on,done_on",
            "beta,2025-04-01,2025-06-01,2025-03-25",
            "silent,2025-04-01,2025-06-01,",
        ),
        milestone_forecasts=rows(
            "milestone_id,reported_on,forecast_on",
            "beta,2025-03-10,2025-05-01",
            "beta,2025-03-05,2025-04-15",
            "beta,2025-03-20,2025-06-01",
        ),
    )
    due = {
        day: now.at(f"2025-03-{day}").milestones.set_index("milestone_id")
        for day in ("04", "05", "15")
    }
    assert [f"{due[day].loc['beta', 'due_on']:%m-%d}" for day in due] == ["04-01", "04-15", "05-01"]
    assert all(f"{table.loc['silent', 'due_on']:%m-%d}" == "06-01" for table in due.values())
    assert due["15"]["done_on"].isna().all()
    assert now.at("2025-03-25").milestones["done_on"].notna()[0]


def test_risks_have_the_figures_of_their_last_assessment_by_then():
    now = a_program(
        risks=rows(
            "risk_id,status,probability,impact_cost,opened_on,closed_on",
            "R-1,closed,1,900,2025-03-01,2025-03-20",
            "R-2,closed,0.5,100,2025-03-01,2025-03-20",
            "R-3,open,0.5,100,2025-03-15,",
        ),
        risk_history=rows(
            "risk_id,reported_on,status,probability,impact_cost",
            "R-1,2025-03-05,open,0.2,500",
            "R-1,2025-03-10,open,0.6,",
            "R-1,2025-03-20,closed,1,900",
        ),
    )
    early, middle = now.at("2025-03-04").risks, now.at("2025-03-12").risks
    assert early["risk_id"].tolist() == ["R-1", "R-2"]
    assert early.loc[0, ["status", "probability", "impact_cost"]].isna().all()
    assert middle.loc[0, ["status", "probability", "impact_cost"]].tolist() == ["open", 0.6, 500]
    assert middle["closed_on"].isna().all()
    assert pd.isna(middle["status"][1])
    assert middle["probability"][1] == 0.5
    assert middle["status"].dtype == "category"
    assert now.at("2025-03-20").risks["status"].tolist() == ["closed", "closed", "open"]


def test_contingency_is_known_from_its_day_and_may_be_planned_ahead():
    now = a_program(
        risks=rows("risk_id,opened_on", "R-1,2025-03-25"),
        contingency=rows(
            "changed_on,added_days,drawn_days", "2025-03-01,20,", "2025-03-20,,5", "2027-01-04,,15"
        ),
    )
    assert now.latest.as_of == pd.Timestamp("2025-03-25")
    assert now.at("2025-03-19").contingency["added_days"].tolist() == [20]


def test_activities_keep_their_progress_only_where_it_cannot_have_changed():
    now = a_program(
        activities=rows(
            "activity_id,actual_start_on,actual_finish_on,percent_complete",
            "done,2025-03-01,2025-03-05,1",
            "under way,2025-03-01,,0.7",
            "begins later,2025-03-15,,0.4",
            "not begun,,,0",
            "begun some day,,,0.3",
        ),
    )
    then = now.at("2025-03-10").activities.set_index("activity_id")["percent_complete"]
    assert then["done"] == 1
    assert then["begins later"] == 0
    assert then["not begun"] == 0
    assert then[["under way", "begun some day"]].isna().all()


@pytest.mark.parametrize(
    ("day", "known"), [("2025-02-27", 1), ("2025-02-28", 2), ("2025-03-30", 2)]
)
def test_budget_figures_are_known_when_their_period_has_ended(day, known):
    now = a_program(
        items=rows("item_id,created_at", "A-1,2025-03-31"),
        budget=rows(
            "workstream,period_on,planned_value,earned_value,actual_cost",
            "api,2025-01-01,10,9,8",
            "api,2025-02-01,10,9,8",
            "api,2025-03-01,10,9,8",
        ),
    )
    then = now.at(day).budget
    assert then["planned_value"].tolist() == [10, 10, 10]
    assert then["earned_value"].notna().sum() == then["actual_cost"].notna().sum() == known
    assert now.budget["actual_cost"].notna().all()


def test_values_without_a_history_are_unknown_where_they_must_have_changed():
    now = a_program(
        objectives=rows("key_result_id,objective,current,target", "k1,grow,5,10"),
        sprints=rows("sprint_id,starts_at,completed_at", "1,2025-03-01,2025-03-15"),
        actions=rows("action_id,raised_on,done_on", "a1,2025-03-01,2025-03-15", "a2,2025-03-12,"),
        incidents=rows("incident_id,started_at,resolved_at", "i1,2025-03-01,2025-03-15"),
    )
    then = now.at("2025-03-10")
    assert then.objectives["current"].isna().all()
    assert then.objectives["target"].tolist() == [10]
    assert then.sprints[["completed_at", "completed_on"]].isna().all(axis=None)
    assert then.actions["action_id"].tolist() == ["a1"]
    assert then.actions["done_on"].isna().all()
    assert then.incidents["resolved_at"].isna().all()


@pytest.mark.parametrize(
    ("time_zone", "day", "finished"),
    [
        pytest.param("Asia/Tokyo", "2025-03-07", True, id="23:30 on that Friday in Tokyo"),
        pytest.param("Asia/Tokyo", "2025-03-06", False, id="the day before"),
        pytest.param("Asia/Seoul", "2025-03-07", True, id="the same clock, another zone"),
        pytest.param("Australia/Sydney", "2025-03-07", False, id="Saturday morning in Sydney"),
    ],
)
def test_the_end_of_a_day_is_that_of_the_programs_zone(time_zone, day, finished):
    items = rows("item_id,created_at,finished_at", "A-1,2025-03-01,2025-03-07T14:30Z")
    then = a_program(items=items, time_zone=time_zone).at(day).items
    assert then["finished_on"].notna()[0] == finished


def test_the_day_the_clocks_change_is_one_day():
    items = rows(
        "item_id,created_at,finished_at",
        "A-1,2025-03-01,2025-03-29T22:59:59Z",
        "A-2,2025-03-01,2025-03-29T23:00:00Z",
        "A-3,2025-03-01,2025-03-30T21:59:59Z",
        "A-4,2025-03-01,2025-03-30T22:00:00Z",
    )
    now = a_program(items=items, time_zone="Europe/Madrid")
    assert now.items["finished_on"].dt.day.tolist() == [29, 30, 30, 31]
    assert now.at("2025-03-29").items["finished_on"].notna().sum() == 1
    assert now.at("2025-03-30").items["finished_on"].notna().sum() == 3
