"""What must be true of a run's outcome before it may replace the page that stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import nbformat

from tpm_analytics import clock
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports import facts
from tpm_analytics.reports.failure import RunError
from tpm_analytics.reports.ledger.entry import ProgramFacts
from tpm_analytics.workspace import refuse_unread

# A program without items is an empty export far more often than a program without work
_AT_LEAST: Mapping[str, int] = MappingProxyType({"items": 1})
_KEYS: Mapping[str, str] = {
    "rows": "a table such as { items = 100, sprints = 4 }",
    "max_age_days": "a whole number of days",
    "charts": "a whole number of charts",
}


@dataclass(frozen=True, kw_only=True)
class Checks:
    """A ``[reports.NAME.checks]`` table.

    Attributes
    ----------
    rows
        Smallest number of rows by table of the program; one item if nothing is said of items.
    max_age_days
        How many days ago the data may end, at most; None for any number.
    charts
        How many charts the page must have, at least.
    """

    rows: Mapping[str, int] = field(default_factory=lambda: _AT_LEAST)
    max_age_days: int | None = None
    charts: int = 0


def read(table: Mapping[str, Any], place: str) -> Checks:
    """Read a table of checks; `place` says where it stands.

    Raises
    ------
    WorkspaceError
        For a check that nobody knows, or a number that is none.
    """
    for key, value in table.items():
        refuse_unread([key], _KEYS, f"{place}: checks")
        numbers = list(value.values()) if key == "rows" and isinstance(value, dict) else [value]
        if any(not isinstance(one, int) or isinstance(one, bool) or one < 0 for one in numbers):
            raise WorkspaceError(f"{place}: checks: {key} = {value!r} is not {_KEYS[key]}.")
    rows = {**_AT_LEAST, **table.get("rows", {})}
    return Checks(**{**table, "rows": MappingProxyType(rows)})


def passed(checks: Checks, notebook: nbformat.NotebookNode) -> None:
    """Refuse what a notebook has left where a check fails.

    Raises
    ------
    RunError
        Naming the check, what it wants and what there is.
    """
    program = facts.program(notebook)
    wanted = {name: least for name, least in checks.rows.items() if least}
    if program is None:
        if wanted != dict(_AT_LEAST) or checks.max_age_days is not None:
            raise _failed(
                "rows" if checks.max_age_days is None else "max_age_days",
                "the notebook shows no program to check",
                "let a cell end with the loaded program",
            )
    else:
        for name, least in wanted.items():
            if (count := program.rows.get(name, 0)) < least:
                raise _failed(
                    "rows",
                    f"{program.source} has {count:,} row{'' if count == 1 else 's'} in {name}, "
                    f"and {least:,} are wanted",
                    "look at the source with: tpm check; or change checks in tpm.toml",
                )
        fresh(checks, program)
    if (count := facts.charts(notebook)) < checks.charts:
        raise _failed(
            "charts",
            f"the page has {count} of the {checks.charts} charts that are wanted",
            "open the executed notebook to see which is missing",
        )


def fresh(checks: Checks, program: ProgramFacts | None) -> None:
    """Refuse data that ends too long ago; raises `RunError`."""
    if program is None or checks.max_age_days is None:
        return
    until = program.data_until or program.as_of
    age = (clock.today(program.time_zone) - clock.day(until)).days
    if age > checks.max_age_days:
        raise _failed(
            "max_age_days",
            f"the data of {program.source} ends on {until}, {age} days ago, "
            f"and {checks.max_age_days} are allowed",
            "export the data anew",
        )


def _failed(check: str, said: str, hint: str) -> RunError:
    return RunError(f"The check {check} failed: {said}.", outcome="check failed", hint=hint)
