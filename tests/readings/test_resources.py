"""Sentences about people's time: right in number, and silent about single persons unless asked."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import resources
from tpm_analytics.readings import resources as readings
from tpm_analytics.results.resources import Assignments, EstimateRatios, SprintFocus

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
    costs = resources.costs(allocated, program.people)
    worked = resources.actuals(
        program.worklogs, allocated, program.people, until=DURING[1], by="program"
    )
    ratios = resources.estimate_ratios(program.items, program.worklogs, by="program")
    in_progress = resources.items_in_progress(
        program.items, program.people, during=DURING, until=DURING[1], by="program"
    )
    sentences = {
        "capacity": readings.capacity(resources.promised(overall, until=TODAY)),
        "utilisation": readings.utilisation(groups, today=TODAY),
        "shown": readings.shown(groups, groups),
        "overloads": readings.overloads(resources.overloads(persons, allocated), persons),
        "skills": readings.skills(skills),
        "costs": readings.costs(resources.cost_in_all(costs), costs),
        "worked": readings.worked(worked.head(1)),
        "actuals": readings.actuals(worked),
        "estimates": readings.estimates(ratios, ratios),
        "room": readings.room(resources.room(capacity, allocated, program.people, after=TODAY)),
        "load": readings.load(resources.load(persons, until=TODAY)),
        "focus": readings.focus(in_progress, resources.workstreams(allocated, by="program")),
        "holdings": readings.holdings(resources.holdings(program.items)),
        "left_out": readings.left_out(program.people, program.allocations, program.worklogs),
    }
    return {name: str(sentence) for name, sentence in sentences.items()}


def test_time_promised_is_told_for_what_was_and_what_comes():
    told = told_of(people=STAFF, allocations=PROMISES)["capacity"]
    assert told == (
        "So far 100 % of the time of 2 people was promised: 160 of 160 hours, 2025-03-03 to "
        "2025-03-16. In the weeks to come 25 % of the time of 2 people is promised: 40 of 160 "
        "hours, 2025-03-17 to 2025-03-30."
    )


def test_an_overload_is_told_with_weeks_hours_and_what_collides():
    assert told_of(people=STAFF, allocations=PROMISES)["overloads"] == (
        "Core · Lead: 1 person at up to 150 % from 2025-03-03 to 2025-03-16 (2 weeks), "
        "40 hours too many, for Ledger, Payments."
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


def test_how_full_weeks_are_is_told_for_what_was_and_what_comes():
    assert told_of(people=STAFF, allocations=PROMISES)["load"] == (
        "So far 50 % of the weeks of single people were more than full. "
        "To come none of the weeks of single people are more than full."
    )


def test_the_team_with_most_time_and_what_nobody_has_time_for_are_named():
    full = [("secret.one", "Payments", "2025-03-03", "2025-03-30", 1.0)]
    told = told_of(people=STAFF, allocations=pd.DataFrame(full, columns=PROMISES.columns))["room"]
    assert (
        told == "Most time is left in Core: 80 of 160 hours to come. Nothing is left of Lead, sql."
    )


def test_what_people_have_in_hand_is_told_with_the_most_of_one_person():
    items = pd.DataFrame(
        {
            "item_id": ["A-1", "A-2", "A-3"],
            "assignee_id": ["secret.one", "secret.one", "secret.two"],
            "created_at": ["2025-03-03T09:00Z"] * 3,
            "started_at": ["2025-03-04T09:00Z", "2025-03-12T09:00Z", "2025-03-12T09:00Z"],
        }
    )
    told = told_of(items=items, people=STAFF, allocations=PROMISES)["focus"]
    assert told == (
        "At the end of the week from 2025-03-24 2 people had 3 items in progress, 1.5 each; the "
        "most of one person were 2. In the week from 2025-03-03 it was 1 each. In the week from "
        "2025-03-03, the most divided, people are promised to 1.5 workstreams each, and one person "
        "to 2."
    )


def focus_of(team, days, completed):
    """Closed sprints of two weeks, the last to end on 2025-03-14, with what each completed."""
    starts = pd.date_range(end="2025-03-03", periods=len(completed), freq="14D")
    return SprintFocus.validate(
        pd.DataFrame(
            {
                "sprint_id": [f"{team}{number}" for number in range(len(completed))],
                "name": None,
                "team": team,
                "starts_on": starts,
                "ends_on": starts + pd.Timedelta(days=11),
                "people": 2,
                "capacity_days": days,
                "measure": "points",
                "completed": completed,
                "focus_factor": [done / days for done in completed],
            }
        )
    )


def test_what_teams_can_commit_to_is_told_with_its_record_and_too_few_sprints_are_said():
    focus = pd.concat(
        [
            focus_of("Core", 20.0, [10.0, 12.0, 8.0, 10.0, 11.0, 9.0, 10.0]),
            focus_of("Edge", 10.0, [5.0]),
        ],
        ignore_index=True,
    )
    nobody = Program.from_tables({"items": ITEMS})
    staff = pd.concat([STAFF, STAFF.assign(person_id=["three", "four"], team="Edge")])
    people = Program.from_tables({"items": ITEMS, "people": staff}).people
    commitments = resources.commitments(
        focus, nobody.sprints, people, nobody.absences, until=pd.Timestamp("2025-03-16")
    )
    scores = resources.commitment_scores(resources.commitment_record(focus), by="program")
    assert str(readings.commitments(commitments, scores)) == (
        "The next sprints can carry, in points: Core 10 (9 to 11). Edge has 1 past sprint to tell "
        "its focus from: too few for a range, which needs six. Held against 1 past sprint: 100 % "
        "ended within the range said "
        "before (70 % is right), and the middle was off by 0 % on average; without looking at who "
        "is there, by 0 %."
    )
    unknown = readings.commitments(commitments.head(0), scores.head(0))
    assert "cannot be said" in str(unknown)


def test_estimates_are_told_with_the_dearest_kind():
    ratios = (
        EstimateRatios.empty()
        .reindex(range(2))
        .assign(
            name=["Bug", "Story"],
            items=[20, 30],
            ratio=[1.5, 1.2],
            median_ratio=1.1,
            p85_ratio=2.0,
            enough=True,
            unmeasured=0,
            estimated_hours=100.0,
            worked_hours=130.0,
        )
    )
    overall = ratios.head(1).assign(name="Everyone", items=50, ratio=1.3)
    assert str(readings.estimates(overall, ratios)) == (
        "An hour estimated came to 1.30 hours of work over 50 finished items. Half of them took up "
        "to 1.10 times the estimate, 85 % up to 2.00 times. The dearest: Bug at 1.50."
    )
    few = readings.estimates(overall.assign(enough=False, items=3), ratios)
    assert "Only 3 finished items are known" in str(few)


def test_places_that_nobody_can_take_are_told_with_their_reason():
    rows = (
        Assignments.empty()
        .reindex(range(2))
        .assign(
            name=["Launch", "Launch"],
            needs=["Tester", "Engineer"],
            people=[0, 3],
            missing=[1, 0],
            from_on=pd.Timestamp("2025-04-01"),
            reason=["Nobody on the staff list has it.", "Why."],
        )
    )
    assert str(readings.assignments(rows)) == (
        "3 of 4 places that open activities need can be taken by somebody who has the role or "
        "skill and time for it. It is a proposal. Nobody for Tester of Launch from 2025-04-01: "
        "Nobody on the staff list has it."
    )
    assert "cannot be said" in str(readings.assignments(rows.head(0)))


def test_a_skill_nobody_has_is_told_apart_from_one_that_is_short():
    plan = {
        "activities": pd.DataFrame(
            {
                "activity_id": ["A"],
                "baseline_start_on": ["2025-04-01"],
                "baseline_finish_on": ["2025-04-30"],
            }
        ),
        "activity_demand": pd.DataFrame(
            {"activity_id": ["A", "A"], "resource": ["Cryptography", "go"], "units": [1.0, 3.0]}
        ),
    }
    told = told_of(people=STAFF, **plan)["skills"]
    assert told.startswith(
        "Nobody has what open work needs: Cryptography (1 needed at once). "
        "Short: go (3 needed at once, 2 there)."
    )
