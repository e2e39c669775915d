"""What levelling yields: a plan that the people there can do, and what it costs in days."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class Levelled(Result):
    """One row per activity that is not finished: when it happens today, and when levelled."""

    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    needs: Series[str] = column("Who is needed at once", nullable=True)
    days: Series[Count] = column("Work left", "working days", ge=0)
    today_start_on: Series[Day] = column("Start in today's plan")
    today_finish_on: Series[Day] = column("Finish in today's plan")
    start_on: Series[Day] = column("Start when levelled")
    finish_on: Series[Day] = column("Finish when levelled")
    moved_days: Series[Count] = column("Moved by levelling", "working days")
    method: Series[Category] = column("How the levelled plan was found")
    bound_on: Series[Day] = column("No plan with these people ends before")


class LevellingSummary(Result):
    """One row: the end of the plan today and levelled, and how sure that is."""

    activities: Series[Count] = column("Activities not finished", "activities", ge=0)
    moved: Series[Count] = column("Activities that move", "activities", ge=0)
    today_end_on: Series[Day] = column("End of today's plan")
    end_on: Series[Day] = column("End when levelled")
    bound_on: Series[Day] = column("No plan with these people ends before")
    later_days: Series[Count] = column("End moved by levelling", "calendar days")
    method: Series[Category] = column("How the levelled plan was found")
    proved: Series[Flag] = column("Whether no plan ends earlier")


class ResourceLoad(Result):
    """One row per resource and week: people needed at once on the fullest day of the week."""

    resource: Series[Category] = column("Who")
    period_on: Series[Day] = column("First day of the week")
    capacity: Series[float] = column("People there on the emptiest day", "people", ge=0)
    today: Series[float] = column("Needed in the plan of today", "people", ge=0)
    levelled: Series[float] = column("Needed when levelled", "people", ge=0)


class OneMore(Result):
    """One row per resource: what one more person from tomorrow on would buy."""

    resource: Series[Category] = column("Who")
    heads: Series[Count] = column("People there at most", "people", ge=0)
    end_on: Series[Day] = column("End with one more person")
    days_won: Series[Count] = column("Won by one more person", "working days", ge=0)
    proved: Series[Flag] = column("Whether no plan with one more wins more")


class Shortages(Result):
    """One row per resource that some activity needs more of than there is: it cannot be done."""

    resource: Series[str] = column("Who is missing")
    needed: Series[float] = column("Needed at once by one activity", "people", ge=0)
    there: Series[float] = column("People there at most", "people", ge=0)
    lasting: Series[float] = column("People there in the end", "people", ge=0)
    activities: Series[str] = column("Activities that cannot be done")


class FeasibleFinish(Result):
    """One row per chance: the day of the end, with people as a limit and without."""

    chance: Series[float] = column("Chance to end by then", "share")
    blind_on: Series[Day] = column("End if people were no limit")
    feasible_on: Series[Day] = column("End with the people there")
    later_days: Series[Count] = column("Later because of people", "calendar days")
    trials: Series[Count] = column("Futures tried", "futures", ge=1)
