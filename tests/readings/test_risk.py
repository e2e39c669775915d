"""Sentences about risk: right in number, plain when nothing is known, and never live markup."""

import pandas as pd

from tpm_analytics import Program
from tpm_analytics.metrics import risk
from tpm_analytics.readings import risk as readings

UNTIL = pd.Timestamp("2025-03-31")


def program_of(risks=(), items=({},), **tables):
    named = [
        {"item_id": f"A-{n}", "created_at": "2025-01-01T09:00Z"} | one
        for n, one in enumerate(items, start=1)
    ]
    register = {"risks": pd.DataFrame(list(risks))} if risks else {}
    return Program.from_tables({"items": pd.DataFrame(named), **register, **tables}, as_of=UNTIL)


def exposure(program):
    register = risk.register(program.risks, until=UNTIL)
    return readings.exposure(risk.expected_value(program.risks), register)


ONE = {"risk_id": "R-1", "title": "Vendor fails", "probability": 0.3, "impact_cost": 50_000.0}


def test_exposure_says_what_it_costs_and_what_is_largest():
    assert str(exposure(program_of([ONE]))) == (
        "1 risk is open. R-1 Vendor fails is 30 % likely and costs 50,000 if it happens: 15,000, "
        "weighed by how likely it is."
    )


def test_exposure_says_what_is_in_no_sum():
    told = str(exposure(program_of([ONE, {"risk_id": "R-2"}])))
    assert "1 open risk has no probability or no cost and is in no sum" in told


def test_without_assessments_no_sum_is_invented():
    assert str(exposure(program_of([{"risk_id": "R-1"}]))) == (
        "1 risk is open. 1 open risk has no probability or no cost and is in no sum."
    )


def test_without_a_register_the_page_says_so():
    assert "no register of risks" in str(exposure(program_of()))
    closed = program_of([ONE | {"status": "closed"}])
    assert str(exposure(closed)) == "No risk is open."


def test_titles_are_escaped():
    told = exposure(program_of([ONE | {"title": "<script>*x*"}])).markdown
    assert r"\<script\>\*x\*" in told


def test_high_concern_is_counted_and_named():
    told = readings.heat_map(risk.heat_map(program_of([ONE | {"impact_cost": 9e6}]).risks))
    assert str(told) == "1 risk stands where concern is high: R-1."
    calm = readings.heat_map(risk.heat_map(program_of([ONE]).risks))
    assert str(calm) == "No open risk stands where concern is high."
    assert "none can be placed" in str(readings.heat_map(risk.heat_map(program_of().risks)))


def test_burn_down_says_whether_exposure_fell():
    risks = [ONE | {"opened_on": "2025-01-01", "probability": 0.1}]
    history = pd.DataFrame(
        {
            "risk_id": "R-1",
            "reported_on": ["2025-01-10", "2025-03-10"],
            "probability": [0.5, 0.1],
            "impact_cost": 50_000.0,
        }
    )
    program = program_of(risks, risk_history=history)
    curve = risk.exposure_over_time(program.risk_history, program.risks, until=UNTIL)
    told = str(readings.burn_down(curve))
    assert told.startswith("Exposure has fallen by 20,000 since 2025-01-31. It stands at 5,000")
    assert "its highest was 25,000 on 2025-01-31" in told


def test_movers_and_what_came_true_are_told_with_their_figures():
    risks = [ONE | {"status": "occurred", "closed_on": "2025-03-05", "opened_on": "2025-02-01"}]
    history = pd.DataFrame(
        {
            "risk_id": "R-1",
            "reported_on": ["2025-02-10"],
            "status": ["open"],
            "probability": [0.4],
            "impact_cost": 50_000.0,
        }
    )
    program = program_of(risks, risk_history=history)
    early = program.risks.assign(status="occurred", closed_on=pd.Timestamp("2025-03-05"))
    moved = risk.top_movers(program.risk_history, early, since=pd.Timestamp("2025-02-28"))
    assert "R-1 Vendor fails came true (−20,000)" in str(
        readings.movers(moved, since=pd.Timestamp("2025-02-28"))
    )
    true = risk.came_true(early, program.risk_history)
    assert str(readings.came_true(true)) == (
        "R-1 Vendor fails came true (on 2025-03-05, after 32 days of warning, last thought 40 % "
        "likely)."
    )


def test_risks_nobody_looks_after_are_counted_by_what_they_lack():
    program = program_of([ONE | {"opened_on": "2025-03-30"}, ONE | {"risk_id": "R-2"}])
    register = risk.register(program.risks, until=UNTIL)
    told = str(readings.without_response(risk.without_response(register), register))
    assert told == (
        "2 open risks have no owner or no response: 2 without an owner, 2 without a "
        "response. The oldest is R-1 Vendor fails, open for 2 days."
    )


def test_nothing_known_is_said_in_every_sentence():
    program = program_of()
    register = risk.register(program.risks, until=UNTIL)
    history = (program.risk_history, program.risks)
    told = [
        readings.burn_down(risk.exposure_over_time(*history, until=UNTIL)),
        readings.movers(risk.top_movers(*history, since=UNTIL), since=UNTIL),
        readings.came_true(risk.came_true(program.risks, program.risk_history)),
        readings.without_response(risk.without_response(register), register),
    ]
    assert all(str(sentence).endswith(".") and "nan" not in str(sentence) for sentence in told)


def test_what_is_left_out_is_counted():
    program = program_of([ONE, {"risk_id": "R-2"}])
    register = risk.register(program.risks, until=UNTIL)
    told = str(readings.left_out(register, program.risk_history, program.items))
    assert "open risks without a probability or a cost, in no sum (1)" in told
    assert "risks that were never assessed, shown with today's figures all along (2)" in told


def test_exposure_of_risks_nobody_assessed_is_called_unknown_not_0():
    program = program_of([{"risk_id": "R-1", "opened_on": "2025-01-15"}])
    told = risk.exposure_over_time(program.risk_history, program.risks, until=UNTIL)
    assert str(readings.burn_down(told)) == (
        "No open risk has a probability and a cost, so the exposure is unknown."
    )
