"""Process behaviour charts: one series, several, none, and one without limits."""

import pandas as pd
import pytest

from tpm_analytics.charts import process_behaviour as charts
from tpm_analytics.metrics import process_behaviour
from tpm_analytics.results.process_behaviour import Behaviour

DRAWN = [charts.figures, charts.moving_ranges]


def behaviour_of(values, by=None):
    days = pd.date_range("2025-01-06", periods=len(values), freq="W-MON")
    table = pd.DataFrame({"period_on": days, "items": values, "team": "core"})
    return process_behaviour.behaviour(table, value="items", by=by)


@pytest.mark.parametrize("draw", DRAWN)
def test_one_series_is_one_chart_and_groups_stand_below_one_another(draw):
    values = [10, 12, 9, 11, 12, 40]
    assert "layer" in draw(behaviour_of(values)).to_dict()
    faceted = draw(behaviour_of(values, by="team")).to_dict()
    assert (faceted["facet"]["field"], faceted["columns"]) == ("group", 1)


@pytest.mark.parametrize("draw", DRAWN)
def test_nothing_is_said_and_not_drawn(draw):
    assert draw(Behaviour.empty()).to_dict()["mark"]["text"] == "There are no figures to draw."


@pytest.mark.parametrize("draw", DRAWN)
def test_a_series_without_limits_is_drawn_all_the_same(draw):
    assert draw(behaviour_of([1, 2, 3])).to_dict()["layer"]


def test_the_axis_is_named_by_whoever_asks():
    chart = charts.figures(behaviour_of([10, 12, 9, 11, 12]), title="items a week").to_dict()
    titles = [layer["encoding"]["y"].get("title") for layer in chart["layer"]]
    assert "items a week" in titles
