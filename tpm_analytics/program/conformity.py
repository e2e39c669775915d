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
        The very same table where nothing is to be converted or left out. None where a value
        cannot be converted, a check does not hold, or there is any doubt: what pandera then says,
        holds. Where the declaration leaves out other columns, its own stand in their order.

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
    names = frame.columns.tolist()
    types = dict(zip(names, frame.dtypes, strict=True))
    if len(types) < len(names) or not schema.columns.keys() <= types.keys():
        return None
    columns, converted = {}, []
    for name, spec in schema.columns.items():
        same = _same_type(spec.dtype, types[name])
        if same and spec.nullable and not spec.unique and not spec.checks:
            continue
        column = frame[name].array if same else _converted(spec.dtype, frame[name])
        if column is None or not _holds(spec, column):
            return None
        columns[name] = column
        if not same:
            converted.append(name)
    if schema.strict != "filter":
        made = frame.assign(**{name: columns[name] for name in converted}) if converted else frame
    elif converted or names != [*schema.columns]:
        # made anew from all columns at once: pandas takes longer to exchange two of them
        wanted = {
            name: columns[name] if name in columns else frame[name].array for name in schema.columns
        }
        made = pd.DataFrame(wanted, index=frame.index)
    else:
        made = frame
    return made if all(_rows_hold(check, made) for check in schema.checks) else None


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


def _converted(declared: Any, given: pd.Series) -> Any:
    """Return the values in another type, by pandera but for what it says in a few words more.

    None where they cannot be converted.
    """
    if given.dtype == np.int64 and declared.type == pd.Int64Dtype():
        return pd.arrays.IntegerArray(given.to_numpy(), np.zeros(len(given), dtype=bool))
    if given.dtype == np.bool_ and declared.type == pd.BooleanDtype():
        return pd.arrays.BooleanArray(given.to_numpy(), np.zeros(len(given), dtype=bool))
    try:
        if isinstance(declared.type, pd.CategoricalDtype):  # any value is a category
            return _categories(given, declared.type)
        return declared.coerce(given).array
    except Exception:  # of whatever kind: pandera tells which value it was
        return None


def _categories(given: pd.Series, declared: pd.CategoricalDtype) -> pd.Categorical:
    """Return the values as categories, in alphabetic order; pandas sorts text twice as long."""
    if given.dtype == "str":
        codes, names = pd.factorize(given.array, sort=True)
        return pd.Categorical.from_codes(codes, names)
    return given.astype(declared).array


def _holds(spec: Any, column: Any) -> bool:
    """Whether the values, of the declared type, keep what else is declared."""
    return bool(
        (spec.nullable or not column.isna().any())
        and (not spec.unique or pd.Series(column).is_unique)
        and all(_within(check, column) for check in spec.checks)
    )


def _within(check: Any, column: Any) -> bool:
    if check.name not in _BOUNDS:
        return False
    key, beyond = _BOUNDS[check.name]
    masked = isinstance(column, pd.arrays.IntegerArray)
    outside = beyond(column._data if masked else np.asarray(column), check.statistics[key])
    if masked:
        outside &= ~column._mask
    return not outside.any()


def _rows_hold(check: Any, frame: pd.DataFrame) -> bool:
    """Whether a check of whole rows, a function of the table, holds in each of them."""
    try:
        return bool(np.all(check._check_fn(frame)))
    except Exception:  # pandera tells which check it was
        return False
