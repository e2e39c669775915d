"""Sentences about how work flows."""

from tpm_analytics.readings.flow.balance import (
    arrivals_and_departures,
    cumulative_flow,
    distribution,
    littles_law,
)
from tpm_analytics.readings.flow.measures import (
    conventions,
    cycle_time,
    groups,
    shown,
    throughput,
    unmeasured,
    work_in_progress,
)
from tpm_analytics.readings.flow.stages import ageing, efficiency, length, time_in_status
from tpm_analytics.readings.flow.waiting import blocked, bottleneck, moves

__all__ = [
    "ageing",
    "arrivals_and_departures",
    "blocked",
    "bottleneck",
    "conventions",
    "cumulative_flow",
    "cycle_time",
    "distribution",
    "efficiency",
    "groups",
    "length",
    "littles_law",
    "moves",
    "shown",
    "throughput",
    "time_in_status",
    "unmeasured",
    "work_in_progress",
]
