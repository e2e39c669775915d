"""Run a report: papermill, strictly. A run that fails keeps its notebook and publishes nothing."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tpm_analytics.errors import ParameterError, ReportError, TpmError
from tpm_analytics.reports import (
    facts,
    failure,
    locks,
    notebooks,
    owner,
    parameters,
    publish,
    recovery,
    signals,
    steps,
)
from tpm_analytics.reports.catalogue import SCENARIO, ReportDefinition
from tpm_analytics.reports.failure import RunError, as_run_error
from tpm_analytics.reports.fingerprint import AS_OF
from tpm_analytics.reports.ledger import ledger, receipt
from tpm_analytics.reports.ledger.entry import Ending, Figure, Outcome, ProgramFacts, Start
from tpm_analytics.reports.ledger.ledger_file import BrokenLedgerError
from tpm_analytics.reports.readers import share
from tpm_analytics.reports.readers.share import Delivered
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.workspace import Workspace

# Kept back on the disk beside the size of the page, so that a run that finds it full can say so
RESERVE_BYTES = 256 * 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run of a report that has ended.

    Attributes
    ----------
    id
        Its number in the ledger; 0 if the ledger could not be written.
    report, title
        Name and title of the report.
    outcome
        ``complete``, ``reused``, or how it failed.
    page
        The published page; after a failure the last good one, if there is one.
    notebook
        The executed notebook; after a failure the broken one.
    error
        Why it failed.
    unchanged_since
        When the page was made, where nothing has changed since and it was reused.
    delivered
        How its delivery to each place went; a place that has this page already is not in it.
    """

    id: int
    report: str
    title: str
    outcome: Outcome
    page: Path | None
    notebook: Path | None
    started_at: datetime
    ended_at: datetime
    program: ProgramFacts | None = None
    figures: tuple[Figure, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    error: ReportError | None = None
    unchanged_since: datetime | None = None
    delivered: tuple[Delivered, ...] = ()

    @property
    def undelivered(self) -> tuple[Delivered, ...]:
        """The deliveries that failed."""
        return tuple(one for one in self.delivered if one.error)


def check_asked(
    definition: ReportDefinition, *, as_of: str | None = None, overrides: Mapping[str, str]
) -> None:
    """Refuse what was asked for on a command line before anything runs.

    Raises
    ------
    ParameterError
        For a parameter that the notebook does not declare, or text that is no value of its type.
    """
    if not (as_of or overrides or definition.what_if):
        return
    try:
        known = parameters.declared(notebooks.read(definition.notebook), definition.notebook.name)
    except ReportError:
        return  # the notebook's own fault: its run says so
    steps.typed(known, definition, as_of, overrides)
    if definition.what_if and SCENARIO not in known:
        raise ParameterError(
            f"{definition.notebook.name} takes no {SCENARIO}, so it cannot be seen in one.",
            hint=f'add to its parameters cell {SCENARIO}: str = "" and pass it to tpm.load',
        )


def takes(definition: ReportDefinition, parameter: str) -> bool:
    """Whether the notebook of a report declares that parameter; False if it cannot be read."""
    try:
        found = notebooks.read(definition.notebook)
        return parameter in parameters.declared(found, definition.notebook.name)
    except ReportError:
        return False


def given(
    definition: ReportDefinition, *, as_of: str | None = None, overrides: Mapping[str, str]
) -> dict[str, Any]:
    """Return what each parameter of a report's notebook will be; nothing if it cannot be read.

    Raises
    ------
    ParameterError
        As `check_asked`.
    """
    try:
        known = parameters.declared(notebooks.read(definition.notebook), definition.notebook.name)
    except ReportError:
        return {}
    defaults = {name: parameter.default for name, parameter in known.items()}
    typed = steps.typed(known, definition, as_of, overrides)
    return {**defaults, **definition.parameters, **typed}


def run(
    definition: ReportDefinition,
    workspace: Workspace,
    *,
    as_of: str | None = None,
    overrides: Mapping[str, str] | None = None,
    on_cell: OnCell | None = None,
    force: bool = False,
    how: str = "command",
) -> Run:
    """Run one report and publish its page; a failure is told by the returned run.

    A run waits until another of the same report has ended. Where nothing has changed since the
    last good run, its page stays.

    Parameters
    ----------
    definition
        The report, from `catalogue.definitions`.
    workspace
        Where it runs and where its page goes.
    as_of
        Day to see the program from, in place of the one in `tpm.toml`.
    overrides
        Values for parameters as typed on a command line, in place of those in `tpm.toml`.
    on_cell
        Told the report, the code cells done, and how many there are.
    force
        Whether to run although nothing has changed.
    how
        Who asks, for the ledger.

    Raises
    ------
    ParameterError
        If `as_of` or `overrides` cannot be meant; nothing has run then.
    """
    overrides = overrides or {}
    check_asked(definition, as_of=as_of, overrides=overrides)
    now = ledger.now()
    start = Start(
        report=definition.name,
        asked_at=now,
        started_at=now,
        parameters={**definition.parameters, **overrides, **({AS_OF: as_of} if as_of else {})},
        package=facts.package_version(),
        how=how,
    )
    asked = steps.Asked(
        definition=definition,
        workspace=workspace,
        as_of=as_of,
        overrides=overrides,
        force=force,
        on_cell=on_cell,
        start=start,
    )
    with signals.heeded():
        try:
            share.admit(definition, workspace, start.parameters)
            with locks.alone(locks.of_report(workspace.output, definition.name)):
                return _recorded(asked)
        except (OSError, TpmError) as problem:  # not even the ledger could be written
            error = as_run_error(problem)
            _mark_stale(asked, error)
            return _told(asked, 0, Ending(outcome=error.outcome), error)


def _recorded(asked: steps.Asked) -> Run:
    """Do a run, and write down how it ended whatever happens; the report's lock is held."""
    began = time.monotonic()
    asked = replace(asked, start=replace(asked.start, started_at=ledger.now()))
    run_id = _begin(asked)
    prepared: steps.Prepared | None = None
    error: RunError | None = None
    passed_on: BaseException | None = None
    try:
        with _staged(asked.folder) as staging:
            prepared = steps.prepare(asked, run_id, staging, began)
            ending = steps.reused(prepared) or _made(prepared)
    except BaseException as problem:
        passed_on = None if isinstance(problem, Exception) else problem
        published = _published(asked, run_id)
        if published is None:
            error = share.told(as_run_error(problem), problem, asked.definition, asked.workspace)
            close = prepared.ending if prepared else Ending
            ending = close(outcome=error.outcome, error=str(error))
            _mark_stale(asked, error)
        else:  # it came too late to undo anything
            ending = published
    _end(asked, run_id, ending)
    if passed_on is not None:
        raise passed_on
    delivered = () if error else share.deliver(asked.definition, asked.workspace)
    return replace(_told(asked, run_id, ending, error), delivered=delivered)


def _made(prepared: steps.Prepared) -> Ending:
    from tpm_analytics.reports import making  # takes long, and a reused page needs none of it

    return making.made(prepared)


def _published(asked: steps.Asked, run_id: int) -> Ending | None:
    """Return how the run ended if its page is published, whatever happened then."""
    good = receipt.of(asked.folder)
    if good is None or good.entry.id != run_id or good.entry.started_at != asked.start.started_at:
        return None
    return Ending(**{part.name: getattr(good.entry, part.name) for part in fields(Ending)})


def _begin(asked: steps.Asked) -> int:
    output, path = asked.workspace.output, asked.ledger
    try:
        recovery.tidy_report(output, asked.definition.name)
        return ledger.begin(path, asked.start)
    except BrokenLedgerError:
        recovery.mend(output)
        return ledger.begin(path, asked.start)


def _mark_stale(asked: steps.Asked, error: RunError) -> None:
    said = recovery.stale_words(
        asked.workspace.output,
        asked.definition.name,
        asked.start.started_at,
        failure.ended(error.outcome),
        error.message,
    )
    try:
        publish.mark_stale(asked.folder, said)
    except (OSError, UnicodeDecodeError) as problem:
        _log.warning("The page in %s could not be marked as old: %s", asked.folder, problem)


def _end(asked: steps.Asked, run_id: int, ending: Ending) -> None:
    """Write down how a run ended; a ledger that broke or vanished meanwhile is made anew."""
    try:
        try:
            known = ledger.end(asked.ledger, run_id, ending)
        except BrokenLedgerError:
            recovery.mend(asked.workspace.output)
            known = False
        if not known:
            ledger.restore(asked.ledger, [steps.entry_of(asked, run_id, ending)])
    except ReportError as problem:
        _log.error(
            "How the run %d of %s ended (%s) could not be written down. %s",
            run_id,
            asked.definition.name,
            ending.outcome,
            problem.message,
        )


def _told(asked: steps.Asked, run_id: int, ending: Ending, error: RunError | None) -> Run:
    good = receipt.of(asked.folder) if ending.outcome == "reused" else None
    return Run(
        id=run_id,
        report=asked.definition.name,
        title=asked.definition.title,
        outcome=error.outcome if error else ending.outcome,
        page=_existing(asked.folder / publish.PAGE),
        notebook=_existing(asked.folder / (publish.FAILED if error else publish.NOTEBOOK)),
        started_at=asked.start.started_at,
        ended_at=ledger.now(),
        program=ending.program,
        figures=good.entry.figures if good else ending.figures,
        parameters=asked.start.parameters,
        error=error,
        unchanged_since=good.entry.ended_at if good else None,
    )


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """Make a folder for what a run leaves on its way; it and the reserve go with the run."""
    path = folder / f".running~{owner.mark()}-{secrets.token_hex(4)}"
    page = folder / publish.PAGE
    try:
        path.mkdir(parents=True)
        size = RESERVE_BYTES + (page.stat().st_size if page.is_file() else 0)
        (path / "reserve").write_bytes(bytes(size))
        yield path
    except BaseException:
        publish.complete(path, folder)
        raise
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
