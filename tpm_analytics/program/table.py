"""How a table and its columns are declared: what they mean, their unit, and what must hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, cast

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera import dtypes
from pandera.engines import pandas_engine
from pandera.typing import DataFrame

from tpm_analytics.errors import MissingColumnsError
from tpm_analytics.program.conformity import conformed

Known = Literal["row", "value"]


class _Fixed(pandas_engine.DataType):
    """A column type of exactly one pandas dtype, so that a finer unit of time cannot slip in."""

    type: Any
    name: str

    def coerce(self, data_container: pd.Series) -> pd.Series:
        return data_container.astype(self.type)

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:
        dtype = pandera_dtype.type if data_container is None else data_container.dtype
        return bool(dtype == self.type)

    def __str__(self) -> str:
        return self.name


@pandas_engine.Engine.register_dtype
@dtypes.immutable
class Instant(_Fixed):
    """A moment: time-zone aware, in UTC, to the microsecond."""

    type = pd.DatetimeTZDtype("us", "UTC")
    name = "instant"


@pandas_engine.Engine.register_dtype
@dtypes.immutable
class Day(_Fixed):
    """A calendar day in the program's time zone, held as its midnight without a zone."""

    type = np.dtype("datetime64[us]")
    name = "day"


Category = pd.CategoricalDtype
Flag = pd.BooleanDtype
Count = pd.Int64Dtype


def column(
    meaning: str, unit: str | None = None, *, known: Known | None = None, **checks: Any
) -> Any:
    """Declare a column by what it means, its unit, and the checks that hold for it.

    Parameters
    ----------
    meaning
        What the column says, as an axis title or an error prints it.
    unit
        Unit of the values, if they have one.
    known
        How the column decides what was known on an earlier day. ``"row"``: the row exists from
        this time on. ``"value"``: the value is unknown before its own time. See `Program.at`.
    **checks
        Passed to `pandera.Field`, such as ``ge=0`` or ``unique=True``. A column that is
        ``nullable`` may be absent from a source: it is then all NA.

    Examples
    --------
    >>> class Deliveries(Table):
    ...     '''One row per delivery.'''
    ...     points: Series[float] = column("Size of the delivery", "points", ge=0)
    >>> Deliveries.label("points")
    'Size of the delivery [points]'
    """
    return pa.Field(description=meaning, metadata={"unit": unit, "known": known}, **checks)


Series = pa.typing.Series


@dataclass(frozen=True)
class Column:
    """The declaration of one column, as data."""

    name: str
    meaning: str
    unit: str | None
    dtype: str
    known: Known | None
    optional: bool
    unique: bool


class Table(pa.DataFrameModel):
    """Base of every table that a source delivers; columns it does not declare pass through."""

    class Config:
        coerce = True
        strict: bool | str = False

    @classmethod
    def validate(cls, check_obj: pd.DataFrame, *args: Any, **options: Any) -> DataFrame[Self]:
        """Check the table; one that is as declared already is neither copied nor converted."""
        made = conformed(cls.to_schema(), check_obj)
        if made is not None:
            return cast("DataFrame[Self]", made)
        return super().validate(check_obj, *args, **options)

    @classmethod
    def declared(cls) -> dict[str, Column]:
        """Columns of this table by name, in the order declared."""
        return dict(_declared(cls))

    @classmethod
    def require(cls, frame: pd.DataFrame, *names: str) -> None:
        """Raise `MissingColumnsError` unless `frame` has every column in `names`."""
        missing = {name: cls.label(name) for name in names if name not in frame.columns}
        if missing:
            raise MissingColumnsError(cls.__name__, missing, map(str, frame.columns))

    @classmethod
    def label(cls, name: str) -> str:
        """Meaning and unit of a column, as charts and documents print it."""
        declared = cls.declared()[name]
        return f"{declared.meaning} [{declared.unit}]" if declared.unit else declared.meaning


class Result(Table):
    """Base of every table that a metric yields: the declared columns and no others."""

    class Config:
        coerce = True
        strict = "filter"

    @classmethod
    def validate(cls, check_obj: pd.DataFrame, *args: Any, **options: Any) -> DataFrame[Self]:
        """Check the table and give its columns in the order declared, whatever order they had."""
        names = list(cls.declared())
        checked = super().validate(check_obj, *args, **options)
        ordered = checked if checked.columns.tolist() == names else checked[names]
        return cast("DataFrame[Self]", ordered)


@cache
def _declared(table: type[Table]) -> dict[str, Column]:
    return {
        name: Column(
            name=name,
            meaning=str(spec.description),
            unit=(spec.metadata or {}).get("unit"),
            dtype=_dtype_name(spec.dtype),
            known=(spec.metadata or {}).get("known"),
            optional=bool(spec.nullable),
            unique=bool(spec.unique),
        )
        for name, spec in table.to_schema().columns.items()
    }


def _dtype_name(dtype: Any) -> str:
    names = {"category": "category", "boolean": "flag", "float64": "number", "Int64": "count"}
    text = str(dtype)
    if text.startswith("str"):
        return "text"
    return names.get(text, text)
