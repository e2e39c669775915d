"""Custom fields of a Jira export: which of them holds points, sprint, flag, epic or team."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tpm_analytics.errors import SourceError

Role = Literal["points", "sprint", "flagged", "epic", "team"]

ROLES: dict[str, Role] = {
    "story points": "points",
    "story point estimate": "points",
    "storypoints": "points",
    "sprint": "sprint",
    "closedsprints": "sprint",
    "flagged": "flagged",
    "epic link": "epic",
    "epic": "epic",
}
"""Role of a field by the name Jira itself gives it, in small letters."""

OURS: dict[str, Role] = {
    "points": "points",
    "sprint": "sprint",
    "flagged": "flagged",
    "epic": "epic",
    "parent_id": "epic",
    "team": "team",
}
"""Role by the word a user maps in `tpm.toml`."""

TEAM_IS_PROJECT, TEAM_IS_COMPONENT = "project", "component"
FLAG = "Impediment"

CUSTOM = "customfield_"
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+$")
_OLD_SPRINT = re.compile(
    r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[0-9a-f]+\[(.*)\]$", re.S
)
_OLD_PART = re.compile(
    r"(?:^|,)(id|rapidViewId|state|name|goal|startDate|endDate|completeDate|activatedDate"
    r"|sequence|autoStartStop|synced|incompleteIssuesDestinationId)="
)
_STATES = ("future", "active", "closed")

Shape = Literal["sprint", "number", "key", "text", "other"]
Sprint = Mapping[str, Any]


@dataclass
class Fields:
    """What custom fields say, kept issue by issue; which field is which is settled at the end.

    Attributes
    ----------
    mapping
        Name or id of a field by its role, or by a column's name, as the user wrote it.
    names
        Name of each field by its id: from `names`, field lists and changelogs.
    shapes
        What each field's values look like.
    held
        By field id, the rows and the values of the issues in which it says something.
    sprints
        Each sprint met, by its id.
    met
        Mapped fields that some issue has, be it empty.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    held: dict[str, tuple[list[int], list[Any]]] = field(default_factory=dict)
    sprints: dict[str, Sprint] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    _old: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        built_in = {("team", TEAM_IS_PROJECT), ("team", TEAM_IS_COMPONENT)}
        self._wanted = frozenset(wanted for role, wanted in self.mapping.items() - built_in)
        self._by_name = any(not name.startswith(CUSTOM) for name in self._wanted)

    def meet(self, row: int, fields: Mapping[str, Any]) -> None:
        """Keep what the fields of one issue say that could have a role."""
        shapes = self.shapes
        for name, value in fields.items():
            if value is None:
                continue
            shape = shapes.get(name)
            if shape == "other":
                continue
            if shape is None:
                shape = self._first(name, value)
            if shape is not None and shape != "other":
                self._keep(name, shape, row, value)
        for name in self._wanted.difference(self.met):
            if name in fields:
                self.met.add(name)

    def _first(self, name: str, value: Any) -> Shape | None:
        """Shape of a field at its first value; None while an empty list leaves it open."""
        if value in ([], {}, ""):
            return None
        known = ROLES.get(self.names.get(name, name).casefold())
        asked = known is not None or name in self._wanted
        shape: Shape = "other"
        if asked or name.startswith(CUSTOM):
            shape = "sprint" if known == "sprint" else _shape_of(value)
            if shape == "other" and (asked or self._by_name):
                shape = "text"
        self.shapes[name] = shape
        if shape != "other":
            self.held[name] = ([], [])
        return shape

    def _keep(self, name: str, shape: Shape, row: int, value: Any) -> None:
        rows, kept = self.held[name]
        plain: Any = plain_text(value) if shape in ("text", "key") else value
        if shape == "sprint":
            plain = self._sprint_ids(value) or None
        elif shape == "number" and not isinstance(value, int | float | str):
            plain = None
        if plain is not None:
            rows.append(row)
            kept.append(plain)

    def _sprint_ids(self, value: Any) -> tuple[str, ...]:
        return tuple(
            self._sprint_id(sprint)
            for sprint in (value if isinstance(value, list) else [value])
            if isinstance(sprint, dict | str)
        )

    def _sprint_id(self, sprint: Sprint | str) -> str:
        if isinstance(sprint, str):
            found = self._old.get(sprint)
            if found is None:
                found = self._old[sprint] = self.learn_sprint(old_sprint(sprint))
            return found
        key = str(sprint["id"])
        known = self.sprints.get(key)
        if known is None or known.get("state") != sprint.get("state"):
            self.learn_sprint(sprint)
        return key

    def learn_sprint(self, sprint: Sprint) -> str:
        """Keep a sprint, as it was at its latest state; return its id."""
        key = str(sprint["id"])
        known = self.sprints.get(key)
        if known is None or _stage(known) < _stage(sprint):
            self.sprints[key] = sprint
        return key

    def learn_name(self, field_id: object, name: object) -> None:
        """Keep that a field's id goes by that name."""
        if isinstance(field_id, str) and isinstance(name, str):
            self.names.setdefault(field_id, name)

    def ids(self, role: str) -> list[str]:
        """Ids of the fields that have a role or fill a mapped column, the first of them first.

        Raises
        ------
        SourceError
            If the user maps the role to a field that the export does not have.
        """
        wanted = self.mapping.get(role)
        if wanted is not None:
            return self._mapped(role, wanted)
        named = [key for key, name in self.names.items() if ROLES.get(name.casefold()) == role]
        plain = [key for key in self.held if ROLES.get(key.casefold()) == role]
        shaped = [key for key in self.held if role == self._role_by_shape(key)]
        return list(dict.fromkeys(key for key in (*named, *plain, *shaped) if key in self.held))

    def _role_by_shape(self, key: str) -> Role | None:
        if self.shapes[key] == "sprint":
            return "sprint"
        if self.shapes[key] == "text" and self.held[key][1][:1] == [FLAG]:
            return "flagged"
        return None

    def _mapped(self, role: str, wanted: str) -> list[str]:
        named = [key for key, name in self.names.items() if name.casefold() == wanted.casefold()]
        found = [key for key in (wanted, *named) if key in self.held]
        if not found and wanted not in self.met and not named:
            close = difflib.get_close_matches(wanted, [*self.names.values(), *self.shapes])
            raise SourceError(
                f"Field {wanted!r}, mapped as {role}, is nowhere in this export.",
                hint=f"did you mean {' or '.join(close)}?"
                if close
                else "write its id, as in customfield_10016, or its name as Jira shows it",
            )
        return found

    def others(self) -> list[str]:
        """Columns of items that the user maps and that have no role of their own."""
        return [role for role in self.mapping if role not in OURS.values()]

    def number_ids(self) -> list[str]:
        """Ids of the custom fields that hold numbers."""
        return [key for key, shape in self.shapes.items() if shape == "number"]


