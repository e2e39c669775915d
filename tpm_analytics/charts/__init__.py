"""Result tables in, Altair charts out: one module a subject."""

from tpm_analytics.charts import flow, process_behaviour, resources, risk, theme, velocity

__all__ = ["flow", "process_behaviour", "resources", "risk", "velocity"]

theme.enable()
