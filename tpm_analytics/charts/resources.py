"""Charts of people's time. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.conditions import always, chosen
from tpm_analytics.charts.names import NAME_WIDTH, coloured
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, GOOD, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.program.table import Table
from tpm_analytics.results.resources import (
    Actuals,
    Assignments,
    Commitments,
    CommitmentScores,
    Costs,
    EstimateRatios,
    Focus,
    Holdings,
    Load,
    Overloads,
    Room,
    Skills,
    SprintRanges,
    Utilisation,
    Worked,
)

DAYS = "%-d %b %y"
_SPAN = "#c6d4e3"
UNKNOWN_HOURS = "Nobody's working hours are known, so there is no time to compare with."


def utilisation_heat_map(
    utilisation: DataFrame[Utilisation], *, today: pd.Timestamp | None = None
) -> alt.LayerChart | alt.Chart:
    """Share of each group's time that is promised, period by period; the palest is 100 %.

    Reads ``group``, ``people``, ``period_on``, ``ends_on``, ``capacity_hours``,
    ``allocated_hours``, ``utilisation``. A gap is a period in which nobody of the group works.
    `today` is marked by a line.
    """
    shown = ["group", "people", "period_on", "ends_on", "capacity_hours", "allocated_hours"]
    Utilisation.require(utilisation, *shown, "utilisation")
    if utilisation.empty:
        return blank(UNKNOWN_HOURS)
    cells = (
        alt.Chart(utilisation[[*shown, "utilisation"]], width=620, height=alt.Step(17))
        .mark_rect()
        .encode(
            alt.X("period_on:T")
            .title(Utilisation.label("period_on"))
            .axis(format=DAYS, labelBound=True),
            alt.X2("ends_on"),
            alt.Y("group:N").title(None).axis(labelLimit=260, labelOverlap=False, grid=False),
            alt.Color("utilisation:Q")
            .title(Utilisation.declared()["utilisation"].meaning)
            .legend(
                format=".0%", gradientLength=260, titleLimit=400, values=[0.4, 0.7, 1, 1.3, 1.6]
            )
            .scale(scheme="blueorange", domain=[0.4, 1.6], domainMid=1, clamp=True),
            tooltip=tips(Utilisation, *shown, "utilisation"),
        )
    )
    return alt.LayerChart(layer=[cells, *_today(today)])


def capacity_and_allocation(
    utilisation: DataFrame[Utilisation], *, today: pd.Timestamp | None = None
) -> alt.LayerChart | alt.Chart:
    """Hours available and hours promised of the whole program, period by period.

    Reads ``period_on``, ``capacity_hours``, ``allocated_hours`` of a table by ``"program"``.
    Where the line of promises runs above the area, people are promised more than there is.
    """
    Utilisation.require(utilisation, "period_on", "capacity_hours", "allocated_hours")
    if utilisation.empty:
        return blank(UNKNOWN_HOURS)
    available, promised = _hours(
        utilisation, Utilisation, {"capacity_hours": "#b8c0cc", "allocated_hours": CALM}
    )
    area = available.mark_area(interpolate="step-after", opacity=0.6)
    line = promised.mark_line(interpolate="step-after")
    return alt.LayerChart(layer=[area, line, *_today(today)])


def overload_bars(overloads: DataFrame[Overloads], *, limit: int = 25) -> alt.Chart:
    """When who is promised too often, and how far. Reads all columns of the first rows."""
    Overloads.require(overloads, *Overloads.declared())
    if overloads.empty:
        return blank("There is no overload to show.")
    shown = ["group", "people", "from_on", "to_on", "periods", "peak_utilisation", "excess_hours"]
    chart: alt.Chart = (
        alt.Chart(overloads[[*shown, "workstreams"]].head(limit), width=560, height=alt.Step(24))
        .mark_bar(cornerRadius=2)
        .encode(
            alt.X("from_on:T")
            .title("Overloaded from and to")
            .scale(nice="month")
            .axis(format=DAYS),
            alt.X2("to_on"),
            alt.Y("group:N").title(None).axis(labelLimit=260),
            alt.Color("peak_utilisation:Q")
            .title(Overloads.declared()["peak_utilisation"].meaning)
            .legend(format=".0%", titleLimit=400)
            .scale(scheme="oranges", domain=[0.8, 2.0], clamp=True),
            tooltip=tips(Overloads, *shown, "workstreams"),
        )
    )
    return chart


def cost_bars(costs: DataFrame[Costs]) -> alt.Chart:
    """Cost of the promised time in each month, by workstream. Reads all columns."""
    Costs.require(costs, *Costs.declared())
    known = costs.dropna(subset="cost")
    if known.empty:
        return blank("Nobody's cost is known together with what the time is promised to.")
    chart: alt.Chart = (
        alt.Chart(known)
        .mark_bar()
        .encode(
            alt.X("yearmonth(period_on):O")
            .title("Month")
            .axis(format="%b %Y", labelAngle=0, labelOverlap=True),
            alt.Y("cost:Q").title(Costs.label("cost")).axis(format=",.0f"),
            coloured(known, "workstream"),
            tooltip=tips(Costs, *Costs.declared()),
        )
    )
    return chart


def worked_and_promised(worked: DataFrame[Worked]) -> alt.LayerChart | alt.Chart:
    """Hours worked as bars, hours promised as a line over them. Reads all columns."""
    Worked.require(worked, *Worked.declared())
    if worked.empty:
        return blank("No whole period has both hours worked and hours promised.")
    done, promised = _hours(worked, Worked, {"worked_hours": "#9ecae1", "allocated_hours": INK})
    bars = done.mark_bar(width=10).encode(alt.X("period_on:T").scale(padding=12))
    line = promised.mark_line(interpolate="step", strokeDash=[5, 3])
    return alt.LayerChart(layer=[bars, line])


def skills_table(skills: DataFrame[Skills], *, limit: int = 15) -> TableView:
    """Show the scarce skills first. Reads all columns."""
    return view(skills, Skills, limit=limit)


def overload_table(overloads: DataFrame[Overloads], *, limit: int = 25) -> TableView:
    """Show the runs of overload with the workstreams that collide. Reads the columns it shows."""
    shown = [
        "group",
        "people",
        "from_on",
        "to_on",
        "periods",
        "peak_utilisation",
        "excess_hours",
        "workstreams",
    ]
    return view(overloads, Overloads, shown, limit=limit)


def holdings_bars(holdings: DataFrame[Holdings]) -> alt.Chart:
    """How many people hold how many open items. Reads all columns."""
    Holdings.require(holdings, *Holdings.declared())
    if holdings.empty:
        return blank("Nobody holds an open item.")
    chart: alt.Chart = (
        alt.Chart(holdings, height=180)
        .mark_bar(color=CALM)
        .encode(
            alt.X("held:N").sort(None).title(Holdings.label("held")).axis(labelAngle=0),
            alt.Y("people:Q").title(Holdings.declared()["people"].meaning).axis(tickMinStep=1),
            tooltip=tips(Holdings, *Holdings.declared()),
        )
    )
    return chart


def commitment_ranges(ranges: DataFrame[SprintRanges]) -> alt.FacetChart | alt.Chart:
    """Ranges that were said before each past sprint, what came of it, and the next range.

    Reads all columns. Teams stand below one another on one time axis.
    """
    SprintRanges.require(ranges, *SprintRanges.declared())
    if ranges.empty:
        return blank("No team has enough past sprints and known hours for a range.")
    measure = ranges["measure"].iloc[0]
    base = alt.Chart(height=110).encode(
        alt.X("starts_on:T").title("Sprint").axis(format="%-d %b %y", labelOverlap=True),
        tooltip=tips(SprintRanges, "name", "starts_on", "low", "middle", "high", "completed")
        + tips(SprintRanges, "capacity_days"),
    )
    names = ["within the range", "below the range", "above the range", "the next sprint"]
    colour = (
        alt.Color("result:N")
        .title(None)
        .scale(domain=names, range=[CALM, ALARM, GOOD, INK])
        .legend(labelLimit=NAME_WIDTH)
    )
    bars = base.mark_bar(width=7, cornerRadius=3).encode(
        alt.Y("low:Q").title(measure),
        alt.Y2("high:Q"),
        color=chosen(alt.ColorValue, {"datum.result == 'the next sprint'": INK}, _SPAN),
    )
    middles = base.mark_tick(thickness=2, width=11, color="white").encode(alt.Y("middle:Q"))
    points = base.mark_circle(size=45, opacity=1).encode(alt.Y("completed:Q"), colour)
    faceted: alt.FacetChart = alt.FacetChart(
        data=ranges,
        spec=alt.LayerChart(layer=[bars, middles, points]),
        facet=alt.Facet("team:N").title(None).header(labelLimit=NAME_WIDTH),
        columns=1,
    ).resolve_scale(y="independent")
    return faceted


def commitment_table(commitments: DataFrame[Commitments]) -> TableView:
    """Show what each team can commit to. Reads what it shows."""
    shown = ["team", "starts_on", "ends_on", "capacity_days", "usual_days", "measure"]
    return view(commitments, Commitments, [*shown, "low", "middle", "high", "sprints"])


def commitment_score_table(scores: DataFrame[CommitmentScores]) -> TableView:
    """Show how such ranges did on past sprints. Reads all columns."""
    return view(scores, CommitmentScores)


def focus_heat_map(focus: DataFrame[Focus]) -> alt.Chart:
    """How many things people of each group have in hand, week by week; darker is more.

    Reads ``what``, ``group``, ``people``, ``period_on``, ``ends_on``, ``held``, ``each``,
    ``most``.
    """
    shown = ["group", "people", "period_on", "ends_on", "held", "each", "most"]
    Focus.require(focus, "what", *shown)
    if focus.empty:
        return blank("Nobody is known to have had anything in hand.")
    what = focus["what"].iloc[0]
    chart: alt.Chart = (
        alt.Chart(focus[shown], width=620, height=alt.Step(17))
        .mark_rect()
        .encode(
            alt.X("period_on:T").title(Focus.label("period_on")).axis(format=DAYS, labelBound=True),
            alt.X2("ends_on"),
            alt.Y("group:N").title(None).axis(labelLimit=260, labelOverlap=False, grid=False),
            alt.Color("each:Q")
            .title(f"{what[:1].upper()}{what[1:]} of one who has any")
            .legend(gradientLength=220, titleLimit=400)
            .scale(scheme="blues", domainMin=1),
            tooltip=tips(Focus, *shown),
        )
    )
    return chart


def actuals_bars(actuals: DataFrame[Actuals]) -> alt.LayerChart | alt.Chart:
    """Hours worked as bars, hours promised as a mark on each. Reads all columns."""
    Actuals.require(actuals, *Actuals.declared())
    if actuals.empty:
        return blank("No whole week has both hours worked and hours promised.")
    base = alt.Chart(actuals, width=560, height=alt.Step(26)).encode(
        alt.Y("name:N").title(None).sort(None).axis(labelLimit=230),
        tooltip=tips(Actuals, *Actuals.declared()),
    )
    worked = base.mark_bar(color="#9ecae1").encode(
        alt.X("worked_hours:Q")
        .title("Hours: worked as a bar, promised as a line")
        .axis(format=",.0f")
    )
    promised = base.mark_tick(color=INK, thickness=2.5, height=20).encode(
        alt.X("allocated_hours:Q")
    )
    layered: alt.LayerChart = alt.LayerChart(layer=[worked, promised])
    return layered


def estimate_table(ratios: DataFrame[EstimateRatios]) -> TableView:
    """Show hours worked for each hour estimated. Reads what it shows."""
    shown = ["name", "items", "estimated_hours", "worked_hours", "ratio", "median_ratio"]
    return view(ratios, EstimateRatios, [*shown, "p85_ratio", "unmeasured"])


def load_bars(load: DataFrame[Load]) -> alt.Chart:
    """How full the weeks of single people are, so far and to come. Reads all columns."""
    Load.require(load, *Load.declared())
    if load.empty:
        return blank("Nobody's working hours are known, so no week can be called full.")
    chart: alt.Chart = (
        alt.Chart(load, height=200)
        .mark_bar()
        .encode(
            alt.X("load:N").sort(None).title(Load.label("load")).axis(labelAngle=0),
            alt.Y("share:Q").title(Load.declared()["share"].meaning).axis(format=".0%"),
            alt.XOffset("when:N").sort(None),
            alt.Color("when:N").title(None).scale(range=["#9aa3af", CALM]),
            tooltip=tips(Load, *Load.declared()),
        )
    )
    return chart


def room_table(room: DataFrame[Room], *, limit: int = 15) -> TableView:
    """Show the time of each team, role or skill to come. Reads all columns."""
    return view(room, Room, limit=limit)


def assignment_table(assignments: DataFrame[Assignments], *, limit: int = 25) -> TableView:
    """Show who could do which work, and why. Reads what it shows."""
    shown = ["from_on", "name", "needs", "places", "who", "reason"]
    return view(assignments, Assignments, shown, limit=limit)


def _hours(frame: pd.DataFrame, table: type[Table], colours: dict[str, str]) -> list[alt.Chart]:
    """A chart without a mark for each column of hours, all with one axis and one legend."""
    meanings = {name: table.declared()[name].meaning for name in colours}
    period = table.declared()["period_on"].meaning
    base = (
        alt.Chart(frame[["period_on", *colours]].rename(columns=meanings))
        .transform_fold(list(meanings.values()), as_=["what", "hours"])
        .encode(
            alt.X("period_on:T").title(period).axis(format=DAYS),
            alt.Y("hours:Q").title("Time [hours]").axis(format=",.0f"),
            alt.Color("what:N")
            .title(None)
            .scale(domain=list(meanings.values()), range=list(colours.values())),
            tooltip=[
                alt.Tooltip("period_on:T", title=period, format="%Y-%m-%d"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("hours:Q", title="Time [hours]", format=",.0f"),
            ],
        )
    )
    return [base.transform_filter(alt.datum.what == meaning) for meaning in meanings.values()]


def _today(day: pd.Timestamp | None) -> list[alt.Chart]:
    """A line at `day` with its name, or nothing."""
    if day is None:
        return []
    at = alt.Chart(alt.InlineData(values=[{"day": f"{day:%Y-%m-%dT00:00:00}"}])).encode(
        alt.X("day:T")
    )
    line = at.mark_rule(color=ALARM, strokeDash=[4, 3], size=1.5)
    name = at.mark_text(text="today", color=MUTED, align="left", dx=4, dy=-6, baseline="bottom")
    return [line, name.encode(y=always(alt.YValue, 0))]
