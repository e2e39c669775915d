"""The first steps of a run: prepare, and reuse. Each is a call, and takes what is known.

What a page is made with is not among them, so that a run that makes none need not wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from tpm_analytics import clock
from tpm_analytics.errors import ParameterError
from tpm_analytics.reports import (
    checks,
    fingerprint,
    notebooks,
    parameters,
    publish,
)
from tpm_analytics.reports.catalogue import SCENARIO, ReportDefinition
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
from tpm_analytics.reports.page import due
from tpm_analytics.reports.readers import audience, share
from tpm_analytics.workspace import CONFIG, Workspace

SEED = "seed"

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
        texts[AS_OF] = as_of if as_of == TODAY else clock.day(as_of).isoformat()
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
    made_at = good.entry.ended_at or good.entry.started_at
    publish.stand(asked.folder, due_line(asked, made_at, program))
    return prepared.ending("reused", program=program, reused=good.entry.id)


def due_line(asked: Asked, made_at: datetime | None, program: ProgramFacts | None) -> str:
    """Return what a page made then says of when it was checked and is due next."""
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
