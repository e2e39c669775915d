"""Forecasts are kept, scored when their day has come, and made again for past days."""

import numpy as np
import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.forecasts import asked, program_of, steady
from tpm_analytics import ParameterError
from tpm_analytics.metrics import forecast
from tpm_analytics.results.forecast import ALL_TEAMS, Issued, Scored

DAY = pd.Timedelta(days=1)
ASKED_ON = pd.Timestamp("2025-03-03")


def promise(asked_="when", *, share=0.85, amount=3.0, day="2025-03-10", team="core", scope=""):
    return {
        "asked": asked_,
        "scope": scope,
        "team": team,
        "measure": "items",
        "as_of": ASKED_ON,
        "share": share,
        "amount": amount,
        "day_on": pd.Timestamp(day),
    }


def issued(*promises):
    return Issued.validate(pd.DataFrame(list(promises)))


def finished_on(*days, team="core", parent=None):
    return pd.DataFrame(
        {
            "item_id": [f"{team}-{number}" for number in range(len(days))],
            "team": team,
            "parent_id": parent,
            "created_at": "2025-01-01T09:00Z",
            "finished_at": [f"{day}T12:00Z" for day in days],
        }
    )


def outcome(promises, items, until="2025-03-31"):
    told = forecast.scored(promises, items, until=pd.Timestamp(until))
    return told["outcome"].tolist(), told["actual"].tolist()


def test_a_promise_holds_if_as_much_was_finished_by_its_day():
    items = program_of(finished_on("2025-03-03", "2025-03-04", "2025-03-07", "2025-03-10")).items
    # the finish on the day it was made was known then: three count
    assert outcome(issued(promise(amount=3.0)), items) == (["held"], [3.0])
    assert outcome(issued(promise(amount=4.0)), items) == (["missed"], [3.0])


def test_a_day_that_has_not_come_is_pending_and_its_figure_unknown():
    items = program_of(finished_on("2025-03-04", "2025-03-05", "2025-03-06")).items
    (ended,), (actual,) = outcome(issued(promise()), items, until="2025-03-09")
    assert ended == "pending"
    assert np.isnan(actual)


def test_only_the_scope_and_the_team_of_the_promise_count():
    items = program_of(
        finished_on("2025-03-04", "2025-03-05", parent="E-1"),
        finished_on("2025-03-06", team="other"),
        pd.DataFrame({"item_id": ["E-1"], "team": "core"}),
    ).items
    assert outcome(issued(promise(scope="E-1")), items)[1] == [2.0]
    assert outcome(issued(promise(team="other")), items)[1] == [1.0]
    assert outcome(issued(promise(team=ALL_TEAMS)), items)[1] == [3.0]


def test_a_key_that_the_tracker_no_longer_has_finishes_nothing():
    items = program_of(finished_on("2025-03-04")).items
    assert outcome(issued(promise(scope="GONE-1")), items) == (["missed"], [0.0])


def test_points_are_scored_in_points():
    items = program_of(finished_on("2025-03-04", "2025-03-05").assign(points=[5.0, 3.0])).items
    promised = issued({**promise(amount=8.0), "measure": "points"})
    assert outcome(promised, items) == (["held"], [8.0])


def test_the_record_counts_by_share():
    items = program_of(finished_on("2025-03-04", "2025-03-05", "2025-03-06")).items
    told = forecast.scored(
        issued(
            promise(amount=3.0),
            promise(amount=4.0),
            promise(amount=9.0, day="2026-01-01"),
            promise(amount=2.0, share=0.5),
        ),
        items,
        until=pd.Timestamp("2025-03-31"),
    )
    record = forecast.track_record(told, Scored.empty(), Scored.empty())
    columns = ["share", "forecasts", "held", "missed", "pending", "kept"]
    assert record[columns].to_numpy().tolist() == [[0.5, 1, 1, 0, 0, 1.0], [0.85, 2, 1, 1, 1, 0.5]]
    # two are too few for a share
    assert np.isnan(forecast.kept(record, share=0.85))


def test_what_a_report_promises_goes_through_the_ledger_unchanged():
    program = program_of(steady(90, open_items=5))
    told = promised_by(program)
    assert told["asked"].astype(str).value_counts().to_dict() == {"when": 4, "how many": 4}
    as_text = told.assign(
        **{name: told[name].dt.strftime("%Y-%m-%d") for name in ("as_of", "day_on")}
    ).to_dict("records")
    back = forecast.known_of(pd.DataFrame(as_text), before=program.as_of + DAY)
    pd.testing.assert_frame_equal(back, told)


def promised_by(program):
    pace, left, calendar = asked(program)
    each = forecast.when(pace, left, calendar)
    days = forecast.finish_days(each)
    of_all = forecast.finish_days(forecast.joint(each, left, pace))
    many = forecast.how_many(pace, left, calendar, by=program.as_of + 14 * DAY)
    teams = forecast.by_team(left, forecast.basis(pace), days, of_all)
    return forecast.issued(teams, left, forecast.amounts(many), scope="", as_of=program.as_of)


