"""What the plan for people costs."""

import pandas as pd

from tests.metrics.staff import BUSY, DURING, hours_of, program_of
from tpm_analytics.metrics import resources


def monthly(program):
    return resources.allocation(
        program.allocations, program.people, program.absences, during=DURING, every="month"
    )


def test_cost_is_hours_times_rate_and_says_what_it_leaves_out():
    program = program_of(
        [{"person_id": "P", "cost_per_hour": 50.0}, {"person_id": "Q"}],
        [("P", "A", *BUSY, 0.5), ("Q", "A", *BUSY, 1.0), ("Q", "B", *BUSY, 0.5)],
    )
    told = resources.costs(monthly(program), program.people).set_index("workstream")
    assert told.loc["A", ["hours", "cost", "unpriced_hours"]].tolist() == [120, 2000, 80]
    assert pd.isna(told.loc["B", "cost"])


def test_what_the_plan_costs_in_all_is_the_sum_of_its_months():
    program = program_of(
        [{"person_id": "P", "cost_per_hour": 50.0}, {"person_id": "Q"}],
        [
            ("P", "A", "2025-03-01", "2025-03-31", 1.0),
            ("P", "A", "2025-04-01", "2025-04-30", 0.5),
            ("Q", "A", *BUSY, 0.5),
        ],
    )
    spring = (pd.Timestamp("2025-03-01"), pd.Timestamp("2025-04-30"))
    costs = resources.costs(hours_of(program, spring, every="month")[1], program.people)
    told = resources.cost_in_all(costs)
    # 21 working days in March, 22 half ones in April
    assert told.to_dict("records") == [
        {
            "periods": 2,
            "cost": 21 * 8 * 50 + 11 * 8 * 50,
            "median_cost": 16 * 8 * 50,
            "unpriced_hours": 40.0,
        }
    ]
    assert resources.cost_in_all(costs.assign(cost=float("nan"))).empty
