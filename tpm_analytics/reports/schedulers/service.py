"""The scheduler: runs what is due, once or for as long as it is left running."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tpm_analytics.errors import TpmError
from tpm_analytics.reports import catalogue, fan_out, processes, recovery, signals, words
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.page import index
from tpm_analytics.reports.schedule import schedule, slots
from tpm_analytics.reports.schedule.schedule import Slot
from tpm_analytics.reports.schedulers import turn
from tpm_analytics.reports.schedulers.turn import Clock, DueRun, Turn
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.workspace import CONFIG, Workspace, read

LONGEST_SLEEP = timedelta(seconds=30)

Say = Callable[[str], None]


def run_due(
    workspace: Workspace,
    *,
    workers: int = 1,
    on_run: Callable[[DueRun], None] | None = None,
    on_cell: OnCell | None = None,
    clock: Clock = ledger.now,
) -> list[DueRun]:
    """Run the reports that are due and make the index anew.

    Any number of schedulers may do this at once, on one workspace: each slot is run by one of
    them, and no report twice at the same time. One whose report is being run elsewhere is left
    to a later call.

    Parameters
    ----------
    workspace
        Whose reports.
    workers
        How many processes run reports side by side; the slots of one report never do.
    on_run, on_cell
        Told each run as it ends; told the report, the cells done, and how many there are.
    clock
        Tells the time.

    Raises
    ------
    WorkspaceError
        If `tpm.toml` defines a report that cannot be.
    ReportError
        If the ledger cannot be used.
    """
    every = catalogue.definitions(workspace)
    queues: dict[str, list[Slot]] = {}
    for slot in turn.waiting(workspace, every.values(), clock()):
        queues.setdefault(slot.report, []).append(slot)
    done: list[DueRun] = []

    def ended(some: Iterable[DueRun]) -> None:
        for one in some:
            done.append(one)
            if on_run:
                on_run(one)

    try:
        if min(workers, len(queues)) > 1:
            config = fan_out.fingerprint_of(workspace.root)
            turns = [
                Turn(root=workspace.root, config=config, report=name, clock=clock)
                for name in queues
            ]
            crew = processes.Processes(min(workers, len(turns)))
            fan_out.run_many(turns, crew, on_done=ended, on_cell=on_cell)
            if crew.broke:
                ended(list(turn.unheard(queues, done, every, workspace)))
        else:
            for name, queue in queues.items():
                ended(turn.taken(queue, every[name], workspace, on_cell=on_cell, clock=clock))
    finally:
        if done:
            index.write(workspace)
    return done


def next_run(workspace: Workspace, *, now: datetime) -> tuple[ReportDefinition, datetime] | None:
    """Return the report that falls due next after `now`, and when; None if none has a schedule."""
    coming = [
        (at, definition)
        for definition in catalogue.definitions(workspace).values()
        if (at := schedule.next_due(definition, now)) is not None
    ]
    if not coming:
        return None
    at, definition = min(coming, key=lambda pair: pair[0])
    return definition, at


def serve(
    root: Path,
    *,
    say: Say,
    workers: int = 1,
    clock: Clock = ledger.now,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Run what is due in the workspace at `root`, until told to stop.

    It may be killed at any moment and started again: a run that was cut off is run again, one
    that had ended is not. SIGTERM ends the current runs with all their processes, and returns.

    Parameters
    ----------
    root
        Folder of `tpm.toml`, which is read again whenever it changes.
    say
        Told a line for each run and each trouble.
    workers
        How many processes run reports side by side.
    clock, sleep
        Tell the time, and wait so many seconds.

    Raises
    ------
    WorkspaceError
        If there is no workspace at `root` when it starts.
    """
    kept = _Plan(root=root)
    kept.load()
    recovery.tidy(kept.workspace)
    say(_opening(kept.workspace, clock()))
    try:
        with signals.heeded():
            while True:
                wake = _round(kept, say, workers, clock)
                sleep(max(0.0, (wake - clock()).total_seconds()))
    except signals.Terminated:
        say("stopped: told to end")


def told(done: DueRun) -> str:
    """Return the line of a run: what was due, how it ended, and what it made up for."""
    slot, ended = done.slot, done.run
    parts = [f"{ended.report}: {ended.outcome}, due {words.moment(slot.due_at, done.time_zone)}"]
    if slot.stands_for:
        parts.append(f"makes up {slot.stands_for} missed before")
    if slot.again:
        parts.append("was cut off before")
    if ended.error is not None:
        parts.append(str(ended.error.message))
    parts.extend(f"not delivered to {one.to}: {one.error}" for one in ended.undelivered)
    return "; ".join(parts)


def coming(workspace: Workspace, *, now: datetime) -> str:
    """Say what runs next, and when."""
    found = next_run(workspace, now=now)
    if found is None:
        return 'no report has a schedule: add every = "mon 07:00" to [reports.NAME] of tpm.toml'
    definition, at = found
    zone = definition.schedule.time_zone if definition.schedule else "UTC"
    return f"next: {definition.name}, {words.moment(at, zone)}"


def plan(workspace: Workspace, *, now: datetime) -> list[str]:
    """Return a line for each report: its schedule, when it is due next, how its last slot ended.

    Where none has a schedule, a last line says how to give it one.
    """
    lines = []
    for name, definition in catalogue.definitions(workspace).items():
        due = schedule.next_due(definition, now)
        if definition.schedule is None or due is None:
            lines.append(f"{name}: runs when asked")
            continue
        when = words.moment(due, definition.schedule.time_zone)
        taken = slots.taken(workspace.output / ledger.FILE, name)
        last = f"; last {taken[-1].outcome or 'begun and not ended'}" if taken else ""
        lines.append(f"{name}: {definition.schedule.every}; next {when}{last}")
    return lines if next_run(workspace, now=now) else [*lines, coming(workspace, now=now)]


@dataclass
class _Plan:
    """The workspace as it was last read, from which state of its file, and if that still stands."""

    root: Path
    seen: tuple[int, int] = field(default=(0, 0), init=False)
    current: bool = field(default=False, init=False)
    workspace: Workspace = field(init=False)

    def load(self) -> None:
        """Read the workspace; the old one stands if the new one cannot be used."""
        self.seen, self.current = self.state(), False
        found = read(self.root)
        catalogue.definitions(found)
        self.workspace, self.current = found, True

    def state(self) -> tuple[int, int]:
        try:
            found = (self.root / CONFIG).stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size


def _round(kept: _Plan, say: Say, workers: int, clock: Clock) -> datetime:
    """Look once; returns when to look again."""
    try:
        if kept.state() != kept.seen:
            kept.load()
            say(f"{CONFIG} was read again; {coming(kept.workspace, now=clock())}")
    except TpmError as error:
        say(f"{error.message} The reports go on as they were.")
    try:
        workers = workers if kept.current else 1  # others cannot read what is there no more
        run_due(kept.workspace, workers=workers, on_run=lambda done: say(told(done)), clock=clock)
        every = catalogue.definitions(kept.workspace).values()
    except TpmError as error:
        say(f"nothing was run: {error.message}")
        return clock() + LONGEST_SLEEP
    return schedule.next_waking(every, clock(), at_most=LONGEST_SLEEP)


def _opening(workspace: Workspace, now: datetime) -> str:
    every = catalogue.definitions(workspace).values()
    count = sum(definition.schedule is not None for definition in every)
    return f"{count} of {len(every)} reports have a schedule; {coming(workspace, now=now)}"
