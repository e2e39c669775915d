"""Small charts of a program as it is beside a scenario, whose tables are put in at each move."""

from __future__ import annotations

import altair as alt

from tpm_analytics.charts.theme import ALARM, CALM, INK
from tpm_analytics.results.explore import AS_IS, CHANGED

WIDTH, HEIGHT = 400, 130
COLOURS = {AS_IS: "#8a93a1", CHANGED: CALM}
# Few words on an axis: to measure them takes most of the time that a small picture takes
TICKS = 4
_ROW = 15
_NAMES = 130
# A bar too short for the words in it
_SHORT = 0.15
_COLOUR = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))


def finish(*, title: str) -> alt.LayerChart:
    """How sure it is, day by day, that all is done, and the day of the surest promise.

    Reads the data sets ``chances`` (all columns of `Chances`) and ``promises`` (``version``,
    ``share``, ``day_on`` of the `Promises` to be marked).
    """
    coloured = alt.Color("version:N", scale=_COLOUR, legend=None)
    lines = (
        alt.Chart(alt.NamedData("chances"), width=WIDTH, height=HEIGHT)
        .mark_line(interpolate="step-after")
        .encode(
            alt.X("day_on:T").title(None).axis(format="%b %Y", tickCount=TICKS),
            alt.Y("chance:Q")
            .title(title)
            .axis(format="%", values=[0, 0.5, 1])
            .scale(domain=[0, 1]),
            coloured,
        )
    )
    marks = alt.Chart(alt.NamedData("promises")).encode(
        alt.X("day_on:T"), alt.Y("share:Q"), coloured
    )
    points = marks.mark_point(filled=True, size=60, opacity=1)
    named = marks.encode(alt.Text("day_on:T", format="%Y-%m-%d"))
    today = named.transform_filter(alt.datum.version == AS_IS)
    changed = named.transform_filter(alt.datum.version == CHANGED)
    words = [
        today.mark_text(align="left", dx=8, dy=9),
        changed.mark_text(align="right", dx=-8, dy=-7, fontWeight="bold"),
    ]
    return alt.LayerChart(layer=[lines, points, *words])


def loads(*, title: str) -> alt.LayerChart:
    """How full each group is, a bar for each version; the line is all of its time.

    Reads the data set ``loads`` (``version``, ``group``, ``utilisation`` of `Loads`).
    """
    bars = alt.Chart(alt.NamedData("loads"), width=WIDTH - 60, height=alt.Step(_ROW)).encode(
        alt.X("utilisation:Q").title(title).axis(format="%", tickCount=TICKS),
        alt.Y("group:N", sort=None).title(None).axis(labelLimit=_NAMES),
        alt.YOffset("version:N", sort=list(COLOURS)),
    )
    # words at the foot of a bar keep clear of the line, and of one another
    names = bars.mark_text(align="left", fontSize=10).encode(
        x=alt.value(5),
        text=alt.Text("utilisation:Q", format=".0%"),
        color=alt.when(alt.datum.utilisation > _SHORT)
        .then(alt.value("white"))
        .otherwise(alt.value(INK)),
    )
    full = bars.mark_rule(color=ALARM, strokeDash=[4, 3]).encode(
        x=alt.datum(1), y=alt.Y(), yOffset=alt.YOffset()
    )
    coloured = bars.mark_bar().encode(alt.Color("version:N", scale=_COLOUR, legend=None))
    return alt.LayerChart(layer=[coloured, names, full])
