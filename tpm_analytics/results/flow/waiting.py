"""What the metrics of queues, bottlenecks and moves yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Bottlenecks(Result):
    """One row per team and status work passes between start and finish, the worst first."""

    team: Series[Category] = column("Team", nullable=True)
    status: Series[Category] = column("Status")
    stage: Series[Category] = column("Stage of work")
    held_up: Series[float] = column("Held up there on an average day", "items", nullable=True)
    mean_items: Series[float] = column("There on an average day", "items", ge=0)
    before_items: Series[float] = column(
        "There on an average day of the weeks before", "items", ge=0, nullable=True
    )
    entered: Series[Count] = column("Came in", "items", ge=0)
    left: Series[Count] = column("Went on", "items", ge=0)
    median_days: Series[float] = column("Middling stay", "days", ge=0, nullable=True)
    before_days: Series[float] = column(
        "Middling stay in the weeks before", "days", ge=0, nullable=True
    )
    here_now: Series[Count] = column("There now", "items", ge=0)


class Queues(Result):
    """One row per team, status and week, oldest first."""

    team: Series[Category] = column("Team", nullable=True)
    status: Series[Category] = column("Status")
    period_on: Series[Day] = column("First day of the week")
    items: Series[Count] = column("There at the end of the week", "items", ge=0)
    median_days: Series[float] = column(
        "Middling stay of those that went on", "days", ge=0, nullable=True
    )


class Handovers(Result):
    """One row per team: how often its finished items changed hands and went back."""

    team: Series[Category] = column("Team", nullable=True)
    items: Series[Count] = column("Finished", "items", ge=1)
    handovers: Series[float] = column("Hand-overs of an item, on the average", "times", ge=0)
    went_back: Series[float] = column("Items that went back", "share", ge=0, le=1)
    reopened: Series[float] = column("Items that were reopened", "share", ge=0, le=1)
    days_plain: Series[float] = column(
        "Middling time from start to finish, of items that never went back",
        "days",
        ge=0,
        nullable=True,
    )
    days_back: Series[float] = column(
        "Middling time from start to finish, of items that did", "days", ge=0, nullable=True
    )


class MovesBack(Result):
    """One row per pair of statuses between which items went back, the most frequent first."""

    from_status: Series[Category] = column("From")
    to_status: Series[Category] = column("Back to")
    moves: Series[Count] = column("Moved", "times", ge=1)
    items: Series[Count] = column("Concerned", "items", ge=1)
    share: Series[float] = column("Part of all moves out of the status", "share", ge=0, le=1)


class HandoversInAll(Result):
    """One row: how often finished items of all teams changed hands and went back."""

    items: Series[Count] = column("Finished", "items", ge=1)
    handovers: Series[float] = column("Hand-overs of an item, on the average", "times", ge=0)
    went_back: Series[float] = column("Items that went back", "share", ge=0, le=1)
    reopened: Series[float] = column("Items that were reopened", "share", ge=0, le=1)
