"""A scenario makes another program of one, and leaves the one it is given as it is."""

import dataclasses
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tests.tables import assert_same_table
from tpm_analytics.errors import ParameterError
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import (
    Holiday,
    LinkRemoved,
    PeopleAdded,
    PeopleLeaving,
    Scenario,
    ScopeAdded,
    ScopeCut,
)
from tpm_analytics.program.what_if import applied


def rows(columns, *values):
    cells = [[cell or None for cell in value.split(",")] for value in values]
    return pd.DataFrame(cells, columns=columns.split(","), dtype=object)


@pytest.fixture
def program():
    return Program.from_tables(
        {
            "items": rows(
                "item_id,team,parent_id,priority,release,created_at,finished_at",
                "E-1,core,,High,,2025-01-06,",
                "A-1,core,E-1,High,1.0,2025-01-07,2025-02-03",
                "A-2,core,E-1,Low,1.0,2025-01-08,",
                "A-3,core,E-1,Highest,2.0,2025-01-09,",
                "A-4,core,,Low,2.0,2025-01-10,",
                "E-2,apps,,,,2025-01-13,",
                "B-1,apps,E-2,,1.0,2025-01-14,",
                "B-2,apps,E-2,odd,,2025-01-15,",
            ),
            "transitions": rows(
                "item_id,at,from_status,to_status",
                "A-1,2025-01-07,,To Do",
                "A-1,2025-02-03,To Do,Done",
                "A-2,2025-01-08,,To Do",
                "B-1,2025-01-14,,To Do",
            ),
            "links": rows(
                "from_id,to_id,kind",
                "A-2,B-1,blocks",
                "A-3,B-2,blocks",
                "design,build,FS",
            ),
            "worklogs": rows("person_id,item_id,worked_on,hours", "ada,A-2,2025-02-03,3"),
            "people": rows(
                "person_id,team,role,country,hours_per_week,joined_on",
                "ada,core,Engineer,ES,40,2024-01-01",
                "bo,core,Engineer,ES,20,2024-06-03",
                "cy,core,Tester,,40,2023-01-02",
                "di,apps,Engineer,US,40,2024-01-01",
            ),
            "risks": rows(
                "risk_id,status,probability,impact_days,affects_id",
                "R-1,open,0.5,10,build",
                "R-2,open,0.2,5,build",
            ),
            "activities": rows(
                "activity_id,team,duration_days,optimistic_days,pessimistic_days",
                "design,core,5,4,9",
                "build,core,10,8,20",
            ),
        },
        as_of="2025-03-03",
    )


