"""What the checks of schedules and of issue graphs yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Flag, Result, Series, column


class ScheduleHealth(Result):
    """One row per point of the DCMA assessment, in its order."""

    number: Series[Count] = column("Point", ge=1, le=14)
    key: Series[str] = column("Name of the point in other programs")
    point: Series[str] = column("What is looked at")
    found: Series[float] = column("Found", nullable=True)
    of: Series[float] = column("Of how many", nullable=True)
    value: Series[float] = column("Measured, as a number", nullable=True)
    threshold: Series[float] = column("Threshold, as a number", nullable=True)
    limit: Series[Category] = column("Whether the threshold is a most or a least", nullable=True)
    measure: Series[Category] = column("What is measured: a share, a count or an index")
    passed: Series[Flag] = column("Whether it is within the threshold", nullable=True)
    measured: Series[str] = column("Measured")
    allowed: Series[str] = column("Threshold")
    verdict: Series[Category] = column("Verdict")
    worst: Series[str] = column("Worst offenders", nullable=True)
    reason: Series[str] = column("What it means")


class IssueGraphCases(Result):
    """One row per finding in the links of tracker items, finding by finding."""

    finding: Series[Category] = column("What is wrong")
    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    team: Series[Category] = column("Team that owns the item", nullable=True)
    other_id: Series[str] = column("Item at the other end", nullable=True)
    other_team: Series[Category] = column("Team at the other end", nullable=True)
    detail: Series[str] = column("What was found")
    age_days: Series[float] = column("For so long", "calendar days", nullable=True)


class IssueGraph(Result):
    """One row per kind of finding that was looked for."""

    finding: Series[str] = column("What is looked for")
    cases: Series[Count] = column("Found", ge=0)
    of: Series[Count] = column("Of how many", ge=0)
    share: Series[float] = column("Share of them", "share", nullable=True)
    worst: Series[str] = column("Worst of them", nullable=True)
    remedy: Series[str] = column("What to do")
