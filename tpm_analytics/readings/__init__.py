"""Result tables in, plain sentences out: one module a subject."""

from tpm_analytics.readings import (
    budget,
    dependencies,
    early_warning,
    flow,
    forecast,
    levelling,
    process_behaviour,
    program,
    resources,
    risk,
    schedule,
    schedule_risk,
    velocity,
)

__all__ = [
    "budget",
    "dependencies",
    "early_warning",
    "flow",
    "forecast",
    "levelling",
    "process_behaviour",
    "program",
    "resources",
    "risk",
    "schedule",
    "schedule_risk",
    "velocity",
]
