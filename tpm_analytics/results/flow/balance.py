"""What the metrics of inflow, outflow and what lies between yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Balance(Result):
    """One row per whole period, oldest first: what came in, what was begun, what was finished."""

    period_on: Series[Day] = column("First day of the period")
    arrived: Series[Count] = column("Created", "items", ge=0)
    begun: Series[Count] = column("Begun", "items", ge=0)
    finished: Series[Count] = column("Finished", "items", ge=0)
    still_open: Series[Count] = column("Open at the end of the period", "items")


class CumulativeFlow(Result):
    """One row per day and status: items there at the end of the day."""

    day_on: Series[Day] = column("Day")
    status: Series[Category] = column("Status")
    stage: Series[Category] = column("Stage of work")
    items: Series[Count] = column("Items", "items")


class LittlesLaw(Result):
    """One row per span, oldest first: items in progress counted, and as Little's law has them."""

    from_on: Series[Day] = column("First day")
    to_on: Series[Day] = column("Last day")
    mean_items: Series[float] = column("In progress on an average day", "items", ge=0)
    finished: Series[Count] = column("Finished, with a known start", "items", ge=0)
    mean_cycle_days: Series[float] = column(
        "Average time from start to finish", "days", ge=1, nullable=True
    )
    implied_items: Series[float] = column(
        "In progress as times and finishes imply", "items", ge=0, nullable=True
    )
    residual: Series[float] = column("Part that is not explained", "share", le=1, nullable=True)
    change: Series[Count] = column("More in progress at the end than at the start", "items")


class Distribution(Result):
    """One row per period and kind of work, oldest first."""

    period_on: Series[Day] = column("First day of the period")
    kind: Series[Category] = column("Kind of work", nullable=True)
    items: Series[Count] = column("Items finished", "items", ge=0)
    share: Series[float] = column("Part of the period's items", "share", ge=0, le=1, nullable=True)
