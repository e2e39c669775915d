"""Sentences about people's time: right in number, and silent about single persons unless asked."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import resources
from tpm_analytics.readings import resources as readings

DURING = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-30"))
TODAY = pd.Timestamp("2025-03-16")
ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
STAFF = pd.DataFrame(
    {
        "person_id": ["secret.one", "secret.two"],
        "team": "Core",
        "role": ["Lead", "Engineer"],
        "skills": ["sql; go", "go"],
        "hours_per_week": 40.0,
        "cost_per_hour": [50.0, None],
    }
)
PROMISES = pd.DataFrame(
    [
        ("secret.one", "Payments", "2025-03-03", "2025-03-16", 1.0),
        ("secret.one", "Ledger", "2025-03-03", "2025-03-16", 0.5),
        ("secret.two", "Payments", "2025-03-03", "2025-03-30", 0.5),
    ],
    columns=["person_id", "workstream", "from_on", "to_on", "share"],
)


def told_of(**tables):
    """Every sentence of the page, by name."""
    program = Program.from_tables({"items": ITEMS, **tables})
    capacity = resources.capacity(program.people, program.absences, during=DURING)
    allocated = resources.allocation(
        program.allocations, program.people, program.absences, during=DURING
    )
    groups = resources.utilisation(capacity, allocated)
    persons = resources.utilisation(capacity, allocated, by="named")
    overall = resources.utilisation(capacity, allocated, by="program")
    skills = resources.skills(
        program.people, program.activities, program.activity_demand, until=TODAY
    )
    worked = resources.worked(program.worklogs, allocated, until=DURING[1])
    sentences = {
        "capacity": readings.capacity(overall, today=TODAY),
        "utilisation": readings.utilisation(groups, today=TODAY),
        "shown": readings.shown(groups, groups),
        "overloads": readings.overloads(resources.overloads(persons, allocated), persons),
        "skills": readings.skills(skills),
        "costs": readings.costs(resources.costs(allocated, program.people)),
        "worked": readings.worked(worked),
        "holdings": readings.holdings(resources.holdings(program.items)),
        "left_out": readings.left_out(program.people, program.allocations, program.worklogs),
    }
    return {name: str(sentence) for name, sentence in sentences.items()}


def test_time_promised_is_told_for_what_was_and_what_comes():
    told = told_of(people=STAFF, allocations=PROMISES)["capacity"]
    assert told == (
        "So far 100 % of the time of 2 people was promised: 160 of 160 hours. "
        "In the time to come 25 % of the time of 2 people is promised: 40 of 160 hours."
    )


def test_an_overload_is_told_with_weeks_hours_and_what_collides():
    assert told_of(people=STAFF, allocations=PROMISES)["overloads"] == (
        "Core · Lead: 1 person at up to 150 % from 2025-03-03 to 2025-03-16 (2 weeks), "
        "40 hours too many, between Ledger, Payments."
    )


def test_no_sentence_names_a_person():
    told = told_of(people=STAFF, allocations=PROMISES)
    assert "secret" not in " ".join(told.values())


def test_skills_of_one_person_are_named():
    told = told_of(people=STAFF)["skills"]
    assert told.startswith("3 skills or roles rest with one person alone, among them Engineer")
    assert "What the open activities need is not told." in told


def test_cost_says_what_it_leaves_out():
    told = told_of(people=STAFF, allocations=PROMISES)["costs"]
    assert "The time promised costs 6,000" in told
    assert "80 hours of people without a known rate are not in it" in told


def test_work_far_from_the_plan_is_told_without_blame():
    logs = pd.DataFrame({"person_id": ["secret.one"], "worked_on": ["2025-03-05"], "hours": [50.0]})
    told = told_of(people=STAFF, allocations=PROMISES, worklogs=logs)["worked"]
    assert told == (
        "25 % of the hours promised were logged as worked over 4 weeks: either the plan is not "
        "what people do, or not all work is logged."
    )


def test_a_tracker_alone_is_told_what_is_missing():
    items = ITEMS.assign(assignee_id="secret.one")
    told = told_of(items=items)
    assert "nobody's working hours" in told["capacity"]
    assert told["overloads"] == "Without working hours nobody can be told to be overloaded."
    assert "cannot be said" in told["costs"]
    assert told["holdings"] == "1 person holds 1 open item."


def test_people_without_promises_are_not_called_free():
    told = told_of(people=STAFF)
    assert "cannot be said" in told["capacity"]
    assert told["overloads"] == "Without allocations nobody can be told to be overloaded."


def test_nothing_known_is_said_in_every_sentence():
    told = told_of()
    assert all(sentence.endswith(".") and "nan" not in sentence for sentence in told.values())
    assert told["left_out"] == "Nothing was left out."


def test_what_is_left_out_is_counted():
    strangers = PROMISES.assign(person_id="stranger")
    told = told_of(people=STAFF.assign(hours_per_week=None), allocations=strangers)["left_out"]
    assert "people whose working hours are unknown, in no sum (2)" in told
    assert "allocations of people who are not on the staff list (3)" in told
