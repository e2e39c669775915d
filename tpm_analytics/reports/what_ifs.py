"""What-ifs beside the real reports: found again, and held against them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tpm_analytics.reports import publish
from tpm_analytics.reports.catalogue import SCENARIO, ReportDefinition, definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Figure, ProgramFacts
from tpm_analytics.reports.ledger.ledger_file import BrokenLedgerError
from tpm_analytics.reports.members import APART, WhatIf
from tpm_analytics.workspace import Workspace

NOTE = "what_if.json"
# A real report is run for other days and teams too; one further back is another time
LOOKED_AT = 50


def published(workspace: Workspace) -> dict[str, ReportDefinition]:
    """Return the reports of `workspace` that have been published as what-ifs, by name."""
    every = definitions(workspace)
    found = {}
    for path in sorted(workspace.output.glob(f"*{APART}*/{publish.STATE}/{NOTE}")):
        try:
            told = WhatIf(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue
        name = path.parents[1].name
        report = every.get(name.partition(APART)[0])
        if report is not None and told.of(report.name) == name:
            found[name] = report.seen_in(told)
    return found


def note(what_if: WhatIf) -> str:
    """Return the text by which `published` finds a what-if again."""
    return json.dumps(asdict(what_if))


def as_it_is(
    path: Path, report: str, program: ProgramFacts | None, parameters: Mapping[str, Any]
) -> dict[str, Figure]:
    """Return the figures of the last real run that a what-if can be held against, by name.

    Parameters
    ----------
    path
        The ledger.
    report, program, parameters
        Of the what-if: the real run is of the same report, for the same day of the same program,
        with the same parameters otherwise. None is none.
    """
    if program is None:
        return {}
    asked = {name: value for name, value in parameters.items() if name != SCENARIO}
    try:
        runs = ledger.entries(path, report.partition(APART)[0], outcome="complete", limit=LOOKED_AT)
    except BrokenLedgerError:  # the next run mends it
        return {}
    for run in runs:
        same = run.program and (run.program.source, run.program.as_of)
        if same == (program.source, program.as_of) and dict(run.parameters) == asked:
            return {figure.name: figure for figure in run.figures}
    return {}
