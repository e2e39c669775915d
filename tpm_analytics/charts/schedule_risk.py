"""Charts of the simulated schedule. Each draws the tables it is given; none computes."""

from __future__ import annotations

from typing import Literal

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always, chosen
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, GOOD, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.schedule_risk import (
    ActivityRisk,
    Assumptions,
    Convergence,
    FinishCurve,
    Frontier,
    History,
    MergeBias,
    MilestoneOutlook,
    MovedFinish,
    Outlook,
    Removals,
    Reserve,
    Strikes,
    Together,
)

NOTHING_LEFT = "There is no schedule of activities with work left to simulate."
DAYS = "%-d %b %Y"
MONEY = ",.0f"
# Shorter bars cannot be seen
LEAST_SHOWN = 0.5
_KINDS = {"risk": ALARM, "link": "#e69f00", "activity": CALM}


def finish_curve(
    curve: DataFrame[FinishCurve], outlook: DataFrame[Outlook]
) -> alt.LayerChart | alt.Chart:
    """Share of the futures finished by each day, with the days of the outlook as lines.

    Reads all columns of ``curve``, and ``certainty``, ``finish_on`` of ``outlook``.
    """
    FinishCurve.require(curve, *FinishCurve.declared())
    Outlook.require(outlook, "certainty", "finish_on")
    if curve.empty:
        return blank(NOTHING_LEFT)
    if outlook["finish_on"].nunique() == 1:
        return blank("Every future ends on the same day, so there is no curve.")
    shares = (
        alt.Chart(curve)
        .mark_area(color=CALM, opacity=0.35, line={"color": CALM}, interpolate="step-after")
        .encode(
            alt.X("finish_on:T").title(None).axis(format=DAYS, tickCount=6, labelBound=True),
            alt.Y("certainty:Q")
            .title(FinishCurve.declared()["certainty"].meaning)
            .axis(format="%")
            .scale(domain=[0, 1]),
            tooltip=tips(FinishCurve, *FinishCurve.declared()),
        )
    )
    marks = alt.Chart(outlook[["certainty", "finish_on"]]).encode(
        alt.X("finish_on:T"), tooltip=tips(Outlook, "certainty", "finish_on")
    )
    lines = marks.mark_rule(color=INK, strokeDash=[4, 3])
    # above the frame, so that no line or area runs through the words
    names = marks.mark_text(color=INK, baseline="bottom", dy=-4).encode(
        alt.Text("certainty:Q", format=".0%"), y=always(alt.YValue, 0)
    )
    return alt.LayerChart(layer=[shares, lines, names])


def frontier(pairs: DataFrame[Frontier]) -> alt.Chart:
    """Pairs of a day and a cost that are kept together. Reads all columns."""
    Frontier.require(pairs, *Frontier.declared())
    if pairs.empty:
        return blank("No cost is known, so no pairs of a day and a cost can be told.")
    chart: alt.Chart = (
        alt.Chart(pairs)
        .mark_line(color=CALM, point={"color": CALM}, interpolate="step-after")
        .encode(
            alt.X("finish_on:T")
            .title("Finished by")
            .axis(format=DAYS, tickCount=6, labelBound=True),
            alt.Y("cost:Q").title(Frontier.label("cost")).axis(format=MONEY).scale(zero=False),
            tooltip=tips(Frontier, *Frontier.declared()),
        )
    )
    return chart


def tornado(removals: DataFrame[Removals], *, limit: int = 15) -> alt.Chart:
    """Days that the P80 finish wins without each thing, the most valuable on top.

    Reads ``kind``, ``key``, ``name``, ``won_days``, ``mean_days``, ``p80_on`` of the first
    ``limit`` rows that win half a day or more.
    """
    Removals.require(removals, *Removals.declared())
    shown = removals[removals["won_days"] >= LEAST_SHOWN].head(limit)
    if shown.empty:
        return blank("Nothing that could be taken away wins a day by itself.")
    chart: alt.Chart = (
        alt.Chart(shown, width=420, height=alt.Step(22))
        .mark_bar()
        .encode(
            alt.X("won_days:Q").title(Removals.label("won_days")),
            alt.Y("name:N")
            .sort(field="won_days", order="descending")
            .title(None)
            .axis(labelLimit=380),
            alt.Color("kind:N").title(None).scale(domain=list(_KINDS), range=list(_KINDS.values())),
            tooltip=tips(Removals, *Removals.declared()),
        )
    )
    return chart


