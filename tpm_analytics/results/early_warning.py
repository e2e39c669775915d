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
    room_days: Series[float] = column("Room before the end moves", "working days", nullable=True)
    critical: Series[Flag] = column("On the critical path", nullable=True)
    behind: Series[Count] = column("Open items that wait for it", "items", ge=0, nullable=True)


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
    waiting_days: Series[Count] = column("Both exist for, today counted", "days", nullable=True)


class ItemRoom(Result):
    """One row per open item: what it belongs to, how much room that has, and what waits for it."""

    item_id: Series[str] = column("Item")
    activity_id: Series[str] = column("Scheduled work it is part of", nullable=True)
    room_days: Series[float] = column("Room before the end moves", "working days", nullable=True)
    critical: Series[Flag] = column("On the critical path", nullable=True)
    behind: Series[Count] = column("Open items that wait for it", "items", ge=0)


class BlockedChains(Result):
    """One row per chain of open items that cannot go on, the most items behind it first."""

    head_id: Series[str] = column("Where the chain is held up")
    title: Series[str] = column("What that is about", nullable=True)
    team: Series[Category] = column("Team that holds it", nullable=True)
    status: Series[Category] = column("Status", nullable=True)
    held_by: Series[Category] = column("Why it does not move")
    reason: Series[str] = column("Reason given for the block", nullable=True)
    since_on: Series[Day] = column("Since", nullable=True)
    waiting_days: Series[Count] = column("For", "days", nullable=True)
    behind: Series[Count] = column("Open items that wait for it", "items", ge=1)
    teams: Series[str] = column("Teams that wait", nullable=True)
    steps: Series[Count] = column("Items in its longest chain", "items", ge=2)
    chain: Series[str] = column("Longest chain")
    room_days: Series[float] = column("Room before the end moves", "working days", nullable=True)
    critical: Series[Flag] = column("On the critical path", nullable=True)


class ScopeGrowth(Result):
    """One row per jump of a team's scope, and per team whose scope outgrows what it finishes."""

    finding: Series[Category] = column("What was found")
    team: Series[Category] = column("Team", nullable=True)
    from_on: Series[Day] = column("From")
    to_on: Series[Day] = column("To")
    added: Series[Count] = column("Added", "items", ge=0)
    usual: Series[float] = column("Usual for a jump's weeks, or finished meanwhile", "items", ge=0)
    beyond: Series[float] = column("Beyond that", "items")
    still_open: Series[Count] = column("Of those added still open", "items", ge=0)
    weeks_of_work: Series[float] = column(
        "Time the team needs for what is beyond", "weeks", nullable=True
    )
    mostly_in: Series[str] = column("Most of them belong to", nullable=True)


class ExpectedDays(Result):
    """One row per item and activity: when it is expected, as known on a day."""

    key: Series[str] = column("Item, activity or milestone")
    name: Series[str] = column("What it is about", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    open: Series[Flag] = column("Not finished")
    expected_on: Series[Day] = column("Finished, or expected", nullable=True)
    told_by: Series[Category] = column("What tells the day: schedule, sprint or nothing")
    critical: Series[Flag] = column("On the critical path", nullable=True)


class MovedDependencies(Result):
    """One row per open piece of work that others wait for and whose day moved by itself."""

    key: Series[str] = column("What others wait for")
    name: Series[str] = column("What it is about", nullable=True)
    team: Series[Category] = column("Team that has it", nullable=True)
    told_by: Series[Category] = column("What tells the day: schedule, milestone report or sprint")
    since_on: Series[Day] = column("Compared with")
    expected_then_on: Series[Day] = column("Expected then")
    expected_now_on: Series[Day] = column("Expected now")
    moved_days: Series[Count] = column("Later by", "calendar days", ge=1)
    own_days: Series[Count] = column("Of which arose here", "calendar days", ge=1)
    waits: Series[str] = column("What waits for it next")
    teams: Series[str] = column("Other teams that wait", nullable=True)
    behind: Series[Count] = column("All that waits for it in the end", ge=1)
    critical: Series[Flag] = column("On the critical path", nullable=True)


class EarlyWarnings(Result):
    """One row per warning, the one to act on first on top."""

    rank: Series[Count] = column("Rank", ge=1)
    subject: Series[str] = column("Key of the item, epic or activity, or name of the team")
    where: Series[str] = column("Where")
    team: Series[str] = column("Team", nullable=True)
    finding: Series[Category] = column("What is wrong")
    critical: Series[Flag] = column("On the critical path", nullable=True)
    since_on: Series[Day] = column("Since", nullable=True)
    concerns: Series[Count] = column("Open work it concerns", "items", ge=1)
    days: Series[float] = column("For so long, or by so much", "calendar days", nullable=True)
    counted: Series[str] = column("What was counted")
    why: Series[str] = column("Why it matters")


class Holders(Result):
    """One row per team, and per open epic: on how few people its work hangs."""

    team: Series[Category] = column("Team", nullable=True)
    epic_id: Series[str] = column("Epic; none for the whole team", nullable=True)
    title: Series[str] = column("What the epic is about", nullable=True)
    basis: Series[Category] = column("What was counted")
    held_items: Series[Count] = column("Counted", "items", ge=1)
    people: Series[Count] = column("People who stand for them", "people", ge=1)
    top_share: Series[float] = column("Of one person", "share", ge=0, le=1)
    bus_factor: Series[Count] = column("People who stand for more than half", "people", ge=1)
    open_items: Series[Count] = column("Open", "items", ge=1)
    free_items: Series[Count] = column("Open items nobody holds", "items", ge=0)
    since_on: Series[Day] = column("Counted since", nullable=True)
    critical: Series[Flag] = column("On the critical path", nullable=True)
