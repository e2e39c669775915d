"""Simulated futures of a schedule: chances of dates and costs, and what moves them."""

from tpm_analytics.metrics.schedule_risk.contingency import cover, reserve
from tpm_analytics.metrics.schedule_risk.doubts import (
    assumptions,
    convergence,
    ranges,
    together,
    with_borrowed_ranges,
)
from tpm_analytics.metrics.schedule_risk.futures import (
    check,
    finish_curve,
    frontier,
    merge_bias,
    milestone_outlook,
    outlook,
    trials,
)
from tpm_analytics.metrics.schedule_risk.laws import correlated, with_durations, with_law
from tpm_analytics.metrics.schedule_risk.learning import duration_ratios, history, learned
from tpm_analytics.metrics.schedule_risk.moved import moved_finish
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan, strikes, uncertain_plan
from tpm_analytics.metrics.schedule_risk.value import activity_risk, removals

__all__ = [
    "UncertainPlan",
    "activity_risk",
    "assumptions",
    "check",
    "convergence",
    "correlated",
    "cover",
    "duration_ratios",
    "finish_curve",
    "frontier",
    "history",
    "learned",
    "merge_bias",
    "milestone_outlook",
    "moved_finish",
    "outlook",
    "ranges",
    "removals",
    "reserve",
    "strikes",
    "together",
    "trials",
    "uncertain_plan",
    "with_borrowed_ranges",
    "with_durations",
    "with_law",
]
