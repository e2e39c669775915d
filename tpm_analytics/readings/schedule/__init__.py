"""Sentences about a plan and its milestones."""

from tpm_analytics.readings.schedule.milestones import check, graph, health, punctuality, slips
from tpm_analytics.readings.schedule.plan import (
    basis,
    count_days,
    crashing,
    end,
    gaps,
    progress,
    roadmap,
    slack,
    teams,
    why,
)

__all__ = [
    "basis",
    "check",
    "count_days",
    "crashing",
    "end",
    "gaps",
    "graph",
    "health",
    "progress",
    "punctuality",
    "roadmap",
    "slack",
    "slips",
    "teams",
    "why",
]
