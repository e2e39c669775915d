"""Charts of queues, blocks and moves. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAME_WIDTH, coloured
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.flow import BlockedTime, Bottlenecks, Handovers, MovesBack, Queues

DAYS = "%-d %b %y"


def bottleneck_table(bottlenecks: DataFrame[Bottlenecks], *, limit: int = 8) -> TableView:
    """Show where work is held up, and the evidence. Reads all columns but the stage."""
    names = [name for name in Bottlenecks.declared() if name not in {"stage", "mean_items"}]
    return view(bottlenecks, Bottlenecks, names, limit=limit)


def queues(queues: DataFrame[Queues]) -> alt.Chart:
    """Items in the worst bottleneck's status at the end of each week, a line a team.

    Reads ``team``, ``status``, ``period_on``, ``items``, ``median_days``.
    """
    Queues.require(queues, "team", "status", "period_on", "items", "median_days")
    return _lines(queues, "items")


def stays(queues: DataFrame[Queues]) -> alt.Chart:
    """Middling stay in the worst bottleneck's status of those that left it in the week.

    Reads ``team``, ``status``, ``period_on``, ``items``, ``median_days``.
    """
    Queues.require(queues, "team", "status", "period_on", "items", "median_days")
    return _lines(queues, "median_days")


def blocked_time(blocked: DataFrame[BlockedTime]) -> alt.Chart:
    """Days that items were blocked, by reason. Reads all columns."""
    BlockedTime.require(blocked, *BlockedTime.declared())
    if blocked.empty:
        return blank("The source tells of no blocked item.")
    named = "datum.label == 'null' ? 'no reason given' : datum.label"
    return (
        alt.Chart(blocked, height=alt.Step(26))
        .mark_bar(color=ALARM)
        .encode(
            alt.X("blocked_days:Q").title(BlockedTime.label("blocked_days")).axis(tickCount=6),
            alt.Y("reason:N").title(None).sort(None).axis(labelLimit=NAME_WIDTH, labelExpr=named),
            tooltip=tips(BlockedTime, *BlockedTime.declared()),
        )
    )


def blocked_table(blocked: DataFrame[BlockedTime]) -> TableView:
    """Show blocked time by reason. Reads all columns."""
    return view(blocked, BlockedTime)


def handover_table(handovers: DataFrame[Handovers]) -> TableView:
    """Show how often each team's items changed hands and went back. Reads all columns."""
    return view(handovers, Handovers)


def moves_back_table(moves: DataFrame[MovesBack], *, limit: int = 10) -> TableView:
    """Show from where to where items went back. Reads all columns."""
    return view(moves, MovesBack, limit=limit)


def _lines(queues: DataFrame[Queues], name: str) -> alt.Chart:
    if queues.empty:
        return blank("No move of an item between its start and its finish is known.")
    return (
        alt.Chart(queues, height=200, title=str(queues["status"].iloc[0]))
        .mark_line(strokeWidth=1.75, point={"size": 14})
        .encode(
            alt.X("period_on:T").title(None).axis(format=DAYS, labelOverlap=True, tickCount=8),
            alt.Y(f"{name}:Q").title(Queues.label(name)),
            coloured(queues, "team"),
            tooltip=tips(Queues, "team", "status", "period_on", "items", "median_days"),
        )
    )
