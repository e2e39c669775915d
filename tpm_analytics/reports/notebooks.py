"""Notebook files, read and written with types."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import orjson
from nbformat import reader
from nbformat.v4 import rwbase

from tpm_analytics.errors import ReportError

FORMAT = 4
# A file written again so soon after it was read may have the same size and the same time
SETTLED_SECONDS = 2.0
_KEPT = 64
# The last three are how nbformat stumbles over what is JSON, and no notebook
_UNREADABLE = (OSError, ValueError, nbformat.ValidationError, AttributeError, KeyError, TypeError)
# Notebook, cell, output, its data: below them are charts, which nothing changes
_LINED = 4
_JSON = re.compile(r"application/(.*\+)?json")
_TIDY = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook; raises `ReportError` if the file is none.

    A file that stays as it is, is checked once in a process.
    """
    try:
        held = path.stat()
        settled = time.time() - held.st_mtime > SETTLED_SECONDS
        known = (held.st_size, held.st_mtime_ns, held.st_ino) if settled else (time.monotonic_ns(),)
        content = json.loads(_checked(path, known))
    except _UNREADABLE as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ReportError(
            f"{path} cannot be read as a notebook: {lines[0]}.",
            hint="open it in JupyterLab and save it again",
        ) from error
    notebook: nbformat.NotebookNode = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
    return notebook


@lru_cache(maxsize=_KEPT)
def _checked(path: Path, known: tuple[int, ...]) -> str:  # noqa: ARG001  what the cache goes by
    """Return the text of a notebook in the format of today, seen to be valid."""
    raw = reader.reads(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    notebook = nbformat.convert(raw, FORMAT)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return json.dumps(notebook)


def to_text(notebook: nbformat.NotebookNode) -> str:
    """Return the content of the notebook's file: as nbformat writes it, many times as fast."""
    try:
        tidy = rwbase.strip_transient(rwbase.split_lines(_own(notebook)))  # type: ignore[no-untyped-call]
        return orjson.dumps(tidy, option=_TIDY).decode()
    except TypeError:  # what JSON proper has no form for, such as a number of thirty digits
        return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]


def _own(part: Any, levels: int = _LINED) -> Any:
    """Return a copy of a notebook as deep as nbformat puts lines into it; the rest is shared."""
    if levels and isinstance(part, list):
        return [_own(each, levels) for each in part]
    if levels and isinstance(part, dict):
        return _node({key: _own(value, levels - 1) for key, value in part.items()})
    return part


def shown(kind: str, content: Mapping[str, Any]) -> nbformat.NotebookNode | None:
    """Return what a kernel showed as an output; None unless it is seen at a glance to be valid."""
    if kind not in {"display_data", "execute_result"} or not all(
        isinstance(value, str) or _JSON.fullmatch(mime) for mime, value in content["data"].items()
    ):
        return None
    output: dict[str, Any] = {"output_type": kind}
    output |= {part: _node(content[part]) for part in ("data", "metadata")}
    if kind == "execute_result":
        output["execution_count"] = content["execution_count"]
    return _node(output)


def _node(parts: Mapping[str, Any]) -> nbformat.NotebookNode:
    """Return a part of a notebook; what lies in it is left as it is."""
    return nbformat.NotebookNode(parts)  # type: ignore[no-untyped-call]


def failure(name: str, said: str) -> nbformat.NotebookNode:
    """Return the output of a cell that ended in an error."""
    output: nbformat.NotebookNode = nbformat.v4.new_output(  # type: ignore[no-untyped-call]
        "error", ename=name, evalue=said, traceback=[said]
    )
    return output