def roles_of(fields: Mapping[str, str]) -> dict[str, str]:
    """Read the user's map of our columns to the source's fields, each under its role.

    Examples
    --------
    >>> roles_of({"points": "Story Points", "items.parent_id": "customfield_10014"})
    {'points': 'Story Points', 'epic': 'customfield_10014'}
    """
    plain = {ours.removeprefix("items."): theirs for ours, theirs in fields.items()}
    if others := [ours for ours in plain if "." in ours]:
        raise SourceError(
            f"Fields can be mapped to columns of items only, not to {', '.join(others)}.",
            hint='write for example points = "customfield_10016"',
        )
    return {str(OURS.get(ours, ours)): theirs for ours, theirs in plain.items()}


def plain_text(value: Any) -> str | None:
    """Text of a field's value: an option's value, a user's key, the first of several.

    Examples
    --------
    >>> plain_text([{"id": "10019", "value": "Impediment"}])
    'Impediment'
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        told = (value.get(key) for key in ("value", "key", "name", "title", "accountId", "id"))
        value = next((text for text in told if text is not None), None)
    return None if value in (None, False, "") else str(value)


def plain_option(value: Any) -> bool:
    """Whether a value is an option that was picked from a list, as the flag is."""
    return isinstance(value, dict) and "value" in value


def old_sprint(text: str) -> dict[str, str]:
    """Read a sprint that Jira Server printed as a Java object.

    Examples
    --------
    >>> old_sprint(
    ...     "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,state=CLOSED,name=Sprint 7,"
    ...     "startDate=2020-06-12T08:38:51.882+08:00,endDate=<null>,sequence=7]"
    ... )["name"]
    'Sprint 7'
    """
    inside = _OLD_SPRINT.match(text)
    if inside is None:
        return {"id": text, "name": text}
    parts = _OLD_PART.split(inside[1])
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {key: value for key, value in pairs if value not in ("<null>", "null", "")}


def is_sprint(value: Any) -> bool:
    """Whether a value is a sprint: an object of the Agile interface, or one printed as text."""
    if isinstance(value, str):
        return _OLD_SPRINT.match(value) is not None
    return (
        isinstance(value, dict)
        and {"id", "name", "state"} <= value.keys()
        and str(value["state"]).casefold() in _STATES
    )


def _shape_of(value: Any) -> Shape:
    first = value[0] if isinstance(value, list) else value
    if is_sprint(first):
        return "sprint"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    if isinstance(value, str):
        return "key" if _ISSUE_KEY.match(value) else "other"
    return "text" if isinstance(value, list) and plain_option(first) else "other"


def _stage(sprint: Sprint) -> int:
    state = str(sprint.get("state", "")).casefold()
    return _STATES.index(state) if state in _STATES else -1


def column(count: int, sources: Iterable[tuple[list[int], list[Any]]]) -> list[Any]:
    """One value an issue: of several fields, the first that says something."""
    values: list[Any] = [None] * count
    for rows, kept in sources:
        for row, value in zip(rows, kept, strict=True):
            if values[row] is None:
                values[row] = value
    return values
