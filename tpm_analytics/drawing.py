"""Charts drawn as pictures, which stand in where no script runs."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import vl_convert

# Set for a kernel whose charts are drawn by the process that runs it, where the converter is warm
LATER_VARIABLE = "TPM_PICTURES"
LATER = "later"
# A picture of thousands of points is smaller as pixels than as shapes
SVG_LIMIT = 100_000
_KEPT = 64
_FONTS_VARIABLE = "FONTCONFIG_FILE"
_NO_FONTS = "<fontconfig><dir>/nonexistent</dir></fontconfig>"
_CHART = re.compile(r"application/vnd\.vegalite\.v\d+(\+json|\.json)")
_ID = re.compile(r'id="((\w*?)\d+)"')


@cache
def converter() -> ModuleType:
    """Return the converter of charts, which measures labels by the font that it brings along.

    That one it holds in memory. Were a file of the system named alike, it would open and map it
    anew for each letter, half of all that a picture costs. The system's fonts come after, for
    what its own cannot write.
    """
    if sys.platform == "linux" and _FONTS_VARIABLE not in os.environ:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as none:
            none.write(_NO_FONTS)
            none.flush()
            os.environ[_FONTS_VARIABLE] = none.name
            try:
                for folder in _font_folders():
                    vl_convert.register_font_directory(str(folder))
            finally:
                os.environ.pop(_FONTS_VARIABLE, None)
    return vl_convert


def _font_folders() -> tuple[Path, ...]:
    own = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "fonts"
    places = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", own)
    return tuple(Path(place).expanduser() for place in places)


def is_chart(mime: str) -> bool:
    """Whether `mime` is a Vega-Lite chart of any version."""
    return _CHART.fullmatch(mime) is not None


def twin(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return the picture of a Vega-Lite chart by its mime type; none where it cannot be drawn.

    The same chart gives the same picture, letter by letter, and is drawn once.
    """
    return drawn(still(spec))


def still(spec: Mapping[str, Any]) -> str:
    """Return what is drawn of a Vega-Lite chart, as JSON.

    Links, which a picture cannot follow, are left out; and so is what nobody sees, each mark's row
    in words, nearly half of a picture's letters.
    """
    bare = without_links(spec)
    config = bare.get("config", {})
    if isinstance(config, Mapping):
        bare["config"] = {**config, "aria": False}
    return json.dumps(bare, default=str)


def drawn(spec: str) -> dict[str, str]:
    """Return the picture of what `still` returned, by its mime type; none if it cannot be drawn."""
    return dict(_drawn(spec))


@lru_cache(maxsize=_KEPT)
def _drawn(spec: str) -> tuple[tuple[str, str], ...]:
    shapes = _shapes(spec)
    if not shapes:
        return ()
    mark = hashlib.blake2b(spec.encode(), digest_size=4).hexdigest()
    named = _with_own_names(shapes, mark)
    if len(named) <= SVG_LIMIT:
        return (("image/svg+xml", named),)
    pixels = converter().svg_to_png(shapes)
    return (("image/png", base64.b64encode(pixels).decode()),)


def _with_own_names(shapes: str, mark: str) -> str:
    """Name the parts that others point to after the picture.

    The converter counts them on from picture to picture, so that a name would depend on what was
    drawn before, and two pictures of one notebook could share it.
    """
    names = dict(_ID.findall(shapes))
    ours = {name: f"{stem}{mark}_{place}" for place, (name, stem) in enumerate(names.items())}
    if not ours:
        return shapes
    every = "|".join(sorted(map(re.escape, ours), key=len, reverse=True))
    pointers = re.compile(rf'(id="|url\(#)({every})(?=["\)])')
    return pointers.sub(lambda match: match.group(1) + ours[match.group(2)], shapes)


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


def _shapes(spec: str) -> str:
    """Draw as SVG; empty where it cannot be, as with data that would have to be fetched.

    The converter may tell a failure to the next call once more, so each chart is tried twice.
    """
    for _ in range(2):
        with contextlib.suppress(ValueError):
            drawn: str = converter().vegalite_to_svg(spec, allowed_base_urls=[])
            return drawn
    return ""
