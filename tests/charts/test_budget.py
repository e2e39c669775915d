"""Charts of money can be drawn from any table, and carry meanings, units and data as text."""

import pandas as pd
import pytest
import vl_convert

from tests.metrics.budget.test_earned import CORE, program_of
from tests.metrics.budget.test_forecast import many
from tpm_analytics import MissingColumnsError, Program
from tpm_analytics.charts import budget as charts
from tpm_analytics.charts.table import NOTHING
from tpm_analytics.metrics import budget

HOSTILE = '</script><img src=x onerror="alert(1)">'
BEGUN = (HOSTILE, [10.0] * 10, [9.0] * 5, [10.0] * 5)


def drawn(program):
    """Every chart of the page, and every table."""
    whole = budget.earned_value(program.budget, given="per period")
    streams = budget.earned_value(program.budget, by="workstream", given="per period")
    past = budget.past_estimates(streams)
    costs = budget.cost_estimates(whole, past)
    finishes = budget.finish_estimates(whole, past)
    each = budget.standing(streams)
    tables = (program.budget, program.items, program.milestones)
    until = pd.Timestamp("2027-01-31")
    return {
        "s_curve": charts.s_curve(whole, budget.fan(whole, costs, finishes)),
        "indices": charts.indices(whole),
        "cost_range": charts.cost_range(costs),
        "finish_range": charts.finish_range(finishes),
        "burn": charts.burn(budget.burn_rate(whole)),
        "workstreams": charts.workstreams(each),
    }, [
        charts.standing_table(each),
        charts.value_table(each),
        charts.ahead_table(each),
        charts.efficiency_table(budget.efficiency(streams)),
        charts.cost_table(costs),
        charts.finish_table(finishes),
        charts.record_table(budget.range_record(streams)),
        charts.rules_table(budget.rules(*tables, until=until, given="per period")),
    ]


@pytest.mark.parametrize("streams", [[CORE], [*many(6, 3), BEGUN], [("Core", [10], [], [12])]])
def test_every_chart_can_be_drawn_and_no_name_becomes_markup(streams):
    shown, tables = drawn(program_of(*streams))
    pages = [vl_convert.vegalite_to_svg(chart.to_json()) for chart in shown.values()]
    assert all(page.startswith("<svg") for page in pages)
    assert not any("<img" in page for page in [*pages, *(one._repr_html_() for one in tables)])


def test_every_chart_of_nothing_is_a_line_that_says_why():
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
    shown, tables = drawn(Program.from_tables({"items": items}))
    for chart in shown.values():
        assert chart.to_dict()["mark"]["text"].endswith(".")
    assert all(NOTHING in table._repr_html_() or len(table.frame) for table in tables)


def test_spending_is_drawn_as_bars():
    shown, _ = drawn(program_of(CORE))
    picture = vl_convert.vegalite_to_svg(shown["burn"].to_json())
    assert picture.count('aria-roledescription="bar"') == 2


def test_a_missing_column_is_told():
    told = budget.earned_value(program_of(CORE).budget).drop(columns="cpi")
    with pytest.raises(MissingColumnsError, match="cpi: Earned"):
        charts.indices(told)
