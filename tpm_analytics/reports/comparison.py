"""A run beside the ones before it: what changed, and which figures late data has restated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from tpm_analytics.reports import changes, facts, publish, recovery
from tpm_analytics.reports.changes import Moved
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Entry, Figure, Fingerprint, ProgramFacts
from tpm_analytics.reports.ledger.ledger_file import BrokenLedgerError
from tpm_analytics.workspace import snapshot_name

# Of so many questions, the last asked, the state of the items is kept
MOST_SNAPSHOTS = 20


def compare(
    notebook: nbformat.NotebookNode,
    folder: Path,
    *,
    fingerprint: Fingerprint,
    question: str,
    staging: Path,
    team: object = None,
) -> tuple[tuple[Figure, ...], dict[str, Any]]:
    """Return the figures of a run, those marked that are restated, and what changed, as plain data.

    Parameters
    ----------
    notebook
        Executed.
    folder
        Of the report; its ledger lies above it.
    fingerprint, question
        What the run was made of, and what it asked.
    staging
        Where `tpm_analytics.load` left the state of the items.
    team
        The items of this team are what the page is about; all without one.
    """
    program = facts.program(notebook)
    earlier = _earlier(folder, question)
    figures = changes.restated(facts.figures(notebook), program, fingerprint, earlier)
    last = earlier[0] if earlier else None
    moved = None
    if last is not None and program is not None:
        before = _state(folder / publish.STATE / _kept(question))
        now = _state(staging / snapshot_name(program.source, program.as_of))
        moved = _moved(before, now, last, program, team)
    told = changes.told(figures, last, moved)
    ran_at = {entry.id: (entry.ended_at or entry.started_at).isoformat() for entry in earlier}
    told["restated"] = [
        {
            "name": figure.name,
            "unit": figure.unit,
            "was": figure.was,
            "ran_at": ran_at[figure.was_run],
        }
        for figure in figures
        if figure.was_run is not None
    ]
    return figures, told


def snapshot(staging: Path, program: ProgramFacts | None, question: str) -> dict[str, bytes]:
    """Return the state of the items that the next run shall find, by the name of its file."""
    if program is None:
        return {}
    path = staging / snapshot_name(program.source, program.as_of)
    return {_kept(question): path.read_bytes()} if path.is_file() else {}


def forget(folder: Path) -> None:
    """Delete the states of questions that nobody has asked for long."""
    found = sorted((folder / publish.STATE).glob(_kept("*")), key=lambda path: path.stat().st_mtime)
    for path in found[:-MOST_SNAPSHOTS]:
        path.unlink(missing_ok=True)


def _earlier(folder: Path, question: str) -> list[Entry]:
    """Return the complete runs that asked the same, newest first."""

    def asked() -> list[Entry]:
        path = folder.parent / ledger.FILE
        return ledger.entries(path, folder.name, outcome="complete", question=question, limit=None)

    try:
        return asked()
    except BrokenLedgerError:
        recovery.mend(folder.parent)
        return asked()


def _kept(question: str) -> str:
    return f"items-{question}.parquet"


def _state(path: Path) -> pd.DataFrame | None:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):  # pyarrow's errors are of these kinds
        return None


def _moved(
    before: pd.DataFrame | None,
    now: pd.DataFrame | None,
    last: Entry,
    program: ProgramFacts,
    team: object,
) -> list[Moved] | None:
    same = last.program is not None and last.program.source == program.source
    if before is None or now is None or not same:
        return None
    return changes.between(before, now, team=team if isinstance(team, str) else "")
