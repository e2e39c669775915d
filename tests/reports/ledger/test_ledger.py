"""The ledger keeps every run, and tells them newest first."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise

import pytest

from tpm_analytics.errors import ReportError
from tpm_analytics.reports.ledger import ledger, ledger_file
from tpm_analytics.reports.ledger.entry import Ending, Figure, ProgramFacts, Start
from tpm_analytics.reports.ledger.ledger_file import MIGRATIONS

PROGRAM = ProgramFacts(source="sample", as_of="2025-03-31", rows={"items": 3})


def begin(path, report="velocity"):
    start = Start(
        report=report,
        asked_at=ledger.now(),
        started_at=ledger.now(),
        parameters={"team": "Core"},
        package="0.1",
    )
    return ledger.begin(path, start)


def test_a_run_is_told_as_it_was_written(tmp_path):
    path = tmp_path / "ledger.sqlite"
    figures = (
        Figure(name="p85", value=9, unit="days"),
        Figure(name="finish", value="2025-06-01"),
        Figure(name="unknown", value=None),
        Figure(name="kept", value=0.8, unit="share"),
    )
    run = begin(path)
    ledger.end(path, run, Ending(outcome="complete", program=PROGRAM, figures=figures))
    told = ledger.last(path, "velocity")
    assert told is not None
    assert (told.id, told.outcome, told.error) == (run, "complete", None)
    assert told.program == PROGRAM
    assert told.figures == figures
    assert told.parameters == {"team": "Core"}
    assert told.asked_at <= told.started_at <= told.ended_at


def test_a_run_that_has_not_ended_is_running(tmp_path):
    path = tmp_path / "ledger.sqlite"
    begin(path)
    told = ledger.last(path, "velocity")
    assert (told.outcome, told.ended_at, told.program) == ("running", None, None)


def test_runs_come_newest_first_and_can_be_chosen(tmp_path):
    path = tmp_path / "ledger.sqlite"
    good, bad, other = begin(path), begin(path), begin(path, "risk")
    ledger.end(path, good, Ending(outcome="complete"))
    ledger.end(path, bad, Ending(outcome="failed", error="no data"))
    assert [entry.id for entry in ledger.entries(path)] == [other, bad, good]
    assert [entry.id for entry in ledger.entries(path, "velocity")] == [bad, good]
    assert ledger.last(path, "velocity", outcome="complete").id == good
    assert ledger.last(path, "budget") is None


def test_no_ledger_is_no_runs(tmp_path):
    assert ledger.entries(tmp_path / "ledger.sqlite") == []
    assert not (tmp_path / "ledger.sqlite").exists()


def test_many_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "ledger.sqlite"

    def write(_):
        run = begin(path)
        ledger.end(path, run, Ending(outcome="complete", figures=(Figure(name="n", value=1),)))
        return run

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(write, range(40)))
    assert len(set(runs)) == 40
    assert all(entry.figures for entry in ledger.entries(path))


@pytest.mark.faults
def test_among_writers_without_a_pause_nobody_waits_until_all_others_have_done(tmp_path):
    path = tmp_path / "ledger.sqlite"
    each, writers = 75, 8
    with ThreadPoolExecutor(writers) as pool:
        written = list(pool.map(lambda _: [0, *(begin(path) for _ in range(each))], range(writers)))
    overtaken = [after - before for runs in written for before, after in pairwise(runs)]
    assert max(overtaken) < each * (writers - 1) / 2


def test_a_ledger_that_is_none_is_named(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_text("not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(ReportError, match=r"ledger\.sqlite is broken"):
        begin(path)


FIRST_VERSION = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, report TEXT NOT NULL, asked_at TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT, outcome TEXT NOT NULL, error TEXT, source TEXT,
    as_of TEXT, time_zone TEXT, rows TEXT NOT NULL DEFAULT '{}',
    parameters TEXT NOT NULL DEFAULT '{}', package TEXT NOT NULL
) STRICT;
CREATE INDEX runs_of_report ON runs (report, id);
CREATE TABLE figures (
    run_id INTEGER NOT NULL REFERENCES runs (id), position INTEGER NOT NULL, name TEXT NOT NULL,
    value TEXT NOT NULL, unit TEXT, PRIMARY KEY (run_id, position)
) STRICT;
INSERT INTO runs VALUES (7, 'velocity', '2025-03-31T07:00:00+00:00', '2025-03-31T07:00:01+00:00',
    '2025-03-31T07:00:09+00:00', 'complete', NULL, 'sample', '2025-03-31', 'Europe/Madrid',
    '{"items": 3}', '{"team": "Core"}', '0.1.0');
INSERT INTO figures VALUES (7, 0, 'velocity', '31.5', 'points');
"""


def test_a_ledger_of_the_first_version_is_brought_up_to_date_and_loses_nothing(tmp_path):
    path = tmp_path / "ledger.sqlite"
    old = sqlite3.connect(path)
    old.executescript(FIRST_VERSION)
    old.close()
    told = ledger.last(path, "velocity")
    assert (told.id, told.outcome, told.parameters) == (7, "complete", {"team": "Core"})
    assert told.figures == (Figure(name="velocity", value=31.5, unit="points"),)
    assert (told.how, told.fingerprint, told.owner, told.reused) == ("command", None, None, None)
    assert begin(path) == 8
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_many_who_bring_it_up_to_date_at_once_do_it_once(tmp_path):
    path = tmp_path / "ledger.sqlite"
    old = sqlite3.connect(path)
    old.executescript(FIRST_VERSION)
    old.close()
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: begin(path), range(8))) == list(range(8, 16))


def test_a_ledger_of_a_newer_package_is_not_touched(tmp_path):
    path = tmp_path / "ledger.sqlite"
    begin(path)
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA user_version = 99")
    with pytest.raises(ReportError, match="written by a newer tpm-analytics"):
        begin(path)


def test_a_ledger_that_is_locked_for_long_is_told(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite"
    begin(path)
    monkeypatch.setattr(ledger_file, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ReportError, match="was locked by another program"):
            begin(path)
    begin(path)


def test_an_end_that_is_written_twice_counts_once(tmp_path):
    path = tmp_path / "ledger.sqlite"
    run = begin(path)
    ending = Ending(outcome="complete", figures=(Figure(name="n", value=1, was=2, was_run=1),))
    assert ledger.end(path, run, ending)
    assert ledger.end(path, run, ending)
    assert ledger.last(path, "velocity").figures == ending.figures
    assert not ledger.end(path, 99, ending)


def test_the_newest_run_of_every_report_is_found_also_by_how_it_ended(tmp_path):
    path = tmp_path / "ledger.sqlite"
    assert ledger.newest(path) == {}
    ends = (("a", "complete"), ("b", "failed"), ("a", "failed"), ("b", "complete"))
    for report, outcome in ends:
        run = ledger.begin(
            path, Start(report=report, asked_at=ledger.now(), started_at=ledger.now())
        )
        ledger.end(path, run, Ending(outcome=outcome, figures=(Figure(name="n", value=run),)))
    assert {name: entry.id for name, entry in ledger.newest(path).items()} == {"a": 3, "b": 4}
    good = ledger.newest(path, outcome="complete")
    assert {name: entry.figures[0].value for name, entry in good.items()} == {"a": 1, "b": 4}
