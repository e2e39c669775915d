"""Forecasts move with the people, the scope, the days and the past that a what-if assumes."""

import numpy as np
import pandas as pd
import pytest

import tpm_analytics as tpm
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics import forecast, resources
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import (
    Holiday,
    PeopleAdded,
    PeopleLeaving,
    Scenario,
    ScopeAdded,
    ScopeCut,
)
from tpm_analytics.program.what_if import applied
from tpm_analytics.results.forecast import Deliveries

MONDAY = pd.Timestamp("2025-03-03")


def calendar(team="core", days=5):
    on = pd.date_range(MONDAY, periods=days, unit="us")
    return pd.DataFrame({"team": team, "day_on": on, "working": True, "pace": 1.0})


def change(*ratios, team="core"):
    on = pd.date_range(MONDAY, periods=len(ratios), unit="us")
    return pd.DataFrame({"team": team, "from_on": on, "ratio": list(ratios)})


def test_a_day_counts_as_the_ratio_that_holds_on_it():
    paced = forecast.at_pace(calendar(), change(1.0, 1.5, np.nan, 0.5))
    assert paced["pace"].tolist() == [1.0, 1.5, 1.0, 0.5, 0.5]


def test_days_before_the_change_and_other_teams_keep_their_pace():
    later = change(2.0).assign(from_on=MONDAY + pd.Timedelta(days=3))
    both = pd.concat([calendar(), calendar("apps")], ignore_index=True)
    paced = forecast.at_pace(both, later)
    assert paced["pace"].tolist() == [1, 1, 1, 2, 2, 1, 1, 1, 1, 1]


def one_a_day(days=120):
    """One item finished on every day: the pace is beyond doubt."""
    on = pd.date_range(MONDAY - pd.Timedelta(days=days - 1), MONDAY, unit="us")
    told = {"team": "core", "day_on": on, "working": True, "finished": 1.0}
    same = {"measure": "items", "basis": "own", "sharing": 1.0, "common": 0.0}
    return pd.DataFrame({**told, **same})


def left(amount):
    told = {"team": ["core"], "items": [amount], "amount": [float(amount)], "unsized": [0]}
    return pd.DataFrame({**told, "measure": "items"})


@pytest.mark.parametrize(("ratio", "days"), [(1.0, 20), (2.0, 10), (0.5, 40), (1.25, 16)])
def test_twice_the_pace_takes_half_the_days(ratio, days):
    paced = forecast.at_pace(calendar(days=90), change(ratio))
    told = forecast.finish_days(forecast.when(one_a_day(), left(20), paced), shares=[0.5])
    assert told["days"].tolist() == [days]


def test_a_team_that_nobody_is_in_finishes_nothing():
    paced = forecast.at_pace(calendar(days=90), change(0.0))
    told = forecast.finish_days(forecast.when(one_a_day(), left(20), paced))
    assert told["day_on"].isna().all()


@pytest.mark.parametrize("amount", [400, 1000])
def test_how_many_follows_the_pace_however_much_is_left(amount):
    paced = forecast.at_pace(calendar(days=90), change(1.5))
    by = MONDAY + pd.Timedelta(days=20)
    told = forecast.how_many(one_a_day(), left(amount), paced, by=by)
    assert (told["amount"] * told["chance"]).sum() == pytest.approx(30, abs=0.5)


def test_a_window_keeps_the_last_weeks_of_the_past():
    told = forecast.recent(one_a_day(), weeks=2)
    assert len(told) == 14
    assert told["day_on"].max() == MONDAY
    assert len(forecast.recent(one_a_day())) == 120
    assert forecast.recent(Deliveries.empty(), weeks=2).empty
    with pytest.raises(ParameterError, match="are none"):
        forecast.recent(one_a_day(), weeks=-1)


def promises(data):
    """Days at 50 and 85 % for the one team, as the notebook has them."""
    items = forecast.trusted(data.items, forecast.doubts(data))
    span = forecast.from_first_to_last(items, until=data.as_of)
    days = forecast.working_days(data.people, data.absences, during=span)
    days = forecast.at_pace(days, resources.pace_change(data))
    work = forecast.remaining(forecast.work(items), until=data.as_of)
    pace = forecast.pace(items, days, until=data.as_of)
    pace = forecast.recent(pace, weeks=data.scenario.history_weeks)
    told = forecast.finish_days(forecast.when(pace, work, days), shares=[0.5, 0.85])
    return told["day_on"].tolist()


@pytest.fixture(scope="module")
def sample():
    return tpm.load("sample:").team("Ledger")


@pytest.fixture(scope="module")
def real(sample):
    return promises(sample)


@pytest.mark.parametrize(
    ("scenario", "earlier"),
    [
        ({"people_added": [PeopleAdded(team="Ledger", joined_on="2025-07-07", count=3)]}, True),
        ({"people_leaving": [PeopleLeaving(team="Ledger", left_on="2025-07-07")]}, False),
        ({"scope_cut": [ScopeCut(team="Ledger", share=0.3)]}, True),
        ({"scope_added": [ScopeAdded(team="Ledger", items=40)]}, False),
        ({"holidays": [Holiday(day_on=f"2025-07-{day}") for day in range(14, 19)]}, False),
    ],
)
def test_each_change_moves_the_promise_the_way_it_must(sample, real, scenario, earlier):
    days = promises(applied(Scenario(**scenario), sample))
    assert all((day < was) == earlier and day != was for day, was in zip(days, real, strict=True))


def test_another_window_is_another_forecast(sample, real):
    assert promises(applied(Scenario(history_weeks=13), sample)) != real


def test_to_cut_more_never_makes_it_later(sample, real):
    before = real
    for share in (0.02, 0.2, 0.21, 0.5, 0.97, 1):
        cut = Scenario(scope_cut=[ScopeCut(team="Ledger", share=share)])
        days = promises(applied(cut, sample))
        assert all(not later > sooner for later, sooner in zip(days, before, strict=False))
        before = days or before


def test_a_program_without_people_says_that_their_pace_is_unknown():
    items = pd.DataFrame({"item_id": ["A-1"], "team": "core", "created_at": ["2025-03-03"]})
    bare = Program.from_tables({"items": items})
    more = Scenario(people_added=[PeopleAdded(team="core", joined_on="2025-03-10")])
    said = tpm.readings.program.pace(resources.pace_change(applied(more, bare)))
    assert said.plain.startswith("Nobody is known to be in core")
