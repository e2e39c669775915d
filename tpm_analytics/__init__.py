"""An analytics workbench in Jupyter for Technical Program Managers.

All that a notebook needs: `load` a `Program`, compute with `metrics`, draw with `charts`, say it
in plain words with `readings`, and `record` the headline figures.
"""

from tpm_analytics import charts, metrics, readings
from tpm_analytics.charts import theme
from tpm_analytics.errors import (
    InvalidTableError,
    MissingColumnsError,
    ParameterError,
    ReportError,
    SourceError,
    TpmError,
    WorkspaceError,
)
from tpm_analytics.program import Program, Workflow
from tpm_analytics.readings.record import record
from tpm_analytics.sources import load

__all__ = [
    "InvalidTableError",
    "MissingColumnsError",
    "ParameterError",
    "Program",
    "ReportError",
    "SourceError",
    "TpmError",
    "Workflow",
    "WorkspaceError",
    "charts",
    "load",
    "metrics",
    "readings",
    "record",
]

theme.enable()
