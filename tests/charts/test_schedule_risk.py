"""Charts of the simulated schedule can be drawn from any table, and carry data as text only."""

import pandas as pd
import pytest
import vl_convert

import tpm_analytics as tpm
from tests.metrics.schedule_risk.test_futures import plan_of
from tests.metrics.schedules import program_of, work
from tpm_analytics import MissingColumnsError
from tpm_analytics.charts import schedule_risk as charts
from tpm_analytics.metrics import schedule_risk as metric

HOSTILE = '</script><img src=x onerror="alert(1)">'


def drawn(data):
    plan = plan_of(data)
    futures = metric.trials(plan, trials=200)
    before = data.at(data.as_of - pd.Timedelta(days=91))
    return [
        charts.finish_curve(metric.finish_curve(futures), metric.outlook(futures)),
        charts.frontier(metric.frontier(futures)),
        charts.tornado(metric.removals(plan, trials=200)),
        charts.reserve(metric.reserve(data, months=0, trials=50)),
        charts.reserve(metric.reserve(data, months=0, trials=50), of="cost"),
        charts.convergence(metric.convergence(futures)),
        charts.moved(metric.moved_finish(before, data, trials=50)),
    ]


def tables(data):
    plan = plan_of(data)
    futures = metric.trials(plan, trials=50)
    ratios = metric.duration_ratios(data.activities, data.links, until=data.as_of)
    return [
        charts.assumptions_table(metric.assumptions(plan, ratios, trials=50)),
        charts.history_table(metric.history(plan, ratios)),
        charts.merge_table(metric.merge_bias(plan, futures)),
        charts.together_table(metric.together(futures)),
        charts.outlook_table(metric.outlook(futures)),
        charts.milestone_table(metric.milestone_outlook(plan, data.milestones, trials=50)),
        charts.strikes_table(plan.strikes),
        charts.activity_table(metric.activity_risk(plan, trials=50)),
        charts.removals_table(metric.removals(plan, trials=50)),
        charts.reserve_table(metric.reserve(data, months=0, trials=50)),
    ]


@pytest.fixture(scope="module")
def sample():
    return tpm.load("sample:")


def test_every_chart_can_be_drawn(sample):
    for chart in drawn(sample):
        assert vl_convert.vegalite_to_svg(chart.to_json()).startswith("<svg")


def test_without_work_left_each_chart_says_why_it_is_empty():
    done = work("a", 3, actual_start_on="2025-02-03", actual_finish_on="2025-02-05")
    for chart in drawn(program_of([done])):
        assert chart.to_dict()["mark"]["type"] == "text"


def test_tables_head_their_columns_with_meanings_and_never_carry_live_markup(sample):
    for table in [*tables(sample), *tables(program_of([work("a", 3, name=HOSTILE)]))]:
        shown = table._repr_html_()
        assert "<img" not in shown
        assert "_on</th>" not in shown


def test_where_nothing_is_held_only_the_need_is_drawn():
    program = program_of([work("a", 3, budget=30)])
    chart = charts.reserve(metric.reserve(program, months=0, trials=50))
    rows = next(iter(chart.to_dict()["datasets"].values()))
    assert {row["held_days"] for row in rows} == {None}
    assert all(row["needed_days"] is not None for row in rows)


def test_a_table_without_a_column_is_refused():
    with pytest.raises(MissingColumnsError):
        charts.tornado(pd.DataFrame({"kind": []}))
