"""Charts of schedules can be drawn from any table, and carry meanings, units and data as text."""

import pandas as pd
import pytest
import vl_convert

from tests.metrics.schedules import program_of, work
from tpm_analytics import MissingColumnsError, Program
from tpm_analytics.charts import schedule as charts
from tpm_analytics.charts import schedule as more
from tpm_analytics.charts.table import NOTHING
from tpm_analytics.metrics import schedule
from tpm_analytics.metrics import schedule as plans

UNTIL = pd.Timestamp("2025-03-31")
HOSTILE = '</script><img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def program():
    told = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-14"}
    money = {"crash_days": 2, "crash_cost_per_day": 10}
    return program_of(
        [
            work("a", 10, name=HOSTILE, team=HOSTILE, workstream=HOSTILE) | told | money,
            work("b", 5, name="Same", team="X", workstream="Y") | told,
            work("c", 5, name="Same", team="X", workstream="Y") | told,
        ],
        [("a", "b"), ("a", "c")],
        until=UNTIL,
        milestones=pd.DataFrame(
            [
                {
                    "milestone_id": "M-1",
                    "name": HOSTILE,
                    "activity_id": "a",
                    "baseline_on": "2025-02-28",
                    "due_on": "2025-03-20",
                }
            ]
        ),
        milestone_forecasts=pd.DataFrame(
            [
                {"milestone_id": "M-1", "reported_on": f"2025-0{n}-28", "forecast_on": day}
                for n, day in ((1, "2025-02-28"), (2, "2025-03-20"))
            ]
        ),
    )


def results(data):
    """Every table that the page draws, of one program."""
    activities = plans.with_milestones(data.activities, data.milestones)
    links = plans.milestone_links(data.links, data.activities, data.milestones)
    plan = plans.schedule(activities, links, until=UNTIL)
    tied = schedule.driving_links(activities, links, until=UNTIL)
    nodes = schedule.network_nodes(plan, tied)
    trend = schedule.milestone_trend(data.milestones, data.milestone_forecasts, until=UNTIL)
    slips = schedule.milestone_slips(data.milestones, trend, until=UNTIL)
    cases = schedule.issue_graph_cases(data)
    bought = schedule.crashing(activities, links, until=UNTIL)
    return {
        "plan": plan,
        "tied": tied,
        "nodes": nodes,
        "edges": schedule.network_edges(nodes, tied),
        "roadmap": schedule.roadmap(plan),
        "curve": schedule.progress_curve(plan, until=UNTIL),
        "slack": schedule.slack_to(activities, links, until=UNTIL),
        "path": schedule.driving_path(activities, links, until=UNTIL),
        "teams": schedule.team_slips(plan, until=UNTIL),
        "trend": trend,
        "slips": slips,
        "kept": schedule.punctuality(slips, until=UNTIL),
        "check": schedule.milestone_check(data.milestones, plan),
        "health": schedule.schedule_health(
            data.activities, data.links, data.activity_demand, until=UNTIL
        ),
        "cases": cases,
        "graph": schedule.issue_graph(cases, data.items, data.links),
        "costs": schedule.crash_costs(bought),
        "durations": schedule.epic_durations(data.items, until=UNTIL),
    }


def drawn(told):
    return {
        "gantt": charts.gantt(told["plan"], today=UNTIL),
        "roadmap": charts.roadmap(told["roadmap"]),
        "network": charts.network(told["nodes"], told["edges"]),
        "progress": charts.progress(told["curve"], today=UNTIL),
        "slack": charts.slack_bars(told["slack"]),
        "trend": more.milestone_trend(told["trend"]),
        "slips": more.slips(told["slips"]),
        "punctuality": more.punctuality(told["kept"]),
    }


def tables(told):
    return [
        charts.path_table(told["path"]),
        charts.team_table(told["teams"]),
        charts.crash_table(told["costs"]),
        charts.late_table(told["plan"]),
        charts.link_table(told["tied"]),
        charts.epic_table(told["durations"]),
        more.slip_table(told["slips"]),
        more.check_table(told["check"]),
        more.health_table(told["health"]),
        more.graph_table(told["graph"]),
        more.case_table(told["cases"]),
    ]


def test_every_chart_can_be_drawn(program):
    for chart in drawn(results(program)).values():
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")


def test_every_chart_of_nothing_is_a_line_that_says_why(program):
    empty = {name: table.head(0) for name, table in program.tables().items()}
    told = results(Program.from_tables(empty, as_of=UNTIL))
    for chart in drawn(told).values():
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")
        assert chart.to_dict()["mark"]["text"].endswith(".")
    for table in tables(told):
        assert NOTHING in table._repr_html_() or "<th>" in table._repr_html_()


def test_no_name_becomes_markup(program):
    told = results(program)
    pages = [table._repr_html_() for table in tables(told)]
    pages += [vl_convert.vegalite_to_svg(chart.to_json()) for chart in drawn(told).values()]
    assert not any("<img" in page or "</script" in page for page in pages)


def test_two_activities_of_one_name_stay_two_bars(program):
    svg = vl_convert.vegalite_to_svg(charts.gantt(results(program)["plan"]).to_json())
    assert "b Same" in svg
    assert "c Same" in svg


def test_axes_carry_meaning_and_unit(program):
    shown = drawn(results(program))
    x = shown["slips"].to_dict()["encoding"]["x"]["title"]
    assert x == "Later than first planned [calendar days]; pale: reached"
    assert "Room [working days]" in vl_convert.vegalite_to_svg(shown["slack"].to_json())


def test_a_missing_column_is_told(program):
    plan = results(program)["plan"].drop(columns="finish_on")
    with pytest.raises(MissingColumnsError, match="finish_on: Finish"):
        charts.gantt(plan)


def test_boxes_of_a_wide_network_stand_apart():
    keys = [f"{step}{number}" for number in range(15) for step in "ab"]
    data = program_of(
        [work(key, 3) for key in keys], [(f"a{n}", f"b{n}") for n in range(15)], until=UNTIL
    )
    assert drawn(results(data))["network"].to_dict()["height"] >= 15 * 44


def test_a_roadmap_of_years_shows_the_next_quarters_and_says_so():
    data = program_of([work(f"a{n}", 60 * n, name=f"A{n}") for n in range(1, 12)], until=UNTIL)
    chart = drawn(results(data))["roadmap"].to_dict()
    assert "later ones are not shown" in str(chart["layer"][0]["encoding"]["x"]["title"])
