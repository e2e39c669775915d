import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tpm_analytics.models import sampling
from tpm_analytics.models.sampling import (
    EMPIRICAL,
    FIXED,
    LOGNORMAL,
    NORMAL,
    PERT,
    TRIANGULAR,
    UNIFORM,
    Durations,
    drawn,
    three_point,
)

TRIALS = 200_000


def one(family, low, likely, high, histories=()):
    parts = (np.array([float(part)]) for part in (low, likely, high))
    return Durations(np.array([family]), *parts, np.zeros(1, dtype=int), histories)


def draws(durations, **options):
    return drawn(durations, TRIALS, np.random.default_rng(7), **options)


@pytest.mark.parametrize(
    ("durations", "law"),
    [
        (one(UNIFORM, 8, 0, 12), stats.uniform(8, 4)),
        (one(TRIANGULAR, 80, 100, 130), stats.triang(0.4, 80, 50)),
        (one(PERT, 2, 3, 10), stats.beta(1.5, 4.5, 2, 8)),
        (one(PERT, 0, 5, 5), stats.beta(5, 1, 0, 5)),
        (one(NORMAL, 0, 20, 2), stats.norm(20, 2)),
        (one(LOGNORMAL, 0, 10, 0.5), stats.lognorm(0.5, scale=10)),
    ],
)
def test_each_law_is_that_of_the_textbook(durations, law):
    row = draws(durations)[0]
    assert row.mean() == pytest.approx(law.mean(), abs=4 * law.std() / np.sqrt(TRIALS) + 1e-3)
    assert row.std() == pytest.approx(law.std(), rel=0.01)
    for share in (0.02, 0.1, 0.5, 0.8, 0.95, 0.99):
        assert (row <= law.ppf(share)).mean() == pytest.approx(share, abs=0.005)
    assert durations.mean[0] == pytest.approx(law.mean())


def test_an_empirical_law_draws_the_ratios_of_the_past_and_no_other():
    history = np.array([0.5, 1.0, 1.0, 3.0])
    durations = one(EMPIRICAL, 0, 10, 0, (history,))
    values, counts = np.unique(np.round(draws(durations)[0], 3), return_counts=True)
    # between two ranks lies one cell of the table
    frequent = values[counts > TRIALS / sampling.CELLS * 2]
    assert frequent.tolist() == [5.0, 10.0, 30.0]
    assert counts[values == 10.0][0] / TRIALS == pytest.approx(0.5, abs=0.01)
    assert durations.mean[0] == 13.75


def test_a_fixed_duration_does_not_vary():
    durations = three_point(np.array([4.0]), np.array([4.0]), np.array([4.0]))
    assert durations.family.tolist() == [FIXED]
    assert set(draws(durations)[0].tolist()) == {4.0}


@settings(max_examples=50)
@given(
    st.tuples(*(st.floats(0, 1e3),) * 3).map(sorted),
    st.sampled_from([TRIANGULAR, PERT, UNIFORM]),
)
def test_no_duration_lies_outside_its_bounds(points, family):
    low, likely, high = (np.array([point]) for point in points)
    row = drawn(three_point(low, likely, high, family=family), 500, np.random.default_rng(1))[0]
    slack = 1e-4 * max(1.0, high[0])
    assert row.min() >= low[0] - slack
    assert row.max() <= high[0] + slack


def test_a_shared_driver_correlates_as_much_as_its_weights_say():
    two = Durations(
        np.full(2, NORMAL),
        np.zeros(2),
        np.full(2, 50.0),
        np.full(2, 3.0),
        np.zeros(2, dtype=int),
    )
    rows = draws(two, loadings=np.sqrt(np.array([[0.9], [0.9]])))
    assert np.corrcoef(rows)[0, 1] == pytest.approx(0.9, abs=0.005)
    assert rows.std(axis=1) == pytest.approx([3.0, 3.0], rel=0.01)


def test_an_activity_without_a_driver_is_independent_of_those_with_one():
    three = three_point(np.ones(3), np.full(3, 2.0), np.full(3, 5.0))
    rows = draws(three, loadings=np.array([[0.8], [0.8], [0.0]]))
    correlation = np.corrcoef(rows)
    assert correlation[0, 1] > 0.55
    assert abs(correlation[0, 2]) < 0.01


def test_the_same_seed_gives_another_law_the_same_luck():
    early = three_point(np.ones(2), np.full(2, 2.0), np.full(2, 5.0))
    late = three_point(np.ones(2), np.full(2, 2.0), np.array([5.0, 9.0]))
    first, second = draws(early), draws(late)
    np.testing.assert_array_equal(first[0], second[0])
    assert (np.argsort(first[1]) == np.argsort(second[1])).mean() > 0.9
