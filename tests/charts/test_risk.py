"""Charts of risk can be drawn from any table, and carry meanings, units and data as text."""

import pandas as pd
import pytest
import vl_convert

import tpm_analytics as tpm
from tpm_analytics import MissingColumnsError, Program
from tpm_analytics.charts import risk as charts
from tpm_analytics.charts.table import NOTHING
from tpm_analytics.metrics import risk

UNTIL = pd.Timestamp("2025-03-31")
HOSTILE = '</script><img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def program():
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
    risks = pd.DataFrame(
        {
            "risk_id": ["R-1", "R-2"],
            "title": [HOSTILE, None],
            "probability": [0.5, 0.2],
            "impact_cost": [100_000.0, 500_000.0],
            "opened_on": ["2025-01-01", "2025-03-01"],
        }
    )
    return Program.from_tables({"items": items, "risks": risks}, as_of=UNTIL)


def drawn(data):
    """Every chart of the page for one program."""
    register = risk.register(data.risks, until=UNTIL)
    history = (data.risk_history, data.risks)
    moved = risk.top_movers(*history, since=pd.Timestamp("2025-02-01"))
    return {
        "largest": charts.largest(register),
        "heat_map": charts.heat_map(risk.heat_map(data.risks)),
        "burn_down": charts.burn_down(risk.exposure_over_time(*history, until=UNTIL)),
        "movers": charts.movers(moved),
    }


def tables(data):
    """Every table of the page for one program."""
    register = risk.register(data.risks, until=UNTIL)
    return [
        charts.register_table(register),
        charts.response_table(risk.without_response(register)),
        charts.came_true_table(risk.came_true(data.risks, data.risk_history)),
    ]


def test_every_chart_can_be_drawn(program):
    for chart in drawn(program).values():
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")


def test_every_chart_of_nothing_is_a_line_that_says_why(program):
    nothing = Program.from_tables({"items": program.items}, as_of=UNTIL)
    for chart in drawn(nothing).values():
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")
        assert chart.to_dict()["mark"]["text"].endswith(".")
    for table in tables(nothing):
        assert NOTHING in table._repr_html_()


def test_axes_carry_meaning_and_unit(program):
    shown = drawn(program)
    x = shown["largest"].to_dict()["encoding"]["x"]["title"]
    y = shown["burn_down"].to_dict()["encoding"]["y"]["title"]
    assert x == "Expected cost [currency]"
    assert y == "Expected cost of the open risks [currency]"


def test_two_risks_of_one_title_stay_two_bars():
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
    twins = {"title": "Same", "probability": 0.5, "impact_cost": 10.0}
    risks = pd.DataFrame([twins | {"risk_id": "R-1"}, twins | {"risk_id": "R-2"}])
    told = risk.register(Program.from_tables({"items": items, "risks": risks}).risks, until=UNTIL)
    svg = vl_convert.vegalite_to_svg(charts.largest(told).to_json())
    assert "R-1 Same" in svg
    assert "R-2 Same" in svg


def test_no_title_becomes_markup(program):
    pages = [table._repr_html_() for table in tables(program)]
    pages += [vl_convert.vegalite_to_svg(chart.to_json()) for chart in drawn(program).values()]
    assert not any("<img" in page or "</script" in page for page in pages)


def test_a_missing_column_is_told(program):
    told = risk.register(program.risks, until=UNTIL)
    with pytest.raises(MissingColumnsError, match="exposure_cost: Expected cost"):
        tpm.charts.risk.largest(told.drop(columns="exposure_cost"))
