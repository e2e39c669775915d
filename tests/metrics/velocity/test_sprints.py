"""What teams commit to, complete and carry over."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import velocity
from tpm_analytics.results.velocity import SprintVelocity

START = pd.Timestamp("2025-03-03T09:00Z")
END = pd.Timestamp("2025-03-14T17:00Z")
DAY = pd.Timedelta(days=1)
LATER = pd.Timestamp("2025-12-31")


def program_of(rows, *, sprint=None):
    """A sprint and its rows: (points, finished_at, added_at, removed_at) each."""
    ids = [f"A-{number}" for number in range(len(rows))]
    items = pd.DataFrame(
        {
            "item_id": ids,
            "team": "core",
            "created_at": START - 30 * DAY,
            "points": [row[0] for row in rows],
            "finished_at": [row[1] for row in rows],
        }
    )
    scope = pd.DataFrame(
        {
            "sprint_id": "1",
            "item_id": ids,
            "added_at": [row[2] for row in rows],
            "removed_at": [row[3] for row in rows],
        }
    )
    dates = {"starts_at": START, "ends_at": END, "completed_at": END, **(sprint or {})}
    sprints = pd.DataFrame({"sprint_id": ["1"], **{key: [value] for key, value in dates.items()}})
    return Program.from_tables({"items": items, "sprints": sprints, "sprint_scope": scope})


def measured(program, *, until=LATER, measure="points"):
    return velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=until, measure=measure
    )


BEFORE, DURING, AFTER = START - DAY, START + 3 * DAY, END + 2 * DAY
WHOLE_SPRINT = [
    (5, DURING, BEFORE, None),  # planned and done
    (3, None, BEFORE, None),  # planned, carried over
    (2, AFTER, BEFORE, None),  # planned, done too late: carried over
    (8, None, BEFORE, DURING),  # planned, taken out
    (1, START + 5 * DAY, DURING, None),  # added and done
    (13, None, DURING, None),  # added, carried over
    (20, BEFORE - DAY, BEFORE, None),  # done before the sprint began: not its work
    (40, None, AFTER, None),  # entered after the end: not its scope
]


def test_every_fate_of_an_item_by_hand():
    row = measured(program_of(WHOLE_SPRINT)).iloc[0]
    assert row["committed"] == 5 + 3 + 2 + 8
    assert row["added"] == 1 + 13
    assert row["removed"] == 8
    assert row["completed"] == 5 + 1
    assert row["completed_committed"] == 5
    assert row["carried_over"] == 3 + 2 + 13
    assert row["carried_over_committed"] == 3 + 2
    assert (row["carried_first"], row["carried_again"]) == (3 + 2 + 13, 0)
    assert row["completed_added"] == 1
    assert row["unplanned_share"] == pytest.approx(1 / 6)
    assert (row["completed_points"], row["completed_items"]) == (6, 2)
    assert (row["committed_points"], row["committed_items"]) == (18, 4)
    assert row["planning_accuracy"] == pytest.approx(5 / 18)
    assert row["capacity_accuracy"] == pytest.approx(6 / 18)
    assert row["items"] == 6


def test_items_are_counted_where_points_are_not_asked_for():
    row = measured(program_of(WHOLE_SPRINT), measure="items").iloc[0]
    assert (row["committed"], row["completed"], row["carried_over"]) == (4, 2, 3)


def test_commitment_stays_at_the_size_it_had_when_the_sprint_was_planned():
    program = program_of([(8, DURING, BEFORE, None)])
    scope = program.sprint_scope.assign(points_when_added=3.0)
    row = velocity.sprint_velocity(program.sprints, scope, program.items, until=LATER).iloc[0]
    assert (row["committed"], row["completed"]) == (3, 8)


def test_an_item_estimated_after_the_start_was_committed_to_without_a_size():
    program = program_of([(8, DURING, BEFORE, None), (3, None, BEFORE, None)])
    scope = program.sprint_scope.assign(points_when_added=[float("nan"), 3.0])
    row = velocity.sprint_velocity(program.sprints, scope, program.items, until=LATER).iloc[0]
    assert (row["committed"], row["completed"]) == (3, 8)


def test_item_that_left_and_came_back_is_one_item():
    program = program_of([(5, DURING, BEFORE, START - DAY / 2)])
    never = program.sprint_scope["removed_at"].mask(program.sprint_scope["removed_at"].notna())
    back = program.sprint_scope.assign(added_at=START + DAY, removed_at=never)
    scope = pd.concat([program.sprint_scope, back])
    row = velocity.sprint_velocity(program.sprints, scope, program.items, until=LATER).iloc[0]
    assert (row["committed"], row["added"], row["completed"], row["items"]) == (0, 5, 5, 1)


def test_a_commitment_taken_out_put_back_and_finished_was_kept_and_is_not_unplanned():
    # as PLT-621 in sprint PLT-S37 of the sample: out on the third day, back on the seventh, done
    # on the eighth. It was in scope at the start and at the end, and finished in between.
    program = program_of([(1, START + 8 * DAY, BEFORE, DURING), (2, None, BEFORE, None)])
    away = program.sprint_scope.head(1)
    back = away.assign(added_at=START + 7 * DAY, removed_at=away["removed_at"].mask([True]))
    scope = pd.concat([program.sprint_scope, back], ignore_index=True)
    row = velocity.sprint_velocity(program.sprints, scope, program.items, until=LATER).iloc[0]
    assert (row["committed"], row["completed_committed"], row["completed"]) == (3, 1, 1)
    assert (row["added"], row["removed"], row["carried_over"]) == (0, 0, 2)
    assert row["planning_accuracy"] == pytest.approx(1 / 3)
    assert row["unplanned_share"] == 0


def test_without_a_history_of_the_scope_the_commitment_is_unknown_and_not_zero():
    row = measured(program_of([(5, DURING, None, None), (3, None, None, None)])).iloc[0]
    assert pd.isna(row["committed"])
    assert pd.isna(row["planning_accuracy"])
    assert (row["completed"], row["carried_over"]) == (5, 3)


def test_points_are_unknown_where_no_item_of_the_sprint_carries_any():
    row = measured(program_of([(None, DURING, BEFORE, None)])).iloc[0]
    assert pd.isna(row["completed"])
    assert row["items_without_points"] == 1


def test_sprint_closed_years_late_ends_as_planned_and_is_counted():
    program = program_of(
        [(5, END + 300 * DAY, BEFORE, None)], sprint={"completed_at": END + 2603 * DAY}
    )
    found = measured(program, until=pd.Timestamp("2035-01-01"))
    assert found["completed"].tolist() == [0]
    reasons = velocity.set_aside(program.sprints, program.sprint_scope, found, until=LATER)
    (late,) = reasons[reasons["reason"].str.contains("late")].itertuples()
    assert (late.reason, late[-1]) == (
        "sprints closed more than 7 days late (by up to 2,603), taken to end as planned",
        1,
    )


def test_sprint_closed_on_the_monday_after_counts_the_weekend():
    program = program_of([(5, END + DAY, BEFORE, None)], sprint={"completed_at": END + 2 * DAY})
    assert measured(program)["completed"].tolist() == [5]


def test_running_sprint_is_not_over_and_not_in_the_averages():
    program = program_of(WHOLE_SPRINT, sprint={"completed_at": None})
    running = measured(program, until=pd.Timestamp("2025-03-10"))
    assert running["closed"].tolist() == [False]
    assert velocity.team_velocity(running).empty


def test_of_a_running_sprint_nothing_is_carried_over_yet():
    program = program_of(WHOLE_SPRINT, sprint={"completed_at": None})
    row = measured(program, until=pd.Timestamp("2025-03-10")).iloc[0]
    assert pd.isna(row["carried_over"])
    assert pd.isna(row["planning_accuracy"])
    assert row["committed"] == 18


def family(parent_points, child_points):
    program = program_of(
        [(parent_points, None, BEFORE, None), (child_points, DURING, BEFORE, None)]
    )
    return program, program.items.assign(parent_id=[None, "A-0"])


@pytest.mark.parametrize(
    ("parent_points", "committed", "committed_items", "completed_items"),
    [(5, 5, 1, 0), (None, 2, 1, 1)],
)
def test_of_a_parent_and_its_part_one_counts(
    parent_points, committed, committed_items, completed_items
):
    program, items = family(parent_points, 2)
    row = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, items, until=LATER, measure="points"
    ).iloc[0]
    assert row["committed"] == committed
    assert (row["committed_items"], row["completed_items"]) == (committed_items, completed_items)
    assert row["items_within_others"] == 1


def test_entries_of_items_that_were_not_loaded_are_counted():
    program = program_of([(5, DURING, BEFORE, None)])
    gone = pd.concat([program.sprint_scope, program.sprint_scope.assign(item_id="GONE-1")])
    found = velocity.sprint_velocity(program.sprints, gone, program.items, until=LATER)
    assert found["items_not_loaded"].tolist() == [1]
    reasons = velocity.set_aside(program.sprints, gone, found, until=LATER)
    assert reasons.loc[reasons["reason"].str.contains("not loaded"), "count"].tolist() == [1]


def test_sprint_that_has_not_begun_is_not_there():
    assert measured(program_of(WHOLE_SPRINT), until=pd.Timestamp("2025-03-01")).empty


def test_sprint_without_a_team_belongs_to_that_of_most_of_its_items():
    assert measured(program_of(WHOLE_SPRINT))["team"].tolist() == ["core"]


fates = st.tuples(
    st.one_of(st.none(), st.integers(0, 13)),
    st.one_of(st.none(), st.integers(-5, 20)),
    st.one_of(st.none(), st.integers(-5, 20)),
    st.one_of(st.none(), st.integers(0, 20)),
)


@given(st.lists(fates, min_size=1, max_size=12), st.sampled_from(["points", "items"]))
@settings(max_examples=30)
def test_nothing_is_lost_or_made_up(drawn, measure):
    def at(days):
        return None if days is None else START + days * DAY

    rows = [(points, at(done), at(added), at(left)) for points, done, added, left in drawn]
    found = measured(program_of(rows), measure=measure).dropna(subset="committed")
    for row in found.itertuples():
        handled = row.completed + row.carried_over + row.removed
        assert handled == pytest.approx(row.committed + row.added)
        kept = row.completed_committed + row.carried_over_committed
        assert kept <= row.committed + 1e-9


def sprints_of(completed, committed=10.0):
    starts = pd.date_range("2025-01-06", periods=len(completed), freq="14D", unit="us")
    frame = SprintVelocity.empty().reindex(range(len(completed)))
    return frame.assign(
        sprint_id=[str(number) for number in range(len(completed))],
        team=pd.Categorical(["core"] * len(completed)),
        starts_on=starts,
        ends_on=starts,
        closed=True,
        measure=pd.Categorical(["points"] * len(completed)),
        committed=committed,
        completed=[float(value) for value in completed],
        completed_committed=[min(float(value), committed) for value in completed],
        completed_added=[max(float(value) - committed, 0.0) for value in completed],
        carried_over=2.0,
        carried_again=1.0,
        completed_points=[float(value) for value in completed],
        items=1,
        items_without_points=0,
        items_within_others=0,
        items_not_loaded=0,
    )


def test_team_velocity_by_hand():
    row = velocity.team_velocity(sprints_of([10, 12, 8, 20, 20, 20, 4, 6, 5]), last=3).iloc[0]
    assert row["sprints"] == 3
    assert (row["lowest_completed"], row["median_completed"], row["highest_completed"]) == (4, 5, 6)
    assert row["last_on"] == pd.Timestamp("2025-04-28")
    assert (row["median_points"], row["capacity_accuracy"]) == (5, pytest.approx(15 / 30))
    assert row["planning_accuracy"] == pytest.approx(15 / 30)
    assert row["carry_over_share"] == pytest.approx(6 / 21)
    assert row["carried_again_share"] == pytest.approx(3 / 21)
    assert row["unplanned_share"] == 0


def test_what_came_in_after_the_start_is_told_of_what_was_completed():
    row = velocity.team_velocity(sprints_of([10, 20, 15]), last=3).iloc[0]
    assert row["unplanned_share"] == pytest.approx(15 / 45)


def test_latest_keeps_the_last_sprints_of_each_team_oldest_first():
    assert velocity.latest(sprints_of([1, 2, 3, 4]), last=2)["completed"].tolist() == [3, 4]
    assert len(velocity.latest(sprints_of([1, 2, 3, 4]), last=0)) == 4


def test_teams_long_without_a_sprint_are_left_out_unless_all_are():
    old, new = sprints_of([1, 2]), sprints_of([3, 4])
    new = new.assign(
        team=pd.Categorical(["apps"] * 2),
        sprint_id=["8", "9"],
        starts_on=new["starts_on"] + 200 * DAY,
        ends_on=new["ends_on"] + 200 * DAY,
    )
    both = pd.concat([old, new], ignore_index=True)
    until = new["ends_on"].max()
    assert set(velocity.latest(both, last=0, until=until)["team"]) == {"apps"}
    assert len(velocity.latest(both, last=0)) == 4
    assert len(velocity.latest(old, last=0, until=until)) == 2


def test_the_parts_of_a_sprint_add_up_to_all_that_was_ever_in_it():
    parts = velocity.fates(measured(program_of(WHOLE_SPRINT)))
    assert parts["amount"].sum() == 5 + 3 + 2 + 8 + 1 + 13
    assert "Completed" not in set(parts["kind"])


def test_without_a_history_what_was_completed_is_one_part():
    found = measured(program_of([(5, DURING, None, None), (3, None, None, None)]))
    parts = velocity.fates(found).set_index("kind")["amount"].to_dict()
    assert parts == {"Completed": 5, "Carried over": 3, "Carried again": 0}


@pytest.mark.parametrize(
    "call",
    [
        lambda: measured(program_of(WHOLE_SPRINT), measure="story points"),
        lambda: velocity.team_velocity(sprints_of([1]), last=0),
        lambda: velocity.latest(sprints_of([1]), last=-1),
    ],
)
def test_impossible_options_are_refused(call):
    with pytest.raises(ParameterError):
        call()
