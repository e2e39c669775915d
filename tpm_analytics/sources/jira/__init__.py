"""What Jira's REST interface gives, read into raw tables."""

from tpm_analytics.sources.jira.reader import read

__all__ = ["read"]
