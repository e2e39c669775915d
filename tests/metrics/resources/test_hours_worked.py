"""Hours worked, beside those promised and those estimated."""

import pandas as pd
import pytest

from tests.metrics.staff import BUSY, DURING, hours_of, program_of
from tpm_analytics import ParameterError
from tpm_analytics.metrics import resources


def test_worked_hours_stand_beside_the_promised_ones_of_whole_weeks():
    program = program_of(
        [{"person_id": "P"}],
        [("P", "A", "2025-03-03", "2025-03-30", 0.5)],
        worklogs=pd.DataFrame(
            {
                "person_id": ["P", "P", "Stranger"],
                "worked_on": ["2025-03-04", "2025-03-18", "2025-03-19"],
                "hours": [10, 5, 3],
            }
        ),
    )
    allocated = resources.allocation(
        program.allocations, program.people, program.absences, during=DURING
    )
    told = resources.worked(program.worklogs, allocated, until=pd.Timestamp("2025-03-26"))
    assert told["worked_hours"].tolist() == [10, 0, 8]
    assert told["worked_share"].tolist() == [0.5, 0, 0.4]


def worked_of(people, allocations, logs, **options):
    """Hours worked by (person, day, hours) beside those promised."""
    program = program_of(
        people,
        allocations,
        worklogs=pd.DataFrame(logs, columns=["person_id", "worked_on", "hours"]),
    )
    told = resources.actuals(
        program.worklogs, hours_of(program)[1], program.people, until=DURING[1], **options
    )
    return told.set_index("name")[["allocated_hours", "worked_hours", "worked_share"]]


TWO_TEAMS = [{"person_id": "P"}, {"person_id": "Q", "team": "Edge"}]


def test_hours_of_a_team_are_those_of_its_people_wherever_they_work():
    told = worked_of(
        TWO_TEAMS,
        [("P", "A", *BUSY, 0.5), ("Q", "A", *BUSY, 1.0)],
        [("P", "2025-03-05", 30.0), ("Q", "2025-03-05", 60.0), ("Stranger", "2025-03-06", 2.0)],
    )
    assert told.loc["Core"].tolist() == [40.0, 30.0, 0.75]
    assert told.loc["Edge"].tolist() == [80.0, 60.0, 0.75]
    assert told.loc["not on the staff list", "worked_hours"] == 2.0
    assert pd.isna(told.loc["not on the staff list", "worked_share"])


def test_a_workstream_has_the_hours_of_those_who_are_on_it_alone():
    told = worked_of(
        TWO_TEAMS,
        [
            ("P", "A", *DURING, 1.0),
            ("Q", "A", *BUSY, 0.5),
            ("Q", "B", "2025-03-03", "2025-03-09", 0.5),
        ],
        [
            ("P", "2025-03-05", 30.0),
            ("Q", "2025-03-05", 20.0),
            ("Q", "2025-03-12", 10.0),
            ("Q", "2025-03-20", 5.0),
        ],
        by="workstream",
    )
    assert told["worked_hours"].to_dict() == {
        "A": 40.0,
        "on several workstreams in one week": 20.0,
        "promised to nothing in that week": 5.0,
    }
    assert told.loc["A", "allocated_hours"] == 160 + 20


def test_hours_of_a_week_in_which_nobody_is_promised_to_anything_are_left_out():
    told = worked_of(
        TWO_TEAMS,
        [("P", "A", "2025-03-03", "2025-03-09", 1.0), ("P", "A", "2025-03-17", "2025-03-23", 1.0)],
        [("P", "2025-03-05", 30.0), ("P", "2025-03-12", 9.0), ("P", "2025-03-19", 20.0)],
    )
    assert told.loc["Core"].tolist() == [80.0, 50.0, 0.625]


def test_every_grouping_of_hours_worked_holds_the_same_hours():
    allocations = [("P", "A", *BUSY, 1.0), ("Q", "A", *BUSY, 0.5), ("Q", "B", *BUSY, 0.5)]
    logs = [("P", "2025-03-05", 30.0), ("Q", "2025-03-12", 10.0), ("Q", "2025-04-20", 5.0)]
    sums = [
        worked_of(TWO_TEAMS, allocations, logs, by=by)[["allocated_hours", "worked_hours"]].sum()
        for by in ("program", "team", "workstream")
    ]
    assert [total.tolist() for total in sums] == [[160.0, 40.0]] * 3


def estimated(rows, logs, **options):
    """Ratios of (item, kind, estimate, started, finished) with (item, day, hours)."""
    columns = ["item_id", "kind", "estimate_hours", "started_at", "finished_at"]
    program = program_of(
        [{"person_id": "P"}],
        items=pd.DataFrame(rows, columns=columns).assign(created_at="2025-03-01T09:00Z"),
        worklogs=pd.DataFrame(logs, columns=["item_id", "worked_on", "hours"]).assign(
            person_id="P"
        ),
    )
    return resources.estimate_ratios(program.items, program.worklogs, **options)


def test_hours_worked_for_each_hour_estimated_are_of_finished_items_with_both():
    start, end = "2025-03-04T09:00Z", "2025-03-14T09:00Z"
    told = estimated(
        [
            ("A-1", "Bug", 10.0, start, end),
            ("A-2", "Bug", 2.0, start, end),
            ("A-3", "Bug", 4.0, start, None),  # not finished
            ("A-4", "Bug", None, start, end),  # no estimate
            ("A-5", "Bug", 3.0, start, end),  # no hours
            ("A-6", "Bug", 3.0, "2025-02-20T09:00Z", end),  # begun before hours were logged
        ],
        [
            ("A-1", "2025-03-05", 12.0),
            ("A-1", "2025-03-06", 3.0),
            ("A-2", "2025-03-03", 1.0),
            ("A-3", "2025-03-05", 9.0),
            ("A-4", "2025-03-05", 9.0),
            ("A-6", "2025-03-05", 9.0),
        ],
    )
    assert told.to_dict("records") == [
        {
            "name": "Bug",
            "items": 2,
            "estimated_hours": 12.0,
            "worked_hours": 16.0,
            "ratio": pytest.approx(4 / 3),
            "median_ratio": 0.5,
            "p85_ratio": 1.5,
            "enough": False,
            "unmeasured": 3,
        }
    ]


@pytest.mark.parametrize("by", ["kinds", "named", ""])
def test_a_grouping_nobody_knows_is_told(by):
    with pytest.raises(ParameterError, match="is unknown"):
        estimated([("A-1", "Bug", 1.0, None, None)], [], by=by)
    with pytest.raises(ParameterError, match="is unknown"):
        worked_of(TWO_TEAMS, [], [], by=by)
