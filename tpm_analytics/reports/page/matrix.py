"""Reports for many members as a matrix: a row a member, a column a report, and what fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.members import Member
from tpm_analytics.reports.words import Shown


class Standing(Protocol):
    """What the index knows of how a report stands."""

    @property
    def state(self) -> str:
        """``fresh``, ``stale``, ``failed`` or ``new``."""

    @property
    def state_words(self) -> str:
        """The state as people read it."""

    @property
    def why(self) -> str:
        """Why it is not up to date; empty if it is."""

    @property
    def link(self) -> str:
        """Address of its page; empty if it has none."""

    @property
    def figures(self) -> tuple[Shown, ...]:
        """The first figures its notebook recorded."""

    @property
    def standing(self) -> Markup:
        """When its page was checked and is due next, with which a script tells that it is late."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """How the report of one member stands; `state` is empty where it has none."""

    name: str = ""
    report: str = ""
    state: str = ""
    state_words: str = ""
    why: str = ""
    link: str = ""
    headline: Shown | None = None
    standing: Markup | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A member with its reports, in the order of the columns."""

    member: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All reports that run for each of the same kind of member.

    Attributes
    ----------
    title, summary
        ``Team``, and how many of its reports are up to date.
    columns
        Titles of the reports, with the question each answers and the name of its figure.
    rows
        A row a member.
    troubles
        The reports that are not as they should be and say why.
    """

    title: str
    summary: str
    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[Row, ...]
    troubles: tuple[Cell, ...]


def matrices(
    definitions: Iterable[ReportDefinition], standings: Mapping[str, Standing]
) -> list[Matrix]:
    """Return a matrix for each parameter that reports run for each value of.

    Parameters
    ----------
    definitions
        All reports; those that are not one of many are left out.
    standings
        How each of them stands, by name.
    """
    kinds: dict[str, list[tuple[ReportDefinition, Member]]] = {}
    for definition in definitions:
        if definition.member is not None:
            pair = (definition, definition.member)
            kinds.setdefault(definition.member.parameter, []).append(pair)
    return [_matrix(kind, reports, standings) for kind, reports in kinds.items()]


def _matrix(
    kind: str,
    reports: list[tuple[ReportDefinition, Member]],
    standings: Mapping[str, Standing],
) -> Matrix:
    groups = {member.group: (member.title, report.question) for report, member in reports}
    members = list(dict.fromkeys(str(member.value) for _, member in reports))
    cells = {
        (str(member.value), member.group): _cell(report, member, standings[report.name])
        for report, member in reports
    }
    return Matrix(
        title=kind.replace("_", " ").capitalize(),
        summary=summary([cell.state for cell in cells.values()]),
        columns=tuple(
            (*told, _headline([cells.get((member, group), Cell()) for member in members]))
            for group, told in groups.items()
        ),
        rows=tuple(
            Row(
                member=member,
                cells=tuple(cells.get((member, group), Cell()) for group in groups),
            )
            for member in members
        ),
        troubles=tuple(cell for cell in cells.values() if cell.why),
    )


def summary(states: Iterable[str]) -> str:
    """Say how many of the reports are up to date.

    Examples
    --------
    >>> summary(["fresh", "stale", "fresh"])
    '2 of 3 reports are up to date.'
    """
    listed = list(states)
    fresh = listed.count("fresh")
    if not listed:
        return "No report is defined yet."
    if fresh < len(listed):
        return f"{fresh} of {len(listed)} reports are up to date."
    return f"All {fresh} reports are up to date." if fresh > 1 else "The report is up to date."


def _headline(column: Iterable[Cell]) -> str:
    """Name of the figure that stands in a column; empty where they differ or there is none."""
    names = {cell.headline.label for cell in column if cell.headline}
    return names.pop() if len(names) == 1 else ""


def _cell(report: ReportDefinition, member: Member, standing: Standing) -> Cell:
    return Cell(
        name=report.name,
        report=f"{member.title}, {member.value}",
        state=standing.state,
        state_words=standing.state_words,
        why=standing.why,
        link=standing.link,
        headline=next(iter(standing.figures), None),
        standing=standing.standing,
    )
