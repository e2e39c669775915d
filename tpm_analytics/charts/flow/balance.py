"""Charts of inflow and outflow. Each draws the tables it is given; none computes."""

from __future__ import annotations

from itertools import cycle

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.calendars import period_word
from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAME_WIDTH, coloured
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import CALM, GOOD, SERIES
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.flow import Balance, CumulativeFlow, Distribution, LittlesLaw

DAYS = "%-d %b %y"
# Shades of the colours of the stages: queues stand out from work, and what is done recedes
SHADES = {
    "backlog": ["#5b6472", "#8a93a1"],
    "waiting": ["#f3cf7a", "#e69f00", "#a87400"],
    "active": ["#0072b2", "#56b4e9", "#9ecae1", "#08519c"],
    "done": ["#d5dae1", "#b4bcc8"],
}
_NOTHING = "No whole period with an item lies in the data."


def cumulative_flow(flow: DataFrame[CumulativeFlow]) -> alt.Chart:
    """Items in each status day by day, done at the bottom, up to the last day.

    Reads ``day_on``, ``status``, ``items``. A band that grows wider is a queue that grows; the
    slope of the lowest edge is how fast work gets done.
    """
    CumulativeFlow.require(flow, "day_on", "status", "items")
    if flow.empty:
        return blank("No move of an item is known.")
    stages = flow.drop_duplicates("status").set_index("status")["stage"].astype("str")
    shades = {stage: cycle(colours) for stage, colours in SHADES.items()}
    colours = {str(name): next(shades[stage]) for name, stage in stages.items()}
    return (
        alt.Chart(flow[["day_on", "status", "items"]], height=340)
        .mark_area()
        .encode(
            alt.X("day_on:T").title(None).axis(format=DAYS, labelOverlap=True, tickCount=8),
            alt.Y("items:Q", stack="zero").title(CumulativeFlow.label("items")),
            alt.Color("status:N", sort=list(colours))
            .title(None)
            .scale(domain=list(colours), range=list(colours.values()))
            .legend(columns=4, labelLimit=NAME_WIDTH // 2),
            alt.Order("color_status_sort_index:Q", sort="descending"),
            tooltip=tips(CumulativeFlow, "day_on", "status", "items"),
        )
    )


def arrivals_and_departures(balance: DataFrame[Balance]) -> alt.Chart:
    """Items that came in and items that were finished, period by period.

    Reads ``period_on``, ``arrived``, ``finished``.
    """
    Balance.require(balance, "period_on", "arrived", "finished")
    if balance.empty:
        return blank(_NOTHING)
    first = balance["period_on"]
    period = period_word(first[:-1], first.shift(-1)[:-1] - pd.Timedelta(days=1))
    said = {"arrived": "created", "finished": "finished"}
    told = f"datum.flow == 'arrived' ? '{said['arrived']}' : '{said['finished']}'"
    return (
        alt.Chart(balance[["period_on", "arrived", "finished"]])
        .transform_fold(list(said), as_=["flow", "count"])
        .transform_calculate(told=told)
        .mark_line(strokeWidth=1.5, point={"size": 18})
        .encode(
            alt.X("period_on:T").title(None).axis(format=DAYS, labelOverlap=True, tickCount=8),
            alt.Y("count:Q").title(f"Items in the {period}"),
            alt.Color("told:N")
            .title(None)
            .scale(domain=list(said.values()), range=[SERIES[1], GOOD]),
            tooltip=tips(Balance, "period_on", "arrived", "finished"),
        )
    )


def open_items(balance: DataFrame[Balance]) -> alt.Chart:
    """Items created and not finished, at the end of each period.

    Reads ``period_on``, ``still_open``.
    """
    Balance.require(balance, "period_on", "still_open")
    if balance.empty:
        return blank(_NOTHING)
    return (
        alt.Chart(balance[["period_on", "still_open"]], height=160)
        .mark_area(color=CALM, opacity=0.5, line={"color": CALM})
        .encode(
            alt.X("period_on:T").title(None).axis(format=DAYS, labelOverlap=True, tickCount=8),
            alt.Y("still_open:Q").title("Items open"),
            tooltip=tips(Balance, "period_on", "still_open"),
        )
    )


def distribution(distribution: DataFrame[Distribution]) -> alt.Chart:
    """Which kinds of work the finished items of each period were.

    Reads ``period_on``, ``kind``, ``items``, ``share``.
    """
    Distribution.require(distribution, "period_on", "kind", "items", "share")
    if distribution.empty:
        return blank("No whole month with a finished item lies in the data.")
    return (
        alt.Chart(distribution)
        .mark_bar()
        .encode(
            alt.X("yearmonth(period_on):T")
            .title(None)
            .axis(format="%b %Y", labelOverlap=True, labelFlush=False, labelBound=True),
            alt.Y("items:Q").title("Items finished in the month"),
            coloured(distribution, "kind"),
            tooltip=tips(Distribution, "period_on", "kind", "items", "share"),
        )
    )


def law_table(law: DataFrame[LittlesLaw]) -> TableView:
    """Show items in progress as counted and as Little's law has them. Reads all columns."""
    return view(law, LittlesLaw)
