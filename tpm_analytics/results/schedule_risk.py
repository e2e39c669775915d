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
    kind: Series[Category] = column("Kind of work", nullable=True)
    planned_days: Series[float] = column("Planned duration", "working days", gt=0)
    actual_days: Series[float] = column("Time it took", "working days", ge=0)
    ratio: Series[float] = column("Time it took against the plan", "per 1.00 planned", ge=0)


class History(Result):
    """One row per team and kind of work with activities left: what their time is learned from."""

    team: Series[Category] = column("Team", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    open_activities: Series[Count] = column("Activities left", "activities", ge=1)
    of_both: Series[Count] = column("Finished, of that team and kind", "activities", ge=0)
    of_team: Series[Count] = column("Finished, of that team", "activities", ge=0)
    of_kind: Series[Count] = column("Finished, of that kind", "activities", ge=0)
    of_all: Series[Count] = column("Finished in all", "activities", ge=1)
    all_middle: Series[float] = column("Half of all took at most", "per 1.00 planned", ge=0)
    low: Series[float] = column("8 of 10 take: from", "per 1.00 planned", ge=0)
    middle: Series[float] = column("Half take at most", "per 1.00 planned", ge=0)
    high: Series[float] = column("8 of 10 take: to", "per 1.00 planned", ge=0)


class Removals(Result):
    """One row per thing taken away: what that wins, the most valuable first."""

    kind: Series[str] = column("Kind: risk, link or activity")
    key: Series[str] = column("Key")
    name: Series[str] = column("Taken away")
    p80_on: Series[Day] = column("Finish without it, in 80 of 100 futures")
    won_days: Series[float] = column("Finish earlier by", "working days")
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
    held_days: Series[float] = column("Time held", "working days", nullable=True)
    held_cost: Series[float] = column("Money held", "currency", nullable=True)
    kept_days: Series[float] = column(
        "Futures that the time held keeps", "share", ge=0, le=1, nullable=True
    )
    kept_cost: Series[float] = column(
        "Futures that the money held keeps", "share", ge=0, le=1, nullable=True
    )


class Cover(Result):
    """One row for time and one for money: whether the contingency covers what is needed."""

    of: Series[str] = column("Contingency of")
    day_on: Series[Day] = column("Day looked from")
    held: Series[float] = column("Held", "working days or currency")
    needed: Series[float] = column("Needed on top", "working days or currency", ge=0)
    spare: Series[float] = column("To spare; short if below 0", "working days or currency")
    kept: Series[float] = column("Futures that it keeps", "share", ge=0, le=1)
    drawn: Series[float] = column("Drawn down since", "working days or currency", ge=0)
    drawn_since: Series[Day] = column("Drawn down counted from")
    short_since: Series[Day] = column("Short since", nullable=True)
    enough_until: Series[Day] = column("Enough until, as it goes", nullable=True)
    finish_on: Series[Day] = column("Finished by, with that certainty")


class Ranges(Result):
    """One row: how many activities left have a range, and how many are taken as certain."""

    activities: Series[Count] = column("Activities left", "activities", ge=1)
    certain: Series[Count] = column("Without a range, taken as certain", "activities", ge=0)
    days_left: Series[float] = column("Work left", "working days", ge=0)
    certain_days: Series[float] = column("Work left, taken as certain", "working days", ge=0)
    borrowed_low: Series[float] = column(
        "Optimistic of the others", "per 1.00 likely", nullable=True
    )
    borrowed_high: Series[float] = column(
        "Pessimistic of the others", "per 1.00 likely", nullable=True
    )


class Assumptions(Result):
    """One row per assumption: what the finish would be with it."""

    assumption: Series[str] = column("Assumed instead")
    p50_on: Series[Day] = column("In half of the futures by")
    p80_on: Series[Day] = column("In 80 of 100 futures by")
    p95_on: Series[Day] = column("In 95 of 100 futures by")
    moved_days: Series[float] = column("Moves the 80 by", "working days")


class Convergence(Result):
    """One row per number of futures: what so many of them would have told."""

    trials: Series[Count] = column("Futures", "futures", ge=1)
    certainty: Series[float] = column("Share of the futures that keep it", "share", ge=0, le=1)
    finish_on: Series[Day] = column("Finished by")
    finish_low_on: Series[Day] = column("Other seeds: from")
    finish_high_on: Series[Day] = column("Other seeds: to")
    days_left: Series[float] = column("Working days left", "working days", ge=0)
    cost: Series[float] = column("Cost still to come", "currency", ge=0, nullable=True)


class Together(Result):
    """One row per certainty: how often its day and its cost are kept both."""

    certainty: Series[float] = column("Share of the futures that keep each", "share", ge=0, le=1)
    finish_on: Series[Day] = column("Finished by")
    cost: Series[float] = column("Cost still to come", "currency", ge=0)
    both: Series[float] = column("Share of the futures that keep both", "share", ge=0, le=1)


class MovedFinish(Result):
    """One row per cause of a moved finish, the largest first."""

    cause: Series[str] = column("Cause")
    moved_days: Series[float] = column("Moved the finish by", "working days")
    before_on: Series[Day] = column("Finish before, in 80 of 100 futures")
    now_on: Series[Day] = column("Finish now, in 80 of 100 futures")
