"""The reports of a workspace: `[reports.NAME]` of `tpm.toml`, read into typed definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tpm_analytics.errors import ParameterError, WorkspaceError, meant
from tpm_analytics.reports import checks, members, sharing
from tpm_analytics.reports.checks import Checks
from tpm_analytics.reports.members import Member, WhatIf
from tpm_analytics.reports.schedule import occurrences
from tpm_analytics.reports.schedule.occurrences import Schedule
from tpm_analytics.reports.sharing import Sharing
from tpm_analytics.workspace import CONFIG, EXTERNAL, Workspace, refuse_unread

CELL_TIMEOUT_SECONDS = 600
NOTEBOOKS = "notebooks"
# The parameter that names the file of a what-if
SCENARIO = "scenario"
# A name becomes a folder: nothing in it may climb out of the output folder or be an option
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SCHEDULE_KEYS = ("every", "time_zone", "missed")
_TYPES: dict[str, tuple[type, str]] = {
    "title": (str, "text"),
    "question": (str, "text"),
    "notebook": (str, "the name of a notebook"),
    "parameters": (dict, 'a table such as { program = "sample" }'),
    "timeout_seconds": (int, "a whole number of seconds"),
    "checks": (dict, "a table such as { max_age_days = 3 }"),
    "formats": (list, 'a list such as ["pdf", "email"]'),
    "audience": (str, f"one of {', '.join(sharing.AUDIENCES)}"),
    "hide": (list, 'a list such as ["teams"]'),
    "publish": (list, 'a list such as ["folder:/srv/reports"]'),
    "every": (str, f"text: write {occurrences.FORMS}"),
    "time_zone": (str, "the name of a time zone such as Europe/Madrid"),
    "missed": (str, "once, skip or all"),
    "for_each": (dict, 'a table such as { team = ["Checkout", "Mobile"] }'),
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
    checks
        What must be true of a run's outcome.
    sharing
        In which formats, for whom, and where it is delivered.
    schedule
        When it is due; None if it runs only when asked.
    member
        Which of the members of ``for_each`` it is for; None if it is not one of many.
    what_if
        What it assumes; None if it is of the program as it is.
    """

    name: str
    title: str
    notebook: Path
    question: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    timeout_seconds: int = CELL_TIMEOUT_SECONDS
    checks: Checks = field(default_factory=Checks)
    sharing: Sharing = field(default_factory=Sharing)
    schedule: Schedule | None = None
    member: Member | None = None
    what_if: WhatIf | None = None

    def seen_in(self, what_if: WhatIf) -> ReportDefinition:
        """Return the report as it is seen in a what-if: beside the real one, delivered nowhere.

        Raises
        ------
        ParameterError
            For a report whose readers are outside: a scenario names teams and people.
        """
        if self.sharing.audience == EXTERNAL:
            raise ParameterError(
                f"{self.name} is for readers outside, and a what-if names teams and people.",
                hint="run it for a report with another audience",
            )
        return replace(
            self,
            name=what_if.of(self.name),
            title=f"{self.title}, what if: {what_if.name}",
            parameters=MappingProxyType({**self.parameters, SCENARIO: what_if.file}),
            sharing=replace(self.sharing, publish=()),
            schedule=None,
            what_if=what_if,
        )


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
    every = {}
    for table in workspace.reports:
        for definition in _definitions(table, workspace):
            if definition.name in every or definition.name in set(workspace.reports) - {table}:
                raise WorkspaceError(
                    f"{workspace.root / CONFIG}: two reports are called {definition.name}.",
                    hint=f"call [reports.{table}] or the other something else",
                )
            every[definition.name] = definition
    if names is None:
        return every
    wanted = dict.fromkeys(found for name in names for found in _named(name, every, workspace))
    return {name: every[name] for name in wanted}


def _named(name: str, every: Mapping[str, ReportDefinition], workspace: Workspace) -> Iterable[str]:
    """Return the reports that `name` means: one, or all members of one of many."""
    if name in every:
        return [name]
    if name in workspace.reports:
        return [one.name for one in every.values() if one.member and one.member.group == name]
    known = {**dict.fromkeys(workspace.reports), **dict.fromkeys(every)}
    raise WorkspaceError(
        f"{workspace.root / CONFIG} has no report {name!r}.{meant(name, known)}",
        hint=_listed(known),
    )


def _definitions(name: str, workspace: Workspace) -> list[ReportDefinition]:
    """Return what `[reports.NAME]` defines: a report, or one for each member of `for_each`."""
    table = workspace.reports[name]
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
    values["checks"] = checks.read(values.get("checks", {}), place)
    values["sharing"] = sharing.read(values, workspace, place)
    values = {key: value for key, value in values.items() if key not in sharing.KEYS}
    values.setdefault("title", name.replace("_", " ").replace("-", " ").capitalize())
    for_each = values.pop("for_each", None)
    if for_each is None:
        return [_definition(name, values, workspace, None)]
    return [
        _definition(name, values, workspace, member)
        for member in members.read(name, values["title"], for_each, place=place)
    ]


def _definition(
    name: str, table: Mapping[str, Any], workspace: Workspace, member: Member | None
) -> ReportDefinition:
    place = f"{workspace.root / CONFIG}: [reports.{name}]"
    values = dict(table)
    given = dict(values.pop("parameters", {}))
    if member is not None:
        if member.parameter in given:
            raise WorkspaceError(
                f"{place} says {member.parameter} in parameters and in for_each.",
                hint=f"take {member.parameter} out of parameters",
            )
        given[member.parameter] = member.value
        values["title"] = f"{values['title']}: {member.value}"
    written = {key: str(values.pop(key)) for key in _SCHEDULE_KEYS if key in values}
    return ReportDefinition(
        name=name if member is None else member.name,
        parameters=MappingProxyType(given),
        schedule=_schedule(written, given.get("program"), workspace, place),
        member=member,
        **values,
    )


def _schedule(
    written: Mapping[str, str], program: object, workspace: Workspace, place: str
) -> Schedule | None:
    if "every" not in written:
        if written:
            raise WorkspaceError(
                f"{place}: {', '.join(written)} without every says nothing.",
                hint=f"add every = one of: {occurrences.FORMS}",
            )
        return None
    of_program = workspace.programs.get(program) if isinstance(program, str) else None
    time_zone = of_program.time_zone if of_program else "UTC"
    try:
        return occurrences.parsed(**{"time_zone": time_zone, **written})
    except ParameterError as error:
        raise WorkspaceError(f"{place}: {error.message}", hint=error.hint) from error


def _check(key: str, value: object, place: str) -> None:
    refuse_unread([key], _TYPES, place)
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
            f"{place}: its notebook {written} is not there.{meant(written, there)}",
            hint=f"the notebooks in {root / NOTEBOOKS}: {', '.join(there) or 'none'}",
        )
    if not found.is_relative_to(root.resolve()):
        raise WorkspaceError(
            f"{place}: its notebook {written} lies outside the workspace.",
            hint=f"copy it into {root / NOTEBOOKS}",
        )
    return found


def _listed(reports: Mapping[str, object]) -> str:
    if not reports:
        return "it names no report yet: add [reports.NAME]"
    return f"its reports: {', '.join(reports)}"
