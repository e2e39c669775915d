"""How much time people have, and what it is promised to."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Capacity(Result):
    """One row per person and period in which the person belongs to the program."""

    person_id: Series[Category] = column("Person")
    team: Series[Category] = column("Home team", nullable=True)
    role: Series[Category] = column("Role", nullable=True)
    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("Last day of the period")
    working_days: Series[Count] = column("Days the person works", "days", ge=0)
    capacity_hours: Series[float] = column("Time available", "hours", ge=0, nullable=True)


class Allocated(Result):
    """One row per person, workstream and period."""

    person_id: Series[Category] = column("Person")
    team: Series[Category] = column("Home team", nullable=True)
    role: Series[Category] = column("Role", nullable=True)
    workstream: Series[Category] = column("Workstream the time goes to")
    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("Last day of the period")
    allocated_hours: Series[float] = column("Time promised", "hours", ge=0, nullable=True)
