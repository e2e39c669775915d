"""Features taken in turn, few at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metrics.forecasts import program_of, steady
from tpm_analytics import ParameterError
from tpm_analytics.metrics import forecast
from tpm_analytics.models.turns import totals_until_done


@settings(max_examples=50)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.integers(1, 8),
)
def test_turns_hand_out_all_work_and_no_more(sizes, at_once):
    totals = totals_until_done(np.array(sizes), at_once)
    assert totals.max() == pytest.approx(sum(sizes))
    assert (totals >= np.array(sizes) - 1e-9).all()
    if at_once == 1:
        np.testing.assert_allclose(totals, np.cumsum(sizes))


def test_no_feature_at_once_is_refused():
    with pytest.raises(ParameterError, match="0 features at once"):
        totals_until_done(np.array([1.0]), 0)


def program():
    begun = steady(90, open_items=30).assign(
        parent_id=["E-1", "E-2"] * 45 + ["E-1"] * 10 + ["E-2"] * 15 + ["E-3"] * 5
    )
    wholes = pd.DataFrame(
        {
            "item_id": ["E-1", "E-2", "E-3", "E-4"],
            "kind": "Epic",
            "team": "core",
            "created_at": ["2024-12-01T09:00Z", "2024-12-02T09:00Z"] + ["2025-01-10T09:00Z"] * 2,
        }
    )
    return program_of(begun.assign(kind="Story"), wholes)


def told(**options):
    data = program()
    span = forecast.from_first_to_last(data.items, until=data.as_of)
    calendar = forecast.working_days(data.people, data.absences, during=span)
    pace = forecast.deliveries(forecast.under_features(data.items), calendar, until=data.as_of)
    return forecast.feature_order(data.items, pace, calendar, **options)


def test_begun_features_come_first_and_unbroken_ones_are_guessed():
    order = told()
    assert order["item_id"].tolist() == ["E-1", "E-2", "E-3", "E-4"]
    assert order["parts"].tolist()[:3] == [10, 15, 5]
    assert order["guessed"].tolist() == [False, False, False, True]
    # two begun epics of 55 and 60 parts: a middling one has 57.5
    assert order["parts"].tolist()[3] == 58


def test_one_after_the_other_each_waits_for_those_before():
    order = told(at_once=1)
    assert order["likely_on"].is_monotonic_increasing
    assert (order["even_on"] <= order["likely_on"]).all()


def test_an_order_that_is_told_is_kept():
    order = told(at_once=1, order="E-3")
    assert order["item_id"].tolist() == ["E-3", "E-1", "E-2", "E-4"]
    assert order["likely_on"].iloc[0] < told(at_once=1)["likely_on"].iloc[2]


def test_two_at_once_slow_the_first_and_the_last_ends_on_the_same_day():
    alone, shared = (told(at_once=number).set_index("item_id") for number in (1, 2))
    assert shared.loc["E-1", "likely_on"] > alone.loc["E-1", "likely_on"]
    assert shared["likely_on"].max() == alone["likely_on"].max()


def test_a_key_that_is_no_open_feature_is_refused():
    with pytest.raises(ParameterError, match="is no open feature"):
        told(order="E-9")


def test_a_feature_is_the_topmost_item_above():
    items = pd.DataFrame(
        {"item_id": ["I", "E", "S", "T", "X"], "parent_id": [None, "I", "E", "S", "gone"]}
    )
    assert forecast.part_of(items).tolist()[1:] == ["I", "I", "I", "gone"]
