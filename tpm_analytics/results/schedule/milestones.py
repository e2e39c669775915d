"""What the metrics of milestones yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class MilestoneTrend(Result):
    """One row per milestone and day on which its date was reported, oldest first."""

    milestone_id: Series[str] = column("Milestone")
    name: Series[str] = column("What is reached")
    reported_on: Series[Day] = column("Day of the report")
    forecast_on: Series[Day] = column("Day it was expected then")
    first_planned_on: Series[Day] = column("Day first planned")
    moved_days: Series[float] = column("Moved since the report before", "calendar days")
    slip_days: Series[float] = column("Later than first planned", "calendar days")


class MilestoneSlips(Result):
    """One row per milestone: how far its date has moved, the latest first."""

    milestone_id: Series[str] = column("Milestone")
    name: Series[str] = column("What is reached")
    owner_id: Series[str] = column("Person who answers for it", nullable=True)
    state: Series[Category] = column("State")
    first_planned_on: Series[Day] = column("Day first planned", nullable=True)
    expected_on: Series[Day] = column("Reached, or expected now", nullable=True)
    slip_days: Series[float] = column("Later than first planned", "calendar days", nullable=True)
    moves: Series[Count] = column("Times its date moved", "times", ge=0)
    later_moves: Series[Count] = column("Times it moved to a later day", "times", ge=0)
    largest_move_days: Series[float] = column(
        "Largest single move to a later day", "calendar days", nullable=True
    )
    recent_days: Series[float] = column(
        "Moved in the last quarter of a year", "calendar days", nullable=True
    )
    notice_days: Series[float] = column(
        "Warning before the day first planned", "calendar days", nullable=True
    )


class MilestonePunctuality(Result):
    """One row per period for which milestones were first planned, oldest first."""

    period_on: Series[Day] = column("First day of the period first planned for")
    planned: Series[Count] = column("Milestones first planned for it", "milestones", ge=1)
    reached: Series[Count] = column("Of these reached by now", "milestones", ge=0)
    on_time: Series[Count] = column("Of these reached in that period", "milestones", ge=0)
    share_on_time: Series[float] = column("Reached in the period first planned", "share")
    median_slip_days: Series[float] = column(
        "Median slip of those reached", "calendar days", nullable=True
    )


class MilestoneCheck(Result):
    """One row per milestone with an activity: what is reported against what the links say."""

    milestone_id: Series[str] = column("Milestone")
    name: Series[str] = column("What is reached")
    activity_id: Series[str] = column("Activity whose finish reaches it")
    first_planned_on: Series[Day] = column("Day first planned", nullable=True)
    reported_on: Series[Day] = column("Day reported as expected", nullable=True)
    scheduled_on: Series[Day] = column("Earliest day by links and work left")
    gap_days: Series[float] = column("Schedule later than reported", "calendar days", nullable=True)
