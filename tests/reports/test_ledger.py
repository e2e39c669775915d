"""The ledger keeps every run, and tells them newest first."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tpm_analytics.errors import ReportError
from tpm_analytics.reports import ledger
from tpm_analytics.reports.ledger import Ending, Figure, ProgramFacts

PROGRAM = ProgramFacts(source="sample", as_of="2025-03-31", rows={"items": 3})


def begin(path, report="velocity"):
    start = ledger.Start(
        report=report, asked_at=ledger.now(), parameters={"team": "Core"}, package="0.1"
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


def test_a_ledger_that_is_none_is_named(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_text("not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(ReportError, match=r"ledger\.sqlite is broken"):
        begin(path)
