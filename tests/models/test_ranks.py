"""Percentiles of many groups at once are those of sorting each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tpm_analytics.models import ranks
from tpm_analytics.models.ranks import nearest_rank, rank

SHARES = (0.01, 0.5, 0.85, 1.0)


def by_sorting(values, groups, count):
    answers = np.full((count, len(SHARES)), np.nan)
    for group in range(count):
        part = np.sort(values[groups == group])
        if len(part):
            answers[group] = [part[rank(share, len(part))] for share in SHARES]
    return answers


lengths = st.integers(0, 60)
numbers = st.one_of(
    lengths.flatmap(lambda n: arrays.arrays(np.int64, n, elements=st.integers(-(10**9), 10**9))),
    lengths.flatmap(lambda n: arrays.arrays(np.int64, n, elements=st.integers(0, 3))),
    lengths.flatmap(
        lambda n: arrays.arrays(np.float64, n, elements=st.floats(-1e6, 1e6, allow_subnormal=False))
    ),
    lengths.flatmap(lambda n: arrays.arrays(np.float64, n, elements=st.floats(0, 1e300))),
)


@given(numbers, st.data())
@settings(max_examples=200)
def test_every_answer_is_that_of_sorting(values, data):
    count = data.draw(st.integers(1, 5))
    groups = data.draw(arrays.arrays(np.int8, len(values), elements=st.integers(-1, count - 1)))
    found = nearest_rank(values, groups, count, SHARES)
    np.testing.assert_array_equal(found, by_sorting(values, groups, count))


def test_more_bands_than_fit_are_sorted_and_answer_the_same(monkeypatch):
    chance = np.random.default_rng(7)
    values, groups = chance.gamma(0.4, 5, 500), chance.integers(-1, 9, 500)
    expected = nearest_rank(values, groups, 9, SHARES)
    monkeypatch.setattr(ranks, "_MOST_BANDS", 0)
    np.testing.assert_array_equal(nearest_rank(values, groups, 9, SHARES), expected)


@pytest.mark.parametrize("count", [1, 3, 2**16 + 1])
def test_gathered_values_keep_their_order_within_a_group(count):
    values, groups = np.array([5, 1, 4, 2]), np.array([0, count - 1, 0, -1])
    sizes, together = ranks.gathered(values, groups, count)
    assert sizes.sum() == 3
    assert together.tolist() == ([5, 1, 4] if count == 1 else [5, 4, 1])
