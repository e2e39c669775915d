"""One look for every chart, and a renderer whose output shows wherever a notebook is opened."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import altair as alt
import vl_convert

INK = "#1f2937"
MUTED = "#5b6472"
FAINT = "#e3e6eb"
ALARM = "#d55e00"
GOOD = "#009e73"
CALM = "#0072b2"
# Okabe & Ito 2008: told apart by colour-blind readers too
SERIES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d31", "#6b7280"]
RAMP = ["#deebf7", "#9ecae1", "#4292c6", "#08519c"]

# JupyterLab 4.6 bundles Vega-Lite 5 and knows this name only; it draws our version 6 specs
VEGALITE_MIME = "application/vnd.vegalite.v5+json"
# A picture of thousands of points is smaller as pixels than as shapes
SVG_LIMIT = 100_000
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
    """Mime bundle of a chart: live in JupyterLab and on our pages, a picture elsewhere."""
    return {VEGALITE_MIME: spec, **_picture(spec), "text/plain": "<chart>"}


def enable() -> None:
    """Make `theme` and `render` what Altair uses; done when the package is imported."""
    alt.theme.register("tpm", enable=True)(theme)
    alt.renderers.register("tpm", render)
    alt.renderers.enable("tpm")


def _picture(spec: dict[str, Any]) -> dict[str, str]:
    still = _without_links(spec)
    shapes = _shapes(still)
    if len(shapes) <= SVG_LIMIT:
        return {"image/svg+xml": shapes} if shapes else {}
    pixels = vl_convert.vegalite_to_png(still, allowed_base_urls=[])
    return {"image/png": base64.b64encode(pixels).decode()}


def _without_links(part: Any) -> Any:
    """Leave links out, which a picture cannot follow and the converter stumbles over."""
    if isinstance(part, list):
        return [_without_links(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: value if key == "datasets" else _without_links(value)
        for key, value in part.items()
        if key != "href"
    }


def _shapes(spec: dict[str, Any]) -> str:
    """Draw as SVG; empty where it cannot be, as with data that would have to be fetched.

    The converter may tell a failure to the next call once more, so each chart is tried twice.
    """
    for _ in range(2):
        with contextlib.suppress(ValueError):
            drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
            return drawn
    return ""
