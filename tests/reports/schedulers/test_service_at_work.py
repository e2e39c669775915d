"""Schedulers at work, as processes with kernels: after a kill, beside another, told to stop."""

import contextlib
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.reports.workspaces import code, make, notebook
from tpm_analytics import workspace
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import GOOD
from tpm_analytics.reports.schedule import schedule, slots
from tpm_analytics.reports.schedulers import service, turn

HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 90

# Says when it begins and ends, and fails if another run of its report is under way
WORK = """
import os, pathlib, time
busy = pathlib.Path(f"{name}.busy")
busy.touch(exist_ok=False)
with open("marks", "a") as marks: marks.write(f"{name} began\\n")
time.sleep(0.3)
busy.unlink()
"""
REAL = """
[reports.{name}]
notebook = "work.ipynb"
parameters = {{ name = "{name}" }}
every = "hourly"
missed = "all"
"""


def real(folder, names, hours):
    """A workspace whose reports have `hours` slots each to make up; returns it and the slots."""
    work = notebook(code('name: str = "x"', "parameters"), code(WORK))
    make(folder, {"work": work}, "".join(REAL.format(name=name) for name in names))
    space = workspace.read(folder)
    every = definitions(space)
    path = space.output / ledger.FILE
    now = ledger.now()
    began = now.replace(minute=0, second=0) - hours * HOUR + timedelta(minutes=1)
    slots.pasts(path, every.values(), now=began, changed_at=began)
    pasts = slots.pasts(path, every.values(), now=now, changed_at=began)
    waiting = schedule.due(every.values(), pasts, now=now)
    assert len(waiting) == hours * len(names)
    return space, {(slot.report, slot.due_at) for slot in waiting}


