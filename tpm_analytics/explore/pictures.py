"""Charts as shapes in the page itself: drawn here, so that a browser needs no script for them."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import mistune
import numpy as np
import pandas as pd
import vl_convert

from tpm_analytics.charts import explore as charts
from tpm_analytics.readings.text import Reading

_MARKDOWN = mistune.create_markdown(escape=True)
_MIDNIGHT = "T00:00:00"


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart made ready once; its tables are put in at each move, which halves the time."""

    vega: dict[str, Any]

    def drawn(self, *, named: str, **tables: pd.DataFrame) -> str:
        """Draw with these tables as SVG as wide as its place, or wider where it would be tiny.

        `named` is what a screen reader says of it.
        """
        data = [
            {**entry, "values": _rows(tables[entry["name"]])} if entry["name"] in tables else entry
            for entry in self.vega["data"]
        ]
        shapes: str = vl_convert.vega_to_svg({**self.vega, "data": data}, allowed_base_urls=[])
        label = html.escape(named, quote=True)
        return shapes.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


@cache
def finish(title: str) -> Picture:
    """Return the picture of chances by day."""
    return _ready(charts.finish(title=title))


@cache
def loads(title: str) -> Picture:
    """Return the picture of how full groups are."""
    return _ready(charts.loads(title=title))


def sentence(reading: Reading) -> str:
    """Return a sentence as HTML; nothing in it that came from data is live."""
    return str(_MARKDOWN(reading.markdown))


def _ready(chart: alt.LayerChart) -> Picture:
    return Picture(vl_convert.vegalite_to_vega(chart.to_dict()))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [_plain(column) for _, column in table.items()]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    """Values as JSON has them; an unknown one is null."""
    values = column.to_numpy()
    if np.issubdtype(values.dtype, np.datetime64):
        values = np.char.add(np.datetime_as_string(values, unit="D"), _MIDNIGHT)
    known = column.notna().tolist()
    return [each if there else None for each, there in zip(values.tolist(), known, strict=True)]
