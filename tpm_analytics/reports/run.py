"""Run a report: papermill, strictly. A run that fails keeps its notebook and publishes nothing."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.utils import ensure_event_loop
from papermill.exceptions import PapermillExecutionError

from tpm_analytics import calendars
from tpm_analytics.errors import ReportError, TpmError
from tpm_analytics.reports import (
    facts,
    head,
    kernels,
    ledger,
    notebooks,
    parameters,
    publish,
    render,
)
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.failure import as_report_error, first_line, told
from tpm_analytics.reports.ledger import Ending, Figure, Outcome, ProgramFacts
from tpm_analytics.workspace import CONFIG, ROOT_VARIABLE, Workspace

AS_OF = "as_of"

OnCell = Callable[[str, int, int], None]

# What papermill would log of a failure is said once, in our own words, by the error
logging.getLogger("papermill").addHandler(logging.NullHandler())


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run of a report that has ended.

    Attributes
    ----------
    id
        Its number in the ledger.
    report, title
        Name and title of the report.
    outcome
        ``complete`` or ``failed``.
    page
        The published page; after a failure the last good one, if there is one.
    notebook
        The executed notebook; after a failure the broken one.
    error
        Why it failed.
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


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    definition: ReportDefinition
    workspace: Workspace
    notebook: nbformat.NotebookNode
    parameters: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        return self.workspace.output / self.definition.name


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
    _asked(known, definition, as_of, overrides)


def run(
    definition: ReportDefinition,
    workspace: Workspace,
    *,
    as_of: str | None = None,
    overrides: Mapping[str, str] | None = None,
    on_cell: OnCell | None = None,
) -> Run:
    """Run one report and publish its page; a failure is told by the returned run.

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

    Raises
    ------
    ParameterError
        If `as_of` or `overrides` cannot be meant; nothing has run then.
    """
    overrides = overrides or {}
    check_asked(definition, as_of=as_of, overrides=overrides)
    path = workspace.output / ledger.FILE
    asked = {**definition.parameters, **overrides, **({AS_OF: as_of} if as_of else {})}
    run_id = ledger.begin(
        path,
        definition.name,
        asked_at=ledger.now(),
        parameters=asked,
        package=facts.package_version(),
    )
    started_at = ledger.now()
    ending = Ending(outcome="interrupted", error="The run was interrupted.")
    error: ReportError | None = None
    try:
        prepared = _prepare(definition, workspace, as_of, overrides)
        ending = _run(prepared, on_cell)
    except TpmError as failure:
        error = as_report_error(failure)
        ending = Ending(outcome="failed", error=str(error))
        _mark_stale(definition, workspace, started_at, error)
    finally:
        ledger.end(path, run_id, ending)
    folder = workspace.output / definition.name
    return Run(
        id=run_id,
        report=definition.name,
        title=definition.title,
        outcome=ending.outcome,
        page=_existing(folder / publish.PAGE),
        notebook=_existing(folder / (publish.FAILED if error else publish.NOTEBOOK)),
        started_at=started_at,
        ended_at=ledger.now(),
        program=ending.program,
        figures=ending.figures,
        parameters=asked,
        error=error,
    )


def _prepare(
    definition: ReportDefinition,
    workspace: Workspace,
    as_of: str | None,
    overrides: Mapping[str, str],
) -> _Prepared:
    notebook = notebooks.read(definition.notebook)
    name = definition.notebook.name
    known = parameters.declared(notebook, name)
    where = f"{workspace.root / CONFIG}: [reports.{definition.name}]: {name}"
    values = parameters.resolve(known, definition.parameters, where=where)
    values |= _asked(known, definition, as_of, overrides)
    return _Prepared(
        definition=definition, workspace=workspace, notebook=notebook, parameters=values
    )


def _asked(
    known: Mapping[str, parameters.Parameter],
    definition: ReportDefinition,
    as_of: str | None,
    overrides: Mapping[str, str],
) -> dict[str, Any]:
    texts = dict(overrides)
    if as_of:
        texts[AS_OF] = as_of if as_of == "today" else f"{calendars.as_day(as_of):%Y-%m-%d}"
    where = f"{definition.notebook.name} (report {definition.name})"
    return parameters.from_text(known, texts, where=where)


def _run(prepared: _Prepared, on_cell: OnCell | None) -> Ending:
    prepared.folder.mkdir(parents=True, exist_ok=True)
    temporary = prepared.folder / f".running-{secrets.token_hex(4)}.ipynb"
    try:
        try:
            notebook = _execute(prepared, temporary, on_cell)
            _refuse_unfinished(notebook, prepared.definition.notebook.name)
            notebook = _labelled(notebook, prepared.definition)
            page = _render(notebook, prepared.definition.name)
        except ReportError:
            _keep_broken(temporary, prepared)
            raise
        publish.publish(prepared.folder, page=page, notebook=notebooks.to_text(notebook))
    except OSError as error:
        raise ReportError(f"{prepared.folder} cannot be written: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return Ending(
        outcome="complete", program=facts.program(notebook), figures=facts.figures(notebook)
    )


def _execute(prepared: _Prepared, target: Path, on_cell: OnCell | None) -> nbformat.NotebookNode:
    definition = prepared.definition
    job = kernels.Job(
        folder=prepared.workspace.root,
        environment={**os.environ, ROOT_VARIABLE: str(prepared.workspace.root)},
        timeout_seconds=definition.timeout_seconds,
        on_cell=on_cell and (lambda done, of: on_cell(definition.name, done, of)),
    )
    kernel = prepared.notebook.metadata.get("kernelspec", {}).get("name") or "python3"
    # A thread of its own: nbclient would take Ctrl-C from the main one and call it a dead kernel
    with ThreadPoolExecutor(max_workers=1) as worker:
        running = worker.submit(
            _with_its_own_loop,
            papermill.execute_notebook,
            _literal(definition.notebook),
            _literal(target),
            dict(prepared.parameters),
            engine_name=kernels.ENGINE,
            kernel_name=kernel,
            language="python",
            request_save_on_cell_execute=False,
            progress_bar=False,
            job=job,
        )
        try:
            notebook: nbformat.NotebookNode = running.result()
        except PapermillExecutionError as failure:
            raise told(failure, definition.notebook.name) from failure
        except NoSuchKernel as failure:
            raise ReportError(
                f"{definition.notebook.name} asks for the kernel {kernel!r}, which is not here.",
                hint="open it in JupyterLab, choose the Python 3 kernel and save it",
            ) from failure
        except Exception as failure:
            raise ReportError(
                f"{definition.notebook.name} could not be run: {first_line(str(failure))}"
            ) from failure
        finally:
            job.kill()
    return notebook


def _with_its_own_loop(work: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Do `work` and close the event loop that Jupyter opens for a thread and leaves open."""
    loop = ensure_event_loop()
    try:
        return work(*args, **options)
    finally:
        loop.close()


