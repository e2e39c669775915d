"""Who could do which work: small cases worked out by hand."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.staff import program_of
from tpm_analytics import ParameterError
from tpm_analytics.metrics import levelling, resources
from tpm_analytics.results.levelling import Levelled

# four weeks of five days
FIRST, LAST = "2025-03-03", "2025-03-28"
WHOLE = 20 * 8


def proposed(people, needs, allocations=(), absences=(), days=None, **options):
    """Proposal for activities A, B, ... of workstream one each, all over the four weeks."""
    names = list(dict.fromkeys(activity for activity, _, _ in needs))
    spans = {name: (FIRST, LAST) for name in names} | (days or {})
    away = pd.DataFrame(absences, columns=["person_id", "from_on", "to_on"])
    program = program_of(
        people,
        allocations,
        absences=away,
        activities=pd.DataFrame(
            {"activity_id": names, "name": names, "team": "Core", "workstream": names}
        ),
        activity_demand=pd.DataFrame(needs, columns=["activity_id", "resource", "units"]),
    )
    plan = (
        Levelled.empty()
        .reindex(range(len(names)))
        .assign(
            activity_id=names,
            name=names,
            team="Core",
            needs="",
            days=20,
            start_on=[pd.Timestamp(spans[name][0]) for name in names],
            finish_on=[pd.Timestamp(spans[name][1]) for name in names],
        )
    )
    return resources.assignments(program, plan, **options)


def rows(told, *names):
    return told[list(names)].fillna("-").to_numpy().tolist()


def test_a_place_goes_to_who_has_the_skill_and_the_most_time():
    told = proposed(
        [
            {"person_id": "P", "skills": "go"},
            {"person_id": "Q", "skills": "sql; Go"},
            {"person_id": "R", "skills": "sql"},
        ],
        [("A", "GO", 1.0)],
        [("P", "Z", FIRST, LAST, 0.5)],
        show="named",
    )
    assert rows(told, "who", "needed_hours", "given_hours", "others") == [["Q", WHOLE, WHOLE, 1]]
    assert told["reason"].tolist() == ["Of the same team, has all of the time, free so far."]


def test_one_s_own_team_comes_first_unless_it_has_far_less_time():
    people = [{"person_id": "P"}, {"person_id": "Q", "team": "Edge"}]
    needs = [("A", "Engineer", 1.0)]
    for share, best in ((0.3, "P"), (0.4, "Q")):
        # 0.7 x 1.5 is above 1, and 0.6 x 1.5 is not
        told = proposed(people, needs, [("P", "Z", FIRST, LAST, share)], show="named")
        assert told["who"].tolist() == [best]


def test_time_promised_to_the_workstream_already_is_there_for_it():
    told = proposed([{"person_id": "P"}], [("A", "Engineer", 1.0)], [("P", "A", FIRST, LAST, 0.8)])
    assert told["given_hours"].tolist() == [WHOLE]
    assert "80 % of it promised to this workstream already" in told["reason"].iloc[0]


def test_nobody_is_proposed_for_two_places_at_once_but_for_two_that_follow():
    needs = [("A", "Engineer", 1.0), ("B", "Engineer", 1.0)]
    at_once = proposed([{"person_id": "P"}], needs)
    assert rows(at_once, "activity_id", "people", "missing") == [["A", 1, 0], ["B", 0, 1]]
    assert "better placed on other work" in at_once["reason"].iloc[1]
    days = {"A": (FIRST, "2025-03-14"), "B": ("2025-03-17", LAST)}
    in_turn = proposed([{"person_id": "P"}], needs, days=days)
    assert rows(in_turn, "activity_id", "people") == [["A", 1], ["B", 1]]


def test_the_choice_is_the_best_for_all_and_not_the_first_that_fits():
    # P can do both, Q can do A alone: P goes to B, that A and B are both done
    told = proposed(
        [{"person_id": "P", "skills": "go;sql"}, {"person_id": "Q", "skills": "go"}],
        [("A", "go", 1.0), ("B", "sql", 1.0)],
        show="named",
    )
    assert rows(told, "activity_id", "who") == [["A", "Q"], ["B", "P"]]


def test_parts_of_a_person_fit_together_and_units_above_one_are_more_people():
    told = proposed(
        [{"person_id": "P"}, {"person_id": "Q"}],
        [("A", "Engineer", 1.4), ("B", "Engineer", 0.6)],
    )
    assert rows(told, "activity_id", "people", "needed_hours") == [
        ["A", 2, pytest.approx(1.4 * WHOLE)],
        ["B", 1, pytest.approx(0.6 * WHOLE)],
    ]


def test_absences_are_time_that_is_not_there():
    told = proposed(
        [{"person_id": "P"}],
        [("A", "Engineer", 1.0)],
        absences=[("P", FIRST, "2025-03-14")],
    )
    assert rows(told, "given_hours", "reason") == [
        [WHOLE / 2, "Of the same team, has 50 % of the time, free so far."]
    ]


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([{"person_id": "P"}], "Nobody on the staff list has it."),
        (
            [{"person_id": "P", "skills": "Cryptography", "left_on": "2025-02-28"}],
            "The one who has it is known to have",
        ),
        (
            [
                {"person_id": "P", "skills": "cryptography", "hours_per_week": None},
                {"person_id": "Q", "skills": "cryptography", "joined_on": "2025-03-28"},
            ],
            "None of 2 who have it is known to have a fifth of the time needed left",
        ),
    ],
)
def test_why_nobody_is_proposed_is_said(people, reason):
    told = proposed(people, [("A", "cryptography", 1.0)])
    assert rows(told, "people", "missing", "places") == [[0, 1, 1]]
    assert reason in told["reason"].iloc[0]


def test_a_proposal_names_nobody_unless_asked():
    people = [{"person_id": "secret.one"}]
    told = proposed(people, [("A", "Engineer", 1.0)])
    assert "secret" not in told.to_csv()
    assert told["who"].tolist() == ["Engineer of Core"]
    named = proposed(people, [("A", "Engineer", 1.0)], show="named")
    assert named["person_id"].tolist() == ["secret.one"]
    with pytest.raises(ParameterError, match="grouped, named"):
        proposed(people, [("A", "Engineer", 1.0)], show="all")


def test_of_the_sample_nobody_gives_more_hours_than_there_are():
    program = tpm.load("sample:")
    off = tpm.metrics.schedule.days_off(program.people, until=program.as_of)
    plan = levelling.levelled(levelling.shared_work(program, days_off=off))
    told = resources.assignments(program, plan, show="named")
    needed = program.activity_demand[
        program.activity_demand["activity_id"].isin(plan["activity_id"])
    ]
    assert told["places"].sum() == -(-needed["units"] // 1).sum()
    assert (told["given_hours"] <= told["needed_hours"] * (1 + 1e-9)).all()
    # whoever is proposed twice is at the one before the other, for no role here is shared at once
    turns = told.dropna(subset="person_id").sort_values(["person_id", "from_on"])
    before = turns.groupby("person_id")["to_on"].shift()
    assert not (turns["from_on"] <= before).any()
    grouped = resources.assignments(program, plan)
    assert grouped["people"].sum() == told["people"].sum()
    assert grouped["given_hours"].sum() == pytest.approx(told["given_hours"].sum())
