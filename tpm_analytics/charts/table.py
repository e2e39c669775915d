"""Tables as a page shows them: headed by meanings, not by column names, and never live markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from tpm_analytics.program.table import Table

LIMIT = 25
# What a terminal shows of it, and of each of its cells
PRINTED_ROWS, PRINTED_SIGNS = 10, 40
# What two digits after the point do not show
HARDLY = 0.005
UNKNOWN = "–"
# Heads of columns with nothing below them look like a fault
NOTHING = "There is nothing to list."
MORE = "more rows are not shown."
NUMBERS = {"number", "count"}


@dataclass(frozen=True)
class TableView:
    """A table to be shown. In a notebook it is HTML; on a page its columns can be sorted."""

    frame: pd.DataFrame
    declaration: type[Table]
    columns: tuple[str, ...]
    limit: int

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f'<p class="note">{NOTHING}</p>'
        declared = self.declaration.declared()
        shown = self.frame.head(self.limit)
        heads = "".join(
            f"<th{_kind(declared[name].dtype)}>{escape(_heading(self.declaration, name))}</th>"
            for name in self.columns
        )
        cells = [
            [_cell(value, declared[name].dtype, declared[name].unit) for value in shown[name]]
            for name in self.columns
        ]
        rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
        more = len(self.frame) - len(shown)
        note = f"<p>{more:,} {MORE}</p>" if more else ""
        return (
            f'<table class="tpm-table"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table>{note}"
        )

    def __repr__(self) -> str:
        """The first rows under the names of their columns, for a terminal."""
        if self.frame.empty:
            return NOTHING
        declared = self.declaration.declared()
        shown = self.frame.head(min(self.limit, PRINTED_ROWS))
        columns = []
        for name in self.columns:
            dtype, unit = declared[name].dtype, declared[name].unit
            texts = [name, *(_short(_text(value, dtype, unit)) for value in shown[name])]
            width = max(map(len, texts))
            columns.append([f"{text:{'>' if dtype in NUMBERS else '<'}{width}}" for text in texts])
        lines = ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
        more = len(self.frame) - len(shown)
        return "\n".join([*lines, f"{more:,} {MORE}"] if more else lines)


def view(
    frame: pd.DataFrame,
    declaration: type[Table],
    columns: Sequence[str] | None = None,
    *,
    limit: int = LIMIT,
) -> TableView:
    """Show the first `limit` rows of `frame` under the meanings that `declaration` gives.

    Parameters
    ----------
    frame
        A table that `declaration` describes.
    declaration
        The class that declares the columns.
    columns
        Columns to show, in this order; all without it.
    limit
        Rows to show; the view says how many it leaves out.

    Raises
    ------
    MissingColumnsError
        If `frame` lacks one of `columns`.
    """
    names = tuple(columns or declaration.declared())
    declaration.require(frame, *names)
    return TableView(frame, declaration, names, limit)


def _heading(declaration: type[Table], name: str) -> str:
    unit = declaration.declared()[name].unit
    return declaration.declared()[name].meaning if unit == "share" else declaration.label(name)


def _cell(value: object, dtype: str, unit: str | None) -> str:
    text = escape(_text(value, dtype, unit))
    if dtype not in NUMBERS:
        return f"<td>{text}</td>"
    if pd.isna(value):
        return f'<td class="number">{text}</td>'
    return f'<td class="number" data-value="{float(value)!r}">{text}</td>'  # type: ignore[arg-type]


def _text(value: object, dtype: str, unit: str | None) -> str:
    if value is None or pd.isna(value):
        return UNKNOWN
    if dtype in NUMBERS:
        return _rounded(float(value), unit).replace("-", "−")  # type: ignore[arg-type]
    if dtype == "day":
        return f"{value:%Y-%m-%d}"
    if dtype == "instant":
        return f"{value:%Y-%m-%d %H:%M}"
    if dtype == "flag":
        return "yes" if value else "no"
    return str(value)


def _short(text: str) -> str:
    """One line of a cell, cut where it would push the rest out of a terminal."""
    line = " ".join(text.split())
    return line if len(line) <= PRINTED_SIGNS else f"{line[: PRINTED_SIGNS - 1]}…"


def _kind(dtype: str) -> str:
    return ' class="number"' if dtype in NUMBERS else ""


def _rounded(number: float, unit: str | None) -> str:
    if unit == "share":
        return _share(number)
    if unit and unit.startswith("per 1.00"):
        return f"{number:,.2f}"
    if abs(number) >= 100 or number == round(number) or abs(number) < HARDLY:
        return f"{number:,.0f}".removeprefix("-0") or "0"
    return f"{number:,.1f}" if abs(number) >= 1 else f"{number:,.2f}"


def _share(part: float) -> str:
    """A share in percent; neither none nor all is shown where it is not quite so."""
    if 0 < part < HARDLY:
        return "<1 %"
    if 1 - HARDLY <= part < 1:
        return ">99 %"
    return f"{part:.0%}".replace("%", " %")
