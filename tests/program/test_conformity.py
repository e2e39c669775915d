"""A table that is as declared is not checked twice; every other one is pandera's to judge."""

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest

from tpm_analytics.program.conformity import conforms
from tpm_analytics.program.table import (
    Category,
    Count,
    Day,
    Flag,
    Instant,
    Result,
    Series,
    column,
)


class Trips(Result):
    """One row per trip, with a column of every type."""

    trip_id: Series[str] = column("Trip", unique=True)
    note: Series[str] = column("Note", nullable=True)
    line: Series[Category] = column("Line")
    left_at: Series[Instant] = column("Left")
    left_on: Series[Day] = column("Day left", nullable=True)
    riders: Series[Count] = column("Riders", ge=1, nullable=True)
    filled: Series[float] = column("Share of seats", ge=0, le=1, nullable=True)
    late: Series[Flag] = column("Whether it was late")


def trips():
    return pd.DataFrame(
        {
            "trip_id": pd.Series(["a", "b"], dtype="str"),
            "note": pd.Series([None, "late"], dtype="str"),
            "line": pd.Categorical(["red", "red"]),
            "left_at": pd.to_datetime(["2025-03-03T09:00Z"] * 2).as_unit("us"),
            "left_on": pd.to_datetime(["2025-03-03", None]).as_unit("us"),
            "riders": pd.array([3, None], dtype="Int64"),
            "filled": [0.5, np.nan],
            "late": pd.array([True, False], dtype="boolean"),
        }
    )


def test_what_is_as_declared_conforms_and_pandera_would_change_nothing():
    schema = Trips.to_schema()
    assert conforms(schema, trips())
    pd.testing.assert_frame_equal(schema.validate(trips()), trips())
    assert conforms(schema, Trips.empty())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("trip_id", pd.Series(["a", "a"], dtype="str"), id="twice the same key"),
        pytest.param("trip_id", pd.Series(["a", None], dtype="str"), id="no key"),
        pytest.param("line", pd.Categorical(["red", None]), id="no category"),
        pytest.param("left_at", pd.to_datetime([None] * 2, utc=True).as_unit("us"), id="no moment"),
        pytest.param("riders", pd.array([0, None], dtype="Int64"), id="a count below its bound"),
        pytest.param("filled", [0.5, 1.5], id="a number above its bound"),
        pytest.param("late", pd.array([True, None], dtype="boolean"), id="no flag"),
    ],
)
def test_what_breaks_the_declaration_does_not_conform_and_is_refused(name, values):
    broken = trips().assign(**{name: values})
    assert not conforms(Trips.to_schema(), broken)
    with pytest.raises(pa.errors.SchemaError):
        Trips.validate(broken)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("riders", [3.0, 4.0], id="counts as floats"),
        pytest.param("line", ["red", "red"], id="categories as text"),
        pytest.param("note", pd.Series([None, "x"], dtype=object), id="text as objects"),
        pytest.param("left_on", pd.to_datetime(["2025-03-03"] * 2).as_unit("ns"), id="finer days"),
        pytest.param("late", [True, False], id="plain truth"),
    ],
)
def test_what_has_another_type_is_converted_still(name, values):
    other = trips().assign(**{name: values})
    assert not conforms(Trips.to_schema(), other)
    assert conforms(Trips.to_schema(), Trips.validate(other))


def test_a_number_hidden_behind_an_unknown_count_breaks_no_bound():
    hidden = pd.arrays.IntegerArray(np.array([3, -7]), np.array([False, True]))
    assert conforms(Trips.to_schema(), trips().assign(riders=hidden))


def test_a_missing_column_and_a_check_of_whole_rows_are_left_to_pandera():
    assert not conforms(Trips.to_schema(), trips().drop(columns="note"))
    columns = Trips.to_schema().columns
    rowwise = pa.DataFrameSchema(columns, checks=pa.Check(lambda frame: len(frame) > 5))
    assert not conforms(rowwise, trips())
