"""Tables in, table out: one module a subject."""

from importlib import import_module
from types import ModuleType

SUBJECTS = (
    "early_warning",
    "flow",
    "health",
    "resources",
    "risk",
    "risk_trend",
    "staffing",
    "velocity",
)

__all__ = list(SUBJECTS)


def __getattr__(name: str) -> ModuleType:
    if name in SUBJECTS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"{__name__} has no subject {name!r}; it has {', '.join(SUBJECTS)}")
