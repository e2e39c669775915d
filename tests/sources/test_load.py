"""What a program's name means depends on the workspace; where there is none, the error says so."""

import pytest

from tpm_analytics import SourceError, load


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
