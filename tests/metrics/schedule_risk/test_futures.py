"""Futures of the remaining work: by hand, as properties, and on bad input."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tests.metrics.schedules import SUNDAY, program_of, work
from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics import schedule_risk as metric
from tpm_analytics.metrics.schedule import critical_path as plans
from tpm_analytics.metrics.schedule_risk import plan as planned
from tpm_analytics.results.schedule_risk import Ratios


def plan_of(program, **options):
    struck = planned.strikes(program.risks, program.activities, program.milestones)
    return planned.uncertain_plan(
        program.activities, program.links, struck, until=program.as_of, **options
    )


def risks(*rows):
    return pd.DataFrame(
        [{"risk_id": f"R-{n}", "opened_on": "2025-01-06"} | row for n, row in enumerate(rows, 1)]
    )


def spread(key, low, likely, high, **more):
    return work(key, likely, optimistic_days=low, pessimistic_days=high, **more)


def test_work_without_doubts_ends_when_the_schedule_says_and_costs_its_budget():
    program = program_of([work("a", 3, budget=300), work("b", 2, budget=100)], [("a", "b")])
    told = metric.trials(plan_of(program), trials=50)
    assert told["finish_on"].dt.strftime("%m-%d").unique().tolist() == ["03-07"]
    assert told["days_left"].unique().tolist() == [5]
    assert told["cost"].unique().tolist() == [400]


def test_of_begun_work_the_share_left_is_drawn_and_paid():
    program = program_of(
        [spread("a", 8, 10, 20, actual_start_on="2025-02-17", percent_complete=0.5, budget=1000)]
    )
    told = metric.trials(plan_of(program), trials=4000)
    assert told["days_left"].between(4, 10).all()
    # PERT mean of 4, 5, 10 is 34 / 6 days at 100 a day
    assert told["days_left"].mean() == pytest.approx(34 / 6, abs=0.1)
    assert told["cost"].mean() == pytest.approx(3400 / 6, abs=10)


def test_a_risk_delays_its_activity_in_its_share_of_the_futures_and_costs_beside():
    struck = {"probability": 0.25, "impact_days": 5.0, "impact_cost": 1000.0, "affects_id": "a"}
    program = program_of([work("a", 5)], risks=risks(struck))
    told = metric.trials(plan_of(program), trials=8000)
    assert sorted(told["finish_on"].dt.strftime("%m-%d").unique()) == ["03-07", "03-14"]
    late = told["days_left"] == 10
    assert late.mean() == pytest.approx(0.25, abs=0.02)
    assert told.loc[late, "cost"].unique().tolist() == [1000]
    assert told.loc[~late, "cost"].unique().tolist() == [0]


def test_every_open_risk_is_told_with_what_is_counted_of_it():
    program = program_of(
        [work("a", 5), work("b", 5, actual_start_on="2025-02-03", actual_finish_on="2025-02-07")],
        milestones=pd.DataFrame(
            {"milestone_id": ["M-1", "M-2"], "activity_id": ["a", None], "done_on": [None, None]}
        ),
        risks=risks(
            *(
                {"probability": 0.5, "impact_days": 2.0, "impact_cost": 9.0, "affects_id": key}
                for key in ["a", "b", "M-1", "M-2", "nobody", None]
            ),
            {"impact_days": 2.0, "affects_id": "a"},
            {"probability": 0.5, "affects_id": "a", "status": "closed"},
        ),
    )
    told = planned.strikes(program.risks, program.activities, program.milestones)
    assert told["how"].tolist() == [
        planned.DELAYS,
        planned.STRIKES_FINISHED,
        planned.DELAYS_BY_MILESTONE,
        planned.STRIKES_UNKNOWN,
        planned.STRIKES_UNKNOWN,
        planned.NAMES_NOTHING,
        planned.NO_PROBABILITY,
    ]
    assert told["activity_id"].fillna("").tolist()[:3] == ["a", "", "a"]
    assert told["cost"].tolist() == [9, 9, 9, 9, 9, 9, 0]
    futures = metric.trials(plan_of(program), trials=4000)
    assert futures["cost"].mean() == pytest.approx(6 * 4.5, abs=1)


def test_without_any_cost_the_cost_is_unknown_and_not_nothing():
    told = metric.trials(plan_of(program_of([work("a", 3)])), trials=5)
    assert told["cost"].isna().all()
    assert metric.outlook(told)["cost"].isna().all()
    assert metric.frontier(told).empty


def test_nothing_left_to_do_has_no_futures():
    done = work("a", 3, actual_start_on="2025-02-03", actual_finish_on="2025-02-05")
    for program in (program_of([done]), program_of([done]).at(SUNDAY)):
        told = metric.trials(plan_of(program), trials=5)
        assert told.empty
        assert metric.outlook(told).empty
        assert metric.finish_curve(told).empty


def test_teams_with_other_holidays_end_on_their_own_days():
    program = program_of([work("a", 1, team="Core"), work("b", 1, team="Other")], [("a", "b")])
    off = plans.DaysOff.validate(
        pd.DataFrame({"team": ["Other", "Other"], "day_on": ["2025-03-04", "2025-03-05"]})
    )
    told = metric.trials(plan_of(program, days_off=off), trials=3)
    assert told["finish_on"].dt.strftime("%m-%d").unique().tolist() == ["03-06"]


@pytest.mark.parametrize(
    ("days", "finish", "left"), [(4, "03-06", 4), (5, "03-09", 5), (6, "03-10", 6)]
)
def test_a_program_in_cairo_ends_on_the_sunday_on_which_its_last_work_is_done(days, finish, left):
    cairo = {"person_id": ["P-1"], "team": ["Core"], "country": ["EG"]}
    program = program_of([work("a", days, team="Core")], people=pd.DataFrame(cairo))
    off = plans.days_off(program.people, until=program.as_of)
    told = metric.trials(plan_of(program, days_off=off), trials=3)
    assert told["finish_on"].dt.strftime("%m-%d").unique().tolist() == [finish]
    assert told["days_left"].unique().tolist() == [left]


def test_where_weekends_differ_the_program_ends_on_the_day_of_whoever_is_last():
    both = {"person_id": ["P-1", "P-2"], "team": ["Core", "Other"], "country": ["EG", "ES"]}
    work_of_both = [work("a", 5, team="Core"), work("b", 5, team="Other")]
    program = program_of(work_of_both, people=pd.DataFrame(both))
    off = plans.days_off(program.people, until=program.as_of)
    told = metric.trials(plan_of(program, days_off=off), trials=3)
    # Cairo is done on Sunday the 9th, Madrid on Friday the 7th
    assert told["finish_on"].dt.strftime("%m-%d").unique().tolist() == ["03-09"]


def test_percentiles_are_nearest_ranks_inside_their_intervals():
    program = program_of([spread("a", 10, 20, 40, budget=1000)])
    told = metric.outlook(metric.trials(plan_of(program), trials=2000, seed=3))
    assert told["certainty"].tolist() == [0.5, 0.8, 0.95]
    assert told["seed"].unique().tolist() == [3]
    assert (told["finish_low_on"] <= told["finish_on"]).all()
    assert (told["finish_on"] <= told["finish_high_on"]).all()
    assert (told["cost_low"] < told["cost"]).all()
    assert (told["cost"] < told["cost_high"]).all()


def test_of_a_hundred_seeds_the_interval_holds_the_true_value_about_95_times():
    plan = plan_of(program_of([spread("a", 10, 20, 40, budget=1000)]))
    true = metric.outlook(metric.trials(plan, trials=200_000, seed=999)).loc[1, "cost"]
    held = [
        told["cost_low"] <= true <= told["cost_high"]
        for seed in range(100)
        for told in [metric.outlook(metric.trials(plan, trials=500, seed=seed)).loc[1]]
    ]
    assert sum(held) >= 88


def test_the_curve_ends_at_all_and_a_pair_on_the_frontier_is_kept_in_its_share():
    program = program_of(
        [spread("a", 5, 8, 20, budget=1000), spread("b", 5, 8, 20, budget=500)], [("a", "b")]
    )
    futures = metric.trials(plan_of(program), trials=1000)
    curve = metric.finish_curve(futures)
    assert curve["certainty"].is_monotonic_increasing
    assert curve["certainty"].iloc[-1] == 1
    pairs = metric.frontier(futures, share=0.8)
    for pair in pairs.itertuples():
        kept = (futures["finish_on"] <= pair.finish_on) & (futures["cost"] <= pair.cost)
        assert kept.mean() >= 0.8
    assert pairs["cost"].is_monotonic_decreasing


def test_a_milestone_has_its_own_chance():
    program = program_of(
        [work("a", 5), work("b", 5)],
        [("a", "b")],
        milestones=pd.DataFrame(
            {
                "milestone_id": ["M-1", "M-2", "M-3"],
                "activity_id": ["a", "b", None],
                "due_on": ["2025-03-07", "2025-03-13", "2025-03-13"],
            }
        ),
    )
    told = metric.milestone_outlook(plan_of(program), program.milestones, trials=10)
    assert told["milestone_id"].tolist() == ["M-1", "M-2"]
    assert told["kept"].tolist() == [1, 0]
    assert told["p80_on"].dt.strftime("%m-%d").tolist() == ["03-07", "03-14"]


def test_paths_that_meet_end_later_than_each_does():
    program = program_of([spread(key, 10, 20, 30) for key in "abcde"])
    plan = plan_of(program)
    bias = metric.merge_bias(plan, metric.trials(plan, trials=4000)).iloc[0]
    assert bias["plain_on"] == bias["mean_durations_on"] == pd.Timestamp("2025-03-28")
    # five symmetric laws: all are at their mean or below in one future of 32
    assert bias["plain_kept"] == pytest.approx(1 / 32, abs=0.02)
    assert 3 < bias["bias_days"] < 6
    alone = plan_of(program_of([spread("a", 10, 20, 30)]))
    assert abs(metric.merge_bias(alone, metric.trials(alone)).iloc[0]["bias_days"]) < 0.2


def test_activities_of_one_team_vary_more_together_than_apart():
    program = program_of(
        [spread(key, 5, 10, 20, team="Core") for key in "abcd"],
        [("a", "b"), ("b", "c"), ("c", "d")],
    )
    plan = plan_of(program)
    apart, together = (
        metric.trials(one, trials=4000)["days_left"]
        for one in (plan, metric.correlated(plan, correlation=0.8))
    )
    assert together.mean() == pytest.approx(apart.mean(), abs=0.5)
    assert together.std() > 1.5 * apart.std()
    assert metric.trials(metric.correlated(plan, correlation=0), trials=9).equals(
        metric.trials(plan, trials=9)
    )


def test_finished_work_teaches_how_long_the_rest_takes():
    done = [
        work(f"d{n}", 5, team="Core", actual_start_on="2025-02-03", actual_finish_on=end)
        for n, end in enumerate(["2025-02-07", "2025-02-14"])
    ]
    program = program_of([*done, work("a", 10, team="Core")])
    ratios = metric.duration_ratios(program.activities, program.links, until=program.as_of)
    assert ratios["ratio"].tolist() == [1, 2]
    told = metric.trials(metric.learned(plan_of(program), ratios), trials=4000)
    assert told["days_left"].mean() == pytest.approx(15, abs=0.3)
    assert told["days_left"].between(10, 20).all()


def test_a_team_with_little_history_is_drawn_towards_all_teams():
    done = [
        work(f"d{n}", 5, team="Core", actual_start_on="2025-02-03", actual_finish_on="2025-02-07")
        for n in range(10)
    ]
    slow = work("s", 5, team="Slow", actual_start_on="2025-02-03", actual_finish_on="2025-02-14")
    program = program_of([*done, slow, work("a", 10, team="Slow")])
    ratios = metric.duration_ratios(program.activities, program.links, until=program.as_of)
    told = metric.trials(metric.learned(plan_of(program), ratios), trials=8000)
    # own ratio 2 with the weight 1/11; all teams' mean ratio 12/11 with the weight 10/11
    assert told["days_left"].mean() == pytest.approx(10 * (2 / 11 + 120 / 121), abs=0.15)


def test_without_history_the_three_points_stay():
    plan = plan_of(program_of([spread("a", 5, 10, 20)]))
    assert metric.learned(plan, Ratios.empty()) is plan


def test_the_triangular_law_is_wider_than_that_of_pert():
    plan = plan_of(program_of([spread("a", 0, 10, 60)]))
    pert, wide = (
        metric.trials(one, trials=4000)["days_left"].mean()
        for one in (plan, metric.with_law(plan, "triangular"))
    )
    assert pert == pytest.approx(100 / 6, abs=0.5)
    assert wide == pytest.approx(70 / 3, abs=0.6)


def test_a_likely_duration_outside_the_two_others_is_named_with_its_row():
    program = program_of([spread("a", 5, 6, 9), spread("b", 5, 12, 9)])
    with pytest.raises(InvalidTableError, match="lies outside optimistic_days") as caught:
        plan_of(program)
    assert caught.value.failures["row"].tolist() == [1]


@pytest.mark.parametrize(
    "call",
    [
        lambda plan: metric.trials(plan, trials=0),
        lambda plan: metric.trials(plan, seed=-1),
        lambda plan: metric.frontier(metric.trials(plan, trials=2), share=80),
        lambda plan: metric.correlated(plan, correlation=30),
        lambda plan: metric.with_law(plan, "weibull"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(call):
    with pytest.raises(ParameterError):
        call(plan_of(program_of([work("a", 1)])))


@given(
    points=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5
    ),
    chained=st.booleans(),
    seed=st.integers(0, 99),
)
@settings(max_examples=25)
def test_every_future_lies_between_the_best_and_the_worst_schedule(points, chained, seed):
    rows = [
        spread(f"a{n}", low, low + up, low + up + more) for n, (low, up, more) in enumerate(points)
    ]
    keys = [row["activity_id"] for row in rows]
    links = list(pairwise(keys)) if chained else []
    told = metric.trials(plan_of(program_of(rows, links)), trials=40, seed=seed)["days_left"]
    whole = np.sum if chained else np.max
    assert told.min() >= whole([row["optimistic_days"] for row in rows]) - 0.01
    assert told.max() <= whole([row["pessimistic_days"] for row in rows]) + 0.01


def test_the_sample_ends_later_with_its_risks_than_without():
    program = tpm.load("sample:")
    with_risks = metric.outlook(metric.trials(plan_of(program), trials=2000))
    empty = planned.Strikes.empty()
    bare = planned.uncertain_plan(program.activities, program.links, empty, until=program.as_of)
    without = metric.outlook(metric.trials(bare, trials=2000))
    assert (with_risks["finish_on"] > without["finish_on"]).all()
    assert (with_risks["cost"] > without["cost"]).all()
