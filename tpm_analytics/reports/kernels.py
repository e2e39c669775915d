"""Kernels for runs: each starts in the workspace's root and ends with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from tpm_analytics.reports import notebooks

ENGINE = "tpm"
KERNEL_START_SECONDS = 60
DIED = "KernelDied"
TIMED_OUT = "CellTimedOut"

CellsDone = Callable[[int, int], None]


@dataclass
class Job:
    """What a run asks of its kernel, and what the engine notes while it runs.

    Attributes
    ----------
    folder, environment
        Where the kernel works, and its environment variables.
    timeout_seconds
        Longest time a cell may take.
    on_cell
        Told the number of code cells done, and how many there are.
    """

    folder: Path
    environment: Mapping[str, str]
    timeout_seconds: int
    on_cell: CellsDone | None = None
    cell: int = field(default=0, init=False)
    group: int | None = field(default=None, init=False)
    ended: bool = field(default=False, init=False)

    def kill(self) -> None:
        """End the kernel and every process it started, also a kernel that is yet to start."""
        self.ended = True
        if self.group is not None and self.group != os.getpgrp():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, signal.SIGKILL)


class WorkspaceEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's engine, but a run that cannot end leaves its reason in the notebook."""

    @classmethod
    def execute_managed_notebook(  # noqa: D102 (papermill's own signature and meaning)
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, job: Job, **_: Any
    ) -> None:
        code = [i for i, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]

        def starts(cell: nbformat.NotebookNode, cell_index: int) -> None:  # noqa: ARG001
            job.cell = cell_index
            if job.on_cell:
                job.on_cell(sum(index < cell_index for index in code), len(code))

        client = _Client(
            nb_man,
            job=job,
            kernel_name=kernel_name,
            timeout=job.timeout_seconds,
            startup_timeout=KERNEL_START_SECONDS,
            on_cell_start=starts,
        )
        try:
            client.execute()
        except DeadKernelError:
            _fail(nb_man, job.cell, DIED, "its kernel died, as it does when memory runs out")
        except CellTimeoutError:
            said = f"it took longer than the {job.timeout_seconds} seconds that a cell may take"
            _fail(nb_man, job.cell, TIMED_OUT, said)
        finally:
            job.kill()


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    def __init__(self, nb_man: NotebookExecutionManager, *, job: Job, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self.job = job

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(
            cwd=str(self.job.folder),
            env=dict(self.job.environment),
            transport_encryption="auto",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )
        self.job.group = getattr(self.km.provisioner, "pgid", None)
        if self.job.ended:
            self.job.kill()


def _fail(nb_man: NotebookExecutionManager, index: int, name: str, said: str) -> None:
    cell = nb_man.nb.cells[index]
    shown = [output for output in cell.outputs if output.output_type != "error"]
    cell.outputs = [*shown, notebooks.failure(name, said)]
    nb_man.cell_exception(cell, cell_index=index)


papermill_engines.register(ENGINE, WorkspaceEngine)
