"""Charts of velocity. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAME_WIDTH, NAMED
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import CALM, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.velocity import (
    CarriedItems,
    Setaside,
    SprintAmounts,
    SprintVelocity,
    TeamVelocity,
)


def committed_and_completed(
    amounts: DataFrame[SprintAmounts],
) -> alt.FacetChart | alt.Chart:
    """Amounts of each sprint side by side, a row of bars per team.

    Reads all columns of ``amounts``. A committed bar above its completed one is a promise that
    was not kept. Sprints of a team that began on one day stand on one another.
    """
    SprintAmounts.require(amounts, *SprintAmounts.declared())
    if amounts.empty:
        return blank("No finished sprint with dates is in the data.")
    bars = (
        alt.Chart(height=96)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            alt.X("yearmonthdate(starts_on):O").title(None).axis(format="%-d %b %y", labelAngle=0),
            alt.Y("amount:Q").title(amounts["measure"].iloc[0]),
            alt.XOffset("kind:N"),
            alt.Color("kind:N").title(None).scale(range=[MUTED, CALM]),
            tooltip=tips(SprintAmounts, "name", "team", "starts_on", "kind", "amount"),
        )
    )
    return alt.FacetChart(
        data=amounts,
        spec=bars,
        facet=alt.Facet("team:N").title(None).header(labelExpr=NAMED, labelLimit=NAME_WIDTH),
        columns=1,
    ).resolve_scale(y="independent", x="independent")


def team_table(teams: DataFrame[TeamVelocity]) -> TableView:
    """What each team's last sprints came to. Reads all columns but ``measure``."""
    return view(
        teams, TeamVelocity, [name for name in TeamVelocity.declared() if name != "measure"]
    )


def sprint_table(velocity: DataFrame[SprintVelocity], *, limit: int = 25) -> TableView:
    """Every amount of each sprint, newest first.

    Reads all columns but ``sprint_id``, ``closed``, ``measure`` and those of the committed part.
    """
    shown = [
        "team",
        "name",
        "starts_on",
        "ends_on",
        "committed",
        "added",
        "removed",
        "completed",
        "carried_over",
        "planning_accuracy",
        "items_without_points",
    ]
    return view(velocity.iloc[::-1], SprintVelocity, shown, limit=limit)


def carried_table(carried: DataFrame[CarriedItems], *, limit: int = 15) -> TableView:
    """Show the items that went through most sprints. Reads all columns."""
    return view(carried, CarriedItems, limit=limit)


def set_aside_table(reasons: DataFrame[Setaside]) -> TableView:
    """What the figures leave out, and why. Reads all columns."""
    return view(reasons, Setaside)
