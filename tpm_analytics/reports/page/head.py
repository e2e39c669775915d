"""The head of a page: what was asked, about which program, on which day, from which data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import nbformat

from tpm_analytics.reports import facts
from tpm_analytics.reports.ledger.entry import Figure, ProgramFacts
from tpm_analytics.reports.page import news
from tpm_analytics.reports.words import Shown, day, label, moment, unit_of, value

KEY = "tpm"
CHANGES = "changes"
ASSUMED = "assumed"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact of the head; `more` is shown when it is opened."""

    label: str
    text: str
    more: str = ""


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
    changes: news.News | None = None
    assumed: str = ""


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
    told: Mapping[str, Any] = own.get(CHANGES, {})
    time_zone = program.time_zone if program else "UTC"
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
        figures=tuple(
            replace(
                shown(figure),
                change=news.change(figure.name, told),
                restated=news.restated(figure.name, figure.unit, told),
                real=news.as_it_is(figure.name, told),
            )
            for figure in facts.figures(notebook)
        ),
        changes=news.of(told, time_zone),
        assumed=facts.assumed(notebook) or str(own.get(ASSUMED, "")),
    )


def shown(figure: Figure, *, then: Figure | None = None, real: Figure | None = None) -> Shown:
    """Return a recorded figure in words: its name with spaces, its value with few digits.

    With the figure of an earlier run, `then`, it says how they differ; with that of the program
    as it is, `real`, what it is without the what-if.

    Examples
    --------
    >>> shown(Figure(name="commitment_kept", value=0.8261, unit="share"))
    Shown(label='Commitment kept', text='83 %', unit='', change='', restated='', real='')
    >>> shown(Figure(name="p85_finish", value="2025-03-07"))
    Shown(label='P85 finish', text='7 Mar 2025', unit='', change='', restated='', real='')
    """
    return Shown(
        label=label(figure.name),
        text=value(figure.value, figure.unit),
        unit=unit_of(figure.value, figure.unit, name=figure.name),
        change=news.since(figure, then) if then else "",
        restated="" if figure.was_run is None else news.restated_from(figure),
        real=news.beside(real.value, real.unit) if real else "",
    )


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
        for name, value in _told(parameters)
    )
    return found


def asked_of(parameters: Mapping[str, Any]) -> str:
    """Return what a report was asked of, besides program and day; empty if of all.

    Examples
    --------
    >>> asked_of({"program": "sample", "of": "CHK-3, LED-5", "milestone": "M-11"})
    'Of CHK-3, LED-5 · milestone M-11'
    """
    told = " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in _told(parameters))
    return told[:1].upper() + told[1:]


def _told(parameters: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return (
        (name, value)
        for name, value in parameters.items()
        if name not in {"program", "as_of"} and value not in ("", None, [])
    )


def _seconds(duration: float | None) -> str:
    if duration is None:
        return ""
    if duration < 90:
        return f"{duration:.0f} second{'' if round(duration) == 1 else 's'}"
    return f"{duration / 60:.0f} minutes"