def reserve(
    reserve: DataFrame[Reserve], *, of: Literal["days", "cost"] = "days"
) -> alt.Chart | alt.LayerChart:
    """What is held and what is needed on top of the plain plan, day by day. Reads all columns."""
    Reserve.require(reserve, *Reserve.declared())
    curves = {f"held_{of}": GOOD, f"needed_{of}": ALARM}
    if reserve[list(curves)].isna().all(axis=None):
        return blank(NOTHING_LEFT if reserve.empty else "No cost is known of what is left.")
    names = " : ".join(
        f"datum.label == '{name}' ? '{Reserve.declared()[name].meaning}'" for name in curves
    )
    chart: alt.Chart = (
        alt.Chart(reserve[["day_on", *curves, f"kept_{of}"]])
        .transform_fold(list(curves), as_=["curve", "amount"])
        .transform_filter("isValid(datum.amount)")
        .mark_line(point=True)
        .encode(
            alt.X("day_on:T")
            .title(Reserve.label("day_on"))
            .axis(format=DAYS, tickCount=6, labelBound=True),
            alt.Y("amount:Q")
            .title(f"On top of the plain plan [{Reserve.declared()[f'held_{of}'].unit}]")
            .axis(format=MONEY),
            alt.Color("curve:N")
            .title(None)
            .scale(domain=list(curves), range=list(curves.values()))
            .legend(labelExpr=f"{names} : datum.label"),
            tooltip=tips(Reserve, "day_on", *curves, f"kept_{of}"),
        )
    )
    return chart


def convergence(steps: DataFrame[Convergence]) -> alt.LayerChart | alt.Chart:
    """What more and more futures tell of the date, with what other seeds would. Reads all columns.

    The band holds what 95 of 100 other seeds would tell.
    """
    Convergence.require(steps, *Convergence.declared())
    if steps.empty:
        return blank(NOTHING_LEFT)
    base = alt.Chart(steps, height=160).encode(
        alt.X("trials:O")
        .title(Convergence.declared()["trials"].meaning)
        .axis(labelExpr="format(datum.value, ',')", labelAngle=0, labelOverlap=True),
        tooltip=tips(Convergence, *Convergence.declared()),
    )
    title = "Finished by, in 80 of 100"
    days = alt.Axis(format=DAYS, tickCount=5)
    return alt.LayerChart(
        layer=[
            base.mark_area(color=CALM, opacity=0.25).encode(
                alt.Y("finish_low_on:T").title(title).axis(days), alt.Y2("finish_high_on")
            ),
            # two axes of days and counts do not tell which of them a line runs along
            base.mark_line(color=CALM, point={"color": CALM}).encode(
                alt.Y("finish_on:T").title(title).axis(days), order=alt.Order("trials:Q")
            ),
        ]
    )


def moved(causes: DataFrame[MovedFinish]) -> alt.LayerChart | alt.Chart:
    """Working days by which each cause moved the finish. Reads ``cause``, ``moved_days``."""
    MovedFinish.require(causes, "cause", "moved_days")
    if causes.empty:
        return blank(NOTHING_LEFT)
    base = alt.Chart(causes[["cause", "moved_days"]], width=420, height=alt.Step(24)).encode(
        alt.Y("cause:N").sort(causes["cause"].tolist()).title(None).axis(labelLimit=240),
        tooltip=tips(MovedFinish, "cause", "moved_days"),
    )
    later = chosen(alt.ColorValue, {"datum.moved_days > 0": ALARM}, GOOD)
    bars = base.mark_bar().encode(
        alt.X("moved_days:Q").title(f"{MovedFinish.label('moved_days')}; later is to the right"),
        color=later,
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{"zero": 0}]))
        .mark_rule(color=MUTED)
        .encode(x=alt.X("zero:Q"))
    )
    return alt.LayerChart(layer=[bars, zero])


def assumptions_table(assumptions: DataFrame[Assumptions]) -> TableView:
    """Show what the finish would be with one thing assumed otherwise. Reads all columns."""
    return view(assumptions, Assumptions)


def history_table(history: DataFrame[History], *, limit: int = 25) -> TableView:
    """Show what the time of the rest is learned from. Reads all columns but ``all_middle``."""
    shown = [name for name in History.declared() if name != "all_middle"]
    return view(history, History, shown, limit=limit)


def merge_table(bias: DataFrame[MergeBias]) -> TableView:
    """Show the plain plan beside what is to be expected. Reads all columns."""
    return view(bias, MergeBias)


def together_table(together: DataFrame[Together]) -> TableView:
    """Show how often day and cost are kept both. Reads all columns."""
    return view(together, Together)


def outlook_table(outlook: DataFrame[Outlook]) -> TableView:
    """Show the days and costs with their intervals. Reads all columns."""
    return view(outlook, Outlook)


def milestone_table(milestones: DataFrame[MilestoneOutlook], *, limit: int = 25) -> TableView:
    """Show when each milestone is reached. Reads all columns."""
    return view(milestones, MilestoneOutlook, limit=limit)


def strikes_table(strikes: DataFrame[Strikes], *, limit: int = 40) -> TableView:
    """Show what each open risk strikes and what is counted of it. Reads the columns it shows."""
    shown = ["risk", "affects_id", "how", "activity_id", "probability", "days", "cost"]
    return view(strikes, Strikes, shown, limit=limit)


def activity_table(activities: DataFrame[ActivityRisk], *, limit: int = 15) -> TableView:
    """Show how the finish depends on each activity. Reads all columns."""
    return view(activities, ActivityRisk, limit=limit)


def removals_table(removals: DataFrame[Removals], *, limit: int = 15) -> TableView:
    """Show what each removal wins. Reads all columns."""
    return view(removals, Removals, limit=limit)


def reserve_table(reserve: DataFrame[Reserve]) -> TableView:
    """Show the reserve needed on each day. Reads all columns."""
    return view(reserve, Reserve)
