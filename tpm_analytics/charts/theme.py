"""One look for every chart, and a renderer whose output shows wherever a notebook is opened."""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert

INK = "#1f2937"
MUTED = "#6b7280"
ALARM = "#d55e00"
GOOD = "#009e73"
CALM = "#0072b2"
# Okabe & Ito 2008: told apart by colour-blind readers too
SERIES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d31", "#6b7280"]

# JupyterLab 4.6 bundles Vega-Lite 5 and knows this name only; it draws our version 6 specs
VEGALITE_MIME = "application/vnd.vegalite.v5+json"


def theme() -> alt.theme.ThemeConfig:
    """Size, type and colours of every chart."""
    return {
        "width": 680,
        "height": 260,
        "config": {
            "font": "system-ui, -apple-system, Segoe UI, Roboto, sans-serif",
            "range": {"category": SERIES},
            "view": {"stroke": None},
            "axis": {"labelColor": MUTED, "titleColor": INK, "gridColor": "#e5e7eb"},
            "legend": {"labelColor": INK, "titleColor": INK, "orient": "top"},
        },
    }


def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Mime bundle of a chart: live in JupyterLab and on our pages, a picture elsewhere."""
    return {
        VEGALITE_MIME: spec,
        "image/svg+xml": vl_convert.vegalite_to_svg(spec),
        "text/plain": "<chart>",
    }


def enable() -> None:
    """Make `theme` and `render` what Altair uses; done when the package is imported."""
    alt.theme.register("tpm", enable=True)(theme)
    alt.renderers.register("tpm", render)
    alt.renderers.enable("tpm")
