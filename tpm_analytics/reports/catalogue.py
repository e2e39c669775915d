"""The reports of a workspace: `[reports.NAME]` of `tpm.toml`, read into typed definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tpm_analytics.errors import WorkspaceError
from tpm_analytics.workspace import CONFIG, Workspace

CELL_TIMEOUT_SECONDS = 600
NOTEBOOKS = "notebooks"
# A name becomes a folder: nothing in it may climb out of the output folder or be an option
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TYPES: dict[str, tuple[type, str]] = {
    "title": (str, "text"),
    "question": (str, "text"),
    "notebook": (str, "the name of a notebook"),
    "parameters": (dict, 'a table such as { program = "sample" }'),
    "timeout_seconds": (int, "a whole number of seconds"),
}


@dataclass(frozen=True, kw_only=True)
class ReportDefinition:
    """A ``[reports.NAME]`` table: which notebook answers which question with which parameters.

    Attributes
    ----------
    name, title
        Name of its folder, and what its readers call it.
    question
        What it answers, as the index says it; empty to leave the notebook's own words.
    notebook
        The notebook, absolute.
    parameters
        Values for its parameters cell.
    timeout_seconds
        Longest time a cell may take.
    """

    name: str
    title: str
    notebook: Path
    question: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    timeout_seconds: int = CELL_TIMEOUT_SECONDS


def definitions(
    workspace: Workspace, names: Iterable[str] | None = None
) -> dict[str, ReportDefinition]:
    """Return the reports `names` of `workspace`, all of them without names, in its order.

    Raises
    ------
    WorkspaceError
        For a name that is no report, a key that nothing reads, a value of another type, and a
        notebook that is missing or lies outside the workspace.
    """
    config = workspace.root / CONFIG
    wanted = list(workspace.reports) if names is None else list(dict.fromkeys(names))
    for name in wanted:
        if name not in workspace.reports:
            raise WorkspaceError(
                f"{config} has no report {name!r}.{_meant(name, workspace.reports)}",
                hint=_listed(workspace.reports),
            )
    return {name: _definition(name, workspace.reports[name], workspace) for name in wanted}


def _definition(name: str, table: Mapping[str, Any], workspace: Workspace) -> ReportDefinition:
    place = f"{workspace.root / CONFIG}: [reports.{name}]"
    if not _NAME.fullmatch(name):
        raise WorkspaceError(
            f"{place} is no name for a report: it becomes the name of a folder.",
            hint="use small letters, digits, - and _ only",
        )
    for key, value in table.items():
        _check(key, value, place)
    values = dict(table)
    values["notebook"] = _notebook(values.get("notebook", f"{name}.ipynb"), workspace.root, place)
    values["parameters"] = MappingProxyType(dict(values.get("parameters", {})))
    values.setdefault("title", name.replace("_", " ").replace("-", " ").capitalize())
    return ReportDefinition(name=name, **values)


def _check(key: str, value: object, place: str) -> None:
    if key not in _TYPES:
        raise WorkspaceError(
            f"{place} has a key that nothing reads: {key}.{_meant(key, _TYPES)}",
            hint=f"its keys are {', '.join(sorted(_TYPES))}",
        )
    wanted, said = _TYPES[key]
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise WorkspaceError(f"{place}: {key} = {value!r} is not {said}.")
    if key == "timeout_seconds" and value < 1:  # type: ignore[operator]
        raise WorkspaceError(f"{place}: {key} = {value} leaves no time to run.")


def _notebook(written: str, root: Path, place: str) -> Path:
    candidates = [(root / NOTEBOOKS / written).resolve(), (root / written).resolve()]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        there = sorted(path.name for path in (root / NOTEBOOKS).glob("*.ipynb"))
        raise WorkspaceError(
            f"{place}: its notebook {written} is not there.{_meant(written, there)}",
            hint=f"the notebooks in {root / NOTEBOOKS}: {', '.join(there) or 'none'}",
        )
    if not found.is_relative_to(root.resolve()):
        raise WorkspaceError(
            f"{place}: its notebook {written} lies outside the workspace.",
            hint=f"copy it into {root / NOTEBOOKS}",
        )
    return found


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _listed(reports: Mapping[str, object]) -> str:
    if not reports:
        return "it names no report yet: add [reports.NAME]"
    return f"its reports: {', '.join(reports)}"
