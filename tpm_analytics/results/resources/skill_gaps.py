"""Which skills are there, and which are needed."""

from __future__ import annotations

from tpm_analytics.program.table import Count, Flag, Result, Series, column


class Skills(Result):
    """One row per skill or role that somebody has or some activity needs, the scarce first."""

    skill: Series[str] = column("Skill or role")
    holders: Series[Count] = column("People who have it", "people", ge=0)
    demanded: Series[float] = column(
        "Most needed at once by open activities", "units", ge=0, nullable=True
    )
    short: Series[float] = column(
        "Needed at once beyond those who have it", "units", ge=0, nullable=True
    )
    alone: Series[Flag] = column("Only one person has it")
