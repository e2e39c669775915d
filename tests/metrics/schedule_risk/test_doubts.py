"""What a simulated finish assumes, leaves out, and how settled it is: by hand."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.schedule_risk.test_futures import plan_of, risks, spread
from tests.metrics.schedules import program_of, work
from tpm_analytics.metrics import schedule_risk as futures
from tpm_analytics.metrics import schedule_risk as laws
from tpm_analytics.metrics import schedule_risk as metric
from tpm_analytics.metrics.schedule_risk.doubts import USUAL
from tpm_analytics.results.schedule_risk import Ratios

NO_HISTORY = Ratios.empty()


def moved(program, ratios=NO_HISTORY, **options):
    told = metric.assumptions(plan_of(program), ratios, **{"trials": 400} | options)
    return dict(zip(told["assumption"], told["moved_days"], strict=True))


def test_work_without_a_range_is_counted_and_the_range_of_the_others_borrowed():
    program = program_of(
        [
            spread("a", 8, 10, 20),
            spread("b", 9, 10, 16),
            work("c", 30),
            work("d", 5, optimistic_days=4),
            work("e", 0),
            work("f", 9, actual_start_on="2025-02-03", actual_finish_on="2025-02-14"),
        ]
    )
    told = metric.ranges(plan_of(program)).iloc[0]
    assert told[["activities", "certain", "days_left", "certain_days"]].tolist() == [4, 2, 55, 35]
    assert told[["borrowed_low", "borrowed_high"]].tolist() == pytest.approx([0.85, 1.8])
    # c alone sets the finish: certain it takes 30 days, borrowed it may take 25.5 to 54
    borrowed = metric.with_borrowed_ranges(plan_of(program))
    days = futures.trials(borrowed, trials=4000)["days_left"]
    assert days.mean() == pytest.approx(30 * (0.85 + 4 + 1.8) / 6, abs=0.3)
    assert moved(program)["a range for work that has none"] > 3


def test_of_work_that_is_under_way_what_is_left_is_given_a_range():
    program = program_of(
        [
            spread("a", 8, 10, 20),
            work("b", 40, actual_start_on="2025-02-03", percent_complete=0.5),
        ]
    )
    days = futures.trials(metric.with_borrowed_ranges(plan_of(program)), trials=4000)["days_left"]
    assert days.min() >= 16
    assert days.max() <= 40


def test_where_no_work_has_a_range_none_is_invented():
    program = program_of([work("a", 5), work("b", 3)])
    plan = plan_of(program)
    told = metric.ranges(plan).iloc[0]
    assert told["certain"] == 2
    assert pd.isna(told["borrowed_high"])
    assert metric.with_borrowed_ranges(plan) is plan
    assert "a range for work that has none" not in moved(program)


def test_each_assumption_moves_the_finish_as_it_must():
    struck = {"probability": 1.0, "impact_days": 7.0, "affects_id": "a"}
    program = program_of(
        [spread("a", 5, 10, 30, team="Core"), spread("b", 5, 10, 30, team="Other")],
        [("a", "b")],
        risks=risks(struck),
    )
    told = moved(program, trials=2000)
    assert told[USUAL] == 0
    assert told["none of the risks"] == pytest.approx(-7, abs=0.01)
    assert told["a triangular law"] > 1
    assert told["all teams early or late together"] > 0.1
    assert "as the finished work went" not in told


def test_the_lognormal_law_is_left_out_where_something_may_take_no_time():
    told = moved(program_of([spread("a", 0, 10, 30)]))
    assert not any("lognormal" in assumption for assumption in told)


def test_the_sample_tells_every_assumption_but_that_of_work_without_a_range():
    program = tpm.load("sample:")
    ratios = laws.duration_ratios(program.activities, program.links, until=program.as_of)
    assert len(moved(program, ratios)) == 7


def test_the_first_futures_alone_are_told_of_and_the_interval_narrows():
    told = futures.trials(plan_of(program_of([spread("a", 10, 20, 60)])), trials=5000)
    steps = metric.convergence(told)
    assert steps["trials"].tolist() == [100, 200, 500, 1000, 2000, 5000]
    width = steps["finish_high_on"] - steps["finish_low_on"]
    assert width.iloc[-1] < width.iloc[0]
    assert steps["finish_on"].iloc[-1] == futures.outlook(told)["finish_on"].iloc[1]


def test_a_day_and_a_cost_are_kept_together_less_often_than_each():
    program = program_of(
        [spread("a", 5, 8, 20, budget=1000), spread("b", 5, 8, 20, budget=500)], [("a", "b")]
    )
    told = futures.trials(plan_of(program), trials=1000)
    both = metric.together(told)
    assert (both["both"] < both["certainty"]).all()
    assert (both["both"] >= 2 * both["certainty"] - 1).all()
    assert metric.together(told.assign(cost=float("nan"))).empty
