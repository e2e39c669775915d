"""The register of risks: what they are worth today, and how that moves."""

from tpm_analytics.metrics.risk.open_risks import (
    expected_value,
    heat_map,
    register,
    without_response,
)
from tpm_analytics.metrics.risk.trend import came_true, exposure_over_time, top_movers, weeks_before

__all__ = [
    "came_true",
    "expected_value",
    "exposure_over_time",
    "heat_map",
    "register",
    "top_movers",
    "weeks_before",
    "without_response",
]
