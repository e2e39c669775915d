"""What went wrong in a run, in one plain sentence and one word for the ledger."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tpm_analytics import errors
from tpm_analytics.errors import ReportError, TpmError
from tpm_analytics.reports import publish
from tpm_analytics.reports.kernels import jobs
from tpm_analytics.reports.ledger.entry import Outcome
from tpm_analytics.reports.ledger.ledger_file import DISK_FULL, FullDiskError
from tpm_analytics.reports.signals import Terminated

if TYPE_CHECKING:
    from papermill.exceptions import PapermillExecutionError

HINT_MARK = "\nHint: "
_MORE_MEMORY = "give it more memory, or less data"
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NO_SPACE = re.compile(r"\[Errno (28|122)\]|No space left on device|disk is full")
# Who counts what the kernel of the system has killed because memory ran out
_CONTROL_GROUPS = Path("/proc/self/cgroup")
_CONTROL_ROOT = Path("/sys/fs/cgroup")
_WHOLE_MACHINE = Path("/proc/vmstat")
_KILLED = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)

_ENDS: tuple[tuple[type[BaseException], Outcome, str], ...] = (
    (Terminated, "terminated", "The run was told to end (SIGTERM)."),
    (KeyboardInterrupt, "interrupted", "The run was interrupted."),
    (MemoryError, "out of memory", "Memory ran out."),
    (OSError, "failed", "The report could not be written: {}."),
)


class RunError(ReportError):
    """A run that has not ended well; `outcome` is the ledger's word for how."""

    def __init__(self, message: str, *, outcome: Outcome, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.outcome: Outcome = outcome


def told(failure: PapermillExecutionError, notebook: str, *, starved: bool = False) -> RunError:
    """Return the error of a notebook's cell; errors of this package speak for themselves.

    Parameters
    ----------
    failure
        As papermill raised it.
    notebook
        Name of the notebook.
    starved
        Whether the system has ended a process in want of memory while the notebook ran.
    """
    said = _COLOURS.sub("", failure.evalue).strip()
    place = notebook
    if failure.exec_count is not None:
        place = f"{notebook} at In [{failure.exec_count}]"
    if failure.ename == jobs.DIED and starved:
        return RunError(
            f"{place}: its kernel was ended by the system because memory ran out.",
            outcome="out of memory",
            hint=_MORE_MEMORY,
        )
    if failure.ename in {jobs.DIED, jobs.TIMED_OUT}:
        return RunError(
            f"{place}: {said}.",
            outcome="timeout" if failure.ename == jobs.TIMED_OUT else "kernel died",
            hint="run the notebook in JupyterLab to see why",
        )
    if failure.ename == jobs.TOO_MUCH:
        hint = "show a summary, or the first rows, in place of everything"
        return RunError(f"{place}: {said}.", outcome="failed", hint=hint)
    if failure.ename.endswith("MemoryError"):  # mostly a bare one; an array says its size
        more = f": {first_line(said)}" if said else ""
        return RunError(
            f"{place}: memory ran out{more}.", outcome="out of memory", hint=_MORE_MEMORY
        )
    outcome: Outcome = "disk full" if _NO_SPACE.search(said) else "failed"
    if _is_ours(failure.ename):
        message, _, hint = said.partition(HINT_MARK)
        return RunError(f"{place}: {message}", outcome=outcome, hint=hint or None)
    return RunError(
        f"{place}: {failure.ename}: {first_line(said)}",
        outcome=outcome,
        hint=f"the traceback is in {publish.FAILED}, in the report's folder",
    )


def as_run_error(problem: BaseException) -> RunError:
    """Return whatever ended a run as one error, with its outcome."""
    if isinstance(problem, RunError):
        return problem
    if isinstance(problem, FullDiskError) or getattr(problem, "errno", None) in DISK_FULL:
        place = getattr(problem, "filename", None) or "the report"
        return RunError(
            f"The disk is full: {place} could not be written.",
            outcome="disk full",
            hint="make room and run again",
        )
    if isinstance(problem, TpmError):
        return RunError(problem.message, outcome="failed", hint=problem.hint)
    said = f"The report could not be made: {type(problem).__name__}: {first_line(str(problem))}."
    for kind, outcome, words in _ENDS:
        if isinstance(problem, kind):
            hint = "see that its folder can be written" if kind is OSError else None
            return RunError(words.format(problem), outcome=outcome, hint=hint)
    return RunError(said, outcome="failed")


def ended(outcome: Outcome) -> str:
    """Return how a run ended that did not end well, to go on after "the run of Monday".

    Examples
    --------
    >>> ended("terminated"), ended("timeout")
    ('was stopped', 'failed')
    """
    if outcome in {"terminated", "interrupted"}:
        return "was stopped"
    return "was lost" if outcome == "lost" else "failed"


def killed_for_memory() -> int:
    """Return how many processes the system has ended here because memory ran out."""
    for path in (*_control_files(), _WHOLE_MACHINE):
        try:
            found = _KILLED.search(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            return int(found.group(1))
    return 0


def first_line(text: str) -> str:
    r"""Return the first line of an error's text, without the colours of a terminal.

    Examples
    --------
    >>> first_line("\x1b[31mno such column\x1b[0m\n  at line 3")
    'no such column'
    """
    lines = _COLOURS.sub("", text).strip().splitlines()
    return lines[0] if lines else "no reason was given"


def _control_files() -> list[Path]:
    """Where this process's control group counts: version 1 and version 2 keep it elsewhere."""
    try:
        lines = _CONTROL_GROUPS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    places = [line.split(":", 2) for line in lines if line.count(":") >= 2]
    first = [
        _CONTROL_ROOT / "memory" / path.lstrip("/") / "memory.oom_control"
        for _, names, path in places
        if "memory" in names.split(",")
    ]
    second = [
        _CONTROL_ROOT / path.lstrip("/") / "memory.events" for _, names, path in places if not names
    ]
    return first + second


def _is_ours(name: str) -> bool:
    known = getattr(errors, name, None)
    return isinstance(known, type) and issubclass(known, TpmError)
