"""Who could do which work."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class Assignments(Result):
    """One row per activity, need and group proposed for it; by start, what nobody takes too."""

    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is to be done")
    team: Series[Category] = column("Team that does it", nullable=True)
    needs: Series[str] = column("Role or skill needed")
    from_on: Series[Day] = column("First day")
    to_on: Series[Day] = column("Last day")
    who: Series[str] = column("Proposed", nullable=True)
    person_id: Series[str] = column(
        "Person; only where single persons were asked for", nullable=True
    )
    places: Series[Count] = column("Places", ge=1)
    people: Series[Count] = column("People proposed", "people", ge=0)
    missing: Series[Count] = column("Places that nobody can take", "people", ge=0)
    needed_hours: Series[float] = column("Time needed", "hours", ge=0)
    given_hours: Series[float] = column("Time they have for it", "hours", ge=0)
    own_team: Series[Flag] = column("Of the team that does it", nullable=True)
    others: Series[Count] = column("Others who could", "people", ge=0)
    reason: Series[str] = column("Why")
