"""How exposure changed, what moved, and what came true."""

import pandas as pd
import pytest

from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import risk

ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
UNTIL = pd.Timestamp("2025-04-15")


def program_of(risks, history=(), as_of=None):
    columns = ["risk_id", "reported_on", "status", "probability", "impact_cost"]
    return Program.from_tables(
        {
            "items": ITEMS,
            "risks": pd.DataFrame(risks),
            "risk_history": pd.DataFrame(history, columns=columns),
        },
        as_of=as_of or UNTIL,
    )


def exposure(program, **options):
    return risk.exposure_over_time(
        program.risk_history, program.risks, until=program.as_of, **options
    ).set_index("day_on")


STORY = program_of(
    [
        {
            "risk_id": "R-1",
            "title": "Certification",
            "status": "occurred",
            "probability": 1.0,
            "impact_cost": 100.0,
            "opened_on": "2025-01-10",
        },
        {
            "risk_id": "R-2",
            "status": "open",
            "probability": 0.2,
            "impact_cost": 100.0,
            "opened_on": "2025-02-10",
        },
        {
            "risk_id": "R-3",
            "status": "closed",
            "probability": 0.5,
            "impact_cost": 40.0,
            "opened_on": "2025-01-01",
            "closed_on": "2025-03-01",
        },
    ],
    [
        ("R-1", "2025-01-31", "open", 0.3, 100.0),
        ("R-1", "2025-02-28", "open", 0.8, None),
        ("R-1", "2025-03-31", "occurred", 1.0, 100.0),
        ("R-2", "2025-02-10", "open", 0.4, 100.0),
        ("R-2", "2025-04-01", "open", 0.2, 100.0),
    ],
)


def test_exposure_takes_the_last_assessment_by_each_day():
    told = exposure(STORY)
    # R-3 was never assessed: the register's 0.5 x 40 all along, until it was closed
    assert told["exposure_cost"].to_dict() == {
        pd.Timestamp("2025-01-31"): 30 + 20,
        pd.Timestamp("2025-02-28"): 80 + 40 + 20,
        pd.Timestamp("2025-03-31"): 40,
        pd.Timestamp("2025-04-15"): 20,
    }
    assert told["risks"].tolist() == [2, 3, 1, 1]


def test_the_last_point_is_what_the_register_says_now():
    value = risk.expected_value(STORY.risks)["expected_value"].iloc[0]
    assert exposure(STORY)["exposure_cost"].iloc[-1] == pytest.approx(value)


@pytest.mark.parametrize("day", ["2025-01-31", "2025-02-28", "2025-03-31"])
def test_the_program_as_known_then_shows_what_the_curve_shows(day):
    then = STORY.at(day)
    now = exposure(STORY).loc[pd.Timestamp(day), "exposure_cost"]
    assert exposure(then)["exposure_cost"].iloc[-1] == pytest.approx(now)


def test_before_its_first_assessment_a_risk_is_open_and_not_assessed():
    program = program_of(
        [{"risk_id": "R-1", "probability": 0.5, "impact_cost": 10.0, "opened_on": "2025-01-10"}],
        [("R-1", "2025-03-10", "open", 0.5, 10.0)],
    )
    told = exposure(program).loc[pd.Timestamp("2025-02-28")]
    assert told[["risks", "assessed"]].tolist() == [1, 0]
    assert pd.isna(told["exposure_cost"])


def test_weeks_end_on_sundays_and_the_last_row_is_the_day_itself():
    days = exposure(STORY, every="week").index
    assert set(days[:-1].day_name()) == {"Sunday"}
    assert days[-1] == UNTIL


def test_movers_are_ordered_by_how_far_they_moved():
    told = risk.top_movers(STORY.risk_history, STORY.risks, since=pd.Timestamp("2025-02-28"))
    assert told[["risk_id", "what", "change"]].to_numpy().tolist() == [
        ["R-1", "came true", -80.0],
        ["R-2", "shrank", -20.0],
    ]


def test_a_risk_raised_since_then_moved_from_nothing():
    told = risk.top_movers(STORY.risk_history, STORY.risks, since=pd.Timestamp("2025-01-31"))
    raised = told[told["what"] == "raised"].iloc[0]
    assert (raised["risk_id"], raised["exposure_before"], raised["change"]) == ("R-2", 0, 20)


def test_what_came_true_is_told_with_its_warning():
    told = risk.came_true(STORY.risks, STORY.risk_history)
    assert told["risk_id"].tolist() == ["R-1"]
    assert told["occurred_on"].tolist() == [pd.Timestamp("2025-03-31")]
    assert told["warned_days"].tolist() == [80]
    assert told["last_probability"].tolist() == [0.8]


def test_without_history_a_risk_came_true_when_it_was_closed():
    row = {"risk_id": "R-1", "status": "occurred", "closed_on": "2025-03-05"}
    program = program_of([row | {"opened_on": "2025-03-01"}])
    told = risk.came_true(program.risks, program.risk_history)
    assert told["warned_days"].tolist() == [4]
    assert told["last_probability"].isna().all()


def test_weeks_below_zero_are_told():
    with pytest.raises(ParameterError, match="below 0"):
        risk.weeks_before(UNTIL, weeks=-1)


def test_nothing_in_nothing_out():
    program = Program.from_tables({"items": ITEMS})
    assert exposure(program).empty
    assert risk.top_movers(program.risk_history, program.risks, since=UNTIL).empty
    assert risk.came_true(program.risks, program.risk_history).empty


def test_exposure_is_unknown_where_no_open_risk_was_assessed_and_0_where_none_is_open():
    risks = pd.DataFrame(
        {
            "risk_id": ["R-1"],
            "opened_on": ["2025-01-15"],
            "closed_on": ["2025-02-15"],
            "status": ["closed"],
        }
    )
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01"]})
    program = Program.from_tables({"items": items, "risks": risks}, as_of="2025-03-31")
    told = risk.exposure_over_time(program.risk_history, program.risks, until=program.as_of)
    assert told["risks"].tolist() == [1, 0, 0]
    assert pd.isna(told["exposure_cost"][0])
    assert told["exposure_cost"].tolist()[1:] == [0.0, 0.0]
