"""What the work is worth, what it cost, and what it will have cost in the end."""

from tpm_analytics.metrics.budget.cost import burn_rate, counted_span, efficiency, runway, spent_on
from tpm_analytics.metrics.budget.earned import earned_value, of_workstreams, standing
from tpm_analytics.metrics.budget.earning_rules import measured, rules
from tpm_analytics.metrics.budget.forecast import (
    FEWEST_PAST,
    cost_estimates,
    fan,
    finish_estimates,
    past_estimates,
)

__all__ = [
    "FEWEST_PAST",
    "burn_rate",
    "cost_estimates",
    "counted_span",
    "earned_value",
    "efficiency",
    "fan",
    "finish_estimates",
    "measured",
    "of_workstreams",
    "past_estimates",
    "rules",
    "runway",
    "spent_on",
    "standing",
]
