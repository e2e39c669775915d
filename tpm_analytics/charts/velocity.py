"""Charts of velocity. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always
from tpm_analytics.charts.names import NAME_WIDTH, NAMED
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, GOOD, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.velocity import (
    Burn,
    CarriedItems,
    CarryCounts,
    ProgramBurn,
    Reconciliation,
    Setaside,
    SizeTimes,
    SprintAmounts,
    SprintItems,
    SprintVelocity,
    TeamVelocity,
)

_DAYS = "%-d %b %y"
_NO_SPRINT = "No finished sprint with dates is in the data."
_ROW_HEIGHT = 110
_FATES = {
    "completed": CALM,
    "completed_committed": CALM,
    "completed_added": "#56b4e9",
    "carried_first": "#e69f00",
    "carried_again": ALARM,
    "removed": "#c4cad3",
}


def committed_and_completed(
    velocity: DataFrame[SprintVelocity],
) -> alt.FacetChart | alt.Chart:
    """Completed in each sprint as a bar from its start to its end, committed as a line over it.

    Reads ``name``, ``team``, ``starts_on``, ``ends_on``, ``measure``, ``committed``,
    ``completed``, ``planning_accuracy``. A line above its bar is a promise that was not kept.
    Teams stand below one another on one time axis.
    """
    shown = ["name", "team", "starts_on", "ends_on", "committed", "completed"]
    SprintVelocity.require(velocity, *shown, "planning_accuracy", "measure")
    if velocity.empty:
        return blank(_NO_SPRINT)
    base = alt.Chart(height=_ROW_HEIGHT).encode(
        alt.X("starts_on:T").title(None).axis(format=_DAYS, labelOverlap=True),
        alt.X2("ends_on:T"),
        _legend({"Completed": CALM, "Committed": INK}),
        tooltip=tips(SprintVelocity, *shown, "planning_accuracy"),
    )
    bars = base.mark_bar(opacity=0.75).encode(
        alt.Y("completed:Q").title(velocity["measure"].iloc[0]), y2=always(alt.Y2Datum, 0)
    )
    lines = base.mark_rule(strokeWidth=2.5).encode(alt.Y("committed:Q"))
    layers = [_layer(bars, "Completed"), _layer(lines, "Committed")]
    return _by_team(velocity[[*shown, "planning_accuracy"]], alt.LayerChart(layer=layers))


def fates(amounts: DataFrame[SprintAmounts]) -> alt.FacetChart | alt.Chart:
    """What became of each sprint's work, its parts on one another.

    Reads ``name``, ``team``, ``starts_on``, ``ends_on``, ``measure``, ``rank``, ``kind``,
    ``amount``. Much in the light colour was not planned; much in the warm ones was not done.
    """
    shown = ["name", "team", "starts_on", "ends_on", "rank", "kind", "amount"]
    SprintAmounts.require(amounts, *shown, "measure")
    if amounts.empty:
        return blank(_NO_SPRINT)
    colours = {SprintVelocity.label(name): colour for name, colour in _FATES.items()}
    told = set(amounts["kind"].dropna())
    names = [name for name in colours if name in told]
    bars = (
        alt.Chart(height=_ROW_HEIGHT)
        .transform_stack(
            stack="amount",
            as_=["low", "high"],
            groupby=["team", "starts_on", "ends_on"],
            sort=[alt.SortField("rank")],
        )
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            alt.X("starts_on:T").title(None).axis(format=_DAYS, labelOverlap=True),
            alt.X2("ends_on:T"),
            alt.Y("low:Q").title(amounts["measure"].iloc[0]),
            alt.Y2("high:Q"),
            alt.Color("kind:N")
            .title(None)
            .scale(domain=names, range=[colours[name] for name in names])
            .legend(labelLimit=NAME_WIDTH),
            tooltip=tips(SprintAmounts, "name", "starts_on", "kind", "amount"),
        )
    )
    return _by_team(amounts[shown], bars)


def burn(burn: DataFrame[Burn]) -> alt.FacetChart | alt.Chart:
    """Scope, work done and work left of each sprint, day by day.

    Reads all columns but ``sprint_id``. The dark line is the scope: where it rises, work was
    added. Work left above the dashed line is behind an even pace.
    """
    shown = ["name", "team", "day_on", "scope", "done", "remaining", "guideline"]
    Burn.require(burn, *shown, "measure")
    if burn.empty:
        return blank("No sprint runs, and none has ended lately.")
    names = {"In the sprint": INK, "Still to do": CALM, "Done": GOOD, "Even pace": MUTED}
    days = alt.X("day_on:T").title(Burn.label("day_on"))
    base = alt.Chart(height=150).encode(
        days.axis(format="%a %-d %b %y", labelOverlap=True), _legend(names)
    )
    title = burn["measure"].iloc[0]
    layers = [
        _layer(
            base.mark_line(strokeDash=[4, 4], strokeWidth=1.5).encode(
                alt.Y("guideline:Q").title(title)
            ),
            "Even pace",
        ),
        _layer(base.mark_line().encode(alt.Y("scope:Q")), "In the sprint"),
        _layer(base.mark_line().encode(alt.Y("done:Q")), "Done"),
        _layer(
            base.mark_line(point=True).encode(alt.Y("remaining:Q"), tooltip=tips(Burn, *shown[2:])),
            "Still to do",
        ),
    ]
    faceted: alt.FacetChart = alt.FacetChart(
        data=burn[shown],
        spec=alt.LayerChart(layer=layers),
        facet=alt.Facet("name:N").title(None).header(labelLimit=NAME_WIDTH),
        columns=1,
    ).resolve_scale(y="independent")
    return faceted


def burn_up(burn_up: DataFrame[ProgramBurn]) -> alt.LayerChart | alt.Chart:
    """All that is known of, as a line, over all that is done, as an area. Reads all columns.

    The gap is what is left; where the line rises as fast as the area, the end does not come
    nearer.
    """
    ProgramBurn.require(burn_up, *ProgramBurn.declared())
    if burn_up.empty:
        return blank("No whole period with an item lies in the data.")
    base = alt.Chart(burn_up).encode(
        alt.X("ends_on:T")
        .title(ProgramBurn.label("ends_on"))
        .axis(format=_DAYS, labelOverlap=True),
        _legend({"Known of": INK, "Done": GOOD}),
        tooltip=tips(ProgramBurn, "ends_on", "scope", "done", "remaining"),
    )
    area = base.mark_area(opacity=0.45).encode(
        alt.Y("done:Q", stack=None).title(burn_up["measure"].iloc[0])
    )
    line = base.mark_line().encode(alt.Y("scope:Q"))
    return alt.LayerChart(layer=[_layer(area, "Done"), _layer(line, "Known of")])


def carry_counts(counts: DataFrame[CarryCounts]) -> alt.LayerChart | alt.Chart:
    """Items by how often they were carried over; none first. Reads all columns."""
    CarryCounts.require(counts, *CarryCounts.declared())
    if counts.empty:
        return blank("The source does not tell what was in its sprints.")
    base = alt.Chart(counts, height=170).encode(
        alt.X("times:N").sort(None).title(CarryCounts.label("times")).axis(labelAngle=0),
        alt.Y("items:Q").title("Items"),
        tooltip=tips(CarryCounts, "times", "items", "still_open", "share"),
    )
    named = base.mark_text(dy=-7, fontSize=10, color=MUTED).encode(alt.Text("items:Q", format=","))
    return alt.LayerChart(layer=[base.mark_bar(color=CALM), named])


def size_times(sizes: DataFrame[SizeTimes]) -> alt.LayerChart | alt.Chart:
    """Days that finished items of each estimate took. Reads all columns.

    A bar reaches from the time within which a quarter was done to that within which 85 % were;
    the mark in it is the middle. If bars overlap much, the estimate tells little of the time.
    """
    SizeTimes.require(sizes, *SizeTimes.declared())
    if sizes.empty:
        return blank("Too few finished items have both an estimate and a known start.")
    base = alt.Chart(sizes, height=200).encode(
        alt.X("points:O").title(SizeTimes.label("points")).axis(labelAngle=0),
        tooltip=tips(SizeTimes, *SizeTimes.declared()),
    )
    spans = base.mark_bar(size=18, color=CALM, opacity=0.45).encode(
        alt.Y("low_days:Q").title("Time from start to finish [days]"), alt.Y2("high_days:Q")
    )
    middles = base.mark_tick(size=26, thickness=3, color=INK).encode(alt.Y("median_days:Q"))
    return alt.LayerChart(layer=[spans, middles])


def team_table(teams: DataFrame[TeamVelocity]) -> TableView:
    """What each team's last sprints came to, in points and in items. Reads all columns."""
    shown = [
        "team",
        "sprints",
        "last_on",
        "median_points",
        "median_items",
        "planning_accuracy",
        "capacity_accuracy",
        "unplanned_share",
        "carry_over_share",
        "carried_again_share",
    ]
    return view(teams, TeamVelocity, shown)


