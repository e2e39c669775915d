"""The job that a machine's own scheduler runs: `tpm run --due`, every few minutes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tpm_analytics.errors import TpmError
from tpm_analytics.reports.members import slug

MINUTES = 5
LONGEST_MINUTES = 30
COMMAND_SECONDS = 30
_HASH_LETTERS = 8


class SchedulerError(TpmError):
    """The scheduler of this machine is missing, or refused what it was told."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be run for one workspace, and how often it looks whether anything is due.

    Attributes
    ----------
    root, minutes
        Folder of the workspace; minutes from one look to the next.
    workers
        How many reports run side by side; None for one for each core.
    """

    root: Path
    minutes: int = MINUTES
    workers: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= LONGEST_MINUTES or 60 % self.minutes:
            raise SchedulerError(
                f"Every {self.minutes} minutes is no even part of an hour.",
                hint="take 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30",
            )
        if not str(self.root).isprintable():
            raise SchedulerError(f"A scheduler cannot be told of the folder {str(self.root)!r}.")

    @property
    def command(self) -> list[str]:
        """The command, as a list of words; it needs no shell and no current folder."""
        python = ["-m", "tpm_analytics", "run", "--due"]
        workers = [] if self.workers is None else ["--workers", str(self.workers)]
        return [sys.executable, *python, "--workspace", str(self.root), *workers]

    @property
    def name(self) -> str:
        """A name that no job of another workspace has."""
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:_HASH_LETTERS]
        return f"tpm-{slug(self.root.name)}-{digest}"


def asked(command: Sequence[str], *, told: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of the machine's scheduler with `told` as its input.

    Raises
    ------
    SchedulerError
        If it is not there or does not answer. What it says is for the caller to judge.
    """
    try:
        return subprocess.run(
            command,
            input=told,
            stdin=subprocess.DEVNULL if told is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SchedulerError(
            f"{command[0]} cannot be used: {error}.", hint="see docs/scheduling.md for other ways"
        ) from error
