"""How charts show names of teams, workstreams and such: unknown, long, or too many to colour."""

from __future__ import annotations

import altair as alt
import pandas as pd

from tpm_analytics.charts.theme import SERIES

# What a legend or a heading says for a name nobody knows; Vega calls that null
NAMED = "datum.label == 'null' ? 'no team' : datum.label"
NAME_WIDTH = 320
# Twenty colours are as many as Vega's largest scheme tells apart
_MOST = 20


def coloured(frame: pd.DataFrame, column: str) -> alt.Color | alt.ColorValue:
    """Return a colour for each name in `column`; one for all where they are too many to tell."""
    count = frame[column].nunique(dropna=False)
    if count > _MOST:
        return alt.ColorValue(SERIES[0])
    colour = (
        alt.Color(f"{column}:N")
        .title(None)
        .legend(columns=min(count, 4), labelLimit=NAME_WIDTH // 2, labelExpr=NAMED)
    )
    return colour.scale(scheme="tableau20") if count > len(SERIES) else colour
