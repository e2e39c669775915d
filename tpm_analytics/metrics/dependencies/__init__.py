"""Who waits for whom, how long, and along which chains."""

from tpm_analytics.metrics.dependencies.graph import (
    chain_steps,
    chains,
    graph_edges,
    graph_nodes,
    item_chain_steps,
    item_chains,
)
from tpm_analytics.metrics.dependencies.handovers import handover_times, shared_hours
from tpm_analytics.metrics.dependencies.waiting import (
    between_teams,
    circles,
    dependencies,
    link_ages,
    link_counts,
    of_team,
    team_waits,
)

__all__ = [
    "between_teams",
    "chain_steps",
    "chains",
    "circles",
    "dependencies",
    "graph_edges",
    "graph_nodes",
    "handover_times",
    "item_chain_steps",
    "item_chains",
    "link_ages",
    "link_counts",
    "of_team",
    "shared_hours",
    "team_waits",
]
