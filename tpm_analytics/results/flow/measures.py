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


class GroupTimes(Result):
    """One row per group of finished items, the slowest first."""

    group: Series[str] = column("Group", nullable=True)
    items: Series[Count] = column("Finished", "items", ge=1)
    median_days: Series[Count] = column("50 % took at most", "days", ge=1)
    p85_days: Series[Count] = column("85 % took at most", "days", ge=1)
    p95_days: Series[Count] = column("95 % took at most", "days", ge=1)
    slowest_days: Series[Count] = column("The slowest took", "days", ge=1)


class Histogram(Result):
    """One row per span of days, shortest first; the last takes all that is longer."""

    span: Series[str] = column("Time from start to finish", "days")
    from_days: Series[Count] = column("From", "days", ge=1)
    items: Series[Count] = column("Finished", "items", ge=0)
    share: Series[float] = column("Part of the finished items", "share", ge=0, le=1)


class Conventions(Result):
    """One row per way of counting, ours first."""

    convention: Series[str] = column("Way of counting")
    items: Series[Count] = column("Measured", "items", ge=0)
    median_days: Series[float] = column("50 % took at most", "days", nullable=True)
    p85_days: Series[float] = column("85 % took at most", "days", nullable=True)
    moved_days: Series[float] = column("85 % figure against ours", "days", nullable=True)
    finished_lately: Series[Count] = column("Finished in the last 13 weeks", "items", ge=0)
