"""What a JSON value of a Jira export is, told by its shape, and where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from tpm_analytics.errors import SourceError
from tpm_analytics.sources.jira.fields import is_sprint
from tpm_analytics.sources.jira.files import BATCH, Batch
from tpm_analytics.sources.jira.issues import Export, gather

NOT_USED = ("columnConfig", "jira_url", "date_start")
"""Keys that tell a board's configuration or an exporter's own notes, which hold nothing to load."""


def take(export: Export, batch: Batch) -> bool:
    """Add a batch of values to `export`; return whether all were something Jira exports.

    Raises
    ------
    SourceError
        With Jira's own message, if a value is its answer to a failed request; or naming the place
        of a broken issue.
    """
    if batch.lines and all(isinstance(value, dict) and "fields" in value for value in batch.values):
        gather(export, batch.values, batch.place)
        return True
    known = True
    while batch.values:
        position = len(batch.lines) - len(batch.values) if batch.lines else 0
        value = batch.values.pop(0)
        known = _take(export, value, batch.place(position), told=bool(batch.lines)) and known
        del value
    return known


def _take(export: Export, value: Any, place: str, *, told: bool) -> bool:
    """Add one value; `told` says that it stands on a line of its own, so an issue is expected."""
    if isinstance(value, list):
        return _take_list(export, value, place)
    if isinstance(value, dict):
        _refuse(value, place)
        _take_names(export, value)
        if isinstance(value.get("issues"), list):
            return _take_page(export, value, place)
        if isinstance(value.get("values"), list):
            return _take_list(export, value["values"], place)
        if _take_listed(export, [value]) or any(key in value for key in NOT_USED):
            return True
    if told or _is_issue(value):
        gather(export, [value], lambda _: place)
        return True
    return False


def _refuse(value: Mapping[str, Any], place: str) -> None:
    if messages := [*value.get("errorMessages", ()), *(value.get("errors") or {}).values()]:
        raise SourceError(
            f"{place} holds no issues but Jira's refusal: {' '.join(map(str, messages))}",
            hint="mend the search or log in, then export again",
        )


def _take_names(export: Export, value: Mapping[str, Any]) -> None:
    for key, name in (value.get("names") or {}).items():
        export.fields.learn_name(key, name)


def _take_page(export: Export, page: Mapping[str, Any], place: str) -> bool:
    export.total = max(export.total, page.get("total") or 0)
    if "isLast" in page:
        export.ended = bool(export.ended or page["isLast"])
    return _take_issues(export, page["issues"], place)


def _take_list(export: Export, values: list[Any], place: str) -> bool:
    if not values or _take_listed(export, values):
        return True
    first = values[0]
    if isinstance(first, dict) and isinstance(first.get("issues"), list):
        return all([_take(export, page, place, told=True) for page in values])
    return _take_issues(export, values, place) if _is_issue(first) else False


def _take_issues(export: Export, issues: list[Any], place: str) -> bool:
    for offset, part in _consumed(issues):
        gather(export, part, partial(_nth, place, offset))
    return True


def _take_listed(export: Export, values: list[Any]) -> bool:
    for recognise, add in _LISTS:
        if all(isinstance(value, dict) and recognise(value) for value in values):
            for value in values:
                add(export, value)
            return True
    return False


def _is_issue(value: Any) -> bool:
    """Whether a value is meant to be an issue, be it a broken one."""
    if not isinstance(value, dict):
        return False
    return bool({"fields", "changelog"} & value.keys()) or "/issue/" in str(value.get("self"))


def _nth(place: str, offset: int, position: int) -> str:
    return f"{place}, issue {offset + position + 1}"


def _consumed(values: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Take `values` apart from the front, batch by batch, so that what is read can be let go."""
    values.reverse()
    offset = 0
    while values:
        part = values[-BATCH:]
        del values[-BATCH:]
        part.reverse()
        yield offset, part
        offset += len(part)


def _is_status(value: Mapping[str, Any]) -> bool:
    return "statusCategory" in value and "name" in value and "fields" not in value


def _add_status(export: Export, value: Mapping[str, Any]) -> None:
    category = value["statusCategory"]
    key = category.get("key") if isinstance(category, dict) else category
    export.listed.append((str(value.get("id")), value["name"], str(key), bool(value.get("scope"))))


def _has_statuses(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("statuses"), list) and "fields" not in value


def _add_statuses(export: Export, value: Mapping[str, Any]) -> None:
    for status in value["statuses"]:
        if _is_status(status):
            _add_status(export, status)


def _is_field(value: Mapping[str, Any]) -> bool:
    return {"id", "name"} <= value.keys() and ("custom" in value or "clauseNames" in value)


def _add_field(export: Export, value: Mapping[str, Any]) -> None:
    export.fields.learn_name(value.get("id"), value.get("name"))


def _add_sprint(export: Export, value: Mapping[str, Any]) -> None:
    export.fields.learn_sprint(value)


_Shape = tuple[Callable[[Mapping[str, Any]], bool], Callable[[Export, Mapping[str, Any]], None]]
_LISTS: Sequence[_Shape] = (
    (_is_status, _add_status),
    (_has_statuses, _add_statuses),
    (_is_field, _add_field),
    (is_sprint, _add_sprint),
)
"""Lists that may lie beside the issues: how each is recognised, and what is kept of it."""
