"""The scheduler runs each slot once: after a kill, beside another one, and when told to stop."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.reports.workspaces import code, make, notebook, report
from tpm_analytics import workspace
from tpm_analytics.errors import ReportError, WorkspaceError
from tpm_analytics.reports import locks, signals
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.run import Run
from tpm_analytics.reports.schedule import schedule, slots
from tpm_analytics.reports.schedulers import service, turn

SEVEN = datetime(2025, 3, 3, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PATIENCE_SECONDS = 90
DAILY = '[reports.velocity]\nevery = "daily 07:00"\nmissed = "{missed}"\n'


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@pytest.fixture
def ran(monkeypatch):
    """Runs that only say they ran: (report, as_of) each; those in `fails` fail."""
    seen = []

    def run(definition, _, *, as_of=None, on_cell=None, how=""):
        assert (on_cell, how) == (None, slots.HOW)
        seen.append((definition.name, as_of))
        error = ReportError("no data") if definition.name == "broken" else None
        return Run(
            id=len(seen), report=definition.name, title="", page=None, notebook=None, error=error,
            outcome="failed" if error else "complete", started_at=SEVEN, ended_at=SEVEN,
        )  # fmt: skip

    monkeypatch.setattr(turn, "run", run)
    return seen


@contextlib.contextmanager
def held_elsewhere(path):
    """Hold a lock in another thread."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with locks.alone(path):
            held.set()
            done.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold)
        assert held.wait(PATIENCE_SECONDS)
        yield
        done.set()
        holding.result()


def space_of(folder, toml):
    """A workspace whose `tpm.toml` was written long before the days of these tests."""
    space = make(folder, {"velocity": report()}, toml)
    os.utime(folder / "tpm.toml", (0, 0))
    return space


def due(space, now):
    return [
        (done.slot.report, f"{done.slot.due_at:%d %H:%M}")
        for done in service.run_due(space, clock=Clock(now))
    ]


def test_a_slot_runs_when_it_is_due_and_never_again(tmp_path, ran):
    space = space_of(tmp_path, DAILY.format(missed="once"))
    assert due(space, SEVEN - 2 * HOUR) == []
    assert due(space, SEVEN) == [("velocity", "03 07:00")]
    assert due(space, SEVEN) == []
    assert due(space, SEVEN - HOUR / 2) == []  # the clock is set back
    assert due(space, SEVEN + HOUR) == []
    assert due(space, SEVEN + DAY) == [("velocity", "04 07:00")]
    assert len(ran) == 2


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("once", [("velocity", "05 07:00")]),
        ("skip", []),
        ("all", [("velocity", f"0{day} 07:00") for day in (3, 4, 5)]),
    ],
)
def test_days_that_nobody_was_awake_are_caught_up_as_the_report_says(
    tmp_path, ran, missed, expected
):
    space = space_of(tmp_path, DAILY.format(missed=missed))
    due(space, SEVEN - 2 * HOUR)
    assert due(space, SEVEN + 2 * DAY + 2 * HOUR) == expected
    assert due(space, SEVEN + 2 * DAY + 2 * HOUR) == []
    assert len(ran) == len(expected)


def test_each_of_many_members_runs_by_the_clock_of_its_own_program(tmp_path, ran):
    toml = (
        '[programs.a]\nsource = "folder:a"\ntime_zone = "Europe/Madrid"\n'
        '[programs.b]\nsource = "folder:b"\ntime_zone = "America/New_York"\n'
        '[reports.velocity]\nevery = "daily 07:00"\nfor_each = { program = ["a", "b"] }\n'
    )
    space = space_of(tmp_path, toml)
    due(space, SEVEN - 2 * HOUR)
    assert due(space, SEVEN) == [("velocity--a", "03 06:00")]
    assert due(space, SEVEN + 6 * HOUR) == [("velocity--b", "03 12:00")]
    assert [name for name, _ in ran] == ["velocity--a", "velocity--b"]


@pytest.mark.parametrize(
    ("as_of", "seen_from"), [('"today"', "2025-03-03"), ('"2025-01-31"', None)]
)
def test_a_made_up_run_of_a_live_program_sees_the_day_it_was_due(tmp_path, ran, as_of, seen_from):
    toml = (
        f'[programs.sample]\nsource = "folder:a"\nas_of = {as_of}\n'
        '[reports.velocity]\nevery = "daily 07:00"\nmissed = "all"\ntime_zone = "Asia/Tokyo"\n'
        'parameters = { program = "sample" }\n'
    )
    space = space_of(tmp_path, toml)
    due(space, SEVEN - 11 * HOUR)  # 07:00 in Tokyo is 22:00 of the day before
    due(space, SEVEN + 15 * HOUR)
    assert ran == [("velocity", seen_from), ("velocity", None)]


def test_a_report_that_is_being_run_elsewhere_waits_and_its_slots_keep_their_order(tmp_path, ran):
    toml = DAILY.format(missed="all") + '[reports.other]\nnotebook = "velocity.ipynb"\n'
    space = space_of(tmp_path, toml + 'every = "daily 06:30"\n')
    due(space, SEVEN - 2 * HOUR)
    with held_elsewhere(locks.of_report(space.output, "velocity")):
        assert due(space, SEVEN + DAY) == [("other", "04 06:30")]
    assert due(space, SEVEN + DAY) == [("velocity", "03 07:00"), ("velocity", "04 07:00")]
    assert len(ran) == 3


