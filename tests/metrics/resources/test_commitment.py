"""What teams can commit to, out of the time they have, checked by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tests.metrics.staff import program_of
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import ParameterError
from tpm_analytics.metrics import flow, resources, velocity
from tpm_analytics.results.resources import SprintFocus
from tpm_analytics.results.velocity import SprintVelocity

UNTIL = pd.Timestamp("2025-06-30")


def velocity_of(*completed, team="Core", closed=True, last="2025-06-16"):
    """Sprints of two weeks from Monday to the second Friday, the last to start on `last`."""
    starts = pd.date_range(end=last, periods=len(completed), freq="14D")
    known = {
        "sprint_id": [f"{team}-{number}" for number in range(len(completed))],
        "name": None,
        "team": team,
        "starts_on": starts,
        "ends_on": starts + pd.Timedelta(days=11),
        "closed": closed,
        "measure": "points",
        "completed": [float(points) for points in completed],
        "items": 1,
        "items_without_points": 0,
        "items_within_others": 0,
        "items_not_loaded": 0,
    }
    empty = SprintVelocity.empty().reindex(range(len(completed)))
    return SprintVelocity.validate(empty.assign(**known))


def focus_of(sprints, people, absences=()):
    """Focus of sprints, with the people there and who is absent from when to when."""
    away = pd.DataFrame(absences, columns=["person_id", "from_on", "to_on"])
    program = program_of(people, absences=away)
    return resources.sprint_focus(sprints, program.people, program.absences)


PAIR = [{"person_id": "P"}, {"person_id": "Q", "hours_per_week": 20.0}]


def test_the_focus_factor_is_what_was_completed_for_each_person_day():
    told = focus_of(velocity_of(6, 8), PAIR, [("P", "2025-06-16", "2025-06-20")])
    # ten days of one and ten half days of the other; then a week of the first is missing
    assert told["capacity_days"].tolist() == [15.0, 10.0]
    assert told["focus_factor"].tolist() == pytest.approx([0.4, 0.8])
    assert told["people"].tolist() == [2, 2]


def test_sprints_of_nobody_known_of_nothing_known_and_running_ones_are_left_out():
    running = velocity_of(5, closed=False)
    strangers = velocity_of(5, team="Edge")
    unknown = velocity_of(float("nan"))
    for sprints in (running, strangers, unknown):
        assert focus_of(sprints, PAIR).empty
    assert focus_of(velocity_of(5), [{"person_id": "P", "hours_per_week": None}]).empty


def test_a_sprint_nobody_was_there_for_has_no_focus_factor():
    told = focus_of(velocity_of(5), PAIR[:1], [("P", "2025-06-01", "2025-06-30")])
    assert told["capacity_days"].tolist() == [0.0]
    assert told["focus_factor"].isna().all()


def commitments_of(sprints, people=PAIR, absences=(), planned=(), until=UNTIL):
    ahead = pd.DataFrame(planned, columns=["sprint_id", "team", "starts_at", "ends_at"])
    away = pd.DataFrame(absences, columns=["person_id", "from_on", "to_on"])
    program = program_of(people, absences=away, sprints=ahead)
    focus = resources.sprint_focus(sprints, program.people, program.absences)
    return resources.commitments(
        focus, program.sprints, program.people, program.absences, until=until
    )


TEN = (6, 7.5, 9, 10.5, 12, 13.5, 15, 16.5, 18, 19.5)


def test_the_range_is_of_the_own_past_sprints_and_of_the_people_of_the_next():
    (row,) = commitments_of(
        velocity_of(*TEN), absences=[("P", "2025-07-01", "2025-07-04")]
    ).to_dict("records")
    assert (row["starts_on"].day, row["ends_on"].day, row["planned"]) == (14, 25, False)
    # of ten factors from 0.4 to 1.3 the second, the fifth and the ninth, for 15 person-days
    assert [row["low"], row["middle"], row["high"]] == pytest.approx([7.5, 12.0, 18.0])
    assert (row["capacity_days"], row["usual_days"], row["sprints"]) == (15.0, 15.0, 10)


def test_a_planned_sprint_counts_with_its_own_days_and_absences():
    (row,) = commitments_of(
        velocity_of(*TEN),
        absences=[("P", "2025-07-07", "2025-07-08")],
        planned=[
            ("Core-11", "Core", "2025-07-07T09:00Z", "2025-07-11T15:00Z"),
            ("Core-12", "Core", "2025-07-14T09:00Z", "2025-07-18T15:00Z"),
        ],
    ).to_dict("records")
    assert (row["starts_on"].day, row["planned"], row["capacity_days"]) == (7, True, 5.5)
    assert row["middle"] == pytest.approx(0.8 * 5.5)


@pytest.mark.parametrize(("sprints", "enough"), [(5, False), (6, True)])
def test_with_too_few_sprints_nothing_is_said(sprints, enough):
    told = commitments_of(velocity_of(*TEN[:sprints]))
    assert told["enough"].tolist() == [enough]
    assert told[["low", "middle", "high"]].notna().all(axis=None) == enough


def test_a_team_without_a_sprint_for_a_quarter_is_left_out():
    assert commitments_of(velocity_of(*TEN, last="2025-03-10")).empty


def test_each_past_sprint_is_judged_by_those_before_it():
    focus = focus_of(velocity_of(*[15.0] * 6, 30.0, 15.0), PAIR)
    record = resources.commitment_record(focus)
    assert record["sprint_id"].tolist() == ["Core-6", "Core-7"]
    assert record[["low", "middle", "high"]].to_numpy().tolist() == [
        pytest.approx([15.0, 15.0, 15.0]),
        pytest.approx([15.0, 15.0, 15.0]),  # six of seven were 15: the seventh is above 85 %
    ]
    assert record["result"].tolist() == ["above the range", "within the range"]
    (score,) = resources.commitment_scores(record).to_dict("records")
    assert (score["sprints"], score["reached_share"], score["within_share"]) == (2, 1.0, 0.5)
    assert score["error_share"] == pytest.approx(7.5 / 22.5)


def test_looking_at_who_is_there_helps_where_people_come_and_go():
    # every second sprint one of the two is away
    days = pd.date_range("2025-02-10", periods=5, freq="28D")
    away = [("P", day, day + pd.Timedelta(days=11)) for day in days]
    sprints = velocity_of(*[5.0, 15.0] * 5)
    focus = focus_of(sprints, PAIR, away)
    assert focus["focus_factor"].tolist() == pytest.approx([1.0] * 10)
    (score,) = resources.commitment_scores(
        resources.commitment_record(focus), by="program"
    ).to_dict("records")
    assert score["error_share"] == pytest.approx(0.0)
    assert score["usual_error_share"] > 0.2


def test_the_outlook_joins_the_record_and_the_next_sprint_of_teams_that_have_one():
    people = [*PAIR, {"person_id": "R", "team": "Edge"}]
    program = program_of(people)
    sprints = pd.concat(
        [velocity_of(*TEN), velocity_of(*TEN, team="Edge", last="2025-01-06")], ignore_index=True
    )
    focus = resources.sprint_focus(sprints, program.people, program.absences)
    record = resources.commitment_record(focus)
    ahead = resources.commitments(
        focus, program.sprints, program.people, program.absences, until=UNTIL
    )
    told = resources.sprint_ranges(record, ahead)
    assert set(record["team"]) == {"Core", "Edge"}
    assert told["team"].unique().tolist() == ["Core"]
    assert told["result"].tolist()[-1] == "the next sprint"
    assert told["completed"].isna().tolist() == [False] * 4 + [True]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=6, max_size=20), st.integers(1, 5))
def test_a_range_holds_its_middle_and_doubles_with_the_people(completed, factor):
    one = commitments_of(velocity_of(*completed), PAIR[:1])
    many = [{"person_id": f"P-{number}"} for number in range(factor)]
    focus = focus_of(velocity_of(*completed), PAIR[:1])
    program = program_of(many)
    more = resources.commitments(
        focus, program.sprints, program.people, program.absences, until=UNTIL
    )
    for name in ("low", "middle", "high"):
        assert more[name].iloc[0] == pytest.approx(factor * one[name].iloc[0])
    assert one["low"].iloc[0] <= one["middle"].iloc[0] <= one["high"].iloc[0]


def test_a_grouping_nobody_knows_is_told():
    record = resources.commitment_record(SprintFocus.empty())
    with pytest.raises(ParameterError, match="program, team"):
        resources.commitment_scores(record, by="person")


def test_ranges_of_the_sample_hold_about_as_often_as_they_promise():
    program = tpm.load("sample:")
    sprints = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )
    focus = resources.sprint_focus(sprints, program.people, program.absences)
    (score,) = resources.commitment_scores(
        resources.commitment_record(focus), by="program"
    ).to_dict("records")
    assert score["sprints"] == 160
    assert 0.63 <= score["within_share"] <= 0.77
    assert score["error_share"] < score["usual_error_share"]


@needs_shared_data
def test_of_a_tracker_that_knows_no_hours_no_commitment_is_made_up():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    sprints = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )
    assert len(sprints) > 300
    assert resources.sprint_focus(sprints, program.people, program.absences).empty
    named = resources.holdings(flow.leaves(program.items))
    assert (named["people"].sum(), named["items"].sum()) == (38, 844)
    during = resources.weeks_around(program.as_of)
    assert resources.items_in_progress(
        program.items, program.people, during=during, until=program.as_of
    ).empty
