"""Tables of waiting between teams and of the graph of links."""

from tpm_analytics.results.dependencies.graph import Chains, ChainSteps, GraphEdges, GraphNodes
from tpm_analytics.results.dependencies.handovers import HandoverTimes, SharedHours
from tpm_analytics.results.dependencies.waiting import (
    Circles,
    Dependencies,
    LinkAges,
    LinkCounts,
    TeamWaits,
)

__all__ = [
    "ChainSteps",
    "Chains",
    "Circles",
    "Dependencies",
    "GraphEdges",
    "GraphNodes",
    "HandoverTimes",
    "LinkAges",
    "LinkCounts",
    "SharedHours",
    "TeamWaits",
]