def sprint_table(velocity: DataFrame[SprintVelocity], *, limit: int = 15) -> TableView:
    """Every amount of each sprint, newest first, and what was completed in both measures.

    Reads the columns shown.
    """
    shown = [
        "team",
        "name",
        "starts_on",
        "committed",
        "planning_accuracy",
        "completed_points",
        "completed_items",
        "added",
        "carried_over",
        "carried_again",
    ]
    return view(velocity.iloc[::-1], SprintVelocity, shown, limit=limit)


def carried_table(carried: DataFrame[CarriedItems], *, limit: int = 10) -> TableView:
    """Show the items that went through most sprints. Reads all columns."""
    return view(carried, CarriedItems, limit=limit)


def chain_table(chain: DataFrame[SprintItems], *, limit: int = 30) -> TableView:
    """Show the way of one item through its sprints.

    Reads ``name``, ``starts_on``, ``ends_on``, ``size_then``, ``fate``.
    """
    return view(
        chain, SprintItems, ["name", "starts_on", "ends_on", "size_then", "fate"], limit=limit
    )


def reconciliation_table(reasons: DataFrame[Reconciliation]) -> TableView:
    """Why the tracker's sprint report shows other figures. Reads all columns."""
    return view(reasons, Reconciliation, ["reason", "sprints", "items", "difference"])


def set_aside_table(reasons: DataFrame[Setaside]) -> TableView:
    """What the figures leave out, and why. Reads all columns."""
    return view(reasons, Setaside)


def _legend(colours: dict[str, str]) -> alt.Color:
    """Colours of layers by the name that `_layer` gives each."""
    return (
        alt.Color("layer:N")
        .title(None)
        .scale(domain=list(colours), range=list(colours.values()))
        .legend(labelLimit=NAME_WIDTH, symbolOpacity=1, symbolType="stroke")
    )


def _layer(chart: alt.Chart, name: str) -> alt.Chart:
    named: alt.Chart = chart.transform_calculate(layer=f"'{name}'")
    return named


def _by_team(data: pd.DataFrame, spec: alt.Chart | alt.LayerChart) -> alt.FacetChart:
    # one time axis for all: teams are compared, and the page gives such charts its whole width
    faceted: alt.FacetChart = alt.FacetChart(
        data=data,
        spec=spec,
        facet=alt.Facet("team:N").title(None).header(labelExpr=NAMED, labelLimit=NAME_WIDTH),
        columns=1,
    ).resolve_scale(y="independent")
    return faceted
