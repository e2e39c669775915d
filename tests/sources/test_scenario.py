"""Scenarios are read from files and written to them, and nothing is lost on the way."""

import tomllib

import pytest
from hypothesis import given, settings

import tpm_analytics as tpm
from tests.places import REPOSITORY
from tests.program.test_scenario import scenarios
from tpm_analytics.errors import ParameterError, SourceError
from tpm_analytics.program.pseudonyms import pseudonymised
from tpm_analytics.program.scenario import Holiday, Scenario
from tpm_analytics.program.what_if import applied
from tpm_analytics.sources.scenario import as_toml, read_scenario, write_scenario


@given(scenario=scenarios)
@settings(max_examples=100)
def test_a_scenario_comes_back_from_its_file(scenario):
    text = as_toml(scenario.to_mapping())
    assert Scenario.from_mapping(tomllib.loads(text)) == scenario


def test_a_file_is_written_where_it_is_wanted_and_read_again(tmp_path):
    scenario = Scenario(name='A "day" off\\', holidays=[Holiday(day_on="2025-12-24", team="é")])
    written = write_scenario(scenario, tmp_path / "what-ifs" / "day.toml")
    assert read_scenario(written) == scenario
    assert b"\r" not in written.read_bytes()


def test_a_relative_place_starts_at_the_workspace(tmp_path, monkeypatch):
    (tmp_path / "tpm.toml").write_text("")
    monkeypatch.setenv("TPM_WORKSPACE", str(tmp_path))
    write_scenario(Scenario(history_weeks=8), "window.toml")
    assert (tmp_path / "window.toml").is_file()
    assert read_scenario("window.toml").history_weeks == 8


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"name =", SourceError, "cannot be read as TOML"),
        (b"\xff\xfe\x00", SourceError, "cannot be read as TOML"),
        (b'nam = "x"', ParameterError, "Did you mean name"),
        (b"#" * 1_000_001, SourceError, "too large"),
    ],
)
def test_a_file_that_is_no_scenario_is_told_in_a_sentence(tmp_path, content, error, said):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(error, match=said):
        read_scenario(path)


def test_a_missing_file_and_a_folder_are_no_scenarios(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SourceError, match="is no file"):
            read_scenario(path)


def test_where_nothing_can_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot be written"):
        write_scenario(Scenario(), tmp_path / "file" / "x.toml")


def test_a_program_is_loaded_as_it_would_be(tmp_path):
    path = write_scenario(Scenario(risks_closed=["R-02"]), tmp_path / "closed.toml")
    seen = tpm.load("sample:", scenario=str(path))
    assert seen.risks.set_index("risk_id")["status"]["R-02"] == "closed"
    assert "the risk R-02 is closed" in str(seen)
    assert "assumed" in seen._repr_mimebundle_()["application/vnd.tpm.program+json"]


def test_readers_outside_are_shown_no_what_if(tmp_path, monkeypatch):
    path = write_scenario(Scenario(risks_closed=["R-02"]), tmp_path / "closed.toml")
    monkeypatch.setenv("TPM_AUDIENCE", "external")
    with pytest.raises(ParameterError, match="readers outside"):
        tpm.load("sample:", scenario=str(path))
    monkeypatch.delenv("TPM_AUDIENCE")
    with pytest.raises(ParameterError, match=r"program\.before"):
        pseudonymised(tpm.load("sample:", scenario=str(path)), salt="x")


def test_the_example_in_the_documentation_can_be_used_as_it_is():
    text = (REPOSITORY / "docs" / "scenarios.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    scenario = Scenario.from_mapping(tomllib.loads(example), origin="docs/scenarios.md")
    kinds = {key for key in scenario.to_mapping() if key != "name"}
    assert kinds == set(Scenario.__dataclass_fields__) - {"name"}
    seen = applied(scenario, tpm.load("sample:"))
    assert len(seen.people) > len(seen.before.people)
