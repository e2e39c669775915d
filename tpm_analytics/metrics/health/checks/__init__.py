"""Checks of the data behind `metrics.health`: a module for each kind of table."""

from tpm_analytics.metrics.health.checks import (
    history,
    items,
    links,
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
    *time.CHECKS,
)

__all__ = ["CHECKS", "Check", "Found"]
