"""What people worked on, beside what was planned."""

from __future__ import annotations

from tpm_analytics.program.table import Count, Day, Flag, Result, Series, column


class Worked(Result):
    """One row per whole period that has ended."""

    period_on: Series[Day] = column("First day of the period")
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    worked_hours: Series[float] = column("Time worked", "hours", ge=0)
    worked_share: Series[float] = column("Time worked of the time promised", "share", nullable=True)


class Actuals(Result):
    """One row per team or workstream: hours worked beside hours promised."""

    name: Series[str] = column("Team or workstream")
    from_on: Series[Day] = column("First day")
    to_on: Series[Day] = column("Last day")
    periods: Series[Count] = column("Whole periods", "periods", ge=1)
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    worked_hours: Series[float] = column("Time worked", "hours", ge=0)
    beyond_hours: Series[float] = column("Worked beyond what was promised", "hours")
    worked_share: Series[float] = column(
        "Time worked of the time promised", "share", ge=0, nullable=True
    )


class EstimateRatios(Result):
    """One row per kind of item or team: hours worked beside hours estimated."""

    name: Series[str] = column("Kind of item or team")
    items: Series[Count] = column("Finished items with both", "items", ge=1)
    estimated_hours: Series[float] = column("Estimated", "hours", ge=0)
    worked_hours: Series[float] = column("Worked", "hours", ge=0)
    ratio: Series[float] = column("Worked for each hour estimated", "hours", ge=0)
    median_ratio: Series[float] = column("Half took, for each hour, at most", "hours", ge=0)
    p85_ratio: Series[float] = column("85 % took, for each hour, at most", "hours", ge=0)
    enough: Series[Flag] = column("Whether these are enough to tell")
    unmeasured: Series[Count] = column("Finished items without one of both", "items", ge=0)
