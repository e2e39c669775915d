"""Charts as pictures: drawn from their specifications, with nothing fetched."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import vl_convert


def png(spec: Mapping[str, Any], *, scale: float = 1.0, width: int | None = None) -> bytes:
    """Return a chart as PNG; nothing where it cannot be drawn, as with data to be fetched.

    Parameters
    ----------
    spec
        A Vega-Lite specification with its data.
    scale
        Pixels for each unit of length.
    width
        Width of the plot, for a chart of one plot that is wider.
    """
    still = _narrowed(without_links(spec), width)
    drawn: bytes = _drawn(
        lambda: vl_convert.vegalite_to_png(still, scale=scale, allowed_base_urls=[]), b""
    )
    return drawn


def svg(spec: Mapping[str, Any]) -> str:
    """Return a chart as SVG; nothing where it cannot be drawn."""
    still = without_links(spec)
    drawn: str = _drawn(lambda: vl_convert.vegalite_to_svg(still, allowed_base_urls=[]), "")
    return drawn


def without_links(part: Any) -> Any:
    """Leave links out, which a picture cannot follow and the converter stumbles over."""
    if isinstance(part, list):
        return [without_links(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    return {
        key: value if key == "datasets" else without_links(value)
        for key, value in part.items()
        if key != "href"
    }


def _narrowed(spec: dict[str, Any], width: int | None) -> dict[str, Any]:
    if width is None:
        return spec
    inner = spec.get("spec")
    if isinstance(inner, Mapping):
        return {**spec, "spec": _narrowed(dict(inner), width)}
    wide = spec.get("width")
    if wide == "container" or (isinstance(wide, int | float) and wide > width):
        spec = {key: value for key, value in spec.items() if key != "autosize"}
        return {**spec, "width": width}
    return spec


def _drawn(draw: Callable[[], Any], nothing: Any) -> Any:
    """Draw; the converter may tell a failure to the next call once more, so twice."""
    for _ in range(2):
        with contextlib.suppress(ValueError):
            return draw()
    return nothing
