"""The slots in the ledger: each moment at which a report was due, taken once, whoever runs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tpm_analytics.reports.ledger.ledger_file import opened
from tpm_analytics.reports.schedule.schedule import MISSED_AFTER, Past, Scheduled, Slot

# A notebook that takes its scheduler down with it must not do so for ever
MOST_ATTEMPTS = 10
# How the ledger calls a run that a scheduler asked for
HOW = "schedule"
SUPERSEDED = "superseded"
GIVEN_UP = "given up"
# Ends that are not the run's own: it never got to say what it had to say
CUT_OFF = ("running", "interrupted", "terminated", "lost")

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS schedules (
        report TEXT PRIMARY KEY,
        every TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        since TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS slots (
        report TEXT NOT NULL,
        due_at TEXT NOT NULL,
        taken_at TEXT NOT NULL,
        stands_for INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 1,
        after_run INTEGER NOT NULL,
        ended_at TEXT,
        outcome TEXT,
        run_id INTEGER,
        PRIMARY KEY (report, due_at)
    ) STRICT
    """,
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A slot that somebody took.

    Attributes
    ----------
    report, due_at
        Which slot.
    taken_at, ended_at
        When its run was last begun, and when it ended; None while it runs or if it was cut off.
    stands_for, attempts
        Earlier slots that were missed and count as made up, and how often it was begun.
    outcome, run_id
        How it ended, and its run in the ledger, if one came to an end.
    """

    report: str
    due_at: datetime
    taken_at: datetime
    ended_at: datetime | None
    stands_for: int
    attempts: int
    outcome: str | None
    run_id: int | None


def pasts(
    path: Path, definitions: Iterable[Scheduled], *, now: datetime, changed_at: datetime
) -> dict[str, Past]:
    """Return what is known of the slots of each report, by name.

    A schedule that is new or has changed counts from `changed_at`, when it was written, but at
    most an hour back: nothing is made up for a time in which nobody had asked for it. One that
    began later than `now` was begun by a wrong clock, and counts from `now`.
    """
    first = min(now, max(changed_at, now - MISSED_AFTER))
    found = {}
    with _opened(path) as ledger:
        for definition in definitions:
            if (plan := definition.schedule) is not None:
                key = (definition.name, plan.every, plan.time_zone)
                since = _since(ledger, key, first=first, now=now)
                found[definition.name] = _past(ledger, definition.name, since=since, now=now)
    return found


def take(path: Path, slot: Slot, *, now: datetime) -> bool:
    """Take `slot`: exactly one of all who ask is told True, and is to run it and then `end` it.

    Only who holds the lock of the report may ask: a slot that was taken and has not ended is then
    known to be cut off. One newer than `slot` makes it out of date.
    """
    with _opened(path, writes=True) as ledger:
        _settle_ended(ledger, slot.report)
        if slot.again:
            return _retake(ledger, slot, now)
        newer = ledger.execute(
            "SELECT 1 FROM slots WHERE report = ? AND due_at BETWEEN ? AND ?",
            (slot.report, _text(slot.due_at), _text(max(now, slot.due_at))),
        ).fetchone()
        if newer:
            return False
        ledger.execute(
            "UPDATE slots SET ended_at = ?, outcome = ?"
            " WHERE report = ? AND ended_at IS NULL AND due_at < ?",
            (_text(now), SUPERSEDED, slot.report, _text(slot.due_at)),
        )
        ledger.execute(
            "INSERT INTO slots (report, due_at, taken_at, stands_for, after_run)"
            " SELECT ?, ?, ?, ?, coalesce(max(id), 0) FROM runs",
            (slot.report, _text(slot.due_at), _text(now), slot.stands_for),
        )
        return True


def end(path: Path, slot: Slot, *, outcome: str, run_id: int, now: datetime) -> None:
    """Write down how the run of a slot ended; one that was cut off stays open, to be run again."""
    if outcome in CUT_OFF:
        return
    with _opened(path, writes=True) as ledger:
        ledger.execute(
            "UPDATE slots SET ended_at = ?, outcome = ?, run_id = ?"
            " WHERE report = ? AND due_at = ?",
            (_text(now), outcome, run_id, slot.report, _text(slot.due_at)),
        )


def taken(path: Path, report: str | None = None) -> list[Taken]:
    """Return the slots that were taken, the oldest first; none if there is no ledger yet."""
    if not path.exists():
        return []
    with _opened(path) as ledger:
        rows = ledger.execute(
            "SELECT * FROM slots WHERE ?1 IS NULL OR report = ?1 ORDER BY due_at, report", (report,)
        ).fetchall()
    return [
        Taken(
            report=row["report"],
            due_at=datetime.fromisoformat(row["due_at"]),
            taken_at=datetime.fromisoformat(row["taken_at"]),
            ended_at=row["ended_at"] and datetime.fromisoformat(row["ended_at"]),
            stands_for=row["stands_for"],
            attempts=row["attempts"],
            outcome=row["outcome"],
            run_id=row["run_id"],
        )
        for row in rows
    ]


@contextmanager
def _opened(path: Path, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
    with opened(path, writes=writes) as ledger:
        for table in _TABLES:
            ledger.execute(table)
        yield ledger


def _since(
    ledger: sqlite3.Connection, key: tuple[str, str, str], *, first: datetime, now: datetime
) -> datetime:
    row = ledger.execute("SELECT * FROM schedules WHERE report = ?", key[:1]).fetchone()
    if row is not None and (row["report"], row["every"], row["time_zone"]) == key:
        since = datetime.fromisoformat(row["since"])
        if since <= now:
            return since
        first = now
    else:  # of a ledger made anew, the runs are known and the slots are not
        asked = ledger.execute(
            "SELECT max(asked_at) AS at FROM runs WHERE report = ? AND how = ?", (key[0], HOW)
        ).fetchone()
        if asked["at"] is not None:
            first = min(now, max(first, datetime.fromisoformat(asked["at"])))
    ledger.execute("INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?)", (*key, _text(first)))
    return first


def _past(ledger: sqlite3.Connection, report: str, *, since: datetime, now: datetime) -> Past:
    rows = ledger.execute(
        "SELECT due_at, ended_at FROM slots WHERE report = ?1 AND due_at <= ?2 AND"
        " (ended_at IS NULL OR due_at ="
        " (SELECT max(due_at) FROM slots WHERE report = ?1 AND due_at <= ?2)) ORDER BY due_at",
        (report, _text(now)),
    ).fetchall()
    moments = [datetime.fromisoformat(row["due_at"]) for row in rows]
    return Past(
        since=since,
        last=moments[-1] if moments else None,
        cut_off=tuple(at for at, row in zip(moments, rows, strict=True) if row["ended_at"] is None),
    )


def _settle_ended(ledger: sqlite3.Connection, report: str) -> None:
    """End the slots whose runs came to their end just before their scheduler was killed."""
    ledger.execute(
        f"""
        UPDATE slots SET (run_id, outcome, ended_at) =
            (SELECT id, outcome, coalesce(ended_at, started_at) FROM runs
             WHERE report = slots.report AND id > slots.after_run
             AND outcome NOT IN ({", ".join("?" * len(CUT_OFF))}) ORDER BY id LIMIT 1)
        WHERE report = ? AND ended_at IS NULL
        """,
        (*CUT_OFF, report),
    )


def _retake(ledger: sqlite3.Connection, slot: Slot, now: datetime) -> bool:
    key = (slot.report, _text(slot.due_at))
    row = ledger.execute(
        "SELECT attempts FROM slots WHERE report = ? AND due_at = ? AND ended_at IS NULL", key
    ).fetchone()
    if row is None:
        return False
    if row["attempts"] >= MOST_ATTEMPTS:
        ledger.execute(
            "UPDATE slots SET ended_at = ?, outcome = ? WHERE report = ? AND due_at = ?",
            (_text(now), GIVEN_UP, *key),
        )
        return False
    ledger.execute(
        "UPDATE slots SET taken_at = ?, attempts = attempts + 1 WHERE report = ? AND due_at = ?",
        (_text(now), *key),
    )
    return True


def _text(instant: datetime) -> str:
    """Write an instant so that texts are in the order of time: all in UTC, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")
