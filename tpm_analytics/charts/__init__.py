"""Result tables in, Altair charts out: one module a subject."""

from tpm_analytics.charts import (
    budget,
    dependencies,
    flow,
    flow_balance,
    flow_queues,
    flow_stages,
    forecast,
    levelling,
    process_behaviour,
    resources,
    risk,
    schedule,
    schedule_milestones,
    schedule_risk,
    theme,
    velocity,
)

__all__ = [
    "budget",
    "dependencies",
    "flow",
    "flow_balance",
    "flow_queues",
    "flow_stages",
    "forecast",
    "levelling",
    "process_behaviour",
    "resources",
    "risk",
    "schedule",
    "schedule_milestones",
    "schedule_risk",
    "velocity",
]

theme.enable()
