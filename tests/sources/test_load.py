"""What a program's name means depends on the workspace; where there is none, the error says so."""

import pytest

from tpm_analytics import SourceError, load
from tpm_analytics.errors import WorkspaceError


def test_a_name_far_from_any_workspace_says_how_to_name_the_workspace(tmp_path, monkeypatch):
    monkeypatch.delenv("TPM_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="no workspace is here") as error:
        load("sample")
    assert "TPM_WORKSPACE=FOLDER" in error.value.hint


def test_a_name_that_the_workspace_lacks_is_told_with_those_it_has(tmp_path, monkeypatch):
    (tmp_path / "tpm.toml").write_text('[programs.alpha]\nsource = "sample:"\n')
    monkeypatch.setenv("TPM_WORKSPACE", str(tmp_path))
    with pytest.raises(SourceError, match="its programs: alpha") as error:
        load("beta")
    assert "TPM_WORKSPACE" not in error.value.hint


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            '[programs.alpha.workflow]\nReady = "wating"',
            "Workflow maps status 'Ready' to 'wating'. Did you mean waiting?",
        ),
        ('time_zone = "Europe/Madird"', "'Europe/Madird' is not a time zone."),
    ],
)
def test_a_setting_of_a_program_that_cannot_be_meant_is_told_with_its_place(
    tmp_path, monkeypatch, wrong, said
):
    (tmp_path / "tpm.toml").write_text(f'[programs.alpha]\nsource = "sample:"\n{wrong}\n')
    monkeypatch.setenv("TPM_WORKSPACE", str(tmp_path))
    with pytest.raises(WorkspaceError) as refused:
        load("alpha")
    assert refused.value.message == f"{tmp_path / 'tpm.toml'}: [programs.alpha]: {said}"
