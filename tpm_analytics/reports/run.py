"""Run a report: papermill, strictly. A run that fails keeps its notebook and publishes nothing."""

from __future__ import annotations

import contextlib
import logging
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from tpm_analytics import calendars
from tpm_analytics.errors import ReportError, TpmError
from tpm_analytics.reports import (
    checks,
    comparison,
    due,
    execution,
    facts,
    fingerprint,
    head,
    ledger,
    locks,
    notebooks,
    owner,
    parameters,
    publish,
    receipt,
    recovery,
    render,
    signals,
)
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.failure import RunError, as_run_error, first_line
from tpm_analytics.reports.fingerprint import AS_OF, TODAY
from tpm_analytics.reports.ledger import Ending, Entry, Figure, Fingerprint, Outcome, ProgramFacts
from tpm_analytics.reports.ledger_file import BrokenLedgerError
from tpm_analytics.reports.receipt import Receipt
from tpm_analytics.workspace import CONFIG, Workspace

SEED = "seed"
# Kept back on the disk beside the size of the page, so that a run that finds it full can say so
RESERVE_BYTES = 256 * 1024

OnCell = Callable[[str, int, int], None]

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


@dataclass(frozen=True, kw_only=True)
class _Asked:
    definition: ReportDefinition
    workspace: Workspace
    as_of: str | None
    overrides: Mapping[str, str]
    force: bool
    on_cell: OnCell | None
    start: ledger.Start

    @property
    def folder(self) -> Path:
        return self.workspace.output / self.definition.name

    @property
    def ledger(self) -> Path:
        return self.workspace.output / ledger.FILE


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """A run about to be executed: what it is made of is known."""

    run: int
    asked: _Asked
    staging: Path
    notebook: nbformat.NotebookNode
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    fingerprint: Fingerprint
    question: str
    began: float

    def ending(self, outcome: Outcome, **more: Any) -> Ending:
        seed = self.values.get(SEED)
        known: dict[str, Any] = {
            "fingerprint": self.fingerprint,
            "question": self.question,
            "seed": seed if isinstance(seed, int) else None,
            "duration_seconds": round(time.monotonic() - self.began, 3),
        }
        return Ending(outcome=outcome, **{**known, **more})


