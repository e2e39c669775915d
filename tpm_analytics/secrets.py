"""Secrets by reference only: `secret:NAME` stands where a value would, and is resolved at use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib import import_module, util
from typing import Any

import orjson

from tpm_analytics.errors import WorkspaceError

SCHEME = "secret:"
VARIABLE = "TPM_SECRET_"
KEYRING_SERVICE = "tpm-analytics"
# A shorter one cannot be told from ordinary text when outputs are searched for it
SHORTEST = 6
_NAME = r"[A-Za-z][A-Za-z0-9_]*"
_WHOLE = re.compile(rf"{SCHEME}({_NAME})")
_ANYWHERE = re.compile(rf"\b{SCHEME}({_NAME})")


def is_reference(text: object) -> bool:
    """Whether `text` is a reference to a secret and nothing else.

    Examples
    --------
    >>> is_reference("secret:SMTP_PASSWORD"), is_reference("hunter2")
    (True, False)
    """
    return isinstance(text, str) and _WHOLE.fullmatch(text) is not None


def resolve(text: str) -> str:
    """Return the value that a reference such as ``secret:SMTP_PASSWORD`` stands for.

    The environment variable ``TPM_SECRET_SMTP_PASSWORD`` is asked first, then
    ``SMTP_PASSWORD``, then the keyring of this machine (service ``tpm-analytics``) where the
    package `keyring` is installed. Any other text is returned as it is.

    Raises
    ------
    WorkspaceError
        If nothing holds the secret, or its value is too short to be guarded.

    Examples
    --------
    >>> resolve("jira:data/export.json")
    'jira:data/export.json'
    """
    found = _WHOLE.fullmatch(text)
    if found is None:
        return text
    name = found.group(1)
    value = _value(name)
    if value is None:
        raise WorkspaceError(
            f"The secret {name} is nowhere to be found.",
            hint=f"set the environment variable {VARIABLE}{name}, or run: "
            f"keyring set {KEYRING_SERVICE} {name}",
        )
    if len(value) < SHORTEST:
        raise WorkspaceError(
            f"The secret {name} is shorter than {SHORTEST} characters: reports cannot be searched "
            "for it.",
            hint="choose a longer one",
        )
    return value


def references(content: object) -> frozenset[str]:
    """Return the names of all secrets that `content`, nested as it may be, refers to.

    Examples
    --------
    >>> sorted(references({"a": ["secret:ONE"], "b": {"c": "token = 'secret:TWO'"}}))
    ['ONE', 'TWO']
    """
    found: set[str] = set()
    left = [content] if _may_refer(content) else []
    while left:
        part = left.pop()
        if isinstance(part, str):
            found.update(_ANYWHERE.findall(part))
        elif isinstance(part, Mapping):
            left.extend(part)
            left.extend(part.values())
        elif isinstance(part, Iterable) and not isinstance(part, bytes):
            left.extend(part)
    return frozenset(found)


def _may_refer(content: object) -> bool:
    """Whether a reference is anywhere in `content`: seen at once where it can be written as JSON.

    What a notebook shows is numbers, mostly; to ask each what it is would take as long as a page.
    """
    try:
        return SCHEME.encode() in orjson.dumps(content)
    except TypeError:
        return True


def values(names: Iterable[str]) -> dict[str, str]:
    """Return the values of the secrets `names` and of every ``TPM_SECRET_...`` variable.

    Those that nothing holds, and those too short to be searched for, are left out.
    """
    set_here = {name.removeprefix(VARIABLE) for name in os.environ if name.startswith(VARIABLE)}
    found = {name: _value(name) for name in sorted({*names, *set_here})}
    return {name: value for name, value in found.items() if value and len(value) >= SHORTEST}


def _value(name: str) -> str | None:
    for variable in (f"{VARIABLE}{name}", name):
        if value := os.environ.get(variable):
            return value
    return _in_keyring(name)


def _in_keyring(name: str) -> str | None:
    if util.find_spec("keyring") is None:
        return None
    keyring: Any = import_module("keyring")
    try:
        value: str | None = keyring.get_password(KEYRING_SERVICE, name)
    except keyring.errors.KeyringError:
        return None
    return value or None
