"""Planned, earned, spent: by hand, over time, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpm_analytics as tpm
from tpm_analytics import InvalidTableError, ParameterError, Program
from tpm_analytics.metrics import budget
from tpm_analytics.results.budget import SpentOn

ITEMS = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
AMOUNTS = ("planned_value", "earned_value", "actual_cost")


def program_of(*streams, items=ITEMS, **tables):
    """A program whose workstreams are (name, planned, earned, cost), a value a month."""
    rows = [
        {
            "workstream": name,
            "period_on": pd.Timestamp("2025-01-01") + pd.DateOffset(months=month),
            **{
                column: amounts[month] if month < len(amounts) else None
                for column, amounts in zip(AMOUNTS, kinds, strict=True)
            },
        }
        for name, *kinds in streams
        for month in range(max(map(len, kinds)))
    ]
    return Program.from_tables({"items": items, "budget": pd.DataFrame(rows), **tables})


def earned(*streams, **options):
    return budget.earned_value(program_of(*streams).budget, **options)


CORE = ("Core", [10, 10, 10, 10], [5, 10], [10, 10])


def test_the_figures_of_one_day_by_hand():
    row = budget.standing(earned(CORE)).iloc[0]
    told = row[["cost_variance", "schedule_variance", "cpi", "spi", "earned_schedule", "spi_t"]]
    assert told.tolist() == [-5, -5, 0.75, 0.75, 1.5, 0.75]
    assert row["estimate_at_completion"] == pytest.approx(20 + 25 / 0.75)
    assert row["estimate_to_complete"] == pytest.approx(25 / 0.75)
    assert row["variance_at_completion"] == pytest.approx(40 - 20 - 25 / 0.75)
    assert row["tcpi_budget"] == pytest.approx(25 / 20)
    assert row["tcpi_estimate"] == pytest.approx(0.75)
    assert row["planned_finish_on"] == pd.Timestamp("2025-04-30")
    assert row["finish_on"] == pd.Timestamp("2025-06-09")
    assert row["state"] == "over cost and late"


def test_the_program_is_the_sum_of_its_workstreams():
    other = ("App", [20, 0, 0, 0], [10, 10], [10, 10])
    whole = earned(CORE, other)
    assert whole["planned_value"].tolist() == [30, 40, 50, 60]
    assert whole["earned_value"].dropna().tolist() == [15, 35]


def test_late_work_keeps_its_lateness_when_it_is_done():
    told = earned(("Core", [10, 10], [5, 5, 5, 5, 0], [5, 5, 5, 5, 0]))
    assert told["spi"].iloc[-1] == 1
    assert told["spi_t"].iloc[-2:].tolist() == [0.5, 0.5]
    row = budget.standing(told).iloc[0]
    assert row["state"] == "finished"
    assert row["finish_on"] == pd.Timestamp("2025-04-30")
    assert row["planned_finish_on"] == pd.Timestamp("2025-02-28")


def test_a_plan_that_ends_before_the_work_stays_as_it_was():
    told = earned(("Core", [10, 10], [4, 4, 4], [6, 6, 6]))
    assert told["budget_at_completion"].tolist() == [20, 20, 20]
    assert told["planned_periods"].tolist() == [2, 2, 2]
    assert told["earned_schedule"].iloc[-1] == pytest.approx(1.2)


def test_all_count_up_to_the_last_period_that_all_have_told():
    told = earned(CORE, ("App", [10, 10, 10, 10], [10], [10]))
    assert told["earned_value"].notna().sum() == 1


def test_rows_that_end_after_an_unknown_amount_tell_nothing():
    told = earned(("Core", [10] * 6, [10] * 6, [10] * 6), ("App", [10, 10, 10], [10], [10]))
    assert told["earned_value"].dropna().tolist() == [20]


def test_a_finished_workstream_holds_nobody_back():
    told = earned(CORE, ("App", [10, 0, 0, 0], [10], [12]))
    assert told["earned_value"].dropna().tolist() == [15, 25]


def test_a_workstream_that_begins_later_has_earned_nothing_yet():
    told = earned(CORE, ("App", [0, 0, 0, 50], [], []))
    assert told["earned_value"].dropna().tolist() == [5, 15]
    assert told["budget_at_completion"].iloc[0] == 90


def test_who_never_tells_is_in_no_total():
    told = earned(CORE, ("Silent", [10, 10, 10, 10], [], []))
    assert told["budget_at_completion"].iloc[0] == 40
    streams = earned(CORE, ("Silent", [10, 10, 10, 10], [], []), by="workstream")
    assert set(streams["workstream"]) == {"Core", "Silent"}


def test_a_period_counts_when_it_has_ended():
    told = earned(CORE, until=pd.Timestamp("2025-02-27"))
    assert told["earned_value"].notna().tolist() == [True, False, False, False]
    assert earned(CORE, until=pd.Timestamp("2025-02-28"))["earned_value"].notna().sum() == 2


def test_the_past_of_a_program_has_the_figures_it_had():
    program = program_of(CORE)
    then = program.at("2025-01-31")
    told = budget.earned_value(then.budget, until=then.as_of)
    assert told["earned_value"].dropna().tolist() == [5]


def test_costs_without_earned_value_are_told_without_indices():
    told = earned(("Core", [10, 10], [], [12]))
    assert told["actual_cost"].iloc[0] == 12
    assert told[["cpi", "spi", "spi_t"]].isna().all(axis=None)
    assert budget.standing(told)["state"].tolist() == ["not measured"]


TOTALS = [5, 10, 25, 55, 85, 120, 130, 140, 150, 150, 150]


def test_running_totals_are_refused_with_reason_and_rows():
    with pytest.raises(InvalidTableError, match="looks like a running total") as caught:
        earned(("Core", TOTALS, TOTALS[:6], TOTALS[:6]))
    assert 'amounts = "cumulative"' in str(caught.value)
    assert set(caught.value.failures["column"]) == set(AMOUNTS)
    assert caught.value.failures["row"].max() == 10


def test_running_totals_said_to_be_such_give_the_amounts():
    told = earned(("Core", TOTALS, TOTALS[:6], TOTALS[:6]), given="cumulative")
    assert told["budget_at_completion"].iloc[0] == 150
    assert told["planned_value"].tolist() == TOTALS[:9]
    assert told["planned_periods"].iloc[0] == 9


def test_earned_value_alone_given_as_totals_is_refused():
    with pytest.raises(InvalidTableError, match="earned_value: Core"):
        earned(("Core", [10] * 9, [10, 20, 30, 40, 50], [10, 10, 11, 10, 10]))


def test_work_that_speeds_up_as_planned_is_not_refused():
    rising = [10, 20, 30, 40, 50, 60]
    told = earned(("Core", [*rising, 40, 20], rising, rising))
    assert told["earned_value"].dropna().iloc[-1] == 210


def test_who_vouches_for_amounts_is_believed():
    rising = [10, 20, 30, 40, 50, 60]
    assert earned(("Core", rising, [], []), given="per period")["planned_value"].iloc[-1] == 210


@pytest.mark.parametrize(
    ("stream", "problem", "place"),
    [
        (("Core", [10, -1, 10], [], []), "cannot be below 0", "row 2, planned_value"),
        (("Core", [10, 10], [5], [-5]), "cannot be below 0", "row 1, actual_cost"),
        (("Core", [10, None, 10], [], []), "a later period is known", "row 2, planned_value"),
        (("Core", [10] * 3, [5, None, 5], []), "a later period is known", "row 2, earned_value"),
        (("Core", [10] * 3, [5] * 3, [5, None, 5]), "a later period", "row 2, actual_cost"),
        (("Core", [10, 10], [15, 15], []), "more is earned than was ever planned", "row 2"),
        (("Core", [10, float("inf")], [], []), "not a number", "row 2, planned_value"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_row(stream, problem, place):
    with pytest.raises(InvalidTableError, match=problem) as caught:
        earned(stream)
    assert place in str(caught.value)


def test_two_rows_for_a_period_and_missing_periods_are_refused():
    program = program_of(CORE)
    twice = pd.concat([program.budget, program.budget.head(1)], ignore_index=True)
    with pytest.raises(InvalidTableError, match="more than one row"):
        budget.earned_value(twice)
    with pytest.raises(InvalidTableError, match="period before it does not begin"):
        budget.earned_value(program.budget.drop(index=[1]).reset_index(drop=True))


def test_totals_that_fall_are_refused():
    with pytest.raises(InvalidTableError, match="a running total cannot fall"):
        earned(("Core", [10, 30, 20], [], []), given="cumulative")


@pytest.mark.parametrize("option", [{"by": "team"}, {"given": "guessed"}])
def test_an_unknown_option_is_told(option):
    with pytest.raises(ParameterError, match="use"):
        earned(CORE, **option)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50)),
        min_size=2,
        max_size=10,
    )
)
def test_indices_follow_from_the_totals(months):
    planned, gained, cost = map(list, zip(*months, strict=True))
    scale = sum(planned) / max(sum(gained), 1)
    gained = [amount * min(scale, 1) for amount in gained]
    told = earned(("Core", planned, gained, cost), given="per period")
    known = told[told["actual_cost"] > 0]
    assert np.allclose(known["cpi"] * known["actual_cost"], known["earned_value"])
    assert (told["cost_variance"] == told["earned_value"] - told["actual_cost"]).all()
    assert told["earned_schedule"].between(0, told["planned_periods"]).all()


def test_points_earn_their_share_of_all_points():
    items = pd.DataFrame(
        {
            "item_id": ["A", "B", "C"],
            "created_at": "2025-01-01T09:00Z",
            "finished_at": ["2025-01-20T09:00Z", "2025-02-20T09:00Z", None],
            "points": [1.0, 2.0, 5.0],
        }
    )
    program = program_of(CORE, items=items)
    told = budget.measured(program.budget, program.items, program.milestones, rule="points")
    assert told["earned_value"].tolist() == [5, 10, 0, 0]


@pytest.mark.parametrize(("weight", "gained"), [(None, 20.0), ([3.0, 1.0], 30.0)])
def test_milestones_earn_by_weight_when_they_are_reached(weight, gained):
    milestones = pd.DataFrame(
        {"milestone_id": ["M-1", "M-2"], "done_on": ["2025-02-10", None], "weight": weight}
    )
    program = program_of(CORE, milestones=milestones)
    told = budget.measured(program.budget, program.items, program.milestones, rule="milestones")
    assert told["earned_value"].tolist() == [0, gained, 0, 0]


def test_weights_of_some_milestones_only_are_refused():
    milestones = pd.DataFrame({"milestone_id": ["M-1", "M-2"], "weight": [1.0, None]})
    program = program_of(CORE, milestones=milestones)
    with pytest.raises(ParameterError, match="M-2"):
        budget.measured(program.budget, program.items, program.milestones, rule="milestones")


def test_burn_rate_and_runway_by_hand():
    told = earned(("Core", [10] * 6, [5, 5, 5], [8, 10, 6]))
    burn = budget.burn_rate(told)
    assert burn["burn_rate"].dropna().tolist() == [8]
    row = budget.runway(burn, budget.standing(told)).iloc[0]
    assert (row["money_left"], row["runway_periods"]) == (36, 4.5)
    assert row["finish_on"] > row["spent_on"]
    assert not row["lasts"]


def test_labour_is_part_of_the_cost_of_the_same_time():
    program = program_of(CORE)
    labour = pd.DataFrame(
        {
            "period_on": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]),
            "workstream": "Core",
            "cost": [4.0, 6.0, 100.0],
            "unpriced_hours": [0.0, 2.0, 0.0],
        }
    )
    row = budget.spent_on(program.budget, labour, until=pd.Timestamp("2025-03-31")).iloc[0]
    assert (row["actual_cost"], row["labour_cost"], row["labour_share"]) == (20, 10, 0.5)
    assert row["unpriced_hours"] == 2


def test_the_stories_of_the_sample_are_found():
    program = tpm.load("sample:")
    streams = budget.earned_value(program.budget, until=program.as_of, by="workstream")
    found = budget.efficiency(streams).set_index("workstream")
    assert found.index[found["changed"]].tolist() == [
        "Certification and compliance",
        "Mobile wallet",
    ]
    certified = found.loc["Certification and compliance"]
    assert certified["since_on"] == pd.Timestamp("2025-02-01")
    assert certified["since"] == pytest.approx(1.73, abs=0.005)
    assert found.loc["Mobile wallet", "since"] == pytest.approx(1.26, abs=0.005)


def test_people_cost_their_share_of_the_workstreams_of_which_both_are_known():
    spent = SpentOn.validate(
        SpentOn.empty()
        .reindex(range(3))
        .assign(
            workstream=["A", "B", "C"],
            actual_cost=[100.0, 300.0, 50.0],
            labour_cost=[90.0, 110.0, None],
        )
    )
    told = budget.labour(spent).iloc[0]
    assert told.to_dict() == {
        "workstreams": 2,
        "labour_cost": 200,
        "actual_cost": 400,
        "labour_share": 0.5,
    }
    assert budget.labour(spent.head(0)).empty
