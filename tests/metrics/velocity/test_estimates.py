"""Estimates against the time items took."""

import pandas as pd
import pytest

from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import flow, velocity


def measured(rows, **options):
    """Fit and times of items given as (points, days they took)."""
    first = pd.Timestamp("2025-03-03T09:00Z")
    items = Program.from_tables(
        {
            "items": pd.DataFrame(
                {
                    "item_id": [f"A-{n}" for n in range(len(rows))],
                    "points": [points for points, _ in rows],
                    "started_at": first,
                    "finished_at": [first + pd.Timedelta(days=days - 1) for _, days in rows],
                }
            )
        }
    ).items
    times = flow.cycle_time(items)
    return (
        velocity.size_times(times, items, **options),
        velocity.size_fit(times, items),
    )


def test_percentiles_of_each_size_by_hand():
    sizes, _ = measured([(1, d) for d in (1, 2, 3, 4)] + [(5, d) for d in range(1, 21)], fewest=4)
    assert sizes["points"].tolist() == [1, 5]
    # nearest ranks: of 4 the 1st, 2nd, 4th; of 20 the 5th, 10th, 17th
    assert sizes[["low_days", "median_days", "high_days"]].to_numpy().tolist() == [
        [1, 2, 4],
        [5, 10, 17],
    ]


def test_percentiles_agree_with_those_of_flow():
    rows = [(3, d) for d in (2, 9, 4, 4, 7, 30, 1)]
    sizes, _ = measured(rows)
    first = pd.Timestamp("2025-03-03T09:00Z")
    items = Program.from_tables(
        {
            "items": pd.DataFrame(
                {
                    "item_id": [f"A-{n}" for n in range(len(rows))],
                    "started_at": first,
                    "finished_at": [first + pd.Timedelta(days=d - 1) for _, d in rows],
                }
            )
        }
    ).items
    expected = flow.percentiles(flow.cycle_time(items), shares=[0.25, 0.5, 0.85])
    found = sizes[["low_days", "median_days", "high_days"]].iloc[0].tolist()
    assert found == expected["cycle_days"].tolist()


def test_sizes_that_few_items_carry_are_left_out_and_still_count_for_the_fit():
    sizes, fit = measured([(1, 3)] * 5 + [(8, 9)])
    assert sizes["points"].tolist() == [1]
    assert fit["items"].tolist() == [6]


def test_the_fit_is_one_where_larger_is_always_longer_and_minus_one_where_never():
    assert measured([(1, 1), (2, 5), (3, 40)])[1]["rank_correlation"].iloc[0] == pytest.approx(1)
    assert measured([(3, 1), (2, 5), (1, 40)])[1]["rank_correlation"].iloc[0] == pytest.approx(-1)


def test_ties_take_their_mean_rank():
    fit = measured([(1, 1), (1, 2), (2, 2), (2, 3)])[1]
    # ranks 1.5 1.5 3.5 3.5 against 1 2.5 2.5 4: 3 / sqrt(4 * 4.5)
    assert fit["rank_correlation"].iloc[0] == pytest.approx(3 / 18**0.5)


def test_items_without_an_estimate_are_counted_apart():
    fit = measured([(1, 1), (2, 5), (None, 40)])[1]
    assert (fit["items"].iloc[0], fit["without_estimate"].iloc[0]) == (2, 1)


@pytest.mark.parametrize("rows", [[(1, 2)], [(1, 2), (1, 3)], [(1, 2), (3, 2)]])
def test_without_two_sizes_and_two_times_there_is_no_fit(rows):
    assert measured(rows)[1].empty


def test_no_number_of_items_is_refused():
    with pytest.raises(ParameterError):
        measured([(1, 1)], fewest=0)
