"""Charts of flow. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always
from tpm_analytics.charts.names import coloured
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import CALM, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.flow import (
    Ages,
    Conventions,
    CycleTimes,
    GroupTimes,
    Histogram,
    Percentiles,
    Throughput,
    Unmeasured,
    WorkInProgress,
)

# A logarithmic scale is read by its marks: days, a working week, a month, a quarter, a year
DAY_MARKS = (1, 2, 5, 10, 30, 90, 365, 1000)
DAYS = "%-d %b %y"


def cycle_time_scatter(
    cycle_times: DataFrame[CycleTimes], percentiles: DataFrame[Percentiles]
) -> alt.LayerChart | alt.Chart:
    """Each finished item by the day it finished and the days it took, under percentile lines.

    Reads ``item_id``, ``team``, ``finished_on``, ``cycle_days`` of ``cycle_times`` and ``share``,
    ``cycle_days`` of ``percentiles``. A dot above the top line took longer than all but a few:
    ask what held it. The scale is logarithmic, because a few items take a hundred times as long
    as most. Teams have colours of their own while they are few enough.
    """
    CycleTimes.require(cycle_times, "item_id", "team", "finished_on", "cycle_days")
    Percentiles.require(percentiles, "share", "cycle_days")
    if cycle_times.empty:
        return blank("No finished item has a known start.")
    days = (
        alt.Y("cycle_days:Q")
        .title(CycleTimes.label("cycle_days"))
        .scale(type="log", domainMin=1)
        .axis(values=list(DAY_MARKS))
    )
    items = (
        alt.Chart(cycle_times[["item_id", "team", "finished_on", "cycle_days"]])
        .mark_circle(opacity=0.45, size=28)
        .encode(
            alt.X("finished_on:T")
            .title(CycleTimes.label("finished_on"))
            .axis(format=DAYS, labelOverlap=True, tickCount=8),
            days,
            coloured(cycle_times, "team"),
            tooltip=tips(CycleTimes, "item_id", "team", "finished_on", "cycle_days"),
        )
    )
    lines = alt.Chart(percentiles).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(days)
    said = {"align": "right", "dy": -7, "fontWeight": "bold"}
    names, halo = (
        lines.mark_text(**said, **ink).encode(
            alt.Text("share:Q", format=".0%"), x=always(alt.XValue, "width")
        )
        for ink in ({"color": INK}, {"color": "white", "stroke": "white", "strokeWidth": 4})
    )
    return alt.LayerChart(layer=[items, lines, halo, names])


def throughput_bars(throughput: DataFrame[Throughput]) -> alt.Chart:
    """Items finished in each period; an empty period is a gap in the bars.

    Reads ``period_on``, ``items``.
    """
    Throughput.require(throughput, "period_on", "items")
    if throughput.empty:
        return blank("No whole period with a finished item lies in the data.")
    return (
        alt.Chart(throughput[["period_on", "items"]])
        .mark_bar(color=CALM)
        .encode(
            alt.X("period_on:T")
            .title(Throughput.label("period_on"))
            .axis(format=DAYS, labelOverlap=True, tickCount=8),
            alt.Y("items:Q").title(Throughput.label("items")),
            tooltip=tips(Throughput, "period_on", "items"),
        )
    )


def work_in_progress_area(wip: DataFrame[WorkInProgress]) -> alt.Chart:
    """Items begun and not finished, day by day. Reads ``day_on``, ``items``."""
    WorkInProgress.require(wip, "day_on", "items")
    if wip.empty:
        return blank("No item has a known start.")
    return (
        alt.Chart(wip)
        .mark_area(color=CALM, opacity=0.5, line={"color": CALM})
        .encode(
            alt.X("day_on:T")
            .title(WorkInProgress.label("day_on"))
            .axis(format=DAYS, labelOverlap=True, tickCount=8),
            alt.Y("items:Q").title(WorkInProgress.label("items")),
            tooltip=tips(WorkInProgress, "day_on", "items"),
        )
    )


def oldest_items(ages: DataFrame[Ages], *, limit: int = 15) -> TableView:
    """Show the items that have been in progress longest.

    Reads ``item_id``, ``title``, ``team``, ``status``, ``age_days``.
    """
    return view(ages, Ages, ["item_id", "title", "team", "status", "age_days"], limit=limit)


def unmeasured_items(unmeasured: DataFrame[Unmeasured]) -> TableView:
    """Show how many finished items have no cycle time, and why. Reads all columns."""
    return view(unmeasured, Unmeasured)


def histogram(histogram: DataFrame[Histogram]) -> alt.Chart:
    """How many finished items took how long. Reads ``span``, ``items``, ``share``."""
    Histogram.require(histogram, "span", "items", "share")
    if histogram.empty:
        return blank("No finished item has a known start.")
    return (
        alt.Chart(histogram[["span", "items", "share"]], height=180)
        .mark_bar(color=CALM)
        .encode(
            alt.X("span:O")
            .title(Histogram.label("span"))
            .sort(None)
            .axis(labelAngle=0, labelOverlap=True),
            alt.Y("items:Q").title(Histogram.label("items")),
            tooltip=tips(Histogram, "span", "items", "share"),
        )
    )


def group_table(times: DataFrame[GroupTimes]) -> TableView:
    """Show the percentiles of each group. Reads all columns."""
    return view(times, GroupTimes)


def convention_table(conventions: DataFrame[Conventions]) -> TableView:
    """Show what other ways of counting would say. Reads all columns."""
    return view(conventions, Conventions)
