"""Tables in, table out: one module a subject."""

from tpm_analytics.metrics import (
    budget,
    dependencies,
    early_warning,
    flow,
    forecast,
    health,
    levelling,
    process_behaviour,
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
    "health",
    "levelling",
    "process_behaviour",
    "resources",
    "risk",
    "schedule",
    "schedule_risk",
    "velocity",
]
