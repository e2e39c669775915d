"""The command line: what it prints, how it ends, and that it never shows a traceback."""

import contextlib
import gzip
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import pytest

from tests.places import REPOSITORY
from tpm_analytics import cli

ISSUE = {"key": "A-1", "fields": {"summary": "x", "created": "2025-03-03T09:00:00.000+0000"}}


@dataclass
class Done:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def tpm(*arguments, cwd):
    """Run a command in this process, as the installed script would."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "argv", ["tpm", *arguments])
        patch.delenv("TPM_WORKSPACE", raising=False)
        with pytest.raises(SystemExit) as end:
            cli.main()
    code = end.value.code
    return Done(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace as `tpm init` makes it."""
    folder = tmp_path_factory.mktemp("made") / "workspace"
    done = tpm("init", str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return folder


def test_new_workspace_holds_all_it_needs_and_is_not_made_twice(made):
    assert {path.name for path in made.iterdir()} == {"tpm.toml", "notebooks", "data"}
    carried = {path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (made / "notebooks").iterdir()} == carried
    again = tpm("init", str(made), cwd=made)
    assert again.returncode == 1
    assert "is a workspace already" in again.stderr


def test_run_leaves_a_page_an_executed_notebook_and_an_index(made):
    done = tpm("run", "velocity", "--set", "team=Mobile", "--as-of", "2025-03-31", cwd=made)
    assert done.returncode == 0, done.stderr
    assert {"page.html", "notebook.ipynb"} <= {
        p.name for p in (made / "reports/velocity").iterdir()
    }
    assert str(made / "reports" / "index.html") in done.stdout
    page = (made / "reports/velocity/page.html").read_text()
    assert "Mobile" in page
    assert "31 March 2025" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["run", "velocity", "--set", "teem=x"], "Did you mean team", id="typo"),
        pytest.param(["run", "velocity", "--set", "sprints=many"], "sprints", id="wrong type"),
        pytest.param(["run", "velocity", "--set", "team"], "NAME=VALUE", id="no value"),
        pytest.param(["run", "velocty"], "velocity", id="unknown report"),
        pytest.param(["run", "velocity", "--as-of", "31.3.2025"], "2025-03-07", id="no ISO day"),
        pytest.param(["run", "velocity", "--set", "team=Mobil"], "its teams", id="unknown team"),
        pytest.param(["check", "sampel"], "its programs: sample", id="unknown program"),
        pytest.param(["check", "jyra:x"], "the readers are", id="unknown reader"),
        pytest.param(["check", "jira:no.json"], "does not exist", id="no file"),
        pytest.param(["check", "sample", "--time-zone", "Mars/Base"], "IANA", id="no zone"),
    ],
)
def test_mistake_is_answered_in_a_sentence(made, arguments, said):
    done = tpm(*arguments, cwd=made)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def exported(content):
    return json.dumps(content).encode()


BROKEN = {
    "truncated.json": exported([ISSUE, ISSUE])[:-20],
    "cut.json.gz": gzip.compress(exported([ISSUE]) * 50)[:-30],
    "utf16.json": json.dumps([ISSUE]).encode("utf-16"),
    "login.json": b"<!DOCTYPE html><html><body>Log in</body></html>",
    "empty.json": b"",
    "no_created.json": exported([{"key": "A-1", "fields": {"summary": "x"}}]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_export_names_the_file_and_a_remedy(tmp_path, name):
    (tmp_path / name).write_bytes(BROKEN[name])
    done = tpm("check", f"jira:{name}", cwd=tmp_path)
    assert done.returncode == 1
    assert name in done.stderr
    assert "Hint:" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


TABLES = {
    "three date formats": "item_id,created_at\nA-1,2025-03-03\nA-2,03/04/2025\nA-3,5. Mai 2025\n",
    "duplicate keys": "item_id,created_at\nA-1,2025-03-03\nA-1,2025-03-04\n",
    "a column missing": "name,created_at\nA-1,2025-03-03\n",
}


@pytest.mark.parametrize("fault", TABLES)
def test_broken_table_names_the_file_and_the_rows(tmp_path, fault):
    (tmp_path / "items.csv").write_text(TABLES[fault], encoding="utf-8")
    done = tpm("check", f"folder:{tmp_path}", cwd=tmp_path)
    assert done.returncode == 1
    assert "items.csv" in done.stderr
    assert "Hint:" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_that_a_given_workflow_does_not_map_is_named(tmp_path):
    (tmp_path / "items.csv").write_text("item_id,created_at,status\nA-1,2025-03-03,Parked\n")
    (tmp_path / "tpm.toml").write_text(
        '[programs.p]\nsource = "folder:."\n[programs.p.workflow]\nDone = "done"\n'
    )
    done = tpm("check", "p", cwd=tmp_path)
    assert done.returncode == 1
    assert "'Parked'" in done.stderr


def test_check_ends_with_1_on_an_error_and_0_without(tmp_path):
    faulty = "item_id,created_at,started_at,finished_at\nA-1,2025-03-01,2025-03-05,2025-03-03\n"
    (tmp_path / "items.csv").write_text(faulty)
    assert tpm("check", "folder:.", cwd=tmp_path).returncode == 1
    (tmp_path / "items.csv").write_text(faulty.replace("2025-03-03\n", "2025-03-09\n"))
    assert tpm("check", "folder:.", cwd=tmp_path).returncode == 0


def test_installed_command_ends_without_a_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tpm_analytics", "check", "jira:no.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_wheel_carries_notebooks_and_configuration(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for notebook in (REPOSITORY / "notebooks").glob("*.ipynb"):
        assert f"tpm_analytics/carried/notebooks/{notebook.name}" in names
    assert "tpm_analytics/carried/tpm.toml" in names
    assert any(name.startswith("tpm_analytics/reports/page/templates/") for name in names)


def test_history_lists_runs_follows_a_figure_and_gives_all_to_others(made, tmp_path):
    again = tpm("run", "velocity", "--set", "team=Mobile", "--as-of", "2025-03-31", cwd=made)
    assert "nothing changed since" in again.stdout
    assert "reused" in tpm("history", "velocity", cwd=made).stdout
    drawn = tpm("history", "--figure", "commitment_kept", cwd=made).stdout
    assert drawn.startswith("velocity: commitment_kept\n2025-03-31")
    path = tmp_path / "history.csv"
    assert str(path) in tpm("history", "--frame", str(path), cwd=made).stdout
    assert "commitment_kept" in path.read_text()
    unknown = tpm("history", "--figure", "speed", cwd=made)
    assert unknown.returncode == 1
    assert "commitment_kept" in unknown.stderr
    assert tpm("history", "velocty", cwd=made).returncode == 1
