"""What-ifs by hand: sliders and toggles whose answers show at once, today beside the scenario."""

from tpm_analytics.explore.desk import dashboard

__all__ = ["dashboard"]
