"""Skills that are there, needed, and alone."""

import pandas as pd

from tests.metrics.staff import program_of
from tpm_analytics.metrics import resources


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


def test_a_skill_that_nobody_has_is_short_by_all_that_is_needed():
    told = skills_of(
        [{"person_id": "P", "skills": "sql"}],
        activities=[("A", "2025-04-01", "2025-04-30", None)],
        demand=[("A", "Cryptography", 2.0)],
    ).loc["Cryptography"]
    assert (told["holders"], told["demanded"], told["short"]) == (0, 2.0, 2.0)