# one change of each kind, and the tables that it changes
CHANGES = {
    "people_added": (PeopleAdded(team="core", joined_on="2025-04-01", count=2), {"people"}),
    "people_leaving": (PeopleLeaving(team="core", left_on="2025-04-30"), {"people"}),
    "scope_cut": (
        ScopeCut(under="E-1"),
        {"items", "transitions", "links", "worklogs"},
    ),
    "scope_added": (ScopeAdded(team="apps", items=3), {"items"}),
    "risks_closed": ("R-1", {"risks"}),
    "links_removed": (LinkRemoved(from_id="design", to_id="build"), {"links"}),
    "holidays": (Holiday(day_on="2025-04-07"), {"absences"}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_changes_its_tables_and_no_others(program, kind):
    change, expected = CHANGES[kind]
    before = {name: table.copy(deep=True) for name, table in program.tables().items()}
    seen = applied(Scenario(**{kind: [change]}), program)
    changed = {
        name for name, table in program.tables().items() if not table.equals(seen.tables()[name])
    }
    assert changed == expected
    for name, table in program.tables().items():
        pd.testing.assert_frame_equal(table, before[name])
    assert seen.before is program


def everything():
    return Scenario(
        name="All",
        history_weeks=13,
        **{kind: [change] for kind, (change, _) in CHANGES.items()},
    )


def test_what_comes_out_would_pass_the_door_as_it_is(program):
    seen = applied(everything(), program)
    again = Program.from_tables(seen.tables(), as_of=seen.as_of, workflow=seen.workflow)
    for name, table in again.tables().items():
        # the door takes the status it is given for the source's
        left, right = (
            one.drop(columns="source_status", errors="ignore")
            for one in (table, seen.tables()[name])
        )
        pd.testing.assert_frame_equal(left, right, check_categorical=False, check_dtype=False)


def test_a_scenario_that_assumes_nothing_gives_the_program_itself(program):
    assert applied(Scenario(), program) is program
    assert applied(Scenario(name="Nothing", ramp_up_weeks=8), program) is program


def test_two_of_the_same_are_equal_and_can_be_looked_up():
    assert everything() == everything()
    assert len({everything(), everything()}) == 1


CUTS = (
    ScopeCut(team="Ledger", share=0.2),
    ScopeCut(under="CHK-3"),
    ScopeCut(team="Ledger", share=0.1),
    ScopeCut(team="Mobile", share=0.5),
)


@pytest.fixture(scope="module")
def sample():
    return tpm.load("sample:")


@pytest.fixture(scope="module")
def cut_in_order(sample):
    return applied(Scenario(scope_cut=CUTS), sample)


@given(order=st.permutations(CUTS))
@settings(max_examples=10)
def test_the_order_of_changes_makes_no_difference(sample, cut_in_order, order):
    asked = applied(Scenario(scope_cut=order), sample)
    for name, table in cut_in_order.tables().items():
        assert_same_table(table, asked.tables()[name])


def test_people_join_with_the_country_of_their_team(program):
    more = PeopleAdded(
        team="core", joined_on="2025-04-01", count=2, role="Engineer", skills=["sql", "go"]
    )
    people = applied(Scenario(people_added=[more]), program).people
    new = people.tail(2)
    assert new["person_id"].tolist() == ["New in core 1", "New in core 2"]
    assert new["country"].tolist() == ["ES", "ES"]
    assert new["skills"].tolist() == ["sql;go"] * 2
    assert new["hours_per_week"].tolist() == [40.0, 40.0]
    assert new["joined_on"].dt.strftime("%Y-%m-%d").tolist() == ["2025-04-01"] * 2


def test_who_joined_last_leaves_first_and_a_person_can_be_named(program):
    def gone(**who):
        leaving = PeopleLeaving(left_on="2025-04-30", **who)
        people = applied(Scenario(people_leaving=[leaving]), program).people
        return people.loc[people["left_on"] == "2025-04-30", "person_id"].tolist()

    assert gone(team="core") == ["bo"]
    assert gone(team="core", count=2) == ["ada", "bo"]
    assert gone(team="core", role="Tester") == ["cy"]
    assert gone(person_id="di") == ["di"]


def test_two_who_leave_one_team_on_different_days_are_two_people(program):
    first = PeopleLeaving(left_on="2025-04-30", team="core")
    later = PeopleLeaving(left_on="2025-06-30", team="core")
    named = PeopleLeaving(left_on="2025-05-31", person_id="bo")
    for leaving in ([first, later, named], [named, later, first]):
        people = applied(Scenario(people_leaving=leaving), program).people.set_index("person_id")
        told = people.loc[["bo", "ada", "cy"], "left_on"].dt.strftime("%m-%d").to_dict()
        assert told == {"bo": "05-31", "ada": "04-30", "cy": "06-30"}


def test_who_leaves_earlier_anyway_does_not_stay_longer(program):
    first = PeopleLeaving(left_on="2025-04-01", person_id="ada")
    later = PeopleLeaving(left_on="2025-06-01", person_id="ada")
    people = applied(Scenario(people_leaving=[later, first]), program).people
    assert people.set_index("person_id")["left_on"]["ada"] == pd.Timestamp("2025-04-01")


@pytest.mark.parametrize(
    ("cut", "gone"),
    [
        # the finished item stays, and so its epic
        (ScopeCut(under="E-1"), ["A-2", "A-3"]),
        # nothing is left under the other epic, which is no work of its own
        (ScopeCut(under="E-2"), ["B-1", "B-2", "E-2"]),
        (ScopeCut(team="core"), ["A-2", "A-3", "A-4"]),
        (ScopeCut(release="1.0"), ["A-2", "B-1"]),
        (ScopeCut(team="core", release="1.0"), ["A-2"]),
        # of three the least urgent, and of two as urgent the newer
        (ScopeCut(team="core", share=0.33), ["A-4"]),
        (ScopeCut(team="core", share=0.6), ["A-2", "A-4"]),
        # priorities that say nothing are alike
        (ScopeCut(team="apps", share=0.5), ["B-2"]),
        (ScopeCut(team="core", share=0.1), []),
    ],
)
def test_open_work_is_cut(program, cut, gone):
    left = applied(Scenario(scope_cut=[cut]), program).items["item_id"]
    assert sorted(set(program.items["item_id"]) - set(left)) == gone


def test_hours_worked_on_what_is_cut_stay_worked(program):
    seen = applied(Scenario(scope_cut=[ScopeCut(under="E-1")]), program)
    assert seen.worklogs["hours"].tolist() == [3.0]
    assert seen.worklogs["item_id"].isna().all()
    assert "A-2" not in set(seen.links["from_id"])
    assert set(seen.transitions["item_id"]) == {"A-1", "B-1"}


def test_items_are_added_where_they_are_wanted(program):
    more = ScopeAdded(team="apps", items=2, under="E-2", release="1.0")
    seen = applied(Scenario(scope_cut=[ScopeCut(under="E-2")], scope_added=[more]), program)
    apps = seen.items[seen.items["team"] == "apps"]
    assert apps["item_id"].tolist() == ["E-2", "apps what-if 1", "apps what-if 2"]
    assert apps["parent_id"].tolist()[1:] == ["E-2", "E-2"]
    assert apps["status"].tolist()[1:] == ["To Do", "To Do"]
    assert apps["created_on"].isna().tolist() == [False, True, True]


def test_a_closed_risk_is_closed_on_the_day_of_the_program(program):
    risks = applied(Scenario(risks_closed=["R-1"]), program).risks.set_index("risk_id")
    assert risks["status"].tolist() == ["closed", "open"]
    assert risks["closed_on"]["R-1"] == program.as_of


def test_a_holiday_is_for_all_for_a_team_or_for_a_country(program):
    def away(**where):
        holiday = Holiday(day_on="2025-04-07", **where)
        return applied(Scenario(holidays=[holiday]), program).absences["person_id"].tolist()

    assert away() == ["ada", "bo", "cy", "di"]
    assert away(team="apps") == ["di"]
    assert away(country="ES") == ["ada", "bo"]


def test_the_past_of_a_what_if_is_what_was(program):
    seen = applied(everything(), program)
    past = seen.at("2025-02-10")
    assert past.before is None
    assert past.items.equals(program.at("2025-02-10").items)
    later = seen.at("2025-04-01")
    assert (later.as_of, later.scenario) == (pd.Timestamp("2025-04-01"), seen.scenario)
    assert later.before.as_of == later.as_of


def test_one_team_of_a_what_if_is_compared_with_the_same_team(program):
    apps = applied(everything(), program).team("apps")
    assert set(apps.people["team"]) == {"apps"}
    assert set(apps.before.people["team"]) == {"apps"}
    assert not apps.scenario.empty


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ({"people_added": [PeopleAdded(team="cora", joined_on="2025-04-01")]}, "mean core"),
        ({"people_leaving": [PeopleLeaving(person_id="adda", left_on="2025-04-01")]}, "mean ada"),
        ({"people_leaving": [PeopleLeaving(team="core", left_on="2025-04-01", count=9)]}, "3 are"),
        (
            {"people_leaving": [PeopleLeaving(team="core", role="Boss", left_on="2025-04-01")]},
            "Engineer, Tester",
        ),
        ({"scope_cut": [ScopeCut(under="E-9")]}, "no item 'E-9'"),
        ({"scope_cut": [ScopeCut(release="9.0")]}, "1.0, 2.0"),
        ({"scope_added": [ScopeAdded(team="core", items=1, under="X")]}, "no item 'X'"),
        ({"risks_closed": ["R-11"]}, "Did you mean R-1"),
        ({"links_removed": [LinkRemoved(from_id="A-2", to_id="B-2")]}, "A-2 leads to B-1"),
        ({"holidays": [Holiday(day_on="2025-04-07", country="FR")]}, "there is ES, US"),
    ],
)
def test_what_the_program_has_not_is_named_with_what_it_has(program, scenario, said):
    with pytest.raises(ParameterError) as refused:
        applied(Scenario(**scenario), program)
    assert said in str(refused.value)


