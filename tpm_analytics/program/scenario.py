"""A scenario: what if these things were otherwise, as plain data, and the program it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from tpm_analytics.errors import ParameterError
from tpm_analytics.program.changes import (
    Change,
    Holiday,
    LinkRemoved,
    PeopleAdded,
    PeopleLeaving,
    ScopeAdded,
    ScopeCut,
    refuse_unknown,
)

__all__ = [
    "Holiday",
    "LinkRemoved",
    "PeopleAdded",
    "PeopleLeaving",
    "Scenario",
    "ScopeAdded",
    "ScopeCut",
]

UNNAMED = "What if"
# F. Brooks, "The Mythical Man-Month", 1975, chapter 2: who is new must be taught first. Four weeks
# is what teams plan with; measured times lie between two and twelve
RAMP_UP_WEEKS = 4
LONGEST_NAME = 80

_KINDS: dict[str, type[Change]] = {
    "people_added": PeopleAdded,
    "people_leaving": PeopleLeaving,
    "scope_cut": ScopeCut,
    "scope_added": ScopeAdded,
    "links_removed": LinkRemoved,
    "holidays": Holiday,
}


@dataclass(frozen=True, kw_only=True)
class _Settings(Change):
    """What a scenario says in single values."""

    name: str = UNNAMED
    risks_closed: tuple[str, ...] = ()
    history_weeks: int = field(default=0, metadata={"least": 0, "most": 1_000})
    ramp_up_weeks: int = field(default=RAMP_UP_WEEKS, metadata={"least": 0, "most": 104})


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is assumed to be otherwise; the order of the changes makes no difference.

    Attributes
    ----------
    name
        What the assumption is called, on pages and in lists.
    people_added, people_leaving, scope_cut, scope_added, links_removed, holidays
        Changes of each kind.
    risks_closed
        Keys of risks that cannot happen any more.
    history_weeks
        How many weeks of the past a forecast learns from; 0 for all.
    ramp_up_weeks
        After how many weeks people who join count towards the pace of their team.

    Examples
    --------
    >>> more = PeopleAdded(team="Mobile", joined_on="2025-12-01", count=2)
    >>> Scenario(name="Two more", people_added=[more]).to_mapping()["people_added"]
    [{'team': 'Mobile', 'joined_on': datetime.date(2025, 12, 1), 'count': 2}]
    """

    name: str = UNNAMED
    people_added: tuple[PeopleAdded, ...] = ()
    people_leaving: tuple[PeopleLeaving, ...] = ()
    scope_cut: tuple[ScopeCut, ...] = ()
    scope_added: tuple[ScopeAdded, ...] = ()
    risks_closed: tuple[str, ...] = ()
    links_removed: tuple[LinkRemoved, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    history_weeks: int = 0
    ramp_up_weeks: int = RAMP_UP_WEEKS

    def __post_init__(self) -> None:
        told = {declared.name: getattr(self, declared.name) for declared in fields(_Settings)}
        settings = _Settings(**told)
        for name in told:
            object.__setattr__(self, name, getattr(settings, name))
        _refuse_name(self.name)
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, tuple(getattr(self, name)))
            if wrong := [each for each in getattr(self, name) if not isinstance(each, kind)]:
                raise ParameterError(
                    f"{name} holds {wrong[0]!r}.", hint=f"it takes {kind.__name__} only"
                )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], *, origin: str = "scenario") -> Self:
        """Read a scenario from plain values, as a TOML file holds them.

        Parameters
        ----------
        mapping
            Values by the names of the attributes; a list of mappings for each kind of change.
        origin
            Where it comes from, for error texts.

        Raises
        ------
        ParameterError
            For an unknown key, naming the one that may be meant; for a value that lacks, is of
            another form, or cannot be meant, such as a share above 1.

        Examples
        --------
        >>> Scenario.from_mapping({"risks_closed": ["R-02"]}).risks_closed
        ('R-02',)
        """
        try:
            refuse_unknown(mapping, [declared.name for declared in fields(cls)])
        except ParameterError as error:
            raise _at(origin, error) from None
        lists = {
            name: _changes(kind, mapping[name], f"{origin}, {name}")
            for name, kind in _KINDS.items()
            if name in mapping
        }
        try:
            return cls(**{**mapping, **lists})
        except ParameterError as error:
            raise _at(origin, error) from None

    def to_mapping(self) -> dict[str, Any]:
        """Return the scenario as plain values; what is as it would be anyway is left out."""
        told: dict[str, Any] = {}
        for declared in fields(self):
            value = getattr(self, declared.name)
            if value == declared.default:
                continue
            if declared.name in _KINDS:
                told[declared.name] = [change.to_mapping() for change in value]
            else:
                told[declared.name] = list(value) if isinstance(value, tuple) else value
        return told

    @property
    def empty(self) -> bool:
        """Whether nothing is assumed to be otherwise."""
        return not (self.risks_closed or self.history_weeks) and not any(
            getattr(self, name) for name in _KINDS
        )

    def __str__(self) -> str:
        parts = [str(change) for name in _KINDS for change in getattr(self, name)]
        if self.people_added:
            parts.append(f"who joins counts towards the pace after {_weeks(self.ramp_up_weeks)}")
        if self.risks_closed:
            one = len(self.risks_closed) == 1
            keys = ", ".join(self.risks_closed)
            parts.append(f"the risk {keys} is closed" if one else f"the risks {keys} are closed")
        if self.history_weeks:
            parts.append(f"forecasts learn from the last {_weeks(self.history_weeks)} only")
        return f"What if: {'; '.join(parts) or 'nothing is otherwise'}."


def _changes(kind: type[Change], given: Any, where: str) -> list[Change]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping) for one in given):
        key = where.rpartition(", ")[2]
        raise ParameterError(f"{where} is not a list of tables.", hint=f"write [[{key}]] above it")
    made = []
    for number, one in enumerate(given, start=1):
        try:
            made.append(kind.from_mapping(one))
        except ParameterError as error:
            raise _at(f"{where} {number}", error) from None
    return made


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


def _at(where: str, error: ParameterError) -> ParameterError:
    return ParameterError(f"{where}: {error.message}", hint=error.hint)


def _refuse_name(name: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ParameterError(
            f"A scenario cannot be named {name!r}.",
            hint=f"give it a name of one line and at most {LONGEST_NAME} characters",
        )
