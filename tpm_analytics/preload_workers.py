"""What a worker does, imported and done once by the server that forks workers, before it forks."""

from tpm_analytics import head_start

with head_start.no_garbage():
    import nbformat

    from tpm_analytics.reports import crews, fingerprint, making  # noqa: F401
    from tpm_analytics.reports.page import render

    # a notebook is checked and rendered by what is compiled at its first use
    empty = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    nbformat.validate(empty)
    render.page(empty)
    fingerprint.package()
