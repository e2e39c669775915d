"""Charts of money and of the time it buys. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.calendars import period_word
from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, GOOD, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.budget import (
    BurnRate,
    CostEstimates,
    EarnedValue,
    Efficiency,
    Fan,
    FinishEstimates,
    RangeRecord,
    Rules,
    SpentOn,
    Standing,
)

MONEY = ",.0f"
NOTHING = "There is no planned value to draw."
_CURVES = {"planned_value": MUTED, "earned_value": GOOD, "actual_cost": ALARM}
_INDICES = {"cpi": ALARM, "spi_t": CALM}
_STATES = {
    "as planned": GOOD,
    "finished": "#56b4e9",
    "late": "#e69f00",
    "over cost": "#cc79a7",
    "over cost and late": ALARM,
    "not begun": MUTED,
    "not measured": MUTED,
}


def s_curve(earned: DataFrame[EarnedValue], fan: DataFrame[Fan]) -> alt.LayerChart | alt.Chart:
    """Planned, earned and spent by the end of each period, and where the cost is heading.

    Reads ``period_on``, ``ends_on``, ``planned_value``, ``earned_value``, ``actual_cost`` and all
    columns of ``fan``, whose band holds the cost at the finish in 8 of 10 past estimates.
    """
    EarnedValue.require(earned, "period_on", "ends_on", *_CURVES)
    Fan.require(fan, *Fan.declared())
    if earned.empty:
        return blank(NOTHING)
    period = period_word(earned["period_on"], earned["ends_on"])
    meanings = [EarnedValue.declared()[name].meaning for name in _CURVES]
    layers: list[alt.Chart] = []
    if len(fan):
        ahead = alt.Chart(fan).encode(
            alt.X("day_on:T"), tooltip=tips(Fan, "day_on", "low", "likely", "high")
        )
        layers += [
            ahead.mark_area(color=ALARM, opacity=0.22).encode(alt.Y("low:Q"), alt.Y2("high")),
            ahead.mark_line(color=ALARM, strokeDash=[5, 4]).encode(alt.Y("likely:Q")),
        ]
    lines = (
        alt.Chart(earned[["ends_on", *_CURVES]])
        .transform_fold(list(_CURVES), as_=["curve", "money"])
        .transform_filter("isValid(datum.money)")
        .mark_line()
        .encode(
            alt.X("ends_on:T")
            .title(f"End of the {period}")
            .axis(format="%b %Y", tickCount=8, labelBound=True),
            alt.Y("money:Q").title("Money by then [currency]; dashed: expected").axis(format=MONEY),
            alt.Color("curve:N")
            .title(None)
            .scale(domain=list(_CURVES), range=list(_CURVES.values()))
            .legend(labelExpr=_named(dict(zip(_CURVES, meanings, strict=True)))),
            tooltip=tips(EarnedValue, "ends_on", *_CURVES),
        )
    )
    return alt.LayerChart(layer=[*layers, lines])


def indices(
    earned: DataFrame[EarnedValue], *, alarm_below: float = 0.9
) -> alt.LayerChart | alt.Chart:
    """How efficient and how fast, after each period: 1 is as planned.

    Reads ``period_on``, ``ends_on``, ``cpi``, ``spi_t``, ``spi``. Below the lower line,
    `alarm_below`, few programs recover.
    """
    EarnedValue.require(earned, "period_on", "ends_on", "cpi", "spi_t", "spi")
    period = period_word(earned["period_on"], earned["ends_on"])
    known = earned.dropna(subset=["cpi", "spi_t"], how="all")
    if known.empty:
        return blank("No period tells what was earned.")
    names = {"cpi": EarnedValue.label("cpi"), "spi_t": EarnedValue.label("spi_t")}
    lines = (
        alt.Chart(known[["ends_on", "cpi", "spi", "spi_t"]])
        .transform_fold(list(_INDICES), as_=["index", "value"])
        .transform_filter("isValid(datum.value)")
        .mark_line(point=True)
        .encode(
            alt.X("ends_on:T")
            .title(f"End of the {period}")
            .axis(format="%b %Y", tickCount=8, labelBound=True),
            alt.Y("value:Q")
            .title(f"1.00 is as planned, below {alarm_below:.2f} alarming")
            .scale(zero=False)
            .axis(format=".2f"),
            alt.Color("index:N")
            .title(None)
            .scale(domain=list(_INDICES), range=list(_INDICES.values()))
            .legend(labelExpr=_named(names), labelLimit=320, columns=1),
            tooltip=tips(EarnedValue, "ends_on", "cpi", "spi", "spi_t"),
        )
    )
    return alt.LayerChart(layer=[_line(1.0, GOOD), _line(alarm_below, ALARM), lines])


def cost_range(costs: DataFrame[CostEstimates]) -> alt.LayerChart | alt.Chart:
    """What the program will cost by each way of estimating, beside the budget.

    Reads all columns. The bar is the range; the line across is the budget.
    """
    CostEstimates.require(costs, *CostEstimates.declared())
    known = costs.dropna(subset="estimate_at_completion")
    if known.empty:
        return blank("Without cost and earned value nothing can be said of the cost in the end.")
    shown = ["meaning", "estimate_at_completion", "low", "high", "budget_at_completion"]
    base = alt.Chart(known[[*shown, "past_estimates"]], width=420, height=alt.Step(36)).encode(
        _rows("meaning"), tooltip=tips(CostEstimates, *shown, "past_estimates")
    )
    title = "Will cost [currency]; line: the budget"
    money = alt.X("estimate_at_completion:Q").title(title).scale(zero=False)
    return alt.LayerChart(
        layer=[
            base.mark_bar(color=CALM, opacity=0.3, height=12).encode(
                alt.X("low:Q").title(title).scale(zero=False).axis(format=MONEY, tickCount=5),
                alt.X2("high"),
            ),
            base.mark_point(color=CALM, filled=True, size=90, opacity=1).encode(
                money.axis(format=MONEY, tickCount=5)
            ),
            alt.Chart(known[["budget_at_completion"]].head(1))
            .mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5)
            .encode(alt.X("budget_at_completion:Q")),
        ]
    )


def finish_range(finishes: DataFrame[FinishEstimates]) -> alt.LayerChart | alt.Chart:
    """When the program will be done by each way of estimating, beside the plan.

    Reads all columns. The bar is the range; the line across is the planned finish.
    """
    FinishEstimates.require(finishes, *FinishEstimates.declared())
    known = finishes.dropna(subset="finish_on")
    if known.empty:
        return blank("No finish is in sight, or nothing has been earned yet.")
    shown = ["meaning", "finish_on", "low_on", "high_on", "planned_finish_on"]
    base = alt.Chart(known[[*shown, "past_estimates"]], width=420, height=alt.Step(36)).encode(
        _rows("meaning"), tooltip=tips(FinishEstimates, *shown, "past_estimates")
    )
    title = "Finish; line: as planned"
    days = alt.Axis(format="%-d %b %y", tickCount=4, labelAngle=0, labelFlush=True)
    return alt.LayerChart(
        layer=[
            base.mark_bar(color=CALM, opacity=0.3, height=12).encode(
                alt.X("low_on:T").title(title).axis(days), alt.X2("high_on")
            ),
            base.mark_point(color=CALM, filled=True, size=90, opacity=1).encode(
                alt.X("finish_on:T").title(title).axis(days)
            ),
            alt.Chart(known[["planned_finish_on"]].head(1))
            .mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5)
            .encode(alt.X("planned_finish_on:T")),
        ]
    )


def burn(burn: DataFrame[BurnRate]) -> alt.LayerChart | alt.Chart:
    """Money spent in each period as bars, planned as a line. Reads all columns."""
    BurnRate.require(burn, *BurnRate.declared())
    if burn.empty:
        return blank("No period tells what was spent.")
    names = {"cost": "Spent", "planned": "Planned"}
    period = period_word(burn["period_on"], burn["ends_on"])
    base = alt.Chart(burn[["period_on", "ends_on", "cost", "planned", "burn_rate"]]).encode(
        tooltip=tips(BurnRate, "period_on", "ends_on", "cost", "planned", "burn_rate")
    )
    shades = (
        alt.Color("what:N")
        .title(None)
        .scale(domain=list(names), range=[CALM, MUTED])
        .legend(labelExpr=_named(names))
    )
    bars = (
        base.transform_calculate(what="'cost'")
        .mark_bar(opacity=0.75)
        .encode(
            alt.X("period_on:T")
            .title(period.capitalize())
            .axis(format="%b %Y", tickCount=8, labelBound=True),
            alt.X2("ends_on"),
            alt.Y("cost:Q").title(f"Money [currency a {period}]").axis(format=MONEY),
            alt.Y2Datum(0),
            shades,
        )
    )
    plan = (
        base.transform_calculate(what="'planned'")
        .mark_rule(strokeWidth=2.5)
        .encode(alt.X("period_on:T"), alt.X2("ends_on"), alt.Y("planned:Q"), shades)
    )
    return alt.LayerChart(layer=[bars, plan])


def workstreams(standing: DataFrame[Standing]) -> alt.LayerChart | alt.Chart:
    """What each workstream is expected to have left, or to lack, in the end.

    Reads ``workstream``, ``state``, ``variance_at_completion``, ``cpi``, ``spi_t``.
    """
    shown = ["workstream", "state", "variance_at_completion", "cpi", "spi_t"]
    Standing.require(standing, *shown)
    known = standing[shown].dropna(subset="variance_at_completion")
    if known.empty:
        return blank("No workstream tells what it earned and what it cost.")
    present = [state for state in _STATES if (known["state"] == state).any()]
    bars = (
        alt.Chart(known, width=460, height=alt.Step(30))
        .mark_bar()
        .encode(
            alt.X("variance_at_completion:Q")
            .title(Standing.label("variance_at_completion"))
            .axis(format=MONEY, tickCount=5),
            alt.Y("workstream:N")
            .sort(field="variance_at_completion", order="ascending")
            .title(None)
            .axis(labelLimit=260),
            alt.Color("state:N")
            .title(None)
            .scale(domain=present, range=[_STATES[state] for state in present]),
            tooltip=tips(Standing, *shown),
        )
    )
    return alt.LayerChart(
        layer=[bars, alt.Chart(_at(0.0)).mark_rule(color=MUTED).encode(x=alt.X("at:Q"))]
    )


def standing_table(standing: DataFrame[Standing], *, limit: int = 40) -> TableView:
    """Show where each workstream stands. Reads the columns it shows."""
    shown = [
        "workstream",
        "state",
        "budget_at_completion",
        "share_spent",
        "share_done",
        "cpi",
        "spi_t",
        "estimate_at_completion",
        "finish_on",
    ]
    return view(standing, Standing, shown, limit=limit)


def value_table(standing: DataFrame[Standing], *, limit: int = 40) -> TableView:
    """Show planned and earned value and cost, and how they differ. Reads the columns it shows."""
    shown = [
        "workstream",
        "planned_value",
        "earned_value",
        "actual_cost",
        "cost_variance",
        "schedule_variance",
        "cpi",
        "spi",
    ]
    return view(standing, Standing, shown, limit=limit)


def ahead_table(standing: DataFrame[Standing], *, limit: int = 40) -> TableView:
    """Show earned schedule, and what is still to be spent and earned. Reads what it shows."""
    shown = [
        "workstream",
        "earned_schedule",
        "periods_ahead",
        "estimate_to_complete",
        "tcpi_budget",
        "tcpi_estimate",
    ]
    return view(standing, Standing, shown, limit=limit)


def efficiency_table(efficiency: DataFrame[Efficiency], *, limit: int = 40) -> TableView:
    """Show what each workstream pays for what it earns, and since when. Reads all columns."""
    return view(efficiency, Efficiency, limit=limit)


def cost_table(costs: DataFrame[CostEstimates], *, limit: int = 40) -> TableView:
    """Show the estimates of cost with their ranges. Reads the columns it shows."""
    shown = [
        "meaning",
        "estimate_at_completion",
        "low",
        "high",
        "estimate_to_complete",
        "variance_at_completion",
        "past_estimates",
        "past_error",
    ]
    return view(costs, CostEstimates, shown, limit=limit)


def finish_table(finishes: DataFrame[FinishEstimates], *, limit: int = 40) -> TableView:
    """Show the estimates of the finish with their ranges. Reads the columns it shows."""
    shown = [
        "meaning",
        "periods",
        "finish_on",
        "low_on",
        "high_on",
        "late_days",
        "past_estimates",
        "past_error",
    ]
    return view(finishes, FinishEstimates, shown, limit=limit)


def record_table(record: DataFrame[RangeRecord]) -> TableView:
    """Show how often ranges given earlier would have held. Reads all columns but ``method``."""
    return view(record, RangeRecord, [name for name in RangeRecord.declared() if name != "method"])


def spent_table(spent: DataFrame[SpentOn], *, limit: int = 40) -> TableView:
    """Show what was spent on each workstream. Reads all columns."""
    return view(spent, SpentOn, limit=limit)


def rules_table(rules: DataFrame[Rules]) -> TableView:
    """Show how far the program is by each way of measuring. Reads all columns but ``rule``."""
    shown = [name for name in Rules.declared() if name != "rule"]
    return view(rules, Rules, shown)


def _rows(name: str) -> alt.Y:
    # formula and words on two lines, so that neither is cut short on a telephone
    split = "split(datum.label, ': ')"
    return (
        alt.Y(f"{name}:N").sort(None).title(None).axis(labelExpr=split, labelLimit=260, grid=False)
    )


def _named(names: dict[str, str]) -> str:
    """Words of a legend for values that are names of columns."""
    cases = " : ".join(f"datum.label == '{name}' ? '{words}'" for name, words in names.items())
    return f"{cases} : datum.label"


def _at(value: float) -> pd.DataFrame:
    return pd.DataFrame({"at": [value]})


def _line(value: float, colour: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(_at(value)).mark_rule(color=colour, strokeDash=[4, 3]).encode(alt.Y("at:Q"))
    )
    return chart
