"""Charts of who waits for whom. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always, chosen
from tpm_analytics.charts.names import NAMED, WIDE, coloured
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.dependencies import (
    Chains,
    ChainSteps,
    Circles,
    Dependencies,
    GraphEdges,
    GraphNodes,
    HandoverTimes,
    LinkAges,
    LinkCounts,
    SharedHours,
    TeamWaits,
)
from tpm_analytics.results.schedule_risk import Removals

_CELL = 46
# pale enough for dark figures on all of it
_PALE = ["#f3f6fa", "#6baed6"]
_BOX, _ROW, _STRIP = 60, 84, 92
# Names in so many columns can be read on a telephone
_NARROW = 3
_WATCHED = [
    "to_team",
    "to_id",
    "to_title",
    "from_team",
    "from_id",
    "from_title",
    "waited_days",
    "age_days",
    "state",
]


def waiting_matrix(waits: DataFrame[TeamWaits]) -> alt.LayerChart | alt.Chart:
    """Days each team waited for each other one; the diagonal is a team waiting for itself.

    Reads all columns. A cell tells the days and the number of links; no cell is no link.
    """
    TeamWaits.require(waits, *TeamWaits.declared())
    if waits.empty:
        return blank("No link orders two items of teams that are known.")
    base = (
        alt.Chart(waits, width=560, height=alt.Step(_CELL))
        .transform_calculate(
            told="(isValid(datum.waited_days) ? format(datum.waited_days, ',.0f') + ' d' : "
            "'unknown')",
            over="format(datum.links, ',') + (datum.links == 1 ? ' link' : ' links')",
        )
        .encode(
            alt.X("from_team:N")
            .title("... waited for this team")
            .axis(labelAngle=0, labelLimit=110, orient="top", labelExpr=NAMED),
            alt.Y("to_team:N")
            .title("This team ...")
            .axis(labelLimit=150, labelOverlap=False, labelExpr=NAMED),
            tooltip=tips(TeamWaits, *TeamWaits.declared()),
        )
    )
    known = bool(waits["waited_days"].notna().any())
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        alt.Color("waited_days:Q")
        .title(TeamWaits.label("waited_days"))
        .legend(alt.Legend(gradientLength=220, titleLimit=300) if known else None)
        .scale(range=_PALE, domainMin=0)
    )
    days = base.mark_text(dy=-7, fontWeight="bold", color=INK).encode(text=alt.Text("told:N"))
    links = base.mark_text(dy=9, fontSize=10, color=INK).encode(alt.Text("over:N"))
    return alt.LayerChart(layer=[cells, days, links])


def team_table(waits: DataFrame[TeamWaits]) -> TableView:
    """Show each pair of teams. Reads all columns."""
    shown = [name for name in TeamWaits.declared() if name != "across"]
    return view(waits, TeamWaits, shown)


def open_table(dependencies: DataFrame[Dependencies], *, limit: int = 20) -> TableView:
    """Show links that are not cleared, those that wait today first. Reads what it shows."""
    return view(dependencies, Dependencies, _WATCHED, limit=limit)


def circle_table(circles: DataFrame[Circles]) -> TableView:
    """Show items that wait for one another in a circle. Reads all columns."""
    return view(circles, Circles, limit=15)


def link_table(counts: DataFrame[LinkCounts]) -> TableView:
    """Show what the links can be used for. Reads all columns."""
    return view(counts, LinkCounts)


def graph(nodes: DataFrame[GraphNodes], edges: DataFrame[GraphEdges]) -> alt.LayerChart | alt.Chart:
    """Open work that leads to a milestone, from the top, a lane a team; its tight chain in colour.

    Reads all columns of both. A dark line leads from one team to another, a pale one stays.
    """
    GraphNodes.require(nodes, *GraphNodes.declared())
    GraphEdges.require(edges, *GraphEdges.declared())
    if nodes.empty:
        return blank("No open work of a plan or of epics leads to a milestone.")
    lanes = alt.X("lane:O").axis(None).scale(paddingInner=0.1, paddingOuter=0.05)
    lines = (
        alt.Chart(edges)
        .mark_rule(strokeWidth=1.6)
        .encode(
            alt.X("from_lane:O", bandPosition=0.5).axis(None),
            alt.Y("from_row:O", bandPosition=0.84).axis(None),
            alt.X2("to_lane", bandPosition=0.5),
            alt.Y2("to_row", bandPosition=0.16),
            color=chosen(alt.ColorValue, {"datum.tight": ALARM, "datum.across": MUTED}, "#c4cad3"),
            tooltip=tips(GraphEdges, "from_id", "from_team", "to_id", "to_team"),
        )
    )
    base = alt.Chart(nodes).encode(
        lanes,
        alt.Y("row:O").axis(None).scale(padding=0),
        tooltip=tips(GraphNodes, "activity_id", "name", "team", "finish_on", "slack_days"),
    )
    boxes = base.mark_rect(height=_BOX, fill="white", cornerRadius=4, strokeWidth=1.6).encode(
        stroke=chosen(alt.StrokeValue, {"datum.tight": ALARM}, "#9aa3af")
    )
    room = alt.ExprRef("bandwidth('x') - 6")
    names = base.mark_text(
        dy=-19, fontSize=10, color=INK, limit=room, lineBreak="\n", lineHeight=12
    ).encode(alt.Text("caption:N"))
    days = base.mark_text(dy=22, fontSize=9, color=MUTED, limit=room).encode(
        alt.Text("finish_on:T", format="%-d %b %Y")
    )
    teams = (
        alt.Chart(nodes[nodes["heading"].notna()])
        .mark_text(fontWeight="bold", color=INK, fontSize=12)
        .encode(lanes, alt.Text("heading:N"), y=always(alt.YValue, -12))
    )
    chart: alt.LayerChart = alt.LayerChart(
        layer=[lines, boxes, names, days, teams], usermeta=_least_width(nodes["lane"])
    )
    return chart.properties(width=680, height=alt.Step(_ROW))


def shared_hours_matrix(shared: DataFrame[SharedHours]) -> alt.LayerChart | alt.Chart:
    """Working hours that each two teams have in common. Reads all columns."""
    SharedHours.require(shared, *SharedHours.declared())
    if shared.empty:
        return blank("No team's time zone is known.")
    base = alt.Chart(shared, width=560, height=alt.Step(32)).encode(
        alt.X("other_team:N").title(None).axis(labelAngle=0, labelLimit=110, orient="top"),
        alt.Y("team:N").title(None).axis(labelLimit=150, labelOverlap=False),
        tooltip=tips(SharedHours, *SharedHours.declared()),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        alt.Color("shared_hours:Q")
        .title(SharedHours.label("shared_hours"))
        .legend(gradientLength=220, titleLimit=320)
        .scale(range=["#fbd5b5", *_PALE], domain=[0, 4, 8], interpolate="rgb")
    )
    hours = base.mark_text(color=INK).encode(alt.Text("shared_hours:Q", format=".1~f"))
    return alt.LayerChart(layer=[cells, hours])


def handover_table(times: DataFrame[HandoverTimes]) -> TableView:
    """Show how long work lay between two items, by distance. Reads all columns."""
    return view(times, HandoverTimes)


def chain_table(chains: DataFrame[Chains]) -> TableView:
    """Show chains of open work, those with the least room first. Reads all columns."""
    return view(chains, Chains, limit=12)


def removal_table(removals: DataFrame[Removals]) -> TableView:
    """Show what taking links away wins. Reads ``name``, ``p80_on``, ``won_days``."""
    return view(removals, Removals, ["name", "won_days", "p80_on"], limit=10)


def chain_strips(steps: DataFrame[ChainSteps]) -> alt.LayerChart | alt.Chart:
    """Chains of open work, each a row of boxes from what comes first; a colour is a team.

    Reads all columns. A dark edge is where the work passes to another team.
    """
    ChainSteps.require(steps, *ChainSteps.declared())
    if steps.empty:
        return blank("No open work waits for other open work.")
    base = (
        alt.Chart(steps, width=680, height=alt.Step(_STRIP))
        .transform_calculate(
            head="datum.length + ' steps' + (isValid(datum.slack_days) ? ', ' + "
            "format(datum.slack_days, ',.0f') + ' working days of room' : '')"
        )
        .encode(
            alt.X("step:O").axis(None).scale(paddingInner=0.06, paddingOuter=0),
            alt.Y("chain:O").axis(None).scale(padding=0),
            tooltip=tips(ChainSteps, "key", "shown_name", "team", "length", "slack_days"),
        )
    )
    boxes = base.mark_rect(height=_BOX, cornerRadius=4, fillOpacity=0.22, strokeWidth=1.6).encode(
        coloured(steps, "team"),
        stroke=chosen(alt.StrokeValue, {"datum.new_team": INK}, "#c4cad3"),
    )
    room = alt.ExprRef("bandwidth('x') - 6")
    keys = base.mark_text(dy=-20, fontSize=11, fontWeight="bold", color=INK, limit=room).encode(
        alt.Text("key:N")
    )
    names = base.mark_text(
        dy=-5, fontSize=10, color=INK, limit=room, lineBreak="\n", lineHeight=12
    ).encode(alt.Text("caption:N"))
    heads = (
        base.transform_filter("datum.step == 1")
        .mark_text(
            align="left", dy=-44, dx=alt.ExprRef("-bandwidth('x') / 2"), color=MUTED, fontSize=11
        )
        .encode(alt.Text("head:N"))
    )
    arrows = base.transform_filter("datum.step > 1").mark_text(
        text="▶", dx=alt.ExprRef("-bandwidth('x') / 2 - 4"), color=INK, fontSize=9
    )
    layers = [boxes, keys, names, heads, arrows]
    return alt.LayerChart(layer=layers, usermeta=_least_width(steps["step"]))


def _least_width(columns: pd.Series) -> dict[str, int]:
    """Width below which names in so many columns of boxes would be cut."""
    return WIDE if columns.nunique() > _NARROW else {}


def age_bars(ages: DataFrame[LinkAges]) -> alt.Chart:
    """How old links are that are not cleared. Reads all columns."""
    LinkAges.require(ages, *LinkAges.declared())
    if ages.empty:
        return blank("No link is known that is not cleared.")
    chart: alt.Chart = (
        alt.Chart(ages, height=180)
        .mark_bar()
        .encode(
            alt.X("age:N").sort(None).title(LinkAges.label("age")).axis(labelAngle=0),
            alt.Y("links:Q").title(LinkAges.label("links")).axis(tickMinStep=1, format=",.0f"),
            coloured(ages, "between"),
            tooltip=tips(LinkAges, *LinkAges.declared()),
        )
    )
    return chart


def item_chain_table(chains: DataFrame[Chains]) -> TableView:
    """Show chains of open items, the longest first. Reads all columns but the room."""
    return view(chains, Chains, ["chain", "steps", "handovers", "teams"], limit=12)
