"""Sentences about forecasts: sure and unsure ones, and none."""

import pandas as pd
import pytest

from tpm_analytics.readings import forecast as readings
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    Basis,
    CommonLuck,
    Effects,
    FeatureOrder,
    FinishDays,
    GrowthRates,
    Remaining,
    Splits,
)

SHARES = [0.5, 0.7, 0.85, 0.95]
DAY = pd.Timestamp("2025-03-14")


def days(*on, team=ALL_TEAMS):
    return pd.DataFrame(
        {"team": team, "share": SHARES, "day_on": pd.to_datetime(list(on)), "days": 1}
    )


KNOWN = days("2025-03-07", "2025-03-10", "2025-03-14", "2025-03-21")
NEVER = days(None, None, None, None)


def left(*amounts, measure="items", unsized=0):
    return pd.DataFrame(
        {
            "team": [f"team {number}" for number in range(len(amounts))],
            "items": 1,
            "amount": [float(amount) for amount in amounts],
            "unsized": unsized,
            "measure": measure,
        }
    )


def test_executives_get_the_day_first():
    assert str(readings.when(KNOWN, left(12))).startswith(
        "85 % sure: by 2025-03-14. An even chance: by 2025-03-07. 95 % sure: by 2025-03-21. "
        "12 items are left."
    )
    assert "13 points are left, with 2 teams." in str(
        readings.when(KNOWN, left(5, 8, measure="points"))
    )


def test_no_day_is_invented():
    assert str(readings.when(FinishDays.empty(), left(1))).startswith("No forecast: ")
    assert str(readings.when(NEVER, left(1))).startswith("Not within two years")
    assert str(readings.when(KNOWN, Remaining.empty())).startswith("Nothing is left to do")


def test_the_day_it_is_due_has_a_chance_or_none_is_told():
    assert str(readings.target(0.42, due=DAY)) == (
        "It is due on 2025-03-14. The chance to keep that is 42 %."
    )
    assert str(readings.target(1e-6, due=DAY)).endswith("less than 1 %.")
    assert "cannot be said" in str(readings.target(float("nan"), due=DAY))
    assert "No day is named" in str(readings.target(0.4, due=pd.NaT))


def basis(**columns):
    known = {
        "team": "core",
        "basis": "own",
        "sharing": 1.0,
        "first_on": DAY,
        "days": 90,
        "finishes": 40,
        "enough": True,
    }
    return pd.DataFrame([{**known, **columns}])


def test_whose_pace_is_taken_is_said():
    told = readings.basis
    assert "its own pace" in str(told(basis(), left(1)))
    assert str(told(basis(basis="team", sharing=2.0), left(1))).endswith(
        "It is given the pace of all the team's work, as spread over 2 features at once."
    )
    assert "all teams together, as spread over 5 teams" in str(
        told(basis(basis="program", sharing=5.0), left(1))
    )
    assert str(told(basis(enough=False, days=12, finishes=3), left(1))).startswith(
        "Too little history for core: 12 days, with something finished on 3 of them."
    )
    assert "no pace to forecast with" in str(told(Basis.empty(), left(1)))
    assert "nothing to forecast" in str(told(basis(), Remaining.empty()))


def test_how_many_is_at_least_so_many():
    amounts = pd.DataFrame(
        {"share": SHARES, "amount": [10.0, 8.0, 6.0, 1.0], "by_on": DAY, "measure": "items"}
    )
    assert str(readings.how_many(amounts, left(1))) == (
        "By 2025-03-14, 85 % sure: at least 6 items. 95 % sure of 1, 70 % of 8; an even chance "
        "of 10."
    )
    assert "cannot be said" in str(readings.how_many(Amounts.empty(), left(1)))


def test_the_last_team_is_named_and_that_all_take_longer():
    teams = pd.concat([KNOWN.assign(team="a"), days("2025-04-01", *["2025-04-02"] * 3, team="b")])
    together = days(*["2025-04-05"] * 4)
    assert str(readings.last_team(teams, together)) == (
        "b is the last: 85 % sure by 2025-04-02. All teams are done by 2025-04-05, as sure as that."
    )
    assert str(readings.last_team(KNOWN.assign(team="a"), KNOWN)) == "All of it is with a."
    open_end = pd.concat([KNOWN.assign(team="a"), NEVER.assign(team="b")])
    assert str(readings.last_team(open_end, NEVER)).endswith("85 % sure: b.")
    assert "no forecast of any team" in str(
        readings.last_team(FinishDays.empty(), FinishDays.empty())
    )


def rates(ratio, weeks=13):
    return pd.DataFrame(
        [
            {
                "team": ALL_TEAMS,
                "weeks": weeks,
                "added": 1.0,
                "finished": 2.0,
                "ratio": ratio,
                "measure": "items",
            }
        ]
    )


