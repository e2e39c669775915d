"""`tpm run --due` in cron or systemd: written once, taken out whole, all else left as it was."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tpm_analytics.reports.schedulers import install
from tpm_analytics.reports.schedulers.job import Job, SchedulerError

OTHERS = "MAILTO=me@example.com\n# mine\n0 5 * * 1 tar -zcf /var/backups/home.tgz /home/\n"

# A crontab that keeps its table in a file beside it, and speaks as Debian's does
CRONTAB = """#!/bin/sh
table="$(dirname "$0")/table"
case "$1" in
  -l) [ -f "$(dirname "$0")/broken" ] && { echo "permission denied" >&2; exit 1; }
      [ -f "$table" ] && exec /bin/cat "$table"
      echo "no crontab for me" >&2; exit 1;;
  -) [ -f "$(dirname "$0")/refuses" ] && { echo "bad minute" >&2; exit 1; }
     exec /bin/cat > "$table";;
esac
exit 2
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/orders"
[ -f "$(dirname "$0")/refuses" ] && [ "$2" = enable ] && { echo "no such unit" >&2; exit 1; }
exit 0
"""


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A folder that is the whole PATH, with the tools a test puts there."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "dirname"):
        (folder / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return folder


@pytest.fixture
def cron(tools):
    executable(tools / "crontab", CRONTAB)
    return tools / "table"


@pytest.fixture
def systemd(tools, tmp_path):
    executable(tools / "systemctl", SYSTEMCTL)
    return tmp_path / "config" / "systemd" / "user"


@pytest.fixture
def job(tmp_path):
    root = tmp_path / '50% of $HOME\'s "reports" \\ here'
    root.mkdir()
    return Job(root=root)


def test_the_block_is_added_below_what_is_there_and_only_once(cron, job):
    cron.write_text(OTHERS)
    where, block = install.install(job)
    install.install(job)
    assert where == "cron"
    assert cron.read_text() == OTHERS + block
    assert block.count("run --due") == 1


def test_to_install_again_changes_the_block_where_it_stands_alone(cron, job):
    install.install(job)
    install.install(Job(root=job.root, minutes=1))
    assert "\n* * * * * " in cron.read_text()
    assert "*/5" not in cron.read_text()


@pytest.mark.parametrize("others", ["", OTHERS, OTHERS.rstrip("\n"), "\n\n# two lines\n"])
def test_uninstall_leaves_every_other_line_as_it_was(cron, job, others):
    cron.write_text(others)
    install.install(job)
    assert install.uninstall(job) == ["cron"]
    assert cron.read_text().rstrip("\n") == others.rstrip("\n")
    assert install.uninstall(job) == []


def test_lines_that_came_after_the_block_stay_too(cron, job):
    install.install(job)
    cron.write_text(cron.read_text() + OTHERS)
    install.install(job)
    install.uninstall(job)
    assert cron.read_text() == OTHERS


def test_two_workspaces_do_not_touch_one_another(cron, job, tmp_path):
    other = Job(root=tmp_path / "other")
    install.install(other)
    alone = cron.read_text()
    install.install(job)
    install.uninstall(job)
    assert cron.read_text() == alone
    assert list(install.shown(other)) == ["cron"]
    assert install.shown(job) == {}


def test_cron_runs_exactly_the_command_whatever_the_folder_is_called(cron, job):
    install.install(job)
    line = next(line for line in cron.read_text().splitlines() if "--due" in line)
    *when, command = line.split(maxsplit=5)
    assert when == ["*/5", "*", "*", "*", "*"]
    # what cron hands to the shell: up to the first bare percent sign, of which there is none
    handed = command.replace(r"\%", "\0")
    assert "%" not in handed
    words = shlex.split(handed.replace("\0", "%"))
    assert words == [*job.command, ">", "/dev/null"]
    assert Path(words[0]).is_absolute()


def test_a_crontab_that_cannot_be_read_is_never_written_over(cron, job):
    cron.write_text(OTHERS)
    (cron.parent / "broken").touch()
    with pytest.raises(SchedulerError, match="permission denied"):
        install.install(job)
    (cron.parent / "broken").unlink()
    assert cron.read_text() == OTHERS


def test_a_crontab_that_is_refused_says_why(cron, job):
    (cron.parent / "refuses").touch()
    with pytest.raises(SchedulerError, match="bad minute"):
        install.install(job)


def test_systemd_gets_a_service_and_a_timer_and_starts_it(systemd, tools, job):
    where, written = install.install(job)
    assert where == "systemd"
    assert {path.name for path in systemd.iterdir()} == {f"{job.name}.service", f"{job.name}.timer"}
    assert "OnCalendar=*:0/5" in written
    assert install.shown(job) == {"systemd": written}
    install.install(job)
    assert (tools / "orders").read_text().count(f"--user enable --now {job.name}.timer") == 2


def test_systemd_units_are_taken_out_and_stopped(systemd, tools, job):
    install.install(job)
    (systemd / "mine.timer").write_text("[Timer]\n")
    assert install.uninstall(job) == ["systemd"]
    assert [path.name for path in systemd.iterdir()] == ["mine.timer"]
    assert f"--user disable --now {job.name}.timer" in (tools / "orders").read_text()
    assert install.uninstall(job) == []


def test_units_that_systemd_refuses_do_not_stay(systemd, tools, job):
    (tools / "refuses").touch()
    with pytest.raises(SchedulerError, match="no such unit"):
        install.install(job)
    assert list(systemd.iterdir()) == []


def test_the_units_mean_the_command_to_systemd_itself(systemd, job, monkeypatch, tmp_path):
    analyze = shutil.which("systemd-analyze", path=os.defpath + ":/usr/bin:/bin")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    install.install(job)
    units = [str(path) for path in sorted(systemd.iterdir())]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    checked = subprocess.run(
        [analyze, "--user", "verify", *units], capture_output=True, text=True, check=False
    )
    if "Failed to initialize manager" in checked.stderr:
        pytest.skip("systemd-analyze cannot check units on this machine")
    assert [line for line in checked.stderr.splitlines() if job.name in line] == []
    assert checked.returncode == 0, checked.stderr


def test_the_words_of_the_service_are_quoted_as_systemd_reads_them(systemd, job):
    install.install(job)
    service = (systemd / f"{job.name}.service").read_text()
    (command,) = [line for line in service.splitlines() if line.startswith("ExecStart=")]
    read = shlex.split(command.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
    assert read == job.command
    assert read[0] == sys.executable


@pytest.mark.usefixtures("systemd")
def test_a_job_moves_from_one_scheduler_to_the_other(cron, job):
    assert install.install(job)[0] == "cron"
    assert install.install(job, into="systemd")[0] == "systemd"
    assert list(install.shown(job)) == ["systemd"]
    assert "run --due" not in cron.read_text()


@pytest.mark.parametrize(
    ("into", "said"),
    [
        (None, "no cron nor systemd"),
        ("cron", "no cron that"),
        ("systemd", "no systemd that"),
        ("launchd", "launchd is no scheduler that is known"),
    ],
)
@pytest.mark.usefixtures("tools")
def test_where_there_is_no_scheduler_other_ways_are_named(job, into, said):
    with pytest.raises(SchedulerError, match=said) as refused:
        install.install(job, into=into)
    assert refused.value.hint


@pytest.mark.parametrize("minutes", [0, 7, 45, -5])
def test_only_even_parts_of_an_hour_can_be_meant(tmp_path, minutes):
    with pytest.raises(SchedulerError, match="no even part"):
        Job(root=tmp_path, minutes=minutes)


def test_a_folder_that_would_break_the_line_is_refused(tmp_path):
    with pytest.raises(SchedulerError, match="cannot be told"):
        Job(root=tmp_path / "a\n* * * * * rm")
