"""A program whose people and titles are replaced by pseudonyms, stable and not to be guessed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from tpm_analytics.errors import ParameterError
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import TABLES

DIGITS, MORE_DIGITS = 6, 20
PERSON = "Person"
# What stands in place of each column's values; equal words share their pseudonyms
REPLACED: Mapping[str, Mapping[str, str]] = {
    "items": {"title": "Item title", "assignee_id": PERSON},
    "blocks": {"reason": "Reason"},
    # some trackers know a sprint by its name only: its key is replaced with it
    "sprints": {"sprint_id": "Sprint", "name": "Sprint", "goal": "Goal"},
    "sprint_scope": {"sprint_id": "Sprint"},
    "people": {"person_id": PERSON},
    "absences": {"person_id": PERSON},
    "allocations": {"person_id": PERSON},
    "worklogs": {"person_id": PERSON},
    "activities": {"name": "Activity"},
    "milestones": {"name": "Milestone", "owner_id": PERSON},
    "risks": {"title": "Risk title", "response": "Response", "owner_id": PERSON},
    "contingency": {"reason": "Reason"},
    "objectives": {"objective": "Objective", "key_result": "Key result", "owner_id": PERSON},
    "stakeholders": {"stakeholder_id": "Stakeholder", "role": "Stakeholder role"},
    "actions": {"title": "Action title", "owner_id": PERSON},
}
REMOVED: Mapping[str, tuple[str, ...]] = {"items": ("url",)}
# Plans may name a person where a role is meant: only roles and skills that people have stay
RESOURCE = "Resource"
HIDEABLE: Mapping[str, tuple[str, str]] = {
    "teams": ("team", "Team"),
    "workstreams": ("workstream", "Workstream"),
    "releases": ("release", "Release"),
    "services": ("service", "Service"),
}


def pseudonymised(program: Program, *, salt: str, hide: Iterable[str] = ()) -> Program:
    """Return `program` with people, titles, names, reasons and the like as pseudonyms.

    Parameters
    ----------
    program
        Loaded and checked.
    salt
        Text that only the workspace knows: with the same one, a person keeps the pseudonym from
        run to run, and without it none can be found by trying names.
    hide
        What else to replace: ``"teams"``, ``"workstreams"``, ``"releases"``, ``"services"``.

    Returns
    -------
    Program
        With the same rows and keys of items, risks and activities, so that every figure is the
        same. Addresses of items and columns that are not declared are left out, and so are the
        notes of the source, which may quote it.

    Raises
    ------
    ParameterError
        Without a salt, for something to hide that cannot be, or for a what-if.

    Notes
    -----
    A pseudonym is the first digits of HMAC-SHA-256 [1]_ over the kind of the value and the value.
    Where two values would share one, both get more digits, so that nobody is taken for another.

    References
    ----------
    .. [1] RFC 2104, HMAC: Keyed-Hashing for Message Authentication.

    Examples
    --------
    >>> items = pd.DataFrame({
    ...     "item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"], "assignee_id": ["kim"],
    ... })
    >>> hidden = pseudonymised(Program.from_tables({"items": items}), salt="grain of salt")
    >>> hidden.items["assignee_id"].tolist()
    ['Person 331984']
    """
    wanted = _hidden(hide)
    if not salt:
        raise ParameterError(
            "A program cannot be pseudonymised without a salt.",
            hint="run the report with tpm run, which keeps one in the workspace",
        )
    if program.before is not None:
        raise ParameterError(
            "A what-if is not for readers outside: its scenario names teams and people.",
            hint="pseudonymise the program it departs from: program.before",
        )
    latest = program.latest
    told = {table: {**REPLACED.get(table, {}), **_columns(table, wanted)} for table in TABLES}
    tables = {name: frame[list(TABLES[name].declared())] for name, frame in latest.tables().items()}
    names = _names(tables, told, salt)
    hidden = {
        name: frame.assign(
            **{column: _renamed(frame[column], names[kind]) for column, kind in told[name].items()},
            **{column: _nothing(frame[column]) for column in REMOVED.get(name, ())},
        )
        for name, frame in tables.items()
    }
    hidden["activity_demand"] = _without_named_resources(tables, salt)
    masked = replace(
        latest, source=_place(latest.source), notes=_counted(latest.notes), _latest=None, **hidden
    )
    return masked if program is latest else masked.at(program.as_of)


def _hidden(hide: Iterable[str]) -> list[str]:
    asked = [word for word in hide if word]
    if unknown := sorted(set(asked) - set(HIDEABLE)):
        raise ParameterError(
            f"{', '.join(unknown)} cannot be hidden.",
            hint=f"what can be: {', '.join(HIDEABLE)}",
        )
    return asked


def _columns(table: str, hide: Iterable[str]) -> dict[str, str]:
    declared = TABLES[table].declared()
    return {
        column: kind for column, kind in (HIDEABLE[word] for word in hide) if column in declared
    }


def _names(
    tables: Mapping[str, pd.DataFrame], told: Mapping[str, Mapping[str, str]], salt: str
) -> dict[str, dict[str, str]]:
    """Pseudonym of every value that occurs, by kind: one over all tables."""
    values: dict[str, set[str]] = {}
    for table, columns in told.items():
        for column, kind in columns.items():
            values.setdefault(kind, set()).update(tables[table][column].dropna().unique())
    return {kind: _pseudonyms(kind, found, salt) for kind, found in values.items()}


def _pseudonyms(kind: str, values: Iterable[str], salt: str) -> dict[str, str]:
    digests = {value: _digest(kind, value, salt) for value in values}
    short = pd.Series(digests, dtype="str").str[:DIGITS]
    shared = set(short[short.duplicated(keep=False)].index)
    return {
        value: f"{kind} {digest[: MORE_DIGITS if value in shared else DIGITS]}"
        for value, digest in digests.items()
    }


def _digest(kind: str, value: str, salt: str) -> str:
    said = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return hmac.digest(salt.encode(), said, hashlib.sha256).hex()


def _renamed(column: pd.Series, names: Mapping[str, str]) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories().cat.rename_categories(dict(names))
    return column.map(dict(names), na_action="ignore").astype("str")


def _nothing(column: pd.Series) -> pd.Series:
    return pd.Series(pd.NA, index=column.index, dtype=column.dtype)


def _without_named_resources(tables: Mapping[str, pd.DataFrame], salt: str) -> pd.DataFrame:
    people, demand = tables["people"], tables["activity_demand"]
    skills = people["skills"].dropna().str.split(";").explode().str.strip()
    known = {str(word).casefold() for word in [*people["role"].dropna(), *skills]}
    named = {str(name) for name in demand["resource"].cat.categories}
    strange = {name for name in named if name.strip().casefold() not in known}
    pseudonyms = _pseudonyms(RESOURCE, strange, salt)
    names = {name: pseudonyms.get(name, name) for name in named}
    return demand.assign(resource=_renamed(demand["resource"], names))


def _place(source: str) -> str:
    """The reader alone of an address: the path behind it is nobody else's business."""
    reader, _, place = source.partition(":")
    return f"{reader}:…" if place else source


def _counted(notes: tuple[str, ...]) -> tuple[str, ...]:
    count = len(notes)
    if not count:
        return ()
    return (
        f"The source came with {count} note{'' if count == 1 else 's'} on what it could not tell; "
        "they may quote it and are kept from readers outside the program.",
    )
