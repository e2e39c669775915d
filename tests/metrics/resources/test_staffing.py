"""Overloads, cost, hours worked, skills, and how open items are spread."""

import pandas as pd
import pytest

from tpm_analytics import ParameterError, Program, TpmError
from tpm_analytics.metrics import resources

DURING = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-30"))
ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
BUSY = ("2025-03-03", "2025-03-16")


def program_of(people, allocations=(), **tables):
    return Program.from_tables(
        {
            "items": ITEMS,
            "people": pd.DataFrame(
                [
                    {"team": "Core", "role": "Engineer", "hours_per_week": 40.0} | one
                    for one in people
                ]
            ),
            "allocations": pd.DataFrame(
                allocations, columns=["person_id", "workstream", "from_on", "to_on", "share"]
            ),
            **tables,
        }
    )


def shared(person_id, workstream, first, last, share):
    """An allocation as rows of at most all of the time: the door takes no single share above 1."""
    return [(person_id, workstream, first, last, part) for part in (1.0, share - 1.0)]


def overloads(program, **options):
    capacity = resources.capacity(program.people, program.absences, during=DURING)
    allocated = resources.allocation(
        program.allocations, program.people, program.absences, during=DURING
    )
    usage = resources.utilisation(capacity, allocated, by="named")
    return resources.overloads(usage, allocated, **options)


def test_an_overload_is_one_run_with_its_peak_its_hours_and_what_collides():
    program = program_of(
        [{"person_id": "P"}],
        [
            ("P", "Payments", *BUSY, 0.8),
            ("P", "Certification", *BUSY, 0.4),
            ("P", "Ledger", "2025-03-10", "2025-03-16", 0.4),
        ],
    )
    told = overloads(program)
    assert told.drop(columns=["team", "role", "person_id"]).to_dict("records") == [
        {
            "from_on": pd.Timestamp("2025-03-03"),
            "to_on": pd.Timestamp("2025-03-16"),
            "people": 1,
            "periods": 2,
            "peak_utilisation": pytest.approx(1.6),
            "excess_hours": pytest.approx(8 + 24),
            "workstreams": "Certification, Ledger, Payments",
            "group": "Core · Engineer",
        }
    ]


def test_a_week_of_rest_parts_two_runs():
    program = program_of(
        [{"person_id": "P"}],
        [
            *shared("P", "A", "2025-03-03", "2025-03-09", 1.2),
            *shared("P", "A", "2025-03-17", "2025-03-23", 1.2),
        ],
    )
    assert overloads(program)["from_on"].dt.day.tolist() == [3, 17]


def test_the_idle_half_of_a_role_does_not_hide_the_half_that_drowns():
    program = program_of(
        [{"person_id": "P"}, {"person_id": "Q"}],
        [*shared("P", "A", *BUSY, 1.6), ("Q", "A", *BUSY, 0.4)],
    )
    assert overloads(program)["people"].tolist() == [1]


def test_people_of_a_role_with_the_same_run_share_a_row():
    program = program_of(
        [{"person_id": "P"}, {"person_id": "Q"}, {"person_id": "R", "role": "Tester"}],
        [
            *shared("P", "A", *BUSY, 1.5),
            *shared("Q", "B", *BUSY, 1.25),
            *shared("R", "B", *BUSY, 1.1),
        ],
    )
    told = overloads(program)
    assert told[["role", "people", "excess_hours", "workstreams"]].to_numpy().tolist() == [
        ["Engineer", 2, pytest.approx(40 + 20), "A, B"],
        ["Tester", 1, pytest.approx(8), "B"],
    ]


def test_only_named_says_who_it_is():
    program = program_of([{"person_id": "secret.one"}], shared("secret.one", "A", *BUSY, 1.5))
    assert "secret" not in overloads(program).to_csv()
    assert overloads(program, show="named")["group"].tolist() == ["secret.one"]


def test_shares_that_add_up_to_all_of_the_time_are_no_overload():
    parts = [("P", name, *BUSY, 0.1) for name in "ABCDEFGHIJ"]
    assert overloads(program_of([{"person_id": "P"}], parts)).empty


def test_a_person_of_no_team_or_role_is_grouped_as_such():
    program = program_of(
        [{"person_id": "P", "team": None, "role": None}], shared("P", "A", *BUSY, 1.5)
    )
    assert overloads(program)["group"].tolist() == ["no team · no role"]


def test_overloads_of_groups_are_refused():
    program = program_of([{"person_id": "P"}], shared("P", "A", *BUSY, 1.5))
    capacity = resources.capacity(program.people, program.absences, during=DURING)
    allocated = resources.allocation(
        program.allocations, program.people, program.absences, during=DURING
    )
    with pytest.raises(ParameterError, match='by="named"'):
        resources.overloads(resources.utilisation(capacity, allocated), allocated)


