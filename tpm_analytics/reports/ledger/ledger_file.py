"""The file of the ledger: opened, brought up to date, and its troubles told apart."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tpm_analytics.errors import ReportError

BUSY_SECONDS = 30
# SQLite asks ever more seldom the longer it waits: begun anew, it asks as often as who came last
_TURN_SECONDS, _PAUSE_SECONDS = 0.005, 0.002
# Set where workers of several machines write to one ledger
SHARED_VARIABLE = "TPM_SHARED_LEDGER"
# What SQLite needs beside the ledger while it is open
LEAST_BYTES = 64 * 1024

# Each brings a ledger from the version before to its own; none is ever changed once released
MIGRATIONS = (
    """
    CREATE TABLE IF NOT EXISTS runs (
        id INTEGER PRIMARY KEY,
        report TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT NOT NULL,
        error TEXT,
        source TEXT,
        as_of TEXT,
        time_zone TEXT,
        rows TEXT NOT NULL DEFAULT '{}',
        parameters TEXT NOT NULL DEFAULT '{}',
        package TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS runs_of_report ON runs (report, id);
    CREATE TABLE IF NOT EXISTS figures (
        run_id INTEGER NOT NULL REFERENCES runs (id),
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        unit TEXT,
        PRIMARY KEY (run_id, position)
    ) STRICT;
    """,
    """
    ALTER TABLE runs ADD COLUMN how TEXT NOT NULL DEFAULT 'command';
    ALTER TABLE runs ADD COLUMN owner TEXT;
    ALTER TABLE runs ADD COLUMN seed INTEGER;
    ALTER TABLE runs ADD COLUMN duration_seconds REAL;
    ALTER TABLE runs ADD COLUMN data_until TEXT;
    ALTER TABLE runs ADD COLUMN fingerprint TEXT;
    ALTER TABLE runs ADD COLUMN question TEXT;
    ALTER TABLE runs ADD COLUMN reused INTEGER;
    ALTER TABLE figures ADD COLUMN was TEXT;
    ALTER TABLE figures ADD COLUMN was_run INTEGER;
    CREATE INDEX runs_of_question ON runs (question, id);
    """,
    """
    CREATE TABLE records (
        run_id INTEGER NOT NULL REFERENCES runs (id),
        name TEXT NOT NULL,
        rows TEXT NOT NULL,
        PRIMARY KEY (run_id, name)
    ) STRICT;
    """,
)

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE = 0xFF


class LedgerError(ReportError):
    """The ledger cannot be used."""


class BrokenLedgerError(LedgerError):
    """The ledger's file is no ledger any more; `recovery` sets it aside and makes another."""


class FullDiskError(LedgerError):
    """The ledger cannot grow: its disk is full."""


@contextmanager
def opened(path: Path, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the ledger for one transaction: all that is done in it counts, or none.

    Parameters
    ----------
    path
        The ledger, made if need be.
    writes
        Whether it is to be written: then nobody else writes meanwhile, nor after what was read.

    Raises
    ------
    LedgerError
        If it is locked by others for long, broken, newer than this package or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ledger = sqlite3.connect(path, timeout=_TURN_SECONDS)
        try:
            ledger.row_factory = sqlite3.Row
            _wait_for_turn(ledger, path, writes=writes)
            with ledger:
                yield ledger
        finally:
            ledger.close()
    except (sqlite3.Error, OSError) as error:
        raise _told(error, path) from error


def _wait_for_turn(ledger: sqlite3.Connection, path: Path, *, writes: bool) -> None:
    """Begin the transaction; among many who write without a pause, nobody waits for all others."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            ledger.execute(f"PRAGMA journal_mode = {_journal()}")
            ledger.execute("PRAGMA foreign_keys = ON")
            _bring_up_to_date(ledger, path)
            if writes:
                ledger.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as error:
            if _primary(error) not in _LOCKED or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)  # SQLite refuses some things without waiting at all
    ledger.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")


def _journal() -> str:
    """WAL, which several machines cannot share; what they share is locked as a whole instead."""
    return "DELETE" if os.environ.get(SHARED_VARIABLE) else "WAL"


def is_broken(path: Path, *, thoroughly: bool = False) -> bool:
    """Whether the ledger is there and its file is damaged; `thoroughly`, anywhere in it."""
    if not path.exists():
        return False
    try:
        with opened(path) as ledger:
            if not thoroughly:
                ledger.execute("SELECT count(*) FROM runs, figures").fetchone()
                return False
            return bool(ledger.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except BrokenLedgerError:
        return True


def _bring_up_to_date(ledger: sqlite3.Connection, path: Path) -> None:
    if _version(ledger, path) == len(MIGRATIONS):
        return
    ledger.isolation_level = None  # the transaction is ours: a script would commit it
    try:
        ledger.execute("BEGIN IMMEDIATE")
        for migration in MIGRATIONS[_version(ledger, path) :]:  # another may have been faster
            for statement in migration.split(";"):
                ledger.execute(statement)
        ledger.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        ledger.execute("COMMIT")
    except BaseException:
        if ledger.in_transaction:
            ledger.execute("ROLLBACK")
        raise
    finally:
        ledger.isolation_level = "DEFERRED"


def _version(ledger: sqlite3.Connection, path: Path) -> int:
    version = int(ledger.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise LedgerError(
            f"The ledger {path} was written by a newer tpm-analytics.",
            hint="install that version here too",
        )
    return version


def _primary(error: Exception) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY_CODE


def _is_full(code: int, error: Exception, path: Path) -> bool:
    """SQLite says of some of its files only that they could not be written, not why."""
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
        return shutil.disk_usage(path.parent).free < LEAST_BYTES
    return code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in DISK_FULL


def _told(error: sqlite3.Error | OSError, path: Path) -> LedgerError:
    code = _primary(error)
    if code in _BROKEN:
        return BrokenLedgerError(
            f"The ledger {path} is broken: {error}.",
            hint="run any report: the ledger is set aside and made anew from the published runs",
        )
    if code in _LOCKED:
        return LedgerError(
            f"The ledger {path} was locked by another program for {BUSY_SECONDS} seconds.",
            hint="close what has it open, such as a database browser, and run again",
        )
    if _is_full(code, error, path):
        return FullDiskError(
            f"The ledger {path} cannot be written: the disk is full.",
            hint="make room and run again",
        )
    return LedgerError(
        f"The ledger {path} cannot be used: {error}.",
        hint="see that its folder can be written",
    )
