"""When work is done and how much by a day: steady teams by hand, and what always holds."""

import numpy as np
import pandas as pd
import pytest

from tests.metrics.forecasts import asked, program_of, steady
from tpm_analytics import ParameterError
from tpm_analytics.metrics import forecast
from tpm_analytics.results.forecast import ALL_TEAMS

DAY = pd.Timedelta(days=1)


def likely(program, **options):
    pace, left, calendar = asked(program, **options)
    together = forecast.joint(forecast.when(pace, left, calendar), left, pace)
    return forecast.day_for(forecast.finish_days(together), share=0.5)


def test_a_team_that_never_varies_is_done_about_when_division_says():
    program = program_of(steady(120, open_items=20))
    # 20 items at one a working day are 20 working days, four weeks
    assert abs((likely(program) - (program.as_of + 28 * DAY)).days) <= 3


def test_nothing_is_done_on_a_weekend():
    program = program_of(steady(120, open_items=20))
    pace, left, calendar = asked(program)
    told = forecast.when(pace, left, calendar).set_index("day_on")["chance"]
    change = told.diff().dropna()
    weekend = change.index.day_of_week >= 5
    assert change[weekend].eq(0).all()
    assert change[~weekend].gt(0).any()


def test_a_public_holiday_is_no_working_day_and_moves_the_answer():
    items = steady(120, open_items=3)
    people = pd.DataFrame({"person_id": ["P-1"], "team": ["core"], "country": ["ES"]})
    # the history ends on 2025-06-20; 24 June is a holiday in Catalonia only, 15 August everywhere
    plain, spain = program_of(items), program_of(items, people=people)
    pace, _, calendar = asked(spain)
    assumption = pd.Timestamp("2025-08-15")
    working = calendar[calendar["team"] == "core"].set_index("day_on")["working"]
    assert not working[assumption]
    assert working[assumption - DAY]
    _, _, weekdays = asked(plain)
    assert weekdays.set_index("day_on")["working"][assumption]
    # the history without its holidays: Epiphany and Good Friday are lost as working days
    days = pace.set_index("day_on")["working"]
    assert not days[pd.Timestamp("2025-04-18")]


def test_chances_never_fall_and_start_from_nothing():
    pace, left, calendar = asked(program_of(steady(90, open_items=7, a_day=2)))
    chance = forecast.when(pace, left, calendar)["chance"].to_numpy()
    assert chance[0] == 0
    assert (np.diff(chance) >= 0).all()
    assert chance[-1] > 0.99


def test_the_surer_the_later_and_the_surer_the_less():
    pace, left, calendar = asked(program_of(steady(90, open_items=30, a_day=2)))
    days = forecast.finish_days(forecast.when(pace, left, calendar))
    assert days["day_on"].is_monotonic_increasing
    many = forecast.how_many(pace, left, calendar, by=pace["day_on"].max() + 14 * DAY)
    promised = forecast.amounts(many)
    assert promised["amount"].is_monotonic_decreasing
    assert many["chance"].sum() == pytest.approx(1)


def test_how_many_and_when_are_one_law():
    """At least n by a day exactly as surely as n are done by that day."""
    pace, left, calendar = asked(program_of(steady(90, open_items=8)))
    by = pace["day_on"].max() + 12 * DAY
    many = forecast.how_many(pace, left, calendar, by=by)
    at_least = many.set_index("amount")["at_least"]
    done = forecast.chance_by(forecast.when(pace, left, calendar), day=by)
    assert at_least[8.0] == pytest.approx(done, abs=1e-6)


def test_all_teams_are_done_less_surely_than_any_one():
    program = program_of(steady(120, team="a", open_items=20), steady(120, team="b", open_items=20))
    pace, left, calendar = asked(program)
    each = forecast.when(pace, left, calendar)
    together = forecast.joint(each, left, pace)
    assert set(together["team"]) == {ALL_TEAMS}
    wide = each.pivot_table(index="day_on", columns="team", values="chance")
    by_hand = (wide["a"] * wide["b"]).to_numpy()
    np.testing.assert_allclose(together["chance"].to_numpy(), by_hand, atol=1e-12)


def test_without_a_forecast_of_one_team_there_is_none_of_all():
    program = program_of(steady(120, team="a"), steady(3, team="b"))
    pace, left, calendar = asked(program)
    short = pace[pace["team"] == "a"]
    told = forecast.when(short, left, calendar)
    assert set(told["team"]) == {"a"}
    assert forecast.joint(told, left, short).empty
    assert forecast.how_many(short, left, calendar, by=program.as_of + 7 * DAY).empty


