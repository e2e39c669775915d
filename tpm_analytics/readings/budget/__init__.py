"""Sentences about money and what it buys."""

from tpm_analytics.readings.budget.cost import burn, efficiency, spent
from tpm_analytics.readings.budget.earned import (
    NO_BUDGET,
    indices,
    left_out,
    rules,
    standing,
    workstreams,
)
from tpm_analytics.readings.budget.forecast import (
    costs,
    finishes,
    outlook,
    record,
    to_complete,
)
from tpm_analytics.readings.budget.words import NOTHING

__all__ = [
    "NOTHING",
    "NO_BUDGET",
    "burn",
    "costs",
    "efficiency",
    "finishes",
    "indices",
    "left_out",
    "outlook",
    "record",
    "rules",
    "spent",
    "standing",
    "to_complete",
    "workstreams",
]
