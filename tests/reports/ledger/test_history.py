"""The history as a table, as a file and as a picture of letters."""

import pandas as pd
import pytest

from tests.reports import quick
from tpm_analytics import reports
from tpm_analytics.errors import ParameterError, ReportError
from tpm_analytics.reports.ledger import history


@pytest.fixture
def space(tmp_path, monkeypatch):
    """Three runs: one good, one that is reused, one a day later over other data."""
    quick.without_kernel(monkeypatch)
    figures = [("velocity", 30, "points"), ("finish", "2025-06-01", None), ("mood", "fine", None)]
    space = quick.space_with(tmp_path, figures=figures)
    reports.run_all(space)
    reports.run_all(space)
    quick.write_data(space, "later")
    quick.leave(
        space,
        figures=[("velocity", 15, "points"), ("finish", "2025-06-11", None)],
        as_of="2025-04-01",
    )
    reports.run_all(space)
    return space


def test_the_table_has_a_row_for_each_run_and_figure_the_oldest_first(space):
    table = history.frame(space)
    assert dict(table.dtypes.astype(str)) == history.COLUMNS
    assert table["run"].tolist() == [1, 1, 1, 2, 3, 3]
    assert table["outcome"].tolist() == ["complete"] * 3 + ["reused"] + ["complete"] * 2
    assert table["reused_run"].dropna().tolist() == [1]
    velocity = table[table["figure"] == "velocity"].set_index("as_of")["value"]
    assert velocity.to_dict() == {
        pd.Timestamp("2025-03-31"): 30.0,
        pd.Timestamp("2025-04-01"): 15.0,
    }
    finish = table.loc[table["figure"] == "finish", "value"]
    assert finish.diff().iloc[1] == 10.0
    mood = table[table["figure"] == "mood"].iloc[0]
    assert pd.isna(mood["value"])
    assert mood["text"] == "fine"


def test_runs_are_told_in_the_words_of_people(space):
    runs = history.runs(history.frame(space))
    assert runs["note"].tolist() == ["", "as run 1", ""]
    assert runs["outcome"].tolist() == ["complete", "reused", "complete"]


def test_a_bar_that_is_half_as_long_is_half_as_much(space):
    lines = history.chart(history.frame(space), "velocity", width=10)
    assert lines == ["2025-03-31  30  ██████████", "2025-04-01  15  █████"]


def test_days_are_drawn_from_before_the_first(space):
    lines = history.chart(history.frame(space), "finish", width=27)
    # from 3.5 days before 1 June: 3.5 and 13.5 of 13.5 days
    assert lines == [f"2025-03-31   1 Jun 2025  {'█' * 7}", f"2025-04-01  11 Jun 2025  {'█' * 27}"]


def test_a_figure_that_nobody_recorded_is_told_with_those_that_are(space):
    with pytest.raises(ParameterError, match="No run has recorded the figure 'speed'") as told:
        history.chart(history.frame(space), "speed")
    assert "finish, mood, velocity" in told.value.hint


@pytest.mark.parametrize(("ending", "read"), [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_the_table_can_be_had_as_a_file(space, tmp_path, ending, read):
    table = history.frame(space)
    again = read(history.write(table, tmp_path / f"history.{ending}"))
    assert again["figure"].tolist()[:3] == ["velocity", "finish", "mood"]
    assert len(again) == len(table)


def test_another_ending_is_refused(space, tmp_path):
    with pytest.raises(ParameterError, match="neither CSV nor Parquet"):
        history.write(history.frame(space), tmp_path / "history.xls")


def test_a_folder_that_is_not_there_is_named(space, tmp_path):
    with pytest.raises(ReportError, match=r"nowhere/history\.csv cannot be written") as told:
        history.write(history.frame(space), tmp_path / "nowhere" / "history.csv")
    assert told.value.hint == "name a file in a folder that is there"


def test_no_ledger_is_an_empty_table(tmp_path):
    space = quick.space_with(tmp_path)
    table = history.frame(space)
    assert (len(table), list(table)) == (0, list(history.COLUMNS))
    assert len(history.runs(table)) == 0
