"""Result tables in, plain sentences out: one module a subject."""

from tpm_analytics.readings import (
    budget,
    flow,
    process_behaviour,
    program,
    resources,
    risk,
    schedule,
    schedule_milestones,
    velocity,
)

__all__ = [
    "budget",
    "flow",
    "process_behaviour",
    "program",
    "resources",
    "risk",
    "schedule",
    "schedule_milestones",
    "velocity",
]
