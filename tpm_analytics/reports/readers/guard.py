"""The last look before anything leaves a run: no value of a secret may show, in any guise."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

import nbformat

from tpm_analytics import secrets
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.readers import audience
from tpm_analytics.workspace import EXTERNAL, Workspace

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BASE64_GROUP = 3


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Values of secrets, to look for and to black out.

    Attributes
    ----------
    values
        Value of each secret by its name.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def shown(self, texts: Iterable[str]) -> list[str]:
        """Return the names of the secrets that show in `texts`, whole, encoded or split by lines.

        Examples
        --------
        >>> guard = Guard(values={"KEY": "hunter2hunter2"})
        >>> guard.shown(["all is well"]), guard.shown(["hunter2hun", "ter2"])
        ([], ['KEY'])
        """
        if not self.values:
            return []
        text = _COLOURS.sub("", "\n".join(texts))
        together = _without_spaces(text)
        return [
            name
            for name, value in self.values.items()
            if any(form in text or _without_spaces(form) in together for form in forms(value))
        ]

    def redact(self, text: str) -> str:
        """Return `text` with the name of each secret in place of its value.

        Examples
        --------
        >>> Guard(values={"KEY": "hunter2hunter2"}).redact("no entry for hunter2hunter2")
        'no entry for [secret KEY]'
        """
        for name, value in self.values.items():
            for form in sorted(forms(value), key=len, reverse=True):
                text = text.replace(form, f"[secret {name}]")
        return text


def guard(workspace: Workspace, *mentioned: object, **others: str) -> Guard:
    """Return a guard of every secret that `workspace` or what is `mentioned` refers to.

    Parameters
    ----------
    workspace
        Its `tpm.toml` refers to secrets.
    *mentioned
        Anything else that may: a notebook, parameters.
    **others
        Values by name that no reference names.
    """
    names = workspace.secrets | secrets.references(mentioned)
    long = {name: value for name, value in others.items() if len(value) >= secrets.SHORTEST}
    return Guard(values={**secrets.values(names), **long})


def forms(value: str) -> set[str]:
    """Return `value` in each guise it may show in: plain, escaped, encoded, backwards."""
    raw = value.encode("utf-8", "surrogatepass")
    base = _base64_forms(raw)
    return {
        value,
        value[::-1],
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        escape(value),
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        raw.hex(),
        raw.hex().upper(),
        *base,
        *(text.replace("+", "-").replace("/", "_") for text in base),
    }


def of_report(definition: ReportDefinition, workspace: Workspace, *mentioned: object) -> Guard:
    """Return the guard of a report: of the secrets that it, its notebook and `mentioned` name."""
    salt = audience.known_salt(workspace) if definition.sharing.audience == EXTERNAL else ""
    sources: list[object] = list(mentioned)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        sources.append(definition.notebook.read_text(encoding="utf-8"))
    return guard(workspace, dict(definition.parameters), sources, **{audience.SALT_SECRET: salt})


def strings(content: Any) -> Iterator[str]:
    """Yield every text in a notebook, keys and numbers too, in order."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield str(key)
            yield from strings(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from strings(value)
    elif content is not None:
        yield str(content)


def texts(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Yield all that a notebook says: every text of it, then its outputs one after the other."""
    yield from strings(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield str(output.get("text", "")) or str(output.get("data", {}).get("text/plain", ""))


def place(notebook: nbformat.NotebookNode, held: Guard) -> str:
    """Return the first cell that shows a secret, to go on after the notebook; empty if none does.

    Examples
    --------
    >>> cell = {"execution_count": 3, "outputs": [{"text": "hunter2hunter2"}]}
    >>> notebook = nbformat.from_dict({"cells": [cell]})
    >>> place(notebook, Guard(values={"KEY": "hunter2hunter2"})), place(notebook, Guard())
    (' at In [3]', '')
    """
    for cell in notebook.cells:
        if cell.get("execution_count") is not None and held.shown(strings(cell)):
            return f" at In [{cell.execution_count}]"
    return ""


def redacted(notebook: nbformat.NotebookNode, held: Guard) -> nbformat.NotebookNode | None:
    """Return `notebook` without the values of secrets; None where they cannot be taken out.

    A value that is split over lines cannot be blacked out in place: all outputs go then.
    """
    if not held.shown(texts(notebook)):
        return notebook
    cleaned = nbformat.from_dict(_redacted(notebook, held))  # type: ignore[no-untyped-call]
    if held.shown(texts(cleaned)):
        for cell in cleaned.cells:
            if cell.cell_type == "code":
                cell.outputs = []
    return None if held.shown(texts(cleaned)) else cleaned


def _redacted(content: Any, held: Guard) -> Any:
    if isinstance(content, Mapping):
        return {held.redact(str(key)): _redacted(value, held) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_redacted(value, held) for value in content]
    return held.redact(content) if isinstance(content, str) else content


def _base64_forms(raw: bytes) -> set[str]:
    """Return what stands in any Base64 text that encodes `raw`, wherever in it `raw` begins."""
    found = set()
    for before in range(_BASE64_GROUP):
        text = base64.b64encode(bytes(before) + raw).decode()
        # the first letters depend on what stands before, the last on what follows
        start = 0 if before == 0 else before + 1
        end = len(text.rstrip("=")) - (1 if (before + len(raw)) % _BASE64_GROUP else 0)
        if end - start >= secrets.SHORTEST:
            found.add(text[start:end])
    return found


def _without_spaces(text: str) -> str:
    return "".join(text.split())
