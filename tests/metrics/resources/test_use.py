"""How full people's time is, and how much of it is left."""

import pandas as pd
import pytest

from tests.metrics.staff import BUSY, DURING, hours_of, program_of
from tpm_analytics import ParameterError
from tpm_analytics.metrics import resources

TODAY = pd.Timestamp("2025-03-12")


def used(program, by):
    return resources.utilisation(*hours_of(program), by=by)


def test_time_promised_is_parted_into_what_was_and_what_comes():
    program = program_of([{"person_id": "P"}, {"person_id": "Q"}], [("P", "A", *BUSY, 0.5)])
    told = resources.promised(used(program, "program"), until=TODAY)
    assert told.to_dict("records") == [
        {
            "when": "so far",
            "from_on": pd.Timestamp("2025-03-03"),
            "to_on": pd.Timestamp("2025-03-16"),
            "people": 2,
            "capacity_hours": 160.0,
            "allocated_hours": 40.0,
            "utilisation": 0.25,
        },
        {
            "when": "to come",
            "from_on": pd.Timestamp("2025-03-17"),
            "to_on": pd.Timestamp("2025-03-30"),
            "people": 2,
            "capacity_hours": 160.0,
            "allocated_hours": 0.0,
            "utilisation": 0.0,
        },
    ]


def test_where_nothing_is_to_come_nothing_is_told_of_it():
    program = program_of([{"person_id": "P"}], [("P", "A", *BUSY, 0.5)])
    assert resources.promised(used(program, "program"), until=DURING[1])["when"].tolist() == [
        "so far"
    ]


def room_of(people, allocations, **options):
    program = program_of(people, allocations)
    return resources.room(
        *hours_of(program), program.people, after=pd.Timestamp("2025-02-28"), **options
    )


def test_room_is_told_by_team_role_and_skill_and_a_person_counts_for_each_skill():
    told = room_of(
        [
            {"person_id": "P", "skills": "sql; go"},
            {"person_id": "Q", "skills": "go", "role": "Lead", "hours_per_week": 20.0},
            {"person_id": "R", "skills": "go", "hours_per_week": None},
        ],
        [("P", "A", *DURING, 0.75)],
    ).set_index(["by", "name"])
    assert told["capacity_hours"].to_dict() == {
        ("team", "Core"): 240.0,
        ("role", "Engineer"): 160.0,
        ("role", "Lead"): 80.0,
        ("skill", "go"): 240.0,
        ("skill", "sql"): 160.0,
    }
    assert told.loc[("skill", "go"), "free_hours"] == 120.0
    assert told.loc[("skill", "sql"), "utilisation"] == 0.75


def test_who_is_promised_too_much_takes_nothing_from_the_room_of_another():
    told = room_of(
        [{"person_id": "P"}, {"person_id": "Q"}],
        [("P", "A", *DURING, 1.5), ("Q", "A", *DURING, 0.5)],
    )
    assert told["utilisation"].tolist() == [1.0, 1.0]
    assert told[["free_hours", "beyond_hours"]].to_numpy().tolist() == [[80.0, 80.0]] * 2


def test_room_names_people_only_when_asked():
    people = [{"person_id": "secret.one"}]
    assert "secret" not in room_of(people, []).to_csv()
    assert "secret.one" in set(room_of(people, [], show="named")["name"])
    with pytest.raises(ParameterError, match="grouped, named"):
        room_of(people, [], show="all")


@pytest.mark.parametrize(
    ("share", "band"),
    [
        (0.0, "nothing"),
        (0.5, "up to 50 %"),
        (0.51, "50 to 80 %"),
        (1.0, "80 to 100 %"),
        (1.01, "100 to 120 %"),
        (1.3, "above 120 %"),
    ],
)
def test_each_week_of_a_person_falls_into_one_band(share, band):
    program = program_of([{"person_id": "P"}], [("P", "A", *DURING, share)])
    told = resources.load(used(program, "named"), until=TODAY)
    assert len(told) == 12
    assert told.loc[told["load"] == band, "person_weeks"].tolist() == [2, 2]
    assert told.groupby("when", observed=True)["share"].sum().tolist() == [1.0, 1.0]


def test_weeks_nobody_can_work_are_in_no_band():
    program = program_of(
        [{"person_id": "P"}],
        absences=pd.DataFrame({"person_id": ["P"], "from_on": [BUSY[0]], "to_on": [BUSY[1]]}),
    )
    told = resources.load(used(program, "named"), until=TODAY)
    assert told["when"].unique().tolist() == ["to come"]
    assert told["person_weeks"].sum() == 2


def test_groups_are_refused_where_single_people_or_all_are_asked_for():
    program = program_of([{"person_id": "P"}, {"person_id": "Q", "team": "Edge"}])
    with pytest.raises(ParameterError, match='by="named"'):
        resources.load(used(program, "team"), until=TODAY)
    with pytest.raises(ParameterError, match='by="program"'):
        resources.promised(used(program, "team"), until=TODAY)
