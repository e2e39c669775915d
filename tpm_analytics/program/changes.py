"""The changes a what-if may be made of, as plain data that is checked when it is made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Self

import pandas as pd

from tpm_analytics.calendars import as_day
from tpm_analytics.errors import ParameterError, meant

# A full week of work in most contracts; whoever knows better says so
USUAL_HOURS = 40.0
HOURS_IN_A_WEEK = 168.0
# More than any program has; a slip of the keyboard must not fill the memory
MOST = 10_000


def _whole(least: int, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"least": least, "most": MOST})


@dataclass(frozen=True, kw_only=True)
class Change:
    """Base of all changes: every value is checked and put into its plain form when it is made."""

    def __post_init__(self) -> None:
        for declared in fields(self):
            value = _CHECKS[str(declared.type)](getattr(self, declared.name))
            if value is None:
                raise _wrong(declared.name, getattr(self, declared.name), str(declared.type))
            _within(declared.name, value, declared.metadata)
            object.__setattr__(self, declared.name, value)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """Read the change from plain values; raises `ParameterError` for what cannot be meant."""
        known = [declared.name for declared in fields(cls)]
        refuse_unknown(mapping, known)
        needed = [
            declared.name
            for declared in fields(cls)
            if declared.default is MISSING and declared.default_factory is MISSING
        ]
        if lacking := [name for name in needed if name not in mapping]:
            raise ParameterError(
                f"{' and '.join(lacking)} must be said.", hint=f"its keys are {', '.join(known)}"
            )
        return cls(**mapping)

    def to_mapping(self) -> dict[str, Any]:
        """Return the change as plain values; what is as it would be anyway is left out."""
        return {
            declared.name: list(value) if isinstance(value, tuple) else value
            for declared in fields(self)
            if (value := getattr(self, declared.name)) != declared.default
        }


@dataclass(frozen=True, kw_only=True)
class PeopleAdded(Change):
    """So many people join a team on a day; without a country they have that of most of it."""

    team: str
    joined_on: date
    count: int = _whole(1, 1)
    role: str = ""
    skills: tuple[str, ...] = ()
    hours_per_week: float = field(
        default=USUAL_HOURS, metadata={"above": 0.0, "most": HOURS_IN_A_WEEK}
    )
    country: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_empty(self, "team")

    def __str__(self) -> str:
        who = _people(self.count, self.role)
        verb = "joins" if self.count == 1 else "join"
        hours = f" ({self.hours_per_week:g} hours a week)" * (self.hours_per_week != USUAL_HOURS)
        return f"{who}{hours} {verb} {self.team} on {self.joined_on}"


@dataclass(frozen=True, kw_only=True)
class PeopleLeaving(Change):
    """One person, or so many of a team, work for the last time on a day; last joined, first out."""

    left_on: date
    person_id: str = ""
    team: str = ""
    role: str = ""
    count: int = _whole(1, 1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.person_id) == bool(self.team):
            raise ParameterError(
                "Either person_id or team says who leaves.", hint="write one of the two"
            )
        if self.person_id and (self.role or self.count != 1):
            raise ParameterError(
                "person_id names one person: role and count go with team.",
                hint="leave them out, or write team in place of person_id",
            )

    def __str__(self) -> str:
        # a page shared with many does not name who leaves
        verb = "leaves" if self.count == 1 else "leave"
        of_team = f" {self.team}" if self.team else ""
        return f"{_people(self.count, self.role)} {verb}{of_team} on {self.left_on}"


@dataclass(frozen=True, kw_only=True)
class ScopeCut(Change):
    """Open work is dropped: under an item, of a team, of a release; of several, what is all three.

    A `share` below 1 drops the items of lowest priority, of those of one priority the newest.
    """

    under: str = ""
    team: str = ""
    release: str = ""
    share: float = field(default=1.0, metadata={"above": 0.0, "share": True})

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.under or self.team or self.release):
            raise ParameterError(
                "Which work is cut must be said.", hint="write under, team or release"
            )

    def __str__(self) -> str:
        part = "the" if self.share == 1 else f"{100 * self.share:.3g} % of the"
        least = "" if self.share == 1 else ", least urgent and newest first"
        where = [
            *([f"of {self.team}"] if self.team else []),
            *([f"under {self.under}"] if self.under else []),
            *([f"for {self.release}"] if self.release else []),
        ]
        return f"{part} open work {' '.join(where)} is cut{least}"


@dataclass(frozen=True, kw_only=True)
class ScopeAdded(Change):
    """So many items more for a team, under an item or for a release where that is said."""

    team: str
    items: int = _whole(1)
    under: str = ""
    release: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_empty(self, "team")

    def __str__(self) -> str:
        under = f" under {self.under}" if self.under else ""
        release = f" for {self.release}" if self.release else ""
        count = "1 item is" if self.items == 1 else f"{self.items:,} items are"
        return f"{count} added to {self.team}{under}{release}"


@dataclass(frozen=True, kw_only=True)
class LinkRemoved(Change):
    """Nothing links the two items or activities any more, from the first to the second."""

    from_id: str
    to_id: str

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_empty(self, "from_id", "to_id")

    def __str__(self) -> str:
        return f"{self.to_id} does not depend on {self.from_id}"


@dataclass(frozen=True, kw_only=True)
class Holiday(Change):
    """A day on which nobody works: of the program, of a team, or of a country."""

    day_on: date
    team: str = ""
    country: str = ""

    def __str__(self) -> str:
        team = f" of {self.team}" if self.team else ""
        country = f" in {self.country}" if self.country else ""
        return f"nobody{team}{country} works on {self.day_on}"


def refuse_unknown(mapping: Mapping[str, Any], known: list[str]) -> None:
    """Raise `ParameterError` for a key that is none of those known, naming the one meant."""
    for key in mapping:
        if key not in known:
            raise ParameterError(
                f"{key!r} is nothing it can say.{meant(key, known)}",
                hint=f"its keys are {', '.join(known)}",
            )


def _refuse_empty(change: Change, *names: str) -> None:
    for name in names:
        if not getattr(change, name):
            raise ParameterError(f"{name} is empty.", hint=f"say which {name} is meant")


def _people(count: int, role: str) -> str:
    people = "1 person" if count == 1 else f"{count} people"
    return f"{people} ({role})" if role else people


def _text(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known and math.isfinite(value) else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime) and not isinstance(value, pd.Timestamp):
        return None
    try:
        return as_day(value).date()
    except ParameterError:
        return None


def _texts(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        return None
    return tuple(each.strip() for each in value if each.strip())


_CHECKS = {
    "str": _text,
    "float": _number,
    "int": _integer,
    "date": _day,
    "tuple[str, ...]": _texts,
}
_FORMS = {
    "str": ("text", 'write it in quotes, as in "Checkout"'),
    "float": ("a number", "write it as 40 or 0.5"),
    "int": ("a whole number", "write it as 2"),
    "date": ("a day", "write it as 2025-12-01"),
    "tuple[str, ...]": ("a list of texts", 'write it as ["kotlin", "sql"]'),
}


def _wrong(name: str, value: Any, form: str) -> ParameterError:
    wanted, hint = _FORMS[form]
    return ParameterError(f"{name} = {value!r} is not {wanted}.", hint=hint)


def _within(name: str, value: Any, bounds: Mapping[str, Any]) -> None:
    if bounds.get("share") and value > 1:
        raise ParameterError(
            f"{name} = {value:g} is above 1: a share is a part of 1.",
            hint=f"Did you mean {value / 100:g}, not {value:g}?"
            if value <= 100
            else "30 % is 0.30",
        )
    if "above" in bounds and not value > bounds["above"]:
        raise ParameterError(f"{name} = {value:g} is not above {bounds['above']:g}.")
    if "least" in bounds and value < bounds["least"]:
        raise ParameterError(f"{name} = {value:g} is below {bounds['least']:g}.")
    if "most" in bounds and value > bounds["most"]:
        raise ParameterError(f"{name} = {value:g} is above {bounds['most']:g}.")
