"""The head of a page: what was asked, about which program, on which day, from which data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import nbformat

from tpm_analytics.calendars import zone
from tpm_analytics.reports import facts
from tpm_analytics.reports.ledger import Figure, ProgramFacts

KEY = "tpm"
SHARE = "share"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact of the head; `more` is shown when it is opened."""

    label: str
    text: str
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A recorded figure, as people read it."""

    label: str
    text: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """All that a page says above and below its content."""

    title: str
    report: str
    question: str
    program: str
    notebook: str
    package: str
    took: str
    facts: tuple[Fact, ...]
    figures: tuple[Shown, ...]


def head_of(notebook: nbformat.NotebookNode, *, title: str = "") -> Head:
    """Read the head of its page from an executed notebook.

    Parameters
    ----------
    notebook
        Executed; ``metadata["tpm"]`` holds what the report engine knows.
    title
        The title where the engine gave none.
    """
    own: Mapping[str, Any] = notebook.metadata.get(KEY, {})
    papermill: Mapping[str, Any] = notebook.metadata.get("papermill", {})
    program = facts.program(notebook)
    ran_at = own.get("ran_at") or papermill.get("end_time")
    return Head(
        title=str(own.get("title") or title or "Report"),
        report=str(own.get("report", "")),
        question=str(own.get("question", "")),
        program=program.source if program else "",
        notebook=str(own.get("notebook", "")),
        package=str(own.get("package") or facts.package_version()),
        took=_seconds(papermill.get("duration")),
        facts=tuple(_facts(program, ran_at, papermill.get("parameters", {}))),
        figures=tuple(shown(figure) for figure in facts.figures(notebook)),
    )


def shown(figure: Figure) -> Shown:
    """Return a recorded figure in words: its name with spaces, its value with few digits.

    Examples
    --------
    >>> shown(Figure(name="commitment_kept", value=0.8261, unit="share"))
    Shown(label='Commitment kept', text='83 %', unit='')
    >>> shown(Figure(name="p85_finish", value="2025-03-07"))
    Shown(label='P85 finish', text='7 Mar 2025', unit='')
    """
    label = figure.name.replace("_", " ").strip()
    unit = "" if figure.unit in {None, SHARE} else str(figure.unit)
    return Shown(
        label=label[:1].upper() + label[1:], text=_value(figure.value, figure.unit), unit=unit
    )


def day(text: str) -> str:
    """Return an ISO day in words; other text as it is.

    Examples
    --------
    >>> day("2025-03-07")
    '7 March 2025'
    """
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{read.day} {read:%B %Y}"


def moment(instant: str | datetime, time_zone: str = "UTC") -> str:
    """Return an instant in words, in a time zone.

    Examples
    --------
    >>> moment("2025-03-07T08:30:00+00:00", "Europe/Madrid")
    '7 March 2025, 09:30 (Europe/Madrid)'
    """
    read = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    local = read.astimezone(zone(time_zone))
    return f"{local.day} {local:%B %Y, %H:%M} ({time_zone})"


def rows_in_words(rows: Mapping[str, int]) -> str:
    """Return the number of rows of each table, the most telling first.

    Examples
    --------
    >>> rows_in_words({"items": 3000, "sprint_scope": 41})
    '3,000 items, 41 sprint scope'
    """
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in rows.items())


def _facts(
    program: ProgramFacts | None, ran_at: str | None, parameters: Mapping[str, Any]
) -> list[Fact]:
    found = []
    if program:
        found.append(Fact(label="Program", text=program.source))
        found.append(Fact(label="As of", text=day(program.as_of)))
        items = program.rows.get("items", 0)
        more = rows_in_words(program.rows) if len(program.rows) > 1 else ""
        found.append(
            Fact(label="Data", text=f"{items:,} item{'' if items == 1 else 's'}", more=more)
        )
    if ran_at:
        time_zone = program.time_zone if program else "UTC"
        found.append(Fact(label="Ran", text=moment(ran_at, time_zone)))
    found.extend(
        Fact(label=name.replace("_", " ").capitalize(), text=str(value))
        for name, value in parameters.items()
        if name not in {"program", "as_of"} and value not in ("", None, [])
    )
    return found


def _value(value: object, unit: str | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if unit == SHARE:
            return f"{value:.0%}".replace("%", " %")
        if abs(value) >= 100 or value == round(value):
            return f"{value:,.0f}"
        return f"{value:,.1f}" if abs(value) >= 1 else f"{value:,.2f}"
    return _short_day(str(value))


def _short_day(text: str) -> str:
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{read.day} {read:%b %Y}"


def _seconds(duration: float | None) -> str:
    if duration is None:
        return ""
    if duration < 90:
        return f"{duration:.0f} seconds"
    return f"{duration / 60:.0f} minutes"
