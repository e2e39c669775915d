"""One look for every chart, and a renderer whose output shows wherever a notebook is opened."""

from __future__ import annotations

import os
from typing import Any

import altair as alt

from tpm_analytics import drawing
from tpm_analytics.charts import conformity, values

INK = "#1f2937"
MUTED = "#5b6472"
FAINT = "#e3e6eb"
ALARM = "#d55e00"
GOOD = "#009e73"
CALM = "#0072b2"
# Okabe & Ito 2008: told apart by colour-blind readers too
SERIES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d31", "#6b7280"]
RAMP = ["#deebf7", "#9ecae1", "#4292c6", "#08519c"]
# Whose parts we replace by quicker ones; a newer Altair is left as it is
_QUICKER = "6.3."

# JupyterLab 4.6 bundles Vega-Lite 5 and knows this name only; it draws our version 6 specs
VEGALITE_MIME = "application/vnd.vegalite.v5+json"
PART_WIDTH, PART_HEIGHT = 320, 200


def theme() -> alt.theme.ThemeConfig:
    """Size, type and colours of every chart; parts of a chart side by side are smaller."""
    return {
        "width": 680,
        "height": 260,
        "config": {
            "font": "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif",
            "range": {
                "category": SERIES,
                "ramp": RAMP,
                "heatmap": RAMP,
                "diverging": [CALM, "#f3f4f6", ALARM],
            },
            "view": {
                "stroke": None,
                "continuousWidth": PART_WIDTH,
                "continuousHeight": PART_HEIGHT,
            },
            "mark": {"color": CALM},
            "bar": {"cornerRadiusEnd": 2},
            "line": {"strokeWidth": 2.25, "strokeJoin": "round"},
            "title": {
                "anchor": "start",
                "color": INK,
                "fontSize": 14,
                "fontWeight": 600,
                "offset": 12,
                "subtitleColor": MUTED,
            },
            "axis": {
                "domainColor": "#c4cad3",
                "gridColor": FAINT,
                "labelColor": MUTED,
                "labelFontSize": 11,
                "labelPadding": 6,
                "labelSeparation": 8,
                "tickColor": "#c4cad3",
                "titleColor": MUTED,
                "titleFontSize": 12,
                "titleFontWeight": 500,
                "titlePadding": 10,
            },
            "axisX": {"grid": False},
            "axisY": {"domain": False, "ticks": False},
            "axisBand": {"labelOverlap": "greedy"},
            # Numbers and days are short: to see whether each fits is a sixth of drawing a picture
            "axisQuantitative": {"labelLimit": 0},
            "axisTemporal": {"labelLimit": 0},
            "header": {"labelColor": INK, "labelFontWeight": 600, "titleColor": MUTED},
            "legend": {
                "labelColor": INK,
                "labelFontSize": 12,
                "orient": "top",
                "symbolStrokeWidth": 2,
                "titleColor": MUTED,
                "titleFontSize": 12,
                "titleFontWeight": 500,
            },
        },
    }


def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Mime bundle of a chart: live in JupyterLab and on our pages, a picture elsewhere.

    Our report engine draws the pictures itself, and says so by the variable ``TPM_PICTURES``.
    """
    later = os.environ.get(drawing.LATER_VARIABLE) == drawing.LATER
    picture = {} if later else drawing.twin(spec)
    return {VEGALITE_MIME: spec, **picture, "text/plain": "<chart>"}


def enable() -> None:
    """Make ours what Altair uses for looks, showing and data; done when the package is imported."""
    alt.theme.register("tpm", enable=True)(theme)
    alt.renderers.register("tpm", render)
    alt.renderers.enable("tpm")
    alt.data_transformers.register("tpm", values.plain)
    alt.data_transformers.enable("tpm")
    conformity.enable()
    if alt.__version__.startswith(_QUICKER):
        # not above: with another Altair they may not find what they replace
        from tpm_analytics.charts import channels, copies

        channels.enable()
        copies.enable()