def test_a_holiday_without_people_says_what_it_needs():
    items = rows("item_id,created_at", "A-1,2025-03-03")
    bare = Program.from_tables({"items": items})
    with pytest.raises(ParameterError, match="tells nobody who could be free"):
        applied(Scenario(holidays=[Holiday(day_on="2025-04-07")]), bare)


def test_one_what_if_is_not_put_on_another(program):
    seen = applied(Scenario(risks_closed=["R-1"]), program)
    with pytest.raises(ParameterError, match="is a what-if already"):
        applied(Scenario(risks_closed=["R-2"]), seen)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"holiday": []}, "Did you mean holidays"),
        ({"people_added": [{"team": "core", "joined": "2025-04-01"}]}, "mean joined_on"),
        ({"people_added": [{"team": "core"}]}, "people_added 1: joined_on must be said"),
        ({"people_added": {"team": "core"}}, "write [[people_added]]"),
        ({"people_added": [{"team": "", "joined_on": "2025-04-01"}]}, "team is empty"),
        ({"people_added": [{"team": "core", "joined_on": "1/4/2025"}]}, "is not a day"),
        ({"people_added": [{"team": "core", "joined_on": "2025-04-01", "count": 0}]}, "below 1"),
        ({"people_added": [{"team": "core", "joined_on": "2025-04-01", "count": 1.5}]}, "whole"),
        (
            {"people_added": [{"team": "a", "joined_on": "2025-04-01", "hours_per_week": 200}]},
            "above 168",
        ),
        ({"people_leaving": [{"left_on": "2025-04-01"}]}, "Either person_id or team"),
        (
            {"people_leaving": [{"left_on": "2025-04-01", "person_id": "ada", "count": 2}]},
            "names one person",
        ),
        ({"scope_cut": [{"share": 0.5}]}, "must be said"),
        ({"scope_cut": [{"team": "core", "share": 30}]}, "Did you mean 0.3, not 30?"),
        ({"scope_cut": [{"team": "core", "share": 0}]}, "not above 0"),
        ({"scope_cut": [{"team": "core", "share": float("nan")}]}, "is not a number"),
        ({"scope_added": [{"team": "core", "items": True}]}, "not a whole number"),
        ({"risks_closed": "R-1"}, "not a list of texts"),
        ({"history_weeks": -1}, "below 0"),
        ({"name": "two\nlines"}, "cannot be named"),
        ({"name": ""}, "cannot be named"),
    ],
)
def test_a_mapping_is_read_strictly(mapping, said):
    with pytest.raises(ParameterError) as refused:
        Scenario.from_mapping(mapping, origin="plan.toml")
    assert said in str(refused.value)
    assert "plan.toml" in str(refused.value)


