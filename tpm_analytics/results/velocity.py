"""What the velocity metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class SprintVelocity(Result):
    """One row per sprint, oldest first; amounts are points or items, as `measure` says."""

    sprint_id: Series[str] = column("Key of the sprint", unique=True)
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    closed: Series[Flag] = column("Over")
    measure: Series[str] = column("What is added up")
    committed: Series[float] = column("Committed at the start", ge=0, nullable=True)
    added: Series[float] = column("Added after the start", ge=0, nullable=True)
    removed: Series[float] = column("Taken out before the end", ge=0, nullable=True)
    completed: Series[float] = column("Completed", ge=0, nullable=True)
    completed_committed: Series[float] = column(
        "Completed of what was committed", ge=0, nullable=True
    )
    carried_over: Series[float] = column("Carried over", ge=0, nullable=True)
    carried_over_committed: Series[float] = column(
        "Carried over of what was committed", ge=0, nullable=True
    )
    planning_accuracy: Series[float] = column("Commitment kept", "share", ge=0, nullable=True)
    capacity_accuracy: Series[float] = column(
        "Completed against committed", "share", ge=0, nullable=True
    )
    items: Series[Count] = column("Items in the sprint", "items", ge=0)
    items_without_points: Series[Count] = column("Items without points", "items", ge=0)


class SprintAmounts(Result):
    """One row per sprint and kind of amount, for charts that set amounts side by side."""

    sprint_id: Series[str] = column("Key of the sprint")
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    starts_on: Series[Day] = column("Start")
    measure: Series[str] = column("What is added up")
    kind: Series[Category] = column("Amount")
    amount: Series[float] = column("Points or items", ge=0)


class TeamVelocity(Result):
    """One row per team: what its last finished sprints came to."""

    team: Series[Category] = column("Team", nullable=True)
    sprints: Series[Count] = column("Sprints looked at", "sprints", ge=1)
    measure: Series[str] = column("What is added up")
    median_completed: Series[float] = column("Completed in a middling sprint", nullable=True)
    lowest_completed: Series[float] = column("Completed in the worst sprint", nullable=True)
    highest_completed: Series[float] = column("Completed in the best sprint", nullable=True)
    planning_accuracy: Series[float] = column("Commitment kept", "share", nullable=True)
    carry_over_share: Series[float] = column("Share carried over", "share", nullable=True)
    change: Series[float] = column("Change against the sprints before", "share", nullable=True)


class CarriedItems(Result):
    """One row per item that went through more than one sprint, most sprints first."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    sprints: Series[Count] = column("Sprints it was in", "sprints", ge=2)
    status: Series[Category] = column("Status", nullable=True)
    finished_on: Series[Day] = column("Day finished", nullable=True)


class Setaside(Result):
    """One row per reason why sprints or figures are missing."""

    reason: Series[str] = column("What is missing, and why")
    count: Series[Count] = column("How many", ge=1)
