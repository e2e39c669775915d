"""Teams that fall short together: found in their history, carried into what all promise, scored."""

import numpy as np
import pandas as pd
import pytest

from tests.metrics.forecasts import asked, program_of, steady
from tpm_analytics.metrics import forecast
from tpm_analytics.results.forecast import ALL_TEAMS, CommonLuck, Deliveries, Scored

MONTHS, MONTH = 30, 20


def teams(*months):
    """Teams that finish in each working day of a month what its number says."""
    days = pd.bdate_range("2020-01-06", periods=MONTHS * MONTH).as_unit("us")
    return Deliveries.validate(
        pd.concat(
            pd.DataFrame(
                {
                    "team": f"team {number}",
                    "day_on": days,
                    "working": True,
                    "finished": np.repeat(np.asarray(counts, dtype=float), MONTH),
                    "measure": "items",
                    "basis": "own",
                    "sharing": 1.0,
                    "common": 0.0,
                }
            )
            for number, counts in enumerate(months)
        )
    )


def drawn(seed):
    return np.random.default_rng(seed).integers(0, 5, MONTHS)


def test_teams_that_do_the_same_have_nearly_all_luck_in_common():
    (row,) = forecast.common_luck(teams(drawn(1), drawn(1))).itertuples()
    assert row.teams == 2
    assert row.months > 20
    assert row.correlation == pytest.approx(1)
    assert row.common > 0.85


def test_teams_that_have_nothing_to_do_with_each_other_have_none():
    (row,) = forecast.common_luck(teams(drawn(1), drawn(2), drawn(3))).itertuples()
    assert row.common <= 0.05


def test_teams_that_go_against_each_other_count_as_independent():
    (row,) = forecast.common_luck(teams(drawn(1), 4 - drawn(1))).itertuples()
    assert row.correlation < -0.5
    assert row.common == 0


def test_one_team_or_none_has_nothing_in_common():
    assert forecast.common_luck(teams(drawn(1))).empty
    assert forecast.common_luck(Deliveries.empty()).empty
    assert forecast.looking_back_at_once(teams(drawn(1))).empty


def test_common_luck_makes_all_done_earlier_and_never_before_the_last_team():
    program = program_of(steady(120, team="a", open_items=20), steady(120, team="b", open_items=20))
    pace, left, calendar = asked(program)
    each = forecast.when(pace, left, calendar)
    alone = forecast.joint(each, left, pace)["chance"].to_numpy()
    luck = CommonLuck.validate(
        pd.DataFrame({"teams": [2], "months": [12], "correlation": [0.6], "common": [0.6]})
    )
    shared = forecast.with_common_luck(pace, luck)
    alike = forecast.joint(each, left, shared)["chance"].to_numpy()
    wide = each.pivot_table(index="day_on", columns="team", values="chance")
    assert (alike <= wide.min(axis=1).to_numpy() + 1e-12).all()
    assert (alike >= alone - 1e-4).all()
    assert alike.sum() > alone.sum()


def test_common_luck_makes_what_all_finish_less_sure():
    program = program_of(
        *(steady(120, team=name, open_items=60, a_day=2) for name in ("a", "b", "c"))
    )
    pace, left, calendar = asked(program)
    by = program.as_of + pd.Timedelta(days=28)
    plain = forecast.how_many(pace, left, calendar, by=by)
    luck = pd.DataFrame({"common": [0.5]})
    alike = forecast.how_many(forecast.with_common_luck(pace, luck), left, calendar, by=by)
    surest = [forecast.amounts(one, shares=[0.95])["amount"].item() for one in (plain, alike)]
    assert surest[1] < surest[0]


def test_looking_back_on_all_at_once_counts_teams_that_kept_theirs():
    told = forecast.looking_back_at_once(teams(drawn(1), drawn(2)))
    assert set(told["team"]) == {ALL_TEAMS}
    assert set(told["measure"].astype(str)) == {"teams"}
    assert told["amount"].eq(2).all()
    held = told["outcome"].astype(str) == "held"
    assert (held == (told["actual"] == 2)).all()
    assert told.groupby("as_of").size().eq(4).all()
    # the surer, the less is promised of each
    assert told.groupby("share")["credit"].mean().is_monotonic_increasing


def test_looking_back_on_all_at_once_sees_only_the_months_before():
    first, second = drawn(1), drawn(2)
    whole = forecast.looking_back_at_once(teams(first, second))
    changed = forecast.looking_back_at_once(teams(np.r_[first[:-1], 9], np.r_[second[:-1], 0]))
    earlier = whole["as_of"] < whole["as_of"].max()
    columns = ["as_of", "share", "actual", "credit"]
    pd.testing.assert_frame_equal(whole.loc[earlier, columns], changed.loc[earlier, columns])


def test_the_record_tells_promises_for_all_at_once_apart():
    past = teams(drawn(1), drawn(2))
    record = forecast.track_record(
        Scored.empty(), forecast.looking_back(past), forecast.looking_back_at_once(past)
    )
    single = record[record["origin"] == "looking back"]
    counts = record[record["share"] == 0.85].set_index("origin")["forecasts"]
    assert counts["looking back"] == 2 * counts["all teams at once"]
    # the figure of the page stays that of single teams
    likely = single[single["share"] == 0.85].iloc[0]
    assert forecast.kept(record, share=0.85) == likely["held"] / likely["forecasts"]
