"""Values of a chart are those that Altair itself would tell."""

from __future__ import annotations

import json

import altair as alt
import pandas as pd
import pytest

from tpm_analytics.charts import values


def table() -> pd.DataFrame:
    moments = ["2025-01-01T10:00:00.5", None, "1969-03-04T00:00:00"]
    return pd.DataFrame(
        {
            "text": ["x", None, "</script>"],
            "number": [1.5, float("nan"), float("inf")],
            "whole": [1, 2, 3],
            "small": pd.Series([1, 2, 3], dtype="int32"),
            "sure": [True, False, True],
            "count": pd.array([1, None, 3], dtype="Int64"),
            "flag": pd.array([True, None, False], dtype="boolean"),
            "kind": pd.Series(["p", None, "q"], dtype="category"),
            "day": pd.to_datetime(["2025-01-01", None, "2024-02-29"]).as_unit("us"),
            "moment": pd.to_datetime(moments, format="ISO8601").as_unit("us"),
            "instant": pd.to_datetime(moments, format="ISO8601", utc=True).as_unit("us"),
        }
    )


OTHERS = {
    "without rows": table().iloc[:0],
    "with objects": table().assign(text=[[1], "a", None]),
    "with numbers as categories": pd.DataFrame({"kind": pd.Series([1, 2], dtype="category")}),
    "with rows of any number": table().set_axis([7, 3, 3]),
}


def test_each_of_our_types_is_told_as_altair_tells_it():
    for name in table():
        ours, theirs = (
            json.dumps(told(table()[[name]]))
            for told in (values.plain, alt.default_data_transformer)
        )
        assert ours == theirs, name


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_table_is_told_so_too(name):
    frame = OTHERS[name]
    assert json.dumps(values.plain(frame)) == json.dumps(alt.default_data_transformer(frame))


def test_data_that_is_no_table_is_left_to_altair():
    assert values.plain({"values": [1]}) == {"values": [1]}


def test_a_chart_of_too_many_rows_is_refused():
    many = pd.DataFrame({"number": range(5001)})
    with pytest.raises(alt.MaxRowsError):
        values.plain(many)


def test_charts_take_their_values_from_here():
    assert alt.data_transformers.active == "tpm"
