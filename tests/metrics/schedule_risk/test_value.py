"""What taking something away wins, what the finish depends on, and what moved it: by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tests.metrics.schedule_risk.test_futures import plan_of, risks, spread
from tests.metrics.schedules import program_of, work
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics import schedule_risk as metric
from tpm_analytics.metrics import schedule_risk as moves


def won(program):
    told = metric.removals(plan_of(program), trials=500)
    return dict(zip(told["key"], told["won_days"], strict=True))


def test_taking_away_wins_what_the_next_longest_path_leaves():
    program = program_of([work("a", 4), work("b", 3), work("c", 6)], [("a", "b")])
    # a and b take 7 days, c takes 6: whatever of the first is gone, c is left
    assert won(program) == {"a": 1, "b": 1, "a → b": 1}


def test_a_certain_risk_is_worth_its_days_on_the_longest_path_and_nothing_off_it():
    struck = [
        {"probability": 1.0, "impact_days": 3.0, "affects_id": "a"},
        {"probability": 1.0, "impact_days": 2.0, "affects_id": "b"},
        {"probability": 1.0, "impact_cost": 9.0},
    ]
    program = program_of([work("a", 10), work("b", 2)], risks=risks(*struck))
    assert won(program) == {"R-1": 3, "R-2": 0, "a": 9}


def test_the_most_days_bought_come_first_and_the_page_can_name_them():
    told = metric.removals(plan_of(tpm.load("sample:")), trials=500)
    assert told["won_days"].is_monotonic_decreasing
    assert set(told["kind"]) == {"risk", "link", "activity"}
    assert told["key"].is_unique


@given(
    chance=st.floats(0.05, 1),
    days=st.integers(1, 20),
    seed=st.integers(0, 9),
    size=st.integers(1, 9),
)
@settings(max_examples=15)
def test_taking_something_away_never_costs_time_where_links_only_hold_back(
    chance, days, seed, size
):
    struck = {"probability": chance, "impact_days": float(days), "affects_id": "b"}
    program = program_of(
        [spread("a", size, size + 2, size + 5), work("b", 3), work("c", 5)],
        [("a", "b"), ("c", "b")],
        risks=risks(struck),
    )
    told = metric.removals(plan_of(program), trials=60, seed=seed)
    assert (told["won_days"] >= -0.001).all()
    assert (told["mean_days"] >= -0.001).all()
    assert (told["mean_days"] <= 20 + 17).all()


def test_an_activity_alone_is_always_critical_and_all_that_the_finish_depends_on():
    told = metric.activity_risk(plan_of(program_of([spread("a", 5, 10, 20)])), trials=500).iloc[0]
    assert told["criticality"] == 1
    assert told["cruciality"] == pytest.approx(1)
    assert told["sensitivity"] == pytest.approx(1)


def test_an_activity_that_cannot_vary_has_no_correlation_and_no_sensitivity():
    program = program_of([spread("a", 5, 10, 20), work("b", 1)])
    told = metric.activity_risk(plan_of(program), trials=500).set_index("activity_id")
    assert told.loc["b", "criticality"] == 0
    assert pd.isna(told.loc["b", "cruciality"])
    assert told.loc["b", "sensitivity"] == 0


def test_what_is_finished_is_not_looked_at():
    done = work("a", 3, actual_start_on="2025-02-03", actual_finish_on="2025-02-05")
    program = program_of([done, work("b", 3)], [("a", "b")])
    assert metric.activity_risk(plan_of(program), trials=9)["activity_id"].tolist() == ["b"]
    assert won(program) == {"b": 3}


def moved(before, now):
    told = moves.moved_finish(before, now, trials=50)
    return dict(zip(told["cause"], told["moved_days"], strict=True))


def changed(**causes):
    nothing = dict.fromkeys(
        ["time passed and work done", "scope", "estimates", "dependencies", "calendars", "risks"],
        0,
    )
    return nothing | causes


def test_each_cause_moves_what_it_alone_moves():
    before = program_of([work("a", 5), work("b", 5)])
    assert moved(before, before) == changed()
    assert moved(before, program_of([work("a", 5), work("b", 8)])) == changed(estimates=3)
    assert moved(before, program_of([work("a", 5), work("b", 5)], [("a", "b")])) == changed(
        dependencies=5
    )
    assert moved(before, program_of([work("a", 5), work("b", 5), work("c", 9)])) == changed(scope=4)
    struck = {"probability": 1.0, "impact_days": 2.0, "affects_id": "a"}
    with_risk = program_of([work("a", 5), work("b", 5)], risks=risks(struck))
    assert moved(before, with_risk) == changed(risks=2)
    later = program_of([work("a", 5), work("b", 5)], until=pd.Timestamp("2025-03-04"))
    assert moved(before, later) == changed(**{"time passed and work done": 2})


def test_causes_that_work_together_share_and_add_up_to_the_whole():
    before = program_of([work("a", 5), work("b", 5)])
    now = program_of([work("a", 5), work("b", 8)], [("a", "b")])
    # longer alone 3, tied alone 5, both 8
    assert moved(before, now) == changed(estimates=3, dependencies=5)
    parallel = program_of([work("a", 10), work("b", 5)])
    tied = program_of([work("a", 10), work("b", 8)], [("a", "b")])
    # longer alone 0, tied alone 5, both 8: the 3 that only both make are shared
    assert moved(parallel, tied) == changed(estimates=1.5, dependencies=6.5)


def test_a_holiday_more_is_told_as_calendars():
    team = {"person_id": ["P-1"], "team": ["Core"]}
    before = program_of([work("a", 40, team="Core")], people=pd.DataFrame(team))
    now = program_of([work("a", 40, team="Core")], people=pd.DataFrame(team | {"country": ["ES"]}))
    # Good Friday, 18 April 2025, is the one weekday off within 40 working days from 3 March
    assert moved(before, now)["calendars"] == 1


def test_an_absence_of_a_whole_team_is_told_as_calendars():
    team = pd.DataFrame({"person_id": ["P-1"], "team": ["Core"]})
    week = pd.DataFrame({"person_id": ["P-1"], "from_on": ["2025-03-10"], "to_on": ["2025-03-14"]})
    before = program_of([work("a", 10, team="Core")], people=team)
    now = program_of([work("a", 10, team="Core")], people=team, absences=week)
    assert moved(before, now) == changed(calendars=5)


def test_a_finish_moved_from_thursday_to_sunday_in_cairo_moved_by_a_working_day():
    cairo = pd.DataFrame({"person_id": ["P-1"], "team": ["Core"], "country": ["EG"]})
    before = program_of([work("a", 4, team="Core")], people=cairo)
    now = program_of([work("a", 5, team="Core")], people=cairo)
    told = moves.moved_finish(before, now, trials=50).iloc[0]
    # Monday 3 March to Thursday 6 March, then Sunday 9 March
    assert told[["cause", "moved_days"]].tolist() == ["estimates", 1]
    assert [told[on].strftime("%m-%d") for on in ("before_on", "now_on")] == ["03-06", "03-09"]


def test_an_earlier_day_given_second_is_refused():
    program = program_of([work("a", 5)])
    with pytest.raises(ParameterError, match="give the earlier program first"):
        moves.moved_finish(program, program.at(program.as_of - pd.Timedelta(days=1)))


def test_the_sample_moved_by_as_much_as_its_causes_add_up_to():
    now = tpm.load("sample:")
    before = now.at(now.as_of - pd.Timedelta(days=91))
    told = moves.moved_finish(before, now, trials=200)
    whole = pd.bdate_range(told["before_on"].iloc[0], told["now_on"].iloc[0]).size - 1
    assert told["moved_days"].sum() == pytest.approx(whole, abs=0.01)
