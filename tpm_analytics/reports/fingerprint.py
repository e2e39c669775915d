"""What a run is made of, known before it runs: where all of it is as before, so is the page."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import nbformat

from tpm_analytics import clock
from tpm_analytics.reports import notebooks
from tpm_analytics.reports.catalogue import SCENARIO, ReportDefinition
from tpm_analytics.reports.ledger.entry import Fingerprint
from tpm_analytics.workspace import ProgramDefinition, Workspace

AS_OF, PROGRAM, TODAY = "as_of", "program", "today"
# Readers that make a program out of its address and nothing else
PLACELESS = frozenset({"sample"})
LIBRARIES = ("altair", "numpy", "pandas", "scipy", "vl-convert-python")
_ADDRESS = re.compile(r"([a-z][a-z0-9-]*):(.*)", re.DOTALL)
_BLOCK = 1 << 20
_SIZE = 16


def of_run(
    definition: ReportDefinition,
    workspace: Workspace,
    notebook: nbformat.NotebookNode,
    values: Mapping[str, Any],
    readers: Mapping[str, str],
) -> Fingerprint:
    """Return the fingerprint of a run.

    Parameters
    ----------
    definition, workspace
        The report, and where it runs.
    notebook, values
        The notebook, and its parameters, the defaults among them.
    readers
        What the kernel is told of the readers: with another salt, all pseudonyms are others.
    """
    days = {_day_of(program, values.get(AS_OF)) for program in _programs(workspace, values)}
    return Fingerprint(
        data=data(workspace, values),
        notebook=of_notebook(notebook),
        parameters=_digest([_plain(definition), dict(values), sorted(days), dict(readers)]),
        package=package(),
    )


def question(definition: ReportDefinition, values: Mapping[str, Any]) -> str:
    """Return what is the same for all runs that ask the same, each for its own day."""
    asked = {name: value for name, value in values.items() if name != AS_OF}
    readers = definition.sharing
    return _digest([definition.name, asked, readers.audience, readers.hide])


def data(workspace: Workspace, values: Mapping[str, Any]) -> str | None:
    """Return the fingerprint of all files that `values` name as programs or as a what-if.

    Returns
    -------
    str or None
        None if none is named, or one is not a file or folder that can be read here: what cannot
        be known to be unchanged counts as changed.
    """
    programs = _programs(workspace, values)
    found = []
    for program in programs:
        content = _content(program.source, workspace.root)
        if content is None:
            return None
        how = replace(program, as_of=None)
        found.append([_plain(how), content])
    if isinstance(assumed := values.get(SCENARIO), str) and assumed:
        content = _content(f"file:{assumed}", workspace.root)
        if content is None:
            return None
        found.append([content])
    return _digest([found, dict(workspace.thresholds)]) if found else None


def of_notebook(notebook: nbformat.NotebookNode) -> str:
    """Return the fingerprint of what a notebook does and says; its outputs do not count."""
    cells = [
        [cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells
    ]
    return _digest([cells, notebook.metadata.get("kernelspec", {}).get("name")])


@cache
def package() -> str:
    """Return the fingerprint of this package as it is installed, and of what computes under it."""
    home = Path(__file__).parents[1]
    files = (path for path in _files(home) if path.suffix != ".pyc")
    own = [[path.relative_to(home).as_posix(), _of_file(path)] for path in files]
    return _digest([own, sys.version, {name: _version(name) for name in LIBRARIES}])


def _programs(workspace: Workspace, values: Mapping[str, Any]) -> list[ProgramDefinition]:
    """Return the programs that parameters name, by their name or by an address."""
    found = {}
    for name, value in values.items():
        for text in value if isinstance(value, list) else [value]:
            if not isinstance(text, str):
                continue
            if text in workspace.programs:
                found[text] = workspace.programs[text]
            elif name == PROGRAM or _ADDRESS.fullmatch(text):
                found[text] = ProgramDefinition(name=text, source=text)
    return [found[text] for text in sorted(found)]


def _day_of(program: ProgramDefinition, asked: object) -> str:
    day = asked or program.as_of
    if day != TODAY:
        return str(day or "")
    return clock.today(program.time_zone).isoformat()


def _content(address: str, root: Path) -> object:
    """Return the fingerprint of all that the address names; None if it is not on this disk."""
    read = _ADDRESS.fullmatch(address)
    if read is None:
        return None
    scheme, place = read.groups()
    if scheme in PLACELESS:
        return address
    path = root / Path(place).expanduser()
    try:
        if path.is_file():
            return _of_file(path)
        if place and path.is_dir():
            return [[file.relative_to(path).as_posix(), _of_file(file)] for file in _files(path)]
    except OSError:
        return None
    return None


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(place) / name for name in sorted(names))


def _of_file(path: Path) -> str:
    held = path.stat()
    settled = time.time() - held.st_mtime > notebooks.SETTLED_SECONDS
    known = (held.st_size, held.st_mtime_ns, held.st_ino) if settled else (time.monotonic_ns(),)
    return _read(path, known)


@lru_cache(maxsize=4096)
def _read(path: Path, known: tuple[int, ...]) -> str:  # noqa: ARG001  what the cache goes by
    digest = hashlib.blake2b(digest_size=_SIZE)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _plain(record: Any) -> dict[str, Any]:
    """Return the fields of a definition by name, without the folder this machine keeps it in."""
    named = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: value.name if isinstance(value, Path) else value for name, value in named.items()}


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=_words)
    return hashlib.blake2b(text.encode(), digest_size=_SIZE).hexdigest()


def _words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return list(value)
    return repr(value)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
