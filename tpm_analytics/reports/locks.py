"""One at a time: a lock on a file that a process loses with its life."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tpm_analytics.reports import publish

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, threads wait for one another only
    fcntl = None  # type: ignore[assignment]


@dataclass
class _Held:
    threads: threading.RLock = field(default_factory=threading.RLock)
    depth: int = 0


_HELD: defaultdict[Path, _Held] = defaultdict(_Held)
_GUARD = threading.Lock()


def of_report(output: Path, name: str) -> Path:
    """Return the lock that who runs a report holds from before its start to after its end."""
    return output / name / publish.STATE / "lock"


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock `path`, made if need be; yields whether it is held.

    Who holds it already may hold it once more, in the same thread.

    Parameters
    ----------
    path
        A file that nothing else uses. It stays: to delete it would let two in.
    wait
        Whether to wait for others; without, the lock is held only if nobody has it.
    """
    with _GUARD:
        held = _HELD[path.absolute()]
    if not held.threads.acquire(blocking=wait):
        yield False
        return
    try:
        if held.depth:
            yield True
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # of the process, not of the open file: what it forks does not hold the lock after its end
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            got = _locked(handle, wait=wait)
            held.depth += got
            try:
                yield got
            finally:
                held.depth -= got
        finally:
            os.close(handle)
    finally:
        held.threads.release()


def _locked(handle: int, *, wait: bool) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (BlockingIOError, PermissionError):
        return False
    return True
