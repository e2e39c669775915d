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
    return {
        "standing": readings.standing(stands, program.budget),
        "outlook": readings.outlook(costs, finishes),
        "costs": readings.costs(costs),
        "finishes": readings.finishes(finishes),
        "indices": readings.indices(whole, alarm_below=0.9),
        "to_complete": readings.to_complete(stands),
        "workstreams": readings.workstreams(budget.standing(streams)),
        "efficiency": readings.efficiency(budget.efficiency(streams)),
        "burn": readings.burn(budget.runway(burn, stands), burn),
        "spent": readings.spent(budget.spent_on(program.budget, labour, until=until)),
        "rules": readings.rules(budget.rules(*tables, until=until, given="per period")),
        "left_out": readings.left_out(program.budget, streams, whole, program.items),
    }


def test_the_page_in_words():
    told = {name: str(reading) for name, reading in page(program_of(CORE)).items()}
    assert told["standing"] == (
        "By 2025-02-28 38 % of the budget of 40 was earned; 50 % should have been. 50 % of it is "
        "spent. Each 1.00 spent has earned 0.75."
    )
    assert told["outlook"] == (
        "As efficient as so far it will cost 53, 13 more than the budget. Only 1 past "
        "estimate made at this stage can be judged, so no range is given. It will be done on "
        "2025-06-09, 40 days later than planned."
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
