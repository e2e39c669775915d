"""Estimates of cost and finish: by hand, and ranges that rest on the past alone."""

import numpy as np
import pandas as pd
import pytest

from tests.metrics.budget.test_earned import CORE, earned, program_of
from tpm_analytics.metrics import budget

STEADY = ("Steady", [10] * 10, [8] * 8, [10] * 8)


def past_of(*streams):
    return budget.past_estimates(earned(*streams, by="workstream"))


def test_every_way_of_estimating_cost_by_hand():
    costs = budget.cost_estimates(earned(CORE), past_of(CORE)).set_index("method")
    told = costs["estimate_to_complete"].to_dict()
    assert told == {
        "cpi": pytest.approx(25 / 0.75),
        "budget_rate": 25,
        "cpi_spi": pytest.approx(25 / 0.75**2),
        "weighted": pytest.approx(25 / 0.75),
        "recent": pytest.approx(25 / 0.75),
    }
    assert (costs["variance_at_completion"] == 40 - costs["estimate_at_completion"]).all()


def test_every_way_of_estimating_the_finish_by_hand():
    finishes = budget.finish_estimates(earned(CORE), past_of(CORE)).set_index("method")
    assert finishes["periods"].to_dict() == {
        "pv1": pytest.approx(4.5),
        "pv2": pytest.approx(4 / 0.75),
        "ed1": pytest.approx(2 + 2.5),
        "ed2": pytest.approx(2 + 2.5 / 0.75),
        "es1": pytest.approx(2 + 2.5),
        "es2": pytest.approx(4 / 0.75),
    }


def test_of_work_that_never_changes_past_estimates_were_right():
    past = past_of(STEADY)
    for of, method in (("cost", "cpi"), ("cost", "recent"), ("time", "es2")):
        theirs = past[(past["of"] == of) & (past["method"] == method)]
        assert theirs["came_to"].to_numpy() == pytest.approx(np.ones(len(theirs)))
    assert len(past[(past["of"] == "cost") & (past["method"] == "cpi")]) == 7


def test_a_past_estimate_that_foresaw_half_of_the_rest_came_to_two():
    slump = ("Slump", [10] * 6, [10, 10, 10, 10], [10, 10, 20, 20])
    past = past_of(slump)
    made = past[(past["method"] == "cpi") & (past["of"] == "cost")].set_index("made_on")
    assert made.loc[pd.Timestamp("2025-02-28"), "came_to"] == 2
    assert made.loc[pd.Timestamp("2025-02-28"), "share_done"] == 0.5


def test_with_few_past_estimates_there_is_no_range():
    costs = budget.cost_estimates(earned(STEADY), past_of(STEADY))
    assert costs["low"].isna().all()
    assert costs["past_estimates"].max() < budget.FEWEST_PAST


def many(count, seed):
    """Workstreams of twenty months, finished, whose cost for each 1.00 earned varies."""
    generator = np.random.default_rng(seed)
    return [
        (
            f"W{number:02}",
            [10.0] * 20,
            [10.0] * 20,
            list(10 * generator.lognormal(0.05, 0.1) * generator.lognormal(0, 0.1, 20)),
        )
        for number in range(count)
    ]


def test_the_range_holds_about_eight_of_ten_costs_that_came():
    hits = []
    streams = many(30, 11)
    past = past_of(*streams)
    for name, planned, gained, cost in streams:
        others = past[past["workstream"] != name]
        seen = earned((name, planned, gained[:12], cost[:12]))
        row = budget.cost_estimates(seen, others).set_index("method").loc["cpi"]
        hits.append(row["low"] <= sum(cost) <= row["high"])
    assert 0.6 <= np.mean(hits) <= 0.97


def test_an_estimate_is_judged_by_nothing_that_was_not_known_then():
    whole = program_of(*many(3, 5))
    then = whole.at("2025-10-31")
    made = [
        budget.cost_estimates(
            told := budget.earned_value(program.budget, until=then.as_of), past_of(CORE)
        )["estimate_at_completion"].tolist()
        for program in (then, then.at("2025-10-31"))
    ]
    assert made[0] == made[1]
    assert len(told)


def test_what_is_finished_needs_no_estimate():
    done = earned(("Done", [10, 10], [10, 10], [12, 12]))
    costs = budget.cost_estimates(done, past_of(*many(4, 3)))
    assert costs["estimate_at_completion"].tolist() == [24] * 5
    assert costs["low"].isna().all()
    finishes = budget.finish_estimates(done, past_of(*many(4, 3)))
    assert set(finishes["finish_on"]) == {pd.Timestamp("2025-02-28")}
    assert budget.fan(done, costs, finishes).empty


def test_a_finish_beyond_ten_plans_is_not_in_sight():
    stuck = earned(("Stuck", [10] * 4, [0.1, 0.0], [10, 10]))
    finishes = budget.finish_estimates(stuck, past_of(CORE)).set_index("method")
    assert pd.isna(finishes.loc["es2", "finish_on"])


def test_the_fan_opens_from_the_cost_so_far():
    told, past = earned(STEADY), past_of(*many(4, 3))
    fan = budget.fan(
        told,
        budget.cost_estimates(told, past),
        budget.finish_estimates(told, past),
    )
    assert fan[["low", "likely", "high"]].iloc[0].tolist() == [80, 80, 80]
    assert fan["low"].iloc[1] <= fan["high"].iloc[1]


def test_what_is_to_be_spent_and_what_is_left_have_the_range_of_the_cost():
    begun = earned(("New", [10.0] * 10, [9.0] * 5, [10.0] * 5))
    row = budget.cost_estimates(begun, past_of(*many(12, 3))).set_index("method").loc["cpi"]
    assert row["rest_low"] == pytest.approx(row["low"] - 50)
    assert row["rest_high"] == pytest.approx(row["high"] - 50)
    assert row["left_low"] == pytest.approx(100 - row["high"])
    assert row["left_high"] == pytest.approx(100 - row["low"])
    assert row["over_share"] == pytest.approx((row["estimate_at_completion"] - 100) / 100)


def test_a_finish_says_how_many_days_after_the_plan_it_lies():
    row = budget.finish_estimates(earned(CORE), past_of(CORE)).set_index("method").loc["es2"]
    assert row["late_days"] == (row["finish_on"] - row["planned_finish_on"]).days
