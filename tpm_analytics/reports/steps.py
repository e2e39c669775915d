"""The steps of a run: prepare, reuse or make, publish. Each is a call, and takes what is known."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError, ReportError, TpmError
from tpm_analytics.reports import (
    checks,
    comparison,
    execution,
    facts,
    fingerprint,
    notebooks,
    parameters,
    publish,
    what_ifs,
)
from tpm_analytics.reports.catalogue import SCENARIO, ReportDefinition
from tpm_analytics.reports.failure import RunError, first_line
from tpm_analytics.reports.fingerprint import AS_OF, TODAY
from tpm_analytics.reports.ledger import ledger, receipt
from tpm_analytics.reports.ledger.entry import (
    Ending,
    Entry,
    Fingerprint,
    Outcome,
    ProgramFacts,
    Start,
)
from tpm_analytics.reports.ledger.ledger_file import BrokenLedgerError
from tpm_analytics.reports.ledger.receipt import Receipt
from tpm_analytics.reports.page import due, head, render
from tpm_analytics.reports.readers import audience, share
from tpm_analytics.workspace import CONFIG, RECORDED_VARIABLE, Workspace

SEED = "seed"
RECORDED = "recorded.json"

OnCell = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for: a report, with whatever else was said, and who asks when."""

    definition: ReportDefinition
    workspace: Workspace
    as_of: str | None
    overrides: Mapping[str, str]
    force: bool
    on_cell: OnCell | None
    start: Start

    @property
    def folder(self) -> Path:
        """Folder of the report."""
        return self.workspace.output / self.definition.name

    @property
    def ledger(self) -> Path:
        """The ledger of the workspace."""
        return self.workspace.output / ledger.FILE


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A run about to be executed: what it is made of is known.

    Attributes
    ----------
    run, asked, staging
        Its number in the ledger, what was asked, and a folder of its own.
    notebook, given, values
        The notebook as it is, its parameters as they were given, and with their defaults.
    readers
        What the kernel is told of the readers.
    fingerprint, question
        What it is made of, and what it asks whatever the day.
    began
        When it began, on a clock that nobody sets.
    """

    run: int
    asked: Asked
    staging: Path
    notebook: nbformat.NotebookNode
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    readers: Mapping[str, str]
    fingerprint: Fingerprint
    question: str
    began: float

    def ending(self, outcome: Outcome, **more: Any) -> Ending:
        """How it ended, with what was known before."""
        seed = self.values.get(SEED)
        known: dict[str, Any] = {
            "fingerprint": self.fingerprint,
            "question": self.question,
            "seed": seed if isinstance(seed, int) else None,
            "duration_seconds": round(time.monotonic() - self.began, 3),
        }
        return Ending(outcome=outcome, **{**known, **more})


def prepare(asked: Asked, run_id: int, staging: Path, began: float) -> Prepared:
    """Read the notebook, check its parameters and take the fingerprint of all a run is made of."""
    definition, workspace = asked.definition, asked.workspace
    notebook = notebooks.read(definition.notebook)
    known = parameters.declared(notebook, definition.notebook.name)
    where = f"{workspace.root / CONFIG}: [reports.{definition.name}]: {definition.notebook.name}"
    given = parameters.resolve(known, definition.parameters, where=where)
    given |= typed(known, definition, asked.as_of, asked.overrides)
    values = {**{name: one.default for name, one in known.items()}, **given}
    readers = audience.environment(definition.sharing, workspace)
    return Prepared(
        run=run_id,
        asked=asked,
        staging=staging,
        notebook=notebook,
        given=given,
        values=values,
        readers=readers,
        fingerprint=fingerprint.of_run(definition, workspace, notebook, values, readers),
        question=fingerprint.question(definition, values),
        began=began,
    )


def typed(
    known: Mapping[str, parameters.Parameter],
    definition: ReportDefinition,
    as_of: str | None,
    overrides: Mapping[str, str],
) -> dict[str, Any]:
    """Return what was typed on a command line as values; raises `ParameterError`."""
    texts = dict(overrides)
    if SCENARIO in texts and SCENARIO in known and not known[SCENARIO].kind.choices:
        raise ParameterError(
            f"--set {SCENARIO} would put a what-if in the place of the report {definition.name}.",
            hint=f"write --{SCENARIO} FILE: its page is published beside the real one",
        )
    if as_of:
        texts[AS_OF] = as_of if as_of == TODAY else f"{calendars.as_day(as_of):%Y-%m-%d}"
    where = f"{definition.notebook.name} (report {definition.name})"
    return parameters.from_text(known, texts, where=where)


def reused(prepared: Prepared) -> Ending | None:
    """Let the page stand if it would be made of the same things; None if it must be made anew."""
    asked = prepared.asked
    good = receipt.of(asked.folder)
    if (
        asked.force
        or good is None
        or prepared.fingerprint.data is None
        or prepared.fingerprint != good.entry.fingerprint
        or publish.fingerprint(asked.folder) != good.published
        or not share.complete(asked.folder, asked.definition.sharing)
    ):
        return None
    program = good.entry.program
    checks.fresh(asked.definition.checks, program)  # the data has aged, though it is the same
    publish.stand(asked.folder, _due(asked, good.entry.ended_at or good.entry.started_at, program))
    return prepared.ending("reused", program=program, reused=good.entry.id)


def made(prepared: Prepared) -> Ending:
    """Execute, check, compare, render and publish: the page is replaced by the last step only."""
    asked = prepared.asked
    executed: nbformat.NotebookNode | None = None
    try:
        notebook = executed = _executed(prepared)
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
        notebook = _labelled(notebook, asked.definition, {**changes, **_as_it_is(asked, notebook)})
        notebook = audience.fit(notebook, asked.definition.sharing)
        page = _render(notebook, asked.definition.name)
        formats = share.ready(asked.definition, asked.workspace, notebook, page)
    except ReportError:
        _keep_broken(prepared, executed)
        raise
    ending = prepared.ending(
        "complete",
        program=facts.program(notebook),
        figures=figures,
        records=facts.records(notebook),
    )
    _publish(prepared, ending, notebook, page, formats)
    return ending


def _executed(prepared: Prepared) -> nbformat.NotebookNode:
    asked, definition = prepared.asked, prepared.asked.definition
    told = asked.on_cell
    return execution.execute(
        execution.Execution(
            source=definition.notebook,
            notebook=prepared.notebook,
            parameters=prepared.given,
            root=asked.workspace.root,
            staging=prepared.staging,
            environment={
                **prepared.readers,
                RECORDED_VARIABLE: _recorded(asked, prepared.staging),
            },
            timeout_seconds=definition.timeout_seconds,
            on_cell=told and (lambda done, of: told(definition.name, done, of)),
        )
    )


def _recorded(asked: Asked, staging: Path) -> str:
    """Write down what earlier runs recorded as tables, for the notebook; returns the file."""
    try:
        known = ledger.records(asked.ledger, asked.definition.name)
    except BrokenLedgerError:  # the comparison at the end mends it
        known = []
    path = staging / RECORDED
    path.write_text(json.dumps([asdict(one) for one in known]), encoding="utf-8")
    return str(path)


def _as_it_was_read(prepared: Prepared) -> Prepared:
    """Take back what is known of the data if it changed while the notebook read it."""
    before = prepared.fingerprint
    if fingerprint.data(prepared.asked.workspace, prepared.values) == before.data:
        return prepared
    return replace(prepared, fingerprint=replace(before, data=None))


def _publish(
    prepared: Prepared,
    ending: Ending,
    notebook: nbformat.NotebookNode,
    page: str,
    formats: Mapping[str, bytes],
) -> None:
    asked = prepared.asked
    text = notebooks.to_text(notebook)
    entry = entry_of(asked, prepared.run, ending)
    page = publish.with_part(page, "due", _due(asked, entry.ended_at, ending.program))
    good = Receipt(entry=entry, published=publish.fingerprint_of(page, text))
    snapshot = comparison.snapshot(prepared.staging, ending.program, prepared.question)
    publish.publish(
        asked.folder,
        page=page,
        notebook=text,
        formats=formats,
        state={**snapshot, **_assumed(asked.definition), publish.RUN: receipt.to_text(good)},
        staging=prepared.staging,
    )
    share.clear(asked.folder, formats)
    comparison.forget(asked.folder)


def _assumed(definition: ReportDefinition) -> dict[str, str]:
    what_if = definition.what_if
    return {what_ifs.NOTE: what_ifs.note(what_if)} if what_if else {}


def _as_it_is(asked: Asked, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Figures of the program as it is, for the page of a what-if."""
    if asked.definition.what_if is None:
        return {}
    real = what_ifs.as_it_is(
        asked.ledger, asked.definition.name, facts.program(notebook), asked.start.parameters
    )
    told = [{"name": one.name, "unit": one.unit, "value": one.value} for one in real.values()]
    return {"as_it_is": told}


