"""Keys are looked up the same however their columns are typed."""

import pandas as pd
import pytest

from tpm_analytics.program.keys import among, looked_up

NAMES = ["A-1", None, "B-7", "A-1"]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
@pytest.mark.parametrize("keys", [["A-1", "A-2"], ["A-1", None], pd.Categorical(["A-1", "A-9"])])
def test_na_is_among_no_keys(dtype, keys):
    found = among(pd.Series(NAMES, dtype=dtype, index=[3, 1, 4, 5]), pd.Series(keys))
    assert found.tolist() == [True, False, False, True]
    assert found.index.tolist() == [3, 1, 4, 5]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_nothing_is_among_no_keys(dtype):
    assert not among(pd.Series(NAMES, dtype=dtype), pd.Series([], dtype="str")).any()
    assert among(pd.Series([], dtype=dtype), pd.Series(["A-1"])).empty


def test_an_answer_keeps_its_type_where_no_key_is():
    days = pd.Series(pd.to_datetime(["2025-03-07"]).astype("datetime64[us]"))
    found = looked_up(pd.Series(NAMES, dtype="category"), pd.Series(["A-1"]), days)
    assert found.dtype == days.dtype
    assert found.notna().tolist() == [True, False, False, True]
    assert looked_up(pd.Series(NAMES), pd.Series([], dtype="str"), days.head(0)).isna().all()
