"""A scenario that a command asks reports to be seen in: read, and tried before any of them runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tpm_analytics import reports, workspace
from tpm_analytics.errors import ParameterError, TpmError
from tpm_analytics.sources.load import load
from tpm_analytics.sources.scenario import read_scenario, seen_in


def what_if(home: workspace.Workspace, file: Path) -> reports.WhatIf:
    """Return the scenario in a file, found from the current folder, as reports take it.

    Raises
    ------
    SourceError, ParameterError
        For a file that cannot be read, that says what no scenario can, or that assumes nothing.
    """
    path = (Path.cwd() / file.expanduser()).resolve()
    scenario = read_scenario(path)
    if scenario.empty:
        raise ParameterError(
            f"{path} assumes nothing: its pages would be those of the program as it is.",
            hint="say what is to be otherwise; see docs/scenarios.md",
        )
    inside = path.is_relative_to(home.root)
    place = path.relative_to(home.root).as_posix() if inside else str(path)
    return reports.WhatIf(name=scenario.name, file=place, said=str(scenario))


def check(
    home: workspace.Workspace,
    assumed: reports.WhatIf,
    names: Iterable[str],
    *,
    as_of: str | None,
    overrides: Mapping[str, str],
) -> None:
    """Refuse a scenario that fits none of the programs that these reports are about.

    One that fits some fails the reports of the others; and what is wrong with a program itself,
    the runs of its reports tell.

    Raises
    ------
    ParameterError
        Naming the file, the entry, and what the program has.
    """
    given = [
        reports.given(report, as_of=as_of, overrides=overrides)
        for report in reports.definitions(home, names).values()
    ]
    asked = {(str(one["program"]), str(one.get("as_of", ""))) for one in given if "program" in one}
    os.environ[workspace.ROOT_VARIABLE] = str(home.root)
    refused = []
    for address, day in sorted(asked):
        try:
            program = load(address, as_of=day or None)
        except TpmError:
            return
        try:
            seen_in(assumed.file, program)
        except ParameterError as error:
            refused.append(error)
        else:
            return
    if refused:
        raise refused[0]
