"""What people's time says, in plain words."""

from tpm_analytics.readings.resources.use import (
    capacity,
    costs,
    left_out,
    load,
    overloads,
    room,
    shown,
    utilisation,
)
from tpm_analytics.readings.resources.work import (
    actuals,
    assignments,
    commitments,
    estimates,
    focus,
    holdings,
    skills,
    worked,
)

__all__ = [
    "actuals",
    "assignments",
    "capacity",
    "commitments",
    "costs",
    "estimates",
    "focus",
    "holdings",
    "left_out",
    "load",
    "overloads",
    "room",
    "shown",
    "skills",
    "utilisation",
    "worked",
]
