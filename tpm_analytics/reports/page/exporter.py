"""Our pages for ``jupyter nbconvert --to tpm``; runs make them without nbconvert."""

from __future__ import annotations

from typing import Any

import nbformat
from nbconvert.exporters import Exporter

from tpm_analytics.reports.page import render


class PageExporter(Exporter):
    """Makes the page of an executed notebook."""

    export_from_notebook = "TPM report page"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: nbformat.NotebookNode, resources: Any = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of an executed notebook, and nbconvert's resources."""
        notebook, resources = super().from_notebook_node(nb, resources)
        return render.page(notebook), resources
