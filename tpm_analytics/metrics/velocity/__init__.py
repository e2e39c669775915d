"""What sprints committed to and completed, and where the rest went."""

from tpm_analytics.metrics.velocity.against_jira import reconciliation
from tpm_analytics.metrics.velocity.burn_charts import burn, burn_up
from tpm_analytics.metrics.velocity.chains import carried_items, carry_counts, chain, sprint_items
from tpm_analytics.metrics.velocity.estimates import size_fit, size_times
from tpm_analytics.metrics.velocity.sprints import (
    amounts,
    fates,
    latest,
    set_aside,
    sprint_velocity,
    team_velocity,
)

__all__ = [
    "amounts",
    "burn",
    "burn_up",
    "carried_items",
    "carry_counts",
    "chain",
    "fates",
    "latest",
    "reconciliation",
    "set_aside",
    "size_fit",
    "size_times",
    "sprint_items",
    "sprint_velocity",
    "team_velocity",
]
