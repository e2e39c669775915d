"""Result tables in, Altair charts out: one module a subject."""

from tpm_analytics.charts import (
    budget,
    dependencies,
    early_warning,
    flow,
    forecast,
    levelling,
    process_behaviour,
    resources,
    risk,
    schedule,
    schedule_risk,
    theme,
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
    "resources",
    "risk",
    "schedule",
    "schedule_risk",
    "theme",
    "velocity",
]
