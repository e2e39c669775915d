"""Charts of forecasts: whole, empty, of one team and of many, and with a day that is due."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.forecasts import asked, program_of, steady
from tpm_analytics.charts import forecast as charts
from tpm_analytics.charts.theme import SERIES
from tpm_analytics.metrics import forecast
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    FeatureOrder,
    ForecastFan,
    Growth,
    HowMany,
    ScopeDone,
    Scored,
    TrackRecord,
    When,
)

DUE = pd.Timestamp("2025-07-15")


def notable(teams):
    program = program_of(*(steady(60, team=f"team {n}", open_items=9) for n in range(teams)))
    pace, left, calendar = asked(program)
    each = forecast.when(pace, left, calendar)
    return forecast.notable(each, forecast.joint(each, left, pace))


def texts(spec):
    """All texts of marks anywhere in a chart."""
    if isinstance(spec, dict):
        here = [spec["mark"]["text"]] if "text" in (spec.get("mark") or {}) else []
        return here + [text for part in spec.values() for text in texts(part)]
    return [text for part in spec for text in texts(part)] if isinstance(spec, list) else []


def test_all_teams_stand_out_beside_the_teams():
    line = charts.finish_chances(notable(2)).to_dict()["layer"][0]["encoding"]
    assert line["color"]["scale"]["domain"] == ["team 0", "team 1", ALL_TEAMS]
    width = line["strokeWidth"]
    assert ALL_TEAMS in str(width["condition"])
    assert width["condition"][0]["value"] > width["value"]


def test_one_team_is_not_drawn_twice():
    line = charts.finish_chances(notable(1)).to_dict()["layer"][0]["encoding"]
    assert line["color"]["scale"]["domain"] == ["team 0"]


def test_more_teams_than_colours_take_a_larger_scheme():
    line = charts.finish_chances(notable(len(SERIES) + 1)).to_dict()["layer"][0]["encoding"]
    assert line["color"]["scale"]["scheme"] == "tableau20"


@pytest.mark.parametrize(("due", "marked"), [(DUE, ["due"]), (pd.NaT, [])])
def test_the_day_it_is_due_is_marked_where_there_is_one(due, marked):
    assert texts(charts.finish_chances(notable(1), due=due).to_dict()) == marked


def test_the_burn_up_goes_on_as_a_fan_to_what_is_asked_for():
    program = program_of(steady(60, open_items=9))
    pace, left, calendar = asked(program)
    days = forecast.finish_days(forecast.when(pace, left, calendar))
    done = forecast.burn_up(program.items, until=program.as_of)
    fan = forecast.fan(pace, left, calendar, done, days)
    spec = charts.burn_up_fan(done, fan, due=DUE).to_dict()
    assert "[items]" in spec["layer"][0]["encoding"]["y"]["title"]
    assert len(spec["layer"]) == 6
    assert len(charts.burn_up_fan(done, ForecastFan.empty()).to_dict()["layer"]) == 2


def test_amounts_are_drawn_with_three_promises():
    pace, left, calendar = asked(program_of(steady(60, open_items=9)))
    by = pace["day_on"].max() + pd.Timedelta(days=14)
    many = forecast.how_many(pace, left, calendar, by=by)
    chart = charts.amount_chances(many, forecast.amounts(many)).to_dict()
    assert chart["layer"][0]["encoding"]["x"]["title"] == f"Finished by {by:%Y-%m-%d} [items]"
    rules = chart["datasets"][chart["layer"][1]["data"]["name"]]
    assert [row["share"] for row in rules] == [0.5, 0.85, 0.95]


def test_records_and_growth_are_drawn_by_team():
    program = program_of(steady(200, team="a"), steady(200, team="b"))
    pace, _, _ = asked(program)
    back = forecast.looking_back(pace)
    assert charts.promises_back(back).to_dict()["facet"]["field"] == "team"
    record = forecast.track_record(Scored.empty(), back, Scored.empty())
    shown = charts.calibration(record).to_dict()
    assert {"share", "kept"} <= set(shown["datasets"][shown["layer"][1]["data"]["name"]][0])
    growth = forecast.growth(program.items, until=program.as_of)
    assert charts.added_and_finished(growth).to_dict()["facet"]["field"] == "team"


@pytest.mark.parametrize(
    "chart",
    [
        lambda: charts.burn_up_fan(ScopeDone.empty(), ForecastFan.empty()),
        lambda: charts.finish_chances(When.empty()),
        lambda: charts.amount_chances(HowMany.empty(), Amounts.empty()),
        lambda: charts.added_and_finished(Growth.empty()),
        lambda: charts.calibration(TrackRecord.empty()),
        lambda: charts.promises_back(Scored.empty()),
    ],
)
def test_nothing_to_draw_is_said(chart):
    (reason,) = texts(chart().to_dict())
    assert reason.endswith((".", "why."))


def test_guesses_have_a_column_only_where_there_are_any():
    row = {
        "place": 1,
        "team": "core",
        "item_id": "E-1",
        "title": "t",
        "parts": 3,
        "guessed": False,
        "even_on": DUE,
        "likely_on": DUE,
    }
    plain = tpm.charts.forecast.feature_table(FeatureOrder.validate(pd.DataFrame([row])))
    guessed = tpm.charts.forecast.feature_table(
        FeatureOrder.validate(pd.DataFrame([{**row, "guessed": True}]))
    )
    assert "Size taken" not in plain._repr_html_()
    assert "Size taken" in guessed._repr_html_()
