"""What the budget metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Count, Day, Flag, Result, Series, column


class EarnedValue(Result):
    """One row per period of the plan and of the work; every amount is a running total."""

    workstream: Series[str] = column("Workstream")
    period: Series[Count] = column("Period, counted from the first with money in it", ge=1)
    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("Last day of the period")
    planned_value: Series[float] = column("Planned by then", "currency")
    earned_value: Series[float] = column("Earned by then", "currency", nullable=True)
    actual_cost: Series[float] = column("Spent by then", "currency", nullable=True)
    budget_at_completion: Series[float] = column("Whole budget", "currency")
    cost_variance: Series[float] = column("Earned less spent", "currency", nullable=True)
    schedule_variance: Series[float] = column("Earned less planned", "currency", nullable=True)
    cpi: Series[float] = column("Earned", "per 1.00 spent", nullable=True)
    spi: Series[float] = column("Earned", "per 1.00 planned", nullable=True)
    earned_schedule: Series[float] = column("Periods of the plan earned", "periods", nullable=True)
    periods_ahead: Series[float] = column(
        "Ahead of plan; late if below 0", "periods", nullable=True
    )
    spi_t: Series[float] = column("Pace", "per 1.00 planned", nullable=True)
    share_done: Series[float] = column("Share of the budget earned", "share", nullable=True)
    planned_periods: Series[Count] = column("Length of the plan", "periods", nullable=True)


class Standing(Result):
    """One row per workstream, or one of the program: where it stands at the end of a period."""

    workstream: Series[str] = column("Workstream")
    ends_on: Series[Day] = column("Stands so on")
    state: Series[str] = column("How it goes")
    budget_at_completion: Series[float] = column("Whole budget", "currency")
    planned_value: Series[float] = column("Planned by then", "currency")
    earned_value: Series[float] = column("Earned by then", "currency", nullable=True)
    actual_cost: Series[float] = column("Spent by then", "currency", nullable=True)
    share_done: Series[float] = column("Share of the budget earned", "share", nullable=True)
    share_spent: Series[float] = column("Share of the budget spent", "share", nullable=True)
    share_planned: Series[float] = column("Share of the budget planned by then", "share")
    cost_variance: Series[float] = column("Earned less spent", "currency", nullable=True)
    schedule_variance: Series[float] = column("Earned less planned", "currency", nullable=True)
    cpi: Series[float] = column("Earned", "per 1.00 spent", nullable=True)
    spi: Series[float] = column("Earned", "per 1.00 planned", nullable=True)
    earned_schedule: Series[float] = column("Periods of the plan earned", "periods", nullable=True)
    periods_ahead: Series[float] = column(
        "Ahead of plan; late if below 0", "periods", nullable=True
    )
    spi_t: Series[float] = column("Pace", "per 1.00 planned", nullable=True)
    estimate_at_completion: Series[float] = column(
        "Will cost, as efficient as so far", "currency", nullable=True
    )
    estimate_to_complete: Series[float] = column("Still to be spent", "currency", nullable=True)
    variance_at_completion: Series[float] = column(
        "Left of the budget in the end", "currency", nullable=True
    )
    tcpi_budget: Series[float] = column(
        "Must earn from now on to keep the budget", "per 1.00 spent", nullable=True
    )
    tcpi_estimate: Series[float] = column(
        "Must earn from now on to keep the estimate", "per 1.00 spent", nullable=True
    )
    planned_finish_on: Series[Day] = column("Planned finish", nullable=True)
    finish_on: Series[Day] = column("Finish, as fast as so far", nullable=True)


class PastEstimates(Result):
    """One row per estimate that could have been made at the end of an earlier period."""

    of: Series[str] = column("What was estimated: cost or time")
    method: Series[str] = column("Method of the estimate")
    workstream: Series[str] = column("Workstream")
    made_on: Series[Day] = column("Last day of the period after which it was made")
    share_done: Series[float] = column("Share that was done then", "share")
    came_to: Series[float] = column("What the rest took, for each 1.00 estimated", ge=0)


class RangeRecord(Result):
    """One row per method of estimate: how often ranges given earlier would have held."""

    of: Series[str] = column("What was estimated: cost or time")
    method: Series[str] = column("Method of the estimate")
    meaning: Series[str] = column("What was expected of the rest")
    ranges: Series[Count] = column("Ranges that could have been given", "ranges", ge=0)
    held: Series[Count] = column("Of them, those that held what came", "ranges", ge=0)
    held_share: Series[float] = column("Ranges that held", "share", ge=0, le=1, nullable=True)
    workstreams: Series[Count] = column("Workstreams they are of", "workstreams", ge=0)


class Reach(Result):
    """One row per workstream or program: what past work earned against what is needed now."""

    workstream: Series[str] = column("Workstream")
    tcpi_budget: Series[float] = column(
        "Must earn from now on to keep the budget", "per 1.00 spent"
    )
    cpi: Series[float] = column("Earned so far", "per 1.00 spent", nullable=True)
    low: Series[float] = column("8 of 10 past rests: from", "per 1.00 spent", nullable=True)
    high: Series[float] = column("8 of 10 past rests: to", "per 1.00 spent", nullable=True)
    reached: Series[float] = column(
        "Past rests that earned as much", "share", ge=0, le=1, nullable=True
    )
    past_estimates: Series[Count] = column("Past rests", "rests", ge=0)
    past_workstreams: Series[Count] = column("Workstreams they are of", "workstreams", ge=0)


class CostEstimates(Result):
    """One row per workstream or program and method of estimate."""

    workstream: Series[str] = column("Workstream")
    method: Series[str] = column("Method")
    meaning: Series[str] = column("What the rest is expected to cost")
    estimate_at_completion: Series[float] = column("Will cost in all", "currency", nullable=True)
    low: Series[float] = column("8 of 10: from", "currency", nullable=True)
    high: Series[float] = column("8 of 10: to", "currency", nullable=True)
    estimate_to_complete: Series[float] = column("Still to be spent", "currency", nullable=True)
    rest_low: Series[float] = column("Still to be spent, 8 of 10: from", "currency", nullable=True)
    rest_high: Series[float] = column("Still to be spent, 8 of 10: to", "currency", nullable=True)
    variance_at_completion: Series[float] = column(
        "Left of the budget in the end", "currency", nullable=True
    )
    left_low: Series[float] = column("Left in the end, 8 of 10: from", "currency", nullable=True)
    left_high: Series[float] = column("Left in the end, 8 of 10: to", "currency", nullable=True)
    budget_at_completion: Series[float] = column("Whole budget", "currency")
    over_share: Series[float] = column("Beyond the budget", "share", nullable=True)
    past_estimates: Series[Count] = column("Past estimates behind the range", "estimates", ge=0)
    past_workstreams: Series[Count] = column("Workstreams they are of", "workstreams", ge=0)
    past_error: Series[float] = column(
        "How far the rest was off, in the middle", "share", nullable=True
    )


class FinishEstimates(Result):
    """One row per workstream or program and method of estimate."""

    workstream: Series[str] = column("Workstream")
    method: Series[str] = column("Method")
    meaning: Series[str] = column("What is expected of the rest")
    periods: Series[float] = column("Begin to finish", "periods", nullable=True)
    finish_on: Series[Day] = column("Finish", nullable=True)
    low_on: Series[Day] = column("8 of 10: from", nullable=True)
    high_on: Series[Day] = column("8 of 10: to", nullable=True)
    planned_finish_on: Series[Day] = column("Planned finish", nullable=True)
    late_days: Series[float] = column("Later than planned", "days", nullable=True)
    planned_periods: Series[Count] = column("Length of the plan", "periods", nullable=True)
    past_estimates: Series[Count] = column("Past estimates behind the range", "estimates", ge=0)
    past_workstreams: Series[Count] = column("Workstreams they are of", "workstreams", ge=0)
    past_error: Series[float] = column(
        "How far the rest was off, in the middle", "share", nullable=True
    )


class Fan(Result):
    """Two rows: the cost so far, and the cost at the finish with its range."""

    day_on: Series[Day] = column("Day")
    likely: Series[float] = column("Will cost, as efficient as so far", "currency", nullable=True)
    low: Series[float] = column("8 of 10: from", "currency", nullable=True)
    high: Series[float] = column("8 of 10: to", "currency", nullable=True)


class BurnRate(Result):
    """One row per period whose cost is known."""

    workstream: Series[str] = column("Workstream")
    period_on: Series[Day] = column("First day of the period")
    ends_on: Series[Day] = column("Last day of the period")
    cost: Series[float] = column("Spent in the period", "currency")
    planned: Series[float] = column("Planned for the period", "currency")
    burn_rate: Series[float] = column(
        "Spent a period, mean of the last few", "currency a period", nullable=True
    )


class Runway(Result):
    """One row per workstream, or one of the program: how long the money lasts."""

    workstream: Series[str] = column("Workstream")
    ends_on: Series[Day] = column("Counted from")
    money_left: Series[float] = column("Left of the budget", "currency")
    burn_rate: Series[float] = column("Spent a period", "currency a period", nullable=True)
    runway_periods: Series[float] = column("Money lasts for", "periods", ge=0, nullable=True)
    shortest_periods: Series[float] = column(
        "At the fastest spending so far", "periods", ge=0, nullable=True
    )
    longest_periods: Series[float] = column(
        "At the slowest spending so far", "periods", ge=0, nullable=True
    )
    spent_on: Series[Day] = column("Money is spent on", nullable=True)
    finish_on: Series[Day] = column("Finish, as fast as so far", nullable=True)
    lasts: Series[Flag] = column("Money lasts until the finish", nullable=True)


class Efficiency(Result):
    """One row per workstream whose cost for each 1.00 earned is known."""

    workstream: Series[str] = column("Workstream")
    cost_per_earned: Series[float] = column("Spent in all", "per 1.00 earned")
    changed: Series[Flag] = column("Changed clearly")
    since_on: Series[Day] = column("Changed on", nullable=True)
    before: Series[float] = column("Spent before", "per 1.00 earned", nullable=True)
    since: Series[float] = column("Spent since", "per 1.00 earned", nullable=True)
    cost_since: Series[float] = column("Spent beyond the earned since", "currency", nullable=True)


class SpentOn(Result):
    """One row per workstream: what was planned and spent by now, and what of it is labour."""

    workstream: Series[str] = column("Workstream")
    budget_at_completion: Series[float] = column("Whole budget", "currency", nullable=True)
    planned_value: Series[float] = column("Planned by then", "currency", nullable=True)
    actual_cost: Series[float] = column("Spent by then", "currency", nullable=True)
    share_of_cost: Series[float] = column("Share of all spent", "share", nullable=True)
    labour_cost: Series[float] = column(
        "Cost of the time promised to it", "currency", nullable=True
    )
    labour_share: Series[float] = column("Time promised, against spent", "share", nullable=True)
    unpriced_hours: Series[float] = column("Time without a known rate", "hours", nullable=True)


class Labour(Result):
    """One row: what people cost of the workstreams of which both are known."""

    workstreams: Series[Count] = column("Workstreams", "workstreams", ge=0)
    labour_cost: Series[float] = column("Cost of the time promised to them", "currency")
    actual_cost: Series[float] = column("Spent on them", "currency")
    labour_share: Series[float] = column("Time promised, against spent", "share", nullable=True)


class Rules(Result):
    """One row per way of measuring what was earned, of the whole program."""

    rule: Series[str] = column("Way of measuring")
    meaning: Series[str] = column("What counts as earned")
    ends_on: Series[Day] = column("Measured on", nullable=True)
    share_done: Series[float] = column("Share of the budget earned", "share", nullable=True)
    earned_value: Series[float] = column("Earned by then", "currency", nullable=True)
    cpi: Series[float] = column("Earned", "per 1.00 spent", nullable=True)
    spi_t: Series[float] = column("Pace", "per 1.00 planned", nullable=True)
    estimate_at_completion: Series[float] = column(
        "Will cost, as efficient as so far", "currency", nullable=True
    )
    finish_on: Series[Day] = column("Finish, as fast as so far", nullable=True)
