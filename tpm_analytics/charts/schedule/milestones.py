"""Charts of milestones and of schedule checks. Each draws the tables it is given."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import chosen
from tpm_analytics.charts.names import NAME_WIDTH, months
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, FAINT, GOOD, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.schedule import (
    IssueGraph,
    IssueGraphCases,
    MilestoneCheck,
    MilestonePunctuality,
    MilestoneSlips,
    MilestoneTrend,
    ScheduleHealth,
)

_EXPECTED = f"{MilestoneTrend.label('forecast_on')}; dashed: reached"
NO_FORECASTS = "Nobody reported when a milestone is expected, so no trend can be drawn."


def milestone_trend(trend: DataFrame[MilestoneTrend]) -> alt.LayerChart | alt.Chart:
    """When each milestone was expected, by the day somebody said so.

    Reads all columns. A level line is a date that holds; one that climbs slips; on the grey
    diagonal a milestone is reached. Give it few enough milestones: see `moving`.
    """
    MilestoneTrend.require(trend, *MilestoneTrend.declared())
    if trend.empty:
        return blank(NO_FORECASTS)
    base = alt.Chart(trend).encode(
        alt.X("reported_on:T")
        .title(MilestoneTrend.label("reported_on"))
        .axis(format=months(trend["reported_on"]), tickCount=8)
    )
    diagonal = base.mark_line(color="#c4cad3", strokeDash=[4, 4]).encode(
        alt.Y("reported_on:T").title(_EXPECTED)
    )
    expected = months(trend["reported_on"], trend["forecast_on"])
    lines = base.mark_line(point=alt.OverlayMarkDef(size=22)).encode(
        alt.Y("forecast_on:T").title(_EXPECTED).axis(format=expected, tickCount=8),
        alt.Color("name:N").title(None).legend(columns=2, labelLimit=NAME_WIDTH),
        tooltip=tips(MilestoneTrend, "name", "reported_on", "forecast_on", "moved_days"),
    )
    chart: alt.LayerChart = alt.LayerChart(layer=[diagonal, lines]).properties(height=320)
    return chart


def slips(slips: DataFrame[MilestoneSlips], *, limit: int = 20) -> alt.Chart:
    """How much later than first planned each milestone is, or was reached.

    Reads ``milestone_id``, ``name``, ``state``, ``first_planned_on``, ``expected_on``,
    ``slip_days``, ``moves`` of the first rows.
    """
    columns = ["milestone_id", "name", "state", "first_planned_on", "expected_on", "slip_days"]
    MilestoneSlips.require(slips, *columns, "moves")
    known = slips.dropna(subset="slip_days").head(limit)
    if known.empty:
        return blank("No milestone has a day first planned and a day expected.")
    chart: alt.Chart = (
        alt.Chart(known[[*columns, "moves"]], width=440, height=alt.Step(21))
        .mark_bar()
        .encode(
            alt.X("slip_days:Q").title(f"{MilestoneSlips.label('slip_days')}; pale: reached"),
            alt.Y("name:N").sort(None).title(None).axis(labelLimit=260, labelOverlap=False),
            color=chosen(alt.ColorValue, {"datum.slip_days > 0": ALARM}, GOOD),
            opacity=chosen(alt.OpacityValue, {"datum.state == 'reached'": 0.55}, 1),
            tooltip=tips(MilestoneSlips, *columns, "moves"),
        )
    )
    return chart


def punctuality(periods: DataFrame[MilestonePunctuality]) -> alt.LayerChart | alt.Chart:
    """Of the milestones first planned for each period, how many were reached in it.

    Reads all columns. The pale bar is what was planned, the dark one what was kept.
    """
    MilestonePunctuality.require(periods, *MilestonePunctuality.declared())
    if periods.empty:
        return blank("No period for which a milestone was planned has ended.")
    base = alt.Chart(periods).encode(
        alt.X("yearmonth(period_on):O")
        .title(MilestonePunctuality.label("period_on"))
        .axis(format="%b %Y", labelAngle=0),
        tooltip=tips(MilestonePunctuality, *MilestonePunctuality.declared()),
    )
    planned = base.mark_bar(color=FAINT).encode(
        alt.Y("planned:Q").title("Milestones; blue: reached in time").axis(tickMinStep=1)
    )
    kept = base.mark_bar(color=CALM).encode(alt.Y("on_time:Q"))
    told = base.mark_text(dy=-6, color=MUTED, fontSize=10).encode(
        alt.Y("planned:Q"), alt.Text("share_on_time:Q", format=".0%")
    )
    return alt.LayerChart(layer=[planned, kept, told])


def punctuality_table(periods: DataFrame[MilestonePunctuality]) -> TableView:
    """Show for each period what was planned, reached and kept, and how late. Reads all columns."""
    return view(periods, MilestonePunctuality)


def slip_table(slips: DataFrame[MilestoneSlips], *, limit: int = 15) -> TableView:
    """Show how far each milestone moved, how often, and how long before it was told."""
    names = ["name", "state", "first_planned_on", "expected_on", "slip_days", "later_moves"]
    return view(slips, MilestoneSlips, [*names, "recent_days", "notice_days"], limit=limit)


def check_table(check: DataFrame[MilestoneCheck]) -> TableView:
    """Show what is reported of each open milestone against what the links say."""
    names = ["name", "first_planned_on", "reported_on", "scheduled_on", "gap_days"]
    return view(check, MilestoneCheck, names)


def health_table(health: DataFrame[ScheduleHealth]) -> TableView:
    """Show the fourteen points, what was measured, the threshold, the verdict and why."""
    names = ["number", "point", "measured", "allowed", "verdict", "worst"]
    return view(health, ScheduleHealth, names)


def graph_table(graph: DataFrame[IssueGraph]) -> TableView:
    """Show what is wrong in the links of tracker items, and what to do."""
    return view(graph, IssueGraph)


def case_table(cases: DataFrame[IssueGraphCases], *, limit: int = 20) -> TableView:
    """Show the items behind the findings."""
    names = ["finding", "item_id", "title", "team", "detail", "other_team", "age_days"]
    return view(cases, IssueGraphCases, names, limit=limit)
