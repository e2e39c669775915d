"""A program is checked, frozen, and seen from one day."""

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest

from tpm_analytics.errors import InvalidTableError, ParameterError, TpmError
from tpm_analytics.program import TABLES, Delivery, Program, Workflow
from tpm_analytics.program.program import MIME


def rows(columns, *values):
    cells = [[cell or None for cell in value.split(",")] for value in values]
    return pd.DataFrame(cells, columns=columns.split(","), dtype=object)


ITEMS = rows("item_id,team,created_at", "A-1,core,2025-03-03", "A-2,apps,2025-03-07")


def test_every_table_of_the_language_is_an_attribute_and_typed():
    found = Program.from_tables({"items": ITEMS})
    assert list(found.tables()) == list(TABLES)
    for name, table in TABLES.items():
        assert list(getattr(found, name).columns)[: len(table.declared())] == list(table.declared())
        table.validate(getattr(found, name))


def test_from_tables_is_the_only_door():
    found = Program.from_tables({"items": ITEMS})
    given = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    given.pop("_door")
    with pytest.raises(TpmError, match="made by Program.from_tables"):
        Program(**given)


def test_a_program_is_frozen():
    found = Program.from_tables({"items": ITEMS})
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.items = ITEMS


def test_a_program_goes_to_another_process_and_can_be_asked_for_the_past_there():
    found = pickle.loads(pickle.dumps(Program.from_tables({"items": ITEMS})))
    assert len(found.at("2025-03-05").items) == 1


def test_given_tables_are_left_as_they_were():
    before = ITEMS.copy(deep=True)
    Program.from_tables({"items": ITEMS}).at("2025-03-05")
    pd.testing.assert_frame_equal(ITEMS, before)


def test_tables_that_a_day_does_not_change_are_shared_not_copied():
    people = rows("person_id,joined_on", "ada,2024-01-01")
    found = Program.from_tables({"items": ITEMS, "people": people})
    assert found.at("2025-03-05").people is found.people
    assert found.at("2025-04-05").items is found.items


def test_the_day_is_the_last_on_which_anything_happened():
    tables = {
        "items": ITEMS,
        "sprints": rows("sprint_id,starts_at,ends_at", "1,2025-03-03,2025-12-31"),
        "people": rows("person_id,joined_on", "ada,2026-01-01"),
        "milestones": rows("milestone_id,due_on,done_on", "beta,2026-01-01,2025-03-20"),
    }
    assert Program.from_tables(tables).as_of == pd.Timestamp("2025-03-20")


def test_the_day_is_that_of_the_programs_time_zone():
    late = rows("item_id,created_at", "A-1,2025-03-07T16:00Z")
    tokyo = Program.from_tables({"items": late}, time_zone="Asia/Tokyo")
    assert tokyo.as_of == pd.Timestamp("2025-03-08")


def test_a_day_may_be_given_where_nothing_has_a_date_and_must_be():
    undated = {"items": rows("item_id,points", "A-1,3")}
    assert Program.from_tables(undated, as_of="2025-03-03").as_of == pd.Timestamp("2025-03-03")
    assert Program.from_tables(undated, as_of="2025-03-03").at("2025-03-01").items["points"][0] == 3
    with pytest.raises(TpmError, match="nothing in it has a date") as caught:
        Program.from_tables(undated)
    assert caught.value.hint == "add created_at to items, or pass as_of"


def test_a_later_day_knows_no_more_and_leads_back():
    found = Program.from_tables({"items": ITEMS}, as_of="2025-03-05")
    assert len(found.items) == 1
    later = found.at("2025-04-01")
    assert later.as_of == pd.Timestamp("2025-04-01")
    assert len(later.items) == 2
    assert later.latest.as_of == found.latest.as_of == pd.Timestamp("2025-03-07")


@pytest.mark.parametrize("day", ["7/3/2025", "now", "today", "", None, 20250307, 5.0, "2025-02-30"])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(ParameterError, match="is not a day"):
        Program.from_tables({"items": ITEMS}).at(day)


def test_a_table_that_is_none_of_the_language_is_refused():
    with pytest.raises(ParameterError, match="delivers tickets, which is no table") as caught:
        Program.from_tables({"items": ITEMS, "tickets": ITEMS})
    assert "items, transitions, blocks" in caught.value.hint


def test_items_must_be_there():
    with pytest.raises(TpmError, match="plan.csv delivers no items table"):
        Program.from_tables({}, source="plan.csv")


def test_a_broken_table_is_told_with_the_file_it_came_from():
    delivery = Delivery(
        tables={"items": ITEMS, "risks": rows("risk_id,probability", "R-1,30")},
        origins={"risks": "register.xlsx"},
    )
    with pytest.raises(InvalidTableError, match=r"register\.xlsx: table risks"):
        Program.from_tables(delivery, source="folder:plan")


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(ParameterError, match="'Mars/Base' is not a time zone"):
        Program.from_tables({"items": ITEMS}, time_zone="Mars/Base")


