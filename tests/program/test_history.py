"""Starts and finishes told by transitions agree with a slow telling of the same rules."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.program.histories import (
    STATUSES,
    WORKFLOW,
    few_examples,
    histories,
    moment,
    moves_of,
    program,
)
from tpm_analytics.program import Program
from tpm_analytics.program.history import in_order, lifecycle, with_creation


def slow_lifecycle(entries):
    """Tell status, start and finish of one item from its entries, one after the other."""
    status = started = finished = stage = None
    for at, entered in entries:
        before, stage, status = stage, WORKFLOW.stage_of(entered), entered
        if stage == "active" and started is None:
            started = at
        if stage == "done" and before != "done":
            finished = at
    return status, started, finished if stage == "done" else None


def slow_entries(history_of_one):
    """Entries of one item, the one at creation first where the first move names what it left."""
    created, moved, named = history_of_one
    entries = sorted(((moment(hour), entered) for hour, entered in moved), key=lambda e: e[0])
    if entries and named:
        born = entries[0][0] if created is None else min(moment(created), entries[0][0])
        entries = [(born, "Open"), *entries]
    return entries


def none_or(value):
    return None if pd.isna(value) else value


def moves(*rows):
    table = pd.DataFrame(rows, columns=["item_id", "at", "from_status", "to_status"])
    return table.assign(
        item_id=table["item_id"].astype("category"),
        at=pd.to_datetime(table["at"], utc=True).astype("datetime64[us, UTC]"),
        from_status=table["from_status"].astype(pd.CategoricalDtype(STATUSES)),
        to_status=table["to_status"].astype(pd.CategoricalDtype(STATUSES)),
    )


def read(history):
    """Read the moves of `history` as the door does, without checking the tables again."""
    created = [None if hour is None else moment(hour) for hour, _, _ in history]
    items = pd.DataFrame(
        {
            "item_id": [f"A-{number}" for number in range(len(history))],
            "created_at": pd.to_datetime(created, utc=True).astype("datetime64[us, UTC]"),
        }
    )
    raw = moves(*moves_of(history).itertuples(index=False))
    transitions = with_creation(in_order(raw), items)
    return transitions, lifecycle(transitions, WORKFLOW, items["item_id"])


@given(histories)
def test_items_get_what_a_slow_reading_of_their_moves_tells(history):
    _, items = read(history)
    for number, one in enumerate(history):
        row = items.iloc[number]
        expected = slow_lifecycle(slow_entries(one))
        told = tuple(none_or(row[name]) for name in ("status", "started_at", "finished_at"))
        assert told == expected


@given(histories)
def test_transitions_are_sorted_by_item_then_time_with_creation_first(history):
    table, _ = read(history)
    told = [
        (item, at.to_pydatetime(), status)
        for item, at, status in zip(table["item_id"], table["at"], table["to_status"], strict=True)
    ]
    expected = [
        (f"A-{number}", at, status)
        for number, one in enumerate(history)
        for at, status in slow_entries(one)
    ]
    assert told == expected


@given(histories, st.randoms(use_true_random=False))
def test_only_the_order_within_a_moment_matters(history, chance):
    table = moves(*moves_of(history).itertuples(index=False)).drop_duplicates(["item_id", "at"])
    order = list(range(len(table)))
    chance.shuffle(order)
    one, other = in_order(table.reset_index(drop=True)), in_order(table.iloc[order])
    pd.testing.assert_frame_equal(one, other.reset_index(drop=True))


@few_examples
@given(histories)
def test_reading_a_program_again_changes_nothing(history):
    once = program(history)
    again = Program.from_tables(
        once.tables(), as_of=once.as_of, workflow=WORKFLOW, time_zone=once.time_zone
    )
    names = {"from_status": "str", "to_status": "str"}
    pd.testing.assert_frame_equal(once.transitions.astype(names), again.transitions.astype(names))
    pd.testing.assert_frame_equal(
        once.items.drop(columns=["status", "source_status"]),
        again.items.drop(columns=["status", "source_status"]),
    )
    assert once.items["status"].astype("str").equals(again.items["status"].astype("str"))


def test_a_reopened_item_is_open_and_its_start_stays():
    told = lifecycle(
        moves(
            ("A-1", "2025-03-03", None, "Doing"),
            ("A-1", "2025-03-04", "Doing", "Done"),
            ("A-1", "2025-03-05", "Done", "Doing"),
        ),
        WORKFLOW,
        pd.Series(["A-1"]),
    ).iloc[0]
    assert told["status"] == "Doing"
    assert told["started_at"] == pd.Timestamp("2025-03-03", tz="UTC")
    assert pd.isna(told["finished_at"])


def test_a_move_within_done_finishes_nothing_twice_and_a_second_finish_counts():
    told = lifecycle(
        moves(
            ("A-1", "2025-03-03", None, "Done"),
            ("A-1", "2025-03-04", "Done", "Dropped"),
            ("A-2", "2025-03-03", None, "Done"),
            ("A-2", "2025-03-04", "Done", "Open"),
            ("A-2", "2025-03-05", "Open", "Dropped"),
        ),
        WORKFLOW,
        pd.Series(["A-1", "A-2"]),
    )
    assert told["finished_at"].dt.day.tolist() == [3, 5]
    assert told["started_at"].isna().all()


def test_moves_of_items_that_are_not_asked_for_tell_nothing_of_others():
    told = lifecycle(
        moves(
            ("A-1", "2025-03-03", None, "Doing"),
            ("B-1", "2025-03-04", None, "Done"),
            ("C-1", "2025-03-05", None, "Done"),
        ),
        WORKFLOW,
        pd.Series(["D-1", "A-1"]),
    )
    assert told["moved"].tolist() == [False, True]
    assert told["finished_at"].isna().all()


def test_an_item_that_moved_before_it_was_created_entered_at_that_move():
    items = pd.DataFrame(
        {
            "item_id": ["A-1"],
            "created_at": pd.to_datetime(["2025-03-09"], utc=True).astype("datetime64[us, UTC]"),
        }
    )
    whole = with_creation(moves(("A-1", "2025-03-03", "Open", "Doing")), items)
    assert whole["at"].dt.day.tolist() == [3, 3]
    assert whole["to_status"].tolist() == ["Open", "Doing"]
    assert whole["from_status"].isna().tolist() == [True, False]


def test_moves_of_no_items_at_all_are_kept_as_they_are():
    found = Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": []}),
            "transitions": moves(("A-1", "2025-03-03", "Open", "Doing")).astype(
                {"from_status": "str", "to_status": "str"}
            ),
        }
    )
    assert found.items.empty
    assert found.transitions["to_status"].tolist() == ["Open", "Doing"]


def test_sorted_moves_are_not_sorted_again():
    table = moves(("A-1", "2025-03-03", None, "Doing"), ("A-1", "2025-03-03", None, "Done"))
    assert in_order(table) is table
