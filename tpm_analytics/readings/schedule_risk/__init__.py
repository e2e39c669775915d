"""Sentences about the simulated schedule."""

from tpm_analytics.readings.schedule_risk.contingency import reserve
from tpm_analytics.readings.schedule_risk.doubts import (
    assumptions,
    by_history,
    convergence,
    left_out,
)
from tpm_analytics.readings.schedule_risk.futures import (
    NO_SCHEDULE,
    activities,
    frontier,
    merge_bias,
    milestones,
    moved,
    outlook,
    removals,
)
from tpm_analytics.readings.schedule_risk.words import NOTHING

__all__ = [
    "NOTHING",
    "NO_SCHEDULE",
    "activities",
    "assumptions",
    "by_history",
    "convergence",
    "frontier",
    "left_out",
    "merge_bias",
    "milestones",
    "moved",
    "outlook",
    "removals",
    "reserve",
]
