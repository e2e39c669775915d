"""What the explore notebook compares: the program as it is, and as a scenario makes it."""

from __future__ import annotations

from tpm_analytics.program.table import Count, Day, Flag, Result, Series, column

AS_IS = "as it is"
CHANGED = "in the scenario"


class Chances(Result):
    """One row per version of the program and day: the chance that all is done by then."""

    version: Series[str] = column("Version of the program")
    day_on: Series[Day] = column("Day")
    chance: Series[float] = column("Chance that all is done", "share", ge=0, le=1)


class Promises(Result):
    """One row per version of the program and share of futures: the day that share keeps."""

    version: Series[str] = column("Version of the program")
    share: Series[float] = column("How sure", "share", gt=0, le=1)
    day_on: Series[Day] = column("Done by", nullable=True)
    later_days: Series[Count] = column("Later than as it is", "days", nullable=True)


class Counts(Result):
    """One row per version of the program: what is left, and how much is finished at least."""

    version: Series[str] = column("Version of the program")
    left: Series[float] = column("Left to do", "items", ge=0)
    by_on: Series[Day] = column("By")
    finished: Series[float] = column("Finished at least", "items", ge=0, nullable=True)
    more: Series[float] = column("More than as it is", "items", nullable=True)


class Steps(Result):
    """One row per version of the program and activity that sets the end, the first one first."""

    version: Series[str] = column("Version of the program")
    name: Series[str] = column("Activity")
    open: Series[Flag] = column("Still to be done")


class Loads(Result):
    """One row per version of the program and group: how full its time is in the weeks to come."""

    version: Series[str] = column("Version of the program")
    group: Series[str] = column("Group")
    capacity_hours: Series[float] = column("Time available", "hours", ge=0)
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    utilisation: Series[float] = column("Share of the time promised", "share", nullable=True)
    more: Series[float] = column("More than as it is", "share", nullable=True)
