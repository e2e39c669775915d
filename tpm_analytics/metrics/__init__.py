"""Tables in, table out: one module a subject."""

from tpm_analytics.metrics import (
    budget,
    budget_cost,
    budget_forecast,
    budget_rules,
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
    "budget",
    "budget_cost",
    "budget_forecast",
    "budget_rules",
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
