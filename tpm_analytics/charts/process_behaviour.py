"""Process behaviour charts. Each draws the tables it is given; none computes."""

from __future__ import annotations

from typing import Any

import altair as alt
from pandera.typing import DataFrame

from tpm_analytics.charts.blank import blank
from tpm_analytics.charts.names import NAME_WIDTH, NAMED
from tpm_analytics.charts.table import TableView, view
from tpm_analytics.charts.theme import ALARM, CALM, INK, MUTED
from tpm_analytics.charts.tooltips import tips
from tpm_analytics.results.process_behaviour import Behaviour, Levels, Signals

_NOTHING = "There are no figures to draw."
_SHOWN = [
    "group",
    "period_on",
    "value",
    "moving_range",
    "centre",
    "lower",
    "upper",
    "upper_range",
    "signal",
]
_DAYS = "%-d %b %y"


def figures(
    behaviour: DataFrame[Behaviour], *, title: str = "", height: int = 150
) -> alt.FacetChart | alt.LayerChart | alt.Chart:
    """Each figure over time, between the limits it is expected in; signals stand out.

    Reads ``group``, ``period_on``, ``value``, ``centre``, ``lower``, ``upper``, ``signal``. The
    solid line is the usual level, the dashed ones are the limits. A dot in the alarm colour is a
    signal: something changed; the others are noise, and a story about one of them is made up.
    Groups stand below one another, on one time axis, each with its own
    scale of figures.
    """
    Behaviour.require(behaviour, *_SHOWN)
    if behaviour.empty:
        return blank(_NOTHING)
    base = alt.Chart(height=height).encode(
        alt.X("period_on:T").title(None).axis(format=_DAYS, labelOverlap=True)
    )
    value = alt.Y("value:Q").title(title or Behaviour.label("value")).scale(zero=False)
    rules = [
        base.mark_line(
            color=MUTED, strokeWidth=1.25, strokeDash=dash, interpolate="step-after"
        ).encode(alt.Y(f"{name}:Q"))
        for name, dash in (("upper", [5, 4]), ("centre", [1, 0]), ("lower", [5, 4]))
    ]
    layers = [
        *rules,
        base.mark_line(color=CALM, strokeWidth=1.5, opacity=0.6).encode(value),
        base.mark_circle(size=44, opacity=1)
        .encode(value, _coloured(), tooltip=tips(Behaviour, "period_on", "value", "signal"))
        .transform_calculate(told="isValid(datum.signal) ? 'signal' : 'as usual'"),
    ]
    return _one_or_faceted(behaviour, alt.LayerChart(layer=layers))


def moving_ranges(
    behaviour: DataFrame[Behaviour], *, title: str = "", height: int = 110
) -> alt.FacetChart | alt.LayerChart | alt.Chart:
    """How far each figure lies from the one before, under the largest change to be expected.

    Reads ``group``, ``period_on``, ``moving_range``, ``upper_range``, ``signal``.
    """
    Behaviour.require(behaviour, *_SHOWN)
    if behaviour.empty:
        return blank(_NOTHING)
    base = alt.Chart(height=height).encode(
        alt.X("period_on:T").title(None).axis(format=_DAYS, labelOverlap=True)
    )
    change = alt.Y("moving_range:Q").title(title or Behaviour.label("moving_range"))
    layers = [
        base.mark_line(color=MUTED, strokeWidth=1.25, strokeDash=[5, 4]).encode(
            alt.Y("upper_range:Q")
        ),
        base.mark_line(color=INK, strokeWidth=1.25, point={"color": INK, "size": 24}).encode(
            change, tooltip=tips(Behaviour, "period_on", "moving_range", "upper_range")
        ),
    ]
    return _one_or_faceted(behaviour, alt.LayerChart(layer=layers))


def level_table(levels: DataFrame[Levels]) -> TableView:
    """What is to be expected of the next figure of each group. Reads all columns."""
    return view(levels, Levels, [name for name in Levels.declared() if name != "spread"])


def signal_table(signals: DataFrame[Signals], *, limit: int = 12) -> TableView:
    """Signals, the newest first. Reads all columns."""
    return view(signals, Signals, limit=limit)


def _coloured() -> alt.Color:
    names = {"as usual": CALM, "signal": ALARM}
    return (
        alt.Color("told:N")
        .title(None)
        .scale(domain=list(names), range=list(names.values()))
        .legend(symbolOpacity=1)
    )


def _one_or_faceted(
    behaviour: DataFrame[Behaviour], layers: alt.LayerChart
) -> alt.FacetChart | alt.LayerChart:
    shown: Any = behaviour[_SHOWN]
    if behaviour["group"].isna().all():
        single: alt.LayerChart = layers.properties(data=shown)
        return single
    # one time axis for all: groups are compared, and the page gives such charts its whole width
    faceted: alt.FacetChart = alt.FacetChart(
        data=shown,
        spec=layers,
        facet=alt.Facet("group:N").title(None).header(labelExpr=NAMED, labelLimit=NAME_WIDTH),
        columns=1,
    ).resolve_scale(y="independent")
    return faceted
