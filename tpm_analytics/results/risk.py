"""What the risk metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class Register(Result):
    """One row per risk, the open ones first, the largest exposure on top."""

    rank: Series[Count] = column("Rank among the open risks", nullable=True)
    risk_id: Series[str] = column("Risk")
    risk: Series[str] = column("Risk and what may happen")
    title: Series[str] = column("What may happen", nullable=True)
    category: Series[Category] = column("Kind of risk", nullable=True)
    state: Series[str] = column("open, occurred or closed")
    owner_id: Series[str] = column("Answers for it", nullable=True)
    probability: Series[float] = column("Probability", "share", nullable=True)
    impact_cost: Series[float] = column("Cost if it happens", "currency", nullable=True)
    impact_days: Series[float] = column("Delay if it happens", "working days", nullable=True)
    exposure_cost: Series[float] = column("Expected cost", "currency", nullable=True)
    exposure_days: Series[float] = column("Expected delay", "working days", nullable=True)
    opened_on: Series[Day] = column("Raised on", nullable=True)
    age_days: Series[Count] = column("Time since it was raised", "days", nullable=True)
    has_owner: Series[Flag] = column("Has an owner who is still there")
    has_response: Series[Flag] = column("Something is done about it")
    response: Series[str] = column("What is done about it", nullable=True)
    affects_id: Series[str] = column("What it strikes", nullable=True)


class ExpectedValue(Result):
    """One row: what the open risks come to. No row where no risk is open."""

    risks: Series[Count] = column("Open risks", "risks", ge=0)
    assessed: Series[Count] = column("Open risks with probability and cost", "risks", ge=0)
    expected_value: Series[float] = column("Expected cost", "currency", nullable=True)
    worst_case: Series[float] = column("Cost if all happen", "currency", nullable=True)
    expected_days: Series[float] = column("Expected delay, summed", "working days", nullable=True)


class HeatMap(Result):
    """One row per cell of the map, the empty ones too, from unlikely and small upwards."""

    probability_level: Series[Count] = column("Level of probability, 1 to 5", ge=1, le=5)
    probability_band: Series[str] = column("Probability")
    impact_level: Series[Count] = column("Level of impact, 1 to 5", ge=1, le=5)
    impact_band: Series[str] = column("Impact")
    zone: Series[str] = column("How serious: low, moderate or high")
    risks: Series[Count] = column("Open risks", "risks", ge=0)
    keys: Series[str] = column("Risks in the cell")
    titles: Series[str] = column("What may happen")
    exposure_cost: Series[float] = column("Expected cost", "currency", ge=0)


class ExposureOverTime(Result):
    """One row per end of a period, and one for the day the program is seen from."""

    day_on: Series[Day] = column("Day")
    risks: Series[Count] = column("Open risks", "risks", ge=0)
    assessed: Series[Count] = column("Open risks with probability and cost", "risks", ge=0)
    exposure_cost: Series[float] = column(
        "Expected cost of the open risks", "currency", ge=0, nullable=True
    )
    exposure_days: Series[float] = column(
        "Expected delay, summed", "working days", ge=0, nullable=True
    )


class Movers(Result):
    """One row per risk whose expected cost changed, the largest change first."""

    risk_id: Series[str] = column("Risk")
    risk: Series[str] = column("Risk and what may happen")
    title: Series[str] = column("What may happen", nullable=True)
    what: Series[str] = column("What happened to it")
    exposure_before: Series[float] = column("Expected cost before", "currency")
    exposure_now: Series[float] = column("Expected cost now", "currency")
    change: Series[float] = column("Change of expected cost", "currency")


class CameTrue(Result):
    """One row per risk that came true, the latest first."""

    risk_id: Series[str] = column("Risk")
    title: Series[str] = column("What happened", nullable=True)
    category: Series[Category] = column("Kind of risk", nullable=True)
    opened_on: Series[Day] = column("Raised on", nullable=True)
    occurred_on: Series[Day] = column("First reported as come true", nullable=True)
    warned_days: Series[Count] = column("Warning it gave", "days", nullable=True)
    last_probability: Series[float] = column("Last probability before", "share", nullable=True)
    impact_cost: Series[float] = column("Cost foreseen", "currency", nullable=True)
    impact_days: Series[float] = column("Delay foreseen", "working days", nullable=True)
