"""Charts of statuses and stages. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAME_WIDTH, NAMED
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, GOOD, MUTED, RAMP, SERIES
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.flow import (
    Ageing,
    Paces,
    TeamEfficiency,
    TimeInStatus,
)

# One colour a stage on all charts: work, waiting, done, and what is not begun
STAGE_COLOURS = {"backlog": MUTED, "waiting": SERIES[1], "active": CALM, "done": GOOD}
_DAY_MARKS = (1, 2, 5, 10, 30, 90, 365, 1000)
_ROW = 26


def time_in_status(times: DataFrame[TimeInStatus]) -> alt.Chart:
    """Which part of the time between start and finish items are in each status.

    Reads ``status``, ``stage``, ``share``, ``median_days``, ``p85_days``.
    """
    TimeInStatus.require(times, "status", "stage", "share", "median_days", "p85_days")
    if not times["share"].gt(0).any():
        return blank("No move of an item between its start and its finish is known.")
    shown = times[times["share"] > 0]
    return (
        alt.Chart(shown, height=alt.Step(_ROW))
        .mark_bar()
        .encode(
            alt.X("share:Q")
            .title(TimeInStatus.declared()["share"].meaning)
            .axis(format="%", tickCount=6),
            alt.Y("status:N").title(None).sort(None).axis(labelLimit=NAME_WIDTH // 2),
            _of_stage([name for name in STAGE_COLOURS if (shown["stage"] == name).any()]),
            tooltip=tips(TimeInStatus, "status", "share", "median_days", "p85_days"),
        )
    )


def status_table(times: DataFrame[TimeInStatus]) -> TableView:
    """Show how long items stay in each status. Reads all columns."""
    return view(times, TimeInStatus)


def ageing(ageing: DataFrame[Ageing], paces: DataFrame[Paces]) -> alt.LayerChart | alt.Chart:
    """Open items by status and age, over the ages at which finished ones had left that status.

    Reads ``item_id``, ``title``, ``team``, ``status``, ``age_days``, ``older_than`` of ``ageing``
    and all columns of ``paces``. The dots of a team stand under one another. A dot above the
    highest band of its status is older there than nearly all before it.
    """
    Ageing.require(ageing, "item_id", "title", "team", "status", "age_days", "older_than")
    Paces.require(paces, *Paces.declared())
    if ageing.empty:
        return blank("No item is in progress.")
    order = [*paces["status"].cat.categories]
    order += [name for name in ageing["status"].dropna().unique() if name not in order]
    status = (
        alt.X("status:N")
        .title(None)
        .sort(order)
        .axis(labelAngle=0, labelLimit=120, labelAlign="center")
    )
    days = alt.Y("age_days:Q").title(Ageing.label("age_days"))
    days = days.scale(type="log", domainMin=1).axis(values=list(_DAY_MARKS))
    marks = (
        alt.Chart(paces.astype({"status": "str"}))
        .mark_rect(opacity=0.75)
        .encode(
            # the dots of teams stand side by side; without this a band is as narrow as one team's
            alt.X("status:N", bandPosition=0.04).title(None).sort(order),
            alt.X2("status:N", bandPosition=0.96),
            days,
            alt.Y2("from_days:Q"),
            alt.Color("share:O")
            .title("Finished items that had left by this age")
            .scale(range=RAMP)
            .legend(format=".0%", titleLimit=NAME_WIDTH * 2),
            tooltip=tips(Paces, "status", "share", "age_days", "items"),
        )
    )
    dots = (
        alt.Chart(ageing.drop(columns=["assignee_id", "started_on"]).astype({"status": "str"}))
        .mark_circle(size=48, opacity=0.75, color=ALARM)
        .encode(
            status,
            days,
            alt.XOffset("team:N"),
            tooltip=tips(Ageing, "item_id", "title", "team", "status", "age_days", "older_than"),
        )
    )
    return alt.LayerChart(layer=[marks, dots], height=320)


def ageing_table(ageing: DataFrame[Ageing], *, limit: int = 15) -> TableView:
    """Show the open items that are oldest for where they stand. Reads all columns but the day."""
    names = ["item_id", "title", "team", "status", "assignee_id", "age_days", "older_than"]
    return view(ageing, Ageing, names, limit=limit)


def team_efficiency(efficiency: DataFrame[TeamEfficiency]) -> alt.Chart:
    """Active, waiting and blocked part of the time of each team's finished items.

    Reads ``team``, ``active_days``, ``waiting_days``, ``blocked_days``, ``items``.
    """
    parts = {"active_days": "active", "waiting_days": "waiting", "blocked_days": "blocked"}
    TeamEfficiency.require(efficiency, "team", "items", *parts)
    if efficiency.empty:
        return blank("No move of a finished item is known.")
    told = " : ".join(f"datum.part == '{name}' ? '{said}'" for name, said in parts.items())
    return (
        alt.Chart(efficiency[["team", "items", *parts]], height=alt.Step(_ROW))
        .transform_fold(list(parts), as_=["part", "days"])
        .transform_calculate(told=f"{told} : ''")
        .mark_bar()
        .encode(
            alt.X("days:Q", stack="normalize")
            .title("Part of the time from start to finish")
            .axis(format="%"),
            alt.Y("team:N").title(None).sort(None).axis(labelExpr=NAMED),
            alt.Color("told:N", sort=list(parts.values()))
            .title(None)
            .scale(domain=[*parts.values()], range=[CALM, SERIES[1], ALARM]),
            alt.Order("color_told_sort_index:Q"),
            tooltip=[
                alt.Tooltip("team:N", title="Team"),
                alt.Tooltip("told:N", title="Time"),
                alt.Tooltip("days:Q", title="days", format=",.0f"),
            ],
        )
    )


def efficiency_table(efficiency: DataFrame[TeamEfficiency]) -> TableView:
    """Show where the time of each team's finished items went. Reads all columns."""
    return view(efficiency, TeamEfficiency)


def _of_stage(stages: list[str]) -> alt.Color:
    colours = [STAGE_COLOURS[name] for name in stages]
    return alt.Color("stage:N").title(None).scale(domain=stages, range=colours)
