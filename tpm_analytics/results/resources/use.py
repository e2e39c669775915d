"""How full people's time is."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Utilisation(Result):
    """One row per group and period; a group is a role in a team unless asked otherwise."""

    group: Series[str] = column("Who")
    team: Series[Category] = column("Home team", nullable=True)
    role: Series[Category] = column("Role", nullable=True)
    person_id: Series[str] = column(
        "Person; only where single persons were asked for", nullable=True
    )
    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("Last day of the period")
    people: Series[Count] = column("People with known hours", "people", ge=0)
    capacity_hours: Series[float] = column("Time available", "hours", ge=0)
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    utilisation: Series[float] = column(
        "Time promised of the time available", "share", ge=0, nullable=True
    )


class Promised(Result):
    """One row for the time so far and one for the time to come, where each has periods."""

    when: Series[Category] = column("So far or to come")
    from_on: Series[Day] = column("First day")
    to_on: Series[Day] = column("Last day")
    people: Series[Count] = column("People with known hours in the last period", "people", ge=0)
    capacity_hours: Series[float] = column("Time available", "hours", ge=0)
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    utilisation: Series[float] = column(
        "Time promised of the time available", "share", ge=0, nullable=True
    )


class Room(Result):
    """One row per team, role, skill and, where asked for, person: the time to come."""

    by: Series[Category] = column("Sort")
    name: Series[str] = column("Who")
    people: Series[Count] = column("People with known hours", "people", ge=1)
    capacity_hours: Series[float] = column("Time available", "hours", ge=0)
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    free_hours: Series[float] = column("Time left", "hours", ge=0)
    beyond_hours: Series[float] = column("Promised beyond what there is", "hours", ge=0)
    utilisation: Series[float] = column(
        "Time promised of the time available", "share", ge=0, nullable=True
    )


class Load(Result):
    """One row per band of utilisation, the empty ones too, for the time so far and to come."""

    when: Series[Category] = column("So far or to come")
    load: Series[str] = column("Time promised of the time available")
    person_weeks: Series[Count] = column("Weeks of one person", "weeks", ge=0)
    share: Series[float] = column("Share of all these weeks", "share", ge=0, le=1)
    too_much: Series[float] = column("Share of these weeks that is too full", "share", ge=0, le=1)
