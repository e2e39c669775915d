"""How much time a what-if gives to each team."""

from __future__ import annotations

from tpm_analytics.program.table import Day, Result, Series, column


class PaceChange(Result):
    """One row per team and day from which it has more or fewer people than it really has."""

    team: Series[str] = column("Team")
    from_on: Series[Day] = column("Day from which it holds")
    hours_before: Series[float] = column("Contracted time as it is", "hours a week", ge=0)
    hours_after: Series[float] = column("Contracted time as assumed", "hours a week", ge=0)
    ratio: Series[float] = column("Time as assumed against as it is", "share", ge=0, nullable=True)
