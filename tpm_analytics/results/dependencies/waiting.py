"""What the metrics of dependencies yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class Dependencies(Result):
    """One row per link that orders two loaded items; those that wait now first."""

    from_id: Series[str] = column("Has to be finished first")
    from_title: Series[str] = column("What has to be finished first", nullable=True)
    from_team: Series[Category] = column("Team that others wait for", nullable=True)
    to_id: Series[str] = column("Waits for it")
    to_title: Series[str] = column("What waits", nullable=True)
    to_team: Series[Category] = column("Team that waits", nullable=True)
    across: Series[Flag] = column("Whether two teams are concerned", nullable=True)
    state: Series[Category] = column("State of the link")
    waited_days: Series[float] = column("Waited so far", "days", ge=0, nullable=True)
    age_days: Series[Count] = column("Age, at most", "days", ge=0, nullable=True)
    cleared_on: Series[Day] = column("Day the first was finished", nullable=True)
    handover_days: Series[float] = column(
        "From the first being finished to the next being begun", "days", ge=0, nullable=True
    )


class TeamWaits(Result):
    """One row per pair of teams with a link: who waited for whom, and how long."""

    from_team: Series[Category] = column("Team that others wait for", nullable=True)
    to_team: Series[Category] = column("Team that waits", nullable=True)
    across: Series[Flag] = column("Whether two teams are concerned", nullable=True)
    links: Series[Count] = column("Links", "links", ge=1)
    open: Series[Count] = column("Links not cleared", "links", ge=0)
    waiting: Series[Count] = column("Waiting today", "links", ge=0)
    measured: Series[Count] = column("Links whose waiting is known", "links", ge=0)
    waited: Series[Count] = column("Links on which somebody waited", "links", ge=0)
    waited_days: Series[float] = column("Waited in all", "days", ge=0, nullable=True)
    median_days: Series[float] = column(
        "Half of these waits took at most", "days", ge=0, nullable=True
    )
    longest_days: Series[float] = column("Longest wait", "days", ge=0, nullable=True)


class Circles(Result):
    """One row per set of items that wait for one another in a circle, open ones first."""

    circle: Series[str] = column("A circle: each is to be finished before the next")
    items: Series[Count] = column("Items in it or tied to it both ways", "items", ge=1)
    open: Series[Count] = column("Of them open", "items", ge=0)
    teams: Series[str] = column("Teams concerned", nullable=True)


class LinkCounts(Result):
    """One row per use that links can be put to: how many there are."""

    use: Series[Category] = column("What the links can be used for")
    links: Series[Count] = column("Links", "links", ge=0)
    share: Series[float] = column("Share of all links", "share", ge=0, le=1)
    share_of_ordering: Series[float] = column(
        "Share of the links that order items", "share", ge=0, le=1, nullable=True
    )


class LinkAges(Result):
    """One row per band of age: how many links that are not cleared are so old."""

    age: Series[str] = column("Age of the link, up to")
    between: Series[Category] = column("Between whom")
    links: Series[Count] = column("Links not cleared", "links", ge=0)
