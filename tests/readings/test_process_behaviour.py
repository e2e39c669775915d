"""Sentences about what changed and what only varies."""

import pandas as pd

from tpm_analytics.metrics import process_behaviour
from tpm_analytics.readings import process_behaviour as readings

STEADY = [10, 12, 9, 11, 12, 10, 9, 11, 10, 12]


def told(teams, **options):
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "team": team,
                    "period_on": pd.date_range("2025-01-06", periods=len(values), freq="W-MON"),
                    "items": values,
                }
            )
            for team, values in teams.items()
        ]
    )
    found = process_behaviour.behaviour(table, value="items", by="team")
    return str(
        readings.change(
            process_behaviour.levels(found), process_behaviour.signals(found), **options
        )
    )


def test_a_steady_figure_is_told_with_what_to_expect():
    assert told({"core": STEADY}, unit="items") == (
        "core varies as usual, around 10.6 items: the next will lie between 5.9 and 15.3 items "
        "if nothing changes. Neither did anything stand out before."
    )


def test_a_change_is_told_with_the_usual_level():
    assert told({"core": [*STEADY, 30], "apps": STEADY}, unit="items") == (
        "core: 30 items in the period from 2025-03-17, outside of what is usual (above 12.4 items)."
    )


def test_a_run_is_told_with_its_length_and_first_day():
    values = [10, 20, 10, 20, 10, 20, 10, 20, 12, 18, 17, 18, 19, 18, 17, 18, 18]
    assert told({"core": values}).startswith(
        "core: 8 in a row above the usual 16.2, 17.9 on average, since 2025-03-10."
    )


def test_past_signals_are_counted_and_not_told_as_news():
    assert told({"core": [*STEADY, 40, *STEADY]}).split(": ")[0] == (
        "core varies as usual, around 12"
    )
    assert "outside the limits, was that of core up to 2025-03-17" in told(
        {"core": [*STEADY, 40, *STEADY]}
    )


def test_few_figures_are_too_few():
    assert told({"core": [1, 2, 3]}) == (
        "There are too few figures to tell a change from what is usual."
    )
    assert told({"core": [1, 2, 1, 2, 1]}).endswith(
        "Some limits rest on 5 figures only and will still move."
    )
