"""Runs without a kernel: what a notebook would have left is read from a file of the workspace."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pandas as pd

from tests.reports.workspaces import PROGRAM, make, output, report
from tpm_analytics import workspace
from tpm_analytics.reports import execution, facts, making

LEFT = "left.json"
TOML = """
[programs.sample]
source = "folder:data"
time_zone = "Europe/Madrid"
[reports.velocity]
title = "Velocity"
parameters = { program = "sample" }
"""


def space_with(root: Path, toml: str = TOML, **left):
    """Make a workspace with one report, whose notebook will have `left` that behind."""
    space = make(root, {"velocity": report()}, toml)
    write_data(space, "first")
    leave(space, **left)
    return space


def write_data(space, content):
    (space.root / "data").mkdir(exist_ok=True)
    (space.root / "data" / "items.csv").write_text(content)


def leave(space, *, figures=(), items=None, charts=0, **program):
    """Say what the notebook leaves: figures (name, value, unit), states of items, charts."""
    told = {
        "program": {**PROGRAM, "data_until": "2025-03-31", **program},
        "figures": [dict(zip(["name", "value", "unit"], one, strict=True)) for one in figures],
        "items": items,
        "charts": charts,
    }
    (space.root / LEFT).write_text(json.dumps(told))


def executed(asked: execution.Execution) -> nbformat.NotebookNode:
    """Stand in for `execution.execute`."""
    left = json.loads((asked.root / LEFT).read_text())
    made = nbformat.from_dict(json.loads(json.dumps(asked.notebook)))
    outputs = [
        output({facts.PROGRAM_MIME: left["program"], "text/plain": "sample"}),
        *(output({facts.FIGURE_MIME: one, "text/plain": "x"}) for one in left["figures"]),
        *(output({"image/png": "iVBORw0KGgo=", "text/plain": "x"}) for _ in range(left["charts"])),
    ]
    for position, cell in enumerate(made.cells):
        if cell.cell_type == "code":
            cell.execution_count = position
            cell.outputs = []
    made.cells[-1].outputs = outputs
    made.metadata.papermill = {
        "end_time": "2025-04-01T08:00:00+00:00",
        "duration": 1.5,
        "parameters": dict(asked.parameters),
    }
    if left["items"] is not None:
        name = workspace.snapshot_name(left["program"]["source"], left["program"]["as_of"])
        state(left["items"]).to_parquet(asked.staging / name, index=False)
    nbformat.write(made, asked.executed)
    return made


def state(rows) -> pd.DataFrame:
    """States of items as a snapshot holds them, from their telling columns."""
    texts = dict.fromkeys(["record", "id", "title", "team"], "str")
    days = dict.fromkeys(["created_on", "finished_on", "due_on"], "datetime64[us]")
    table = pd.DataFrame(rows).reindex(columns=[*texts, *days])
    record = table["record"].astype("object").where(table["record"].notna(), "item")
    return table.assign(record=record).astype({**texts, **days})


def without_kernel(monkeypatch):
    monkeypatch.setattr(making.execution, "execute", executed)
