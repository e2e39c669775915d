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


def test_item_that_left_and_came_back_is_one_item():
    program = program_of([(5, DURING, BEFORE, START - DAY / 2)])
    never = program.sprint_scope["removed_at"].mask(program.sprint_scope["removed_at"].notna())
    back = program.sprint_scope.assign(added_at=START + DAY, removed_at=never)
    scope = pd.concat([program.sprint_scope, back])
    row = velocity.sprint_velocity(program.sprints, scope, program.items, until=LATER).iloc[0]
    assert (row["committed"], row["added"], row["completed"], row["items"]) == (0, 5, 5, 1)


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
    reasons = velocity.set_aside(program.sprints, program.sprint_scope, found)
    assert reasons.loc[reasons["reason"].str.contains("late"), "count"].tolist() == [1]


def test_sprint_closed_on_the_monday_after_counts_the_weekend():
    program = program_of([(5, END + DAY, BEFORE, None)], sprint={"completed_at": END + 2 * DAY})
    assert measured(program)["completed"].tolist() == [5]


def test_running_sprint_is_not_over_and_not_in_the_averages():
    program = program_of(WHOLE_SPRINT, sprint={"completed_at": None})
    running = measured(program, until=pd.Timestamp("2025-03-10"))
    assert running["closed"].tolist() == [False]
    assert velocity.team_velocity(running).empty


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
@settings(max_examples=30, deadline=None)
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
        carried_over=2.0,
        items=1,
        items_without_points=0,
    )


def test_team_velocity_by_hand():
    row = velocity.team_velocity(sprints_of([10, 12, 8, 20, 20, 20, 4, 6, 5]), last=3).iloc[0]
    assert row["sprints"] == 3
    assert (row["lowest_completed"], row["median_completed"], row["highest_completed"]) == (4, 5, 6)
    assert row["change"] == pytest.approx(5 / 20 - 1)
    assert row["planning_accuracy"] == pytest.approx(15 / 30)
    assert row["carry_over_share"] == pytest.approx(6 / 21)


def test_change_needs_as_many_sprints_before():
    assert pd.isna(velocity.team_velocity(sprints_of([10, 12, 8, 20]), last=3)["change"].iloc[0])


def test_latest_keeps_the_last_sprints_of_each_team_oldest_first():
    assert velocity.latest(sprints_of([1, 2, 3, 4]), last=2)["completed"].tolist() == [3, 4]
    assert len(velocity.latest(sprints_of([1, 2, 3, 4]), last=0)) == 4


def test_item_carried_through_sprints_is_found():
    program = program_of([(5, None, BEFORE, None), (3, None, BEFORE, None)])
    second = program.sprint_scope.iloc[:1].assign(sprint_id="2")
    scope = pd.concat([program.sprint_scope, second])
    carried = velocity.carried_items(scope, program.items)
    assert carried[["item_id", "sprints"]].to_numpy().tolist() == [["A-0", 2]]


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
