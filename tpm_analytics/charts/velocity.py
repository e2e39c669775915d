"""Charts of velocity. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import CALM, GOOD, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.velocity import (
    CarriedItems,
    Setaside,
    SprintAmounts,
    SprintVelocity,
    TeamVelocity,
)


def committed_and_completed(amounts: DataFrame[SprintAmounts]) -> alt.FacetChart:
    """Amounts of each sprint side by side, a row of bars per team.

    Reads all columns of ``amounts``. A committed bar above its completed one is a promise that
    was not kept.
    """
    SprintAmounts.require(amounts, *SprintAmounts.declared())
    bars = (
        alt.Chart(height=110)
        .mark_bar()
        .encode(
            alt.X("yearmonthdate(starts_on):O")
            .title(SprintAmounts.label("starts_on"))
            .axis(format="%b %Y", labelOverlap=True, labelAngle=0),
            alt.Y("amount:Q").title(SprintAmounts.label("amount")),
            alt.XOffset("kind:N"),
            alt.Color("kind:N").title(None).scale(range=[MUTED, CALM, GOOD]),
            tooltip=tips(SprintAmounts, "name", "team", "kind", "amount"),
        )
    )
    return alt.FacetChart(
        data=amounts, spec=bars, facet=alt.Row("team:N").title(None), columns=1
    ).resolve_scale(y="independent", x="independent")
