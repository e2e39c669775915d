"""Deliver a message to a webhook: headline figures and the link, as Slack or Teams shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tpm_analytics.errors import ReportError
from tpm_analytics.reports.publishers.parcel import Parcel, Settings, TransientError

KEYS: dict[str, type] = {"style": str, "link": str}
SECONDS = 20
SHOWN_FIGURES = 10
# Limits of Block Kit: a header and the fields of a section
HEADER_LETTERS, FIELD_LETTERS = 150, 2000
TOO_MANY_REQUESTS, REQUEST_TIMEOUT, SERVER_ERRORS = 429, 408, 500
_HOSTS = (
    (re.compile(r"hooks\.slack\.com"), "slack"),
    (re.compile(r".*\.(office\.com|logic\.azure\.com|powerplatform\.com)"), "teams"),
)


def publish(parcel: Parcel, settings: Settings) -> str:
    """Post a message on `parcel` to ``https://...`` in the `style` of who reads it.

    Raises
    ------
    ReportError
        If the other side refuses the message.
    TransientError
        If it does not answer, or asks to be tried again.
    """
    style = style_of(parcel.to, settings)
    message = json.dumps(STYLES[style](parcel, parcel.link(settings))).encode()
    request = Request(
        parcel.to, data=message, headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
            status = answer.status
    except HTTPError as error:
        with error:
            raise _refused(error) from error
    except (URLError, OSError) as error:
        said = getattr(error, "reason", None) or error
        raise TransientError(f"{_host(parcel.to)} does not answer: {said}") from error
    return f"{style} message to {_host(parcel.to)} ({status})"


def style_of(to: str, settings: Settings) -> str:
    """Return the style of the message: the one set, else the one that the host is known for.

    Raises
    ------
    ReportError
        If it is none, or cannot be told.
    """
    host = urlsplit(to).hostname or ""
    known = next((style for pattern, style in _HOSTS if pattern.fullmatch(host)), "")
    style = str(settings.get("style") or known)
    if style not in STYLES:
        raise ReportError(
            f"The style of the message to {host} "
            f"{f'is {style!r}, which is none' if style else 'cannot be told'}.",
            hint=f"add style = one of {', '.join(STYLES)}",
        )
    return style


def slack(parcel: Parcel, link: str) -> dict[str, Any]:
    """Return a Block Kit message; text is plain, so that no data is read as markup."""
    fields = [
        _plain(f"{figure.label}\n{figure.text} {figure.unit}".strip(), FIELD_LETTERS)
        for figure in parcel.figures[:SHOWN_FIGURES]
    ]
    asked = _plain(parcel.question, FIELD_LETTERS)
    told = _plain(parcel.subject_of, FIELD_LETTERS)
    button = {
        "type": "button",
        "text": _plain("Open the report", HEADER_LETTERS),
        "url": link,
    }
    return {
        # what a notification shows, and the one text here that Slack would read as markup
        "text": _slack_text(parcel.title),
        "blocks": [
            {"type": "header", "text": _plain(parcel.title, HEADER_LETTERS)},
            *([{"type": "section", "text": asked}] if parcel.question else []),
            *([{"type": "section", "fields": fields}] if fields else []),
            *([{"type": "context", "elements": [told]}] if parcel.subject_of else []),
            *([{"type": "actions", "elements": [button]}] if link else []),
        ],
    }


def teams(parcel: Parcel, link: str) -> dict[str, Any]:
    """Return a message with an Adaptive Card, as Teams workflows take it."""
    facts = [
        {"title": _card_text(figure.label), "value": _card_text(f"{figure.text} {figure.unit}")}
        for figure in parcel.figures[:SHOWN_FIGURES]
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            _block(parcel.title, size="Large", weight="Bolder"),
            *([_block(parcel.question, isSubtle=True)] if parcel.question else []),
            *([{"type": "FactSet", "facts": facts}] if facts else []),
            *([_block(parcel.subject_of, size="Small")] if parcel.subject_of else []),
        ],
        "actions": (
            [{"type": "Action.OpenUrl", "title": "Open the report", "url": link}] if link else []
        ),
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        ],
    }


def plain(parcel: Parcel, link: str) -> dict[str, Any]:
    """Return the same facts for a receiver of your own."""
    return {
        "report": parcel.report,
        "title": parcel.title,
        "question": parcel.question,
        "about": parcel.subject_of,
        "figures": [
            {"label": figure.label, "text": figure.text, "unit": figure.unit}
            for figure in parcel.figures
        ],
        "link": link,
    }


STYLES: Mapping[str, Callable[[Parcel, str], dict[str, Any]]] = {
    "slack": slack,
    "teams": teams,
    "plain": plain,
}


class _NoRedirect(HTTPRedirectHandler):
    """A message that is sent on elsewhere would arrive as a bare GET: refuse it."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _refused(error: HTTPError) -> Exception:
    said = f"{_host(error.url)} answers {error.code} {error.reason}"
    if error.code in {TOO_MANY_REQUESTS, REQUEST_TIMEOUT} or error.code >= SERVER_ERRORS:
        wait = error.headers.get("Retry-After", "")
        return TransientError(said, wait_seconds=float(wait) if wait.isdigit() else None)
    return ReportError(f"{said}.", hint="see that the address is whole and still in use")


def _host(address: str) -> str:
    """The host alone: what follows it is the key to the channel."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}"


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _short(text, limit) or " ", "emoji": False}


def _block(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": _card_text(text), "wrap": True, **look}


def _card_text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]()#~<>!])", r"\\\1", _short(text, FIELD_LETTERS))


def _slack_text(text: str) -> str:
    short = _short(text, HEADER_LETTERS)
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _short(text: str, limit: int) -> str:
    return text.strip() if len(text.strip()) <= limit else f"{text.strip()[: limit - 1]}…"
