"""How many things people have in hand at once."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Holdings(Result):
    """One row per group of people who hold about as many open items."""

    held: Series[str] = column("Open items held by one person")
    people: Series[Count] = column("People", "people", ge=0)
    items: Series[Count] = column("Open items", "items", ge=0)
    share: Series[float] = column("Share of the open items that somebody holds", "share")


class Focus(Result):
    """One row per group and period in which somebody of the group has something in hand."""

    what: Series[Category] = column("What people have in hand")
    group: Series[str] = column("Who")
    team: Series[Category] = column("Team", nullable=True)
    role: Series[Category] = column("Role", nullable=True)
    person_id: Series[str] = column(
        "Person; only where single persons were asked for", nullable=True
    )
    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("Last day of the period")
    people: Series[Count] = column("People who have any", "people", ge=1)
    held: Series[Count] = column("In hand", ge=1)
    each: Series[float] = column("For each of them", ge=1)
    most: Series[Count] = column("Most of one person", ge=1)
