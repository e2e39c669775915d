"""Result tables in, Altair charts out: one module a subject."""

import sys

# Altair imports jsonschema, which compiles the grammars of this package, two seconds' work, to
# check addresses in a format that no chart specification uses. Hidden while Altair is imported.
_GRAMMARS = "rfc3987_syntax"

if _GRAMMARS not in sys.modules:
    sys.modules[_GRAMMARS] = None  # type: ignore[assignment]
    try:
        import altair  # noqa: F401
    finally:
        del sys.modules[_GRAMMARS]

from tpm_analytics.charts import flow, resources, risk, velocity  # noqa: E402

__all__ = ["flow", "resources", "risk", "velocity"]
