"""The turn of a report: the slots of it that wait, each taken and run, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tpm_analytics import workspace
from tpm_analytics.clock import zone
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import fan_out, locks, notebooks, parameters, recovery
from tpm_analytics.reports.catalogue import ReportDefinition, definitions
from tpm_analytics.reports.fan_out import Say
from tpm_analytics.reports.fingerprint import AS_OF, TODAY
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.run import Run, run
from tpm_analytics.reports.schedule import schedule, slots
from tpm_analytics.reports.schedule.schedule import Slot
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.workspace import CONFIG, Workspace

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class DueRun:
    """A run that ended, the slot it was for, and the zone whose clock said it was due."""

    slot: Slot
    run: Run
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The turn of one report, taken by a worker.

    Attributes
    ----------
    root, config
        The workspace, and the fingerprint of its `tpm.toml`.
    report
        Name of the report. Which of its slots wait is looked up again by who takes the turn: an
        earlier worker may have died in the middle of it.
    clock
        Tells the time.
    """

    root: Path
    config: str
    report: str
    clock: Clock

    def do(self, say: Say | None = None) -> list[DueRun]:
        """Run what waits; nothing if the report is being run elsewhere."""
        space = fan_out.same_workspace(self.root, self.config)
        definition = definitions(space, [self.report])[self.report]
        queue = waiting(space, [definition], self.clock())
        return list(taken(queue, definition, space, on_cell=say, clock=self.clock))

    def lost(self) -> list[DueRun]:
        """Tell of a run whose workers died; its slot stays open."""
        space = workspace.read(self.root)
        ended = fan_out.lost(space, definitions(space, [self.report])[self.report])
        definition = definitions(space, [self.report])[self.report]
        left = waiting(space, [definition], self.clock())
        return [_told(slot, ended, definition) for slot in left[:1]]


def waiting(space: Workspace, every: Iterable[ReportDefinition], now: datetime) -> list[Slot]:
    """Return the slots of the reports `every` that are to be run now, the oldest first."""
    try:
        changed = datetime.fromtimestamp((space.root / CONFIG).stat().st_mtime, UTC)
    except OSError:  # it was taken away while this ran
        changed = now
    every = list(every)
    pasts = slots.pasts(space.output / ledger.FILE, every, now=now, changed_at=changed)
    return schedule.due(every, pasts, now=now)


def taken(
    queue: Iterable[Slot],
    definition: ReportDefinition,
    space: Workspace,
    *,
    on_cell: OnCell | None,
    clock: Clock,
) -> Iterator[DueRun]:
    """Take the slots of one report in turn, run them, and yield each run as it ends.

    The rest is left to a later call while the report is run elsewhere: a later slot must not
    overtake an earlier one. A slot that another has taken is passed over.
    """
    for slot in queue:
        with locks.alone(locks.of_report(space.output, slot.report), wait=False) as held:
            ended = _run(slot, definition, space, on_cell, clock) if held else None
        if not held:
            return
        if ended is not None:
            yield _told(slot, ended, definition)


def unheard(
    queues: Mapping[str, Iterable[Slot]],
    heard: Iterable[DueRun],
    every: Mapping[str, ReportDefinition],
    space: Workspace,
) -> Iterator[DueRun]:
    """Yield the runs of `queues` that ended, but whose worker died before it could say so."""
    path = space.output / ledger.FILE
    told = {(one.slot.report, one.slot.due_at) for one in heard}
    runs = {(one.report, one.due_at): one.run_id for one in slots.taken(path)}
    entries = {entry.id: entry for entry in ledger.entries(path, limit=None)}
    for name, queue in queues.items():
        for slot in queue:
            key = name, slot.due_at
            entry = None if key in told else entries.get(runs.get(key) or 0)
            if entry is not None:
                yield _told(slot, fan_out.done_already(entry, every[name], space), every[name])


def _run(
    slot: Slot,
    definition: ReportDefinition,
    space: Workspace,
    on_cell: OnCell | None,
    clock: Clock,
) -> Run | None:
    """Take the slot and run it; None if another has taken it. The report's lock is held."""
    path = space.output / ledger.FILE
    if slot.again:  # its run may have ended well, and only its end not been written down
        recovery.tidy_report(space.output, slot.report)
    if not slots.take(path, slot, now=clock()):
        return None
    as_of = _day(slot, definition, space)
    ended = run(definition, space, as_of=as_of, on_cell=on_cell, how=slots.HOW)
    slots.end(path, slot, outcome=ended.outcome, run_id=ended.id, now=clock())
    return ended


def _told(slot: Slot, ended: Run, definition: ReportDefinition) -> DueRun:
    time_zone = definition.schedule.time_zone if definition.schedule else "UTC"
    return DueRun(slot=slot, run=ended, time_zone=time_zone)


def _day(slot: Slot, definition: ReportDefinition, space: Workspace) -> str | None:
    """Return the day that a made-up run of a live program is to be seen from: when it was due."""
    plan = definition.schedule
    program = space.programs.get(str(definition.parameters.get("program", "")))
    made_up = slot.missed and plan is not None and plan.missed == "all"
    if not made_up or plan is None or program is None or program.as_of != TODAY:
        return None
    try:
        known = parameters.declared(notebooks.read(definition.notebook), definition.notebook.name)
    except ReportError:
        return None  # the notebook's own fault: its run says so
    if AS_OF not in known or AS_OF in definition.parameters:
        return None
    return f"{slot.due_at.astimezone(zone(plan.time_zone)):%Y-%m-%d}"
