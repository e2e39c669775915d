"""Where Jira's sprint report shows other figures than ours, and why."""

import pandas as pd
import pytest

from tests.metrics.sprints import DAY, FIRST, program_of, sprint_table, starts
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import Program, load
from tpm_analytics.metrics import velocity

BEFORE = starts(1) - DAY
END = FIRST + 11 * DAY


def reasons_of(program, **options):
    found = velocity.reconciliation(program, **options)
    return {row.reason.split(":")[0]: row for row in found.itertuples()}


def only(found, words):
    (row,) = found.values()
    assert words in row.reason
    return row


def one_sprint(items, scope=None, **changed):
    entries = scope or [("1", key, BEFORE, None) for key in items]
    return program_of(sprint_table(1, **changed), items, entries)


def moved(*moves):
    """Program of one item of 3 points and its moves (days after the start, status)."""
    transitions = pd.DataFrame(
        {
            "item_id": "A-1",
            "at": [FIRST + day * DAY for day, _ in moves],
            "from_status": [None, *[status for _, status in moves[:-1]]],
            "to_status": [status for _, status in moves],
        }
    )
    return program_of(
        sprint_table(1),
        {"A-1": (3, None)},
        [("1", "A-1", BEFORE, None)],
        transitions=transitions,
    )


def test_a_sprint_closed_on_time_whose_items_stayed_done_shows_the_same_there():
    assert reasons_of(one_sprint({"A-1": (3, FIRST + DAY), "A-2": (5, None)})) == {}


def test_what_finished_until_a_forgotten_sprint_was_closed_counts_there():
    program = one_sprint(
        {"A-1": (3, FIRST + DAY), "A-2": (5, END + 30 * DAY)}, completed_at=END + 60 * DAY
    )
    row = only(reasons_of(program), "more than 7 days late")
    assert (row.sprints, row.items, row.difference) == (1, 1, 5)


def test_what_finished_after_the_close_counts_in_neither():
    assert reasons_of(one_sprint({"A-1": (3, END + DAY)})) == {}


def test_an_item_reopened_after_the_close_stays_completed_there():
    row = only(reasons_of(moved((-5, "To Do"), (2, "Done"), (20, "To Do"))), "reopened since")
    assert (row.items, row.difference) == (1, 3)
    again = moved((-5, "To Do"), (2, "Done"), (20, "To Do"), (30, "Done"))
    assert only(reasons_of(again), "reopened since").difference == 3


def test_an_item_reopened_and_done_again_within_the_sprint_is_no_difference():
    assert reasons_of(moved((-5, "To Do"), (2, "Done"), (4, "To Do"), (6, "Done"))) == {}


def test_an_item_taken_out_between_planned_end_and_late_close_is_not_completed_there():
    program = one_sprint(
        {"A-1": (3, FIRST + DAY)},
        [("1", "A-1", BEFORE, END + 10 * DAY)],
        completed_at=END + 60 * DAY,
    )
    row = only(reasons_of(program), "no longer in the sprint")
    assert (row.items, row.difference) == (1, -3)


def test_changed_estimates_are_counted_without_a_difference():
    program = one_sprint({"A-1": (8, FIRST + DAY)})
    scope = program.sprint_scope.assign(points_when_added=3.0)
    tables = {"items": program.items, "sprints": program.sprints, "sprint_scope": scope}
    row = only(reasons_of(Program.from_tables(tables, as_of="2025-12-31")), "estimate changed")
    assert row.items == 1
    assert pd.isna(row.difference)


def test_other_reasons_are_counted():
    items = {"A-1": (3, BEFORE - DAY), "A-2": (5, None)}
    scope = [
        ("1", "A-1", BEFORE, None),
        ("1", "A-2", FIRST + pd.Timedelta(seconds=30), None),
        ("1", "GONE-1", BEFORE, None),
    ]
    found = reasons_of(one_sprint(items, scope, completed_at=pd.NaT))
    assert {key.split(",")[0]: row.items for key, row in found.items()} == {
        "entered within a minute after the start": 1,
        "done before the sprint began": 1,
        "named by a sprint and not loaded": 1,
        "sprints that nobody closed": 2,
    }


def test_in_items_each_counts_one():
    program = one_sprint({"A-1": (8, END + DAY)}, completed_at=END + 60 * DAY)
    (row,) = reasons_of(program, measure="items").values()
    assert (row.difference, row.measure) == (1, "items")


@needs_shared_data
def test_forgotten_sprints_of_a_real_program_are_told():
    program = load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    found = velocity.reconciliation(program)
    late = found[found["reason"].str.contains("days late")].iloc[0]
    assert late["difference"] == late["items"] == pytest.approx(23)
