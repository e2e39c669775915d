"""Charts of who waits for whom. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAMED
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import INK, MUTED, RAMP
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.dependencies import Circles, Dependencies, LinkCounts, TeamWaits

_CELL = 46
_WATCHED = [
    "state",
    "to_team",
    "to_id",
    "to_title",
    "from_team",
    "from_id",
    "from_title",
    "waited_days",
    "age_days",
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
            told="(isValid(datum.waited_days) ? format(datum.waited_days, ',.0f') + ' days' : "
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
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        alt.Color("waited_days:Q")
        .title(TeamWaits.label("waited_days"))
        .legend(gradientLength=220, titleLimit=300)
        .scale(range=["#f1f5fa", *RAMP], domainMin=0)
    )
    dark = alt.when("datum.waited_days > 70").then(alt.value("white"))
    days = base.mark_text(dy=-7, fontWeight="bold").encode(
        text="told:N", color=dark.otherwise(alt.value(INK))
    )
    links = base.mark_text(dy=9, fontSize=10).encode(
        text="over:N", color=dark.otherwise(alt.value(MUTED))
    )
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
