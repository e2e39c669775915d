"""After a run that nobody ended: finish it if it was ready, call it lost if not, and tidy up."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tpm_analytics.errors import ReportError
from tpm_analytics.reports import failure, locks, owner, publish, words
from tpm_analytics.reports.ledger import ledger, ledger_file, receipt
from tpm_analytics.reports.ledger.entry import Ending, Entry
from tpm_analytics.workspace import RUN_FOLDER_VARIABLE, Workspace

_LEDGER_LOCK = ".ledger.lock"
_LOST = "The process that ran it was killed, or its machine stopped."
_log = logging.getLogger(__name__)


def tidy(workspace: Workspace) -> None:
    """See that ledger and pages agree before anything runs; what is being run is left alone.

    Raises
    ------
    ReportError
        If the ledger cannot be used, or nothing can be written here.
    """
    output = workspace.output
    if not output.is_dir():
        return
    try:
        mend(output, thoroughly=True)
        _sweep(output)
        left = {entry.report for entry in _lost(output)}
        left |= {path.parent.name for path in _hidden(output, "*/")}
        for name in sorted(left):
            with locks.alone(locks.of_report(output, name), wait=False) as held:
                if held:
                    tidy_report(output, name)
    except OSError as error:
        raise ReportError(
            f"{output} cannot be tidied: {error}.", hint="see that it can be written"
        ) from error


def tidy_report(output: Path, name: str) -> None:
    """Do for one report what `tidy` does for all; the caller holds its lock."""
    folder = output / name
    dead = [path for path in _hidden(folder) if path.is_dir()]
    for path in dead:
        _end_processes(path)
        _finish(path, folder)
    given = receipt.of(folder)
    for entry in _lost(output, name):
        if given is not None and _same_run(given.entry, entry):
            ledger.restore(output / ledger.FILE, [given.entry])
            continue
        ledger.end(output / ledger.FILE, entry.id, Ending(outcome="lost", error=_LOST))
        publish.mark_stale(
            folder, stale_words(output, name, entry.started_at, failure.ended("lost"), _LOST)
        )
    _sweep(folder)


def mend(output: Path, *, thoroughly: bool = False) -> bool:
    """Set a broken ledger aside and make another from the receipts of the published reports.

    Parameters
    ----------
    output
        Folder of the reports.
    thoroughly
        Whether to look into all of the ledger, not at its head only.
    """
    path = output / ledger.FILE
    with locks.alone(output / _LEDGER_LOCK):
        if not ledger_file.is_broken(path, thoroughly=thoroughly):
            return False
        aside = path.with_name(f"{path.name}.broken-{ledger.now():%Y-%m-%dT%H%M%S}")
        for end in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
        given = [receipt.read(found) for found in sorted(output.glob(f"*/{publish.RECEIPT}"))]
        known = [one.entry for one in given if one is not None]
        ledger.restore(path, known)
    _log.warning(
        "The ledger was broken. It is set aside as %s and made anew from %d published run%s.",
        aside.name,
        len(known),
        "" if len(known) == 1 else "s",
    )
    return True


def stale_words(output: Path, name: str, started_at: datetime, ended: str, why: str) -> str:
    """Return what a page says that stands although a later run did not end well."""
    good = receipt.of(output / name)
    program = good.entry.program if good else None
    time_zone = program.time_zone if program else "UTC"
    made = good and (good.entry.ended_at or good.entry.started_at)
    then = f"is from {words.moment(made, time_zone)}" if made else "is old"
    return f"This page {then}. The run of {words.moment(started_at, time_zone)} {ended}: {why}"


def _lost(output: Path, name: str | None = None) -> list[Entry]:
    running = ledger.entries(output / ledger.FILE, name, outcome="running", limit=None)
    return [
        entry
        for entry in running
        if not owner.alive(entry.owner, seen_at=entry.started_at.timestamp())
    ]


def _same_run(one: Entry, other: Entry) -> bool:
    return (one.id, one.report, one.started_at) == (other.id, other.report, other.started_at)


def _finish(staging: Path, folder: Path) -> None:
    """Publish what a dead run had made ready, unless a later one has published since."""
    mine = receipt.read(staging / publish.READY / publish.RECEIPT)
    there = receipt.of(folder)
    if mine is not None and (there is None or there.entry.id < mine.entry.id):
        publish.complete(staging, folder)


def _hidden(folder: Path, below: str = "") -> Iterator[Path]:
    """Yield the hidden files and folders that a process left here with its end."""
    for path in folder.glob(f"{below}.*"):
        named = publish.TEMPORARY.fullmatch(path.name)
        if named is None:
            continue
        with contextlib.suppress(FileNotFoundError):
            if not owner.alive(named["owner"], seen_at=path.stat().st_mtime):
                yield path


def _sweep(folder: Path) -> None:
    for path in list(_hidden(folder)):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _end_processes(staging: Path) -> None:
    """End what a dead run started: it was told its folder, and tells its own children."""
    mark = f"{RUN_FOLDER_VARIABLE}={staging}".encode()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (place / "environ").read_bytes().split(b"\0"):
                os.kill(int(place.name), signal.SIGKILL)
