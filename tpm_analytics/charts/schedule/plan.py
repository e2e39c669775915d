"""Charts of schedules. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always, chosen
from tpm_analytics.charts.names import WIDE, months
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.schedule import (
    CrashCosts,
    DrivingLinks,
    DrivingPath,
    ItemDurations,
    NetworkEdges,
    NetworkNodes,
    ProgressCurve,
    RoadmapBars,
    Schedule,
    SlackTo,
    TargetRoom,
    TeamSlips,
)

NO_SCHEDULE = "There are no activities and no epics to make a schedule of."
STATES = {"finished": "#8d97a5", "begun": CALM, "to come": "#9ecae1"}
CURVES = {"baseline": MUTED, "done": CALM, "expected": ALARM}
DAYS = "%-d %b %Y"
# What takes no time is drawn as a diamond
_INSTANT = "datum.duration_days === 0"
_BOX_HEIGHT = 44
# In more columns than these no name can be read
_QUARTERS = 6
_LABEL = "(isValid(datum.name) ? datum.name : datum.activity_id)"
# What is too long for a line of a box is broken at the last space that fits
_HALVES = "regexp('^(?=.{23})(.{1,22})\\\\s+')"


def gantt(
    schedule: DataFrame[Schedule], *, today: pd.Timestamp | None = None
) -> alt.LayerChart | alt.Chart:
    """Activities over time: as it looks now, on the baseline, with the critical ones ringed.

    Reads ``activity_id``, ``name``, ``shown_name``, ``team``, ``state``, ``start_on``,
    ``finish_on``, ``baseline_start_on``, ``baseline_finish_on``, ``slip_days``,
    ``total_float_days``, ``critical``, ``duration_days``. The thin grey bar is the baseline; a
    diamond is a milestone.
    """
    columns = ["activity_id", "name", "team", "state", "start_on", "finish_on"]
    columns += ["baseline_start_on", "baseline_finish_on", "slip_days", "total_float_days"]
    Schedule.require(schedule, *columns, "shown_name", "critical", "duration_days")
    if schedule.empty:
        return blank(NO_SCHEDULE)
    shown = schedule[[*columns, "shown_name", "critical", "duration_days"]]
    base = alt.Chart(shown, width=520, height=alt.Step(19)).encode(
        alt.Y("shown_name:N")
        .sort(field="start_on", order="ascending")
        .title(None)
        .axis(labelLimit=230, labelOverlap=False),
        tooltip=tips(Schedule, *columns),
    )
    form = months(shown["start_on"], shown["finish_on"], shown["baseline_start_on"])
    when = alt.X("start_on:T").title(None).axis(format=form, tickCount=8)
    planned = base.mark_bar(color="#d6dae1", size=15, cornerRadius=0).encode(
        alt.X("baseline_start_on:T").title(None), alt.X2("baseline_finish_on")
    )
    bars = (
        base.transform_filter(f"!({_INSTANT})")
        .mark_bar(size=8, cornerRadius=2)
        .encode(
            when,
            alt.X2("finish_on"),
            alt.Color("state:N")
            .title(None)
            .scale(domain=list(STATES), range=list(STATES.values())),
            stroke=chosen(alt.StrokeValue, {"datum.critical": ALARM}, None),
            strokeWidth=always(alt.StrokeWidthValue, 2),
        )
    )
    instants = (
        base.transform_filter(_INSTANT)
        .mark_point(shape="diamond", size=80, filled=True, opacity=1)
        .encode(
            alt.X("finish_on:T"),
            color=chosen(alt.ColorValue, {"datum.critical": ALARM}, INK),
        )
    )
    chart: alt.LayerChart = alt.LayerChart(
        layer=[planned, bars, instants, *_today(today)]
    ).properties(title=_legend("Pale: baseline. Ringed: no room at all. Diamond: milestone."))
    return chart


def roadmap(bars: DataFrame[RoadmapBars]) -> alt.LayerChart | alt.Chart:
    """What each workstream finishes in each quarter. Reads all columns."""
    RoadmapBars.require(bars, *RoadmapBars.declared())
    if bars.empty:
        return blank(NO_SCHEDULE)
    quarters = bars["quarter_on"].drop_duplicates().sort_values()
    if more := len(quarters.iloc[_QUARTERS:]):
        bars = bars[bars["quarter_on"].isin(quarters.head(_QUARTERS))]
    base = alt.Chart(bars, width=640, height=alt.Step(78)).encode(
        alt.X("yearquarter(quarter_on):O")
        .title(f"Quarter; {more} later ones are not shown" if more else "Quarter")
        .axis(format="%Y Q%q", labelAngle=0, orient="top"),
        alt.Y("workstream:N").title(None).axis(labelLimit=190),
        tooltip=tips(RoadmapBars, "workstream", "activities", "finishing", "names", "state"),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=4).encode(
        alt.Color("state:N")
        .title(None)
        .scale(domain=list(STATES), range=["#e3e6eb", "#a8cbe4", "#dcebf7"])
    )
    told = "isValid(datum.names) ? datum.names : datum.activities + ' under way'"
    text = base.transform_calculate(told=told).mark_text(
        align="center",
        baseline="middle",
        lineBreak="; ",
        fontSize=10,
        color=INK,
        limit=alt.ExprRef("bandwidth('x') - 8"),
        dy=alt.ExprRef("-6 * (length(split(datum.told, '; ')) - 1)"),
    )
    return alt.LayerChart(layer=[cells, text.encode(alt.Text("told:N"))], usermeta=WIDE)


def network(
    nodes: DataFrame[NetworkNodes], edges: DataFrame[NetworkEdges]
) -> alt.LayerChart | alt.Chart:
    """Open activities and what they wait for, from left to right; the critical path in colour.

    Reads all columns of both. A pale line is a link with room, a dark one sets a date.
    """
    NetworkNodes.require(nodes, *NetworkNodes.declared())
    NetworkEdges.require(edges, *NetworkEdges.declared())
    if nodes.empty:
        return blank("No open activity waits for another.")
    y = alt.Y("place:Q").axis(None).scale(padding=_BOX_HEIGHT / 2 + 6, nice=False, zero=False)
    lines = (
        alt.Chart(edges)
        .mark_rule(strokeWidth=1.6)
        .encode(
            alt.X("from_depth:O", bandPosition=0.5).axis(None),
            alt.Y("from_place:Q").axis(None),
            alt.X2("to_depth", bandPosition=0.5),
            alt.Y2("to_place"),
            color=chosen(
                alt.ColorValue, {"datum.critical": ALARM, "datum.driving": MUTED}, "#d6dae1"
            ),
            tooltip=tips(NetworkEdges, "from_id", "to_id", "kind", "driving"),
        )
    )
    told = ["activity_id", "name", "team", "state", "finish_on", "total_float_days"]
    base = (
        alt.Chart(nodes)
        .transform_calculate(lines=f"replace({_LABEL}, {_HALVES}, '$1\\n')")
        .encode(
            alt.X("depth:O").axis(None).scale(paddingInner=0.14, paddingOuter=0.02),
            y,
            tooltip=tips(NetworkNodes, *told),
        )
    )
    boxes = base.mark_rect(
        height=_BOX_HEIGHT, fill="white", cornerRadius=4, strokeWidth=1.6
    ).encode(stroke=chosen(alt.StrokeValue, {"datum.critical": ALARM}, "#9aa3af"))
    room = alt.ExprRef("bandwidth('x') - 6")
    # a name of two lines leaves the third to the day
    names = base.mark_text(
        dy=-12, fontSize=10, lineHeight=10, color=INK, limit=room, lineBreak="\n"
    ).encode(text=alt.Text("lines:N"))
    days = base.mark_text(dy=14, fontSize=10, color=MUTED, limit=room).encode(
        alt.Text("finish_on:T", format=DAYS)
    )
    chart: alt.LayerChart = alt.LayerChart(
        layer=[lines, boxes, names, days], usermeta=WIDE
    ).properties(width=700, height=_network_height(nodes["place"]))
    return chart


def _network_height(places: pd.Series) -> int:
    """Height in which the boxes of a column stand apart from one another."""
    rows = int(places.max() - places.min()) + 1
    return max(400, rows * (_BOX_HEIGHT + 12))


def progress(
    curve: DataFrame[ProgressCurve], *, today: pd.Timestamp | None = None
) -> alt.LayerChart | alt.Chart:
    """Share of the planned work done by each day: in the baseline, so far, and expected."""
    ProgressCurve.require(curve, *ProgressCurve.declared())
    if curve.empty:
        return blank("No activity has a planned duration, so there is no share of the work.")
    lines = (
        alt.Chart(curve)
        .mark_line()
        .encode(
            alt.X("day_on:T").title(None).axis(format=months(curve["day_on"]), tickCount=8),
            alt.Y("share:Q").title("Share of the work").axis(format=".0%"),
            alt.Color("curve:N")
            .title(None)
            .scale(domain=list(CURVES), range=list(CURVES.values())),
            alt.StrokeDash("curve:N")
            .title(None)
            .scale(domain=list(CURVES), range=[[5, 4], [1, 0], [2, 3]]),
            tooltip=tips(ProgressCurve, "day_on", "curve", "share"),
        )
    )
    return alt.LayerChart(layer=[lines, *_today(today)])


def slack_bars(slack: DataFrame[SlackTo], *, limit: int = 20) -> alt.LayerChart | alt.Chart:
    """How much later each open activity may finish before the target moves.

    Reads ``activity_id``, ``shown_name``, ``team``, ``finish_on``, ``slack_days`` of the
    first rows.
    """
    SlackTo.require(slack, "activity_id", "shown_name", "team", "finish_on", "slack_days")
    if slack.empty:
        return blank("Nothing that is open leads to a milestone.")
    columns = ["activity_id", "shown_name", "team", "finish_on", "slack_days"]
    base = alt.Chart(slack[columns].head(limit), width=440, height=alt.Step(20)).encode(
        alt.X("slack_days:Q").title("Room [working days]").axis(tickMinStep=1),
        alt.Y("shown_name:N").sort(None).title(None).axis(labelLimit=260, labelOverlap=False),
        color=chosen(alt.ColorValue, {"datum.slack_days <= 0": ALARM}, CALM),
        tooltip=tips(SlackTo, *columns),
    )
    figures = base.mark_text(align="left", dx=5, fontSize=11).encode(
        alt.Text("slack_days:Q", format=".3~r")
    )
    return alt.LayerChart(layer=[base.mark_bar(), figures])


def path_table(path: DataFrame[DrivingPath]) -> TableView:
    """Show each step of the chain that sets the date."""
    names = ["step", "name", "team", "start_on", "finish_on", "remaining_days", "days_off"]
    named = path.assign(name=path["name"].fillna(path["activity_id"]))
    return view(named, DrivingPath, [*names, "slip_days", "added_days"])


def room_table(room: DataFrame[TargetRoom]) -> TableView:
    """Show how tight the way to each milestone is."""
    names = ["target_name", "target_on", "leading", "without_room", "tightest"]
    named = room.assign(target_name=room["target_name"].fillna(room["target_id"]))
    return view(named, TargetRoom, names)


def team_table(teams: DataFrame[TeamSlips]) -> TableView:
    """Show how long each team's work takes against its plan."""
    names = ["team", "finished", "planned_days", "took_days", "longer_share", "open", "slip_days"]
    return view(teams, TeamSlips, [*names, "worst_name"])


