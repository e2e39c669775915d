"""Charts of a plan that the people there can do. Each draws the tables it is given."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAME_WIDTH
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, INK
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.levelling import (
    FeasibleFinish,
    Levelled,
    OneMore,
    ResourceLoad,
    Shortages,
)

NO_PLAN = "There is no levelled plan to show."


def load_histogram(load: DataFrame[ResourceLoad]) -> alt.FacetChart | alt.Chart:
    """People needed at once in each week, today and levelled, below the line of those there.

    Reads all columns.
    """
    ResourceLoad.require(load, *ResourceLoad.declared())
    if load.empty:
        return blank(NO_PLAN)
    meanings = {
        name: ResourceLoad.declared()[name].meaning for name in ("today", "levelled", "capacity")
    }
    week = ResourceLoad.declared()["period_on"].meaning
    base = (
        alt.Chart(height=70)
        .transform_fold(list(meanings.values()), as_=["what", "people"])
        .encode(
            alt.X("period_on:T").title(None).axis(format="%b %Y", tickCount="month"),
            alt.Y("people:Q").title("people").stack(None),
            alt.Color("what:N")
            .title(None)
            .legend(labelLimit=320)
            .scale(domain=list(meanings.values()), range=[ALARM, CALM, INK]),
            tooltip=[
                alt.Tooltip("resource:N", title="Who"),
                alt.Tooltip("period_on:T", title=week, format="%Y-%m-%d"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("people:Q", title="People", format=",.1f"),
            ],
        )
    )
    parts = [base.transform_filter(alt.datum.what == meaning) for meaning in meanings.values()]
    layers = [
        parts[0].mark_area(interpolate="step-after", opacity=0.45),
        parts[1].mark_area(interpolate="step-after", opacity=0.6),
        parts[2].mark_line(interpolate="step-after", strokeWidth=1.5),
    ]
    chart: alt.FacetChart = (
        alt.LayerChart(layer=layers)
        .facet(
            facet=alt.Facet("resource:N").title(None).header(labelLimit=NAME_WIDTH),
            data=load.rename(columns=meanings),
            columns=1,
        )
        .resolve_scale(y="independent")
    )
    return chart


def moves(levelled: DataFrame[Levelled], *, limit: int = 30) -> alt.LayerChart | alt.Chart:
    """Each activity today, as a thin line, and levelled, as a bar. Reads the columns it shows."""
    shown = ["name", "team", "needs", "today_start_on", "today_finish_on", "start_on", "finish_on"]
    Levelled.require(levelled, *shown, "activity_id", "moved_days")
    if levelled.empty:
        return blank(NO_PLAN)
    base = alt.Chart(levelled[[*shown, "moved_days"]].head(limit), height=alt.Step(22)).encode(
        alt.Y("name:N").sort(None).title(None).axis(labelLimit=240),
        tooltip=tips(Levelled, *shown, "moved_days"),
    )
    today = base.mark_bar(size=4, color=INK, yOffset=7).encode(
        alt.X("today_start_on:T").title("Today (thin) and levelled").axis(format="%-d %b %y"),
        alt.X2("today_finish_on"),
    )
    bars = base.mark_bar(size=10, cornerRadius=2).encode(
        alt.X("start_on:T"),
        alt.X2("finish_on"),
        alt.Color("moved:N").title(None).scale(domain=["stays", "moves"], range=[CALM, ALARM]),
    )
    bars = bars.transform_calculate(moved="datum.moved_days == 0 ? 'stays' : 'moves'")
    return alt.LayerChart(layer=[bars, today])


def move_table(levelled: DataFrame[Levelled], *, limit: int = 25) -> TableView:
    """Show the activities today and levelled. Reads the columns it shows."""
    shown = ["name", "needs", "today_start_on", "today_finish_on"]
    return view(levelled, Levelled, [*shown, "start_on", "finish_on", "moved_days"], limit=limit)


def one_more_table(more: DataFrame[OneMore], *, limit: int = 25) -> TableView:
    """Show what one more person of each role buys. Reads all columns."""
    return view(more, OneMore, limit=limit)


def shortage_table(shortages: DataFrame[Shortages], *, limit: int = 25) -> TableView:
    """Show who is missing for which activities. Reads all columns."""
    return view(shortages, Shortages, limit=limit)


def chance_table(chances: DataFrame[FeasibleFinish]) -> TableView:
    """Show the end by chance, with people as a limit and without. Reads all columns."""
    return view(chances, FeasibleFinish)
