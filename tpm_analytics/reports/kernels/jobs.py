"""What runs ask of their kernels, and how kernels end that do not end well."""

from __future__ import annotations

import contextlib
import os
import signal
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tpm_analytics.reports.kernels import showing

# The names of the errors that the engine leaves in a notebook
DIED = "KernelDied"
TIMED_OUT = "CellTimedOut"
TOO_MUCH = "TooMuchShown"

CellsDone = Callable[[int, int], None]

_jobs: weakref.WeakSet[Job] = weakref.WeakSet()


def end_all() -> None:
    """End every kernel that runs for this process."""
    for job in list(_jobs):
        job.kill()


@dataclass(eq=False)
class Job:
    """What a run asks of its kernel, and what the engine notes while it runs.

    Attributes
    ----------
    folder, environment
        Where the kernel works, and its environment variables.
    timeout_seconds
        Longest time a cell may take; None for no limit.
    on_cell
        Told the number of code cells done, and how many there are.
    shown
        How much has been shown, where that is limited.
    """

    folder: Path
    environment: Mapping[str, str]
    timeout_seconds: int | None
    on_cell: CellsDone | None = None
    shown: showing.Shown | None = None
    cell: int = field(default=0, init=False)
    group: int | None = field(default=None, init=False)
    ended: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        _jobs.add(self)

    def kill(self) -> None:
        """End the kernel and every process it started, also a kernel that is yet to start."""
        self.ended = True
        if self.group is not None and self.group != os.getpgrp():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, signal.SIGKILL)
