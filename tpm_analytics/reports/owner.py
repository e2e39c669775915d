"""Whose a run or a hidden file is, and whether that process is still alive."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import time
from functools import cache
from pathlib import Path

# What another machine holds cannot be looked at: after so long nobody works on it any more
STRANGER_SECONDS = 24 * 60 * 60
MARK = r"\d+-[0-9a-f]{6}-[0-9a-f]{10}"
_START_FIELD = 19  # of /proc/PID/stat, counted after the name: when the process began, in ticks


def mark() -> str:
    """Return the mark of this process: its number, and what no later one of that number has.

    It says process, machine and life, and fits into the name of a file.
    """
    return _mark(os.getpid())


def alive(owner: str | None, *, seen_at: float) -> bool:
    """Whether the process of the mark `owner` may be at work on what it touched at `seen_at`.

    Without a mark it is held for dead; on another machine it is given a day.

    Examples
    --------
    >>> alive(mark(), seen_at=0), alive(None, seen_at=0)
    (True, False)
    """
    process, _, rest = (owner or "").partition("-")
    machine, _, life = rest.partition("-")
    if not process.isdigit() or not life:
        return False
    if machine != _digest(_machine(), 3):
        return time.time() - seen_at < STRANGER_SECONDS
    return _mark(int(process)) == owner


def _mark(process: int) -> str:
    life = f"{_boot()} {_began(process) or 'never'}"
    return f"{process}-{_digest(_machine(), 3)}-{_digest(life, 5)}"


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def _began(process: int) -> str | None:
    """When a process began; None if there is none, or if it is dead and not yet buried."""
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else fields[_START_FIELD]
    command = ["ps", "-o", "lstart=", "-p", str(process)]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return asked.stdout.strip() or None


@cache
def _machine() -> str:
    """A container has process numbers of its own, so it is a machine of its own."""
    try:
        namespace = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        namespace = ""
    return f"{socket.gethostname()} {namespace}"


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