@contextlib.contextmanager
def scheduler(space, *, workers=1):
    """A `tpm schedule` of its own process."""
    command = [sys.executable, "-m", "tpm_analytics", "schedule", "-w", str(space.root)]
    command += ["--workers", str(workers)]
    process = subprocess.Popen(
        command, cwd=space.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stopped(process):
    """Tell a scheduler to end; returns what it printed."""
    process.terminate()
    printed, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, printed
    assert "Traceback" not in printed
    return printed


def wait_until(true):
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def marks(space):
    path = space.root / "marks"
    return path.read_text().splitlines() if path.exists() else []


def ended(space):
    path = space.output / ledger.FILE
    return {(one.report, one.due_at): one for one in slots.taken(path) if one.ended_at}


def good_runs(space):
    found = ledger.entries(space.output / ledger.FILE, limit=None)
    return [entry for entry in found if entry.outcome in GOOD]


def processes_in(folder: Path):
    """Processes that work in `folder`: the kernels, and what they started."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (place / "cwd").readlink() == folder and (place / "stat").read_text().split(") ")[1][
                0
            ] != "Z":
                found.add(int(place.name))
    return found


@pytest.mark.parametrize("names", [pytest.param(["one"], marks=pytest.mark.faults), ["one", "two"]])
def test_a_scheduler_killed_in_the_middle_of_a_run_loses_none_and_doubles_none(tmp_path, names):
    space, wanted = real(tmp_path, names, 2)
    with scheduler(space, workers=len(names)) as first:
        wait_until(lambda: len(marks(space)) > len(names))
        first.send_signal(signal.SIGKILL)
        first.wait()
    wait_until(lambda: not processes_in(tmp_path))
    begun = len(ended(space))
    for name in names:
        (tmp_path / f"{name}.busy").unlink(missing_ok=True)  # it was killed, so it could not
    with scheduler(space) as second:
        wait_until(lambda: len(ended(space)) == len(wanted))
        printed = stopped(second)
    done = ended(space)
    assert set(done) == wanted
    assert {one.outcome for one in done.values()} == {"complete"}
    assert len(good_runs(space)) == len(wanted)
    assert len({one.run_id for one in done.values()}) == len(wanted)
    assert 1 <= begun < len(wanted)
    assert printed.count(": complete, due") >= len(wanted) - begun - len(names)


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.faults), 2])
def test_two_schedulers_at_once_run_each_slot_exactly_once(tmp_path, workers):
    space, wanted = real(tmp_path, ["one", "two"], 2)
    with scheduler(space, workers=workers) as first, scheduler(space, workers=workers) as second:
        wait_until(lambda: len(ended(space)) == len(wanted))
        printed = [stopped(process) for process in (first, second)]
    done = ended(space)
    assert set(done) == wanted
    assert {one.outcome for one in done.values()} == {"complete"}
    assert {one.attempts for one in done.values()} == {1}
    assert sorted(marks(space)) == ["one began"] * 2 + ["two began"] * 2
    assert len(good_runs(space)) == len(wanted)
    assert sum(text.count(": complete, due") for text in printed) == len(wanted)


@pytest.mark.parametrize("names", [pytest.param(["one"], marks=pytest.mark.faults), ["one", "two"]])
def test_a_scheduler_told_to_end_ends_its_runs_with_all_their_processes(tmp_path, names):
    space, wanted = real(tmp_path, names, 1)
    endless = notebook(
        code('name: str = "x"', "parameters"),
        code(
            "import subprocess, time\nsubprocess.Popen(['sleep', '600'])\n"
            "open('marks', 'a').write('x began\\n')\ntime.sleep(600)"
        ),
    )
    make(tmp_path, {"work": endless}, (tmp_path / "tpm.toml").read_text())
    with scheduler(space, workers=len(names)) as process:
        wait_until(lambda: len(marks(space)) == len(names))
        assert len(processes_in(tmp_path) - {process.pid}) >= 2 * len(names)
        assert "stopped: told to end" in stopped(process)
    wait_until(lambda: not processes_in(tmp_path))
    assert ended(space) == {}
    entries = ledger.entries(space.output / ledger.FILE)
    assert [entry.outcome for entry in entries] == ["terminated"] * len(names)
    again = slots.taken(space.output / ledger.FILE)
    assert {(slot.report, slot.due_at) for slot in again} == wanted


def test_reports_due_at_once_run_side_by_side_and_the_slots_of_each_in_turn(tmp_path):
    space, wanted = real(tmp_path, ["one", "two"], 2)
    heard = []
    done = service.run_due(space, workers=2, on_run=heard.append)
    assert heard == done
    assert {(one.slot.report, one.slot.due_at) for one in done} == wanted
    assert {one.run.outcome for one in done} == {"complete"}
    for name in ("one", "two"):
        moments = [one.slot.due_at for one in done if one.run.report == name]
        assert moments == sorted(moments)
    runs = good_runs(space)
    assert {entry.how for entry in runs} == {slots.HOW}
    one, two = ([run for run in runs if run.report == name] for name in ("one", "two"))
    assert any(a.started_at < b.ended_at and b.started_at < a.ended_at for a in one for b in two)
    assert "All 2 reports are up to date" in " ".join(
        (space.output / "index.html").read_text().split()
    )
    assert service.run_due(space, workers=2) == []


@pytest.mark.parametrize(("kills", "outcome", "closed"), [(1, "complete", 2), (2, "lost", 1)])
def test_a_slot_whose_worker_is_killed_is_run_once_more_and_then_left_open(
    tmp_path, kills, outcome, closed
):
    space, wanted = real(tmp_path, ["one", "two"], 1)
    killing = notebook(
        code('name: str = "x"', "parameters"),
        code(
            "import os, pathlib, signal\n"
            f"if name == 'one' and len(list(pathlib.Path().glob('killed*'))) < {kills}:\n"
            "    pathlib.Path(f'killed-{os.getpid()}').touch()\n"
            "    os.kill(int(next(pathlib.Path('reports/one').glob('.running~*')).name"
            ".split('~')[1].split('-')[0]), signal.SIGKILL)\n"
            "    signal.pause()"
        ),
    )
    make(tmp_path, {"work": killing}, (tmp_path / "tpm.toml").read_text())
    done = service.run_due(workspace.read(tmp_path), workers=2)
    assert len(list(tmp_path.glob("killed*"))) == kills
    assert {(one.slot.report, one.slot.due_at) for one in done} == wanted
    told = {one.run.report: (one.run.outcome, one.slot.again) for one in done}
    assert told["one"] == (outcome, True)
    assert told["two"][0] == "complete"
    assert len(ended(space)) == len(good_runs(space)) == closed
    assert {one.attempts for one in slots.taken(space.output / ledger.FILE, "one")} == {2}


def test_a_run_whose_worker_died_before_it_could_say_so_is_told_from_the_ledger(tmp_path):
    space, wanted = real(tmp_path, ["one", "two"], 2)
    every = definitions(space)
    done = service.run_due(space)
    queues = {
        name: [one.slot for one in done if one.slot.report == name] for name in ("one", "two")
    }
    assert {(one.slot.report, one.slot.due_at) for one in done} == wanted
    heard, silent = done[:3], done[3]
    (told,) = turn.unheard(queues, heard, every, space)
    assert told.slot == silent.slot
    assert (told.run.id, told.run.outcome, told.run.page) == (
        silent.run.id,
        "complete",
        silent.run.page,
    )
    assert list(turn.unheard(queues, done, every, space)) == []
