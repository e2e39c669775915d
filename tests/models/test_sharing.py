"""What one of several gets of what all finish."""

import numpy as np
import pytest

from tpm_analytics import ParameterError
from tpm_analytics.models import convolution, sharing


def test_a_share_of_a_certain_total_is_binomial():
    total = np.zeros(11)
    total[10] = 1.0
    own = sharing.shared(total, 4)
    assert own @ np.arange(len(own)) == pytest.approx(2.5)
    variance = own @ np.arange(len(own)) ** 2 - 2.5**2
    assert variance == pytest.approx(10 * 0.25 * 0.75)


def test_the_whole_is_nobody_elses():
    total = np.array([0.2, 0.5, 0.3])
    np.testing.assert_allclose(sharing.shared(total, 1), total)
    assert sharing.totals_needed(7, 1).tolist() == [7]


def test_how_much_and_when_agree():
    """At least n own of a total, as surely as the total that is needed is reached."""
    total = convolution.total(convolution.observed(np.array([0, 1, 1, 2, 3])), 40)
    own = convolution.chance_at_least(sharing.shared(total, 3))
    reached = convolution.chance_at_least(total)
    for number in (5, 15, 20, 25):
        needed = sharing.totals_needed(number, 3)
        chances = [reached[case] if case < len(reached) else 0.0 for case in needed]
        assert np.mean(chances) == pytest.approx(own[number], abs=0.01)


def test_nothing_is_needed_for_nothing():
    assert sharing.totals_needed(0, 5).tolist() == [0]


def test_less_than_one_cannot_share():
    with pytest.raises(ParameterError, match="shared among"):
        sharing.shared(np.array([1.0]), 0.5)
