"""What the plan for people costs."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import People
from tpm_analytics.results.resources import Allocated, CostInAll, Costs


def costs(allocated: DataFrame[Allocated], people: DataFrame[People]) -> DataFrame[Costs]:
    """Money that the promised time costs, by period and workstream.

    Parameters
    ----------
    allocated
        Computed with ``every="month"`` for a plan of the budget's grain. Reads ``person_id``,
        ``workstream``, ``period_on``, ``allocated_hours``.
    people
        Reads ``person_id``, ``cost_per_hour``.

    Returns
    -------
    Costs
        One row per period and workstream. ``cost`` leaves out people whose rate is unknown, is
        NA where no rate is known, and ``unpriced_hours`` says how much time it leaves out.
    """
    Allocated.require(allocated, "person_id", "workstream", "period_on", "allocated_hours")
    People.require(people, "person_id", "cost_per_hour")
    if allocated.empty:
        return Costs.validate(Costs.empty())
    rate = allocated["person_id"].astype("str").map(people.set_index("person_id")["cost_per_hour"])
    hours = allocated["allocated_hours"].fillna(0.0)
    priced = allocated.assign(
        hours=hours, cost=hours * rate, unpriced_hours=hours.where(rate.isna(), 0.0)
    )
    grouped = priced.groupby(["period_on", "workstream"], observed=True)
    totals = grouped[["hours", "unpriced_hours"]].sum()
    return Costs.validate(totals.assign(cost=grouped["cost"].sum(min_count=1)).reset_index())


def cost_in_all(costs: DataFrame[Costs]) -> DataFrame[CostInAll]:
    """What the plan for people costs in all, and in a middling period.

    Parameters
    ----------
    costs
        Reads ``period_on``, ``cost``, ``unpriced_hours``.

    Returns
    -------
    CostInAll
        One row; none where no cost is known.
    """
    Costs.require(costs, "period_on", "cost", "unpriced_hours")
    each = costs.groupby("period_on")["cost"].sum()
    if costs["cost"].isna().all():
        return CostInAll.validate(CostInAll.empty())
    return CostInAll.validate(
        pd.DataFrame(
            {
                "periods": [len(each)],
                "cost": [each.sum()],
                "median_cost": [each.median()],
                "unpriced_hours": [costs["unpriced_hours"].sum()],
            }
        )
    )