def crash_table(costs: DataFrame[CrashCosts]) -> TableView:
    """Show what each day won costs at least, and which activities are shortened for it."""
    return view(costs, CrashCosts, ["won_days", "end_on", "cost", "next_day_cost", "names"])


def late_table(schedule: DataFrame[Schedule], *, limit: int = 15) -> TableView:
    """Show activities with their dates, the baseline, the slip and the room they have."""
    names = ["name", "team", "state", "start_on", "finish_on", "baseline_finish_on", "slip_days"]
    named = schedule.assign(name=schedule["name"].fillna(schedule["activity_id"]))
    return view(named, Schedule, [*names, "total_float_days"], limit=limit)


def link_table(links: DataFrame[DrivingLinks], *, limit: int = 15) -> TableView:
    """Show links and the room they leave."""
    names = ["from_name", "to_name", "kind", "lag_days", "gap_days"]
    return view(links, DrivingLinks, names, limit=limit)


def epic_table(durations: DataFrame[ItemDurations]) -> TableView:
    """Show how long each epic takes at its pace."""
    return view(durations, ItemDurations)


def _legend(text: str) -> alt.Title:
    return alt.Title(text, fontSize=11, fontWeight="normal", color=MUTED, offset=6)


def _today(today: pd.Timestamp | None) -> list[alt.Chart]:
    if today is None:
        return []
    line = alt.Chart(pd.DataFrame({"today_on": [today]})).encode(alt.X("today_on:T"))
    return [
        line.mark_rule(color=INK, strokeDash=[3, 3]),
        line.mark_text(text="today", align="center", y=-6, color=INK, fontSize=10),
    ]
