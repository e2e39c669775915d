"""How charts show names of teams, workstreams and such: unknown, long, or too many to colour."""

from __future__ import annotations

import altair as alt
import pandas as pd

from tpm_analytics.charts.theme import SERIES

# What a legend or a heading says for a name nobody knows; Vega calls that null
NAMED = "datum.label == 'null' ? 'no team' : datum.label"
NAME_WIDTH = 320
# On a narrow page a chart with names in boxes keeps this width, and scrolls
WIDE = {"leastWidth": 760}
# A chart is about so wide; a letter and the symbol with its gaps take so much of it
_WIDTH, _LETTER, _SYMBOL = 720, 7, 30
_LEGEND_WIDTH = 220
# Eight marks on an axis of fewer days stand in the same month
_MONTHS_APART = 240
# Twenty colours are as many as Vega's largest scheme tells apart
_MOST = 20


def months(*days: pd.Series) -> str:
    """Format of the days on an axis: months alone, or days too where months would be repeated."""
    known = pd.concat(days).dropna()
    short = len(known) and (known.max() - known.min()).days < _MONTHS_APART
    return "%-d %b %y" if short else "%b %Y"


def coloured(frame: pd.DataFrame, column: str) -> alt.Color | alt.ColorValue:
    """Return a colour for each name in `column`; one for all where they are too many to tell."""
    count = frame[column].nunique(dropna=False)
    if count > _MOST:
        return alt.ColorValue(SERIES[0])
    colour = (
        alt.Color(f"{column}:N")
        .title(None)
        .legend(columns=_columns(frame[column]), labelLimit=_LEGEND_WIDTH, labelExpr=NAMED)
    )
    return colour.scale(scheme="tableau20") if count > len(SERIES) else colour


def _columns(names: pd.Series) -> int:
    """How many names of a legend stand side by side: all of them on one line, or up to four."""
    # a category of nobody stays one when asked to be text
    shown = names.astype("object").fillna("no team").astype("str").drop_duplicates()
    letters = shown.str.len().clip(upper=_LEGEND_WIDTH // _LETTER)
    wide = letters * _LETTER + _SYMBOL
    # columns of a legend are as wide as the widest name of each
    most = int(_WIDTH // wide.max()) if len(shown) else 1
    return len(shown) if wide.sum() <= _WIDTH else min(len(shown), max(most, 1), 4)
