"""What a reader sees on pointing at a mark: the columns' meanings, and their values."""

from __future__ import annotations

import altair as alt

from tpm_analytics.program.table import Table


def tips(table: type[Table], *names: str) -> list[alt.Tooltip]:
    """Tooltips over columns of `table`, under their meanings; days as days, shares in percent."""
    return [_tip(table, name) for name in names]


def _tip(table: type[Table], name: str) -> alt.Tooltip:
    declared = table.declared()[name]
    if declared.dtype == "day":
        return alt.Tooltip(f"{name}:T", title=declared.meaning, format="%Y-%m-%d")
    if declared.unit == "share":
        return alt.Tooltip(f"{name}:Q", title=declared.meaning, format=".0%")
    kind = "Q" if declared.dtype in {"number", "count"} else "N"
    return alt.Tooltip(f"{name}:{kind}", title=table.label(name))
