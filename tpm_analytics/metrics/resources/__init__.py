"""Measures of the subject resources."""

from tpm_analytics.metrics.resources.assignment import assignments
from tpm_analytics.metrics.resources.commitment import (
    commitment_record,
    commitment_scores,
    commitments,
    sprint_focus,
    sprint_ranges,
)
from tpm_analytics.metrics.resources.focus import holdings, items_in_progress, workstreams
from tpm_analytics.metrics.resources.hours import allocation, capacity
from tpm_analytics.metrics.resources.hours_worked import actuals, estimate_ratios, worked
from tpm_analytics.metrics.resources.overloading import overloads
from tpm_analytics.metrics.resources.presence import weeks_around
from tpm_analytics.metrics.resources.skill_gaps import skills
from tpm_analytics.metrics.resources.spending import cost_in_all, costs
from tpm_analytics.metrics.resources.use import busiest, load, overall, promised, room, utilisation
from tpm_analytics.metrics.resources.what_if import pace_change

__all__ = [
    "actuals",
    "allocation",
    "assignments",
    "busiest",
    "capacity",
    "commitment_record",
    "commitment_scores",
    "commitments",
    "cost_in_all",
    "costs",
    "estimate_ratios",
    "holdings",
    "items_in_progress",
    "load",
    "overall",
    "overloads",
    "pace_change",
    "promised",
    "room",
    "skills",
    "sprint_focus",
    "sprint_ranges",
    "utilisation",
    "weeks_around",
    "worked",
    "workstreams",
]
