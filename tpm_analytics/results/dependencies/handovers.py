"""What hand-overs between teams yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Flag, Result, Series, column


class SharedHours(Result):
    """One row per team and other team, in both directions: when both are at work."""

    team: Series[Category] = column("Team")
    other_team: Series[Category] = column("Other team")
    shared_hours: Series[float] = column("Working hours that both share", "hours a day", ge=0, le=8)
    time_zones: Series[str] = column("Time zones of the team")
    other_time_zones: Series[str] = column("Time zones of the other team")
    across: Series[Flag] = column("Whether two teams are concerned")


class HandoverTimes(Result):
    """One row per kind of hand-over, in the order of distance: how long it took."""

    between: Series[Category] = column("Between whom")
    handovers: Series[Count] = column("Hand-overs measured", ge=0)
    shared_hours: Series[float] = column("Shared hours, on average", "hours a day", nullable=True)
    median_days: Series[float] = column("Half took at most", "days", ge=0, nullable=True)
    beyond_days: Series[float] = column(
        "Half took at most, beyond those within a team", "days", nullable=True
    )
    p85_days: Series[float] = column("85 % took at most", "days", ge=0, nullable=True)
    enough: Series[Flag] = column("Whether these are enough to compare")
