"""The dictionary of all tables, written from their declarations."""

from __future__ import annotations

from collections.abc import Mapping

from tpm_analytics.program.table import Column, Table

_HEAD = "| column | meaning | unit | type | may be unknown | known on an earlier day |\n" + (
    "|---|---|---|---|---|---|\n"
)
_TYPES = {
    "instant": "moment, UTC",
    "day": "day",
    "number": "number",
    "count": "whole number",
    "flag": "yes or no",
    "text": "text",
    "category": "name out of a few",
}
_KNOWN = {"row": "the row, from then on", "value": "the value, from then on", None: ""}


def chapter(title: str, about: str, tables: Mapping[str, type[Table]]) -> str:
    """Return a chapter in Markdown: each table with its columns, in the order declared.

    Parameters
    ----------
    title, about
        Heading of the chapter, and a paragraph under it.
    tables
        Tables by the name they are called by.

    Examples
    --------
    >>> from tpm_analytics.program.tables import Links
    >>> print(chapter("Tables", "All of them.", {"links": Links}).splitlines()[4])
    ### links
    """
    parts = [f"## {title}\n\n{about}\n"]
    parts += [section(name, table) for name, table in tables.items()]
    return "\n".join(parts)


def section(name: str, table: type[Table]) -> str:
    """Return a table's section in Markdown: what a row is, and a row for each column."""
    rows = "".join(_row(column) for column in table.declared().values())
    return f"### {name}\n\n{_first_sentence(table)}\n\n{_HEAD}{rows}"


def _first_sentence(table: type[Table]) -> str:
    first = (table.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(first.split()).replace("``", "`")


def _row(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        column.meaning.replace("|", "\\|") + (" (each once)" if column.unique else ""),
        column.unit or "",
        _TYPES[column.dtype],
        "yes" if column.optional else "no",
        _KNOWN[column.known],
    )
    return f"| {' | '.join(cells)} |\n"
