"""Result tables in, plain sentences out: one module a subject."""

from tpm_analytics.readings import (
    budget,
    dependencies,
    flow,
    flow_balance,
    flow_queues,
    flow_stages,
    forecast,
    levelling,
    process_behaviour,
    program,
    resources,
    risk,
    schedule,
    schedule_milestones,
    schedule_risk,
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
    "program",
    "resources",
    "risk",
    "schedule",
    "schedule_milestones",
    "schedule_risk",
    "velocity",
]
