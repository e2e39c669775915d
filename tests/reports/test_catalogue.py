"""What `[reports.NAME]` may say."""

import pytest

from tests.reports.workspaces import make, report
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports.catalogue import definitions

TOML = """
[programs.sample]
source = "folder:data/sample"
[reports.velocity]
title = "Velocity"
notebook = "velocity.ipynb"
parameters = { program = "sample", weeks = 6 }
"""


def read(tmp_path, toml, names=None):
    return definitions(make(tmp_path, {"velocity": report()}, toml), names)


def test_a_definition_is_read_with_its_notebook_found(tmp_path):
    found = read(tmp_path, TOML)["velocity"]
    assert found.title == "Velocity"
    assert found.notebook == (tmp_path / "notebooks" / "velocity.ipynb").resolve()
    assert found.parameters == {"program": "sample", "weeks": 6}
    assert found.timeout_seconds == 600


def test_title_and_notebook_follow_from_the_name(tmp_path):
    found = read(tmp_path, "[reports.velocity]")["velocity"]
    assert (found.title, found.notebook.name) == ("Velocity", "velocity.ipynb")


def test_a_notebook_may_be_written_from_the_root(tmp_path):
    found = read(tmp_path, '[reports.v]\nnotebook = "notebooks/velocity.ipynb"')
    assert found["v"].notebook.name == "velocity.ipynb"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[reports.velocity]\ntitel = 'x'", "nothing reads: titel. Did you mean title?"),
        ("[reports.velocity]\ntitle = 3", "title = 3 is not text"),
        ("[reports.velocity]\nparameters = 'team'", "is not a table"),
        ("[reports.velocity]\ntimeout_seconds = 0", "leaves no time"),
        ("[reports.velocity]\ntimeout_seconds = true", "is not a whole number"),
        ("[reports.velocity]\nnotebook = 'velocty.ipynb'", "Did you mean velocity.ipynb?"),
        ("[reports.'../out']\nnotebook = 'velocity.ipynb'", "no name for a report"),
        ("[reports.'']\nnotebook = 'velocity.ipynb'", "no name for a report"),
        ("[reports.'-x']\nnotebook = 'velocity.ipynb'", "no name for a report"),
        ("[reports.'a/b']\nnotebook = 'velocity.ipynb'", "no name for a report"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, toml, said):
    with pytest.raises(WorkspaceError) as refused:
        read(tmp_path, toml)
    assert said in str(refused.value)


def test_a_notebook_outside_the_workspace_is_refused(tmp_path):
    make(tmp_path / "other", {"velocity": report()})
    toml = '[reports.v]\nnotebook = "../../other/notebooks/velocity.ipynb"'
    with pytest.raises(WorkspaceError, match="outside the workspace"):
        read(tmp_path / "mine", toml)


def test_a_link_out_of_the_workspace_is_refused(tmp_path):
    other = make(tmp_path / "other", {"velocity": report()})
    mine = make(tmp_path / "mine", {"velocity": report()}, "[reports.linked]")
    (mine.root / "notebooks" / "linked.ipynb").symlink_to(
        other.root / "notebooks" / "velocity.ipynb"
    )
    with pytest.raises(WorkspaceError, match="outside the workspace"):
        definitions(mine)


def test_an_unknown_report_names_the_ones_there_are(tmp_path):
    with pytest.raises(WorkspaceError, match="Did you mean velocity") as refused:
        read(tmp_path, TOML, ["velocty"])
    assert refused.value.hint == "its reports: velocity"
