"""The scheduler runs each slot once, whatever the clock says and whoever holds a report."""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.reports.workspaces import make, report
from tpm_analytics.errors import ReportError, WorkspaceError
from tpm_analytics.reports import locks, signals
from tpm_analytics.reports.run import Run
from tpm_analytics.reports.schedule import slots
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
    how = 'no report has a schedule: add every = "mon 07:00" to [reports.NAME] of tpm.toml'
    assert service.coming(nothing, now=SEVEN) == how
    assert service.plan(nothing, now=SEVEN) == ["velocity: runs when asked", how]
    assert len(ran) == 1
