"""The outside world in, raw tables out: one reader a file."""

from tpm_analytics.sources.load import load

__all__ = ["load"]
