"""A table that a run recorded is kept in the ledger, and given to later runs of its report."""

import json

import nbformat
import pandas as pd
import pytest

from tests.reports.workspaces import code, make, report
from tpm_analytics import ParameterError, SourceError, record, recorded, reports
from tpm_analytics.reports import facts, recovery
from tpm_analytics.reports.ledger import ledger, receipt
from tpm_analytics.reports.ledger.ledger import Ending, ProgramFacts, Record
from tpm_analytics.workspace import RECORDED_VARIABLE

REMEMBER = """
import pandas as pd
import tpm_analytics as tpm
before = tpm.recorded("promises", source="sample")
tpm.record("promises_known", len(before), unit="rows")
tpm.record("promises", pd.DataFrame({"share": [0.85], "day_on": pd.to_datetime(["2025-03-14"])}))
"""
ROWS = ({"share": 0.85, "day_on": "2025-03-14"},)


def known(done):
    return {figure.name: figure.value for figure in done.figures}


def test_a_run_finds_what_the_run_before_recorded_and_no_figure_is_made_of_it(tmp_path):
    space = make(tmp_path, {"velocity": report(code(REMEMBER))})
    (first,) = reports.run_all(space)
    (second,) = reports.run_all(space, as_of="2025-03-30")
    assert (first.error, second.error) == (None, None)
    assert known(first) == {"promises_known": 0}
    assert known(second) == {"promises_known": 1}
    path = space.output / ledger.FILE
    assert [one.rows for one in ledger.records(path, "velocity")] == [ROWS, ROWS]
    assert "promises = " not in second.page.read_text()


def end(path, *, report_="forecast", outcome="complete", source="sample"):
    start = ledger.Start(
        report=report_, asked_at=ledger.now(), started_at=ledger.now(), package="0.1"
    )
    run = ledger.begin(path, start)
    program = ProgramFacts(source=source, as_of="2025-03-31")
    tables = (Record(name="promises", rows=ROWS),)
    ledger.end(path, run, Ending(outcome=outcome, program=program, records=tables))
    return run


def test_only_complete_runs_of_the_report_are_told_and_whose_program_it_was(tmp_path):
    path = tmp_path / ledger.FILE
    assert ledger.records(path, "forecast") == []
    end(path, outcome="failed")
    end(path, report_="risk")
    end(path, source="other")
    end(path)
    assert ledger.records(path, "forecast") == [
        Record(name="promises", rows=ROWS, source="other"),
        Record(name="promises", rows=ROWS, source="sample"),
    ]


def test_tables_survive_a_broken_ledger_with_the_receipt(tmp_path):
    space = make(tmp_path, {"velocity": report(code(REMEMBER))})
    reports.run_all(space)
    good = receipt.of(space.output / "velocity")
    assert [(one.name, one.rows) for one in good.entry.records] == [("promises", ROWS)]
    path = space.output / ledger.FILE
    for file in space.output.glob(f"{ledger.FILE}*"):
        file.write_bytes(b"no ledger at all" * 100)
    recovery.mend(space.output)
    assert [one.rows for one in ledger.records(path, "velocity")] == [ROWS]


def test_a_notebook_without_an_engine_has_no_earlier_runs(monkeypatch):
    monkeypatch.delenv(RECORDED_VARIABLE, raising=False)
    assert recorded("promises", source="sample").empty


def test_rows_are_those_of_the_name_and_the_program(tmp_path, monkeypatch):
    path = tmp_path / "recorded.json"
    runs = [
        {"name": "promises", "source": "sample", "rows": [{"share": 0.5}]},
        {"name": "promises", "source": "other", "rows": [{"share": 0.6}]},
        {"name": "more", "source": "sample", "rows": [{"share": 0.7}]},
        {"name": "promises", "source": "sample", "rows": [{"share": 0.8}]},
    ]
    path.write_text(json.dumps(runs))
    monkeypatch.setenv(RECORDED_VARIABLE, str(path))
    assert recorded("promises", source="sample")["share"].tolist() == [0.5, 0.8]


@pytest.mark.parametrize("content", ["", "[1]", '{"name": 1}'])
def test_a_file_that_is_no_record_is_told_in_words(tmp_path, monkeypatch, content):
    path = tmp_path / "recorded.json"
    path.write_text(content)
    monkeypatch.setenv(RECORDED_VARIABLE, str(path))
    with pytest.raises(SourceError, match="cannot be read"):
        recorded("promises", source="sample")


def test_a_table_is_recorded_as_plain_rows(capsys):
    table = pd.DataFrame(
        {
            "team": pd.Categorical(["core", None]),
            "day_on": pd.to_datetime(["2025-03-14", None]),
            "amount": [3.0, float("nan")],
            "late": pd.array([True, None], dtype="boolean"),
        }
    )
    record("promises", table)
    assert "promises = 2 rows" in capsys.readouterr().out
    shown = facts.FIGURE_MIME
    notebook = {"cells": [{"outputs": [{"data": {shown: {"name": "promises", "rows": [{}]}}}]}]}
    told = nbformat.from_dict(notebook)
    assert facts.figures(told) == ()
    assert facts.records(told) == (Record(name="promises", rows=({},)),)


def test_a_table_has_no_unit():
    with pytest.raises(ParameterError, match="cannot have one unit"):
        record("promises", pd.DataFrame(), unit="items")
