"""Counts by chance are what SciPy's statistics, which take long to import, say they are."""

import numpy as np
from scipy import stats

from tpm_analytics.models import binomial

TRIES = np.repeat(np.arange(1, 200), 30)
CHANCE = np.random.default_rng(1).random(len(TRIES))


def test_successes_not_passed_in_a_share_of_all_records():
    for share in (0.025, 0.975, 1 - 1e-10):
        ours = binomial.successes_at(share, TRIES, CHANCE)
        assert (ours == stats.binom.ppf(share, TRIES, CHANCE)).all()


def test_nothing_and_everything_by_chance():
    assert binomial.successes_at(0.975, np.array([7, 7]), np.array([0.0, 1.0])).tolist() == [0, 7]
    assert binomial.chances(np.arange(3), np.array(2), 1.0).tolist() == [0.0, 0.0, 1.0]


def test_failures_not_passed_before_so_many_successes():
    shares = (np.arange(24) + 0.5) / 24
    for successes in (1, 3, 40, 2000):
        for chance in (0.01, 0.3, 0.999):
            ours = binomial.failures_at(shares, successes, chance)
            assert (ours == stats.nbinom.ppf(shares, successes, chance)).all()


def test_chances_of_each_count_sum_up_and_none_lies_beyond_the_tries():
    for chance in (0.02, 0.5, 0.9):
        ours = binomial.chances(np.arange(60), np.array([[50], [3]]), chance)
        np.testing.assert_allclose(
            ours, stats.binom.pmf(np.arange(60), [[50], [3]], chance), rtol=1e-11, atol=1e-300
        )
        np.testing.assert_allclose(ours.sum(axis=1), 1.0)
