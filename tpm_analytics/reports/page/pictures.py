"""Charts as pictures of a size: drawn from their specifications, with nothing fetched."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from tpm_analytics import drawing


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
    still = _narrowed(drawing.without_links(spec), width)
    # the converter may tell a failure to the next call once more
    draw = drawing.converter().vegalite_to_png
    for _ in range(2):
        with contextlib.suppress(ValueError):
            drawn: bytes = draw(still, scale=scale, allowed_base_urls=[])
            return drawn
    return b""


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
