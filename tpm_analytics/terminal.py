"""Tables and findings as a terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from tpm_analytics.program import Program

_COLOURS = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def grid(frame: pd.DataFrame, title: str) -> Table:
    """Return a table for the terminal; text out of data stays text."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in frame.columns:
        table.add_column(str(name).replace("_", " "), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(_text(value)) for value in row))
    return table


def workflow_title(program: Program) -> str:
    """Return what stands above a program's workflow: and whether we inferred it."""
    if program.workflow.inferred:
        return "Workflow (inferred; map it in tpm.toml to be sure)"
    return "Workflow"


def finding(row: Any) -> str:
    """Return a row of `Findings` in rich's markup: what was found, what it means, what to do."""
    import pandas as pd

    colour = _COLOURS[row.severity]
    part = "" if pd.isna(row.share) else f" ({row.share:.0%})"
    said = (
        f"[{colour}]{row.severity}[/] [bold]{row.check}[/]: {row.count:,}{part} in {row.table}\n"
        f"  {escape(row.meaning)} {escape(row.remedy)}"
    )
    examples = isinstance(row.examples, str)
    return f"{said}\n  [dim]{escape(row.examples)}[/]" if examples else said


def _text(value: object) -> str:
    import pandas as pd

    if value is None or pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.0%}" if 0 <= value <= 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
