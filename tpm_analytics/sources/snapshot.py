"""What a run leaves beside its notebook: the state of each item, so that the next can compare."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pandas as pd

from tpm_analytics import workspace
from tpm_analytics.program import Program

COLUMNS = ["record", "id", "title", "team", "created_on", "finished_on", "due_on"]


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
    items = program.items.rename(columns={"item_id": "id"})
    milestones = program.milestones.rename(
        columns={"milestone_id": "id", "name": "title", "done_on": "finished_on"}
    )
    found = [
        items.assign(record="item", due_on=pd.NaT),
        milestones.assign(record="milestone", team=None, created_on=pd.NaT),
    ]
    kept = [table[COLUMNS] for table in found if len(table)]
    if not kept:
        return pd.DataFrame(columns=COLUMNS)
    days = dict.fromkeys(COLUMNS[-3:], "datetime64[us]")
    texts = dict.fromkeys(COLUMNS[:-3], "str")
    return pd.concat([table.astype({**days, **texts}) for table in kept], ignore_index=True)
