"""Checks of the data behind `metrics.health`: a module for each kind of table."""

from tpm_analytics.metrics.health.checks import (
    allocations,
    history,
    items,
    links,
    people,
    plans,
    references,
    sprints,
    time,
)
from tpm_analytics.metrics.health.checks.check import Check, Found

CHECKS: tuple[Check, ...] = (
    *items.CHECKS,
    *history.CHECKS,
    *sprints.CHECKS,
    *links.CHECKS,
    *references.CHECKS,
    *plans.CHECKS,
    *people.CHECKS,
    *allocations.CHECKS,
    *time.CHECKS,
)

__all__ = ["CHECKS", "Check", "Found"]
