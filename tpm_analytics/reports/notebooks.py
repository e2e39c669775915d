"""Notebook files, read and written with types."""

from __future__ import annotations

from pathlib import Path

import nbformat

from tpm_analytics.errors import ReportError

FORMAT = 4


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook; raises `ReportError` if the file is none."""
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, FORMAT)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ReportError(
            f"{path} cannot be read as a notebook: {lines[0]}.",
            hint="open it in JupyterLab and save it again",
        ) from error
    return notebook


def to_text(notebook: nbformat.NotebookNode) -> str:
    """Return the content of the notebook's file."""
    return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]


def failure(name: str, said: str) -> nbformat.NotebookNode:
    """Return the output of a cell that ended in an error."""
    output: nbformat.NotebookNode = nbformat.v4.new_output(  # type: ignore[no-untyped-call]
        "error", ename=name, evalue=said, traceback=[said]
    )
    return output