def test_a_failed_run_is_over_and_the_others_go_on(tmp_path, ran):
    toml = DAILY.format(missed="once") + '[reports.broken]\nnotebook = "velocity.ipynb"\n'
    space = space_of(tmp_path, toml + 'every = "daily 06:00"\n')
    due(space, SEVEN - 2 * HOUR)
    done = service.run_due(space, clock=Clock(SEVEN))
    assert [service.told(one) for one in done] == [
        "broken: failed, due 3 March 2025, 06:00 (UTC); no data",
        "velocity: complete, due 3 March 2025, 07:00 (UTC)",
    ]
    assert (space.output / "index.html").is_file()
    assert due(space, SEVEN) == []
    assert len(ran) == 2


def serve(root, clock, rounds):
    """Serve until `rounds` is used up: a function a sleep; returns what was said."""
    said, steps, slept = [], iter(rounds), []

    def sleep(seconds):
        slept.append(seconds)
        step = next(steps, None)
        if step is None:
            raise signals.Terminated
        step()

    service.serve(root, say=said.append, clock=clock, sleep=sleep)
    assert said.pop() == "stopped: told to end"
    return said, slept


def test_the_service_wakes_at_the_next_slot_and_half_a_minute_later_at_most(tmp_path, ran):
    space_of(tmp_path, DAILY.format(missed="once"))
    clock = Clock(SEVEN - timedelta(seconds=40))
    said, slept = serve(
        tmp_path,
        clock,
        [
            lambda: setattr(clock, "now", SEVEN - timedelta(seconds=10)),
            lambda: setattr(clock, "now", SEVEN),
        ],
    )
    assert slept == [30, 10, 30]
    assert said == [
        "1 of 1 reports have a schedule; next: velocity, 3 March 2025, 07:00 (UTC)",
        "velocity: complete, due 3 March 2025, 07:00 (UTC)",
    ]
    assert len(ran) == 1


def test_the_service_sees_that_tpm_toml_has_changed_and_outlives_a_broken_one(tmp_path, ran):
    space_of(tmp_path, DAILY.format(missed="once"))
    config = tmp_path / "tpm.toml"
    clock = Clock(SEVEN - HOUR)

    def hourly():
        config.write_text('[reports.velocity]\nevery = "hourly"\n')
        os.utime(config, (0, SEVEN.timestamp()))

    said, _ = serve(
        tmp_path,
        clock,
        [
            lambda: config.write_text("[reports"),
            lambda: None,
            config.unlink,
            hourly,
            lambda: setattr(clock, "now", SEVEN + HOUR),
        ],
    )
    assert [line for line in said if "is not valid TOML" in line] == said[1:2]
    assert "cannot be read" in said[2]
    assert said[3].startswith("tpm.toml was read again; next: velocity, 3 March 2025, 07:00")
    assert said[4].startswith("velocity: complete, due 3 March 2025, 08:00")
    assert len(ran) == 1


def test_the_service_tells_of_a_ledger_that_cannot_be_used_and_goes_on(tmp_path, ran, monkeypatch):
    space_of(tmp_path, DAILY.format(missed="once"))

    def refuse(*_, **__):
        raise ReportError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(slots, "pasts", refuse)
        said, slept = serve(tmp_path, Clock(SEVEN), [lambda: None])
    assert said[1:] == ["nothing was run: the disk is full"] * 2
    assert slept == [30, 30]
    assert ran == []


def test_a_service_without_a_workspace_does_not_start(tmp_path):
    with pytest.raises(WorkspaceError):
        service.serve(tmp_path, say=print)


def test_the_plan_says_of_each_report_when_it_runs_next_and_how_its_last_slot_ended(tmp_path, ran):
    toml = DAILY.format(missed="once") + '[reports.asked]\nnotebook = "velocity.ipynb"\n'
    space = space_of(tmp_path, toml)
    due(space, SEVEN - 2 * HOUR)
    due(space, SEVEN)
    assert service.plan(space, now=SEVEN) == [
        "velocity: daily 07:00; next 4 March 2025, 07:00 (UTC); last complete",
        "asked: runs when asked",
    ]
    nothing = make(tmp_path / "other", {"velocity": report()})
    assert "no report has a schedule" in service.coming(nothing, now=SEVEN)
    assert len(ran) == 1


# From here on: real processes, real kernels

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
    return [entry for entry in found if entry.outcome in ledger.GOOD]


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


def test_a_slot_whose_worker_is_killed_is_run_again_by_the_next(tmp_path):
    space, wanted = real(tmp_path, ["one", "two"], 1)
    killing = notebook(
        code('name: str = "x"', "parameters"),
        code(
            "import os, pathlib, signal\n"
            "mark = pathlib.Path('killed')\n"
            "if name == 'one' and not mark.exists():\n"
            "    mark.touch()\n"
            "    os.kill(int(next(pathlib.Path('reports/one').glob('.running~*')).name"
            ".split('~')[1].split('-')[0]), signal.SIGKILL)\n"
            "    signal.pause()"
        ),
    )
    make(tmp_path, {"work": killing}, (tmp_path / "tpm.toml").read_text())
    done = service.run_due(workspace.read(tmp_path), workers=2)
    assert (tmp_path / "killed").exists()
    assert {(one.slot.report, one.slot.due_at) for one in done} == wanted
    assert {one.run.outcome for one in done} == {"complete"}
    assert {one.slot.again for one in done if one.slot.report == "one"} == {True}
    assert len(good_runs(space)) == len(wanted)
