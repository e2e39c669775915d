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
    types = dict(zip(frame.columns, frame.dtypes, strict=True))
    converted = {}
    for name, spec in schema.columns.items():
        same = name in types and _same_type(spec.dtype, types[name])
        if same and spec.nullable and not spec.unique and not spec.checks:
            continue
        given = frame[name] if name in types else None
        column = None if given is None else _column(spec, given, same=same)
        if column is None:
            return None
        if column is not given:
            converted[name] = column
    made = frame.assign(**converted) if converted else frame
    return made if all(_rows_hold(check, made) for check in schema.checks) else None


def _column(spec: Any, given: pd.Series, *, same: bool) -> pd.Series | None:
    """Return the column in its declared type; None where it is not what it should be."""
    column = given
    if not same:
        try:
            column = _converted(spec.dtype, given)
        except Exception:  # of whatever kind: pandera tells which value it was
            return None
    holds = (
        (spec.nullable or not column.array.isna().any())
        and (not spec.unique or column.is_unique)
        and all(_within(check, column) for check in spec.checks)
    )
    return column if holds else None


def _same_type(declared: Any, given: Any) -> bool:
    """Exactly the type that pandera would convert to; any categories are a category."""
    wanted = declared.type
    if isinstance(given, np.dtype) or isinstance(wanted, np.dtype):
        return isinstance(wanted, type(given)) and bool(given == wanted)
    if isinstance(given, pd.CategoricalDtype):
        return isinstance(wanted, pd.CategoricalDtype) and not given.ordered
    if isinstance(given, pd.StringDtype):
        return given == "str" and str(declared).startswith("str")
    return bool(given == wanted)


def _converted(declared: Any, given: pd.Series) -> pd.Series:
    """Return the column in another type: by pandera, but for what it says in a few words more."""
    if given.dtype == np.int64 and declared.type == pd.Int64Dtype():
        whole = pd.arrays.IntegerArray(given.to_numpy(copy=True), np.zeros(len(given), dtype=bool))
        return pd.Series(whole, index=given.index, name=given.name, copy=False)
    if given.dtype == np.bool_ and declared.type == pd.BooleanDtype():
        flags = pd.arrays.BooleanArray(given.to_numpy(copy=True), np.zeros(len(given), dtype=bool))
        return pd.Series(flags, index=given.index, name=given.name, copy=False)
    if isinstance(declared.type, pd.CategoricalDtype):  # any value is a category
        return given.astype(declared.type)
    converted: pd.Series = declared.coerce(given)
    return converted


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
