"""`tpm schedule` and `tpm run --due` at the command line."""

import os

import pytest

from tests.reports.schedulers.test_install import CRONTAB, executable
from tests.reports.workspaces import code, make, notebook
from tests.test_cli import tpm
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.schedule import slots
from tpm_analytics.reports.schedulers import service

TOML = """
[reports.good]
notebook = "work.ipynb"
every = "hourly"
[reports.bad]
notebook = "work.ipynb"
every = "hourly"
parameters = { fails = true }
[reports.asked]
notebook = "work.ipynb"
"""


@pytest.fixture
def home(tmp_path):
    work = notebook(code("fails: bool = False", "parameters"), code("assert not fails"))
    return make(tmp_path / "home", {"work": work}, TOML)


def seen_before(space, *names):
    """Let the schedules of `names` have been seen two hours ago; the others are new."""
    now = ledger.now()
    chosen = definitions(space, names).values()
    before = now - 2 * service.schedule.MISSED_AFTER
    slots.pasts(space.output / ledger.FILE, chosen, now=before, changed_at=before)


def test_nothing_is_due_at_first_and_what_comes_next_is_said(home):
    done = tpm("run", "--due", cwd=home.root)
    assert done.returncode == 0
    assert "nothing is due; next: good, " in done.stdout


def test_what_is_due_is_run_once_and_a_failure_ends_with_status_1(home):
    os.utime(home.root / "tpm.toml", None)
    seen_before(home, "good", "bad")
    done = tpm("run", "--due", cwd=home.root)
    assert done.returncode == 1, done.stderr
    assert "good: complete, due " in done.stdout
    assert "bad: failed, due " in done.stdout
    assert "AssertionError" in done.stdout
    assert (home.output / "good" / "page.html").is_file()
    again = tpm("run", "--due", cwd=home.root)
    assert again.returncode == 0
    assert "nothing is due" in again.stdout


@pytest.mark.parametrize("more", [["good"], ["--as-of", "2025-03-31"], ["--set", "fails=true"]])
def test_what_is_due_cannot_be_chosen(home, more):
    done = tpm("run", "--due", *more, cwd=home.root)
    assert done.returncode == 1
    assert "takes no reports, no values" in " ".join(done.stderr.split())


def test_a_schedule_is_installed_shown_and_taken_out(home, tmp_path, monkeypatch):
    executable(tmp_path / "tools" / "crontab", CRONTAB)
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}{os.pathsep}{os.environ['PATH']}")
    often = ("--minutes", "10", "--workers", "3")
    installed = tpm("schedule", "install", "--into", "cron", *often, cwd=home.root)
    assert installed.returncode == 0, installed.stderr
    assert "*/10 * * * *" in installed.stdout
    assert " --workers 3 " in installed.stdout
    shown = tpm("schedule", "show", "-w", str(home.root), cwd=tmp_path)
    assert "good: hourly; next " in shown.stdout
    assert "asked: runs when asked" in shown.stdout
    assert f"run --due --workspace {home.root}" in shown.stdout
    assert "Removed from cron" in tpm("schedule", "uninstall", cwd=home.root).stdout
    assert "Nothing was installed" in tpm("schedule", "uninstall", cwd=home.root).stdout
    assert "Nothing is installed" in tpm("schedule", "show", cwd=home.root).stdout


def test_a_schedule_that_cannot_be_meant_is_told_without_a_traceback(home):
    (home.root / "tpm.toml").write_text('[reports.work]\nevery = "munday 07:00"\n')
    for command in (["run", "--due"], ["schedule"], ["schedule", "show"]):
        done = tpm(*command, cwd=home.root)
        assert done.returncode == 1
        assert "is no day of the week" in " ".join(done.stderr.split())
