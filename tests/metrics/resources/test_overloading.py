"""Who is promised too often, and between which workstreams."""

import pandas as pd
import pytest

from tests.metrics.staff import BUSY, DURING, program_of
from tpm_analytics import ParameterError
from tpm_analytics.metrics import resources


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
            ("P", "A", "2025-03-03", "2025-03-09", 1.2),
            ("P", "A", "2025-03-17", "2025-03-23", 1.2),
        ],
    )
    assert overloads(program)["from_on"].dt.day.tolist() == [3, 17]


def test_the_idle_half_of_a_role_does_not_hide_the_half_that_drowns():
    program = program_of(
        [{"person_id": "P"}, {"person_id": "Q"}],
        [("P", "A", *BUSY, 1.6), ("Q", "A", *BUSY, 0.4)],
    )
    assert overloads(program)["people"].tolist() == [1]


def test_people_of_a_role_with_the_same_run_share_a_row():
    program = program_of(
        [{"person_id": "P"}, {"person_id": "Q"}, {"person_id": "R", "role": "Tester"}],
        [
            ("P", "A", *BUSY, 1.5),
            ("Q", "B", *BUSY, 1.25),
            ("R", "B", *BUSY, 1.1),
        ],
    )
    told = overloads(program)
    assert told[["role", "people", "excess_hours", "workstreams"]].to_numpy().tolist() == [
        ["Engineer", 2, pytest.approx(40 + 20), "A, B"],
        ["Tester", 1, pytest.approx(8), "B"],
    ]


def test_only_named_says_who_it_is():
    program = program_of([{"person_id": "secret.one"}], [("secret.one", "A", *BUSY, 1.5)])
    assert "secret" not in overloads(program).to_csv()
    assert overloads(program, show="named")["group"].tolist() == ["secret.one"]


def test_shares_that_add_up_to_all_of_the_time_are_no_overload():
    parts = [("P", name, *BUSY, 0.1) for name in "ABCDEFGHIJ"]
    assert overloads(program_of([{"person_id": "P"}], parts)).empty


def test_a_person_of_no_team_or_role_is_grouped_as_such():
    program = program_of([{"person_id": "P", "team": None, "role": None}], [("P", "A", *BUSY, 1.5)])
    assert overloads(program)["group"].tolist() == ["no team · no role"]


def test_overloads_of_groups_are_refused():
    program = program_of([{"person_id": "P"}], [("P", "A", *BUSY, 1.5)])
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
