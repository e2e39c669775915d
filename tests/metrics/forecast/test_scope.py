"""What a forecast is about: everything under a key, of a release, tied to a milestone."""

import pandas as pd
import pytest

from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import forecast

MORNING = "2025-03-03T09:00Z"


@pytest.fixture
def program():
    items = pd.DataFrame(
        {
            "item_id": ["E-1", "S-1", "T-1", "T-2", "S-2", "X-1", "E-2"],
            "kind": ["Epic", "Story", "Task", "Task", "Story", "Bug", "Epic"],
            "parent_id": [None, "E-1", "S-1", "S-1", "E-1", None, None],
            "release": [None, None, None, None, None, "3.0 Launch", None],
            "created_at": MORNING,
            "finished_at": [None, None, "2025-03-05T09:00Z", None, None, None, None],
        }
    )
    milestones = pd.DataFrame(
        {
            "milestone_id": ["M-1", "M-2", "M-3"],
            "name": ["Launch", "Beta", "Nothing"],
            "due_on": ["2025-06-01", None, None],
        }
    )
    links = pd.DataFrame({"from_id": ["E-1"], "to_id": ["M-2"], "kind": ["blocks"]})
    return Program.from_tables({"items": items, "milestones": milestones, "links": links})


def meant(program, **options):
    return forecast.meant(program.items, program.milestones, program.links, **options)


def ids(program, of):
    return forecast.work(program.items, of=of)["item_id"].tolist()


def test_an_epic_means_all_leaves_under_it_at_any_depth(program):
    assert ids(program, "E-1") == ["T-1", "T-2", "S-2"]


def test_an_epic_that_nobody_broke_down_is_one_item(program):
    assert ids(program, "E-2") == ["E-2"]


def test_several_keys_and_releases_add_up(program):
    assert ids(program, "S-1, 3.0 Launch") == ["T-1", "T-2", "X-1"]


def test_nothing_named_means_all_that_holds_no_others(program):
    assert ids(program, "") == ["T-1", "T-2", "S-2", "X-1", "E-2"]


def test_a_milestone_means_the_release_that_bears_its_name(program):
    assert meant(program, milestone="M-1") == "3.0 Launch"


def test_a_milestone_means_what_is_linked_to_it(program):
    assert meant(program, milestone="M-2") == "E-1"


def test_a_milestone_means_the_epic_that_bears_its_name(program):
    items = program.items.assign(title=["beta", *["x"] * 6])
    tied = forecast.meant(items, program.milestones, program.links, milestone="M-2")
    assert tied == "E-1"
    items = program.items.assign(title=[*["x"] * 6, "NOTHING"])
    assert forecast.meant(items, program.milestones, program.links, milestone="M-3") == "E-2"


def test_what_is_named_goes_before_what_is_tied(program):
    assert meant(program, of="E-2", milestone="M-2") == "E-2"


def test_a_milestone_to_which_nothing_is_tied_means_all(program):
    assert meant(program, milestone="M-3") == ""


def test_unknown_names_are_refused_in_words(program):
    with pytest.raises(ParameterError, match="'E-9' names neither an item nor a release"):
        meant(program, of="E-1, E-9")
    with pytest.raises(ParameterError, match="No milestone has the key 'M-9'"):
        meant(program, milestone="M-9")
    with pytest.raises(ParameterError, match="No item is of kind 'Saga'"):
        forecast.of_kinds(program.items, kinds="Saga")


def test_kinds_narrow_the_work_and_keep_what_holds_it(program):
    kept = forecast.of_kinds(program.items, kinds="Task")
    assert kept["item_id"].tolist() == ["E-1", "S-1", "T-1", "T-2"]


def test_it_is_due_when_said_else_with_the_milestone(program):
    due = forecast.due
    assert due(program.milestones, milestone="M-1") == pd.Timestamp("2025-06-01")
    assert due(program.milestones, milestone="M-1", day="2025-05-01") == pd.Timestamp("2025-05-01")
    assert pd.isna(due(program.milestones, milestone="M-2"))
    assert pd.isna(due(program.milestones))


def test_a_circle_of_parents_comes_to_an_end():
    items = pd.DataFrame(
        {
            "item_id": ["A", "B", "C"],
            "parent_id": ["B", "A", "A"],
            "created_at": MORNING,
        }
    )
    program = Program.from_tables({"items": items})
    assert ids(program, "A") == ["C"]


def test_what_is_done_and_asked_for_is_summed_by_day(program):
    told = forecast.burn_up(program.items, until=pd.Timestamp("2025-03-06"))
    assert told["day_on"].dt.day.tolist() == [5, 6]
    assert told["done"].tolist() == [1.0, 1.0]
    assert told["scope"].tolist() == [7.0, 7.0]


def test_what_was_done_over_many_years_is_told_by_weeks_up_to_the_last_day():
    until, first = pd.Timestamp("2025-03-06"), "2010-01-04T09:00Z"
    items = pd.DataFrame({"item_id": ["A", "B"], "created_at": first, "finished_at": [first, None]})
    told = forecast.burn_up(Program.from_tables({"items": items}).items, until=until)
    assert told["day_on"].diff().dropna().eq(pd.Timedelta(days=7)).all()
    assert told["day_on"].iloc[-1] == until
    assert told["day_on"].iloc[0] - pd.Timestamp("2010-01-04") < pd.Timedelta(days=7)
    assert told.iloc[-1][["done", "scope"]].tolist() == [1.0, 2.0]
