"""What a publisher is given: the files of a good run, and what a message may say of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports.publish import NOTEBOOK, PAGE
from tpm_analytics.reports.words import Shown

EMAIL_TWIN = "email.html"
# Where the twin has room for what its sender knows: where the whole page is
LINK_MARK = "<!--tpm:link-->"
PDF_FILE = "page.pdf"
MEDIA_TYPES: Mapping[str, str] = {
    PAGE: "text/html",
    EMAIL_TWIN: "text/html",
    PDF_FILE: "application/pdf",
    NOTEBOOK: "application/x-ipynb+json",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")

Settings = Mapping[str, Any]


class TransientError(Exception):
    """A delivery failed in a way that may pass: the same may be tried again.

    Parameters
    ----------
    message
        What happened.
    wait_seconds
        How long the other side asks to wait.
    """

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A report ready to be delivered.

    Attributes
    ----------
    to
        The address, secrets resolved.
    report, title, question
        Name of the report, what its readers call it, and what it answers.
    subject_of
        Which program, on which day, from how much data; in words.
    figures
        The headline figures in words.
    files
        Content by file name: page and notebook, and the PDF where one was made.
    twin
        The static twin for e-mail.
    """

    to: str
    report: str
    title: str
    question: str
    subject_of: str
    figures: tuple[Shown, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    twin: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.report):
            raise WorkspaceError(f"{self.report!r} is no name for a report.")
        if strange := sorted(set(self.files) - set(MEDIA_TYPES)):
            raise WorkspaceError(f"{', '.join(strange)} is no file of a report.")

    @property
    def place(self) -> str:
        """The address without its scheme."""
        return self.to.partition(":")[2]

    def in_order(self) -> list[tuple[str, bytes]]:
        """Files and contents, the page last: while it is the old one, nothing new is promised."""
        return sorted(self.files.items(), key=lambda file: file[0] == PAGE)

    def link(self, settings: Settings) -> str:
        """Address of the page, where the setting ``link`` says what it stands under."""
        base = str(settings.get("link", "")).rstrip("/")
        return f"{base}/{self.report}/{PAGE}" if base else ""


Publisher = Callable[[Parcel, Settings], str]
