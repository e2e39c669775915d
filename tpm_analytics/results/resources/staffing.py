"""What the staffing metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


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


class Costs(Result):
    """One row per period and workstream."""

    period_on: Series[Day] = column("First day of the period")
    workstream: Series[Category] = column("Workstream the money goes to")
    hours: Series[float] = column("Time promised", "hours", ge=0)
    cost: Series[float] = column("Cost of the time promised", "currency", nullable=True)
    unpriced_hours: Series[float] = column("Time of people without a known rate", "hours", ge=0)


class Worked(Result):
    """One row per whole period that has ended."""

    period_on: Series[Day] = column("First day of the period")
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0)
    worked_hours: Series[float] = column("Time worked", "hours", ge=0)
    worked_share: Series[float] = column("Time worked of the time promised", "share", nullable=True)


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


class Holdings(Result):
    """One row per group of people who hold about as many open items."""

    held: Series[str] = column("Open items held by one person")
    people: Series[Count] = column("People", "people", ge=0)
    items: Series[Count] = column("Open items", "items", ge=0)
    share: Series[float] = column("Share of the open items that somebody holds", "share")