def _due(asked: Asked, made_at: datetime | None, program: ProgramFacts | None) -> str:
    now = ledger.now()
    return due.line(
        asked.definition,
        made_at=made_at or now,
        now=now,
        time_zone=program.time_zone if program else "UTC",
    )


def entry_of(asked: Asked, run_id: int, ending: Ending) -> Entry:
    """Return a run that ends now as the ledger is to know it."""
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
        **({head.ASSUMED: definition.what_if.said} if definition.what_if else {}),
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


def _keep_broken(prepared: Prepared, executed: nbformat.NotebookNode | None) -> None:
    """Put the notebook that failed beside the good page, its unrun cells marked as such."""
    asked = prepared.asked
    with contextlib.suppress(OSError, ReportError):  # the disk may be full: that is told anyway
        executed = executed or notebooks.read(prepared.staging / execution.EXECUTED)
        notebook = _labelled(executed, asked.definition, {})
        failed = False
        for cell in notebook.cells:
            notes = cell.metadata.get("papermill", {})
            if failed and "status" in notes:
                notes["status"] = "pending"
            failed = failed or notes.get("exception") is True
        kept = share.broken(asked.definition, asked.workspace, notebook)
        if kept is None:
            (asked.folder / publish.FAILED).unlink(missing_ok=True)
        else:
            publish.write(asked.folder / publish.FAILED, notebooks.to_text(kept))