@pytest.mark.parametrize(
    ("ratio", "later", "words"),
    [
        (0.4, KNOWN, "4 items were added for every 10 finished. If that goes on, it is 85 % sure"),
        (1.2, NEVER, "If that goes on, it is not done within two years."),
        (0.0, KNOWN, "next to nothing was added"),
        (float("nan"), KNOWN, "nothing of this work was finished"),
        (0.4, FinishDays.empty(), "4 items were added for every 10 finished."),
    ],
)
def test_growth_is_told_for_every_ten_finished(ratio, later, words):
    assert words in str(readings.growth(rates(ratio), KNOWN, later))


def test_nothing_known_of_growth_or_parts_is_said():
    assert "growth is unknown" in str(readings.growth(GrowthRates.empty(), KNOWN, KNOWN))
    assert "broken down" in str(readings.splits(Splits.empty()))
    told = pd.DataFrame([{"kind": "Epic", "parents": 3, "parts": 44.0, "added_later": 0.73}])
    assert str(readings.splits(told)) == (
        "A middling Epic has 44 parts; 73 % of the parts were added after work on it began."
    )


def test_the_last_feature_and_the_guessed_ones_are_told():
    row = {
        "place": 1,
        "team": "core",
        "item_id": "E-1",
        "title": "Pay <b>",
        "parts": 3,
        "guessed": True,
        "even_on": DAY,
        "likely_on": DAY,
    }
    reading = readings.features(pd.DataFrame([row]))
    assert "E-1 (Pay <b>): 85 % sure by 2025-03-14." in str(reading)
    assert "1 is not broken down yet" in str(reading)
    assert "<b>" not in reading.markdown
    never = pd.DataFrame([{**row, "likely_on": pd.NaT}])
    assert "No feature has a day" in str(readings.features(never))
    assert "no order to forecast" in str(readings.features(FeatureOrder.empty()))


@pytest.mark.parametrize(
    ("told", "otherwise", "days_", "words"),
    [
        ("2025-03-14", "2025-03-10", -4, "would be 4 days earlier: 2025-03-10."),
        ("2025-03-14", "2025-03-15", 1, "would be the same, give or take two days."),
        ("2025-03-14", None, None, "would be no day within two years instead of 2025-03-14."),
        (None, None, None, "No day can be named either way."),
    ],
)
def test_what_was_set_aside_says_what_it_changes(told, otherwise, days_, words):
    row = {
        "fault": "closed in bulk",
        "items": 40,
        "treatment": "set aside",
        "day_on": pd.Timestamp(told),
        "otherwise_on": pd.Timestamp(otherwise),
        "days": days_,
    }
    reading = str(
        readings.doubts(
            Effects.validate(
                pd.DataFrame([row]).astype(
                    {"day_on": "datetime64[us]", "otherwise_on": "datetime64[us]", "days": "Int64"}
                )
            )
        )
    )
    assert reading.startswith("40 items closed in bulk: set aside.")
    assert reading.endswith(words)


def test_without_doubts_nothing_was_set_aside():
    assert "Nothing in the data" in str(readings.doubts(Effects.empty()))


def test_what_is_meant_is_named_with_how_much_is_done():
    items = pd.DataFrame(
        {
            "item_id": ["E-1", "A-1", "A-2"],
            "title": ["Instant *pay*", None, None],
            "finished_on": pd.to_datetime(["2025-03-01", None, None]),
        }
    )
    assert (
        str(readings.meant("", items, items, until=DAY))
        == "All work is meant: 3 items, 1 of them done."
    )
    assert str(readings.meant("E-1", items, items, until=DAY)).startswith(
        "What is meant: E-1 (Instant *pay*), with 3"
    )
    told = str(readings.meant("A-1, 2.0", items, items, until=DAY, milestone="M-9"))
    assert told.startswith("What is meant, for milestone M-9: A-1, 2.0, with 3")
    assert str(readings.meant("", items, items, until=DAY, milestone="M-9")).startswith(
        "No item is tied to M-9, so when it is reached cannot be said."
    )


def test_whether_teams_fall_short_together_is_said():
    luck = pd.DataFrame({"teams": [3], "months": [24], "correlation": [0.3], "common": [0.25]})
    together = str(readings.common_luck(luck, left(1, 2)))
    assert together.startswith(
        "Over 24 past months, teams fell short in the same ones more often than chance brings: 25 %"
    )
    alone = str(readings.common_luck(luck.assign(common=0.0), left(1, 2)))
    assert "no more often than chance brings" in alone
    assert "cannot be told" in str(readings.common_luck(CommonLuck.empty(), left(1, 2)))
    assert str(readings.common_luck(luck, left(1))) == "No other team can hold it up."


def test_what_cannot_be_known_is_counted():
    people = pd.DataFrame({"country": ["ES", None]})
    assert str(readings.left_out(left(1, unsized=2), people)) == (
        "Left out or unknown: open items without points, which count as average (2); people "
        "without a country, who have no holidays here (1)."
    )
    none = pd.DataFrame({"country": pd.Series(dtype="str")})
    assert "tells no people" in str(readings.left_out(left(1), none))