def check_asked(
    definition: ReportDefinition, *, as_of: str | None = None, overrides: Mapping[str, str]
) -> None:
    """Refuse what was asked for on a command line before anything runs.

    Raises
    ------
    ParameterError
        For a parameter that the notebook does not declare, or text that is no value of its type.
    """
    try:
        known = parameters.declared(notebooks.read(definition.notebook), definition.notebook.name)
    except ReportError:
        return  # the notebook's own fault: its run says so
    _typed(known, definition, as_of, overrides)


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
    start = ledger.Start(
        report=definition.name,
        asked_at=ledger.now(),
        parameters={**definition.parameters, **overrides, **({AS_OF: as_of} if as_of else {})},
        package=facts.package_version(),
        how=how,
    )
    asked = _Asked(
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
            with locks.alone(locks.of_report(workspace.output, definition.name)):
                return _recorded(asked)
        except (OSError, TpmError) as problem:  # not even the ledger could be written
            return _told(asked, 0, Ending(outcome="failed"), as_run_error(problem))


def _recorded(asked: _Asked) -> Run:
    """Do a run, and write down how it ended whatever happens; the report's lock is held."""
    began = time.monotonic()
    asked = replace(asked, start=replace(asked.start, started_at=ledger.now()))
    run_id = _begin(asked)
    prepared: _Prepared | None = None
    error: RunError | None = None
    passed_on: BaseException | None = None
    try:
        with _staged(asked.folder) as staging:
            prepared = _prepare(asked, run_id, staging, began)
            ending = _reused(prepared) or _made(prepared)
    except BaseException as problem:
        error = as_run_error(problem)
        passed_on = None if isinstance(problem, Exception) else problem
        close = prepared.ending if prepared else Ending
        ending = close(outcome=error.outcome, error=str(error))
        _mark_stale(asked, error)
    _end(asked, run_id, ending)
    if passed_on is not None:
        raise passed_on
    return _told(asked, run_id, ending, error)


def _begin(asked: _Asked) -> int:
    output, path = asked.workspace.output, asked.ledger
    try:
        recovery.tidy_report(output, asked.definition.name)
        return ledger.begin(path, asked.start)
    except BrokenLedgerError:
        recovery.mend(output)
        return ledger.begin(path, asked.start)


def _prepare(asked: _Asked, run_id: int, staging: Path, began: float) -> _Prepared:
    definition, workspace = asked.definition, asked.workspace
    notebook = notebooks.read(definition.notebook)
    known = parameters.declared(notebook, definition.notebook.name)
    where = f"{workspace.root / CONFIG}: [reports.{definition.name}]: {definition.notebook.name}"
    given = parameters.resolve(known, definition.parameters, where=where)
    given |= _typed(known, definition, asked.as_of, asked.overrides)
    values = {**{name: one.default for name, one in known.items()}, **given}
    return _Prepared(
        run=run_id,
        asked=asked,
        staging=staging,
        notebook=notebook,
        given=given,
        values=values,
        fingerprint=fingerprint.of_run(definition, workspace, notebook, values),
        question=fingerprint.question(definition, values),
        began=began,
    )


def _typed(
    known: Mapping[str, parameters.Parameter],
    definition: ReportDefinition,
    as_of: str | None,
    overrides: Mapping[str, str],
) -> dict[str, Any]:
    texts = dict(overrides)
    if as_of:
        texts[AS_OF] = as_of if as_of == TODAY else f"{calendars.as_day(as_of):%Y-%m-%d}"
    where = f"{definition.notebook.name} (report {definition.name})"
    return parameters.from_text(known, texts, where=where)


def _reused(prepared: _Prepared) -> Ending | None:
    """Let the page stand if it would be made of the same things; None if it must be made anew."""
    asked = prepared.asked
    good = receipt.of(asked.folder)
    if (
        asked.force
        or good is None
        or prepared.fingerprint.data is None
        or prepared.fingerprint != good.entry.fingerprint
        or publish.fingerprint(asked.folder) != good.published
    ):
        return None
    program = good.entry.program
    checks.fresh(asked.definition.checks, program)  # the data has aged, though it is the same
    publish.stand(asked.folder, _due(asked, good.entry.ended_at or good.entry.started_at, program))
    return prepared.ending("reused", program=program, reused=good.entry.id)


def _made(prepared: _Prepared) -> Ending:
    """Execute, check, compare, render and publish: the page is replaced by the last step only."""
    asked = prepared.asked
    try:
        notebook = _executed(prepared)
        _refuse_unfinished(notebook, asked.definition.notebook.name)
        checks.passed(asked.definition.checks, notebook)
        prepared = _as_it_was_read(prepared)
        figures, changes = comparison.compare(
            notebook,
            asked.folder,
            fingerprint=prepared.fingerprint,
            question=prepared.question,
            staging=prepared.staging,
            team=prepared.values.get("team"),
        )
        notebook = _labelled(notebook, asked.definition, changes)
        page = _render(notebook, asked.definition.name)
    except ReportError:
        _keep_broken(prepared)
        raise
    ending = prepared.ending("complete", program=facts.program(notebook), figures=figures)
    _publish(prepared, ending, notebook, page)
    return ending


def _executed(prepared: _Prepared) -> nbformat.NotebookNode:
    asked, definition = prepared.asked, prepared.asked.definition
    told = asked.on_cell
    return execution.execute(
        execution.Execution(
            source=definition.notebook,
            notebook=prepared.notebook,
            parameters=prepared.given,
            root=asked.workspace.root,
            staging=prepared.staging,
            timeout_seconds=definition.timeout_seconds,
            on_cell=told and (lambda done, of: told(definition.name, done, of)),
        )
    )


def _as_it_was_read(prepared: _Prepared) -> _Prepared:
    """Take back what is known of the data if it changed while the notebook read it."""
    before = prepared.fingerprint
    if fingerprint.data(prepared.asked.workspace, prepared.values) == before.data:
        return prepared
    return replace(prepared, fingerprint=replace(before, data=None))


def _publish(
    prepared: _Prepared, ending: Ending, notebook: nbformat.NotebookNode, page: str
) -> None:
    asked = prepared.asked
    text = notebooks.to_text(notebook)
    entry = _entry(asked, prepared.run, ending)
    page = publish.with_part(page, "due", _due(asked, entry.ended_at, ending.program))
    good = Receipt(entry=entry, published=publish.fingerprint_of(page, text))
    snapshot = comparison.snapshot(prepared.staging, ending.program, prepared.question)
    publish.publish(
        asked.folder,
        page=page,
        notebook=text,
        state={**snapshot, publish.RUN: receipt.to_text(good)},
        staging=prepared.staging,
    )
    comparison.forget(asked.folder)


def _due(asked: _Asked, made_at: datetime | None, program: ProgramFacts | None) -> str:
    now = ledger.now()
    return due.line(
        asked.definition,
        made_at=made_at or now,
        now=now,
        time_zone=program.time_zone if program else "UTC",
    )


def _entry(asked: _Asked, run_id: int, ending: Ending) -> Entry:
    start = asked.start
    return Entry(
        id=run_id,
        report=start.report,
        asked_at=start.asked_at,
        started_at=start.started_at,
        ended_at=ledger.now(),
        parameters=dict(start.parameters),
        package=start.package,
        how=start.how,
        **vars(ending),
    )


def _refuse_unfinished(notebook: nbformat.NotebookNode, name: str) -> None:
    if (position := facts.never_ran(notebook)) is not None:
        raise RunError(
            f"{name} stopped before its end: cell {position} never ran.",
            outcome="unfinished",
            hint="a report must run to its last cell; take exit() out of it",
        )


def _labelled(
    notebook: nbformat.NotebookNode, definition: ReportDefinition, changes: Mapping[str, Any]
) -> nbformat.NotebookNode:
    """Tell the notebook what its page says, and take the paths of this machine out of it."""
    own = notebook.metadata.papermill
    own["input_path"] = definition.notebook.name
    own["output_path"] = publish.NOTEBOOK
    own["environment_variables"] = {}
    notebook.metadata[head.KEY] = {
        "report": definition.name,
        "title": definition.title,
        "question": definition.question,
        "notebook": definition.notebook.name,
        "ran_at": own["end_time"],
        "package": facts.package_version(),
        **({head.CHANGES: dict(changes)} if changes else {}),
    }
    return notebook


def _render(notebook: nbformat.NotebookNode, name: str) -> str:
    try:
        return render.page(notebook)
    except TpmError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {first_line(str(error))}"
        raise ReportError(f"The page of {name} could not be made: {said}") from error


def _keep_broken(prepared: _Prepared) -> None:
    """Put the notebook that failed beside the good page, its unrun cells marked as such."""
    executed = prepared.staging / execution.EXECUTED
    with contextlib.suppress(OSError, ReportError):  # the disk may be full: that is told anyway
        notebook = _labelled(notebooks.read(executed), prepared.asked.definition, {})
        failed = False
        for cell in notebook.cells:
            notes = cell.metadata.get("papermill", {})
            if failed and "status" in notes:
                notes["status"] = "pending"
            failed = failed or notes.get("exception") is True
        publish.write(prepared.asked.folder / publish.FAILED, notebooks.to_text(notebook))


def _mark_stale(asked: _Asked, error: RunError) -> None:
    ended = "was stopped" if error.outcome in {"terminated", "interrupted"} else "failed"
    said = recovery.stale_words(
        asked.workspace.output,
        asked.definition.name,
        asked.start.started_at,
        ended,
        error.message,
    )
    try:
        publish.mark_stale(asked.folder, said)
    except (OSError, UnicodeDecodeError) as problem:
        _log.warning("The page in %s could not be marked as old: %s", asked.folder, problem)


def _end(asked: _Asked, run_id: int, ending: Ending) -> None:
    """Write down how a run ended; a ledger that broke or vanished meanwhile is made anew."""
    try:
        try:
            known = ledger.end(asked.ledger, run_id, ending)
        except BrokenLedgerError:
            recovery.mend(asked.workspace.output)
            known = False
        if not known:
            ledger.restore(asked.ledger, [_entry(asked, run_id, ending)])
    except ReportError as problem:
        _log.error(
            "How the run %d of %s ended (%s) could not be written down. %s",
            run_id,
            asked.definition.name,
            ending.outcome,
            problem.message,
        )


def _told(asked: _Asked, run_id: int, ending: Ending, error: RunError | None) -> Run:
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
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
