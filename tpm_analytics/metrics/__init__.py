"""Tables in, table out: one module a subject."""

from tpm_analytics.metrics import (
    early_warning,
    flow,
    health,
    process_behaviour,
    resources,
    risk,
    risk_trend,
    staffing,
    velocity,
)

__all__ = [
    "early_warning",
    "flow",
    "health",
    "process_behaviour",
    "resources",
    "risk",
    "risk_trend",
    "staffing",
    "velocity",
]
