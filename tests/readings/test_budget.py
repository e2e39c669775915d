"""Sentences about money: right in number, plain when nothing is known, and never live markup."""

import pandas as pd

from tests.metrics.budget.test_earned import CORE, program_of
from tests.metrics.budget.test_forecast import many
from tpm_analytics import Program
from tpm_analytics.metrics import budget
from tpm_analytics.readings import budget as readings


def page(program):
    """Every sentence of the page for one program."""
    whole = budget.earned_value(program.budget, given="per period")
    streams = budget.earned_value(program.budget, by="workstream", given="per period")
    past = budget.past_estimates(streams)
    costs = budget.cost_estimates(whole, past)
    finishes = budget.finish_estimates(whole, past)
    stands, burn = budget.standing(whole), budget.burn_rate(whole)
    record = budget.range_record(streams)
    tables = (program.budget, program.items, program.milestones)
    labour = pd.DataFrame(
        {
            "period_on": pd.to_datetime([]),
            "workstream": pd.Series(dtype="str"),
            "cost": pd.Series(dtype=float),
            "unpriced_hours": pd.Series(dtype=float),
        }
    )
    until = pd.Timestamp("2027-01-31")
    spent = budget.spent_on(program.budget, labour, until=until)
    return {
        "standing": readings.standing(stands, program.budget),
        "outlook": readings.outlook(costs, finishes, record),
        "record": readings.record(record),
        "costs": readings.costs(costs),
        "finishes": readings.finishes(finishes),
        "indices": readings.indices(whole, alarm_below=0.9),
        "to_complete": readings.to_complete(stands, budget.reach(stands, past)),
        "workstreams": readings.workstreams(budget.standing(streams)),
        "efficiency": readings.efficiency(budget.efficiency(streams)),
        "burn": readings.burn(budget.runway(burn, stands), burn),
        "spent": readings.spent(spent, budget.labour(spent)),
        "rules": readings.rules(budget.rules(*tables, until=until, given="per period")),
        "left_out": readings.left_out(program.budget, streams, whole, program.items),
    }


def test_the_page_in_words():
    told = {name: str(reading) for name, reading in page(program_of(CORE)).items()}
    assert told["standing"] == (
        "By 2025-02-28 work worth 38 % of the budget of 40 was done; 50 % should have been. "
        "50 % of "
        "the budget is spent. Each 1.00 spent has earned 0.75. What is done, or earned, is counted "
        "by the budget table."
    )
    assert told["outlook"] == (
        "As efficient as so far it will cost 53, 13 more than the budget. Only 1 past "
        "estimate made at this stage can be judged, so no range is given. At the pace at which it "
        "was earned it will be done on 2025-06-09, 40 days later than planned."
    )
    assert told["workstreams"] == (
        "Core will cost 13 more than its budget of 40; 50 % of it is spent and 38 % of the work "
        "is earned. Late: Core."
    )
    assert "must earn 1.25; so far it earned 0.75" in told["to_complete"]
    assert "first on 2025-01-31" in told["indices"]
    assert "no allocations with rates" in told["spent"]


def test_a_range_says_on_how_many_estimates_it_rests():
    begun = ("New", [10.0] * 10, [9.0] * 5, [10.0] * 5)
    told = str(page(program_of(*many(12, 3), begun))["outlook"])
    assert "in 8 of 10 cases" in told
    assert "past estimates of" in told


def test_without_a_budget_the_page_says_how_to_bring_one():
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
    told = {name: str(one) for name, one in page(Program.from_tables({"items": items})).items()}
    assert "no budget" in told["standing"]
    assert "planned_value" in told["standing"]
    assert all(sentence.endswith(".") for sentence in told.values())
    assert not any("nan" in sentence.casefold() for sentence in told.values())


def test_without_earned_value_the_page_says_what_to_do():
    told = page(program_of(("Core", [10, 10], [], [12])))
    assert "set the parameter earned" in str(told["standing"]).replace("`", "")
    assert not any("nan" in str(sentence).casefold() for sentence in told.values())


def test_what_is_left_out_is_counted():
    told = page(program_of(CORE, ("Silent", [10] * 4, [], []), ("Unplanned", [], [], [5])))
    assert "workstreams without planned value (1)" in str(told["left_out"])
    assert "in no total (1)" in str(told["left_out"])


def test_a_name_never_becomes_markup():
    told = page(program_of(("<script>*x*", *CORE[1:])))["workstreams"].markdown
    assert r"\<script\>\*x\*" in told


def test_ranges_that_held_too_seldom_are_said_to_be_too_narrow():
    slump = [(f"S{n}", [10.0] * 20, [10.0] * 20, [10.0] * 12 + [30.0] * 8) for n in range(4)]
    told = {name: str(one) for name, one in page(program_of(*slump)).items()}
    assert "They are too narrow" in told["record"]
    steady = [(f"S{n}", [10.0] * 20, [8.0] * 18, [10.0] * 18) for n in range(4)]
    told = {name: str(one) for name, one in page(program_of(*steady)).items()}
    assert "would have held the cost" in told["record"]
    assert "They are rather too wide." in told["record"]
    assert "too short" in str(page(program_of(CORE))["record"])


def test_what_the_budget_asks_for_is_held_against_what_past_work_earned():
    begun = ("New", [10.0] * 10, [5.0] * 5, [8.0] * 5)
    told = str(page(program_of(*many(12, 3), begun))["to_complete"])
    assert "At this stage the rest of past work earned" in told
    assert "it needs more money or less scope" in told


def test_a_heavy_rate_of_people_is_named_against_what_is_booked():
    labour = pd.DataFrame(
        {"workstreams": [1], "labour_cost": [130.0], "actual_cost": [100.0], "labour_share": [1.3]}
    )
    spent = budget.spent_on(program_of(CORE).budget, _no_labour(), until=pd.Timestamp("2027-01-31"))
    assert "130 % of the 100 booked. More is promised than is booked" in str(
        readings.spent(spent, labour)
    )


def _no_labour():
    names = {"period_on": "datetime64[us]", "workstream": "str", "cost": float}
    return pd.DataFrame(
        {name: pd.Series(dtype=kind) for name, kind in {**names, "unpriced_hours": float}.items()}
    )
