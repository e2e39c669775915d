"""The critical path, its reasons, its milestones and the health of the plan behind it."""

from tpm_analytics.metrics.schedule.critical_path import (
    days_off,
    milestone_links,
    schedule,
    with_milestones,
)
from tpm_analytics.metrics.schedule.epics import epic_activities, epic_durations, epic_links
from tpm_analytics.metrics.schedule.graph import (
    FINDINGS,
    first_cases,
    issue_graph,
    issue_graph_cases,
)
from tpm_analytics.metrics.schedule.health import schedule_health
from tpm_analytics.metrics.schedule.milestones import (
    milestone_check,
    milestone_slips,
    milestone_trend,
    moving,
    punctuality,
)
from tpm_analytics.metrics.schedule.options import crash_costs, crashing, pert
from tpm_analytics.metrics.schedule.paths import (
    critical_first,
    driving_links,
    driving_path,
    latest_first,
    slack_of,
    slack_to,
)
from tpm_analytics.metrics.schedule.targets import target_room
from tpm_analytics.metrics.schedule.teams import team_slips
from tpm_analytics.metrics.schedule.views import (
    network_edges,
    network_nodes,
    of_team,
    progress_curve,
    roadmap,
    schedule_gaps,
)
from tpm_analytics.metrics.schedule.whole import program_schedule

__all__ = [
    "FINDINGS",
    "crash_costs",
    "crashing",
    "critical_first",
    "days_off",
    "driving_links",
    "driving_path",
    "epic_activities",
    "epic_durations",
    "epic_links",
    "first_cases",
    "issue_graph",
    "issue_graph_cases",
    "latest_first",
    "milestone_check",
    "milestone_links",
    "milestone_slips",
    "milestone_trend",
    "moving",
    "network_edges",
    "network_nodes",
    "of_team",
    "pert",
    "program_schedule",
    "progress_curve",
    "punctuality",
    "roadmap",
    "schedule",
    "schedule_gaps",
    "schedule_health",
    "slack_of",
    "slack_to",
    "target_room",
    "team_slips",
    "with_milestones",
]
