"""Gather Jira issues into plain lists, batch by batch, so that no tree is ever held whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tpm_analytics.errors import SourceError
from tpm_analytics.sources.jira.fields import ROLES, Fields

Issue = Mapping[str, Any]

NO_HISTORY, CUT_SHORT, COMPLETE = 0, 1, 2
WATCHED = frozenset({"points", "sprint", "flagged"})
"""Roles whose changes in a changelog say something no field does."""


COLUMNS = (
    "title",
    "kind",
    "status",
    "priority",
    "created_at",
    "updated_at",
    "resolved_at",
    "category_at",
    "estimate_seconds",
    "parent_id",
    "assignee_id",
    "release",
    "project",
    "component",
    "components",
    "labels",
    "resolution",
)
"""What is read of the fields that every Jira has, in the order of `_values`."""

_NOTHING: Issue = {}


def _values(fields: Issue) -> tuple[Any, ...]:
    get = fields.get
    components, versions = get("components"), get("fixVersions")
    return (
        get("summary"),
        (get("issuetype") or _NOTHING).get("name"),
        (get("status") or _NOTHING).get("name"),
        (get("priority") or _NOTHING).get("name"),
        get("created"),
        get("updated"),
        get("resolutiondate"),
        get("statuscategorychangedate"),
        get("timeoriginalestimate"),
        (get("parent") or _NOTHING).get("key"),
        person_id(get("assignee")),
        versions[-1]["name"] if versions else None,
        (get("project") or _NOTHING).get("key"),
        components[0]["name"] if components else None,
        ";".join([component["name"] for component in components]) if components else None,
        ";".join(get("labels") or ()) or None,
        (get("resolution") or _NOTHING).get("name"),
    )


def person_id(person: Issue | None) -> Any:
    """Key of a person: the account id of Jira Cloud, else the key or the name of Jira Server."""
    if person is None:
        return None
    return person.get("accountId") or person.get("key") or person.get("name")


@dataclass
class Moves:
    """Status changes, a position each: row of the issue, moment, and codes of the two statuses."""

    rows: list[int] = field(default_factory=list)
    at: list[str] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    codes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    ids: dict[str, Any] = field(default_factory=dict)


@dataclass
class Changes:
    """Changes of one other field: row of the issue, moment, and the entry of the changelog."""

    rows: list[int] = field(default_factory=list)
    at: list[str] = field(default_factory=list)
    entries: list[tuple[Any, Any, Any, Any]] = field(default_factory=list)


@dataclass
class Export:
    """All that was gathered from an export, as plain lists.

    Attributes
    ----------
    keys
        Key of each issue; its position is its row in everything else.
    columns
        What `COLUMNS` reads, and ``history`` (whether the changelog is there and complete) and
        ``api`` (the issue's own address).
    fields
        The custom fields.
    moves, changes
        Changelog entries of the status, and of other fields by role.
    links, worklogs, people
        As they stand at the issues; people by id with their time zone.
    statuses
        How often issues name each status with that id and category.
    listed
        Id, name, category and scope of each status in a list of statuses.
    total
        How many issues the largest search found, as its pages say.
    ended
        Whether a page said that it is the last; None if no page says which it is.
    roles
        Role of each field that changelogs name, None for those of no interest.
    """

    fields: Fields
    keys: list[str] = field(default_factory=list)
    columns: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    moves: Moves = field(default_factory=Moves)
    changes: defaultdict[str, Changes] = field(default_factory=lambda: defaultdict(Changes))
    links: list[tuple[int, str, bool, str, str]] = field(default_factory=list)
    worklogs: list[tuple[str, int, str, float]] = field(default_factory=list)
    worklogs_left_out: int = 0
    people: dict[str, Any] = field(default_factory=dict)
    statuses: Counter[tuple[Any, Any, Any]] = field(default_factory=Counter)
    listed: list[tuple[str, str, str, bool]] = field(default_factory=list)
    total: int = 0
    ended: bool | None = None
    roles: dict[str, str | None] = field(default_factory=dict)


def gather(export: Export, issues: Sequence[Issue], place: Callable[[int], str]) -> None:
    """Add a batch of issues to `export`.

    Raises
    ------
    SourceError
        Naming the place of an issue that lacks its key or its fields, or is of another shape.
    """
    first = len(export.keys)
    position, read, statuses = 0, [], []
    try:
        for position, issue in enumerate(issues):
            _gather_one(export, first + position, issue)
            read.append(_values(issue["fields"]))
            statuses.append(_status(issue["fields"]))
        for name, values in zip(COLUMNS, zip(*read, strict=True), strict=True):
            export.columns[name].extend(values)
        export.columns["api"].extend([issue.get("self") for issue in issues])
        export.statuses.update(statuses)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise _no_issue(issues[position], place(position), error) from error


def _no_issue(issue: Any, place: str, error: Exception) -> SourceError:
    if not isinstance(issue, dict):
        return SourceError(
            f"{place}: {type(issue).__name__} stands where an issue should be.",
            hint="export issues as Jira's REST interface gives them",
        )
    if missing := [name for name in ("key", "fields") if not issue.get(name)]:
        named = issue.get("key") or issue.get("id") or "an issue"
        return SourceError(
            f"{place}: {named} lacks {' and '.join(missing)}.",
            hint="export again without leaving fields out, as in /rest/api/2/search?fields=*all",
        )
    return SourceError(
        f"{place}: {issue['key']} is not of the shape Jira gives an issue "
        f"({type(error).__name__}: {error}).",
        hint="export it again from Jira's REST interface",
    )


def _gather_one(export: Export, row: int, issue: Issue) -> None:
    fields = issue["fields"]
    if not issue["key"] or not fields:
        raise KeyError("key" if fields else "fields")
    export.keys.append(issue["key"])
    export.fields.meet(row, fields)
    changelog = issue.get("changelog")
    export.columns["history"].append(
        NO_HISTORY if changelog is None else _history(export, row, changelog)
    )
    if links := fields.get("issuelinks"):
        _links(export, row, links)
    if person := fields.get("assignee"):
        export.people.setdefault(person_id(person), person.get("timeZone"))
    if worklog := fields.get("worklog"):
        _worklogs(export, row, worklog)


def _status(fields: Issue) -> tuple[Any, Any, Any]:
    status = fields.get("status") or {}
    return status.get("name"), status.get("id"), (status.get("statusCategory") or {}).get("key")


def _history(export: Export, row: int, changelog: Issue) -> int:
    histories = changelog.get("histories") or changelog.get("values") or []
    if len(histories) > 1 and histories[0]["created"] > histories[-1]["created"]:
        histories = histories[::-1]
    moves, roles = export.moves, export.roles
    rows, at, left, entered = moves.rows, moves.at, moves.left, moves.entered
    codes, ids = moves.codes, moves.ids
    for history in histories:
        for item in history["items"]:
            name = item["field"]
            if name == "status":
                was, now = item["fromString"], item["toString"]
                rows.append(row)
                at.append(history["created"])
                left.append(codes[was])
                entered.append(codes[now])
                ids[was], ids[now] = item.get("from"), item.get("to")
                continue
            role = roles[name] if name in roles else _role(export, name, item)
            if role is not None:
                changes = export.changes[role]
                changes.rows.append(row)
                changes.at.append(history["created"])
                changes.entries.append(
                    (item.get("from"), item.get("to"), item.get("fromString"), item.get("toString"))
                )
    return COMPLETE if changelog.get("total", 0) <= len(histories) else CUT_SHORT


def _role(export: Export, name: str, item: Issue) -> str | None:
    """Role of a field that a changelog names, found once; its id and name are learnt on the way."""
    fields, key = export.fields, item.get("fieldId")
    fields.learn_name(key, name)
    called = {name.casefold(), str(key).casefold()}
    mapped = [role for role, wanted in fields.mapping.items() if wanted.casefold() in called]
    role: str | None = mapped[0] if mapped else ROLES.get(name.casefold())
    if role not in WATCHED or (role in fields.mapping and not mapped):
        role = None
    export.roles[name] = role
    return role


def _links(export: Export, row: int, links: Sequence[Issue]) -> None:
    for link in links:
        kind = link["type"]
        for side in ("outwardIssue", "inwardIssue"):
            if other := link.get(side):
                export.links.append(
                    (row, other["key"], side == "outwardIssue", kind["name"], kind["outward"])
                )


def _worklogs(export: Export, row: int, worklog: Issue) -> None:
    logs = worklog.get("worklogs") or []
    export.worklogs_left_out += max(worklog.get("total", 0) - len(logs), 0)
    for log in logs:
        author = person_id(log["author"])
        export.people.setdefault(author, log["author"].get("timeZone"))
        export.worklogs.append((author, row, log["started"], log["timeSpentSeconds"] / 3600))
