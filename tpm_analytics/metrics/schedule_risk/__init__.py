"""Simulated futures of a schedule: chances of dates and costs, and what moves them."""

from tpm_analytics.metrics.schedule_risk.futures import (
    check,
    finish_curve,
    frontier,
    merge_bias,
    milestone_outlook,
    outlook,
    trials,
)
from tpm_analytics.metrics.schedule_risk.laws import (
    correlated,
    duration_ratios,
    learned,
    with_durations,
    with_law,
)
from tpm_analytics.metrics.schedule_risk.moved import moved_finish, reserve
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan, strikes, uncertain_plan
from tpm_analytics.metrics.schedule_risk.value import activity_risk, removals

__all__ = [
    "UncertainPlan",
    "activity_risk",
    "check",
    "correlated",
    "duration_ratios",
    "finish_curve",
    "frontier",
    "learned",
    "merge_bias",
    "milestone_outlook",
    "moved_finish",
    "outlook",
    "removals",
    "reserve",
    "strikes",
    "trials",
    "uncertain_plan",
    "with_durations",
    "with_law",
]
