"""A workflow puts every status in a stage, and says where it guessed."""

import pandas as pd
import pytest

from tpm_analytics.errors import ParameterError
from tpm_analytics.program import STAGES, Program, Workflow


def test_the_trackers_own_category_comes_before_the_name():
    workflow = Workflow.infer(["Done", "Doing", "进行中"], {"Done": "active", "进行中": "active"})
    assert workflow.stages == {"Done": "active", "进行中": "active", "Doing": "waiting"}
    assert workflow.unknown == ("Doing",)
    assert workflow.inferred


def test_a_category_that_is_no_stage_leaves_the_name_to_tell():
    assert Workflow.infer(["Closed"], {"Closed": "complete"}).stages == {"Closed": "done"}


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("TO DO", "backlog"),
        (" in progress ", "active"),
        ("Blocked", "waiting"),
        ("Resolved", "done"),
        ("Won't Do", "done"),
    ],
)
def test_common_names_are_known_in_any_case(status, stage):
    assert Workflow.infer([status]).stage_of(status) == stage


def test_an_inferred_workflow_is_in_the_order_of_stages():
    workflow = Workflow.infer(["Done", "In Progress", "Selected for Development", "Open"])
    assert list(workflow.stages.values()) == list(STAGES)


def test_a_stage_that_is_none_is_refused():
    with pytest.raises(ParameterError, match="'Doing' to 'working'") as caught:
        Workflow({"Doing": "working"})
    assert caught.value.hint == "a stage is one of: backlog, waiting, active, done"


def test_a_status_in_no_stage_is_told_with_where_to_map_it():
    with pytest.raises(ParameterError, match="'Doing' is in no stage"):
        Workflow({"Open": "backlog"}).stage_of("Doing")


def test_codes_are_positions_of_stages_and_minus_one_for_na():
    statuses = pd.Series(["Done", None, "Open"], dtype="category")
    workflow = Workflow({"Open": "backlog", "Done": "done"})
    assert workflow.codes(statuses).tolist() == [3, -1, 0]
    assert workflow.codes(statuses.head(0)).tolist() == []


def test_a_given_workflow_must_map_every_status_that_occurs_even_in_the_past():
    tables = {
        "items": pd.DataFrame(
            {"item_id": ["A-1"], "status": ["Done"], "created_at": ["2025-03-03"]}
        ),
        "transitions": pd.DataFrame(
            {
                "item_id": ["A-1"],
                "at": ["2025-03-04"],
                "from_status": ["Limbo"],
                "to_status": ["Done"],
            }
        ),
    }
    with pytest.raises(ParameterError) as caught:
        Program.from_tables(tables, source="plan.csv", workflow=Workflow({"Done": "done"}))
    assert str(caught.value) == (
        "plan.csv: the workflow puts 1 of its statuses in no stage: 'Limbo'.\n"
        "Hint: map each in [programs.NAME.workflow] of tpm.toml, as in 'Limbo' = \"active\""
    )


def test_it_prints_as_stages_with_their_statuses():
    workflow = Workflow({"Open": "backlog", "Doing": "active", "Review": "active"})
    assert str(workflow) == "backlog: Open; active: Doing, Review"


def test_a_category_told_for_a_name_with_blanks_is_that_of_the_name():
    assert Workflow.infer(["Prüfung"], {"Prüfung ": "active"}).stage_of("Prüfung") == "active"
