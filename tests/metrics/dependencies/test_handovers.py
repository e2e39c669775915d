"""Hours that teams share, and how long work lies between them."""

import pandas as pd
import pytest

from tpm_analytics import ParameterError
from tpm_analytics.metrics import dependencies as handovers
from tpm_analytics.results.dependencies import Dependencies


def people_of(*rows):
    """People by team, time zone, and the day they left."""
    return pd.DataFrame(
        {
            "team": [row[0] for row in rows],
            "time_zone": [row[1] for row in rows],
            "joined_on": pd.NaT,
            "left_on": pd.to_datetime([row[2] if len(row) > 2 else None for row in rows]),
        }
    )


def hours(people, day, team="Ants", other="Bees"):
    shared = handovers.shared_hours(people, until=pd.Timestamp(day))
    rows = shared[(shared["team"] == team) & (shared["other_team"] == other)]
    return rows["shared_hours"].item()


def links_of(*rows):
    """Links by both teams and the days of the hand-over."""
    links = Dependencies.empty().reindex(range(len(rows)))
    first, second = [row[0] for row in rows], [row[1] for row in rows]
    across = [None if None in row[:2] else row[0] != row[1] for row in rows]
    return links.assign(
        from_team=first,
        to_team=second,
        across=pd.array(across, dtype="boolean"),
        handover_days=[row[2] for row in rows],
    )


@pytest.mark.parametrize(
    ("zones", "day", "shared"),
    [
        pytest.param(("Europe/Madrid", "Europe/Paris"), "2025-06-30", 8, id="one clock"),
        pytest.param(("Europe/Madrid", "Asia/Kolkata"), "2025-06-30", 4.5, id="summer"),
        pytest.param(("Europe/Madrid", "Asia/Kolkata"), "2025-01-15", 3.5, id="winter"),
        pytest.param(("Europe/Madrid", "America/New_York"), "2025-03-20", 3, id="between changes"),
        pytest.param(("Pacific/Auckland", "America/Los_Angeles"), "2025-06-30", 3, id="date line"),
        pytest.param(("America/New_York", "Asia/Kolkata"), "2025-06-30", 0, id="none"),
    ],
)
def test_shared_hours_follow_the_clocks_of_the_day(zones, day, shared):
    people = people_of(("Ants", zones[0]), ("Bees", zones[1]))
    assert hours(people, day) == shared
    assert hours(people, day, "Bees", "Ants") == shared


def test_a_mixed_team_shares_the_mean_of_all_pairs():
    people = people_of(
        ("Ants", "Europe/Madrid"), ("Bees", "Europe/Madrid"), ("Bees", "America/New_York")
    )
    assert hours(people, "2025-06-30") == (8 + 2) / 2


def test_who_has_left_and_whose_zone_is_unknown_counts_in_no_team():
    people = people_of(
        ("Ants", "Europe/Madrid"),
        ("Bees", "Europe/Madrid"),
        ("Bees", "America/New_York", "2025-06-29"),
        ("Bees", None),
    )
    assert hours(people, "2025-06-30") == 8
    assert hours(people, "2025-06-29") == 5


def test_a_zone_nobody_knows_is_named():
    with pytest.raises(ParameterError, match="Mars/Olympus"):
        handovers.shared_hours(
            people_of(("Ants", "Mars/Olympus")), until=pd.Timestamp("2025-06-30")
        )


def test_hand_overs_are_told_apart_by_what_teams_share():
    people = people_of(
        ("Ants", "Europe/Madrid"), ("Bees", "Asia/Kolkata"), ("Crows", "America/New_York")
    )
    shared = handovers.shared_hours(people, until=pd.Timestamp("2025-06-30"))
    links = links_of(
        ("Ants", "Ants", 1.0),
        ("Ants", "Ants", 3.0),
        ("Ants", "Bees", 5.0),
        ("Crows", "Ants", 9.0),
        ("Crows", "Bees", None),
        ("Ants", "Ducks", 2.0),
        (None, "Ants", 70.0),
    )
    times = handovers.handover_times(links, shared)
    assert times["handovers"].tolist() == [2, 1, 1, 1]
    assert times["median_days"].tolist() == [1.0, 5.0, 9.0, 2.0]
    assert times["p85_days"].tolist() == [3.0, 5.0, 9.0, 2.0]
    assert times["shared_hours"].fillna(-1).tolist() == [8.0, 4.5, 2.0, -1.0]
    assert not times["enough"].any()


def test_ten_hand_overs_are_enough_to_compare():
    shared = handovers.shared_hours(people_of(), until=pd.Timestamp("2025-06-30"))
    times = handovers.handover_times(links_of(*[("Ants", "Ants", 1.0)] * 10), shared)
    assert times["enough"].tolist() == [True, False, False, False]
    assert times["beyond_days"].tolist()[:1] == [0.0]
    assert times["beyond_days"][1:].isna().all()


def test_what_a_hand_over_between_teams_costs_is_beyond_one_within_a_team():
    people = people_of(("Ants", "Europe/Madrid"), ("Bees", "Asia/Kolkata"))
    shared = handovers.shared_hours(people, until=pd.Timestamp("2025-06-30"))
    within, between = [("Ants", "Ants", 2.0)] * 10, [("Ants", "Bees", 5.0)] * 10
    times = handovers.handover_times(links_of(*within, *between), shared)
    assert times["beyond_days"].tolist()[:2] == [0.0, 3.0]
    few = handovers.handover_times(links_of(*within[1:], *between), shared)
    assert few["beyond_days"].isna().all()
