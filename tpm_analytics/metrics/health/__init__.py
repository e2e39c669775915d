"""What is wrong with a program's data, found by checks a table."""

from tpm_analytics.metrics.health.data import findings, tables, workflow

__all__ = [
    "findings",
    "tables",
    "workflow",
]
