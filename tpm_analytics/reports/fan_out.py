"""The same runs side by side: on processes of this machine, or on a Dask cluster.

A crew is an executor of the kind that `concurrent.futures` knows, and a way to hear how far its
runs are. What a run does, and what it leaves, is the same as if it ran alone.
"""

from __future__ import annotations

import hashlib
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar

from tpm_analytics import workspace
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports import locks, publish, recovery, signals
from tpm_analytics.reports.catalogue import ReportDefinition, definitions
from tpm_analytics.reports.failure import RunError
from tpm_analytics.reports.ledger import ledger, receipt
from tpm_analytics.reports.ledger.entry import Entry
from tpm_analytics.reports.members import WhatIf
from tpm_analytics.reports.run import Run
from tpm_analytics.reports.run import run as run_alone
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.workspace import CONFIG, Workspace

# How often progress is asked for
TOLD_SECONDS = 0.2
COMMAND, CLUSTER = "command", "cluster"

Say = Callable[[str, int, int], None]
T = TypeVar("T")
Result = TypeVar("Result", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of every run, as `run` takes it."""

    as_of: str | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    force: bool = False
    what_if: WhatIf | None = None

    def of(self, report: str, space: Workspace) -> ReportDefinition:
        """Definition of a report of the workspace, seen in the what-if if one is asked for."""
        definition = definitions(space, [report])[report]
        return definition.seen_in(self.what_if) if self.what_if else definition


class Errand(Protocol[Result]):
    """What a worker is asked to do for one report: plain words, which cross processes."""

    @property
    def report(self) -> str:
        """Name of the report; no two errands of one call have the same."""

    def do(self, say: Say | None = None) -> Result:
        """Do it, here, and say how far it is."""

    def lost(self) -> Result:
        """Tell of it where every worker that was asked died under it."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A run that a worker is asked for.

    Attributes
    ----------
    root, config
        The workspace, and the fingerprint of its `tpm.toml`.
    report, asked
        Name of the report, and what is asked of it.
    batch
        What only the runs of one call to a cluster have in common; empty on one machine.
    """

    root: Path
    config: str
    report: str
    asked: Asked
    batch: str = ""

    @property
    def how(self) -> str:
        """Who asks, for the ledger."""
        return f"{CLUSTER} {self.batch}" if self.batch else COMMAND

    def do(self, say: Say | None = None) -> Run:
        """Do the run, unless one of the same call to a cluster has done it already."""
        return run_one(self, say)

    def lost(self) -> Run:
        """Tell of a run under which every worker died, as it does when memory runs out."""
        space = workspace.read(self.root)
        return lost(space, self.asked.of(self.report, space))


class Crew(Protocol):
    """Workers: where runs go, how far they are, and how they are stopped."""

    def __enter__(self) -> Self:
        """Start or reach the workers."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the workers; after an error, end what they do and every kernel with it."""

    def submit(self, errand: Errand[T]) -> Future[T]:
        """Have a worker do `errand`; raises `BrokenExecutor` where they have died."""

    def heard(self) -> Iterable[tuple[str, int, int]]:
        """Report, code cells done and how many there are, since it was asked last."""

    def died(self, error: BaseException) -> bool:
        """Whether `error` says that a worker died under its run; may refuse to go on at all."""


def run_many(
    errands: Iterable[Errand[T]],
    crew: Crew,
    *,
    on_done: Callable[[T], None] | None = None,
    on_cell: OnCell | None = None,
) -> list[T]:
    """Do all errands on the workers of `crew` and return what came of them, in their order.

    One that fails, or whose worker dies each time, does not stop the others.

    Parameters
    ----------
    errands, crew
        What is to be done, and who does it.
    on_done, on_cell
        Told what came of each as it ends; told the report, the cells done, and how many there are.
    """
    every = {errand.report: errand for errand in errands}
    done: dict[str, T] = {}

    def ended(name: str, result: T) -> None:
        done[name] = result
        if on_done:
            on_done(result)

    with signals.heeded(), crew:
        for name in _tried(list(every), every, crew, ended, on_cell):
            # One of these ended its worker, and all that ran beside it: now each runs alone
            if _tried([name], every, crew, ended, on_cell):
                ended(name, every[name].lost())
    return [done[name] for name in every]


def run_one(task: Task, say: Say | None = None) -> Run:
    """Do a run on a worker, unless one of the same call to a cluster has done it already.

    A cluster may ask twice: where a worker ended a run and died before it could say so, and where
    one was taken for dead too early.

    Raises
    ------
    WorkspaceError
        If this worker does not see the workspace as the one who asks does.
    """
    space = same_workspace(task.root, task.config, batch=task.batch)
    definition = task.asked.of(task.report, space)
    with locks.alone(locks.of_report(space.output, definition.name)):
        good = receipt.of(space.output / definition.name)
        if task.batch and good is not None and good.entry.how == task.how:
            return done_already(good.entry, definition, space)
        return run_alone(
            definition,
            space,
            as_of=task.asked.as_of,
            overrides=task.asked.overrides,
            on_cell=say,
            force=task.asked.force,
            how=task.how,
        )


def same_workspace(root: Path, config: str, *, batch: str = "") -> Workspace:
    """Read the workspace at `root` on a worker.

    Raises
    ------
    WorkspaceError
        If its `tpm.toml` has not the fingerprint `config`, or its output folder is another one.
    """
    here = f"Worker {socket.gethostname()}"
    hint = "the workspace must lie on a file system that all workers share, under the same path"
    try:
        same = fingerprint_of(root) == config
    except OSError as error:
        raise WorkspaceError(f"{here} cannot read {root / CONFIG}: {error}.", hint=hint) from None
    if not same:
        raise WorkspaceError(f"{here} sees another {CONFIG} in {root}.", hint=hint)
    space = workspace.read(root)
    if batch and not probe(space.output, batch).is_file():
        raise WorkspaceError(f"{here} does not see what is written into {space.output}.", hint=hint)
    return space


def lost(space: Workspace, definition: ReportDefinition) -> Run:
    """Tell of a run under which every worker died, and tidy up after it."""
    recovery.tidy(space)
    entry = ledger.last(space.output / ledger.FILE, definition.name)
    page = space.output / definition.name / publish.PAGE
    return Run(
        id=entry.id if entry else 0,
        report=definition.name,
        title=definition.title,
        outcome="lost",
        page=page if page.is_file() else None,
        notebook=None,
        started_at=entry.started_at if entry else ledger.now(),
        ended_at=ledger.now(),
        error=RunError(
            f"The process that ran {definition.name} was killed, twice.",
            hint="it may need more memory than a worker has",
            outcome="lost",
        ),
    )


def done_already(entry: Entry, definition: ReportDefinition, space: Workspace) -> Run:
    """Return a run that a worker ended but could not tell of, as the ledger knows it."""
    folder = space.output / definition.name
    return Run(
        id=entry.id,
        report=definition.name,
        title=definition.title,
        outcome=entry.outcome,
        page=folder / publish.PAGE,
        notebook=folder / publish.NOTEBOOK,
        started_at=entry.started_at,
        ended_at=entry.ended_at or ledger.now(),
        program=entry.program,
        figures=entry.figures,
        parameters=entry.parameters,
        error=RunError(entry.error, outcome=entry.outcome) if entry.error else None,
    )


def fingerprint_of(root: Path) -> str:
    """Return what the `tpm.toml` in `root` comes to."""
    return hashlib.blake2b((root / CONFIG).read_bytes(), digest_size=16).hexdigest()


def probe(output: Path, batch: str) -> Path:
    """Return the file by which workers tell that they see the output folder of the call `batch`."""
    return output / f"cluster-{batch}"


def new_batch() -> str:
    """Return what no other call has."""
    return secrets.token_hex(4)


def _tried(
    names: list[str],
    errands: Mapping[str, Errand[T]],
    crew: Crew,
    on_done: Callable[[str, T], None],
    on_cell: OnCell | None,
) -> list[str]:
    """Ask for each errand once; returns those under which a worker died."""
    running: dict[Future[T], str] = {}
    left: list[str] = []
    for name in names:
        try:
            running[crew.submit(errands[name])] = name
        except BrokenExecutor as broken:
            crew.died(broken)
            left.append(name)
    while running:
        signals.pass_on()
        ended, _ = wait(running, timeout=TOLD_SECONDS, return_when=FIRST_COMPLETED)
        for step in crew.heard():
            if on_cell:
                on_cell(*step)
        for future in ended:
            # Nobody holds it any more: a cluster would do again what a lost worker did
            name = running.pop(future)
            error = _error_of(future)
            if error is None:
                on_done(name, future.result())
            elif crew.died(error):
                left.append(name)
            else:
                raise error
    return left


def _error_of(future: Future[T]) -> BaseException | None:
    """Return why it failed, also where it was taken back because its crew was lost."""
    return CancelledError() if future.cancelled() else future.exception()
