"""The register of risks, what it comes to, and where the risks stand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpm_analytics import MissingColumnsError, ParameterError, Program
from tpm_analytics.metrics import risk

ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
UNTIL = pd.Timestamp("2025-03-31")


def program_of(*risks, **tables):
    named = [{"risk_id": f"R-{n}"} | one for n, one in enumerate(risks, start=1)]
    return Program.from_tables({"items": ITEMS, "risks": pd.DataFrame(named), **tables})


def registered(*risks, people=None):
    return risk.register(program_of(*risks).risks, until=UNTIL, people=people)


def test_open_risks_come_first_by_exposure_and_the_unknown_behind():
    told = registered(
        {"probability": 0.1, "impact_cost": 1000.0},
        {"probability": 0.5, "impact_cost": 1000.0},
        {"probability": None, "impact_cost": 9000.0},
        {"probability": 1.0, "impact_cost": 9000.0, "status": "Occurred"},
        {"probability": 0.9, "impact_cost": 9000.0, "closed_on": "2025-03-01"},
    )
    assert told["risk_id"].tolist() == ["R-2", "R-1", "R-3", "R-4", "R-5"]
    assert told["rank"].tolist()[:3] == [1, 2, 3]
    assert told["rank"].isna().tolist()[3:] == [True, True]
    assert told["state"].tolist() == ["open", "open", "open", "occurred", "closed"]
    assert told["exposure_cost"].fillna(-1).tolist() == [500, 100, -1, 0, 0]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Mitigated", "open"),
        ("accepted", "open"),
        (None, "open"),
        (" Closed ", "closed"),
        ("Materialised", "occurred"),
    ],
)
def test_a_status_that_says_neither_leaves_a_risk_open(status, state):
    assert registered({"status": status})["state"].tolist() == [state]


def test_age_counts_the_day_it_was_raised_and_may_be_unknown():
    told = registered({"opened_on": "2025-03-31"}, {"opened_on": None}).set_index("risk_id")
    assert told.loc["R-1", "age_days"] == 1
    assert pd.isna(told.loc["R-2", "age_days"])


def test_an_owner_who_has_left_is_none():
    people = pd.DataFrame({"person_id": ["gone", "here"], "left_on": ["2025-03-01", None]})
    program = program_of(
        {"owner_id": "gone"},
        {"owner_id": "here"},
        {"owner_id": "from outside"},
        {"owner_id": None},
        people=people,
    )
    told = risk.register(program.risks, until=UNTIL, people=program.people)
    assert told.sort_values("risk_id")["has_owner"].tolist() == [False, True, True, False]
    everyone = risk.register(program.risks, until=UNTIL)
    assert everyone.sort_values("risk_id")["has_owner"].tolist() == [True, True, True, False]


def test_risks_without_owner_or_response_come_oldest_first_and_closed_ones_not_at_all():
    told = registered(
        {"owner_id": "P", "response": "Pair", "opened_on": "2024-01-01"},
        {"owner_id": "P", "opened_on": "2025-03-01"},
        {"response": "Pair", "opened_on": "2025-01-01"},
        {"opened_on": None},
        {"opened_on": "2023-01-01", "status": "closed"},
    )
    assert risk.without_response(told)["risk_id"].tolist() == ["R-3", "R-2", "R-4"]


def test_expected_value_is_the_sum_over_open_assessed_risks():
    program = program_of(
        {"probability": 0.05, "impact_cost": 32_000.0, "impact_days": 10.0},
        {"probability": 0.1, "impact_cost": 20_000.0},
        {"probability": None, "impact_cost": 1e9},
        {"probability": 1.0, "impact_cost": 1e9, "status": "occurred"},
    )
    assert risk.expected_value(program.risks).to_dict("records") == [
        {
            "risks": 3,
            "assessed": 2,
            "expected_value": 3600.0,
            "worst_case": 52_000.0,
            "expected_days": 0.5,
        }
    ]


def test_a_sum_over_no_assessed_risk_is_unknown_and_not_zero():
    told = risk.expected_value(program_of({"probability": None}).risks).iloc[0]
    assert told["risks"] == 1
    assert pd.isna(told["expected_value"])


@given(chances=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e7)), min_size=1, max_size=8))
@settings(max_examples=40)
def test_register_heat_map_and_expected_value_agree(chances):
    rows = [{"probability": chance, "impact_cost": cost} for chance, cost in chances]
    risks = program_of(*rows).risks
    value = risk.expected_value(risks)["expected_value"].iloc[0]
    cells = risk.heat_map(risks)
    assert risk.register(risks, until=UNTIL)["exposure_cost"].sum() == pytest.approx(value)
    assert cells["exposure_cost"].sum() == pytest.approx(value)
    assert cells["risks"].sum() == len(chances)
    assert len(cells) == 25


@pytest.mark.parametrize(
    ("probability", "cost", "days", "levels", "zone"),
    [
        pytest.param(0.10, 50_000, None, (1, 1), "low", id="upper end of the band belongs to it"),
        pytest.param(
            0.11, 100_000, None, (2, 2), "low", id="lower end of the impact belongs to it"
        ),
        pytest.param(0.5, 600_000, None, (3, 3), "moderate", id="0.5 x 0.2 = 0.10"),
        pytest.param(0.9, 600_000, None, (5, 3), "high", id="0.9 x 0.2 = 0.18 is high"),
        pytest.param(1.0, 9e6, None, (5, 5), "high", id="the upper right"),
        pytest.param(0.5, 1_000, 130, (3, 5), "high", id="half a year makes a cheap risk large"),
        pytest.param(0.5, None, 10, (3, 2), "low", id="delay alone will do; 0.5 x 0.1 = 0.05"),
    ],
)
def test_a_risk_stands_in_the_cell_of_its_bands(probability, cost, days, levels, zone):
    risks = program_of({"probability": probability, "impact_cost": cost, "impact_days": days}).risks
    cells = risk.heat_map(risks)
    told = cells[cells["risks"] == 1].iloc[0]
    assert (told["probability_level"], told["impact_level"]) == levels
    assert told["zone"] == zone
    assert told["keys"] == "R-1"


def test_the_cost_that_is_very_high_moves_the_bands():
    risks = program_of({"probability": 0.2, "impact_cost": 50_000.0}).risks
    levels = [
        risk.heat_map(risks, very_high_cost=cost).query("risks == 1")["impact_level"].item()
        for cost in (5_000_000, 500_000, 50_000)
    ]
    assert levels == [1, 3, 5]
    with pytest.raises(ParameterError, match="not above 0"):
        risk.heat_map(risks, very_high_cost=0)


def test_a_crowded_cell_names_the_largest_and_counts_the_rest():
    rows = [{"probability": 0.2, "impact_cost": float(cost)} for cost in (1, 4, 3, 2)]
    cells = risk.heat_map(program_of(*rows).risks)
    assert cells["keys"].max() == "R-2, R-3, R-4, 1 more"


def test_risks_that_cannot_be_placed_are_left_out():
    rows = [{"probability": None, "impact_cost": 5.0}, {"probability": 0.5}]
    assert risk.heat_map(program_of(*rows).risks).empty


def test_nothing_in_nothing_out():
    program = Program.from_tables({"items": ITEMS})
    register = risk.register(program.risks, until=UNTIL, people=program.people)
    for told in (
        register,
        risk.expected_value(program.risks),
        risk.heat_map(program.risks),
        risk.without_response(register),
    ):
        assert told.empty
        assert len(told.columns)


def test_a_missing_column_is_named_with_its_meaning():
    risks = program_of({"probability": 0.5}).risks.drop(columns="impact_cost")
    with pytest.raises(MissingColumnsError, match="impact_cost: Cost if it happens"):
        risk.expected_value(risks)
