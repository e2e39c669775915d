"""The plan that people and other resources can really carry."""

from tpm_analytics.metrics.levelling.futures import feasible_finish
from tpm_analytics.metrics.levelling.plan import shared_work
from tpm_analytics.metrics.levelling.schedules import (
    levelled,
    one_more,
    resource_load,
    shortages,
    summary,
)

__all__ = [
    "feasible_finish",
    "levelled",
    "one_more",
    "resource_load",
    "shared_work",
    "shortages",
    "summary",
]
