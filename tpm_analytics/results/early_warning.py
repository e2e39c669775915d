"""What the early warnings yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class Overdue(Result):
    """One row per open item older than most finished ones ever got, the oldest first."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    status: Series[Category] = column("Status", nullable=True)
    counted_from: Series[str] = column("Counted from: start or creation")
    since_on: Series[Day] = column("First day counted")
    age_days: Series[Count] = column("Age", "days", ge=1)
    limit_days: Series[Count] = column("Most of this kind were done within", "days", ge=1)


class BlockedItems(Result):
    """One row per open item that is blocked now, the longest first."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    blocked_on: Series[Day] = column("Blocked since")
    blocked_days: Series[Count] = column("Blocked for", "days", ge=1)
    reason: Series[str] = column("Why", nullable=True)


class WaitingLinks(Result):
    """One row per open item that waits for an open item of another team, the oldest wait first."""

    to_id: Series[str] = column("Item that waits")
    to_title: Series[str] = column("What it is about", nullable=True)
    to_team: Series[Category] = column("Team that waits")
    to_begun: Series[Flag] = column("Begun all the same")
    from_id: Series[str] = column("Item it waits for")
    from_title: Series[str] = column("What that is about", nullable=True)
    from_team: Series[Category] = column("Team it waits for")
    from_status: Series[Category] = column("Status of what it waits for", nullable=True)
    waiting_days: Series[Count] = column("Both exist since", "days", nullable=True)


class Holders(Result):
    """One row per team with open items that somebody holds, the most lopsided first."""

    team: Series[Category] = column("Team", nullable=True)
    held_items: Series[Count] = column("Open items somebody holds", "items", ge=1)
    free_items: Series[Count] = column("Open items nobody holds", "items", ge=0)
    people: Series[Count] = column("People who hold them", "people", ge=1)
    top_share: Series[float] = column("Held by one person", "share", ge=0, le=1)
    bus_factor: Series[Count] = column("People who hold more than half", "people", ge=1)
