"""On which days teams work, and whose pace is taken where there is none."""

import pandas as pd
import pytest

from tests.metrics.forecasts import FIRST, asked, program_of, steady
from tpm_analytics import ParameterError
from tpm_analytics.metrics import forecast

DAY = pd.Timedelta(days=1)


def working(people, absences=None, days=12, **tables):
    program = program_of(steady(5), people=people, **(tables or {}))
    if absences is not None:
        program = program_of(steady(5), people=people, absences=absences)
    during = (FIRST, FIRST + (days - 1) * DAY)
    told = forecast.working_days(program.people, program.absences, during=during)
    return told[told["team"] == "core"].set_index("day_on")["working"]


def test_a_day_when_most_are_away_is_no_working_day():
    people = pd.DataFrame({"person_id": ["P-1", "P-2", "P-3"], "team": "core"})
    away = pd.DataFrame(
        {
            "person_id": ["P-1", "P-2", "P-1"],
            "from_on": ["2025-01-07", "2025-01-07", "2025-01-09"],
            "to_on": ["2025-01-07", "2025-01-07", "2025-01-09"],
        }
    )
    told = working(people, away)
    assert not told[FIRST + DAY]  # two of three away
    assert told[FIRST + 3 * DAY]  # one of three away


def test_half_of_a_team_at_work_is_a_working_day():
    people = pd.DataFrame({"person_id": ["P-1", "P-2"], "team": "core", "country": ["ES", "US"]})
    # Epiphany is a holiday in Spain, not in the United States
    assert working(people)[FIRST]


def test_people_who_have_left_or_not_joined_do_not_count():
    people = pd.DataFrame(
        {
            "person_id": ["P-1", "P-2", "P-3"],
            "team": "core",
            "country": ["ES", "US", "US"],
            "left_on": [None, "2024-12-31", None],
            "joined_on": [None, None, "2025-02-01"],
        }
    )
    assert not working(people)[FIRST]


def test_days_in_the_wrong_order_are_refused():
    program = program_of(steady(5))
    with pytest.raises(ParameterError, match="lies before"):
        forecast.working_days(program.people, program.absences, during=(FIRST, FIRST - DAY))
    with pytest.raises(ParameterError, match="cannot be forecast"):
        forecast.after(FIRST, days=0)


def test_the_pace_counts_from_the_day_work_began():
    items = steady(20, open_items=1)
    items.loc[0, "started_at"] = FIRST.tz_localize("UTC") - 10 * DAY
    pace, _, _ = asked(program_of(items))
    assert pace["day_on"].iloc[0] == FIRST - 10 * DAY
    assert pace["finished"].sum() == 20


def test_work_not_begun_takes_the_pace_of_its_team_shared_among_features():
    # the team finishes items of two features every week, and a third is not begun
    begun = steady(60, open_items=2).assign(parent_id=["E-1", "E-2"] * 31)
    new = steady(0, open_items=3).assign(
        item_id=["N-1", "N-2", "N-3"], parent_id="E-3", created_at="2025-01-01T09:00Z"
    )
    wholes = pd.DataFrame({"item_id": ["E-1", "E-2", "E-3"], "team": "core"})
    program = program_of(begun, new, wholes)
    pace, left, _ = asked(program, of="E-3")
    (row,) = forecast.basis(pace).itertuples()
    assert (row.basis, row.sharing, row.enough) == ("team", 2.0, True)
    assert left["amount"].tolist() == [3.0]


def test_a_new_team_takes_the_pace_of_all_shared_among_them():
    program = program_of(
        steady(60, team="a"), steady(60, team="b"), steady(0, team="new", open_items=5)
    )
    pace, _, _ = asked(program)
    told = forecast.basis(pace).set_index("team")
    assert told.loc["new", "basis"] == "program"
    assert told.loc["new", "sharing"] == 2.0
    new = pace[pace["team"] == "new"]
    assert new["finished"].sum() == 120


def test_work_on_a_day_off_is_kept():
    items = steady(60, open_items=1)
    saturday = pd.Timestamp("2025-02-01T12:00Z")
    items.loc[0, ["started_at", "finished_at"]] = saturday
    pace, _, _ = asked(program_of(items))
    off = pace[~pace["working"].astype(bool)]
    assert off["finished"].sum() == 1
    assert pace["finished"].sum() == 60


def test_a_team_works_on_the_days_of_its_country_whoever_is_employed():
    people = pd.DataFrame(
        {"person_id": ["P"], "team": ["Cairo"], "country": ["EG"], "joined_on": ["2025-03-10"]}
    )
    program = program_of(steady(5), people=people)
    weeks = pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-16")
    told = forecast.working_days(program.people, program.absences, during=weeks)
    ours = told[told["team"] == "Cairo"]
    assert ours.loc[~ours["working"], "day_on"].dt.day.tolist() == [7, 8, 14, 15]
