"""What the work is worth, what it cost, and what it will have cost in the end."""

from tpm_analytics.metrics.budget.cost import (
    burn_rate,
    counted_span,
    efficiency,
    labour,
    runway,
    spent_on,
)
from tpm_analytics.metrics.budget.earned import earned_value, of_workstreams, standing
from tpm_analytics.metrics.budget.earning_rules import measured, rules
from tpm_analytics.metrics.budget.forecast import cost_estimates, fan, finish_estimates
from tpm_analytics.metrics.budget.past import FEWEST_PAST, past_estimates, range_record, reach

__all__ = [
    "FEWEST_PAST",
    "burn_rate",
    "cost_estimates",
    "counted_span",
    "earned_value",
    "efficiency",
    "fan",
    "finish_estimates",
    "labour",
    "measured",
    "of_workstreams",
    "past_estimates",
    "range_record",
    "reach",
    "rules",
    "runway",
    "spent_on",
    "standing",
]
