"""How work flows: cycle times, stages, queues, blocks, and what comes in against what goes out."""

from tpm_analytics.metrics.flow.active_time import efficiency, team_efficiency
from tpm_analytics.metrics.flow.balance import (
    FLOW_DAYS,
    LAW_DAYS,
    LAW_SPANS,
    arrivals_and_departures,
    cumulative_flow,
    distribution,
    littles_law,
)
from tpm_analytics.metrics.flow.blocks import blocked_time, blocked_while
from tpm_analytics.metrics.flow.measures import (
    SHARES,
    age,
    cycle_time,
    leaves,
    percentiles,
    thinned,
    throughput,
    unmeasured,
    work_in_progress,
)
from tpm_analytics.metrics.flow.moves import handovers, handovers_in_all, moves_back
from tpm_analytics.metrics.flow.other_conventions import conventions
from tpm_analytics.metrics.flow.stages import ENOUGH, PACE_SHARES, ageing, paces, time_in_status
from tpm_analytics.metrics.flow.status_stays import stays
from tpm_analytics.metrics.flow.times import BARS, histogram, times_by
from tpm_analytics.metrics.flow.waiting import SHOWN_WEEKS, bottlenecks, queues

__all__ = [
    "BARS",
    "ENOUGH",
    "FLOW_DAYS",
    "LAW_DAYS",
    "LAW_SPANS",
    "PACE_SHARES",
    "SHARES",
    "SHOWN_WEEKS",
    "age",
    "ageing",
    "arrivals_and_departures",
    "blocked_time",
    "blocked_while",
    "bottlenecks",
    "conventions",
    "cumulative_flow",
    "cycle_time",
    "distribution",
    "efficiency",
    "handovers",
    "handovers_in_all",
    "histogram",
    "leaves",
    "littles_law",
    "moves_back",
    "paces",
    "percentiles",
    "queues",
    "stays",
    "team_efficiency",
    "thinned",
    "throughput",
    "time_in_status",
    "times_by",
    "unmeasured",
    "work_in_progress",
]
