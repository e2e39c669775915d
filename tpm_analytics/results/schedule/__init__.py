"""Tables of a plan, its health, its milestones and ways to shorten it."""

from tpm_analytics.results.schedule.critical_path import (
    DaysOff,
    DrivingLinks,
    DrivingPath,
    NetworkEdges,
    NetworkNodes,
    ProgressCurve,
    RoadmapBars,
    Schedule,
    ScheduleGaps,
    SlackTo,
    TargetRoom,
    TeamSlips,
)
from tpm_analytics.results.schedule.health import IssueGraph, IssueGraphCases, ScheduleHealth
from tpm_analytics.results.schedule.milestones import (
    MilestoneCheck,
    MilestonePunctuality,
    MilestoneSlips,
    MilestoneTrend,
)
from tpm_analytics.results.schedule.options import (
    CrashCosts,
    CrashPlan,
    ItemDurations,
    PertForecast,
)

__all__ = [
    "CrashCosts",
    "CrashPlan",
    "DaysOff",
    "DrivingLinks",
    "DrivingPath",
    "IssueGraph",
    "IssueGraphCases",
    "ItemDurations",
    "MilestoneCheck",
    "MilestonePunctuality",
    "MilestoneSlips",
    "MilestoneTrend",
    "NetworkEdges",
    "NetworkNodes",
    "PertForecast",
    "ProgressCurve",
    "RoadmapBars",
    "Schedule",
    "ScheduleGaps",
    "ScheduleHealth",
    "SlackTo",
    "TargetRoom",
    "TeamSlips",
]
