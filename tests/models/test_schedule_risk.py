import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tpm_analytics.models import network
from tpm_analytics.models.network import FF, FS, SF, SS
from tpm_analytics.models.sampling import NORMAL, Durations, three_point
from tpm_analytics.models.schedule_risk import (
    CHUNK,
    NO_RISKS,
    NOWHERE,
    Plan,
    RiskEvents,
    finish_without,
    frontier,
    simulate,
)

NO_LINKS = ((), (), (), ())


def plan(durations, links=NO_LINKS, **options):
    before, after, kind, lag = (np.array(part, dtype=int) for part in links)
    count = len(durations.family)
    net = network.network(count, before, after, kind, lag.astype(float))
    return Plan(net, durations, np.zeros(count), np.zeros(count), **options)


def fixed(*days):
    values = np.array(days, dtype=float)
    return three_point(values, values, values)


def normal(count, mean, spread):
    return Durations(
        np.full(count, NORMAL),
        np.zeros(count),
        np.full(count, float(mean)),
        np.full(count, float(spread)),
        np.zeros(count, dtype=int),
    )


def test_side_by_side_activities_end_later_than_each_of_them():
    # the greatest of two independent normal durations: Clark 1961
    futures = simulate(plan(normal(2, 20, 2)), trials=100_000, seed=1)
    assert futures.finish.mean() == pytest.approx(20 + 2 / np.sqrt(np.pi), abs=0.03)
    assert (futures.finish <= 20).mean() == pytest.approx(0.25, abs=0.01)
    assert futures.criticality == pytest.approx([0.5, 0.5], abs=0.01)


def test_a_chain_adds_up_and_is_always_critical():
    futures = simulate(
        plan(normal(3, 10, 1), ([0, 1], [1, 2], [FS, FS], [0, 2])), trials=50_000, seed=2
    )
    assert futures.finish.mean() == pytest.approx(32, abs=0.03)
    assert futures.finish.std() == pytest.approx(np.sqrt(3), rel=0.02)
    assert futures.criticality.tolist() == [1.0, 1.0, 1.0]
    # each of three equal parts explains a third of the variance
    assert futures.cruciality == pytest.approx([np.sqrt(1 / 3)] * 3, abs=0.02)
    assert futures.sensitivity == pytest.approx([np.sqrt(1 / 3)] * 3, abs=0.02)


def test_what_never_decides_the_finish_has_no_criticality():
    futures = simulate(plan(fixed(9, 3)), trials=10, seed=0)
    assert futures.criticality.tolist() == [1.0, 0.0]
    assert np.isnan(futures.cruciality).all()


@pytest.mark.parametrize(
    ("kind", "lag", "finish", "flags"),
    [
        (FS, 1, 6, [1, 1]),
        (SS, 1, 4, [1, 0]),  # A takes 4 days, B 1
        (FF, 1, 5, [1, 1]),
        (SF, 5, 5, [1, 1]),
    ],
)
def test_criticality_goes_back_over_links_of_every_kind(kind, lag, finish, flags):
    futures = simulate(plan(fixed(4, 1), ([0], [1], [kind], [lag])), trials=3, seed=0)
    assert futures.finish.tolist() == [finish] * 3
    assert futures.criticality.tolist() == flags


def test_a_risk_strikes_as_often_as_it_is_probable_and_costs_its_days_and_money():
    risks = RiskEvents(
        np.array([0.3, 0.5]), np.array([0, NOWHERE]), np.array([10.0, 5.0]), np.array([0.0, 1e3])
    )
    futures = simulate(plan(fixed(20, 1), risks=risks), trials=40_000, seed=3)
    assert futures.happened == pytest.approx([0.3, 0.5], abs=0.01)
    assert set(futures.finish.tolist()) == {20.0, 30.0}
    assert futures.finish.mean() == pytest.approx(23, abs=0.1)
    assert futures.cost.mean() == pytest.approx(500, abs=15)
    assert futures.mean_duration == pytest.approx([23, 1], abs=0.1)


def test_money_is_what_stands_fixed_and_what_each_day_costs():
    made = plan(fixed(3, 4))
    priced = Plan(made.net, made.durations, np.array([100.0, 0.0]), np.array([10.0, 1.0]))
    assert simulate(priced, trials=2, seed=0).cost.tolist() == [134.0, 134.0]


