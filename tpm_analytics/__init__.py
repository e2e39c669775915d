"""An analytics workbench in Jupyter for Technical Program Managers.

All that a notebook needs: `load` a `Program`, compute with `metrics`, draw with `charts`, say it
in plain words with `readings`, and `record` the headline figures; `recorded` gives what earlier
runs of the same report recorded as tables. Each room is imported when it is first used, so that a
command which draws nothing need not wait for a chart library; in a notebook Altair has our look
at once.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tpm_analytics import charts, explore, metrics, readings
    from tpm_analytics.errors import (
        InvalidTableError,
        MissingColumnsError,
        ParameterError,
        ReportError,
        SourceError,
        TpmError,
        WorkspaceError,
    )
    from tpm_analytics.program import Program, Scenario, Workflow
    from tpm_analytics.readings.record import record
    from tpm_analytics.sources.load import load
    from tpm_analytics.sources.recorded import recorded
    from tpm_analytics.sources.scenario import read_scenario, write_scenario

__all__ = [
    "InvalidTableError",
    "MissingColumnsError",
    "ParameterError",
    "Program",
    "ReportError",
    "Scenario",
    "SourceError",
    "TpmError",
    "Workflow",
    "WorkspaceError",
    "charts",
    "explore",
    "load",
    "metrics",
    "read_scenario",
    "readings",
    "record",
    "recorded",
    "write_scenario",
]

_HOMES = {
    "Program": "program",
    "Scenario": "program",
    "Workflow": "program",
    "load": "sources.load",
    "read_scenario": "sources.scenario",
    "record": "readings.record",
    "recorded": "sources.recorded",
    "write_scenario": "sources.scenario",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("charts", "explore", "metrics", "readings"):
        return import_module(f"{__name__}.{name}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


class _NoGrammars:
    """Hides a package from jsonschema, which checks charts and notebooks, while that is imported.

    It compiles the grammars of the package, two seconds' work, for a format of addresses that
    neither uses.
    """

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        asks = getattr(sys.modules.get("jsonschema._format"), "__spec__", None)
        if name == "rfc3987_syntax" and getattr(asks, "_initializing", False):
            raise ModuleNotFoundError(name=name)


if "jsonschema" not in sys.modules and _NoGrammars not in sys.meta_path:
    sys.meta_path.insert(0, _NoGrammars)

if "ipykernel" in sys.modules:
    import_module(f"{__name__}.charts").theme.enable()
