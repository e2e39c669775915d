"""Tables of waiting between teams and of the graph of links."""

from tpm_analytics.results.dependencies.graph import Chains, GraphEdges, GraphNodes
from tpm_analytics.results.dependencies.handovers import HandoverTimes, SharedHours
from tpm_analytics.results.dependencies.waiting import Circles, Dependencies, LinkCounts, TeamWaits

__all__ = [
    "Chains",
    "Circles",
    "Dependencies",
    "GraphEdges",
    "GraphNodes",
    "HandoverTimes",
    "LinkCounts",
    "SharedHours",
    "TeamWaits",
]
