"""The history page: each figure over the days it was asked for, and the last runs, without scripts.

It is one file beside the index, so that it opens wherever the index does: in a browser, and from
the file browser of JupyterLab, which keeps scripts off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tpm_analytics.clock import zone
from tpm_analytics.reports import publish, what_ifs, words
from tpm_analytics.reports.catalogue import ReportDefinition, definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import GOOD, Entry, Figure
from tpm_analytics.reports.page import sheet
from tpm_analytics.workspace import Workspace

FILE = "history.html"
# More would make a page that nobody reads; `tpm history` has them all
SHOWN_REPORTS, SHOWN_DAYS, SHOWN_RUNS = 100, 60, 50
WIDTH, HEIGHT, MARGIN = 240, 48, 6


@dataclass(frozen=True, kw_only=True)
class Point:
    """A figure on a day: where it is drawn, and what is said of it."""

    x: float
    y: float
    said: str
    restated: bool


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A figure over time.

    Attributes
    ----------
    label, now, unit
        What it is, and its last value.
    change
        How it differs from the first day shown.
    points
        The first day first; none where there is one day only, or the figure is text.
    """

    label: str
    now: str
    unit: str
    change: str
    points: tuple[Point, ...]

    @property
    def line(self) -> str:
        """The points as an SVG polyline has them."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A report with its figures over time."""

    title: str
    link: str
    span: str
    trends: tuple[Trend, ...]


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """A run in the words of people."""

    when: str
    report: str
    outcome: str
    good: bool
    took: str
    note: str


def write(workspace: Workspace) -> Path:
    """Make the history page of `workspace` anew; returns its path."""
    path = workspace.output / FILE
    known = definitions(workspace)
    runs = ledger.entries(workspace.output / ledger.FILE, limit=SHOWN_RUNS)
    time_zone = _time_zone(runs)
    every = [found for found in (_section(each, workspace) for each in _shown(known)) if found]
    text = sheet.template("history.html.j2").render(
        sections=every,
        left_out=max(len(known) - SHOWN_REPORTS, 0),
        runs=_runs(runs, {**known, **what_ifs.published(workspace)}, time_zone),
        time_zone=time_zone,
        width=WIDTH,
        height=HEIGHT,
        style=sheet.style(),
        policy=sheet.policy(),
        made=words.moment(ledger.now(), time_zone),
    )
    publish.write(path, text)
    return path


def trends(entries: Iterable[Entry]) -> tuple[Trend, ...]:
    """Return the figures of good runs over the days they were asked for, in the newest's order.

    Parameters
    ----------
    entries
        Good runs that asked the same, newest first. Of several for one day the newest counts.
    """
    by_day: dict[date, Entry] = {}
    for entry in entries:
        by_day.setdefault(_day(entry), entry)
    days = sorted(by_day)[-SHOWN_DAYS:]
    if not days:
        return ()
    figures = {day: {figure.name: figure for figure in by_day[day].figures} for day in days}
    return tuple(
        _trend({day: found[name] for day, found in figures.items() if name in found})
        for name in figures[days[-1]]
    )


def _shown(known: Mapping[str, ReportDefinition]) -> list[ReportDefinition]:
    return list(known.values())[:SHOWN_REPORTS]


def _section(definition: ReportDefinition, workspace: Workspace) -> Section | None:
    """Tell of the last good run's question: one team's figures are not compared with all."""
    path = workspace.output / ledger.FILE
    good = ledger.last(path, definition.name, outcome="complete")
    if good is None or not good.figures:
        return None
    # A day may have been asked for several times, so more runs than days are read
    asked = ledger.entries(
        path,
        definition.name,
        outcome="complete",
        question=good.question,
        limit=4 * SHOWN_DAYS,
    )
    days = {_day(entry) for entry in asked}
    first, last = (words.short_day(day.isoformat()) for day in (min(days), max(days)))
    page = workspace.output / definition.name / publish.PAGE
    return Section(
        title=definition.title,
        link=f"{definition.name}/{publish.PAGE}" if page.is_file() else "",
        span=f"As of {last}" if first == last else f"{first} to {last}",
        trends=trends(asked),
    )


def _trend(figures: Mapping[date, Figure]) -> Trend:
    days = list(figures)
    first, last = figures[days[0]], figures[days[-1]]
    since = words.short_day(days[0].isoformat())
    one = len(days) == 1
    return Trend(
        label=words.label(last.name),
        now=words.value(last.value, last.unit),
        unit=words.unit_of(last.value, last.unit, name=last.name),
        change="one day so far"
        if one
        else f"{words.difference(last.value, first.value, last.unit)} since {since}",
        points=() if one else _points(figures),
    )


def _points(figures: Mapping[date, Figure]) -> tuple[Point, ...]:
    drawn = {
        day: number for day, found in figures.items() if (number := _number(found)) is not None
    }
    across = _scaled([day.toordinal() for day in drawn], WIDTH)
    down = _scaled([-number for number in drawn.values()], HEIGHT)
    return tuple(
        Point(x=x, y=y, said=_said(day, figures[day]), restated=figures[day].was_run is not None)
        for day, x, y in zip(drawn, across, down, strict=True)
    )


def _scaled(numbers: Sequence[float], length: int) -> list[float]:
    """Spread over the length, the smallest first; in the middle if they are all the same."""
    if not numbers:
        return []
    low, span = min(numbers), max(numbers) - min(numbers)
    inner = length - 2 * MARGIN
    return [
        round(MARGIN + inner * ((number - low) / span if span else 0.5), 1) for number in numbers
    ]


def _said(day: date, figure: Figure) -> str:
    value = words.value(figure.value, figure.unit)
    unit = words.unit_of(figure.value, figure.unit)
    told = f"{value} {unit}".rstrip()
    was = f", restated, was {words.value(figure.was, figure.unit)}" if figure.was_run else ""
    return f"{words.short_day(day.isoformat())}: {told}{was}"


def _number(figure: Figure) -> float | None:
    if isinstance(figure.value, bool):
        return None
    if isinstance(figure.value, int | float):
        return float(figure.value)
    try:
        return float(date.fromisoformat(str(figure.value)).toordinal())
    except ValueError:
        return None


def _day(entry: Entry) -> date:
    """The day a run looked from; where it told none, the day it began."""
    try:
        return date.fromisoformat(entry.program.as_of if entry.program else "")
    except ValueError:
        return entry.started_at.date()


def _time_zone(runs: Iterable[Entry]) -> str:
    """Zone of the newest run that knows one, for all: a run that failed early knows none."""
    return next((run.program.time_zone for run in runs if run.program), "UTC")


def _runs(
    runs: Iterable[Entry], known: Mapping[str, ReportDefinition], time_zone: str
) -> list[PastRun]:
    return [
        PastRun(
            when=_when(entry.started_at, time_zone),
            report=known[entry.report].title if entry.report in known else entry.report,
            outcome=entry.outcome,
            good=entry.outcome in GOOD,
            took="" if entry.duration_seconds is None else f"{entry.duration_seconds:.1f} s",
            note=_note(entry),
        )
        for entry in runs
    ]


def _when(instant: datetime, time_zone: str) -> str:
    local = instant.astimezone(zone(time_zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


def _note(entry: Entry) -> str:
    if entry.error:
        return entry.error.splitlines()[0]
    if entry.reused is not None:
        return "nothing had changed"
    late = [words.label(figure.name) for figure in entry.figures if figure.was_run is not None]
    return f"restated: {', '.join(late)}" if late else ""
