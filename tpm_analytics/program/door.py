"""The door: raw columns become the declared types, or an error names the rows that cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pandera.errors import SchemaErrors

from tpm_analytics.calendars import day_of
from tpm_analytics.clock import zone
from tpm_analytics.errors import InvalidTableError, MissingColumnsError, TpmError
from tpm_analytics.program.table import Column, Table

_TRUE = frozenset({"true", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "no", "n", "0", "0.0"})
_OFFSET = r"[T ]\d.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"


def conform(
    table: type[Table], frame: pd.DataFrame, *, name: str, origin: str, time_zone: str
) -> pd.DataFrame:
    """Return `frame` with the columns and types that `table` declares, checked.

    Optional columns that are absent are added as NA; columns not declared pass through behind
    them. Text that is blank is NA. A moment without an offset is read in `time_zone`.

    Raises
    ------
    MissingColumnsError
        If a column that may not be NA is absent.
    InvalidTableError
        With every row that cannot be converted or breaks a check.
    """
    declared = table.declared()
    _no_column_twice(frame, name, origin)
    missing = {
        column.name: table.label(column.name)
        for column in declared.values()
        if not column.optional and column.name not in frame.columns
    }
    if missing:
        raise MissingColumnsError(f"{origin}: table {name}", missing, map(str, frame.columns))

    columns: dict[str, pd.Series] = {}
    failures: list[pd.DataFrame] = []
    index = pd.RangeIndex(len(frame))
    for column in declared.values():
        if column.name not in frame.columns:
            columns[column.name] = _absent(column, index)
            continue
        raw = frame[column.name].set_axis(index)
        columns[column.name], bad = _convert(column, raw, time_zone)
        if bad.any():
            failures.append(_failures(column.name, raw[bad], f"is not a {_NOUNS[column.dtype]}"))
    if failures:
        raise InvalidTableError(name, origin, pd.concat(failures, ignore_index=True))
    extra = {str(key): frame[key].set_axis(index) for key in frame.columns if key not in declared}
    return _checked(table, pd.DataFrame({**columns, **extra}, index=index), name, origin)


def without_rows(table: type[Table], name: str) -> pd.DataFrame:
    """Return the table as `conform` makes it of no rows."""
    index = pd.RangeIndex(0)
    columns = {column.name: _absent(column, index) for column in table.declared().values()}
    return _checked(table, pd.DataFrame(columns, index=index), name, name)


_NOUNS = {
    "instant": "moment such as 2025-03-07T14:30:00Z",
    "day": "day such as 2025-03-07",
    "number": "number",
    "count": "whole number",
    "flag": "yes or no",
}


def _no_column_twice(frame: pd.DataFrame, name: str, origin: str) -> None:
    twice = sorted(set(map(str, frame.columns[frame.columns.duplicated()])))
    if twice:
        raise TpmError(
            f"{origin}: table {name} has more than one column named {', '.join(twice)}.",
            hint="rename or remove all but one of them",
        )


def _absent(column: Column, index: pd.RangeIndex) -> pd.Series:
    return pd.Series(None, index=index, dtype=_converted(column.dtype))


@cache
def _converted(kind: str) -> Any:
    """Return the type that the converter of that kind of column makes of nothing."""
    empty = "datetime64[us]" if kind in {"instant", "day"} else "float64"
    return _CONVERTERS[kind](pd.Series(dtype=empty), "UTC")[0].dtype


def _convert(column: Column, raw: pd.Series, time_zone: str) -> tuple[pd.Series, pd.Series]:
    if isinstance(raw.dtype, pd.CategoricalDtype) and column.dtype != "category":
        raw = raw.astype(raw.cat.categories.dtype)
    if _is_text(raw) and column.dtype not in {"text", "category"}:
        raw = raw.mask(raw.astype("str").str.strip() == "")
    return _CONVERTERS[column.dtype](raw, time_zone)


def _is_text(raw: pd.Series) -> bool:
    return bool(pd.api.types.is_string_dtype(raw.dtype) or raw.dtype == object)


def _instant(raw: pd.Series, time_zone: str) -> tuple[pd.Series, pd.Series]:
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return raw.dt.tz_convert("UTC").dt.as_unit("us"), _none(raw)
    if pd.api.types.is_datetime64_dtype(raw.dtype):
        return _localised(raw, time_zone), _none(raw)
    text = raw.astype("str")
    aware = text.str.contains(_OFFSET, regex=True, na=False)
    stamps = pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce").dt.as_unit("us")
    if not aware.all() and time_zone != "UTC":
        stamps = stamps.where(aware, _localised(stamps.dt.tz_localize(None), time_zone))
    return stamps, stamps.isna() & raw.notna()


def _localised(stamps: pd.Series, time_zone: str) -> pd.Series:
    local = stamps.dt.tz_localize(
        zone(time_zone), nonexistent="shift_forward", ambiguous=np.ones(len(stamps), dtype=bool)
    )
    return local.dt.tz_convert("UTC").dt.as_unit("us")


def _day(raw: pd.Series, time_zone: str) -> tuple[pd.Series, pd.Series]:
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        raw = raw.dt.tz_convert(zone(time_zone)).dt.tz_localize(None)
    if not pd.api.types.is_datetime64_dtype(raw.dtype):
        stamps, bad = _instant(raw, "UTC")
        days = stamps.dt.tz_localize(None).dt.normalize()
        # a moment with an offset lies on the day it has in the program's time zone
        aware = raw.astype("str").str.contains(_OFFSET, regex=True, na=False)
        return days.mask(aware, day_of(stamps, time_zone)), bad
    return raw.dt.as_unit("us").dt.normalize(), _none(raw)


def _number(raw: pd.Series, _: str) -> tuple[pd.Series, pd.Series]:
    numbers = pd.to_numeric(raw, errors="coerce").astype("float64")
    numbers = numbers.mask(np.isinf(numbers))
    return numbers, numbers.isna() & raw.notna()


def _count(raw: pd.Series, time_zone: str) -> tuple[pd.Series, pd.Series]:
    numbers, bad = _number(raw, time_zone)
    bad |= (numbers % 1 != 0) & numbers.notna()
    return numbers.mask(bad).astype("Int64"), bad


def _flag(raw: pd.Series, _: str) -> tuple[pd.Series, pd.Series]:
    if pd.api.types.is_bool_dtype(raw.dtype):
        return raw.astype("boolean"), _none(raw)
    text = raw.astype("str").str.strip().str.lower()
    flags = pd.Series(pd.NA, index=raw.index, dtype="boolean")
    flags = flags.mask(text.isin(_TRUE), True).mask(text.isin(_FALSE), False)  # noqa: FBT003
    return flags, flags.isna() & raw.notna()


def _text(raw: pd.Series, _: str) -> tuple[pd.Series, pd.Series]:
    if pd.api.types.is_float_dtype(raw.dtype) and (raw.dropna() % 1 == 0).all():
        # one empty cell makes a column of whole numbers a column of floats: key 7 is not "7.0"
        raw = raw.astype("Int64")
    # "Mobile " out of a spreadsheet is the team Mobile, and "A-1 " the item A-1
    text = (raw.astype("str") if raw.dtype != "str" else raw).str.strip()
    return text.mask(text == ""), _none(raw)


def _category(raw: pd.Series, _: str) -> tuple[pd.Series, pd.Series]:
    if not isinstance(raw.dtype, pd.CategoricalDtype):
        return _text(raw, _)[0].astype("category"), _none(raw)
    names = raw.cat.categories
    plain = names.dtype == "str" and not raw.cat.ordered
    if plain and (names.str.strip() == names).all() and (names != "").all():
        return raw.cat.remove_unused_categories(), _none(raw)
    return _text(raw.astype(names.dtype), _)[0].astype("category"), _none(raw)


def _none(raw: pd.Series) -> pd.Series:
    return pd.Series(np.zeros(len(raw), dtype=bool), index=raw.index)


_CONVERTERS: dict[str, Callable[[pd.Series, str], tuple[pd.Series, pd.Series]]] = {
    "instant": _instant,
    "day": _day,
    "number": _number,
    "count": _count,
    "flag": _flag,
    "text": _text,
    "category": _category,
}


def _failures(column: str, raw: pd.Series, problem: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "column": column,
            "row": pd.array(raw.index, dtype="Int64"),
            "value": raw.astype(object),
            "problem": problem,
        }
    )


TWICE = "stands more than once"
ONE_ROW_A_PERSON = (
    "give each person one row, with the home team; work for another team is an allocation to its "
    "workstream"
)
_PROBLEMS = {
    r"^not_nullable$": "is missing",
    r"^field_uniqueness$": TWICE,
    r"^less_than_or_equal_to\((.*)\)$": r"is above \1",
    r"^greater_than_or_equal_to\((.*)\)$": r"is below \1",
}


def _checked(table: type[Table], frame: pd.DataFrame, name: str, origin: str) -> pd.DataFrame:
    try:
        return table.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        whole = cases["schema_context"] == "DataFrameSchema"
        failures = pd.DataFrame(
            {
                "column": cases["column"].mask(whole, None),
                "row": pd.array(pd.to_numeric(cases["index"], errors="coerce"), dtype="Int64"),
                "value": cases["failure_case"].astype(object).mask(whole, None),
                "problem": _problems(table, cases),
            }
        )
        twice = (failures["problem"] == TWICE) & (failures["column"] == "person_id")
        hint = ONE_ROW_A_PERSON if twice.any() else None
        raise InvalidTableError(name, origin, failures.sort_values("row"), hint=hint) from error


def _problems(table: type[Table], cases: pd.DataFrame) -> pd.Series:
    """What is wrong in each case; a share that looks like percent is told what it may mean."""
    said = cases["check"].astype("str").replace(_PROBLEMS, regex=True)
    shares = [column.name for column in table.declared().values() if column.unit == "share"]
    value = pd.to_numeric(cases["failure_case"], errors="coerce")
    percent = cases["column"].isin(shares) & (value > 1) & (value <= 100)
    meant = (value / 100).map("{:g}".format)
    return said.mask(percent, said + ", and 1 is all of it. Did you mean " + meant + "?")
