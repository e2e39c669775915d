"""Charts of flow: what they draw of little, of unknown names, and of much."""

import pandas as pd
import pytest

from tests.metrics.moves_by_hand import program_of, stays_of
from tpm_analytics.charts import flow as of_items
from tpm_analytics.charts import flow as of_queues
from tpm_analytics.charts import flow as of_stages
from tpm_analytics.charts.flow import balance as of_balance
from tpm_analytics.metrics import flow

UNTIL = pd.Timestamp("2025-03-31")
MOVES = ["3 D, 5 W, 9 T, 10 X", "3 D, 26 W", "20 D, 25 R"]


def charts_of(moves, **columns):
    """Every chart of the page, of one small program."""
    known, stays = stays_of(moves, **columns)
    items = known.items
    found = flow.bottlenecks(stays, until=UNTIL, weeks=1)
    queues = flow.queues(stays, found, until=UNTIL, weeks=4)
    efficiency = flow.efficiency(items, stays, known.blocks)
    inflow = flow.arrivals_and_departures(items, until=UNTIL)
    ages = flow.ageing(items, stays, until=UNTIL)
    return {
        "histogram": of_items.histogram(flow.histogram(flow.cycle_time(items))),
        "ageing": of_stages.ageing(ages, flow.paces(stays)),
        "time_in_status": of_stages.time_in_status(flow.time_in_status(stays)),
        "efficiency": of_stages.team_efficiency(flow.team_efficiency(efficiency)),
        "cumulative": of_balance.cumulative_flow(flow.cumulative_flow(stays, until=UNTIL)),
        "inflow": of_balance.arrivals_and_departures(inflow),
        "open": of_balance.open_items(inflow),
        "kinds": of_balance.distribution(flow.distribution(items, until=UNTIL)),
        "queues": of_queues.queues(queues),
        "stays": of_queues.stays(queues),
        "blocked": of_queues.blocked_time(flow.blocked_time(known, items)),
    }


CHARTS = list(charts_of([]))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_nothing_says_why_it_is_empty(name):
    said = charts_of([])[name].to_dict()["mark"]["text"]
    assert said.endswith(".")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_a_program_without_teams_and_kinds_can_be_drawn(name):
    chart = charts_of(MOVES)[name].to_dict()
    assert chart.get("mark") or chart["layer"]


@pytest.mark.parametrize("name", ["cumulative", "inflow", "open", "kinds", "queues", "stays"])
def test_axes_of_time_show_the_year(name):
    chart = charts_of(MOVES, kind="Story", team="core")[name].to_dict()
    assert "%y" in chart["encoding"]["x"]["axis"]["format"].lower()


def test_axes_of_numbers_name_their_unit():
    drawn = charts_of(MOVES, team="core")
    assert drawn["histogram"].to_dict()["encoding"]["x"]["title"].endswith("[days]")
    assert drawn["queues"].to_dict()["encoding"]["y"]["title"].endswith("[items]")
    assert drawn["stays"].to_dict()["encoding"]["y"]["title"].endswith("[days]")


def test_the_bands_stand_in_the_order_of_the_workflow_in_the_colours_of_their_stages():
    colour = charts_of(MOVES)["cumulative"].to_dict()["encoding"]["color"]
    assert colour["scale"]["domain"] == ["Doing", "Review", "To test", "Test", "Done"]
    shades = dict(zip(colour["scale"]["domain"], colour["scale"]["range"], strict=True))
    assert shades["To test"] in of_balance.SHADES["waiting"]
    assert shades["Doing"] in of_balance.SHADES["active"]
    assert len(set(shades.values())) == len(shades)


def test_an_open_item_in_a_status_that_no_finished_one_passed_has_a_place():
    chart = charts_of(["3 D, 5 X", "6 R"])["ageing"].to_dict()
    assert {"Doing", "Review"} <= set(chart["layer"][1]["encoding"]["x"]["sort"])


def test_tables_name_their_columns_and_show_unknown_as_a_dash():
    known = program_of(MOVES)
    _, stays = stays_of(MOVES)
    html = of_queues.bottleneck_table(flow.bottlenecks(stays, until=UNTIL, weeks=1))._repr_html_()
    assert "Held up there on an average day [items]" in html
    ages = of_stages.ageing_table(flow.ageing(known.items, stays, until=UNTIL))
    assert "<td>–</td>" in ages._repr_html_()
