"""The desk without a browser: what its widgets say, what it shows, and what it saves."""

import asyncio
import re
import shutil
from datetime import date

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.places import REPOSITORY
from tpm_analytics import workspace
from tpm_analytics.explore.desk import Desk
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import PeopleAdded, PeopleLeaving, ScopeAdded

EMPTY = "What if: nothing is otherwise."


@pytest.fixture
def space(tmp_path, monkeypatch):
    root = workspace.create(tmp_path / "space")
    shutil.copytree(REPOSITORY / "data" / "sample", root / "data" / "sample", dirs_exist_ok=True)
    monkeypatch.setenv(workspace.ROOT_VARIABLE, str(root))
    return root


@pytest.fixture
def desk(space):
    assert workspace.find().root == space
    return Desk(tpm.load("sample"))


def shown(desk):
    return [
        re.sub(r"<svg.*</svg>", "", view.widget.value, flags=re.S) for view in desk.views.panels
    ]


def said(desk):
    return desk.views.said.value


def test_every_move_changes_the_scenario_and_reset_takes_all_back(desk):
    moved, before = desk.controls, shown(desk)
    assert EMPTY in said(desk)
    moved.weeks.value = 26
    moved.cut.value = 10
    moved.people["Mobile"].value = 2
    moved.people["Data"].value = -1
    moved.days_off.value = 3
    next(iter(moved.risks.values())).value = True
    next(iter(moved.links.values())).value = True
    scenario = desk.scenario()
    assert scenario.history_weeks == 26
    assert {change.share for change in scenario.scope_cut} == {0.1}
    assert [(change.team, change.count) for change in scenario.people_added] == [("Mobile", 2)]
    assert [(change.team, change.count) for change in scenario.people_leaving] == [("Data", 1)]
    assert [day.day_on.weekday() for day in scenario.holidays] == [0, 1, 2]
    assert len(scenario.risks_closed) == len(scenario.links_removed) == 1
    assert all(one != other for one, other in zip(shown(desk), before, strict=True))
    desk.reset()
    assert EMPTY in said(desk)
    assert shown(desk) == before


def test_days_off_for_all_are_days_that_most_of_them_work(desk):
    # Wednesday to Monday: Christmas is a holiday of all three countries, and then comes a weekend
    desk.controls.off_on.value = date(2025, 12, 24)
    desk.controls.days_off.value = 3
    told = [f"{day.day_on:%m-%d}" for day in desk.scenario().holidays]
    assert told == ["12-24", "12-26", "12-29"]
    # 15 August is one of Spain and India, 25 of the 40 people; 14 August of neither
    desk.controls.off_on.value = date(2025, 8, 14)
    desk.controls.days_off.value = 2
    told = [f"{day.day_on:%m-%d}" for day in desk.scenario().holidays]
    assert told == ["08-14", "08-18"]


def test_work_is_added_to_a_team_and_one_joins_and_one_leaves(desk):
    moved, before = desk.controls, shown(desk)
    desk.views.team.value = "Mobile"
    assert moved.added_to.value == "Mobile"
    desk.views.team.value = ""
    moved.added.value = 40
    moved.joins.value = "Mobile · Software engineer"
    moved.joins_on.value = date(2025, 9, 1)
    moved.leaves.value = "Checkout · Tech lead"
    scenario = desk.scenario()
    assert scenario.scope_added == (ScopeAdded(team="Mobile", items=40),)
    engineer = {"team": "Mobile", "role": "Software engineer"}
    assert scenario.people_added == (PeopleAdded(**engineer, joined_on="2025-09-01"),)
    lead = {"team": "Checkout", "role": "Tech lead"}
    assert scenario.people_leaving == (PeopleLeaving(**lead, left_on="2025-07-01"),)
    assert "617 items instead of 577" in shown(desk)[0]
    desk.reset()
    assert EMPTY in said(desk)
    assert shown(desk) == before


def test_single_persons_are_offered_only_where_they_may_be_named(space, desk):
    program = tpm.load("sample")
    person = program.people["person_id"].iloc[0]
    assert not any(person in label for label, _ in desk.controls.leaves.options)
    named = Desk(program, show="named")
    label = next(label for label, _ in named.controls.leaves.options if person in label)
    named.controls.leaves.value = label
    assert [change.person_id for change in named.scenario().people_leaving] == [person]
    assert person not in said(named)
    named.views.name.value = "one leaves"
    named.save()
    assert tpm.read_scenario("scenarios/one-leaves.toml").people_leaving[0].person_id == person
    assert (space / "scenarios" / "one-leaves.toml").is_file()
    with pytest.raises(tpm.ParameterError, match="grouped, named"):
        Desk(program, show="everybody")


def test_a_team_narrows_work_people_and_the_cut(desk):
    desk.controls.cut.value = 50
    everybody = shown(desk)
    desk.views.team.value = "Mobile"
    assert [change.team for change in desk.scenario().scope_cut] == ["Mobile"]
    work, plan, people = shown(desk)
    assert (work, people) != (everybody[0], everybody[2])
    assert plan == everybody[1]


