"""What earlier runs of a report recorded as tables, as the engine hands it to the next one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

from tpm_analytics.errors import SourceError
from tpm_analytics.workspace import RECORDED_VARIABLE


def recorded(name: str, *, source: str) -> pd.DataFrame:
    """Rows that earlier runs of this report recorded under `name`, the oldest run first.

    Parameters
    ----------
    name
        As it was given to `tpm.record` with a table.
    source
        Address of the program they are about: ``program.source``.

    Returns
    -------
    pandas.DataFrame
        The rows as they were recorded, days as ISO text. Empty, without columns, where no run
        recorded any, and in a notebook that no report engine runs: it has no earlier runs.

    Raises
    ------
    SourceError
        If the file that the engine names cannot be read.

    Examples
    --------
    >>> recorded("forecasts", source="sample:").empty
    True
    """
    told = os.environ.get(RECORDED_VARIABLE)
    if not told:
        return pd.DataFrame()
    try:
        runs = json.loads(Path(told).read_text(encoding="utf-8"))
        rows = [
            row
            for run in runs
            if run["name"] == name and run["source"] == source
            for row in run["rows"]
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SourceError(
            f"What earlier runs recorded cannot be read from {told}.",
            hint=f"run the report again; outside of a run, leave {RECORDED_VARIABLE} unset",
        ) from error
    return pd.DataFrame(rows)
