"""Who does runs side by side: processes of this machine, or workers of a Dask cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tpm_analytics.reports import fan_out
from tpm_analytics.reports.cluster import Cluster
from tpm_analytics.reports.fan_out import Asked, Task
from tpm_analytics.reports.ledger import receipt
from tpm_analytics.reports.processes import Processes
from tpm_analytics.reports.run import Run
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.workspace import Workspace


def run_all(
    space: Workspace,
    names: Sequence[str],
    asked: Asked,
    *,
    workers: int | str,
    on_cell: OnCell | None = None,
) -> list[Run]:
    """Do the runs `names` on processes of this machine, or on the cluster of an address.

    Raises
    ------
    ReportError
        If the cluster cannot be used.
    WorkspaceError
        If a worker of the cluster does not see the workspace.
    """
    batch = fan_out.new_batch() if isinstance(workers, str) else ""
    config = fan_out.fingerprint_of(space.root)
    tasks = [
        Task(root=space.root, config=config, report=name, asked=asked, batch=batch)
        for name in _longest_first(space, names, asked)
    ]
    crew: fan_out.Crew = (
        Cluster(workers, output=space.output, batch=batch)
        if isinstance(workers, str)
        else Processes(min(workers, len(tasks)))
    )
    runs = fan_out.run_many(tasks, crew, on_cell=on_cell)
    done = {task.report: run for task, run in zip(tasks, runs, strict=True)}
    return [done[name] for name in names]


def _longest_first(space: Workspace, names: Sequence[str], asked: Asked) -> list[str]:
    """Begin with what takes longest, so that at the end no worker is left alone with it.

    That is told by the last good run; a report without one comes first, by its notebook's size.
    """

    def expected(name: str) -> tuple[float, int]:
        definition = asked.of(name, space)
        good = receipt.of(space.output / definition.name)
        seconds = good.entry.duration_seconds if good else None
        there = definition.notebook.is_file()
        size = definition.notebook.stat().st_size if there else 0
        return (math.inf if seconds is None else seconds, size)

    return sorted(names, key=expected, reverse=True)