def test_too_little_history_is_no_forecast_and_says_how_little():
    program = program_of(steady(8))
    pace, left, calendar = asked(program)
    assert forecast.when(pace, left, calendar).empty
    (row,) = forecast.basis(pace).itertuples()
    assert (row.days, row.finishes, row.enough) == (10, 8, False)


def test_points_are_counted_in_steps_of_their_scale():
    items = steady(120, open_items=10).assign(points=[0.5, 1.5] * 65)
    pace, left, calendar = asked(program_of(items), measure="points")
    assert left["amount"].tolist() == [10.0]
    # half a point or one and a half a day: ten points in about ten working days
    even = forecast.day_for(forecast.finish_days(forecast.when(pace, left, calendar)), share=0.5)
    assert abs((even - pace["day_on"].max()).days - 14) <= 3
    many = forecast.how_many(pace, left, calendar, by=pace["day_on"].max() + 7 * DAY)
    assert set(np.diff(many["amount"])) == {0.5}


def test_an_item_without_points_counts_as_the_average_and_is_counted():
    items = steady(20, open_items=2).assign(points=[4.0] * 20 + [2.0, None])
    (row,) = forecast.remaining(
        program_of(items).items, until=pd.Timestamp("2025-12-31"), measure="points"
    ).itertuples()
    assert (row.amount, row.unsized) == (2.0 + 4.0, 1)


def test_no_points_at_all_are_refused_in_words():
    with pytest.raises(ParameterError, match="carries points"):
        asked(program_of(steady(20)), measure="points")


@pytest.mark.parametrize("share", [0, 1, 85])
def test_a_share_that_is_none_is_refused(share):
    pace, left, calendar = asked(program_of(steady(60)))
    with pytest.raises(ParameterError, match=r"Did you mean 0\.85"):
        forecast.finish_days(forecast.when(pace, left, calendar), shares=[share])


def test_a_day_that_does_not_lie_ahead_is_refused():
    pace, left, calendar = asked(program_of(steady(60)))
    with pytest.raises(ParameterError, match="lies ahead"):
        forecast.how_many(pace, left, calendar, by=pace["day_on"].max())


def test_the_fan_starts_at_what_is_done_and_never_passes_what_is_asked():
    program = program_of(steady(90, open_items=30))
    pace, left, calendar = asked(program)
    days = forecast.finish_days(forecast.when(pace, left, calendar))
    done = forecast.burn_up(program.items, until=program.as_of)
    fan = forecast.fan(pace, left, calendar, done, days)
    assert fan.groupby("share")["done"].first().eq(90).all()
    assert fan["done"].max() == 120
    assert fan.groupby("share")["done"].apply(lambda line: line.is_monotonic_increasing).all()


def test_the_table_of_teams_ends_with_all_of_them():
    program = program_of(steady(120, team="a", open_items=5), steady(120, team="b", open_items=50))
    pace, left, calendar = asked(program)
    each = forecast.when(pace, left, calendar)
    told = forecast.by_team(
        left,
        forecast.basis(pace),
        forecast.finish_days(each),
        forecast.finish_days(forecast.joint(each, left, pace)),
    )
    assert told["team"].tolist() == ["b", "a", ALL_TEAMS]
    assert told["items"].tolist() == [50, 5, 55]
    assert told["basis"].tolist() == ["this work", "this work", "all of these"]
    assert told["likely_on"].iloc[2] >= told["likely_on"].iloc[0]


def test_pictures_of_many_teams_keep_those_done_last_and_few_points():
    days = pd.date_range("2025-01-01", periods=700)
    each = pd.concat(
        [
            pd.DataFrame(
                {
                    "team": f"team {number:02}",
                    "day_on": days,
                    "chance": np.clip((np.arange(700) - 10 * number) / 300, 0, 1),
                }
            )
            for number in range(20)
        ]
    )
    left = pd.DataFrame({"team": [f"team {number:02}" for number in range(20)]})
    independent = pd.DataFrame({"common": [0.0] * 20})
    shown = forecast.notable(each, forecast.joint(each, left, independent))
    assert sorted(shown["team"].unique()) == [
        ALL_TEAMS,
        *(f"team {number:02}" for number in range(8, 20)),
    ]
    assert len(shown) <= 4100
    assert shown["day_on"].max() == pd.Timestamp("2025-01-01") + 490 * DAY
