"""Small workspaces and notebooks for tests of the report engine."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tpm_analytics import workspace

PROGRAM = {
    "source": "sample",
    "as_of": "2025-03-31",
    "time_zone": "Europe/Madrid",
    "rows": {"items": 1200, "sprints": 24},
}
SHOW_PROGRAM = f"""
from IPython.display import display
display({{"application/vnd.tpm.program+json": {PROGRAM!r}, "text/plain": "sample"}}, raw=True)
"""
RECORD = """
display({"application/vnd.tpm.figure+json":
    {"name": "velocity", "value": 31.4, "unit": "points"}, "text/plain": "x"}, raw=True)
"""
PARAMETERS = """
program: str = "sample"  # name of a program
team: str = ""  # one team only
weeks: int = 12  # weeks to look back
as_of: str = ""  # day to see it from
"""


def code(source, *tags, outputs=(), ran=None):
    cell = new_code_cell(source.strip(), outputs=list(outputs), execution_count=ran)
    cell.metadata.tags = list(tags)
    return cell


def shown(**data):
    """Output of a cell; write ``text_html`` for ``text/html``."""
    return new_output("display_data", {name.replace("_", "/", 1): v for name, v in data.items()})


def output(data):
    return new_output("display_data", data)


def notebook(*cells):
    made = new_notebook(
        cells=[new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    )
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def report(*cells, parameters=PARAMETERS):
    """A notebook as reports are: a question, parameters, a program, then `cells`."""
    return notebook(
        "# Velocity\n\nHow fast are we?",
        code(parameters, "parameters"),
        code(SHOW_PROGRAM),
        *cells,
    )


def make(root: Path, notebooks, toml: str | None = None):
    """Write a workspace of `notebooks` (name -> notebook), each a report of its own."""
    (root / "notebooks").mkdir(parents=True, exist_ok=True)
    for name, content in notebooks.items():
        nbformat.write(content, root / "notebooks" / f"{name}.ipynb")
    if toml is None:
        toml = "".join(f'[reports.{name}]\ntitle = "{name.title()}"\n' for name in notebooks)
    (root / "tpm.toml").write_text(toml, encoding="utf-8")
    return workspace.read(root)
