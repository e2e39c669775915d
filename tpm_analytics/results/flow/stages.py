"""What the metrics of statuses and stages yield."""

from __future__ import annotations

from tpm_analytics.program.table import (
    Category,
    Count,
    Day,
    Flag,
    Instant,
    Result,
    Series,
    column,
)


class Stays(Result):
    """One row per time an item was in a status, by item, then time."""

    item_id: Series[Category] = column("Item")
    team: Series[Category] = column("Team", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    status: Series[Category] = column("Status")
    stage: Series[Category] = column("Stage of work")
    entered_at: Series[Instant] = column("Moment it entered the status")
    entered_on: Series[Day] = column("Day it entered the status")
    left_on: Series[Day] = column("Day it left the status; NA while it is there", nullable=True)
    days: Series[float] = column("Time in the status, so far if it is still there", "days", ge=0)
    age_days: Series[Count] = column(
        "Age since work began, when it left or now; NA where work was not under way",
        "days",
        ge=1,
        nullable=True,
    )
    underway: Series[Flag] = column("Whether it lies between start and finish of the item")
    finished: Series[Flag] = column("Whether the item is finished")


class TimeInStatus(Result):
    """One row per status that is not done, in the order work passes them."""

    status: Series[Category] = column("Status")
    stage: Series[Category] = column("Stage of work")
    items: Series[Count] = column("Were there", "items", ge=0)
    here_now: Series[Count] = column("There now", "items", ge=0)
    median_days: Series[float] = column("Half of the stays took at most", "days", nullable=True)
    p85_days: Series[float] = column("85 % of the stays took at most", "days", nullable=True)
    total_days: Series[float] = column("All time spent there", "days", ge=0)
    share: Series[float] = column(
        "Part of all time between start and finish", "share", ge=0, le=1, nullable=True
    )


class Paces(Result):
    """One row per status and share: that share of finished items left it at that age or younger."""

    status: Series[Category] = column("Status")
    share: Series[float] = column("Share of finished items", "share", ge=0, le=1)
    items: Series[Count] = column("Finished ones that passed it", "items", ge=0)
    from_days: Series[Count] = column("That age for the share before", "days", ge=1)
    age_days: Series[Count] = column("Age on leaving the status", "days", ge=1)


class Ageing(Result):
    """One row per open item, those first that are oldest for the status they are in."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    status: Series[Category] = column("Status", nullable=True)
    assignee_id: Series[str] = column("Held by", nullable=True)
    started_on: Series[Day] = column("Day work began")
    age_days: Series[Count] = column("Age since work began", "days", ge=1)
    older_than: Series[float] = column(
        "Share of finished items that left this status younger", "share", ge=0, le=1, nullable=True
    )


class Efficiencies(Result):
    """One row per finished item: where the time between its start and its finish went."""

    item_id: Series[str] = column("Item")
    team: Series[Category] = column("Team", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    finished_on: Series[Day] = column("Day finished")
    active_days: Series[float] = column("In active statuses, not blocked", "days", ge=0)
    waiting_days: Series[float] = column("In other statuses, not blocked", "days", ge=0)
    blocked_days: Series[float] = column("Blocked, whatever the status", "days", ge=0)
    efficiency: Series[float] = column(
        "Active part of the time", "share", ge=0, le=1, nullable=True
    )


class TeamEfficiency(Result):
    """One row per team: its finished items together, the least active part first."""

    team: Series[Category] = column("Team", nullable=True)
    items: Series[Count] = column("Finished", "items", ge=1)
    active_days: Series[float] = column("In active statuses, not blocked", "days", ge=0)
    waiting_days: Series[float] = column("In other statuses, not blocked", "days", ge=0)
    blocked_days: Series[float] = column("Blocked, whatever the status", "days", ge=0)
    efficiency: Series[float] = column(
        "Active part of all time", "share", ge=0, le=1, nullable=True
    )
    median_efficiency: Series[float] = column(
        "Active part, of the middling item", "share", ge=0, le=1, nullable=True
    )
