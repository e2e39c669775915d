"""Process behaviour of any table: limits by group, signals as stretches, bad input."""

import pandas as pd
import pytest

from tpm_analytics import MissingColumnsError, ParameterError
from tpm_analytics.metrics import process_behaviour

STEADY = [10, 12, 9, 11, 12, 10, 9, 11, 10, 12]


def weeks(values, *, team=None):
    table = pd.DataFrame(
        {
            "period_on": pd.date_range("2025-01-06", periods=len(values), freq="W-MON", unit="us"),
            "items": pd.Series(values, dtype="Float64"),
        }
    )
    return table if team is None else table.assign(team=pd.Categorical([team] * len(values)))


def held(values, **options):
    return process_behaviour.behaviour(weeks(values), value="items", **options)


def test_limits_by_hand():
    row = held([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]).iloc[-1]
    assert row["centre"] == pytest.approx(50.81)
    assert row["upper"] == pytest.approx(55.8048889)
    assert row["lower"] == pytest.approx(45.8151111)
    assert row["upper_range"] == pytest.approx(6.13657778)
    assert row["moving_range"] == pytest.approx(1.5)
    assert row["figures"] == 10


def test_a_lower_limit_below_zero_is_cut_off_only_where_nothing_is_negative():
    assert held([0, 9, 1, 8, 0, 9])["lower"].iloc[0] == 0
    assert held([0, 9, -1, 8, 0, 9])["lower"].iloc[0] < -10


def test_steady_figures_are_no_signals_and_a_wild_one_is():
    assert held(STEADY)["signal"].isna().all()
    found = held([*STEADY, 30])
    assert found["signal"].tolist()[-1] == "outside the limits"
    assert bool(found["jump"].iloc[-1])


def test_each_team_has_its_own_limits():
    both = pd.concat([weeks(STEADY, team="a"), weeks([v * 10 for v in STEADY], team="b")])
    found = process_behaviour.behaviour(both, value="items", by="team")
    assert found.groupby("group")["centre"].first().to_dict() == {"a": 10.6, "b": 106.0}
    # the first figure of a team lies no distance from the last of another
    assert found.groupby("group")["moving_range"].count().to_dict() == {"a": 9, "b": 9}
    assert found["signal"].isna().all()


def test_a_team_without_a_name_is_a_group_too():
    both = pd.concat([weeks(STEADY, team="a"), weeks(STEADY).assign(team=None)])
    found = process_behaviour.levels(process_behaviour.behaviour(both, value="items", by="team"))
    assert found["group"].isna().tolist() == [False, True]
    assert found["figures"].tolist() == [10, 10]


def test_few_figures_have_no_limits_and_raise_no_signal():
    found = held([1, 2, 1, 100])
    assert found["upper"].isna().all()
    assert found["signal"].isna().all()


def test_unknown_figures_are_left_out_and_order_does_not_matter():
    shuffled = weeks([10, None, 12, 9, 11, 12]).iloc[::-1]
    found = process_behaviour.behaviour(shuffled, value="items")
    assert found["value"].tolist() == [10, 12, 9, 11, 12]
    assert found["moving_range"].tolist()[1:] == [2, 3, 2, 1]


def test_where_most_figures_repeat_the_median_gives_way_to_the_mean_and_says_so():
    assert set(held([0, 0, 0, 0, 3, 0, 0], spread="median")["spread"]) == {"mean"}
    assert set(held(STEADY, spread="median")["spread"]) == {"median"}


def test_a_run_is_one_signal_and_lasts_to_the_newest_figure():
    found = process_behaviour.signals(held([10, 20] * 6 + [18, 19, 17, 18, 19, 18, 17, 18]))
    run = found[found["signal"].str.startswith("eight")].iloc[0]
    # the 20 before belongs to it as well
    assert (run["figures"], run["side"], bool(run["lasting"])) == (9, "above", True)
    assert run["level"] == pytest.approx((20 + 144) / 9)


def test_signals_are_listed_newest_first_and_those_long_past_do_not_last():
    found = process_behaviour.signals(held([*STEADY, 40, *STEADY, *STEADY]))
    assert found["to_on"].is_monotonic_decreasing
    past = found[found["signal"] == "outside the limits"]
    assert past["level"].tolist() == [40]
    assert not past["lasting"].any()


def test_a_figure_outside_is_not_listed_again_as_a_jump():
    found = process_behaviour.signals(held([*STEADY, 40, *STEADY]))
    out = found.loc[found["signal"] == "outside the limits", "to_on"]
    jumps = found.loc[found["signal"] == "larger change than expected", "to_on"]
    assert len(out) == 1
    # neither is the way back from it
    assert not len(jumps)


def test_a_jump_between_two_usual_figures_is_a_signal():
    found = held([20, 21, 20, 22, 21, 14, 20, 21, 22, 21, 20, 29, 14, 21, 20, 21])
    jumps = process_behaviour.signals(found)
    assert "larger change than expected" in set(jumps["signal"])


def test_levels_say_what_the_next_figure_will_be():
    row = process_behaviour.levels(held([*STEADY, 40])).iloc[0]
    assert (row["latest"], row["lasting"], row["figures"]) == (40, "outside the limits", 11)
    assert row["lower"] < row["centre"] < row["upper"]


def test_figures_after_a_change_are_held_against_those_before():
    after = [v + 6 for v in STEADY]
    found = held([*STEADY, *after])
    until = found["period_on"].iloc[len(STEADY) - 1]
    frozen = process_behaviour.held_against(found, until=until)
    assert frozen["centre"].iloc[-1] == pytest.approx(10.6)
    assert frozen["figures"].iloc[-1] == 10
    assert frozen["signal"].notna().to_numpy()[len(STEADY) :].all()
    # the last figure before lies above the centre: the run begins with it
    assert frozen["signal"].isna().to_numpy()[: len(STEADY) - 1].all()


def test_a_group_without_figures_before_the_change_is_left_out():
    found = held(STEADY)
    assert process_behaviour.held_against(found, until=pd.Timestamp("2020-01-01")).empty


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: process_behaviour.behaviour(weeks(STEADY), value="points"), MissingColumnsError),
        (lambda: held(STEADY, by="team"), MissingColumnsError),
        (lambda: held(STEADY, spread="sigma"), ParameterError),
        (lambda: process_behaviour.behaviour(weeks(STEADY), value="period_on"), ParameterError),
        (lambda: held(STEADY, period="items"), ParameterError),
        (lambda: held([1, float("inf"), 2]), ParameterError),
    ],
)
def test_impossible_input_is_refused(call, error):
    with pytest.raises(error):
        call()
