"""The steps that make a page anew: execute, check, compare, render, publish."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import nbformat

from tpm_analytics.errors import ReportError, TpmError
from tpm_analytics.reports import (
    checks,
    comparison,
    execution,
    facts,
    fingerprint,
    notebooks,
    publish,
    steps,
    what_ifs,
)
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.failure import RunError, first_line
from tpm_analytics.reports.ledger import ledger, receipt
from tpm_analytics.reports.ledger.entry import Ending
from tpm_analytics.reports.ledger.ledger_file import BrokenLedgerError
from tpm_analytics.reports.ledger.receipt import Receipt
from tpm_analytics.reports.page import head, render
from tpm_analytics.reports.readers import fitting, formats
from tpm_analytics.reports.steps import Asked, Prepared
from tpm_analytics.workspace import RECORDED_VARIABLE

RECORDED = "recorded.json"


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
        notebook = fitting.fit(notebook, asked.definition.sharing)
        page = _render(notebook, asked.definition.name)
        others = formats.ready(asked.definition, asked.workspace, notebook, page)
    except ReportError:
        _keep_broken(prepared, executed)
        raise
    ending = prepared.ending(
        "complete",
        program=facts.program(notebook),
        figures=figures,
        records=facts.records(notebook),
    )
    _publish(prepared, ending, notebook, page, others)
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
    others: Mapping[str, bytes],
) -> None:
    asked = prepared.asked
    text = notebooks.to_text(notebook)
    entry = steps.entry_of(asked, prepared.run, ending)
    page = publish.with_part(page, "due", steps.due_line(asked, entry.ended_at, ending.program))
    good = Receipt(entry=entry, published=publish.fingerprint_of(page, text))
    snapshot = comparison.snapshot(prepared.staging, ending.program, prepared.question)
    publish.publish(
        asked.folder,
        page=page,
        notebook=text,
        formats=others,
        state={**snapshot, **_assumed(asked.definition), publish.RUN: receipt.to_text(good)},
        staging=prepared.staging,
    )
    formats.clear(asked.folder, others)
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
        kept = formats.broken(asked.definition, asked.workspace, notebook)
        if kept is None:
            (asked.folder / publish.FAILED).unlink(missing_ok=True)
        else:
            publish.write(asked.folder / publish.FAILED, notebooks.to_text(kept))