@pytest.mark.usefixtures("space")
def test_teams_are_asked_ahead_while_nobody_moves_anything(monkeypatch):
    monkeypatch.setattr("tpm_analytics.explore.desk.IDLE_SECONDS", 0)
    monkeypatch.setattr("tpm_analytics.explore.desk.LONGEST_SECONDS", 600)
    asked = []
    ahead = Desk.ask_ahead
    monkeypatch.setattr(Desk, "ask_ahead", lambda self: asked.append(ahead(self)) or asked[-1])

    async def opened():
        desk = Desk(tpm.load("sample"))
        for _ in range(1000):
            if False in asked:
                break
            await asyncio.sleep(0)
        return desk

    desk = asyncio.run(opened())
    offered = [team for _, team in desk.views.team.options if team]
    assert asked == [True] * len(offered) + [False]
    before = desk.today
    desk.views.team.value = "Mobile"
    plain = Desk(tpm.load("sample"), team="Mobile")
    assert desk.today is before
    assert shown(desk) == shown(plain)


def test_a_saved_scenario_is_read_as_it_was_moved(desk, space):
    desk.controls.people["Mobile"].value = 2
    desk.views.name.value = " Two more: Mobile! "
    desk.save()
    assert "tpm run --scenario scenarios/two-more-mobile.toml" in desk.views.told.value
    assert (space / "scenarios" / "two-more-mobile.toml").is_file()
    read = tpm.read_scenario("scenarios/two-more-mobile.toml")
    assert read == desk.scenario()
    assert read.name == "Two more: Mobile!"


@pytest.mark.usefixtures("space")
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_browser_still_holds_back_when_save_is_clicked_is_saved_too(when):
    async def clicked():
        desk = Desk(tpm.load("sample"))
        desk.controls.cut.value = 5
        desk.views.name.value = "Less" if when == "after" else "Le"
        desk.views.save.click()
        if when == "after":
            await told(desk)
        await asyncio.sleep(0)
        desk.controls.cut.value = 10
        desk.views.name.value = "Less"
        await asyncio.sleep(0.2)
        await told(desk)
        return desk.scenario()

    async def told(desk):
        while "Saved as scenarios/less.toml" not in desk.views.told.value:
            await asyncio.sleep(0.01)

    assert asyncio.run(clicked()) == tpm.read_scenario("scenarios/less.toml")
    assert {cut.share for cut in tpm.read_scenario("scenarios/less.toml").scope_cut} == {0.1}


@pytest.mark.parametrize("name", ["", "../..", "///"])
def test_a_scenario_without_a_name_of_letters_is_not_saved(desk, space, name):
    desk.controls.cut.value = 5
    desk.views.name.value = name
    desk.save()
    assert "has no name" in desk.views.told.value
    assert not (space / "scenarios").exists()


def test_a_scenario_of_nothing_is_not_saved(desk, space):
    desk.views.name.value = "nothing"
    desk.save()
    assert "Nothing is otherwise yet" in desk.views.told.value
    assert not (space / "scenarios").exists()


def test_another_day_and_another_program_begin_anew(desk, space):
    desk.controls.cut.value = 5
    desk.views.day.value = pd.Timestamp("2025-03-31").date()
    assert desk.program.as_of == pd.Timestamp("2025-03-31")
    assert EMPTY in said(desk)
    desk.views.program.value = "sample"
    (space / "data" / "sample" / "items.csv").unlink()
    desk.views.day.value = pd.Timestamp("2025-02-28").date()
    assert "tpm-wrong" in desk.views.told.value
    assert desk.program.as_of == pd.Timestamp("2025-03-31")


def test_nothing_that_data_says_is_live_on_the_desk():
    hostile = "<img src=x onerror=alert(1)>"
    items = pd.DataFrame(
        {
            "item_id": [f"A-{number}" for number in range(60)],
            "team": hostile,
            "created_at": "2025-01-01T09:00Z",
            "started_at": "2025-01-02T09:00Z",
            "finished_at": [
                f"2025-0{1 + number // 25}-{2 + number % 25:02d}T09:00Z" if number < 40 else None
                for number in range(60)
            ],
        }
    )
    activities = pd.DataFrame(
        {"activity_id": ["X"], "name": [hostile], "duration_days": [5.0], "team": [hostile]}
    )
    people = pd.DataFrame(
        {"person_id": ["P-1"], "team": [hostile], "role": ["dev"], "hours_per_week": [40.0]}
    )
    promised = pd.DataFrame(
        {
            "person_id": ["P-1"],
            "workstream": ["w"],
            "from_on": ["2025-01-01"],
            "to_on": ["2026-01-01"],
            "share": [0.5],
        }
    )
    desk = Desk(
        Program.from_tables(
            {
                "items": items,
                "activities": activities,
                "people": people,
                "allocations": promised,
            }
        )
    )
    desk.controls.cut.value = 10
    for view in desk.views.panels:
        assert "<img" not in view.widget.value
    assert "<img" not in said(desk)
    assert "&lt;img" in said(desk)
