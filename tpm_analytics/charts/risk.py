"""Charts of risk. Each draws the tables it is given; none computes."""

from __future__ import annotations

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, GOOD, INK
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.risk import CameTrue, ExposureOverTime, HeatMap, Movers, Register

MONEY = ",.0f"
# Columns of the map
IMPACTS = 5
_ZONES = {"low": "#e5eef5", "moderate": "#f6d9a8", "high": "#eda06f"}
_CHANGES = {
    "raised": "#e69f00",
    "grew": ALARM,
    "came true": INK,
    "shrank": GOOD,
    "closed": "#56b4e9",
}


def heat_map(cells: DataFrame[HeatMap]) -> alt.LayerChart | alt.Chart:
    """Open risks by probability and impact: how many in each cell, and which.

    Reads all columns. The upper right is where attention belongs.
    """
    HeatMap.require(cells, *HeatMap.declared())
    if cells.empty:
        return blank("No open risk has a probability and an impact.")
    base = alt.Chart(cells, width=640, height=380).encode(
        alt.X("impact_band:N")
        .sort(field="impact_level")
        .title(HeatMap.label("impact_band"))
        .axis(labelAngle=0, labelExpr="split(datum.label, ' · ')"),
        alt.Y("probability_band:N")
        .sort(field="probability_level", order="descending")
        .title(HeatMap.label("probability_band")),
        tooltip=tips(HeatMap, "risks", "titles", "exposure_cost"),
    )
    zones = base.mark_rect(stroke="white", strokeWidth=2).encode(
        alt.Color("zone:N").title("Concern").scale(domain=list(_ZONES), range=list(_ZONES.values()))
    )
    counts = (
        base.mark_text(dy=-24, fontSize=17, fontWeight="bold", color=INK)
        .encode(alt.Text("risks:Q"))
        .transform_filter("datum.risks > 0")
    )
    # a key a line, cut where it would reach into the next cell: pages are read on phones too
    keys = (
        base.mark_text(
            dy=-13,
            fontSize=10,
            color=INK,
            baseline="top",
            lineBreak=", ",
            limit=alt.ExprRef(f"width / {IMPACTS} - 6"),
        )
        .encode(alt.Text("keys:N"))
        .transform_filter("datum.risks > 0")
    )
    return alt.LayerChart(layer=[zones, counts, keys])


def largest(register: DataFrame[Register], *, limit: int = 12) -> alt.Chart:
    """Open risks with the largest expected cost, a bar each.

    Reads ``risk``, ``category``, ``state``, ``probability``, ``impact_cost``,
    ``exposure_cost`` and draws the first ``limit`` rows that are open.
    """
    Register.require(register, "risk", "category", "state")
    Register.require(register, "probability", "impact_cost", "exposure_cost")
    shown = register[register["state"] == "open"].dropna(subset="exposure_cost").head(limit)
    if shown.empty:
        return blank("No open risk has a probability and a cost.")
    chart: alt.Chart = (
        alt.Chart(shown, width=480, height=alt.Step(22))
        .mark_bar(color=CALM)
        .encode(
            alt.X("exposure_cost:Q").title(Register.label("exposure_cost")).axis(format=MONEY),
            alt.Y("risk:N")
            .sort(field="exposure_cost", order="descending")
            .title(None)
            .axis(labelLimit=380),
            tooltip=tips(
                Register,
                "risk",
                "category",
                "probability",
                "impact_cost",
                "exposure_cost",
            ),
        )
    )
    return chart


def burn_down(exposure: DataFrame[ExposureOverTime]) -> alt.Chart:
    """Expected cost of the open risks at the end of each period. Reads all columns.

    A line that does not fall says that risks are raised as fast as they are dealt with.
    """
    ExposureOverTime.require(exposure, *ExposureOverTime.declared())
    if exposure.empty:
        return blank("No risk was ever assessed.")
    chart: alt.Chart = (
        alt.Chart(exposure)
        .mark_area(color=CALM, opacity=0.35, line={"color": CALM}, point={"color": CALM})
        .encode(
            alt.X("day_on:T")
            .title(ExposureOverTime.label("day_on"))
            .axis(format="%-d %b %Y", tickCount=8),
            alt.Y("exposure_cost:Q")
            .title(ExposureOverTime.label("exposure_cost"))
            .axis(format=MONEY),
            tooltip=tips(ExposureOverTime, *ExposureOverTime.declared()),
        )
    )
    return chart


def movers(movers: DataFrame[Movers], *, limit: int = 12) -> alt.Chart:
    """Change of expected cost, risk by risk. Reads all columns of the first ``limit`` rows."""
    Movers.require(movers, *Movers.declared())
    if movers.empty:
        return blank("No risk changed.")
    chart: alt.Chart = (
        alt.Chart(movers.head(limit), width=480, height=alt.Step(22))
        .mark_bar()
        .encode(
            alt.X("change:Q").title(Movers.label("change")).axis(format=MONEY),
            alt.Y("risk:N")
            .sort(field="change", order="descending")
            .title(None)
            .axis(labelLimit=380),
            alt.Color("what:N")
            .title(None)
            .scale(domain=list(_CHANGES), range=list(_CHANGES.values())),
            tooltip=tips(Movers, *Movers.declared()),
        )
    )
    return chart


def register_table(register: DataFrame[Register], *, limit: int = 25) -> TableView:
    """Show the register, largest exposure first. Reads the columns it shows."""
    shown = [
        "risk_id",
        "title",
        "category",
        "state",
        "owner_id",
        "probability",
        "impact_cost",
        "impact_days",
        "exposure_cost",
    ]
    return view(register, Register, shown, limit=limit)


def response_table(register: DataFrame[Register], *, limit: int = 15) -> TableView:
    """Show who answers for each risk and what is done. Reads the columns it shows."""
    shown = ["risk_id", "title", "owner_id", "has_owner", "response", "exposure_cost", "age_days"]
    return view(register, Register, shown, limit=limit)


def came_true_table(risks: DataFrame[CameTrue]) -> TableView:
    """Show the risks that came true. Reads all columns."""
    return view(risks, CameTrue)
