"""Tables made as declared without asking pandera, wherever there is no doubt what it would say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

# the only checks of values that declarations use; a table with another one is left to pandera
_BOUNDS: Mapping[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "greater_than_or_equal_to": ("min_value", np.less),
    "greater_than": ("min_value", np.less_equal),
    "less_than_or_equal_to": ("max_value", np.greater),
    "less_than": ("max_value", np.greater_equal),
}


def conformed(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return `frame` as pandera would, or None where pandera is to be asked.

    Parameters
    ----------
    schema
        The declaration, of columns that are present, have a type, and may have bounds.
    frame
        Table to look at.

    Returns
    -------
    pandas.DataFrame or None
        The very same table where nothing is to be converted. None where a value cannot be
        converted, a check does not hold, or there is any doubt: what pandera then says, holds.

    Notes
    -----
    pandera copies every column twice, walks the categories of each one by one, and takes a
    millisecond for each column of the smallest table: for a page of a hundred small tables that
    is most of its time. Types are converted by pandera's own types here too, so that the two
    cannot differ.

    Examples
    --------
    >>> schema = pa.DataFrameSchema({"days": pa.Column("float64", pa.Check.ge(0))})
    >>> conformed(schema, pd.DataFrame({"days": [1]}))["days"].tolist()
    [1.0]
    >>> conformed(schema, pd.DataFrame({"days": [-1.5]})) is None
    True
    """
    if not frame.columns.is_unique:
        return None
    converted = {}
    for name, spec in schema.columns.items():
        given = frame[name] if name in frame.columns else None
        column = None if given is None else _column(spec, given)
        if column is None:
            return None
        if column is not given:
            converted[name] = column
    made = frame.assign(**converted) if converted else frame
    return made if all(_rows_hold(check, made) for check in schema.checks) else None


def _column(spec: Any, given: pd.Series) -> pd.Series | None:
    """Return the column in its declared type; None where it is not what it should be."""
    column = given
    if not _same_type(spec.dtype, given.dtype):
        try:
            column = spec.dtype.coerce(given)
        except Exception:  # of whatever kind: pandera tells which value it was
            return None
    holds = (
        (spec.nullable or not column.hasnans)
        and (not spec.unique or column.is_unique)
        and all(_within(check, column) for check in spec.checks)
    )
    return column if holds else None


def _same_type(declared: Any, given: Any) -> bool:
    """Exactly the type that pandera would convert to; any categories are a category."""
    if isinstance(given, pd.CategoricalDtype):
        return str(declared) == "category" and not given.ordered
    if given == "str":
        return str(declared).startswith("str")
    return bool(given == declared.type)


def _within(check: Any, series: pd.Series) -> bool:
    if check.name not in _BOUNDS:
        return False
    key, beyond = _BOUNDS[check.name]
    values = series.array
    known = values._data if isinstance(values, pd.arrays.IntegerArray) else series.to_numpy()
    outside = beyond(known, check.statistics[key])
    if isinstance(values, pd.arrays.IntegerArray):
        outside &= ~values._mask
    return not outside.any()


def _rows_hold(check: Any, frame: pd.DataFrame) -> bool:
    """Whether a check of whole rows, a function of the table, holds in each of them."""
    try:
        return bool(np.all(check._check_fn(frame)))
    except Exception:  # pandera tells which check it was
        return False
