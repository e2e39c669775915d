"""The ledger: one SQLite file that knows every run, what it ran on and how it ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tpm_analytics.reports import owner
from tpm_analytics.reports.ledger.entry import (
    Ending,
    Entry,
    Figure,
    Fingerprint,
    Outcome,
    ProgramFacts,
    Record,
    Start,
)
from tpm_analytics.reports.ledger.ledger_file import opened

FILE = "ledger.sqlite"


def now() -> datetime:
    """Return the instant, in UTC, to the second: what the ledger writes down."""
    return datetime.now(UTC).replace(microsecond=0)


def begin(path: Path, start: Start) -> int:
    """Write down that a run starts now, in this process; returns its id."""
    with opened(path, writes=True) as ledger:
        cursor = ledger.execute(
            "INSERT INTO runs (report, asked_at, started_at, outcome, parameters, package, how,"
            " owner) VALUES (?, ?, ?, 'running', ?, ?, ?, ?)",
            (
                start.report,
                start.asked_at.isoformat(),
                start.started_at.isoformat(),
                json.dumps(dict(start.parameters), default=str),
                start.package,
                start.how,
                owner.mark(),
            ),
        )
        return int(cursor.lastrowid or 0)


def end(path: Path, run_id: int, ending: Ending) -> bool:
    """Write down how the run `run_id` ended, with its figures: all of it or nothing.

    Returns False, and writes nothing, if the ledger does not know that run: it was made anew.
    """
    with opened(path, writes=True) as ledger:
        told = {"id": run_id, "ended_at": now().isoformat(), **_row(ending)}
        columns = ", ".join(f"{name} = :{name}" for name in told if name != "id")
        found = ledger.execute(f"UPDATE runs SET {columns} WHERE id = :id", told).rowcount
        if found:
            _write_figures(ledger, run_id, ending.figures)
            _write_records(ledger, run_id, ending.records)
        return bool(found)


def restore(path: Path, entries_: Iterable[Entry]) -> None:
    """Write runs that are known from elsewhere into the ledger, under the ids they had."""
    with opened(path, writes=True) as ledger:
        for entry in entries_:
            told = {
                "id": entry.id,
                "report": entry.report,
                "asked_at": entry.asked_at.isoformat(),
                "started_at": entry.started_at.isoformat(),
                "ended_at": entry.ended_at and entry.ended_at.isoformat(),
                "parameters": json.dumps(dict(entry.parameters), default=str),
                "package": entry.package,
                "how": entry.how,
                **_row(entry),
            }
            names = ", ".join(told)
            values = ", ".join(f":{name}" for name in told)
            ledger.execute("DELETE FROM figures WHERE run_id = ?", (entry.id,))
            ledger.execute("DELETE FROM records WHERE run_id = ?", (entry.id,))
            ledger.execute(f"INSERT OR REPLACE INTO runs ({names}) VALUES ({values})", told)
            _write_figures(ledger, entry.id, entry.figures)
            _write_records(ledger, entry.id, entry.records)


def entries(
    path: Path,
    report: str | None = None,
    *,
    outcome: Outcome | None = None,
    question: str | None = None,
    before: int | None = None,
    limit: int | None = 100,
) -> list[Entry]:
    """Return the last runs, newest first; none if there is no ledger yet.

    Parameters
    ----------
    path
        The ledger.
    report, outcome, question
        Only runs of that report, that ended so, that asked so.
    before
        Only runs with a smaller id.
    limit
        At most so many; None for all.
    """
    if not path.exists():
        return []
    # Only conditions that are asked for: SQLite would else read every run instead of an index
    told = {
        "report = ?": report,
        "outcome = ?": outcome,
        "question = ?": question,
        "id < ?": before,
    }
    asked = {condition: value for condition, value in told.items() if value is not None}
    where = f"WHERE {' AND '.join(asked)}" if asked else ""
    with opened(path) as ledger:
        found = ledger.execute(
            f"SELECT * FROM runs {where} ORDER BY id DESC LIMIT ?",
            (*asked.values(), -1 if limit is None else limit),
        ).fetchall()
        return _entries(ledger, found)


def newest(path: Path, *, outcome: Outcome | None = None) -> dict[str, Entry]:
    """Return the newest run of every report, or the newest that ended like `outcome`."""
    if not path.exists():
        return {}
    with opened(path) as ledger:
        found = ledger.execute(
            "SELECT * FROM runs WHERE id IN"
            " (SELECT max(id) FROM runs WHERE ?1 IS NULL OR outcome = ?1 GROUP BY report)",
            (outcome,),
        ).fetchall()
        return {entry.report: entry for entry in _entries(ledger, found)}


def last(path: Path, report: str, *, outcome: Outcome | None = None) -> Entry | None:
    """Return the newest run of `report`, or the newest that ended like `outcome`."""
    found = entries(path, report, outcome=outcome, limit=1)
    return found[0] if found else None


def records(path: Path, report: str) -> list[Record]:
    """Return the tables that complete runs of `report` recorded, the oldest run first."""
    if not path.exists():
        return []
    with opened(path) as ledger:
        found = ledger.execute(
            "SELECT records.name, records.rows, runs.source FROM records"
            " JOIN runs ON runs.id = records.run_id"
            " WHERE runs.report = ? AND runs.outcome = 'complete' ORDER BY runs.id, records.name",
            (report,),
        ).fetchall()
    return [
        Record(name=row["name"], rows=tuple(json.loads(row["rows"])), source=row["source"])
        for row in found
    ]


def _row(ending: Ending | Entry) -> dict[str, Any]:
    program, fingerprint = ending.program, ending.fingerprint
    return {
        "outcome": ending.outcome,
        "error": ending.error,
        "source": program and program.source,
        "as_of": program and program.as_of,
        "time_zone": program and program.time_zone,
        "rows": json.dumps(dict(program.rows)) if program else "{}",
        "data_until": program and program.data_until,
        "fingerprint": fingerprint and json.dumps(vars(fingerprint)),
        "question": ending.question,
        "seed": ending.seed,
        "duration_seconds": ending.duration_seconds,
        "reused": ending.reused,
    }


def _write_figures(ledger: sqlite3.Connection, run_id: int, figures: Iterable[Figure]) -> None:
    ledger.execute("DELETE FROM figures WHERE run_id = ?", (run_id,))
    ledger.executemany(
        "INSERT INTO figures (run_id, position, name, value, unit, was, was_run)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                run_id,
                position,
                figure.name,
                json.dumps(figure.value),
                figure.unit,
                None if figure.was_run is None else json.dumps(figure.was),
                figure.was_run,
            )
            for position, figure in enumerate(figures)
        ],
    )


def _write_records(ledger: sqlite3.Connection, run_id: int, tables: Iterable[Record]) -> None:
    ledger.execute("DELETE FROM records WHERE run_id = ?", (run_id,))
    ledger.executemany(
        "INSERT INTO records (run_id, name, rows) VALUES (?, ?, ?)",
        [(run_id, table.name, json.dumps(list(table.rows), default=str)) for table in tables],
    )


def _entries(ledger: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[Entry]:
    figures = _figures(ledger, [row["id"] for row in rows])
    return [_entry(row, figures.get(row["id"], ())) for row in rows]


def _figures(ledger: sqlite3.Connection, runs: list[int]) -> dict[int, tuple[Figure, ...]]:
    rows = ledger.execute(
        "SELECT * FROM figures WHERE run_id IN (SELECT value FROM json_each(?))"
        " ORDER BY run_id, position",
        (json.dumps(runs),),
    )
    found: dict[int, list[Figure]] = {}
    for row in rows:
        figure = Figure(
            name=row["name"],
            value=json.loads(row["value"]),
            unit=row["unit"],
            was=None if row["was"] is None else json.loads(row["was"]),
            was_run=row["was_run"],
        )
        found.setdefault(row["run_id"], []).append(figure)
    return {run: tuple(figures) for run, figures in found.items()}


def _entry(row: sqlite3.Row, figures: tuple[Figure, ...]) -> Entry:
    program = None
    if row["source"] is not None:
        program = ProgramFacts(
            source=row["source"],
            as_of=row["as_of"],
            time_zone=row["time_zone"],
            rows=json.loads(row["rows"]),
            data_until=row["data_until"],
        )
    told = row["fingerprint"]
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
        how=row["how"],
        owner=row["owner"],
        fingerprint=None if told is None else Fingerprint(**json.loads(told)),
        question=row["question"],
        seed=row["seed"],
        duration_seconds=row["duration_seconds"],
        reused=row["reused"],
        figures=figures,
    )
