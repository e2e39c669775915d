"""What stands in a chart's place where there is nothing to draw."""

from __future__ import annotations

import altair as alt

from tpm_analytics.charts.conditions import always
from tpm_analytics.charts.theme import MUTED


def blank(reason: str) -> alt.Chart:
    """Return a line of text that says why nothing is drawn here.

    Examples
    --------
    >>> blank("No risk is open.").to_dict()["mark"]["text"]
    'No risk is open.'
    """
    # a page keeps data by columns, so a row without any would be lost
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{"row": 1}]), height=24, usermeta={"blank": reason})
        .mark_text(text=reason, color=MUTED, align="left", fontSize=12)
        .encode(x=always(alt.XValue, 0))
    )
    return chart
