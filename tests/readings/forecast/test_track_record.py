"""What came of forecasts before, told with what chance alone brings."""

import numpy as np
import pandas as pd
import pytest

from tpm_analytics.models.scoring import by_chance
from tpm_analytics.readings import forecast as readings
from tpm_analytics.results.forecast import Scored, TrackRecord


def record(origin, held, missed, pending=0, fair=float("nan"), share=0.85):
    come = held + missed
    least, most = by_chance(np.array([share]), np.array([come]))
    return pd.DataFrame(
        [
            {
                "origin": origin,
                "share": share,
                "forecasts": come,
                "held": held,
                "missed": missed,
                "pending": pending,
                "kept": held / come if come else float("nan"),
                "fairly_kept": fair,
                "least": least[0],
                "most": most[0],
            }
        ]
    )


def test_the_record_is_printed_beside_the_forecast():
    reading = str(readings.record(record("issued", 35, 6, pending=3)))
    assert reading.startswith(
        "Of 41 forecasts at 85 % that this report made on earlier days, 35 held. 3 are yet to "
        "come due."
    )
    assert "none has come due yet" in str(readings.record(record("issued", 0, 0, pending=8)))
    assert str(readings.record(TrackRecord.empty())) == (
        "This report has made no forecast on an earlier day: its own record begins today. The "
        "history is too short to look back on what would have been promised."
    )


@pytest.mark.parametrize(
    ("fair", "words"),
    [
        (0.85, "Yes: 85 % means about what it says."),
        (0.70, "Promises here were too bold"),
        (0.97, "more careful than they said"),
    ],
)
def test_looking_back_says_whether_85_percent_means_it(fair, words):
    assert words in str(readings.record(record("looking back", 34, 6, fair=fair)))


def test_what_chance_alone_brings_is_no_verdict():
    """75 of 100 where 85 were promised is bold for 400 promises, and luck for 40."""
    for held, words in ((30, "Yes: 85 % means about what it says"), (300, "too bold")):
        told = record("looking back", held, held // 3, fair=0.75)
        assert words in str(readings.record(told))


@pytest.mark.parametrize(
    ("fair", "words"),
    [
        (
            0.42,
            "Of those at 50 %, 42 % so counted held (39 % to 61 % is what chance brings where "
            "forecasts are right).",
        ),
        (
            0.30,
            "Of those at 50 %, 30 % so counted held (too bold, as happens where work slows down",
        ),
        (0.70, "Of those at 50 %, 70 % so counted held (more careful than they said)."),
    ],
)
def test_even_chances_are_held_against_chance(fair, words):
    likely = record("looking back", 61, 11, fair=0.85)
    even = record("looking back", 32, 40, fair=fair, share=0.5)
    assert words in str(readings.record(pd.concat([even, likely])))


def test_promises_for_all_teams_at_once_are_told_apart():
    told = record("all teams at once", 13, 2, fair=0.8)
    assert "That all teams at once would keep theirs: of 15 promises at 85 %, 13 held" in str(
        readings.record(told)
    )


def test_few_promises_are_nothing_to_lean_on():
    assert str(readings.record(record("looking back", 5, 1, fair=0.8))).endswith(
        "Too few to lean on."
    )


def test_misses_are_counted_by_team():
    rows = pd.DataFrame(
        {"team": ["a", "b", "b"], "share": 0.85, "outcome": ["held", "missed", "missed"]}
    )
    assert "Most misses: b (2)." in str(readings.recent_misses(rows))
    assert "None of these" in str(readings.recent_misses(rows.head(1)))
    assert "too short" in str(readings.recent_misses(Scored.empty()))