names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
blank = st.just("") | names
changes = {
    "people_added": st.builds(
        PeopleAdded,
        team=names,
        joined_on=days,
        count=st.integers(1, 50),
        role=blank,
        skills=st.lists(names, max_size=3),
        hours_per_week=st.floats(1, 60),
        country=blank,
    ),
    "people_leaving": st.builds(PeopleLeaving, left_on=days, person_id=names)
    | st.builds(PeopleLeaving, left_on=days, team=names, role=blank, count=st.integers(1, 9)),
    "scope_cut": st.builds(
        ScopeCut, under=names, team=blank, release=blank, share=st.floats(0.01, 1)
    ),
    "scope_added": st.builds(
        ScopeAdded, team=names, items=st.integers(1, 500), under=blank, release=blank
    ),
    "links_removed": st.builds(LinkRemoved, from_id=names, to_id=names),
    "holidays": st.builds(Holiday, day_on=days, team=blank, country=blank),
}
scenarios = st.builds(
    Scenario,
    name=names,
    risks_closed=st.lists(names, max_size=3),
    history_weeks=st.integers(0, 104),
    ramp_up_weeks=st.integers(0, 26),
    **{kind: st.lists(made, max_size=3) for kind, made in changes.items()},
)


@given(scenario=scenarios)
@settings(max_examples=60)
def test_a_scenario_comes_back_from_its_plain_values(scenario):
    assert Scenario.from_mapping(scenario.to_mapping()) == scenario
    assert str(scenario).startswith("What if: ")


def test_a_scenario_is_told_in_plain_words_and_nobody_is_named():
    leaving = [
        PeopleLeaving(left_on="2025-04-30", person_id="ada"),
        PeopleLeaving(left_on="2025-04-30", team="core", role="Tester", count=2),
    ]
    cut = [ScopeCut(team="core", release="1.0", share=0.25)]
    told = str(Scenario(people_leaving=leaving, scope_cut=cut, risks_closed=["R-1", "R-2"]))
    assert told == (
        "What if: 1 person leaves on 2025-04-30; 2 people (Tester) leave core on 2025-04-30; "
        "25 % of the open work of core for 1.0 is cut, least urgent and newest first; "
        "the risks R-1, R-2 are closed."
    )
    assert "ada" not in told


def test_a_change_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CHANGES["holidays"][0].team = "core"
