"""Charts of a plan and its milestones."""

from tpm_analytics.charts.schedule.milestones import (
    case_table,
    check_table,
    graph_table,
    health_table,
    milestone_trend,
    punctuality,
    slip_table,
    slips,
)
from tpm_analytics.charts.schedule.plan import (
    crash_table,
    epic_table,
    gantt,
    late_table,
    link_table,
    network,
    path_table,
    progress,
    roadmap,
    room_table,
    slack_bars,
    team_table,
)

__all__ = [
    "case_table",
    "check_table",
    "crash_table",
    "epic_table",
    "gantt",
    "graph_table",
    "health_table",
    "late_table",
    "link_table",
    "milestone_trend",
    "network",
    "path_table",
    "progress",
    "punctuality",
    "roadmap",
    "room_table",
    "slack_bars",
    "slip_table",
    "slips",
    "team_table",
]
