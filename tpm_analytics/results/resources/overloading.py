"""Who is promised too often."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Overloads(Result):
    """One row per group and unbroken run of periods in which people are promised too often."""

    group: Series[str] = column("Who")
    team: Series[Category] = column("Home team", nullable=True)
    role: Series[Category] = column("Role", nullable=True)
    person_id: Series[str] = column(
        "Person; only where single persons were asked for", nullable=True
    )
    people: Series[Count] = column("People overloaded", "people", ge=1)
    from_on: Series[Day] = column("First day")
    to_on: Series[Day] = column("Last day")
    periods: Series[Count] = column("Length of the overload", "periods", ge=1)
    peak_utilisation: Series[float] = column("Highest promise of one person", "share")
    excess_hours: Series[float] = column("Time promised that is not there", "hours", ge=0)
    workstreams: Series[str] = column("Workstreams that collide")
