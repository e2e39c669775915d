"""What the plan for people costs."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Costs(Result):
    """One row per period and workstream."""

    period_on: Series[Day] = column("First day of the period")
    workstream: Series[Category] = column("Workstream the money goes to")
    hours: Series[float] = column("Time promised", "hours", ge=0)
    cost: Series[float] = column("Cost of the time promised", "currency", nullable=True)
    unpriced_hours: Series[float] = column("Time of people without a known rate", "hours", ge=0)


class CostInAll(Result):
    """One row: what the plan for people costs in all; none where nobody's cost is known."""

    periods: Series[Count] = column("Periods", "periods", ge=1)
    cost: Series[float] = column("Cost of the time promised", "currency", ge=0)
    median_cost: Series[float] = column("In a middling period", "currency", ge=0)
    unpriced_hours: Series[float] = column("Time of people without a known rate", "hours", ge=0)
