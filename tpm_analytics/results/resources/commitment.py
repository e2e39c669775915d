"""What a team can commit to, out of the time it has."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class SprintFocus(Result):
    """One row per closed sprint of a team whose people's hours are known, oldest first."""

    sprint_id: Series[str] = column("Key of the sprint", unique=True)
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team")
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    people: Series[Count] = column("People who were there", "people", ge=0)
    capacity_days: Series[float] = column("Time available", "person-days", ge=0)
    measure: Series[str] = column("What is added up")
    completed: Series[float] = column("Completed", ge=0)
    focus_factor: Series[float] = column(
        "Completed for each day of one person", "per person-day", ge=0, nullable=True
    )


class Commitments(Result):
    """One row per team: what it can commit to in its next sprint."""

    team: Series[Category] = column("Team")
    starts_on: Series[Day] = column("Next sprint starts")
    ends_on: Series[Day] = column("Next sprint ends")
    planned: Series[Flag] = column("The sprint is in the plan")
    capacity_days: Series[float] = column("Time available", "person-days", ge=0)
    usual_days: Series[float] = column("In a middling sprint", "person-days", ge=0)
    sprints: Series[Count] = column("Past sprints looked at", "sprints", ge=1)
    enough: Series[Flag] = column("Enough past sprints for a range")
    measure: Series[str] = column("What is added up")
    low: Series[float] = column("At least, in 85 of 100 sprints", ge=0, nullable=True)
    middle: Series[float] = column("In a middling sprint", ge=0, nullable=True)
    high: Series[float] = column("At most, in 85 of 100 sprints", ge=0, nullable=True)


class CommitmentRecord(Result):
    """One row per past sprint that had enough sprints before it: what would have been said."""

    sprint_id: Series[str] = column("Key of the sprint", unique=True)
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team")
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    capacity_days: Series[float] = column("Time available", "person-days", ge=0)
    measure: Series[str] = column("What is added up")
    low: Series[float] = column("Range said before, from", ge=0)
    middle: Series[float] = column("Said before", ge=0)
    high: Series[float] = column("Range said before, to", ge=0)
    usual: Series[float] = column("Said without looking at the time available", ge=0)
    completed: Series[float] = column("Completed", ge=0)
    result: Series[Category] = column("Whether the range held")


class CommitmentScores(Result):
    """One row per team, or one of all: how well such ranges did on past sprints."""

    name: Series[str] = column("Team")
    sprints: Series[Count] = column("Past sprints", "sprints", ge=1)
    reached_share: Series[float] = column("Reached the lower end", "share", ge=0, le=1)
    within_share: Series[float] = column("Ended within the range", "share", ge=0, le=1)
    error_share: Series[float] = column(
        "Off by, on average, of what was completed", "share", ge=0, nullable=True
    )
    usual_error_share: Series[float] = column(
        "Off by without looking at the time available", "share", ge=0, nullable=True
    )


class SprintRanges(Result):
    """One row per past sprint and per next one: the range said before, and what came of it."""

    team: Series[Category] = column("Team")
    name: Series[str] = column("Sprint")
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    capacity_days: Series[float] = column("Time available", "person-days", ge=0)
    measure: Series[str] = column("What is added up")
    low: Series[float] = column("Range, from", ge=0)
    middle: Series[float] = column("Middle of the range", ge=0)
    high: Series[float] = column("Range, to", ge=0)
    completed: Series[float] = column("Completed", ge=0, nullable=True)
    result: Series[Category] = column("Whether the range held")
