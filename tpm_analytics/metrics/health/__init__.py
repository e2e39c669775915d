"""Measures of the subject health."""

from tpm_analytics.metrics.health.data import findings, tables, workflow

__all__ = [
    "findings",
    "tables",
    "workflow",
]
