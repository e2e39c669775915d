"""Result tables in, plain sentences out: one module a subject."""

from importlib import import_module
from types import ModuleType

SUBJECTS = ("program", "flow", "resources", "risk", "velocity")

__all__ = list(SUBJECTS)


def __getattr__(name: str) -> ModuleType:
    if name in SUBJECTS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"{__name__} has no subject {name!r}; it has {', '.join(SUBJECTS)}")
