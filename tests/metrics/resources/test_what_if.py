"""How much more or less of its time a team has in a what-if."""

import pandas as pd
import pytest

from tpm_analytics.metrics.resources import pace_change
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import Holiday, PeopleAdded, PeopleLeaving, Scenario
from tpm_analytics.program.what_if import applied


@pytest.fixture
def program():
    return Program.from_tables(
        {
            "items": pd.DataFrame(
                {"item_id": ["A-1"], "team": "bare", "created_at": ["2025-03-03"]}
            ),
            "people": pd.DataFrame(
                {
                    "person_id": ["ada", "bo", "cy", "di", "ed"],
                    "team": ["core", "core", "core", "apps", None],
                    "hours_per_week": [40.0, 40.0, 20.0, None, 40.0],
                    "joined_on": [None, None, "2025-04-14", None, None],
                    "left_on": [None, "2025-04-30", None, None, None],
                }
            ),
        },
        as_of="2025-03-03",
    )


def told(scenario, program):
    change = pace_change(applied(scenario, program))
    return [
        (row.team, f"{row.from_on:%m-%d}", row.hours_before, row.hours_after)
        for row in change.itertuples()
    ]


def test_a_real_program_has_no_change(program):
    assert pace_change(program).empty


def test_hours_are_counted_from_each_day_on_which_somebody_more_or_fewer_is_there(program):
    # from 14 April to the end of the month three are there; the newcomer counts from 15 April on
    more = PeopleAdded(team="core", joined_on="2025-04-01", hours_per_week=20)
    assert told(Scenario(people_added=[more], ramp_up_weeks=2), program) == [
        ("core", "03-04", 80.0, 80.0),
        ("core", "04-14", 100.0, 100.0),
        ("core", "04-15", 100.0, 120.0),
        ("core", "05-01", 60.0, 80.0),
    ]


def test_newcomers_count_at_once_without_a_ramp_up_and_never_in_the_past(program):
    more = PeopleAdded(team="core", joined_on="2025-01-01")
    assert told(Scenario(people_added=[more], ramp_up_weeks=0), program)[0] == (
        "core",
        "03-04",
        80.0,
        120.0,
    )


def test_the_last_day_of_work_is_still_worked(program):
    leaving = PeopleLeaving(person_id="ada", left_on="2025-03-14")
    assert ("core", "03-15", 80.0, 40.0) in told(Scenario(people_leaving=[leaving]), program)


def test_a_holiday_is_no_change_of_pace_for_the_calendar_has_it(program):
    assert told(Scenario(holidays=[Holiday(day_on="2025-03-10")]), program) == []


def test_of_a_team_with_nobody_known_the_ratio_is_unknown(program):
    more = PeopleAdded(team="bare", joined_on="2025-04-01")
    change = pace_change(applied(Scenario(people_added=[more]), program))
    assert change["team"].tolist() == ["bare", "bare"]
    assert change["ratio"].isna().all()


def test_people_without_hours_are_in_neither_sum(program):
    leaving = PeopleLeaving(person_id="di", left_on="2025-03-14")
    assert told(Scenario(people_leaving=[leaving]), program) == []