@pytest.mark.parametrize("options", [{"above": 0}, {"show": "all"}])
def test_options_that_cannot_be_meant_are_told(options):
    with pytest.raises(ParameterError):
        overloads(program_of([{"person_id": "P"}]), **options)


def monthly(program):
    return resources.allocation(
        program.allocations, program.people, program.absences, during=DURING, every="month"
    )


def test_cost_is_hours_times_rate_and_says_what_it_leaves_out():
    program = program_of(
        [{"person_id": "P", "cost_per_hour": 50.0}, {"person_id": "Q"}],
        [("P", "A", *BUSY, 0.5), ("Q", "A", *BUSY, 1.0), ("Q", "B", *BUSY, 0.5)],
    )
    told = resources.costs(monthly(program), program.people).set_index("workstream")
    assert told.loc["A", ["hours", "cost", "unpriced_hours"]].tolist() == [120, 2000, 80]
    assert pd.isna(told.loc["B", "cost"])


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


def skills_of(people, activities=(), demand=(), until="2025-03-31"):
    columns = ["activity_id", "baseline_start_on", "baseline_finish_on", "actual_finish_on"]
    program = program_of(
        people,
        activities=pd.DataFrame(activities, columns=columns),
        activity_demand=pd.DataFrame(demand, columns=["activity_id", "resource", "units"]),
    )
    told = resources.skills(
        program.people, program.activities, program.activity_demand, until=pd.Timestamp(until)
    )
    return told.set_index("skill")


def test_a_skill_of_one_person_stands_out_and_who_left_took_it_along():
    people = [
        {"person_id": "P", "skills": "sql; kafka;", "role": None},
        {"person_id": "Q", "skills": "SQL", "role": None},
        {"person_id": "R", "skills": "cobol", "role": None, "left_on": "2025-03-01"},
    ]
    told = skills_of(people)
    assert told["holders"].to_dict() == {"kafka": 1, "sql": 2}
    assert told["alone"].to_dict() == {"kafka": True, "sql": False}
    assert told["demanded"].isna().all()


def test_what_is_needed_at_once_is_the_peak_of_open_activities():
    activities = [
        ("A", "2025-04-01", "2025-04-10", None),
        ("B", "2025-04-10", "2025-04-20", None),
        ("C", "2025-04-11", "2025-04-12", None),
        ("D", "2025-04-05", "2025-04-06", "2025-04-06"),
        ("E", None, None, None),
    ]
    demand = [
        ("A", "engineer", 2),
        ("B", "Engineer", 1),
        ("C", "Engineer", 1),
        ("D", "Engineer", 9),
    ]
    demand += [("E", "Welder", 2)]
    told = skills_of([{"person_id": "P"}], activities, demand, until="2025-04-01")
    assert told.loc["Welder"].tolist() == [0, 2, 2, False]
    # A with B on 10 April; D is finished
    assert told.loc["Engineer", ["holders", "demanded", "short", "alone"]].tolist() == [
        1,
        3,
        2,
        True,
    ]


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


def test_nothing_in_nothing_out():
    program = Program.from_tables({"items": ITEMS})
    assert overloads(program).empty
    assert resources.costs(monthly(program), program.people).empty
    assert resources.worked(program.worklogs, monthly(program), until=DURING[1]).empty
    assert resources.holdings(program.items).empty
    empty = resources.skills(
        program.people, program.activities, program.activity_demand, until=DURING[1]
    )
    assert empty.empty


@pytest.mark.parametrize(
    ("people", "tables", "told"),
    [
        pytest.param([{"hours_per_week": -8.0}], {}, "hours_per_week: is below 0", id="hours"),
        pytest.param(
            [{}],
            {"absences": {"from_on": ["2025-03-10"], "to_on": ["2025-03-03"]}},
            "to_on lies before from_on",
            id="an absence that ends before it begins",
        ),
        pytest.param(
            [{}, {"team": "Edge"}], {}, "person_id: stands more than once", id="two teams at once"
        ),
        pytest.param(
            [{}],
            {"worklogs": {"worked_on": ["2025-03-10"], "hours": [-1.0]}},
            "hours: is below 0",
            id="negative work",
        ),
    ],
)
def test_impossible_people_are_refused_with_row_and_reason(people, tables, told):
    given = {name: pd.DataFrame({"person_id": ["P"]} | table) for name, table in tables.items()}
    with pytest.raises(TpmError, match=told):
        program_of([{"person_id": "P"} | one for one in people], **given)
