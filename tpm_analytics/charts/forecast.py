"""Charts of forecasts. Each draws the tables it is given; none computes."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always, chosen
from tpm_analytics.charts.names import NAME_WIDTH, months
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, FAINT, GOOD, INK, MUTED, SERIES
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    Effects,
    FeatureOrder,
    ForecastFan,
    Growth,
    HowMany,
    ScopeDone,
    Scored,
    Splits,
    TeamForecasts,
    TrackRecord,
    When,
)

NO_FORECAST = "There is no forecast to draw; the sentence above says why."
# Light for what is likely, dark for what is nearly certain
_SURE = {"50 % sure": "#9ecae1", "85 % sure": "#4292c6", "95 % sure": "#08519c"}
_NAMED = (0.5, 0.85, 0.95)
_PERCENT = "replace(format(datum.value, '.1~%'), '%', ' %')"


def burn_up_fan(
    burn_up: DataFrame[ScopeDone], fan: DataFrame[ForecastFan], *, due: pd.Timestamp = pd.NaT
) -> alt.LayerChart | alt.Chart:
    """What was done and asked for so far, and from today on how much will be done at least.

    Reads all columns of both. Where a line of the fan meets the line of what is asked for, the
    work is done, as sure as that line says. `due` is marked if it is known.
    """
    ScopeDone.require(burn_up, *ScopeDone.declared())
    ForecastFan.require(fan, *ForecastFan.declared())
    if burn_up.empty:
        return blank("Nothing of this work is known to have been finished or created.")
    unit = str(burn_up["measure"].iloc[0])
    form = months(burn_up["day_on"], fan["day_on"])
    past = alt.Chart(burn_up[["day_on", "done", "scope"]]).encode(
        alt.X("day_on:T").title(None).axis(format=form, tickCount=8, labelOverlap="greedy"),
        tooltip=tips(ScopeDone, "day_on", "done", "scope"),
    )
    layers: list[alt.Chart] = [
        past.mark_line(color=INK, interpolate="step-after", strokeWidth=1.5).encode(
            alt.Y("scope:Q").title(f"Done; dark line: asked for [{unit}]")
        ),
        past.mark_area(color=FAINT, line={"color": MUTED}).encode(alt.Y("done:Q")),
    ]
    if len(fan):
        layers.append(
            alt.Chart(fan)
            .transform_calculate(sure="format(datum.share, '.0%')")
            .mark_line(strokeWidth=2)
            .encode(
                alt.X("day_on:T"),
                alt.Y("done:Q"),
                alt.Color("sure:N")
                .title(None)
                .scale(domain=["50%", "85%", "95%"], range=list(_SURE.values()))
                .legend(
                    labelExpr="replace(datum.label, '%', ' % sure')",
                    labelLimit=NAME_WIDTH,
                    columns=1,
                ),
                tooltip=tips(ForecastFan, "day_on", "share", "done"),
            )
        )
        end = burn_up[["day_on", "scope"]].tail(1).assign(until=fan["day_on"].max())
        layers.append(
            alt.Chart(end)
            .mark_rule(color=INK, strokeDash=[4, 4])
            .encode(alt.X("day_on:T"), alt.X2("until:T"), alt.Y("scope:Q"))
        )
    return alt.LayerChart(layer=[*layers, *_due(due)])


def finish_chances(
    when: DataFrame[When], *, due: pd.Timestamp = pd.NaT
) -> alt.LayerChart | alt.Chart:
    """How sure it is, day by day, that each team is done, and that all are.

    Reads all columns. A team stands left of the thick line of all, which only the last of them
    can reach.
    """
    When.require(when, *When.declared())
    if when.empty:
        return blank(NO_FORECAST)
    teams = sorted(set(when["team"]) - {ALL_TEAMS})
    names = [*teams, *([ALL_TEAMS] if ALL_TEAMS in set(when["team"]) else [])]
    colours = [*SERIES[: len(teams)], INK] if len(teams) <= len(SERIES) else None
    scale = alt.Scale(domain=names, range=colours) if colours else alt.Scale(scheme="tableau20")
    chance = alt.Y("chance:Q").title("Chance that all is done").scale(domain=[0, 1])
    lines = (
        alt.Chart(when[["team", "day_on", "chance"]])
        .mark_line()
        .encode(
            alt.X("day_on:T").title(None).axis(format="%-d %b %y", labelOverlap="greedy"),
            chance.axis(values=[0, 0.25, 0.5, 0.85, 0.95], labelExpr=_PERCENT),
            alt.Color("team:N", scale=scale)
            .title(None)
            .legend(columns=4, labelLimit=NAME_WIDTH // 2),
            strokeWidth=chosen(
                alt.StrokeWidthValue, {f"(datum.team === {ALL_TEAMS!r})": 3.5}, 1.75
            ),
            tooltip=tips(When, "team", "day_on", "chance"),
        )
    )
    return alt.LayerChart(layer=[lines, *_due(due)])


def amount_chances(
    how_many: DataFrame[HowMany], amounts: DataFrame[Amounts]
) -> alt.LayerChart | alt.Chart:
    """How likely each amount is, and which of them are promised how surely.

    Reads all columns of both.
    """
    HowMany.require(how_many, *HowMany.declared())
    Amounts.require(amounts, *Amounts.declared())
    if how_many.empty:
        return blank(NO_FORECAST)
    unit, by = str(how_many["measure"].iloc[0]), how_many["by_on"].iloc[0]
    # told, because two tables that share an axis of steps sort it differently
    steps = alt.Scale(domain=how_many["amount"].tolist())
    amount = alt.X("amount:O", scale=steps).title(f"Finished by {by:%Y-%m-%d} [{unit}]")
    bars = (
        alt.Chart(how_many[["amount", "chance", "at_least"]])
        .mark_bar(color=_SURE["50 % sure"])
        .encode(
            amount.axis(format=",.4~r", labelAngle=0),
            alt.Y("chance:Q").title("Chance of exactly so much").axis(labelExpr=_PERCENT),
            tooltip=tips(HowMany, "amount", "chance", "at_least"),
        )
    )
    # four names are too many to stand side by side on a telephone
    named = amounts.loc[amounts["share"].isin(_NAMED), ["share", "amount"]]
    marks = alt.Chart(named).encode(alt.X("amount:O", scale=steps))
    rules = marks.mark_rule(color=_SURE["95 % sure"], strokeWidth=1.5)
    # neighbours stand at two heights, or they would meet on a telephone
    height = alt.ExprRef("datum.share === 0.85 ? -15 : -3")
    names = marks.mark_text(color=INK, align="center", baseline="bottom", dy=height).encode(
        alt.Text("share:Q", format=".0%"), y=always(alt.YValue, 0)
    )
    return alt.LayerChart(layer=[bars, rules, names])


def added_and_finished(growth: DataFrame[Growth]) -> alt.FacetChart | alt.Chart:
    """What each week added to the work and finished of it, a row per team. Reads all columns."""
    Growth.require(growth, *Growth.declared())
    if growth.empty:
        return blank("No whole week of this work lies in the data.")
    unit = str(growth["measure"].iloc[0])
    bars = (
        alt.Chart(height=84)
        .transform_fold(["added", "finished"], as_=["what", "amount"])
        .mark_bar()
        .encode(
            alt.X("yearmonthdate(period_on):O")
            .title("Week from")
            .axis(format="%-d %b", labelAngle=0, labelOverlap="greedy"),
            alt.Y("amount:Q").title(unit),
            alt.XOffset("what:N"),
            alt.Color("what:N")
            .title(None)
            .scale(domain=["added", "finished"], range=[ALARM, CALM]),
            tooltip=tips(Growth, "team", "period_on", "added", "finished"),
        )
    )
    return alt.FacetChart(
        data=growth[["team", "period_on", "added", "finished"]],
        spec=bars,
        facet=alt.Facet("team:N").title(None).header(labelLimit=NAME_WIDTH),
        columns=1,
    )


def calibration(record: DataFrame[TrackRecord]) -> alt.LayerChart | alt.Chart:
    """What was promised against what was kept; on the line, promises mean what they say.

    Reads all columns. Below the line, promises are bolder than they should be; above it, more
    careful.
    """
    TrackRecord.require(record, *TrackRecord.declared())
    told = record.dropna(subset="kept")
    if told.empty:
        return blank("No forecast has had its day yet, and the history is too short to look back.")
    edges = alt.Scale(domain=[0.4, 1])
    percent = alt.Axis(values=[0.5, 0.7, 0.85, 0.95], labelExpr=_PERCENT)
    line = (
        alt.Chart(pd.DataFrame({"x": [0.4, 1.0], "y": [0.4, 1.0]}))
        .mark_line(color=MUTED, strokeDash=[4, 4], strokeWidth=1.5)
        .encode(alt.X("x:Q"), alt.Y("y:Q"))
    )
    points = (
        alt.Chart(told.astype({"origin": "str"}), width=340, height=260)
        .mark_point(filled=True, opacity=0.9)
        .encode(
            alt.X("share:Q", scale=edges, axis=percent).title("Promised"),
            alt.Y("kept:Q").scale(domain=[0, 1]).title("Kept").axis(labelExpr=_PERCENT),
            alt.Color("origin:N")
            .title(None)
            .scale(
                domain=["issued", "looking back", "all teams at once"],
                range=[GOOD, CALM, INK],
            )
            .legend(
                labelExpr="datum.label == 'issued' ? 'issued by this report' : datum.label",
                labelLimit=NAME_WIDTH,
                columns=1,
            ),
            alt.Size("forecasts:Q").title(None).legend(None).scale(range=[60, 260], zero=True),
            tooltip=tips(TrackRecord, "origin", "share", "kept", "held", "forecasts"),
        )
    )
    return alt.LayerChart(layer=[line, points, *_kept(points)])


def promises_back(scored: DataFrame[Scored], *, share: float = 0.85) -> alt.LayerChart | alt.Chart:
    """What would have been promised on past days at one share, and what came, a row per team.

    Reads all columns. A dot below its line is a promise that was missed.
    """
    Scored.require(scored, *Scored.declared())
    told = scored[scored["share"] == share].dropna(subset="actual")
    if told.empty:
        return blank("The history is too short to look back.")
    unit = str(told["measure"].iloc[0])
    base = alt.Chart(height=96).encode(
        alt.X("day_on:T").title(None).axis(format="%b %Y", labelOverlap="greedy"),
        tooltip=tips(Scored, "team", "as_of", "day_on", "amount", "actual", "outcome"),
    )
    spec = alt.layer(
        base.mark_line(interpolate="step-before", color=MUTED, strokeWidth=1.5).encode(
            alt.Y("amount:Q").title(unit)
        ),
        base.mark_circle(size=42).encode(
            alt.Y("actual:Q"),
            alt.Color("outcome:N")
            .title(None)
            .scale(domain=["held", "missed"], range=[CALM, ALARM]),
        ),
    )
    columns = ["team", "as_of", "day_on", "amount", "actual", "outcome"]
    return alt.FacetChart(
        data=told[columns].astype({"outcome": "str"}),
        spec=spec,
        facet=alt.Facet("team:N").title(None).header(labelLimit=NAME_WIDTH),
        columns=1,
    ).resolve_scale(y="independent")


def team_table(teams: DataFrame[TeamForecasts]) -> TableView:
    """What each team has left, and when it is done. Reads all columns."""
    return view(teams, TeamForecasts)


def feature_table(order: DataFrame[FeatureOrder], *, limit: int = 40) -> TableView:
    """When each feature is done. Reads all columns."""
    guessed = ["guessed"] if order["guessed"].any() else []
    columns = ["team", "place", "item_id", "title", "parts", *guessed, "even_on", "likely_on"]
    return view(order, FeatureOrder, columns, limit=limit)


def split_table(splits: DataFrame[Splits]) -> TableView:
    """Into how many parts items are broken down. Reads all columns."""
    return view(splits, Splits)


def effect_table(effects: DataFrame[Effects]) -> TableView:
    """What was set aside, and what the answer were otherwise. Reads all columns."""
    return view(effects, Effects)


def record_table(record: DataFrame[TrackRecord]) -> TableView:
    """How many promises held. Reads all columns."""
    return view(record, TrackRecord)


def _kept(points: alt.Chart) -> list[alt.Chart]:
    """Figures beside the points: of all teams to the left, others to the right, on a halo."""
    layers: list[alt.Chart] = []
    for test, align, dx in (("===", "right", -9), ("!==", "left", 10)):
        some = points.transform_filter(f"datum.origin {test} 'all teams at once'")
        told = {"text": alt.Text("kept:Q", format=".0%"), "size": always(alt.SizeValue, 11)}
        halo: Any = {"align": align, "dx": dx, "dy": 4, "stroke": "white", "strokeWidth": 3}
        layers += [
            some.mark_text(**halo).encode(**told, color=always(alt.ColorValue, "white")),
            some.mark_text(**{**halo, "stroke": None}).encode(**told),
        ]
    return layers


def _due(due: pd.Timestamp) -> list[alt.Chart]:
    if pd.isna(due):
        return []
    marked = alt.Chart(pd.DataFrame({"due_on": [due]})).encode(alt.X("due_on:T"))
    return [
        marked.mark_rule(color=ALARM, strokeWidth=1.5),
        marked.mark_text(text="due", color=ALARM, baseline="bottom", dy=-3).encode(
            y=always(alt.YValue, 0)
        ),
    ]
