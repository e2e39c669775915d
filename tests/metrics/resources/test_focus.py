"""How many things people have in hand."""

import pandas as pd
import pytest

from tests.metrics.staff import BUSY, hours_of, program_of
from tpm_analytics import Program
from tpm_analytics.metrics import resources


def test_open_items_are_banded_by_how_many_one_person_holds():
    held = ["P"] * 5 + ["Q"] * 4 + ["R"] + [None] * 2
    items = pd.DataFrame(
        {
            "item_id": [f"A-{n}" for n in range(13)],
            "assignee_id": [*held, "R"],
            "created_at": "2025-03-03T09:00Z",
            "finished_at": [None] * 12 + ["2025-03-04T09:00Z"],
        }
    )
    told = resources.holdings(Program.from_tables({"items": items}).items)
    assert told.loc[told["people"] > 0, ["held", "people", "items"]].to_numpy().tolist() == [
        ["1", 1, 1],
        ["4 to 7", 2, 9],
    ]
    assert told["share"].sum() == pytest.approx(1)


WEEKS = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-23"))


def in_progress(rows, until="2025-03-23", **options):
    """Items in progress of (item, holder, started, finished), held by two of one role."""
    items = pd.DataFrame(rows, columns=["item_id", "assignee_id", "started_at", "finished_at"])
    program = program_of(
        [{"person_id": "P"}, {"person_id": "Q"}],
        items=items.assign(created_at="2025-03-01T09:00Z", team="Owners"),
    )
    return resources.items_in_progress(
        program.items, program.people, during=WEEKS, until=pd.Timestamp(until), **options
    )


def test_items_in_progress_are_counted_at_the_end_of_each_week_for_those_who_hold_any():
    told = in_progress(
        [
            ("A-1", "P", "2025-03-03T09:00Z", "2025-03-09T09:00Z"),  # finished on that Sunday
            ("A-2", "P", "2025-03-05T09:00Z", None),
            ("A-3", "P", "2025-03-11T09:00Z", "2025-03-18T09:00Z"),
            ("A-4", "Q", "2025-03-12T09:00Z", None),
            ("A-5", None, "2025-03-03T09:00Z", None),  # nobody holds it
            ("A-6", "Q", None, None),  # not begun
        ]
    )
    assert told["group"].unique().tolist() == ["Core · Engineer"]
    assert told[["people", "held", "each", "most"]].to_numpy().tolist() == [
        [1, 1, 1.0, 1],
        [2, 3, 1.5, 2],
        [2, 2, 1.0, 1],
    ]


def test_a_week_that_has_not_ended_is_left_out_of_what_is_in_progress():
    rows = [("A-1", "P", "2025-03-03T09:00Z", None)]
    assert in_progress(rows, until="2025-03-15")["period_on"].dt.day.tolist() == [3]


def test_who_is_not_on_the_staff_list_counts_for_the_team_of_the_item():
    rows = [("A-1", "Stranger", "2025-03-03T09:00Z", None)]
    assert set(in_progress(rows, by="team")["group"]) == {"Owners"}


@pytest.mark.parametrize("by", ["program", "team", "grouped"])
def test_what_is_in_hand_names_nobody_unless_asked(by):
    rows = [("A-1", "P", "2025-03-03T09:00Z", None)]
    assert in_progress(rows, by=by)["person_id"].isna().all()
    assert set(in_progress(rows, by="named")["person_id"]) == {"P"}


def test_workstreams_are_counted_for_each_person_who_is_promised_to_any():
    program = program_of(
        [{"person_id": "P"}, {"person_id": "Q"}, {"person_id": "R"}],
        [
            ("P", "A", *BUSY, 0.5),
            ("P", "B", *BUSY, 0.5),
            ("P", "A", *BUSY, 0.1),  # the same one again
            ("Q", "A", *BUSY, 0.5),
            ("Q", "C", *BUSY, 0.0),  # nothing of it
        ],
    )
    told = resources.workstreams(hours_of(program)[1])
    assert told[["people", "held", "each", "most"]].to_numpy().tolist() == [[2, 3, 1.5, 2]] * 2
