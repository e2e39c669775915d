"""A workspace is found from below, and a tpm.toml that cannot be meant is told where and why."""

from pathlib import Path

import pytest

from tpm_analytics import workspace
from tpm_analytics.errors import WorkspaceError

FULL = """
[programs.apollo]
source = "jira:data/export.json"
time_zone = "Europe/Madrid"
as_of = 2025-03-07

[programs.apollo.workflow]
"To Do" = "backlog"
"In Progress" = "active"

[programs.apollo.fields]
points = "Story Points"
items.team = "Squad"

[programs.sample]
source = "sample:"

[thresholds]
wip = 5
risk = 0.5

[reports.velocity]
notebook = "velocity"
"""


def made(folder: Path, text: str) -> Path:
    (folder / "tpm.toml").write_text(text, encoding="utf-8")
    return folder


def refused(folder, text):
    with pytest.raises(WorkspaceError) as caught:
        workspace.read(made(folder, text))
    assert str(folder / "tpm.toml") in caught.value.message
    return str(caught.value)


def test_a_workspace_is_read_whole(tmp_path):
    found = workspace.read(made(tmp_path, FULL))
    apollo = found.programs["apollo"]
    assert found.root == tmp_path.resolve()
    assert (apollo.source, apollo.time_zone) == ("jira:data/export.json", "Europe/Madrid")
    assert apollo.as_of == "2025-03-07"
    assert list(apollo.workflow.items()) == [("To Do", "backlog"), ("In Progress", "active")]
    assert apollo.fields == {"points": "Story Points", "items.team": "Squad"}
    assert found.programs["sample"].time_zone == "UTC"
    assert found.thresholds == {"wip": 5.0, "risk": 0.5}
    assert found.reports == {"velocity": {"notebook": "velocity"}}
    assert found.output == tmp_path.resolve() / "reports"


def test_an_empty_file_is_an_empty_workspace(tmp_path):
    found = workspace.read(made(tmp_path, ""))
    assert (found.programs, found.reports, found.thresholds) == ({}, {}, {})


def test_an_editor_that_marks_utf_8_does_no_harm(tmp_path):
    assert workspace.read(made(tmp_path, "\ufeff" + FULL)).programs


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[programs.apollo", "is not valid TOML"),
        ('colour = "red"', "has a table that nothing reads: colour"),
        ('programs = "apollo"', "programs must hold a table each"),
        ('[programs]\napollo = "jira:x"', "programs must hold a table each"),
        ("[programs.apollo]\n", "[programs.apollo] lacks a source"),
        ("[programs.apollo]\nsource = 5", "[programs.apollo] lacks a source"),
        (
            '[programs.apollo]\nsource = "x:"\nsorce = "y"',
            "has a key that nothing reads: sorce. Did you mean source?\nHint: its keys are",
        ),
        ('[programs.apollo]\nsource = "x:"\ntime_zone = 1', "time_zone must be text"),
        ('[programs.apollo]\nsource = "x:"\nworkflow = "y"', "workflow must be a table"),
        ('[programs.apollo]\nsource = "x:"\nfields = ["y"]', "fields must be a table"),
        ("thresholds = 5", "[thresholds] must hold a number each"),
        ('[thresholds]\nwip = "five"', "must hold a number each.\nHint: mend wip"),
        ("[thresholds]\nwip = true", "must hold a number each.\nHint: mend wip"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path, text, told):
    assert told in refused(tmp_path, text)


def test_a_folder_without_a_configuration_is_told_how_to_get_one(tmp_path):
    with pytest.raises(WorkspaceError, match="cannot be read") as caught:
        workspace.read(tmp_path)
    assert caught.value.hint == "make a workspace with: tpm init DIR"


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "tpm.toml").write_bytes('[programs."é"]'.encode("latin-1"))
    with pytest.raises(WorkspaceError, match=r"not written in UTF-8[^\n]*\nHint: save it as UTF-8"):
        workspace.read(tmp_path)


def test_it_is_found_from_any_folder_below(tmp_path, monkeypatch):
    monkeypatch.delenv(workspace.ROOT_VARIABLE, raising=False)
    below = made(tmp_path, FULL) / "notebooks" / "deep"
    below.mkdir(parents=True)
    assert workspace.find(below).root == tmp_path.resolve()
    monkeypatch.chdir(below)
    assert workspace.find().root == tmp_path.resolve()


def test_the_environment_names_it_where_no_folder_is_given(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv(workspace.ROOT_VARIABLE, str(made(home, FULL)))
    monkeypatch.chdir(elsewhere)
    assert workspace.find().root == home.resolve()


def test_none_is_found_where_there_is_none(tmp_path, monkeypatch):
    monkeypatch.delenv(workspace.ROOT_VARIABLE, raising=False)
    assert workspace.find(tmp_path) is None