def test_that_several_teams_are_all_done_is_a_promise_of_its_own():
    program = program_of(steady(90, team="a", open_items=5), steady(90, team="b", open_items=2))
    told = promised_by(program)
    of_all = told[(told["asked"] == "when") & (told["team"] == ALL_TEAMS)]
    assert of_all["share"].tolist() == [0.5, 0.7, 0.85, 0.95]
    assert of_all["amount"].tolist() == [7.0] * 4


def test_all_are_done_only_if_each_did_its_own_part():
    promises = issued(
        promise(team="a", amount=2.0),
        promise(team="b", amount=1.0),
        promise(team=ALL_TEAMS, amount=3.0),
    )
    # four finishes, but b, which had one left, made none of them
    helped = program_of(
        finished_on("2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07", team="a"),
        finished_on(team="b"),
    )
    assert outcome(promises, helped.items) == (["held", "missed", "missed"], [4.0, 0.0, 2.0])
    kept = program_of(
        finished_on("2025-03-04", "2025-03-05", team="a"), finished_on("2025-03-10", team="b")
    )
    assert outcome(promises, kept.items) == (["held"] * 3, [2.0, 1.0, 3.0])


def test_a_promise_made_twice_on_one_day_counts_once_and_todays_not_yet():
    rows = pd.DataFrame([promise(amount=3.0), promise(amount=4.0)])
    assert forecast.known_of(rows, before=ASKED_ON + DAY)["amount"].tolist() == [4.0]
    assert forecast.known_of(rows, before=ASKED_ON).empty


def test_rows_that_are_no_forecasts_are_refused_in_words():
    with pytest.raises(ParameterError, match="are no forecasts"):
        forecast.known_of(pd.DataFrame({"share": [85]}), before=ASKED_ON)


def test_looking_back_sees_only_the_days_before():
    """What comes after a past day must not change what is promised for it."""
    items = steady(200, open_items=1)
    pace, _, _ = asked(program_of(items))
    whole = forecast.looking_back(pace)
    early = whole[whole["as_of"] <= whole["as_of"].iloc[0]]
    weekend_after = early["day_on"].max() + 2 * DAY
    changed = pace.assign(finished=pace["finished"].where(pace["day_on"] <= weekend_after, 9.0))
    again = forecast.looking_back(changed)
    pd.testing.assert_frame_equal(again.head(len(early)), early, check_categorical=False)


def test_looking_back_counts_no_day_twice():
    pace, _, _ = asked(program_of(steady(200, open_items=1)))
    told = forecast.looking_back(pace).drop_duplicates("as_of")
    assert (told["as_of"].to_numpy()[1:] >= told["day_on"].to_numpy()[:-1]).all()
    assert told["day_on"].iloc[-1] == pace["day_on"].iloc[-1]


def test_a_steady_team_keeps_its_promises():
    pace, _, _ = asked(program_of(steady(300, open_items=1)))
    back = forecast.looking_back(pace)
    record = forecast.track_record(Scored.empty(), back, Scored.empty())
    assert record.loc[record["share"] == 0.95, "missed"].item() == 0


def test_borrowed_paces_have_no_record_of_their_own():
    program = program_of(steady(200, team="a"), steady(0, team="new", open_items=2))
    pace, _, _ = asked(program)
    assert set(pace["team"]) == {"a", "new"}
    assert set(forecast.looking_back(pace)["team"]) == {"a"}


def test_on_the_sample_85_percent_means_about_85_percent():
    program = tpm.load("sample:")
    items = forecast.trusted(program.items, forecast.doubts(program))
    span = forecast.from_first_to_last(items, until=program.as_of)
    calendar = forecast.working_days(program.people, program.absences, during=span)
    past = forecast.deliveries(forecast.work(items), calendar, until=program.as_of)
    record = forecast.track_record(
        Scored.empty(), forecast.looking_back(past), Scored.empty()
    ).set_index("share")
    assert record.loc[0.85, "forecasts"] >= 60
    assert 0.75 <= record.loc[0.85, "kept"] <= 0.95
    # of 72 promises at 50 % chance alone keeps 38 to 61 in 100: what was kept lies within
    even = record.loc[0.5]
    assert even["least"] < even["fairly_kept"] < even["most"]
    # steps can only help a promise to hold
    assert (record["fairly_kept"] <= record["kept"] + 1e-9).all()


def test_pictures_show_the_teams_that_missed_most():
    rows = pd.DataFrame(
        {
            "origin": "looking back",
            "asked": "how many",
            "team": ["a", "a", "b", "b", "b"],
            "as_of": ASKED_ON,
            "share": [0.85, 0.85, 0.85, 0.5, 0.85],
            "day_on": ASKED_ON + DAY,
            "amount": 1.0,
            "actual": 1.0,
            "outcome": ["missed", "missed", "missed", "missed", "pending"],
            "credit": 0.5,
            "measure": "items",
        }
    )
    kept = forecast.most_missed(Scored.validate(rows), teams=1)
    assert kept["team"].tolist() == ["a", "a"]
    assert len(forecast.most_missed(Scored.validate(rows))) == 3
