"""Charts of how work flows."""

from tpm_analytics.charts.flow.balance import (
    arrivals_and_departures,
    cumulative_flow,
    distribution,
    law_table,
    open_items,
)
from tpm_analytics.charts.flow.measures import (
    convention_table,
    cycle_time_scatter,
    group_table,
    histogram,
    oldest_items,
    throughput_bars,
    unmeasured_items,
    work_in_progress_area,
)
from tpm_analytics.charts.flow.stages import (
    ageing,
    ageing_table,
    efficiency_table,
    status_table,
    team_efficiency,
    time_in_status,
)
from tpm_analytics.charts.flow.waiting import (
    blocked_table,
    blocked_time,
    bottleneck_table,
    handover_table,
    moves_back_table,
    queues,
    stays,
)

__all__ = [
    "ageing",
    "ageing_table",
    "arrivals_and_departures",
    "blocked_table",
    "blocked_time",
    "bottleneck_table",
    "convention_table",
    "cumulative_flow",
    "cycle_time_scatter",
    "distribution",
    "efficiency_table",
    "group_table",
    "handover_table",
    "histogram",
    "law_table",
    "moves_back_table",
    "oldest_items",
    "open_items",
    "queues",
    "status_table",
    "stays",
    "team_efficiency",
    "throughput_bars",
    "time_in_status",
    "unmeasured_items",
    "work_in_progress_area",
]
