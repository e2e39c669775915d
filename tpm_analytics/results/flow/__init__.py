"""Tables of how work flows."""

from tpm_analytics.results.flow.balance import Balance, CumulativeFlow, Distribution, LittlesLaw
from tpm_analytics.results.flow.blocks import BlockedTime
from tpm_analytics.results.flow.measures import (
    Ages,
    Conventions,
    CycleTimes,
    GroupTimes,
    Histogram,
    Percentiles,
    Throughput,
    Unmeasured,
    WorkInProgress,
)
from tpm_analytics.results.flow.stages import (
    Ageing,
    Efficiencies,
    Paces,
    Stays,
    TeamEfficiency,
    TimeInStatus,
)
from tpm_analytics.results.flow.waiting import (
    Bottlenecks,
    Handovers,
    HandoversInAll,
    MovesBack,
    Queues,
)

__all__ = [
    "Ageing",
    "Ages",
    "Balance",
    "BlockedTime",
    "Bottlenecks",
    "Conventions",
    "CumulativeFlow",
    "CycleTimes",
    "Distribution",
    "Efficiencies",
    "GroupTimes",
    "Handovers",
    "HandoversInAll",
    "Histogram",
    "LittlesLaw",
    "MovesBack",
    "Paces",
    "Percentiles",
    "Queues",
    "Stays",
    "TeamEfficiency",
    "Throughput",
    "TimeInStatus",
    "Unmeasured",
    "WorkInProgress",
]
