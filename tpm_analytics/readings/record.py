"""Figures a notebook wants remembered: shown to the engine that runs it, not to the reader."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

import pandas as pd
from IPython.display import display

from tpm_analytics.errors import ParameterError

MIME = "application/vnd.tpm.figure+json"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def record(
    name: str, value: float | str | date | pd.DataFrame | None, *, unit: str | None = None
) -> None:
    """Record a headline figure of this run, so that runs can be compared.

    The figure is a display output of its own MIME type: a notebook that records stays a plain
    notebook wherever it runs. The report engine keeps the figures of each run and shows them on
    the index page. A table is kept beside the figures and shown nowhere; later runs of the report
    are given it by `tpm.recorded`.

    Parameters
    ----------
    name
        Name of the figure in small letters, digits and underscores, the same in every run.
    value
        A number, a text or a day; None or NaN where the figure is unknown; or a table.
    unit
        Unit of a number, such as ``"points"``, or ``"share"`` for 0 to 1.

    Raises
    ------
    ParameterError
        If the name could not be a column of the history, or a table is given a unit.

    Examples
    --------
    >>> record("p85_cycle_days", 9, unit="days")  # doctest: +ELLIPSIS
    {...'text/plain': 'p85_cycle_days = 9 days'}
    """
    if not _NAME.fullmatch(name):
        raise ParameterError(
            f"{name!r} cannot name a figure.", hint="use a name such as p85_cycle_days"
        )
    if isinstance(value, pd.DataFrame):
        _show_table(name, value, unit)
        return
    plain = _plain(value)
    # the unit of an empty table is NaN
    unit = unit if isinstance(unit, str) and unit else None
    text = f"{name} = {'unknown' if plain is None else plain}{f' {unit}' if unit else ''}"
    display(  # type: ignore[no-untyped-call]
        {MIME: {"name": name, "value": plain, "unit": unit}, "text/plain": text},
        raw=True,
    )


def _show_table(name: str, table: pd.DataFrame, unit: str | None) -> None:
    if unit is not None:
        raise ParameterError(
            f"The table {name!r} cannot have one unit.", hint="name units in its columns"
        )
    rows = [
        {str(column): _cell(value) for column, value in row.items()}
        for row in table.to_dict("records")
    ]
    text = f"{name} = {len(rows)} row{'' if len(rows) == 1 else 's'}"
    display(  # type: ignore[no-untyped-call]
        {MIME: {"name": name, "rows": rows}, "text/plain": text},
        raw=True,
    )


def _cell(value: Any) -> float | int | str | bool | None:
    if isinstance(value, bool):
        return value
    return None if pd.isna(value) else _plain(value)


def _plain(value: float | str | date | None) -> float | int | str | None:
    """JSON has no NaN and no dates; NumPy's numbers become Python's."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return None if value != value else f"{value:%Y-%m-%d}"  # noqa: PLR0124  NaT is a date
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number
