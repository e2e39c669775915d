"""What the metrics of schedule risk yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class Strikes(Result):
    """One row per open risk: what it strikes in the schedule."""

    risk_id: Series[str] = column("Risk")
    risk: Series[str] = column("Risk and what may happen")
    affects_id: Series[str] = column("What the register says it strikes", nullable=True)
    activity_id: Series[str] = column("Activity it delays", nullable=True)
    how: Series[str] = column("What is counted of it")
    assessed: Series[Flag] = column("Has a probability")
    probability: Series[float] = column("Probability", "share", nullable=True)
    days: Series[float] = column("Delay counted", "working days", ge=0)
    cost: Series[float] = column("Cost counted", "currency", ge=0)


class Trials(Result):
    """One row per simulated future of the remaining work."""

    trial: Series[Count] = column("Future", ge=1)
    finish_on: Series[Day] = column("Last activity finishes")
    days_left: Series[float] = column("Working days left", "working days", ge=0)
    cost: Series[float] = column("Cost still to come", "currency", ge=0, nullable=True)
    seed: Series[Count] = column("Seed the chance came from")


class Outlook(Result):
    """One row per share of the futures: the day and the cost that it keeps."""

    certainty: Series[float] = column("Share of the futures that keep it", "share", ge=0, le=1)
    finish_on: Series[Day] = column("Finished by")
    finish_low_on: Series[Day] = column("Earliest day it may be, with more trials")
    finish_high_on: Series[Day] = column("Latest day it may be, with more trials")
    days_left: Series[float] = column("Working days left", "working days", ge=0)
    cost: Series[float] = column("Cost still to come", "currency", ge=0, nullable=True)
    cost_low: Series[float] = column("Lower end of the cost", "currency", ge=0, nullable=True)
    cost_high: Series[float] = column("Upper end of the cost", "currency", ge=0, nullable=True)
    trials: Series[Count] = column("Futures simulated", "futures", ge=1)
    seed: Series[Count] = column("Seed the chance came from")


class FinishCurve(Result):
    """One row per day on which a future ends: how many are finished by then."""

    finish_on: Series[Day] = column("Day")
    certainty: Series[float] = column("Futures finished by that day", "share", ge=0, le=1)


class Frontier(Result):
    """One row per pair of a day and a cost that are kept together in the share asked for."""

    certainty: Series[float] = column("Futures that keep both", "share", ge=0, le=1)
    finish_on: Series[Day] = column("Finished by")
    cost: Series[float] = column("Cost still to come", "currency", ge=0)


class MilestoneOutlook(Result):
    """One row per milestone that is not reached yet, the earliest first."""

    milestone_id: Series[str] = column("Milestone")
    name: Series[str] = column("What is reached", nullable=True)
    due_on: Series[Day] = column("Day planned now", nullable=True)
    kept: Series[float] = column("Chance that the day is kept", "share", ge=0, le=1, nullable=True)
    p50_on: Series[Day] = column("In half of the futures by")
    p80_on: Series[Day] = column("In 80 of 100 futures by")
    p95_on: Series[Day] = column("In 95 of 100 futures by")


class Ratios(Result):
    """One row per finished activity: what it took against what was planned."""

    activity_id: Series[str] = column("Activity")
    team: Series[Category] = column("Team that did it", nullable=True)
    planned_days: Series[float] = column("Planned duration", "working days", gt=0)
    actual_days: Series[float] = column("Time it took", "working days", ge=0)
    ratio: Series[float] = column("Time it took against the plan", "per 1.00 planned", ge=0)


class Removals(Result):
    """One row per thing taken away: what that wins, the most valuable first."""

    kind: Series[str] = column("Kind: risk, link or activity")
    key: Series[str] = column("Key")
    name: Series[str] = column("Taken away")
    p80_on: Series[Day] = column("P80 finish without it")
    won_days: Series[float] = column("P80 days bought", "working days")
    mean_days: Series[float] = column("Days bought on average", "working days")


class ActivityRisk(Result):
    """One row per activity not finished, the one the finish depends on most first."""

    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    mean_days: Series[float] = column("Expected time left, risks included", "working days")
    criticality: Series[float] = column("Futures in which it sets the finish", "share", ge=0, le=1)
    cruciality: Series[float] = column(
        "Correlation of its duration with the finish", ge=-1, le=1, nullable=True
    )
    sensitivity: Series[float] = column("Schedule sensitivity index", ge=0)


class MergeBias(Result):
    """One row: how far the plan with single durations is from what is to be expected."""

    plain_on: Series[Day] = column("Finish with likely durations and no risks")
    plain_kept: Series[float] = column("Futures that keep that day", "share", ge=0, le=1)
    mean_durations_on: Series[Day] = column("Finish if each activity took its expected time")
    mean_on: Series[Day] = column("Expected finish")
    bias_days: Series[float] = column("Merge bias", "working days")


class Reserve(Result):
    """One row per day looked from: what certainty asks for on top of the plain plan."""

    day_on: Series[Day] = column("Day looked from")
    certainty: Series[float] = column("Share of the futures to be kept", "share", ge=0, le=1)
    plain_on: Series[Day] = column("Finish with likely durations and no risks")
    finish_on: Series[Day] = column("Finished by, with that certainty")
    needed_days: Series[float] = column("Time needed on top", "working days", ge=0)
    needed_cost: Series[float] = column("Money needed on top", "currency", ge=0, nullable=True)


class MovedFinish(Result):
    """One row per cause of a moved finish, the largest first."""

    cause: Series[str] = column("Cause")
    moved_days: Series[float] = column("Moved the P80 finish by", "working days")
    before_on: Series[Day] = column("P80 finish before")
    now_on: Series[Day] = column("P80 finish now")
