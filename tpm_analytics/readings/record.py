"""Figures a notebook wants remembered: shown to the engine that runs it, not to the reader."""

from __future__ import annotations

import math
import re
from datetime import date

from IPython.display import display

from tpm_analytics.errors import ParameterError

MIME = "application/vnd.tpm.figure+json"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def record(name: str, value: float | str | date | None, *, unit: str | None = None) -> None:
    """Record a headline figure of this run, so that runs can be compared.

    The figure is a display output of its own MIME type: a notebook that records stays a plain
    notebook wherever it runs. The report engine keeps the figures of each run and shows them on
    the index page.

    Parameters
    ----------
    name
        Name of the figure in small letters, digits and underscores, the same in every run.
    value
        A number, a text or a day; None or NaN where the figure is unknown.
    unit
        Unit of a number, such as ``"points"``, or ``"share"`` for 0 to 1.

    Raises
    ------
    ParameterError
        If the name could not be a column of the history.

    Examples
    --------
    >>> record("p85_cycle_days", 9, unit="days")  # doctest: +ELLIPSIS
    {...'text/plain': 'p85_cycle_days = 9 days'}
    """
    if not _NAME.fullmatch(name):
        raise ParameterError(
            f"{name!r} cannot name a figure.", hint="use a name such as p85_cycle_days"
        )
    plain = _plain(value)
    # the unit of an empty table is NaN
    unit = unit if isinstance(unit, str) and unit else None
    text = f"{name} = {'unknown' if plain is None else plain}{f' {unit}' if unit else ''}"
    display(  # type: ignore[no-untyped-call]
        {MIME: {"name": name, "value": plain, "unit": unit}, "text/plain": text},
        raw=True,
    )


def _plain(value: float | str | date | None) -> float | int | str | None:
    """JSON has no NaN and no dates; NumPy's numbers become Python's."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return None if value != value else f"{value:%Y-%m-%d}"  # noqa: PLR0124  NaT is a date
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number
