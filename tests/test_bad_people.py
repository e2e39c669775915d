"""People and demands that cannot be, from the files through `tpm check` to the levelled plan."""

import pytest
from typer.testing import CliRunner

import tpm_analytics as tpm
from tpm_analytics.cli import app
from tpm_analytics.errors import InvalidTableError, ParameterError

PEOPLE = "person_id,team,role,country,hours_per_week,skills\n"
GOOD = {
    "items": "item_id,created_at\nI-1,2025-01-06T09:00Z\n",
    "activities": "activity_id,name,team,duration_days\na,Design,Core,5\nb,Build,Core,10\n",
    "people": PEOPLE + "P-1,Core,Engineer,ES,40,java\n",
    "activity_demand": "activity_id,resource,units\na,Engineer,1\nb,java,1\n",
}


def written(folder, **changed):
    for name, text in (GOOD | changed).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return f"folder:{folder}"


def checked(folder, **changed):
    told = CliRunner().invoke(app, ["check", written(folder, **changed)])
    return told.exit_code, " ".join(told.output.split()), told.exception


def planned(address):
    """What the page says of the plan, by the measures that it asks."""
    program = tpm.load(address)
    levelling = tpm.metrics.levelling
    off = tpm.metrics.schedule.days_off(program.people, until=program.as_of)
    work = levelling.shared_work(program, days_off=off)
    return str(
        tpm.readings.levelling.plan(
            levelling.summary(levelling.levelled(work)),
            levelling.shortages(work),
            program.activities,
            program.activity_demand,
            program.people,
        )
    )


def test_the_good_files_have_no_findings_and_a_plan(tmp_path):
    code, told, _ = checked(tmp_path)
    assert code == 0
    assert "No findings" in told
    assert "can do today's plan" in planned(written(tmp_path))


@pytest.mark.parametrize(
    ("changed", "where", "why"),
    [
        pytest.param(
            {"people": PEOPLE + "P-1,Core,Engineer,ES,-40,java\n"},
            "people.csv",
            "row 1, hours_per_week: is below 0",
            id="negative hours",
        ),
        pytest.param(
            {
                "people": "person_id,team,joined_on,left_on\n"
                "P-1,Core,2025-03-03,2025-03-03\nP-2,Core,2025-03-10,2025-03-07\n"
            },
            "people.csv",
            "row 2: left_on lies before joined_on",
            id="a person who left before joining",
        ),
        pytest.param(
            {
                "allocations": "person_id,workstream,from_on,to_on,share\n"
                "P-1,Core,2025-03-10,2025-03-03,0.5\n"
            },
            "allocations.csv",
            "row 1: to_on lies before from_on",
            id="an allocation that ends before it begins",
        ),
        pytest.param(
            {"absences": "person_id,from_on,to_on\nP-1,2025-03-10,2025-03-03\n"},
            "absences.csv",
            "row 1: to_on lies before from_on",
            id="an absence that ends before it begins",
        ),
        pytest.param(
            {"people": GOOD["people"] + "P-1,Edge,Engineer,ES,40,java\n"},
            "people.csv",
            "row 2, person_id: stands more than once",
            id="a person in two teams at once",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_file_row_and_reason(tmp_path, changed, where, why):
    _, _, caught = checked(tmp_path, **changed)
    assert isinstance(caught, InvalidTableError)
    assert where in str(caught)
    assert why in str(caught)
    assert any(
        remedy in str(caught.hint) for remedy in ("mend the rows", "give each person one row")
    )


def test_a_country_that_nobody_knows_is_an_error_with_the_person_and_the_remedy(tmp_path):
    people = PEOPLE + "P-1,Core,Engineer,XX,40,java\n"
    code, told, _ = checked(tmp_path, people=people)
    assert code == 1
    assert "country-unknown" in told
    assert "P-1: XX" in told
    with pytest.raises(ParameterError, match="No holidays are known for country 'XX', of P-1"):
        planned(written(tmp_path, people=people))


def test_without_a_country_people_rest_at_the_weekend_only(tmp_path):
    people = PEOPLE + "P-1,Core,Engineer,,40,java\n"
    assert "No findings" in checked(tmp_path, people=people)[1]
    assert "can do today's plan" in planned(written(tmp_path, people=people))


def test_a_skill_that_nobody_has_is_named_with_its_activity(tmp_path):
    demand = "activity_id,resource,units\na,Cobol,1\nb,java,1\n"
    code, told, _ = checked(tmp_path, activity_demand=demand)
    assert code == 0
    assert "demand-nobody-meets" in told
    assert "a: Cobol" in told
    said = planned(written(tmp_path, activity_demand=demand))
    assert "No plan can be made" in said
    assert "Cobol: 1 needed at once, 0 there at most, 0 in the end, for Design" in said


def test_without_people_nobody_is_said_to_lack_what_is_needed(tmp_path):
    address = written(tmp_path, people="person_id,team\nP-1,Core\n")
    program = tpm.load(address)
    skills = tpm.metrics.resources.skills(
        program.people, program.activities, program.activity_demand, until=program.as_of
    )
    assert skills.empty
    assert "neither the roles nor the skills" in str(tpm.readings.resources.skills(skills))
    assert planned(address) == (
        "The source tells neither the roles nor the skills of people, so there is nothing to level."
    )


def test_a_circle_of_activities_is_told_with_its_rows_and_how_to_break_it(tmp_path):
    links = "from_id,to_id,kind\na,b,FS\nb,a,FS\n"
    assert "link-circle: 2 (100%)" in checked(tmp_path, links=links)[1]
    with pytest.raises(
        InvalidTableError, match="row 2: is part of the circle a -> b -> a"
    ) as caught:
        planned(written(tmp_path, links=links))
    assert caught.value.hint == "take out or turn round one link of each circle"


def test_a_demand_beyond_all_there_are_is_named_with_resource_and_activities(tmp_path):
    demand = "activity_id,resource,units\na,Engineer,3\nb,Engineer,2\n"
    _, told, _ = checked(tmp_path, activity_demand=demand)
    assert "demand-beyond-people: 2 (100%)" in told
    assert "a: 3 Engineer needed at once, 1 there" in told
    said = planned(written(tmp_path, activity_demand=demand))
    assert "Core · Engineer: 3 needed at once, 1 there at most" in said
    assert "for Design, Build" in said
