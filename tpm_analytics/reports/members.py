"""One notebook for many: the members of `for_each`, what-ifs, and their reports' safe names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tpm_analytics.errors import WorkspaceError

JOINT = "--"
# No name in tpm.toml holds it, so a what-if never takes the place of a report
APART = "~"
LONGEST_SLUG = 48
_HASH_LETTERS = 8
# What reads the same without its capitals and with - for its spaces; anything else gets a mark
_PLAIN = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of the many that a notebook runs for.

    Attributes
    ----------
    group, title
        Name and title of the report they share.
    parameter, value
        What the notebook is given: ``team`` and ``Mobile``.
    """

    group: str
    title: str
    parameter: str
    value: str | int | float

    @property
    def name(self) -> str:
        """Name of the member's own report, and of its folder."""
        return f"{self.group}{JOINT}{slug(str(self.value))}"


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A scenario that reports are seen in, each under a name of its own.

    Attributes
    ----------
    name
        What the scenario is called.
    file
        Where notebooks read it: from the workspace's root, or absolute.
    said
        What it assumes, in plain words.
    """

    name: str
    file: str
    said: str

    def of(self, report: str) -> str:
        """Name of `report` seen in it, and of its folder.

        Examples
        --------
        >>> WhatIf(name="Two more", file="two.toml", said="").of("forecast")
        'forecast~two-more'
        """
        return f"{report}{APART}{slug(self.name)}"


def read(group: str, title: str, for_each: Mapping[str, Any], *, place: str) -> list[Member]:
    """Return the members that `for_each` lists, in its order.

    Raises
    ------
    WorkspaceError
        If it is not one parameter with a list of texts or numbers, each different.
    """
    if len(for_each) != 1:
        raise WorkspaceError(
            f"{place}: for_each names {len(for_each)} parameters; it takes one.",
            hint='write for_each = { team = ["Checkout", "Mobile"] }',
        )
    ((parameter, values),) = for_each.items()
    if not isinstance(values, list) or not values or not all(map(_is_value, values)):
        raise WorkspaceError(
            f"{place}: for_each gives {parameter} no list of texts or numbers.",
            hint=f'write for_each = {{ {parameter} = ["one", "another"] }}',
        )
    found: dict[str, Member] = {}
    for value in values:
        member = Member(group=group, title=title, parameter=parameter, value=value)
        if (other := found.get(member.name)) is not None:
            raise WorkspaceError(
                f"{place}: for_each lists {other.value!r} and {value!r}, which would share the "
                f"folder {member.name}.",
                hint="list each once, written differently by more than capitals and spaces",
            )
        found[member.name] = member
    return list(found.values())


def slug(text: str) -> str:
    """Return a name of small letters, digits, - and _ that depends on nothing but `text`.

    Text that loses something on the way is marked, so that two texts do not become one name.

    Examples
    --------
    >>> slug("Data Platform"), slug("team-a"), slug("../Móvil")
    ('data-platform', 'team-a', 'movil-09e2f9f2')
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    shown = re.sub(r"[^a-z0-9_]+", "-", ascii_only).strip("-_")[:LONGEST_SLUG].strip("-_")
    kept = _PLAIN.fullmatch(text) or _SLUG.fullmatch(text)
    if kept and len(text) <= LONGEST_SLUG:
        return shown
    mark = hashlib.sha256(text.encode()).hexdigest()[:_HASH_LETTERS]
    return f"{shown}-{mark}" if shown else mark


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int | float) and not isinstance(value, bool)
