"""What the metrics of blocked work yield."""

from __future__ import annotations

from tpm_analytics.program.table import Count, Result, Series, column


class BlockedTime(Result):
    """One row per reason, the one that cost most time first."""

    reason: Series[str] = column("Reason", nullable=True)
    blocks: Series[Count] = column("Blocked", "times", ge=1)
    items: Series[Count] = column("Were blocked", "items", ge=1)
    blocked_days: Series[float] = column("Time blocked, of all together", "days", ge=0)
    median_days: Series[float] = column("Half of the blocks took at most", "days", ge=0)
    share: Series[float] = column("Part of all blocked time", "share", ge=0, le=1, nullable=True)
    open_now: Series[Count] = column("Blocked now", "times", ge=0)
