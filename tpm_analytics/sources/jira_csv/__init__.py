"""What Jira's export button writes as CSV, read into raw tables."""

from tpm_analytics.sources.jira_csv.reader import read

__all__ = ["read"]
