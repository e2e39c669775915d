"""A table that can be made as declared is; every other one is pandera's to judge."""

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.program.conformity import conformed
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
    hours: Series[float] = column("Hours on the way", gt=0, lt=24)
    back_on: Series[Day] = column("Day of the way back", nullable=True)

    @pa.dataframe_check(error="back_on lies before left_on")
    @classmethod
    def back_after_it_left(cls, trips: pd.DataFrame) -> pd.Series:
        """Hold that nobody is back before leaving."""
        return ~(trips["back_on"] < trips["left_on"])


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
            "hours": [1.5, 23.5],
            "back_on": pd.to_datetime([None, "2025-03-04"]).as_unit("us"),
        }
    )


def test_what_is_as_declared_is_given_back_and_pandera_would_change_nothing():
    schema = Trips.to_schema()
    table = trips()
    assert conformed(schema, table) is table
    pd.testing.assert_frame_equal(schema.validate(trips()), trips())
    assert len(conformed(schema, Trips.empty())) == 0


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("trip_id", pd.Series(["a", "a"], dtype="str"), id="twice the same key"),
        pytest.param("trip_id", pd.Series(["a", None], dtype="str"), id="no key"),
        pytest.param("line", pd.Categorical(["red", None]), id="no category"),
        pytest.param("left_at", pd.to_datetime([None] * 2, utc=True).as_unit("us"), id="no moment"),
        pytest.param("riders", pd.array([0, None], dtype="Int64"), id="a count below its bound"),
        pytest.param("riders", [2.5, 3.0], id="half a rider"),
        pytest.param("filled", [0.5, 1.5], id="a number above its bound"),
        pytest.param("filled", ["full", "empty"], id="words for numbers"),
        pytest.param("late", pd.array([True, None], dtype="boolean"), id="no flag"),
        pytest.param("hours", [0.0, 1.0], id="a number that must lie above its bound"),
        pytest.param("hours", [1.0, 24.0], id="a number that must lie below its bound"),
        pytest.param("back_on", pd.to_datetime(["2025-03-02"] * 2), id="rows that cannot be"),
    ],
)
def test_what_breaks_the_declaration_is_refused_in_the_words_of_pandera(name, values):
    broken = trips().assign(**{name: values})
    assert conformed(Trips.to_schema(), broken) is None
    with pytest.raises(pa.errors.SchemaErrors) as ours:
        Trips.validate(broken, lazy=True)
    with pytest.raises(pa.errors.SchemaErrors) as theirs:
        Trips.to_schema().validate(broken, lazy=True)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("riders", [3.0, 4.0], id="counts as floats"),
        pytest.param("riders", np.array([3, 4], dtype="int8"), id="counts as small integers"),
        pytest.param("line", ["red", "red"], id="categories as text"),
        pytest.param("line", ["violet", "öchre"], id="categories beyond the alphabet"),
        pytest.param("line", pd.Categorical(["red", "red"], ordered=True), id="ordered categories"),
        pytest.param("note", pd.Series([None, "x"], dtype=object), id="text as objects"),
        pytest.param("trip_id", [7, 8], id="keys as numbers"),
        pytest.param("left_on", pd.to_datetime(["2025-03-03"] * 2).as_unit("ns"), id="finer days"),
        pytest.param("left_on", np.array(["2025-03-03"] * 2, dtype="M8[D]"), id="NumPy's days"),
        pytest.param("filled", [0, 1], id="numbers as integers"),
        pytest.param("late", [True, False], id="plain truth"),
    ],
)
def test_what_has_another_type_is_converted_as_pandera_would(name, values):
    other = trips().assign(**{name: values})
    made = conformed(Trips.to_schema(), other)
    pd.testing.assert_frame_equal(made, Trips.to_schema().validate(other))
    pd.testing.assert_frame_equal(Trips.validate(other), made[list(Trips.declared())])
    assert other[name].dtype == trips().assign(**{name: values})[name].dtype


_VALUES = st.one_of(
    st.none(),
    st.integers(-3, 30),
    st.floats(-3, 30, width=16),
    st.booleans(),
    st.sampled_from(["a", "7", "", "2025-03-03", "True"]),
    st.just(pd.Timestamp("2025-03-03T09:00")),
    st.just(pd.Timestamp("2025-03-03T09:00Z")),
)
_TYPES = st.sampled_from([object, None, "float64", "str", "category", "Int64", "datetime64[s]"])


@settings(max_examples=400)
@given(
    name=st.sampled_from(list(Trips.declared())),
    values=st.lists(_VALUES, min_size=2, max_size=2),
    dtype=_TYPES,
)
def test_whatever_a_column_holds_it_is_refused_exactly_where_pandera_refuses_it(
    name, values, dtype
):
    try:
        given_column = pd.Series(values, dtype=dtype)
    except (TypeError, ValueError):
        return
    table = trips().assign(**{name: given_column})
    made = conformed(Trips.to_schema(), table)
    try:
        told = Trips.to_schema().validate(table)
    except (pa.errors.SchemaError, pa.errors.SchemaErrors, TypeError):
        # it stumbles over its own words where it refuses categories: a TypeError
        assert made is None
    else:
        pd.testing.assert_frame_equal(made, told)


def test_the_declared_columns_alone_stand_in_their_order_and_nothing_given_changes_with_them():
    mixed = trips().assign(weather="fine", late=[True, False])[
        ["weather", *reversed(Trips.declared())]
    ]
    as_given = mixed.copy()
    made = conformed(Trips.to_schema(), mixed)
    assert list(made) == list(Trips.declared())
    for name in ("note", "hours", "late", "riders"):
        made.loc[0, name] = made.loc[1, name]
    pd.testing.assert_frame_equal(mixed, as_given)


def test_a_number_hidden_behind_an_unknown_count_breaks_no_bound():
    hidden = pd.arrays.IntegerArray(np.array([3, -7]), np.array([False, True]))
    assert conformed(Trips.to_schema(), trips().assign(riders=hidden)) is not None


def test_a_missing_column_one_told_twice_and_an_unknown_check_are_left_to_pandera():
    assert conformed(Trips.to_schema(), trips().drop(columns="note")) is None
    twice = pd.concat([trips(), trips()[["note"]]], axis="columns")
    assert conformed(Trips.to_schema(), twice) is None
    known = pa.DataFrameSchema({"line": pa.Column("category", pa.Check.isin(["red"]))})
    assert conformed(known, trips()) is None
    rowwise = pa.DataFrameSchema(
        Trips.to_schema().columns, checks=pa.Check(lambda frame: len(frame) > 5)
    )
    assert conformed(rowwise, trips()) is None
