"""Laws of durations: that of a range, that of the past, and what activities share."""

import numpy as np
import pytest

from tests.metrics.schedule_risk.test_futures import plan_of, spread
from tests.metrics.schedules import program_of, work
from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics import schedule_risk as metric


def test_of_a_lognormal_law_a_tenth_lies_beyond_either_end_of_the_range():
    plan = plan_of(program_of([spread("a", 10, 14, 40)]))
    days = metric.trials(metric.with_law(plan, "lognormal"), trials=20_000)["days_left"]
    assert (days < 10).mean() == pytest.approx(0.1, abs=0.01)
    assert (days > 40).mean() == pytest.approx(0.1, abs=0.01)
    # the median of a lognormal law lies between its 10th and 90th percentile: sqrt(10 x 40)
    assert days.median() == pytest.approx(20, abs=0.3)
    # and its mean above: 20 exp(s^2 / 2), where s = ln(4) / (2 x 1.2816)
    assert days.mean() == pytest.approx(20 * np.exp((np.log(4) / 2.5631) ** 2 / 2), abs=0.4)


def test_a_lognormal_law_of_work_that_may_take_no_time_is_refused_with_its_row():
    plan = plan_of(program_of([spread("a", 1, 6, 9), spread("b", 0, 6, 9), work("c", 3)]))
    with pytest.raises(InvalidTableError, match="no lognormal law reaches 0") as caught:
        metric.with_law(plan, "lognormal")
    assert caught.value.failures["row"].tolist() == [1]


def finished(team, kind, ratios):
    """Activities of five planned days each, that took `ratios` times as long."""
    return [
        work(
            f"{team}{kind}{number}",
            5,
            team=team,
            kind=kind,
            actual_start_on="2025-01-06",
            actual_finish_on=str(np.busday_offset("2025-01-05", 5 * ratio, roll="backward")),
        )
        for number, ratio in enumerate(ratios)
    ]


def test_history_is_drawn_from_the_program_to_team_and_kind_and_to_both():
    done = [
        *finished("Core", "Build", [1] * 10),
        *finished("Core", "Test", [2] * 10),
        *finished("Other", "Test", [3] * 10),
    ]
    program = program_of([*done, work("a", 10, team="Core", kind="Test")])
    ratios = metric.duration_ratios(program.activities, program.links, until=program.as_of)
    plan = plan_of(program)
    told = metric.history(plan, ratios).iloc[0]
    assert told[["of_both", "of_team", "of_kind", "of_all"]].tolist() == [10, 20, 20, 30]
    # all: 2. Team: 2/3 of 1.5 and 1/3 of 2. Kind: 2/3 of 2.5 and 1/3 of 2. Half of either, and
    # of both team and kind half again: 2
    days = metric.trials(metric.learned(plan, ratios), trials=8000)["days_left"]
    behind = ((2 / 3 * 1.5 + 1 / 3 * 2) + (2 / 3 * 2.5 + 1 / 3 * 2)) / 2
    assert days.mean() == pytest.approx(10 * (0.5 * 2 + 0.5 * behind), abs=0.15)


def test_of_a_kind_without_a_team_the_kind_alone_teaches():
    done = [*finished("Core", "Build", [1] * 10), *finished("Core", "Test", [3] * 10)]
    program = program_of([*done, work("a", 10, kind="Test"), work("b", 10)])
    ratios = metric.duration_ratios(program.activities, program.links, until=program.as_of)
    told = metric.history(plan_of(program), ratios)
    assert told["of_kind"].tolist() == [10, 0]
    assert told["of_team"].tolist() == [0, 0]
    # of the kind three quarters are drawn at 3, of neither team nor kind half of all at 1
    assert told["middle"].tolist() == [3, 1]


def test_what_all_activities_share_correlates_those_of_different_teams():
    program = program_of(
        [spread(key, 5, 10, 20, team=key) for key in "abcd"],
        [("a", "b"), ("b", "c"), ("c", "d")],
    )
    plan = plan_of(program)
    apart, together = (
        metric.trials(metric.correlated(plan, correlation=0.8, shared=shared), trials=4000)
        for shared in (0, 0.8)
    )
    assert together["days_left"].std() > 1.5 * apart["days_left"].std()


def test_more_in_common_among_all_than_within_a_team_is_refused():
    with pytest.raises(ParameterError, match="those of one team share too"):
        metric.correlated(plan_of(program_of([work("a", 5)])), correlation=0.2, shared=0.3)