def test_a_removal_buys_what_it_holds_up_in_each_future():
    # A (5) -> B (5) beside C (7); a risk of ten days on A happens always
    risks = RiskEvents(np.array([1.0, 1.0]), np.array([0, 2]), np.array([10.0, 1.0]), np.zeros(2))
    made = plan(fixed(5, 5, 7), ([0], [1], [FS], [0]), risks=risks)
    finish = finish_without(made, trials=2, seed=0, risks=[0, 1], links=[0], activities=[0, 1, 2])
    # as it is 20; without the risk on A 10; without the one on C no gain; without the link 15;
    # without A 5, so C's 8 decide; without B 15; without C no gain
    assert finish[:, 0].tolist() == [20, 10, 20, 15, 8, 15, 20]


def test_removals_meet_the_luck_of_the_plan_itself():
    made = plan(normal(4, 10, 3), ([0, 1], [1, 2], [FS, FS], [0, 0]))
    finish = finish_without(made, trials=3000, seed=5, links=[0, 1], activities=[0, 3])
    np.testing.assert_allclose(finish[0], simulate(made, trials=3000, seed=5).finish)
    assert (finish[1:] <= finish[0] + 1e-4).all()


def test_the_same_seed_gives_the_same_futures_however_many_follow():
    made = plan(normal(3, 10, 2), ([0], [1], [FS], [0]))
    few = simulate(made, trials=CHUNK, seed=9)
    many = simulate(made, trials=2 * CHUNK + 5, seed=9, targets=[0])
    np.testing.assert_array_equal(few.finish, many.finish[:CHUNK])
    assert many.reached.shape == (1, 2 * CHUNK + 5)
    assert (many.reached[0] <= many.finish).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
def test_some_activity_is_critical_in_every_future(seed, count):
    chance = np.random.default_rng(seed)
    pairs = [(low, high) for high in range(count) for low in range(high) if chance.random() < 0.4]
    before, after = zip(*pairs, strict=True) if pairs else ((), ())
    kinds = chance.integers(4, size=len(pairs))
    low = chance.uniform(1, 5, count)
    made = plan(
        three_point(low, 1.5 * low, 4 * low),
        (before, after, kinds, chance.integers(0, 3, size=len(pairs))),
    )
    futures = simulate(made, trials=50, seed=seed)
    assert futures.criticality.sum() >= 1 - 1e-9
    assert ((futures.criticality >= 0) & (futures.criticality <= 1)).all()


def test_the_frontier_keeps_finish_and_cost_together_in_the_share_asked_for():
    chance = np.random.default_rng(4)
    finish = chance.normal(100, 5, 5000)
    cost = 10 * finish + chance.normal(0, 30, 5000)
    pairs = frontier(finish, cost, share=0.8)
    assert (np.diff(pairs[:, 0]) > 0).all()
    for day, money in pairs:
        kept = ((finish <= day) & (cost <= money)).mean()
        assert kept == pytest.approx(0.8, abs=1e-3)


def test_correlation_widens_the_spread_of_a_sum():
    chain = ([0, 1], [1, 2], [FS, FS], [0, 0])
    apart = simulate(plan(normal(3, 10, 2), chain), trials=40_000, seed=1)
    loadings = np.full((3, 1), np.sqrt(0.9))
    tied = simulate(plan(normal(3, 10, 2), chain, loadings=loadings), trials=40_000, seed=1)
    assert apart.finish.std() == pytest.approx(2 * np.sqrt(3), rel=0.02)
    assert tied.finish.std() == pytest.approx(2 * np.sqrt(3 + 6 * 0.9), rel=0.02)
    low, high = stats.norm(30, tied.finish.std()).ppf([0.2, 0.8])
    assert np.quantile(tied.finish, [0.2, 0.8]) == pytest.approx([low, high], abs=0.15)


def test_a_plan_of_nothing_is_finished_at_once():
    empty = plan(fixed())
    assert simulate(empty, trials=3, seed=0).finish.tolist() == [0.0, 0.0, 0.0]
    assert empty.risks is NO_RISKS
