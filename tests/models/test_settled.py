"""What is the same in every trial is passed once, and nothing comes out otherwise for it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics.models import network
from tpm_analytics.models.network import FF, FS
from tpm_analytics.models.settled import OUTSIDE, rest
from tpm_analytics.models.working_time import working_time

FIRST = np.datetime64("2024-01-01")
TRIALS = 5


def calendars(chance, count):
    """Two calendars, one of them with thirty days off, given out by chance."""
    off = np.unique((FIRST + chance.integers(100, 200, 30)).astype("datetime64[D]"))
    kept = [np.busdaycalendar(), np.busdaycalendar(holidays=off)]
    return working_time(
        FIRST, FIRST + 600, FIRST + 100, calendars=kept, calendar=chance.integers(2, size=count)
    )


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(1, 10), st.booleans())
def test_the_part_and_what_is_settled_are_the_whole(seed, count, alike):
    chance = np.random.default_rng(seed)
    pairs = [(low, high) for high in range(count) for low in range(high) if chance.random() < 0.3]
    before, after = np.array(pairs, dtype=int).reshape(-1, 2).T
    kinds = chance.integers(4, size=len(pairs))
    net = network.network(count, before, after, kinds, chance.integers(-1, 3, len(pairs)) * 1.0)
    varies = chance.random(count) < 0.4
    likely = chance.integers(0, 5, count).astype(np.float32)
    duration = np.repeat(likely[:, None], TRIALS, axis=1)
    duration[varies] += chance.random((varies.sum(), TRIALS), dtype=np.float32)
    told = {
        "earliest": chance.integers(0, 8, count).astype(float),
        "begun": np.where(chance.random(count) < 0.3, chance.integers(0, 4, count), np.nan),
        "time": None if alike else calendars(chance, count),
    }
    kept = chance.choice(len(pairs), 1) if pairs else np.array([], dtype=int)
    part = rest(net, likely, varies=varies, links=kept, **told)
    whole = network.forward(net, duration, **told)
    early = part.forward(duration[part.rows])
    np.testing.assert_allclose(early.finish, whole.finish[part.rows], atol=1e-3)
    np.testing.assert_allclose(early.start, whole.start[part.rows], atol=1e-3)
    outside = part.place == OUTSIDE
    np.testing.assert_allclose(
        np.repeat(part.settled.finish[outside], TRIALS, axis=1), whole.finish[outside], atol=1e-3
    )
    np.testing.assert_allclose(part.last(early), whole.finish.max(axis=0), atol=1e-3)
    assert set(part.rows) >= set(np.flatnonzero(varies))
    assert set(kept) <= set(part.net.source)


def test_a_plan_that_is_the_same_in_every_trial_leaves_nothing_to_pass():
    net = network.network(2, np.array([0]), np.array([1]), np.array([FS]), np.array([1.0]))
    part = rest(net, np.array([2.0, 3.0]), varies=np.array([False, False]))
    assert part.rows.tolist() == []
    early = part.forward(np.empty((0, 4), dtype=np.float32))
    assert part.last(early).tolist() == [6.0] * 4


def test_a_link_to_the_end_of_a_work_that_varies_keeps_where_it_comes_from():
    net = network.network(2, np.array([0]), np.array([1]), np.array([FF]), np.array([0.0]))
    part = rest(net, np.array([5.0, 0.0]), varies=np.array([False, True]))
    early = part.forward(np.array([[5.0, 5.0], [2.0, 7.0]], dtype=np.float32))
    assert part.rows.tolist() == [0, 1]
    assert early.finish[1].tolist() == [5.0, 7.0]
