"""Items on their way through sprints."""

import pandas as pd
import pytest

from tests.metrics.sprints import DAY, program_of, sprint_table, starts
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import ParameterError, load
from tpm_analytics.metrics import velocity


def sprint_items(program):
    return velocity.sprint_items(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )


def three_sprints():
    """One item done at once, one carried twice and done in the third, one carried for ever."""
    items = {
        "A-1": (1, starts(1) + DAY),
        "A-2": (2, starts(3) + DAY),
        "A-3": (3, None),
        "A-4": (5, None),
    }
    scope = [("1", "A-1", starts(1) - DAY, None)]
    scope += [(str(n), key, starts(n) - DAY, None) for n in (1, 2, 3) for key in ("A-2", "A-3")]
    # taken out of the second, and never planned again
    scope += [("2", "A-4", starts(2) - DAY, starts(2) + DAY)]
    return program_of(sprint_table(3), items, scope)


def test_the_fate_of_each_item_in_each_sprint_by_hand():
    found = sprint_items(three_sprints())
    told = {(row.sprint_id, row.item_id): row.fate for row in found.itertuples()}
    assert told == {
        ("1", "A-1"): "completed",
        ("1", "A-2"): "carried over",
        ("1", "A-3"): "carried over",
        ("2", "A-2"): "carried over",
        ("2", "A-3"): "carried over",
        ("2", "A-4"): "removed",
        ("3", "A-2"): "completed",
        ("3", "A-3"): "carried over",
    }


def test_how_often_an_item_was_carried_before_grows_along_its_chain():
    chain = velocity.chain(sprint_items(three_sprints()))
    assert set(chain["item_id"]) == {"A-3"}
    assert chain["carried_before"].tolist() == [0, 1, 2]
    assert chain["name"].tolist() == ["Sprint 1", "Sprint 2", "Sprint 3"]


def test_what_is_carried_again_is_told_apart_from_the_first_time():
    program = three_sprints()
    found = velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=program.as_of
    )
    assert found["carried_first"].tolist() == [5, 0, 0]
    assert found["carried_again"].tolist() == [0, 5, 3]
    assert (found["carried_over"] == found["carried_first"] + found["carried_again"]).all()


def test_carried_items_count_sprints_and_times():
    program = three_sprints()
    found = velocity.carried_items(program.sprint_scope, program.items, sprint_items(program))
    assert found[["item_id", "sprints", "carried"]].to_numpy().tolist() == [
        ["A-3", 3, 3],
        ["A-2", 3, 2],
    ]
    assert found["first_on"].iloc[0] == pd.Timestamp("2025-03-03")


def test_counts_of_times_hold_every_item_once():
    found = velocity.carry_counts(sprint_items(three_sprints()))
    assert found["times"].tolist() == ["0", "1", "2", "3"]
    assert found["items"].tolist() == [2, 0, 1, 1]
    assert found["still_open"].tolist() == [1, 0, 0, 1]
    assert found["share"].sum() == pytest.approx(1)


def test_long_chains_are_one_row():
    found = velocity.carry_counts(sprint_items(three_sprints()), most=2)
    assert found["times"].tolist() == ["0", "1", "2 or more"]
    assert found["items"].tolist() == [2, 0, 2]


def test_an_item_of_a_running_sprint_is_open():
    program = program_of(
        sprint_table(1, completed_at=pd.NaT),
        {"A-1": (1, None)},
        [("1", "A-1", starts(1) - DAY, None)],
        as_of="2025-03-05",
    )
    assert sprint_items(program)["fate"].tolist() == ["open"]
    assert velocity.chain(sprint_items(program)).empty


def test_without_a_history_nobody_knows_what_was_committed():
    program = program_of(sprint_table(1), {"A-1": (1, None)}, [("1", "A-1", None, None)])
    assert sprint_items(program)["committed"].isna().all()


@pytest.mark.parametrize(
    "call",
    [
        lambda found: velocity.chain(found, item_id="X-1"),
        lambda found: velocity.carry_counts(found, most=0),
    ],
)
def test_impossible_options_are_refused(call):
    with pytest.raises(ParameterError):
        call(sprint_items(three_sprints()))


@needs_shared_data
def test_the_longest_chain_of_a_real_program_went_through_27_sprints():
    program = load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    found = sprint_items(program)
    longest = velocity.chain(found)
    assert len(longest) == 27
    assert longest["starts_on"].is_monotonic_increasing
    carried = velocity.carried_items(program.sprint_scope, program.items, found)
    assert carried["sprints"].iloc[0] == 27
    assert (carried["carried"] <= carried["sprints"]).all()
