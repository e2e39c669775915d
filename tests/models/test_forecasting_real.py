"""Forecasts of real teams: the readers read what is there, and promises hold as often as told."""

import numpy as np
import pandas as pd

from benchmarks import calibration, series
from tests.places import SHARED_DATA, needs_shared_data


def test_a_weekend_belongs_to_the_friday_before():
    finished = pd.Series(pd.to_datetime(["2025-03-07", "2025-03-08", "2025-03-09", "2025-03-11"]))
    counted = series.working_days(finished, pd.Timestamp("2025-03-15"))
    assert counted.tolist() == [3, 0, 1, 0, 0, 0]


def test_any_list_of_finished_items_can_be_asked(tmp_path, capsys):
    days = pd.bdate_range("2020-01-01", periods=700)
    rows = pd.DataFrame({"series": "team", "finished_on": days.strftime("%Y-%m-%d")})
    rows.to_csv(tmp_path / "mine.csv", index=False)
    code = calibration.run(["--finished", str(tmp_path / "mine.csv"), "--by-series"])
    printed = capsys.readouterr().out
    assert code == 1
    assert "MISSED  22 forecasts, goal 1,000" in printed
    assert "  team " in printed


def test_a_folder_without_data_is_said(tmp_path, capsys):
    assert calibration.run(["--data", str(tmp_path)]) == 2
    assert "No data set is in" in capsys.readouterr().out


def test_too_little_to_score_is_said(tmp_path, capsys):
    rows = pd.DataFrame({"series": "team", "finished_on": ["2020-01-06"] * 50})
    rows.to_csv(tmp_path / "mine.csv", index=False)
    assert calibration.run(["--finished", str(tmp_path / "mine.csv")]) == 2
    assert "No series has a year" in capsys.readouterr().out


@needs_shared_data
def test_every_data_set_has_its_series():
    known = series.read_all(SHARED_DATA)
    assert {data_set for data_set, _ in known} == set(series.DATA_SETS)
    assert known["laukkanen2017_delivery", "all"].sum() == 5339
    assert all(history.sum() >= series.LEAST_FINISHED for history in known.values())


@needs_shared_data
def test_promises_to_teams_of_several_kinds_hold_as_often_as_told():
    known = series.read_all(SHARED_DATA)
    chosen = {
        key: history
        for key, history in known.items()
        if key[0] in ("k8s_keps", "laukkanen2017_delivery")
        or key[1] in ("cinder", "nova", "heat", "TIMOB", "ALOY")
    }
    scores = calibration._scored(calibration._score(key, past) for key, past in chosen.items())
    assert len(scores.loss) > 500
    assert 0.81 < scores.coverage(0.85) < 0.89
    assert 0.45 < scores.coverage(0.5) < 0.57
    assert scores.below_naive > 0.1
    assert np.isfinite(scores.loss).all()