def test_what_a_reader_knows_is_kept():
    delivery = Delivery(
        tables={"items": rows("item_id,status,created_at", "A-1,Fertig,2025-03-03")},
        categories={"Fertig": "done"},
        notes=("No changelog.",),
    )
    found = Program.from_tables(delivery)
    assert found.notes == ("No changelog.",)
    assert found.workflow.stage_of("Fertig") == "done"


def test_statuses_of_moves_win_over_the_items_own_which_stay_to_be_compared():
    tables = {
        "items": rows("item_id,status,created_at", "A-1,Open,2025-03-03", "A-2,Open,2025-03-03"),
        "transitions": rows("item_id,at,from_status,to_status", "A-1,2025-03-04,Open,Done"),
    }
    items = Program.from_tables(tables).items
    assert items["status"].tolist() == ["Done", "Open"]
    assert items["source_status"].tolist() == ["Open", "Open"]


def test_a_team_is_its_items_sprints_people_and_what_they_name():
    found = Program.from_tables(
        {
            "items": ITEMS,
            "transitions": rows(
                "item_id,at,to_status", "A-1,2025-03-04,Open", "A-2,2025-03-08,Open"
            ),
            "sprints": rows("sprint_id,team", "1,core", "2,apps", "3,"),
            "sprint_scope": rows("sprint_id,item_id", "3,A-1", "2,A-2"),
            "people": rows("person_id,team", "ada,core", "bob,apps"),
            "absences": rows(
                "person_id,from_on,to_on", "ada,2025-03-03,2025-03-03", "bob,2025-03-03,2025-03-03"
            ),
            "risks": rows("risk_id", "R-1"),
        }
    )
    core = found.team("core")
    assert core.items["item_id"].tolist() == ["A-1"]
    assert core.transitions["item_id"].tolist() == ["A-1"]
    assert core.sprints["sprint_id"].tolist() == ["1", "3"]
    assert core.sprint_scope["sprint_id"].tolist() == ["3"]
    assert core.absences["person_id"].tolist() == ["ada"]
    assert len(core.risks) == 1
    assert found.team("") is found
    with pytest.raises(ParameterError, match="no team 'ops'") as caught:
        found.team("ops")
    assert caught.value.hint == "its teams: apps, core"


def test_a_team_seen_from_the_past_is_the_past_of_the_team():
    found = Program.from_tables({"items": ITEMS}, as_of="2025-03-05")
    assert found.team("core").at("2025-03-07").items["item_id"].tolist() == ["A-1"]
    assert found.at("2025-03-07").team("apps").at("2025-03-05").items.empty


def test_it_says_what_it_is():
    found = Program.from_tables({"items": ITEMS}, source="plan.csv", time_zone="Asia/Tokyo")
    assert str(found) == "plan.csv, 2 items, as of 2025-03-07"
    bundle = found._repr_mimebundle_()
    assert bundle["text/plain"] == str(found)
    facts = bundle[MIME]
    assert (facts["source"], facts["as_of"]) == ("plan.csv", "2025-03-07")
    assert (facts["time_zone"], facts["rows"]) == ("Asia/Tokyo", {"items": 2})
    assert found.has("items")
    assert not found.has("items", "risks")


def test_a_given_workflow_may_be_larger_than_what_occurs():
    workflow = Workflow({"Open": "backlog", "Never": "active"})
    items = rows("item_id,status,created_at", "A-1,Open,2025-03-03")
    assert Program.from_tables({"items": items}, workflow=workflow).workflow is workflow


def test_counts_in_a_large_program_are_exact():
    count = 20_000
    items = pd.DataFrame(
        {"item_id": [f"A-{n}" for n in range(count)], "created_at": pd.Timestamp("2025-03-03")}
    )
    step = np.repeat([0, 1, 2], count)
    moves = pd.DataFrame(
        {
            "item_id": np.tile(items["item_id"], 3),
            "at": pd.Timestamp("2025-03-04") + pd.to_timedelta(step, unit="D"),
            "to_status": np.array(["In Progress", "Done", "Closed"])[step],
        }
    )
    found = Program.from_tables({"items": items, "transitions": moves})
    assert (found.items["finished_on"] == pd.Timestamp("2025-03-05")).all()
    assert found.at("2025-03-04").items["finished_on"].isna().all()


def test_a_team_that_no_item_names_is_a_team_if_it_has_people_sprints_or_activities():
    found = Program.from_tables(
        {
            "items": ITEMS,
            "people": rows("person_id,team", "ada,core", "eve,office"),
            "sprints": rows("sprint_id,team", "1,scouts"),
        }
    )
    assert found.team("office").people["person_id"].tolist() == ["eve"]
    assert found.team("office").items.empty
    assert found.team("scouts").sprints["sprint_id"].tolist() == ["1"]
