"""What an executed notebook says about itself: its program, its figures, its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import nbformat

from tpm_analytics.reports.ledger.entry import Figure, ProgramFacts, Record

PROGRAM_MIME = "application/vnd.tpm.program+json"
FIGURE_MIME = "application/vnd.tpm.figure+json"
SKIPPED_TAG = "skip-execution"
_PICTURE = re.compile(r"application/vnd\.vegalite\.|image/")


def program(notebook: nbformat.NotebookNode) -> ProgramFacts | None:
    """Return the facts of the first program that the notebook showed; None if it showed none."""
    for shown in _shown(notebook, PROGRAM_MIME):
        if isinstance(shown.get("source"), str) and isinstance(shown.get("as_of"), str):
            rows = shown.get("rows", {})
            return ProgramFacts(
                source=shown["source"],
                as_of=shown["as_of"],
                time_zone=str(shown.get("time_zone", "UTC")),
                data_until=_text(shown.get("data_until")),
                rows={str(name): int(count) for name, count in rows.items()},
            )
    return None


def assumed(notebook: nbformat.NotebookNode) -> str:
    """Return what the first program assumed that the notebook showed; empty if it is a real one."""
    return str(next(_shown(notebook, PROGRAM_MIME), {}).get("assumed", ""))


def figures(notebook: nbformat.NotebookNode) -> tuple[Figure, ...]:
    """Return the recorded figures in the order of the notebook; the last of a name counts."""
    found = {
        str(shown["name"]): Figure(
            name=str(shown["name"]), value=shown.get("value"), unit=shown.get("unit")
        )
        for shown in _shown(notebook, FIGURE_MIME)
        if "name" in shown and "rows" not in shown
    }
    return tuple(found.values())


def records(notebook: nbformat.NotebookNode) -> tuple[Record, ...]:
    """Return the recorded tables in the order of the notebook; the last of a name counts."""
    found = {
        str(shown["name"]): Record(
            name=str(shown["name"]), rows=tuple(dict(row) for row in shown["rows"])
        )
        for shown in _shown(notebook, FIGURE_MIME)
        if "name" in shown and isinstance(shown.get("rows"), list)
    }
    return tuple(found.values())


def charts(notebook: nbformat.NotebookNode) -> int:
    """Return how many charts and pictures the notebook drew."""
    return sum(
        any(_PICTURE.match(mime) for mime in output.get("data", {}))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )


def never_ran(notebook: nbformat.NotebookNode) -> int | None:
    """Return the position, from 1, of the first code cell that did not run; None if all did."""
    for position, cell in enumerate(notebook.cells, start=1):
        skipped = SKIPPED_TAG in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            continue
        if cell.execution_count is None:
            return position
    return None


@cache
def package_version() -> str:
    """Return the version of this package; ``"unknown"`` where it is used without installing."""
    try:
        return version("tpm-analytics")
    except PackageNotFoundError:
        return "unknown"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _shown(notebook: nbformat.NotebookNode, mime: str) -> Iterator[Mapping[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            content = output.get("data", {}).get(mime)
            if isinstance(content, Mapping):
                yield content
