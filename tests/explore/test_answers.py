"""What a program answers by hand is what its reports say, and a change computes what it touches."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tpm_analytics.explore.answers import Wish, answers
from tpm_analytics.explore.choices import choices
from tpm_analytics.explore.memory import Memory
from tpm_analytics.explore.panels import panels
from tpm_analytics.metrics import forecast, schedule_risk
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import LinkRemoved, PeopleAdded, Scenario, ScopeCut
from tpm_analytics.program.what_if import applied

WISH = Wish()


@pytest.fixture(scope="module")
def program():
    return tpm.load("sample:")


@pytest.fixture(scope="module")
def memory():
    return Memory()


@pytest.fixture(scope="module")
def today(program, memory):
    return answers(program, WISH, memory)


def promised(work, share=0.85):
    return forecast.day_for(forecast.finish_days(work.when), share=share)


def test_a_scenario_of_nothing_gives_the_very_answers_of_today(program, today, memory):
    same = answers(applied(Scenario(), program), WISH, memory)
    assert same.work is today.work
    assert same.plan is today.plan
    assert same.utilisation is today.utilisation


def test_answers_do_not_depend_on_what_was_asked_before(program, memory):
    cut = Scenario(scope_cut=[ScopeCut(team="Ledger", share=0.3)], history_weeks=26)
    changed = applied(cut, program)
    fresh, kept = answers(changed, WISH, Memory()), answers(changed, WISH, memory)
    pd.testing.assert_frame_equal(fresh.work.when, kept.work.when)
    pd.testing.assert_frame_equal(fresh.plan.outlook, kept.plan.outlook)
    pd.testing.assert_frame_equal(fresh.utilisation, kept.utilisation)


def test_a_cut_leaves_plan_and_people_as_they_are(program, today, memory):
    cut = Scenario(scope_cut=[ScopeCut(team="Ledger", share=0.5)])
    changed = answers(applied(cut, program), WISH, memory)
    assert changed.plan is today.plan
    assert changed.utilisation is today.utilisation
    assert promised(changed.work) <= promised(today.work)
    assert changed.work.left["amount"].sum() < today.work.left["amount"].sum()


def test_people_who_join_make_work_faster_and_have_room(program, today, memory):
    more = [PeopleAdded(team="Ledger", joined_on=choices(program).tomorrow.date(), count=3)]
    changed = answers(applied(Scenario(people_added=more), program), WISH, memory)
    assert promised(changed.work) < promised(today.work)
    assert changed.plan is today.plan
    hours = ["capacity_hours", "allocated_hours"]
    before, after = (table.utilisation[hours].sum() for table in (today, changed))
    assert after["capacity_hours"] > before["capacity_hours"]
    assert after["allocated_hours"] == pytest.approx(before["allocated_hours"])


def test_without_the_link_that_holds_it_the_plan_ends_no_later(program, today, memory):
    ends = next(iter(choices(program).links.values()))
    changed = answers(
        applied(Scenario(links_removed=[LinkRemoved(from_id=ends[0], to_id=ends[1])]), program),
        WISH,
        memory,
    )
    assert (changed.plan.outlook["finish_on"] <= today.plan.outlook["finish_on"]).all()
    assert changed.work is today.work
    moved = changed.plan.path["activity_id"].tolist() != today.plan.path["activity_id"].tolist()
    assert moved


def test_the_plan_ends_within_days_of_what_the_page_of_risks_says(program, today):
    strikes = schedule_risk.strikes(program.risks, program.activities, program.milestones)
    off = tpm.metrics.schedule.days_off(
        program.people, until=program.as_of, absences=program.absences
    )
    plan = schedule_risk.uncertain_plan(
        program.activities, program.links, strikes, until=program.as_of, days_off=off
    )
    together = schedule_risk.correlated(plan, correlation=0.3)
    whole = schedule_risk.outlook(schedule_risk.trials(together, trials=10_000))
    apart = today.plan.outlook["finish_on"] - whole["finish_on"]
    assert apart.abs().max() <= pd.Timedelta(days=14)


def test_one_team_is_asked_of_its_own_work_and_of_the_whole_plan(program, today):
    mobile = answers(program, Wish(team="Mobile"), Memory())
    assert mobile.work.left["team"].tolist() == ["Mobile"]
    assert promised(mobile.work) <= promised(today.work)
    pd.testing.assert_frame_equal(mobile.plan.outlook, today.plan.outlook)
    assert all(group.startswith("Mobile · ") for group in mobile.utilisation["group"])


def bare(**columns):
    """A program of one item and nothing else."""
    return Program.from_tables(
        {
            "items": pd.DataFrame(
                {"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"], **columns}
            )
        }
    )


@pytest.mark.parametrize(
    ("program", "first"),
    [
        (bare(), "No forecast for 1 item: the history is too short."),
        (bare(finished_at=["2025-03-05T09:00Z"]), "Nothing is left to do: every item is finished."),
    ],
)
def test_what_cannot_be_answered_says_why(program, first):
    memory = Memory()
    asked = answers(program, WISH, memory)
    work, plan, people = panels(asked, None, WISH, memory)
    assert work.reading.plain == first
    assert "no schedule of activities" in plan.reading.plain
    assert "nobody's working hours" in people.reading.plain
    assert not any(panel.picture for panel in (plan, people))
    can = choices(program)
    assert (can.teams, can.risks, can.links, len(can.workdays)) == ({}, {}, {}, 0)


def tracked(*, done, closed=None):
    """Two epics of a tracker, the second after the first; no activities are planned."""
    parts = [
        {
            "item_id": f"{epic}-{number}",
            "kind": "Story",
            "parent_id": epic,
            "created_at": "2025-01-06T09:00Z",
            "started_at": "2025-02-03T09:00Z" if number < done else None,
            "finished_at": f"2025-02-{4 + number % 20:02d}T09:00Z" if number < done else None,
        }
        for epic, size, done in zip(("E-1", "E-2"), (30, 20), done, strict=True)
        for number in range(size)
    ]
    epics = [
        {"item_id": key, "title": f"Epic {key}", "kind": "Epic", "created_at": "2025-01-06T09:00Z"}
        for key in ("E-1", "E-2")
    ]
    epics[0]["finished_at"] = closed
    links = pd.DataFrame({"from_id": ["E-1"], "to_id": ["E-2"], "kind": ["blocks"]})
    items = pd.DataFrame([*epics, *parts]).assign(team="core")
    return Program.from_tables({"items": items, "links": links})


@pytest.fixture(scope="module")
def tracker():
    return tracked(done=(20, 4))


def test_open_epics_stand_in_for_activities_as_on_the_page_of_risks(tracker):
    until, schedule = tracker.as_of, tpm.metrics.schedule
    off = schedule.days_off(tracker.people, until=until, absences=tracker.absences)
    durations = schedule.epic_durations(tracker.items, until=until, days_off=off)
    epics = schedule.epic_activities(tracker.items, durations, until=until)
    links = schedule.epic_links(tracker.items, tracker.links, epics)
    strikes = schedule_risk.strikes(tracker.risks, epics, tracker.milestones)
    plan = schedule_risk.uncertain_plan(epics, links, strikes, until=until, days_off=off)
    together = schedule_risk.correlated(plan, correlation=0.3)
    whole = schedule_risk.outlook(schedule_risk.trials(together, trials=1_000, seed=1))
    told = answers(tracker, WISH, Memory())
    pd.testing.assert_frame_equal(told.plan.outlook, whole)
    _, plan_told, _ = panels(told, None, WISH, Memory())
    assert "What sets the date: Epic E-1 → Epic E-2." in plan_told.reading.plain
    assert plan_told.reading.plain.endswith("2 open epics of the tracker stand in for them.")


def test_a_link_between_epics_can_be_removed_and_work_cut_from_them(tracker):
    memory = Memory()
    today, can = answers(tracker, WISH, memory), choices(tracker)
    assert can.links == {"Epic E-1 → Epic E-2": ("E-1", "E-2")}
    free = Scenario(links_removed=[LinkRemoved(from_id="E-1", to_id="E-2")])
    less = Scenario(scope_cut=[ScopeCut(under="E-2", share=0.5)])
    for scenario in (free, less):
        changed = answers(applied(scenario, tracker), WISH, memory)
        assert (changed.plan.outlook["finish_on"] < today.plan.outlook["finish_on"]).all()


def test_a_scenario_that_leaves_nothing_of_the_plan_says_so():
    memory, program = Memory(), tracked(done=(30, 0), closed="2025-03-07T09:00Z")
    none = applied(Scenario(scope_cut=[ScopeCut(under="E-2")]), program)
    today, changed = (answers(one, WISH, memory) for one in (program, none))
    _, plan, _ = panels(today, changed, WISH, memory)
    assert plan.reading.plain.startswith(
        "In the scenario nothing of the plan is left to do. As it is the plan ends by"
    )


def test_too_short_a_past_is_said_of_the_scenario_alone(program, today, memory):
    short = applied(Scenario(history_weeks=1), program)
    first, *_ = panels(today, answers(short, WISH, memory), WISH, memory)
    assert first.reading.plain.startswith("In the scenario: No forecast for 577 items")
    assert "As it is all is done by" in first.reading.plain
