"""What the metrics of changed schedules yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class CrashPlan(Result):
    """One row per number of days to win and activity of which days are bought for it."""

    won_days: Series[Count] = column("Won", "working days", ge=1)
    activity_id: Series[str] = column("Activity to shorten")
    name: Series[str] = column("What is done", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    bought_days: Series[float] = column("Shorter by", "working days", ge=0)
    cost_per_day: Series[float] = column("Cost of each day bought", "currency", ge=0)
    cost: Series[float] = column("Cost", "currency", ge=0)
    total_cost: Series[float] = column("Cost of all that is bought", "currency", ge=0)
    end_on: Series[Day] = column("End of the schedule then")


class CrashCosts(Result):
    """One row per number of days that can be won, the fewest first."""

    won_days: Series[Count] = column("Won", "working days", ge=1)
    end_on: Series[Day] = column("End of the schedule then")
    cost: Series[float] = column("Least cost", "currency", ge=0)
    next_day_cost: Series[float] = column("Cost of the last of these days", "currency", ge=0)
    activities: Series[Count] = column("Activities to shorten", "activities", ge=1)
    names: Series[str] = column("Which ones")


class PertForecast(Result):
    """One row per deadline: the chance that the critical path ends by it."""

    expected_days: Series[float] = column("Expected duration", "working days")
    sigma_days: Series[float] = column("Standard deviation of the critical path", "working days")
    expected_on: Series[Day] = column("Expected finish")
    deadline_days: Series[float] = column("Deadline", "working days", nullable=True)
    probability: Series[float] = column("Chance to end by it", "share", nullable=True)


class ItemDurations(Result):
    """One row per epic: working days that all of it takes at its pace."""

    item_id: Series[str] = column("Epic")
    items: Series[Count] = column("Items in it", "items", ge=0)
    open_items: Series[Count] = column("Not finished", "items", ge=0)
    duration_days: Series[float] = column("Likely duration", "working days", ge=0)
    optimistic_days: Series[float] = column("Duration if all goes well", "working days", ge=0)
    pessimistic_days: Series[float] = column("Duration if much goes wrong", "working days", ge=0)
    basis: Series[Category] = column("What the pace was taken from")
