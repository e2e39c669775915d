"""People: their hours, what they are promised to, what they work on and what they know."""

from tpm_analytics.metrics.resources.hours import (
    allocation,
    busiest,
    capacity,
    overall,
    utilisation,
    weeks_around,
)
from tpm_analytics.metrics.resources.staffing import costs, holdings, overloads, skills, worked

__all__ = [
    "allocation",
    "busiest",
    "capacity",
    "costs",
    "holdings",
    "overall",
    "overloads",
    "skills",
    "utilisation",
    "weeks_around",
    "worked",
]
