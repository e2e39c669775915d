"""Pseudonyms are stable, cannot be guessed or mixed up, and change no figure."""

import hashlib

import pandas as pd
import pytest

from tpm_analytics import metrics
from tpm_analytics.errors import ParameterError
from tpm_analytics.program import Program, pseudonyms, tables
from tpm_analytics.program.pseudonyms import pseudonymised
from tpm_analytics.sources import load

# Every other column of words is looked at here, and says why it may stay
KEYS_AND_KINDS = {
    *("item_id", "parent_id", "from_id", "to_id", "activity_id", "milestone_id", "risk_id"),
    *("affects_id", "deployment_id", "incident_id", "key_result_id", "action_id"),
    *("kind", "status", "from_status", "to_status", "source_status", "priority", "category"),
    *("severity", "cadence", "unit", "time_zone", "country"),
}
NAMED_BY_THE_PROGRAM = {"team", "workstream", "release", "service", "role", "skills", "resource"}


@pytest.fixture(scope="module")
def sample():
    return load("sample:")


@pytest.fixture(scope="module")
def hidden(sample):
    return pseudonymised(sample, salt="a grain of salt", hide=["teams", "workstreams"])


def words(program):
    """Every text in every table of a program."""
    found = set()
    for table in program.tables().values():
        for name, column in table.items():
            if isinstance(column.dtype, pd.CategoricalDtype):
                found |= set(column.cat.categories.astype("str"))
            elif column.dtype == "str":
                found |= set(column.dropna())
            assert column.dtype != object, name
    return found


@pytest.mark.parametrize("name", tables.TABLES)
def test_every_column_of_words_was_decided_about(name):
    declared = tables.TABLES[name].declared()
    said = {c.name for c in declared.values() if c.dtype in {"text", "category"}}
    replaced = {*pseudonyms.REPLACED.get(name, {}), *pseudonyms.REMOVED.get(name, ())}
    assert replaced <= said
    if name == "stakeholders":
        said -= {"role"}
    assert said - replaced <= KEYS_AND_KINDS | NAMED_BY_THE_PROGRAM


def test_no_title_name_person_or_reason_of_the_sample_is_left(sample, hidden):
    gone = set(sample.people["person_id"]) | set(sample.items["team"].dropna())
    for name, columns in pseudonyms.REPLACED.items():
        for column in columns:
            gone |= set(getattr(sample, name)[column].dropna())
    assert len(gone) > 2_000
    assert not gone & words(hidden)
    assert hidden.items["url"].isna().all()
    assert gone & words(sample.at("2025-01-01")) and not gone & words(hidden.at("2025-01-01"))


def test_figures_are_the_same_and_so_is_who_belongs_to_what(sample, hidden):
    assert len(hidden.items) == len(sample.items)
    for measure in (metrics.flow.percentiles, len):
        mine = measure(metrics.flow.cycle_time(sample.items))
        theirs = measure(metrics.flow.cycle_time(hidden.items))
        assert str(mine) == str(theirs)
    was = sample.items["assignee_id"].value_counts().tolist()
    assert hidden.items["assignee_id"].value_counts().tolist() == was
    assert set(hidden.worklogs["person_id"]) <= set(hidden.people["person_id"])
    assert set(hidden.sprint_scope["sprint_id"]) <= set(hidden.sprints["sprint_id"])
    assert hidden.items["assignee_id"].isna().sum() == sample.items["assignee_id"].isna().sum()
    assert hidden.at("2025-01-01").items["item_id"].tolist() == (
        sample.at("2025-01-01").items["item_id"].tolist()
    )


def test_a_program_seen_from_an_earlier_day_is_hidden_as_a_whole(sample):
    then = pseudonymised(sample.at("2025-01-01"), salt="a grain of salt")
    assert then.as_of == pd.Timestamp("2025-01-01")
    assert not set(sample.items["title"].dropna()) & words(then.latest)


def small(*people, **columns):
    items = pd.DataFrame(
        {
            "item_id": [f"A-{i}" for i in range(len(people))],
            "created_at": "2025-03-03T09:00Z",
            "assignee_id": people,
            **columns,
        }
    )
    return Program.from_tables({"items": items}, source="jira:/home/kim/export.json")


def test_a_pseudonym_holds_from_run_to_run_and_hangs_on_the_salt():
    kim = pseudonymised(small("kim"), salt="one").items["assignee_id"].iloc[0]
    assert pseudonymised(small("ann", "kim"), salt="one").items["assignee_id"].iloc[1] == kim
    assert pseudonymised(small("kim"), salt="two").items["assignee_id"].iloc[0] != kim
    for guess in (b"kim", b"Person\0kim"):
        assert hashlib.sha256(guess).hexdigest()[:6] not in kim


def test_two_people_are_never_one_even_where_their_digits_agree(monkeypatch):
    monkeypatch.setattr(pseudonyms, "DIGITS", 1)
    people = [f"person-{i}" for i in range(40)]
    shown = pseudonymised(small(*people), salt="one").items["assignee_id"]
    assert shown.nunique() == len(people)


def test_what_is_not_declared_and_what_tells_of_a_place_is_left_out():
    found = pseudonymised(small("kim", reporter="ann"), salt="one")
    assert "reporter" not in found.items
    assert found.source == "jira:…"
    assert "kim" not in str(found)


def test_a_resource_that_is_a_person_is_hidden_and_a_role_is_not():
    program = Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]}),
            "people": pd.DataFrame(
                {"person_id": ["kim"], "role": ["Designer"], "skills": ["kotlin; sql"]}
            ),
            "activity_demand": pd.DataFrame(
                {
                    "activity_id": ["X", "X", "X"],
                    "resource": ["designer", "SQL", "Kim Doe"],
                    "units": [1, 1, 1],
                }
            ),
        }
    )
    shown = pseudonymised(program, salt="one").activity_demand["resource"].astype("str").tolist()
    assert shown[:2] == ["designer", "SQL"]
    assert shown[2].startswith("Resource ")


@pytest.mark.parametrize(
    ("options", "said"),
    [({"salt": ""}, "without a salt"), ({"salt": "x", "hide": ["people"]}, "cannot be hidden")],
)
def test_what_cannot_be_meant_is_refused(sample, options, said):
    with pytest.raises(ParameterError, match=said):
        pseudonymised(sample, **options)


def test_load_hides_for_external_readers_and_for_no_others(monkeypatch):
    monkeypatch.setenv("TPM_AUDIENCE", "external")
    monkeypatch.setenv("TPM_PSEUDONYM_SALT", "a grain of salt")
    monkeypatch.setenv("TPM_HIDE", "teams")
    program = load("sample:", as_of="2025-01-01")
    assert program.people["person_id"].str.match(r"Person [0-9a-f]{6}$").all()
    assert program.items["team"].astype("str").str.startswith("Team ").all()
    monkeypatch.delenv("TPM_PSEUDONYM_SALT")
    with pytest.raises(ParameterError, match="salt"):
        load("sample:")
    monkeypatch.setenv("TPM_AUDIENCE", "team")
    assert "lucia.ortega" in set(load("sample:").people["person_id"])
