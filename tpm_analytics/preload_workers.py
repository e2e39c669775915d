"""What a worker does, imported once by the server that forks workers, and held still for forks."""

from tpm_analytics import head_start

with head_start.no_garbage():
    from tpm_analytics.reports import crews  # noqa: F401
