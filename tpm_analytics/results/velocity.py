"""What the velocity metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class SprintItems(Result):
    """One row per sprint and item that was in it after its start, in order of the sprints."""

    sprint_id: Series[str] = column("Key of the sprint")
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    status: Series[Category] = column("Status now", nullable=True)
    finished_on: Series[Day] = column("Day finished", nullable=True)
    points: Series[float] = column("Size now", "points", ge=0, nullable=True)
    size_then: Series[float] = column("Size at the start", "points", ge=0, nullable=True)
    committed: Series[Flag] = column("In the sprint when it started", nullable=True)
    fate: Series[str] = column("What became of it")
    carried_before: Series[Count] = column("Earlier sprints it was carried over from", ge=0)


class SprintVelocity(Result):
    """One row per sprint, oldest first; amounts are points or items, as `measure` says."""

    sprint_id: Series[str] = column("Key of the sprint", unique=True)
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    closed: Series[Flag] = column("Over")
    measure: Series[str] = column("What is added up")
    committed: Series[float] = column("Committed", ge=0, nullable=True)
    added: Series[float] = column("Added", ge=0, nullable=True)
    removed: Series[float] = column("Taken out", ge=0, nullable=True)
    completed: Series[float] = column("Completed", ge=0, nullable=True)
    completed_committed: Series[float] = column("Done as planned", ge=0, nullable=True)
    completed_added: Series[float] = column("Done, unplanned", ge=0, nullable=True)
    carried_over: Series[float] = column("Carried over, in all", ge=0, nullable=True)
    carried_over_committed: Series[float] = column(
        "Carried over of what was committed", ge=0, nullable=True
    )
    carried_first: Series[float] = column("Carried over", ge=0, nullable=True)
    carried_again: Series[float] = column("Carried again", ge=0, nullable=True)
    planning_accuracy: Series[float] = column("Commitment kept", "share", ge=0, nullable=True)
    capacity_accuracy: Series[float] = column(
        "Completed against committed", "share", ge=0, nullable=True
    )
    unplanned_share: Series[float] = column("Unplanned part", "share", ge=0, nullable=True)
    committed_points: Series[float] = column("Committed", "points", ge=0, nullable=True)
    completed_points: Series[float] = column("Completed", "points", ge=0, nullable=True)
    committed_items: Series[float] = column("Committed", "items", ge=0, nullable=True)
    completed_items: Series[float] = column("Completed", "items", ge=0, nullable=True)
    items: Series[Count] = column("Items in the sprint", "items", ge=0)
    items_without_points: Series[Count] = column("Items without points", "items", ge=0)
    items_within_others: Series[Count] = column(
        "Items counted with another of the sprint", "items", ge=0
    )
    items_not_loaded: Series[Count] = column("Items named but not loaded", "items", ge=0)


class SprintAmounts(Result):
    """One row per sprint and kind of amount, for charts that set amounts side by side."""

    sprint_id: Series[str] = column("Key of the sprint")
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    starts_on: Series[Day] = column("Start")
    ends_on: Series[Day] = column("End")
    measure: Series[str] = column("What is added up")
    rank: Series[Count] = column("Place of the kind among the kinds", ge=0)
    kind: Series[Category] = column("Amount")
    amount: Series[float] = column("Points or items", ge=0)


class TeamVelocity(Result):
    """One row per team: what its last finished sprints came to."""

    team: Series[Category] = column("Team", nullable=True)
    sprints: Series[Count] = column("Sprints looked at", ge=1)
    last_on: Series[Day] = column("Last sprint ended")
    measure: Series[str] = column("What is added up")
    median_completed: Series[float] = column("Completed in a middling sprint", nullable=True)
    lowest_completed: Series[float] = column("In the worst sprint", nullable=True)
    highest_completed: Series[float] = column("In the best sprint", nullable=True)
    median_points: Series[float] = column("A middling sprint", "points", nullable=True)
    median_items: Series[float] = column("A middling sprint", "items", nullable=True)
    planning_accuracy: Series[float] = column("Commitment kept", "share", nullable=True)
    capacity_accuracy: Series[float] = column("Completed against committed", "share", nullable=True)
    unplanned_share: Series[float] = column("Unplanned part", "share", nullable=True)
    carry_over_share: Series[float] = column("Carried over", "share", nullable=True)
    carried_again_share: Series[float] = column("Carried again", "share", nullable=True)


class CarriedItems(Result):
    """One row per item that went through more than one sprint, most sprints first."""

    item_id: Series[str] = column("Item")
    title: Series[str] = column("What the item is about", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    sprints: Series[Count] = column("Sprints it was in", ge=2)
    carried: Series[Count] = column("Times carried over", ge=0)
    first_on: Series[Day] = column("First of them began", nullable=True)
    last_on: Series[Day] = column("Last of them ended", nullable=True)
    status: Series[Category] = column("Status", nullable=True)
    finished_on: Series[Day] = column("Day finished", nullable=True)


class CarryCounts(Result):
    """One row per number of times that items were carried over, none too."""

    carried: Series[Count] = column("Times carried over, at least", ge=0)
    times: Series[str] = column("Times carried over")
    items: Series[Count] = column("Items", "items", ge=0)
    still_open: Series[Count] = column("Of them without a finish", "items", ge=0)
    share: Series[float] = column("Share of the items that were in a sprint", "share")


class Burn(Result):
    """One row per sprint and day, from the evening before its start to its planned end."""

    sprint_id: Series[str] = column("Key of the sprint")
    name: Series[str] = column("Sprint", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    day_on: Series[Day] = column("End of the day")
    measure: Series[str] = column("What is added up")
    scope: Series[float] = column("In the sprint", ge=0, nullable=True)
    done: Series[float] = column("Done", ge=0, nullable=True)
    remaining: Series[float] = column("Still to do", ge=0, nullable=True)
    guideline: Series[float] = column("Still to do at an even pace", ge=0, nullable=True)


class ProgramBurn(Result):
    """One row per whole period: all that was known of at its end, and all that was done."""

    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("End of the period")
    measure: Series[str] = column("What is added up")
    scope: Series[float] = column("Known of", ge=0)
    done: Series[float] = column("Done", ge=0)
    remaining: Series[float] = column("Still to do", ge=0)


class SizeTimes(Result):
    """One row per estimate that finished items carry, the smallest first."""

    points: Series[float] = column("Estimate", "points", ge=0)
    items: Series[Count] = column("Finished items", "items", ge=1)
    low_days: Series[Count] = column("A quarter took up to", "days", ge=1)
    median_days: Series[Count] = column("Half took up to", "days", ge=1)
    high_days: Series[Count] = column("85 % took up to", "days", ge=1)


class SizeFit(Result):
    """One row: how well the estimate tells how long an item takes. No row without two sizes."""

    items: Series[Count] = column("Finished items with an estimate", "items", ge=2)
    without_estimate: Series[Count] = column("Finished items without one", "items", ge=0)
    rank_correlation: Series[float] = column("Rank correlation, -1 to 1", ge=-1, le=1)


class Reconciliation(Result):
    """One row per reason why the tracker's own sprint report shows another figure."""

    reason: Series[str] = column("Why the tracker shows another figure")
    sprints: Series[Count] = column("Sprints", ge=1)
    items: Series[Count] = column("Items", ge=0)
    difference: Series[float] = column("Completed there, beyond here", nullable=True)
    measure: Series[str] = column("What is added up")


class Setaside(Result):
    """One row per reason why sprints or figures are missing."""

    reason: Series[str] = column("What is missing, and why")
    count: Series[Count] = column("How many", ge=1)
