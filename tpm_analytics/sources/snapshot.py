"""What a run leaves beside its notebook: the state of each item, so that the next can compare."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pandas as pd

from tpm_analytics import workspace
from tpm_analytics.program import Program

_UNKNOWN_DAY = pd.Series(dtype="datetime64[us]")


def keep(program: Program) -> Path | None:
    """Write the state of the program's items and milestones, if a report engine asked for it.

    The engine names a folder by the variable ``TPM_RUN_FOLDER``. The notebook shows nothing of
    it, so nothing of it can be shared by mistake; and without room for it a run goes on.

    Returns
    -------
    Path or None
        The file; None where nobody asked or it could not be written.
    """
    folder = os.environ.get(workspace.RUN_FOLDER_VARIABLE)
    if not folder:
        return None
    name = workspace.snapshot_name(program.source, f"{program.as_of:%Y-%m-%d}")
    path = Path(folder) / name
    with contextlib.suppress(OSError):
        state(program).to_parquet(path, index=False)
        return path
    path.unlink(missing_ok=True)
    return None


def state(program: Program) -> pd.DataFrame:
    """Return a row per item and per milestone: when it came, was finished, and is due.

    Examples
    --------
    >>> items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
    >>> state(Program.from_tables({"items": items}))[["record", "id", "created_on"]]
      record   id created_on
    0   item  A-1 2025-03-03
    """
    items, milestones = program.items, program.milestones
    of_items = pd.DataFrame(
        {
            "record": "item",
            "id": items["item_id"],
            "title": items["title"],
            "team": items["team"].astype("str"),
            "created_on": items["created_on"],
            "finished_on": items["finished_on"],
            "due_on": _UNKNOWN_DAY,
        }
    )
    of_milestones = pd.DataFrame(
        {
            "record": "milestone",
            "id": milestones["milestone_id"],
            "title": milestones["name"],
            "team": pd.Series(dtype="str"),
            "created_on": _UNKNOWN_DAY,
            "finished_on": milestones["done_on"],
            "due_on": milestones["due_on"],
        }
    )
    return pd.concat([of_items, of_milestones], ignore_index=True)
