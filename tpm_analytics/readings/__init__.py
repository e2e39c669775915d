"""Result tables in, plain sentences out: one module a subject."""

from tpm_analytics.readings import flow, program, resources, risk, velocity

__all__ = ["flow", "program", "resources", "risk", "velocity"]
