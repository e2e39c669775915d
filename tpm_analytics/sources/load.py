"""Load a program from an address: the address names a reader, the reader delivers the tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

import pandas as pd

from tpm_analytics import secrets, workspace
from tpm_analytics.calendars import today
from tpm_analytics.clock import zone
from tpm_analytics.errors import ParameterError, SourceError, WorkspaceError
from tpm_analytics.program import Program, Stage, Workflow
from tpm_analytics.program.pseudonyms import pseudonymised
from tpm_analytics.sources import folder, jira, jira_csv, kept, sample, snapshot
from tpm_analytics.sources.reading import Options, Reader
from tpm_analytics.sources.scenario import read_scenario, seen_in

READERS: dict[str, Reader] = {
    "sample": sample.read,
    "folder": folder.read,
    "jira": jira.read,
    "jira-csv": jira_csv.read,
}
ENTRY_POINTS = "tpm_analytics.readers"
PLACELESS = frozenset({"sample"})


def load(
    address: str,
    as_of: str | date | None = None,
    time_zone: str | None = None,
    workflow: Workflow | Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    scenario: str = "",
) -> Program:
    """Load the program that `address` names, checked, as known on one day.

    In a report for external readers, people and titles come as pseudonyms; see
    `tpm_analytics.program.pseudonyms`.

    Parameters
    ----------
    address
        The name of a program in the workspace's `tpm.toml`, or ``READER:PLACE`` such as
        ``jira:data/export.json``. A relative place starts at the workspace's root. An address
        that must not be read by others is written ``secret:NAME``; see `tpm_analytics.secrets`.
    as_of
        Day to see the program from, or ``"today"``. Without it, the day `tpm.toml` names, else
        the last day on which anything in the data happened, or today if that lies ahead.
    time_zone
        IANA name of the zone whose days count; `tpm.toml`'s, else UTC.
    workflow
        Stage of each status; `tpm.toml`'s, else inferred.
    fields
        Our column by the source's name for it; added to `tpm.toml`'s.
    scenario
        File of a what-if, which the program is then seen in; see `program.what_if.applied`.

    Raises
    ------
    SourceError
        For an unknown reader, or a place that cannot be read as what it should be.
    TpmError
        For whatever else the data or the options get wrong; see `Program.from_tables`.

    Examples
    --------
    >>> program = load("sample:")
    >>> program.has("items", "sprints", "risks")
    True
    """
    if scenario:
        read_scenario(scenario)  # a mistake in it is told before anything is read
    if scenario and os.environ.get(workspace.AUDIENCE_VARIABLE) == workspace.EXTERNAL:
        raise ParameterError(
            "The report is for readers outside, and a what-if names teams and people.",
            hint="leave scenario empty, or run it for another audience",
        )
    found = workspace.find()
    definition = _definition(address, found)
    if found:
        _refuse_unusable(definition, found.root)
    zone_name = time_zone or definition.time_zone
    zone(zone_name)
    stages = workflow if workflow is not None else (definition.workflow or None)
    options = Options(time_zone=zone_name, fields={**definition.fields, **(fields or {})})
    scheme, place = _split(secrets.resolve(definition.source))
    root = found.root if found else Path.cwd()
    located = place if scheme in PLACELESS else str((root / Path(place).expanduser()).resolve())
    day = as_of if as_of not in (None, "") else definition.as_of
    seen_from = today(zone_name) if day == "today" else day
    used = _workflow(stages)
    now = today(zone_name)
    program = kept.program(
        (address, scheme, located, options, seen_from or now, zone_name, used),
        Path(located),
        lambda: _not_ahead(
            Program.from_tables(
                _reader(scheme)(located, options),
                source=address,
                as_of=seen_from or None,
                time_zone=zone_name,
                workflow=used,
            ),
            None if seen_from else now,
        ),
    )
    shown = _for_readers(seen_in(scenario, program) if scenario else program)
    snapshot.keep(shown)
    return shown


def located(address: str, folder: Path) -> str:
    """Return `address` with a relative place made absolute from `folder`; names stay names.

    Examples
    --------
    >>> located("jira:export.json", Path("/data"))
    'jira:/data/export.json'
    """
    scheme, colon, place = address.partition(":")
    if not colon or scheme in PLACELESS or secrets.is_reference(address):
        return address
    return f"{scheme}:{(folder / Path(place).expanduser()).resolve()}"


def _not_ahead(program: Program, now: pd.Timestamp | None) -> Program:
    """See from today what has a day after it: a finish typed into 2099 is no news from then."""
    if now is None or program.as_of <= now:
        return program
    note = (
        f"The data tells of days after today, up to {program.as_of:%Y-%m-%d}: "
        f"it is seen from {now:%Y-%m-%d}."
    )
    return replace(program.at(now), notes=(*program.notes, note))


def _for_readers(program: Program) -> Program:
    """Hide what the readers of a report shall not see: its run says by variables who they are."""
    if os.environ.get(workspace.AUDIENCE_VARIABLE) != workspace.EXTERNAL:
        return program
    return pseudonymised(
        program,
        salt=os.environ.get(workspace.SALT_VARIABLE, ""),
        hide=os.environ.get(workspace.HIDE_VARIABLE, "").split(","),
    )


def _definition(address: str, found: workspace.Workspace | None) -> workspace.ProgramDefinition:
    if ":" in address:
        return workspace.ProgramDefinition(name=address, source=address)
    programs = found.programs if found else {}
    if address not in programs:
        named = f"its programs: {', '.join(programs)}" if programs else "it names no program"
        where = f"{found.root / workspace.CONFIG}: {named}" if found else "no workspace is here"
        readers = f"an address is READER:PLACE; the readers are {', '.join(sorted(READERS))}"
        elsewhere = f"say where it is: {workspace.ROOT_VARIABLE}=FOLDER, or start tpm lab in it; "
        raise SourceError(
            f"{address!r} is neither a program of the workspace ({where}) nor an address.",
            hint=readers if found else elsewhere + readers,
        )
    return programs[address]


def _refuse_unusable(definition: workspace.ProgramDefinition, root: Path) -> None:
    """Say where in `tpm.toml` a time zone or a stage stands that cannot be meant."""
    try:
        zone(definition.time_zone)
        _workflow(definition.workflow)
    except ParameterError as error:
        place = f"{root / workspace.CONFIG}: [programs.{definition.name}]"
        raise WorkspaceError(f"{place}: {error.message}", hint=error.hint) from error


def _workflow(stages: Workflow | Mapping[str, str] | None) -> Workflow | None:
    if stages is None or isinstance(stages, Workflow):
        return stages
    return Workflow(cast("Mapping[str, Stage]", dict(stages)))


def _split(source: str) -> tuple[str, str]:
    scheme, _, place = source.partition(":")
    return scheme, place


def _reader(scheme: str) -> Reader:
    if scheme in READERS:
        return READERS[scheme]
    installed = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if scheme in installed:
        reader: Reader = installed[scheme].load()
        return reader
    known = ", ".join(sorted({*READERS, *installed}))
    raise SourceError(f"No reader is named {scheme!r}.", hint=f"the readers are {known}")
