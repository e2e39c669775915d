"""Live charts on a page without a network: the libraries and each data set once."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from tpm_analytics.reports import publish


@cache
def libraries() -> str:
    """Return Vega, Vega-Lite and their embedding as one script."""
    return unpack(packed_libraries())


@cache
def packed_libraries() -> str:
    """Return `libraries`, packed to less than half, as the page's script unpacks it.

    It takes seconds to make and is the same for a version, so it is kept in the user's cache.
    """
    kept = _cache_folder() / f"vega-{version('vl-convert-python')}.packed"
    try:
        return kept.read_text(encoding="ascii")
    except OSError:
        packed = pack(vl_convert.javascript_bundle())  # type: ignore[call-arg]
    with contextlib.suppress(OSError):
        publish.write(kept, packed)
    return packed


def pack(text: str) -> str:
    """Return `text` zipped, in letters that no markup gives a meaning; the same every time."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


def unpack(packed: str) -> str:
    """Return what `pack` was given."""
    return gzip.decompress(base64.b64decode(packed)).decode()


def bundle(specs: Sequence[Mapping[str, Any]]) -> str:
    """Return all charts of a page as JSON, each data set once, by columns."""
    datasets: dict[str, Any] = {}
    charts = []
    for spec in specs:
        own = spec.get("datasets", {})
        datasets |= {name: _by_column(rows) for name, rows in own.items() if name not in datasets}
        chart = {key: value for key, value in spec.items() if key != "datasets"}
        charts.append({"spec": chart, "datasets": sorted(own)})
    return json.dumps(
        {"datasets": datasets, "charts": charts}, separators=(",", ":"), allow_nan=False
    )


def _by_column(rows: Any) -> Any:
    """Name each field once, where every row has the same ones."""
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], Mapping):
        return {"rows": rows}
    fields = list(rows[0])
    if any(list(row) != fields for row in rows):
        return {"rows": rows}
    return {"fields": fields, "columns": [[row[name] for row in rows] for name in fields]}


def _cache_folder() -> Path:
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))
    else:
        home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return Path(home) / "tpm-analytics"
