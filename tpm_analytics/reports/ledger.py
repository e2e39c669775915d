"""The ledger: one SQLite file that knows every run, what it ran on and how it ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tpm_analytics.errors import ReportError

FILE = "ledger.sqlite"
BUSY_SECONDS = 30
Outcome = Literal["running", "complete", "failed", "interrupted"]

_TABLES = """
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
"""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure that a notebook recorded."""

    name: str
    value: float | int | str | bool | None
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProgramFacts:
    """What a notebook said about the program it loaded."""

    source: str
    as_of: str
    time_zone: str = "UTC"
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A run, as the ledger knows it. Instants are in UTC."""

    id: int
    report: str
    asked_at: datetime
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    error: str | None
    program: ProgramFacts | None
    parameters: Mapping[str, Any]
    package: str
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended, and what it left."""

    outcome: Outcome
    error: str | None = None
    program: ProgramFacts | None = None
    figures: tuple[Figure, ...] = ()


def now() -> datetime:
    """Return the instant, in UTC, to the second: what the ledger writes down."""
    return datetime.now(UTC).replace(microsecond=0)


def begin(
    path: Path, report: str, *, asked_at: datetime, parameters: Mapping[str, Any], package: str
) -> int:
    """Write down that a run of `report` starts now; returns its id."""
    with _opened(path) as ledger:
        cursor = ledger.execute(
            "INSERT INTO runs (report, asked_at, started_at, outcome, parameters, package)"
            " VALUES (?, ?, ?, 'running', ?, ?)",
            (
                report,
                asked_at.isoformat(),
                now().isoformat(),
                json.dumps(dict(parameters), default=str),
                package,
            ),
        )
        return int(cursor.lastrowid or 0)


def end(path: Path, run_id: int, ending: Ending) -> None:
    """Write down how the run `run_id` ended, with its figures: all of it or nothing."""
    program = ending.program
    facts = (program.source, program.as_of, program.time_zone) if program else (None, None, None)
    rows = json.dumps(dict(program.rows)) if program else "{}"
    with _opened(path) as ledger:
        ledger.execute(
            "UPDATE runs SET ended_at = ?, outcome = ?, error = ?,"
            " source = ?, as_of = ?, time_zone = ?, rows = ? WHERE id = ?",
            (now().isoformat(), ending.outcome, ending.error, *facts, rows, run_id),
        )
        ledger.executemany(
            "INSERT INTO figures (run_id, position, name, value, unit) VALUES (?, ?, ?, ?, ?)",
            [
                (run_id, position, figure.name, json.dumps(figure.value), figure.unit)
                for position, figure in enumerate(ending.figures)
            ],
        )


def entries(
    path: Path, report: str | None = None, *, outcome: Outcome | None = None, limit: int = 100
) -> list[Entry]:
    """Return the last runs, newest first; none if there is no ledger yet."""
    if not path.exists():
        return []
    with _opened(path) as ledger:
        found = ledger.execute(
            "SELECT * FROM runs WHERE (?1 IS NULL OR report = ?1)"
            " AND (?2 IS NULL OR outcome = ?2) ORDER BY id DESC LIMIT ?3",
            (report, outcome, limit),
        ).fetchall()
        return [_entry(row, _figures(ledger, row["id"])) for row in found]


def last(path: Path, report: str, *, outcome: Outcome | None = None) -> Entry | None:
    """Return the newest run of `report`, or the newest that ended like `outcome`."""
    found = entries(path, report, outcome=outcome, limit=1)
    return found[0] if found else None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        ledger = sqlite3.connect(path, timeout=BUSY_SECONDS)
        try:
            ledger.row_factory = sqlite3.Row
            ledger.execute("PRAGMA journal_mode = WAL")
            ledger.executescript(_TABLES)
            with ledger:
                yield ledger
        finally:
            ledger.close()
    except sqlite3.Error as error:
        raise ReportError(
            f"The ledger {path} cannot be used: {error}.",
            hint="see that its folder can be written; a broken ledger can be set aside by renaming",
        ) from error


def _figures(ledger: sqlite3.Connection, run_id: int) -> tuple[Figure, ...]:
    rows = ledger.execute(
        "SELECT name, value, unit FROM figures WHERE run_id = ? ORDER BY position", (run_id,)
    )
    return tuple(
        Figure(name=row["name"], value=json.loads(row["value"]), unit=row["unit"]) for row in rows
    )


def _entry(row: sqlite3.Row, figures: tuple[Figure, ...]) -> Entry:
    program = None
    if row["source"] is not None:
        program = ProgramFacts(
            source=row["source"],
            as_of=row["as_of"],
            time_zone=row["time_zone"],
            rows=json.loads(row["rows"]),
        )
    return Entry(
        id=row["id"],
        report=row["report"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        ended_at=None if row["ended_at"] is None else datetime.fromisoformat(row["ended_at"]),
        outcome=row["outcome"],
        error=row["error"],
        program=program,
        parameters=json.loads(row["parameters"]),
        package=row["package"],
        figures=figures,
    )