def _literal(path: Path) -> str:
    """Return `path` so that papermill, which fills in {parameters}, leaves its braces alone."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _refuse_unfinished(notebook: nbformat.NotebookNode, name: str) -> None:
    if (position := facts.never_ran(notebook)) is not None:
        raise ReportError(
            f"{name} stopped before its end: cell {position} never ran.",
            hint="a report must run to its last cell; take exit() out of it",
        )


def _labelled(
    notebook: nbformat.NotebookNode, definition: ReportDefinition
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


def _keep_broken(executed: Path, prepared: _Prepared) -> None:
    """Put the notebook that failed beside the good page, its unrun cells marked as such."""
    if not executed.exists():
        return
    notebook = _labelled(notebooks.read(executed), prepared.definition)
    failed = False
    for cell in notebook.cells:
        notes = cell.metadata.get("papermill", {})
        if failed and "status" in notes:
            notes["status"] = "pending"
        failed = failed or notes.get("exception") is True
    publish.write(prepared.folder / publish.FAILED, notebooks.to_text(notebook))


def _mark_stale(
    definition: ReportDefinition, workspace: Workspace, started_at: datetime, error: ReportError
) -> None:
    good = ledger.last(workspace.output / ledger.FILE, definition.name, outcome="complete")
    time_zone = good.program.time_zone if good and good.program else "UTC"
    then = (
        f"is from {head.moment(good.ended_at or good.started_at, time_zone)}" if good else "is old"
    )
    publish.mark_stale(
        workspace.output / definition.name,
        f"This page {then}. The run of {head.moment(started_at, time_zone)} failed: "
        f"{error.message}",
    )


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
