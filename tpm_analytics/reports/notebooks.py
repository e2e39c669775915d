"""Notebook files, read and written with types."""

from __future__ import annotations

from pathlib import Path

import nbformat
import orjson
from nbformat.v4 import rwbase

from tpm_analytics.errors import ReportError

FORMAT = 4
_TIDY = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


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
    """Return the content of the notebook's file: as nbformat writes it, many times as fast."""
    try:
        own = nbformat.from_dict(orjson.loads(orjson.dumps(notebook)))  # type: ignore[no-untyped-call]
        tidy = rwbase.strip_transient(rwbase.split_lines(own))  # type: ignore[no-untyped-call]
        return orjson.dumps(tidy, option=_TIDY).decode()
    except TypeError:  # what JSON proper has no form for, such as a number of thirty digits
        return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]


def failure(name: str, said: str) -> nbformat.NotebookNode:
    """Return the output of a cell that ended in an error."""
    output: nbformat.NotebookNode = nbformat.v4.new_output(  # type: ignore[no-untyped-call]
        "error", ename=name, evalue=said, traceback=[said]
    )
    return output
