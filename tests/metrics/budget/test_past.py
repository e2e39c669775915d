"""How often ranges held and what past work earned: by hand, and by nothing that came later."""

import numpy as np
import pandas as pd
import pytest

from tests.metrics.budget.test_earned import CORE, earned
from tests.metrics.budget.test_forecast import STEADY, many, past_of
from tpm_analytics.metrics import budget
from tpm_analytics.metrics.budget.past import NEAR_SHARE


def record_of(*streams):
    told = budget.range_record(earned(*streams, by="workstream"))
    return told.set_index(["of", "method"])


def test_a_range_of_work_that_never_changes_always_holds():
    streams = [(f"S{n}", [10.0] * 20, [8.0] * 18, [10.0] * 18) for n in range(4)]
    told = record_of(*streams)
    assert told.loc[("cost", "cpi"), "ranges"] > 10
    for method in ("cpi", "recent"):
        assert told.loc[("cost", method), "held"] == told.loc[("cost", method), "ranges"]
    assert told.loc[("time", "es2"), "held_share"] == 1
    assert told.loc[("cost", "cpi"), "workstreams"] == 4


def test_a_range_made_before_a_slump_does_not_hold_what_came_after():
    # as planned for twelve months, then everything costs three times as much
    cost = [10.0] * 12 + [30.0] * 8
    streams = [(f"S{n}", [10.0] * 20, [10.0] * 20, cost) for n in range(4)]
    told = record_of(*streams).loc[("cost", "cpi")]
    assert told["ranges"] > 20
    assert told["held_share"] < 0.4


def test_of_ranges_of_chance_about_eight_of_ten_hold():
    told = record_of(*many(30, 11))
    assert 0.65 <= told.loc[("cost", "cpi"), "held_share"] <= 0.95
    assert told.loc[("cost", "cpi"), "ranges"] > 200


def by_hand(rows, of, method):
    """Ranges given and held, each made from the rows of its day alone."""
    given = held = 0
    now = budget.past_estimates(rows)
    now = now[(now["of"] == of) & (now["method"] == method)]
    for one in now.itertuples():
        told = rows[(rows["workstream"] == one.workstream) & (rows["ends_on"] == one.made_on)]
        known = budget.past_estimates(rows[rows["ends_on"] <= one.made_on].reset_index(drop=True))
        known = known[(known["of"] == of) & (known["method"] == method)]
        near = known[(known["share_done"] - told["share_done"].iloc[0]).abs() <= NEAR_SHARE]
        came_to = np.sort(near["came_to"].to_numpy())
        if len(came_to) < budget.FEWEST_PAST:
            continue
        low, high = (came_to[int(np.ceil(part * len(came_to))) - 1] for part in (0.1, 0.9))
        given += 1
        held += low <= one.came_to <= high
    return given, held


@pytest.mark.parametrize(("of", "method"), [("cost", "cpi"), ("time", "es2")])
def test_a_range_is_made_of_nothing_that_came_after_its_day(of, method):
    late = ("Late", [10.0] * 16, [0.0, 0.0, *[8.0] * 14], [6.0] * 16)
    streams = [*many(4, 3), ("Slow", [10.0] * 20, [7.0] * 20, [9.0] * 20), late]
    rows = earned(*streams, by="workstream")
    told = budget.range_record(rows).set_index(["of", "method"]).loc[(of, method)]
    given, held = by_hand(rows, of, method)
    assert given > 20
    assert (told["ranges"], told["held"]) == (given, held)


def test_with_too_short_a_past_no_range_could_have_been_given():
    told = record_of(CORE)
    assert told["ranges"].sum() == 0
    assert told["held_share"].isna().all()


def test_what_past_work_earned_is_held_against_what_the_budget_asks_for():
    begun = ("New", [10.0] * 10, [9.0] * 5, [10.0] * 5)
    stands = budget.standing(earned(begun))
    told = budget.reach(stands, past_of(*many(12, 3))).iloc[0]
    assert told["tcpi_budget"] == pytest.approx(55 / 50)
    assert told["cpi"] == pytest.approx(0.9)
    assert told["low"] < told["high"]
    # those past rests that earned 1.10 for each 1.00, and no others
    past = past_of(*many(12, 3)).query("of == 'cost' and method == 'budget_rate'")
    near = past[(past["share_done"] - 0.45).abs() <= NEAR_SHARE]
    assert told["reached"] == pytest.approx((1 / near["came_to"] >= 1.1).mean())
    assert told["past_estimates"] == len(near)


def test_where_the_budget_is_spent_or_the_work_done_nothing_can_be_reached():
    spent = ("Spent", [10, 10, 10], [5, 5], [20, 20])
    done = ("Done", [10, 10], [10, 10], [12, 12])
    for stream in (spent, done):
        assert budget.reach(budget.standing(earned(stream)), past_of(STEADY)).empty


def test_few_past_rests_give_no_range():
    begun = ("New", [10.0] * 10, [9.0] * 5, [10.0] * 5)
    told = budget.reach(budget.standing(earned(begun)), past_of(CORE)).iloc[0]
    assert pd.isna(told["low"])
    assert pd.isna(told["reached"])
