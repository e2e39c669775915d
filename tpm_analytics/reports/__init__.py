"""Notebooks become shared pages: run strictly, rendered to open offline, published whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpm_analytics.errors import ParameterError
from tpm_analytics.reports import crews, fan_out, recovery
from tpm_analytics.reports.catalogue import ReportDefinition, definitions
from tpm_analytics.reports.members import WhatIf
from tpm_analytics.reports.page import index
from tpm_analytics.reports.run import Run, check_asked, given, run, takes
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.reports.what_ifs import published as published_what_ifs
from tpm_analytics.workspace import Workspace

if TYPE_CHECKING:
    from tpm_analytics.reports.ledger import history

__all__ = [
    "OnCell",
    "ReportDefinition",
    "Run",
    "WhatIf",
    "definitions",
    "given",
    "history",
    "index_path",
    "published_what_ifs",
    "run",
    "run_all",
    "taking",
]


def __getattr__(name: str) -> Any:
    if name == "history":  # tables: a run keeps none, and need not wait for pandas
        return import_module("tpm_analytics.reports.ledger.history")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def run_all(  # noqa: PLR0913  the options of a command
    workspace: Workspace,
    names: Iterable[str] | None = None,
    *,
    as_of: str | None = None,
    overrides: Mapping[str, str] | None = None,
    on_cell: OnCell | None = None,
    force: bool = False,
    workers: int | str = 1,
    what_if: WhatIf | None = None,
) -> list[Run]:
    """Run reports, publish their pages and make the index anew.

    A report that fails does not stop the others: look at the ``outcome`` of each run.

    Parameters
    ----------
    workspace
        From `workspace.read` or `workspace.find`.
    names
        Reports to run; all of them without names.
    as_of, overrides
        Day, and parameter values as typed on a command line. Every report to be run must take
        them.
    on_cell
        Told the report, the code cells done, and how many there are.
    force
        Whether to run reports for which nothing has changed since their last good run.
    workers
        How many processes run reports side by side, or the address of a Dask scheduler such as
        ``tcp://10.0.0.7:8786``. A script that asks for more than one must hold its own work
        under ``if __name__ == "__main__"``.
    what_if
        A scenario to see them in: their pages are published beside the real ones.

    Raises
    ------
    WorkspaceError
        If `tpm.toml` defines a report that cannot be, or lacks one of `names`.
    ParameterError
        If what is asked for fits one of the reports not; nothing has run then.
    """
    every = definitions(workspace)  # the index shows them all
    chosen = every if names is None else definitions(workspace, names)
    if what_if:
        chosen = {name: definition.seen_in(what_if) for name, definition in chosen.items()}
    for definition in chosen.values():
        check_asked(definition, as_of=as_of, overrides=overrides or {})
    recovery.tidy(workspace)
    try:
        if workers != 1 and (isinstance(workers, str) or len(chosen) > 1):
            asked = fan_out.Asked(
                as_of=as_of, overrides=dict(overrides or {}), force=force, what_if=what_if
            )
            return crews.run_all(workspace, list(chosen), asked, workers=workers, on_cell=on_cell)
        return [
            run(
                definition,
                workspace,
                as_of=as_of,
                overrides=overrides,
                on_cell=on_cell,
                force=force,
            )
            for definition in chosen.values()
        ]
    finally:
        index.write(workspace)


def taking(workspace: Workspace, parameter: str) -> list[str]:
    """Return the names of the reports whose notebooks take `parameter`.

    Raises
    ------
    ParameterError
        If there is none.
    """
    found = [name for name, one in definitions(workspace).items() if takes(one, parameter)]
    if not found:
        raise ParameterError(
            f"No report of the workspace takes {parameter}.",
            hint=f"declare {parameter} in the parameters cell of a notebook, and use it",
        )
    return found


def index_path(workspace: Workspace) -> Path:
    """Return the path of the index page of `workspace`."""
    return workspace.output / index.FILE
