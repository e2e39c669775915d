"""The other formats of a run, and the parcel that is sent, after a last look for secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import nbformat

from tpm_analytics import secrets
from tpm_analytics.reports import notebooks, publish
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.page import email_twin, head, pdf
from tpm_analytics.reports.publishers import Parcel
from tpm_analytics.reports.publishers.parcel import EMAIL_TWIN, PDF_FILE
from tpm_analytics.reports.readers import fitting, guard
from tpm_analytics.reports.sharing import EMAIL, PDF, Sharing, SharingError
from tpm_analytics.workspace import Workspace

_BACK = re.compile(r'<a class="back"[^>]*>[^<]*</a>')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def ready(
    definition: ReportDefinition,
    workspace: Workspace,
    notebook: nbformat.NotebookNode,
    page: str,
) -> dict[str, bytes]:
    """Return the other formats of a run by file name, after a last look at all that is shared.

    Raises
    ------
    SharingError
        If the value of a secret shows anywhere, or a format cannot be made here.
    """
    sharing = definition.sharing
    twin = email_twin.twin(notebook) if _wants_twin(sharing) else ""
    held = guard.of_report(definition, workspace, notebook)
    found = held.shown(chain(guard.texts(notebook), (page, twin)))
    if found:
        raise SharingError(
            f"{definition.notebook.name}{guard.place(notebook, held)} shows the secret "
            f"{', '.join(found)}: nothing was published.",
            hint="take it out of what the notebook shows; whoever saw it elsewhere knows it",
        )
    made = {EMAIL_TWIN: twin.encode()} if EMAIL in sharing.formats else {}
    return made | ({PDF_FILE: pdf.printed(page)} if PDF in sharing.formats else {})


def clear(folder: Path, made: Mapping[str, bytes]) -> None:
    """Take away the formats that an earlier run left and this one did not make."""
    for name in {EMAIL_TWIN, PDF_FILE} - set(made):
        (folder / name).unlink(missing_ok=True)


def broken(
    definition: ReportDefinition, workspace: Workspace, notebook: nbformat.NotebookNode
) -> nbformat.NotebookNode | None:
    """Return a notebook that failed as it may be kept; None if it may not."""
    fitted = fitting.fit_broken(notebook, definition.sharing)
    return guard.redacted(fitted, guard.of_report(definition, workspace, notebook))


def parcel(definition: ReportDefinition, folder: Path, to: str) -> Parcel:
    """Return what is sent of the run whose page lies in `folder`."""
    notebook = notebooks.read(folder / publish.NOTEBOOK)
    about = head.head_of(notebook)
    page = (folder / publish.PAGE).read_text(encoding="utf-8")
    files = {
        publish.NOTEBOOK: (folder / publish.NOTEBOOK).read_bytes(),
        # where it goes, no index lies above it
        publish.PAGE: _BACK.sub("", page, count=1).encode(),
    }
    for name in (PDF_FILE, EMAIL_TWIN):
        if (folder / name).is_file():
            files[name] = (folder / name).read_bytes()
    facts = {fact.label: fact.text for fact in about.facts}
    known = [facts[label] for label in ("Program", "As of", "Data") if label in facts]
    return Parcel(
        to=to,
        report=definition.name,
        title=definition.title,
        question=definition.question,
        subject_of=_CONTROL.sub(" ", ", ".join(known)),
        figures=about.figures,
        files=files,
        twin=email_twin.twin(notebook) if to.startswith("mailto:") else "",
    )


def _wants_twin(sharing: Sharing) -> bool:
    by_mail = any(each.to.startswith(("mailto:", secrets.SCHEME)) for each in sharing.publish)
    return EMAIL in sharing.formats or by_mail
