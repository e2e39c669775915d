"""What the flow metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class CycleTimes(Result):
    """One row per finished item with a known start, oldest finish first."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    started_on: Series[Day] = column("Day work began")
    finished_on: Series[Day] = column("Day finished")
    cycle_days: Series[Count] = column("Time from start to finish", "days", ge=1)


class Percentiles(Result):
    """One row per share: that share of the items took so many days or fewer."""

    share: Series[float] = column("Share of items", "share", ge=0, le=1)
    cycle_days: Series[Count] = column("Time from start to finish", "days", ge=1)


class Throughput(Result):
    """One row per whole period, the empty ones too, oldest first."""

    period_on: Series[Day] = column("First day of the period")
    items: Series[Count] = column("Items finished", "items", ge=0)
    points: Series[float] = column("Points finished", "points", ge=0, nullable=True)


class WorkInProgress(Result):
    """One row per day: items begun and not finished, both end days counted."""

    day_on: Series[Day] = column("Day")
    items: Series[Count] = column("Items in progress", "items", ge=0)


class Ages(Result):
    """One row per item begun and not finished, oldest first."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    status: Series[Category] = column("Status", nullable=True)
    assignee_id: Series[str] = column("Held by", nullable=True)
    started_on: Series[Day] = column("Day work began")
    age_days: Series[Count] = column("Age since work began", "days", ge=1)


class Unmeasured(Result):
    """One row per reason why items are missing from the cycle times."""

    reason: Series[str] = column("Why they could not be measured")
    items: Series[Count] = column("Items left out", "items", ge=0)
    share: Series[float] = column("Share of the finished items", "share", nullable=True)
