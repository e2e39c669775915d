"""Schedules and their simulation move with the links, risks and holidays that are assumed."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tpm_analytics.metrics import levelling, schedule, schedule_risk
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import (
    Holiday,
    LinkRemoved,
    PeopleAdded,
    PeopleLeaving,
    Scenario,
)
from tpm_analytics.program.what_if import applied


@pytest.fixture
def program():
    """Design of five days, then building of five, by one engineer each; it is Friday."""
    return Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-06"]}),
            "people": pd.DataFrame(
                {
                    "person_id": ["ada", "bo"],
                    "team": "core",
                    "role": "Engineer",
                    "joined_on": [None, None],
                    "left_on": [None, "2025-03-31"],
                }
            ),
            "activities": pd.DataFrame(
                {
                    "activity_id": ["design", "build", "test"],
                    "team": "core",
                    "duration_days": 5.0,
                }
            ),
            "activity_demand": pd.DataFrame(
                {"activity_id": ["build", "test"], "resource": "Engineer", "units": [1.0, 1.0]}
            ),
            "links": pd.DataFrame(
                {"from_id": ["design", "design"], "to_id": ["build", "test"], "kind": "FS"}
            ),
        },
        as_of="2025-02-28",
    )


def days_off(data):
    return schedule.days_off(data.people, until=data.as_of, absences=data.absences)


def finish(data):
    plan = schedule.schedule(data.activities, data.links, until=data.as_of, days_off=days_off(data))
    return plan.set_index("activity_id")["finish_on"].dt.strftime("%m-%d").to_dict()


def test_without_a_link_nothing_waits(program):
    assert finish(program) == {"design": "03-07", "build": "03-14", "test": "03-14"}
    free = Scenario(links_removed=[LinkRemoved(from_id="design", to_id="build")])
    assert finish(applied(free, program)) == {"design": "03-07", "build": "03-07", "test": "03-14"}


def test_a_holiday_moves_what_lies_behind_it(program):
    off = Scenario(holidays=[Holiday(day_on="2025-03-04")])
    assert finish(applied(off, program)) == {"design": "03-10", "build": "03-17", "test": "03-17"}


def test_a_day_off_needs_everybody_who_belongs_to_the_team(program):
    def off(*absent):
        absences = pd.DataFrame(
            {"person_id": list(absent), "from_on": "2025-03-06", "to_on": "2025-03-09"}
        )
        told = program.tables() | {"absences": absences}
        return days_off(Program.from_tables(told, as_of=program.as_of))["day_on"].tolist()

    both = [pd.Timestamp("2025-03-06"), pd.Timestamp("2025-03-07")]
    assert off("ada") == []
    assert off("ada", "bo") == both  # the weekend is free anyway
    assert off("ada", "bo", "bo", "nobody") == both


def test_who_has_left_is_not_waited_for(program):
    gone = PeopleLeaving(person_id="bo", left_on="2025-03-03")
    off = Scenario(people_leaving=[gone], holidays=[Holiday(day_on="2025-03-04")])
    data = applied(off, program)
    assert data.absences["person_id"].tolist() == ["ada", "bo"]
    alone = data.absences[data.absences["person_id"] == "ada"]
    told = schedule.days_off(data.people, until=data.as_of, absences=alone)
    assert told["day_on"].tolist() == [pd.Timestamp("2025-03-04")]


def ends(data):
    work = levelling.shared_work(data, days_off=days_off(data))
    return levelling.summary(levelling.levelled(work))["end_on"].max()


def test_people_move_the_levelled_plan(program):
    alone = Scenario(people_leaving=[PeopleLeaving(person_id="bo", left_on="2025-03-03")])
    more = Scenario(
        people_leaving=alone.people_leaving,
        people_added=[PeopleAdded(team="core", role="Engineer", joined_on="2025-03-10")],
    )
    assert f"{ends(program):%m-%d}" == "03-14"
    assert f"{ends(applied(alone, program)):%m-%d}" == "03-21"
    assert f"{ends(applied(more, program)):%m-%d}" == "03-14"


@pytest.fixture(scope="module")
def sample():
    return tpm.load("sample:")


def certain(data, share):
    struck = schedule_risk.strikes(data.risks, data.activities, data.milestones)
    plan = schedule_risk.uncertain_plan(
        data.activities, data.links, struck, until=data.as_of, days_off=days_off(data)
    )
    told = schedule_risk.outlook(schedule_risk.trials(plan, trials=400, seed=7))
    return told.loc[told["certainty"] == share, "finish_on"].max()


def test_to_close_a_risk_never_makes_it_later(sample):
    before = certain(sample, 0.8)
    risks = sample.risks[sample.risks["closed_on"].isna()]
    finishes = {
        key: certain(applied(Scenario(risks_closed=[key]), sample), 0.8)
        for key in risks.nlargest(6, "impact_days")["risk_id"]
    }
    assert max(finishes.values()) <= before
    assert certain(applied(Scenario(risks_closed=risks["risk_id"].tolist()), sample), 0.8) < before


def test_a_week_off_makes_it_later(sample):
    off = [Holiday(day_on=f"2025-07-{day}") for day in range(14, 19)]
    assert certain(applied(Scenario(holidays=off), sample), 0.8) > certain(sample, 0.8)
