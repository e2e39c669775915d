"""Charts of people's time. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import coloured
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.program.table import Table
from tpm_analytics.results.resources import Costs, Holdings, Overloads, Skills, Utilisation, Worked

UNKNOWN_HOURS = "Nobody's working hours are known, so there is no time to compare with."


def utilisation_heat_map(
    utilisation: DataFrame[Utilisation], *, today: pd.Timestamp | None = None
) -> alt.LayerChart | alt.Chart:
    """Share of each group's time that is promised, period by period; the palest is 100 %.

    Reads ``group``, ``people``, ``period_on``, ``ends_on``, ``capacity_hours``,
    ``allocated_hours``, ``utilisation``. A gap is a period in which nobody of the group works.
    `today` is marked by a line.
    """
    shown = ["group", "people", "period_on", "ends_on", "capacity_hours", "allocated_hours"]
    Utilisation.require(utilisation, *shown, "utilisation")
    if utilisation.empty:
        return blank(UNKNOWN_HOURS)
    cells = (
        alt.Chart(utilisation[[*shown, "utilisation"]], width=620, height=alt.Step(17))
        .mark_rect()
        .encode(
            alt.X("period_on:T").title(Utilisation.label("period_on")),
            alt.X2("ends_on"),
            alt.Y("group:N").title(None).axis(labelLimit=260, labelOverlap=False, grid=False),
            alt.Color("utilisation:Q")
            .title(Utilisation.declared()["utilisation"].meaning)
            .legend(
                format=".0%", gradientLength=260, titleLimit=400, values=[0.4, 0.7, 1, 1.3, 1.6]
            )
            .scale(scheme="blueorange", domain=[0.4, 1.6], domainMid=1, clamp=True),
            tooltip=tips(Utilisation, *shown, "utilisation"),
        )
    )
    return alt.LayerChart(layer=[cells, *_today(today)])


def capacity_and_allocation(
    utilisation: DataFrame[Utilisation], *, today: pd.Timestamp | None = None
) -> alt.LayerChart | alt.Chart:
    """Hours available and hours promised of the whole program, period by period.

    Reads ``period_on``, ``capacity_hours``, ``allocated_hours`` of a table by ``"program"``.
    Where the line of promises runs above the area, people are promised more than there is.
    """
    Utilisation.require(utilisation, "period_on", "capacity_hours", "allocated_hours")
    if utilisation.empty:
        return blank(UNKNOWN_HOURS)
    available, promised = _hours(
        utilisation, Utilisation, {"capacity_hours": "#b8c0cc", "allocated_hours": CALM}
    )
    area = available.mark_area(interpolate="step-after", opacity=0.6)
    line = promised.mark_line(interpolate="step-after")
    return alt.LayerChart(layer=[area, line, *_today(today)])


def overload_bars(overloads: DataFrame[Overloads], *, limit: int = 25) -> alt.Chart:
    """When who is promised too often, and how far. Reads all columns of the first rows."""
    Overloads.require(overloads, *Overloads.declared())
    if overloads.empty:
        return blank("There is no overload to show.")
    shown = ["group", "people", "from_on", "to_on", "periods", "peak_utilisation", "excess_hours"]
    chart: alt.Chart = (
        alt.Chart(overloads[[*shown, "workstreams"]].head(limit), width=560, height=alt.Step(24))
        .mark_bar(cornerRadius=2)
        .encode(
            alt.X("from_on:T").title("Overloaded from and to").scale(nice="month"),
            alt.X2("to_on"),
            alt.Y("group:N").title(None).axis(labelLimit=260),
            alt.Color("peak_utilisation:Q")
            .title(Overloads.declared()["peak_utilisation"].meaning)
            .legend(format=".0%")
            .scale(scheme="oranges", domain=[0.8, 2.0], clamp=True),
            tooltip=tips(Overloads, *shown, "workstreams"),
        )
    )
    return chart


def cost_bars(costs: DataFrame[Costs]) -> alt.Chart:
    """Cost of the promised time in each month, by workstream. Reads all columns."""
    Costs.require(costs, *Costs.declared())
    known = costs.dropna(subset="cost")
    if known.empty:
        return blank("Nobody's cost is known together with what the time is promised to.")
    chart: alt.Chart = (
        alt.Chart(known)
        .mark_bar()
        .encode(
            alt.X("yearmonth(period_on):O")
            .title("Month")
            .axis(format="%b %Y", labelAngle=0, labelOverlap=True),
            alt.Y("cost:Q").title(Costs.label("cost")).axis(format=",.0f"),
            coloured(known, "workstream"),
            tooltip=tips(Costs, *Costs.declared()),
        )
    )
    return chart


def worked_and_promised(worked: DataFrame[Worked]) -> alt.LayerChart | alt.Chart:
    """Hours worked as bars, hours promised as a line over them. Reads all columns."""
    Worked.require(worked, *Worked.declared())
    if worked.empty:
        return blank("No whole period has both hours worked and hours promised.")
    done, promised = _hours(worked, Worked, {"worked_hours": "#9ecae1", "allocated_hours": INK})
    bars = done.mark_bar(width=10).encode(alt.X("period_on:T").scale(padding=12))
    line = promised.mark_line(interpolate="step", strokeDash=[5, 3])
    return alt.LayerChart(layer=[bars, line])


def skills_table(skills: DataFrame[Skills], *, limit: int = 25) -> TableView:
    """Show the scarce skills first. Reads all columns."""
    return view(skills, Skills, limit=limit)


def overload_table(overloads: DataFrame[Overloads], *, limit: int = 25) -> TableView:
    """Show the runs of overload with the workstreams that collide. Reads the columns it shows."""
    shown = [
        "group",
        "people",
        "from_on",
        "to_on",
        "periods",
        "peak_utilisation",
        "excess_hours",
        "workstreams",
    ]
    return view(overloads, Overloads, shown, limit=limit)


def holdings_bars(holdings: DataFrame[Holdings]) -> alt.Chart:
    """How many people hold how many open items. Reads all columns."""
    Holdings.require(holdings, *Holdings.declared())
    if holdings.empty:
        return blank("Nobody holds an open item.")
    chart: alt.Chart = (
        alt.Chart(holdings, height=180)
        .mark_bar(color=CALM)
        .encode(
            alt.X("held:N").sort(None).title(Holdings.label("held")).axis(labelAngle=0),
            alt.Y("people:Q").title(Holdings.label("people")).axis(tickMinStep=1),
            tooltip=tips(Holdings, *Holdings.declared()),
        )
    )
    return chart


def _hours(frame: pd.DataFrame, table: type[Table], colours: dict[str, str]) -> list[alt.Chart]:
    """A chart without a mark for each column of hours, all with one axis and one legend."""
    meanings = {name: table.declared()[name].meaning for name in colours}
    period = table.declared()["period_on"].meaning
    base = (
        alt.Chart(frame[["period_on", *colours]].rename(columns=meanings))
        .transform_fold(list(meanings.values()), as_=["what", "hours"])
        .encode(
            alt.X("period_on:T").title(period),
            alt.Y("hours:Q").title("Time [hours]").axis(format=",.0f"),
            alt.Color("what:N")
            .title(None)
            .scale(domain=list(meanings.values()), range=list(colours.values())),
            tooltip=[
                alt.Tooltip("period_on:T", title=period, format="%Y-%m-%d"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("hours:Q", title="Time [hours]", format=",.0f"),
            ],
        )
    )
    return [base.transform_filter(alt.datum.what == meaning) for meaning in meanings.values()]


def _today(day: pd.Timestamp | None) -> list[alt.Chart]:
    """A line at `day` with its name, or nothing."""
    if day is None:
        return []
    at = alt.Chart(alt.InlineData(values=[{"day": f"{day:%Y-%m-%dT00:00:00}"}])).encode(
        alt.X("day:T")
    )
    line = at.mark_rule(color=ALARM, strokeDash=[4, 3], size=1.5)
    name = at.mark_text(text="today", color=MUTED, align="left", dx=4, dy=-6, baseline="bottom")
    return [line, name.encode(y=alt.value(0))]
