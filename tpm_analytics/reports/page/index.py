"""The index: one page that links every report and says what it answers and how fresh it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from tpm_analytics.reports import facts, failure, publish, what_ifs, words
from tpm_analytics.reports.catalogue import ReportDefinition, definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import GOOD, Entry
from tpm_analytics.reports.page import due, head, matrix, sheet, trends
from tpm_analytics.workspace import Workspace

FILE = "index.html"
SHOWN_FIGURES = 3
State = Literal["fresh", "stale", "failed", "new"]
WORDS: dict[State, str] = {
    "fresh": "Up to date",
    "stale": "Out of date",
    "failed": "Failed",
    "new": "Never ran",
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A report on the index.

    Attributes
    ----------
    name, title, question
        As its definition says.
    state, state_words
        Whether its page stands for the last run.
    why
        Why it is not up to date; empty if it is.
    when
        When its page was made, for which day, on what data.
    link
        Address of its page from the index; empty if it has none.
    asked
        What its figures are of, such as epics and a milestone; empty if of the whole program.
    figures
        The first figures its notebook recorded, with how they differ from the run before.
    standing
        When it was checked and is due next, as safe HTML; empty if there is nothing to say.
    """

    name: str
    title: str
    question: str
    state: State
    state_words: str
    why: str
    when: str
    link: str
    asked: str = ""
    figures: tuple[words.Shown, ...]
    standing: Markup = field(default_factory=Markup)


def write(workspace: Workspace) -> Path:
    """Make the index of all reports of `workspace` anew, and the history; returns its path.

    Raises
    ------
    ReportError
        If they cannot be written.
    """
    path = workspace.output / FILE
    every = definitions(workspace)
    script = sheet.script_of("due.js")
    latest = ledger.newest(workspace.output / ledger.FILE)
    good = ledger.newest(workspace.output / ledger.FILE, outcome="complete")
    time_zone = _time_zone(good.values())
    cards = {
        name: _card(
            definition,
            workspace,
            latest=latest.get(name),
            good=good.get(name),
            time_zone=time_zone,
        )
        for name, definition in {**every, **what_ifs.published(workspace)}.items()
    }
    text = sheet.template("index.html.j2").render(
        title=_title(workspace),
        cards=[cards[name] for name, definition in every.items() if definition.member is None],
        assumed=[card for name, card in cards.items() if name not in every],
        matrices=matrix.matrices(every.values(), cards),
        summary=matrix.summary(cards[name].state for name in every),
        style=sheet.style(),
        script=script,
        policy=sheet.policy(script),
        history=trends.FILE,
        package=facts.package_version(),
        made=words.moment(ledger.now(), time_zone),
    )
    try:
        trends.write(workspace)
        publish.write(path, text)
    except OSError as error:
        raise failure.as_run_error(error) from error
    return path


def _card(
    definition: ReportDefinition,
    workspace: Workspace,
    *,
    latest: Entry | None,
    good: Entry | None,
    time_zone: str,
) -> Card:
    path = workspace.output / ledger.FILE
    page = (workspace.output / definition.name / publish.PAGE).is_file()
    state = _state(latest, has_page=page)
    return Card(
        name=definition.name,
        title=definition.title,
        question=definition.what_if.said if definition.what_if else definition.question,
        state=state,
        state_words=WORDS[state],
        why=_why(latest, good, state, time_zone),
        when=_when(good) if page and good else "",
        link=f"{definition.name}/{publish.PAGE}" if page else "",
        asked=head.asked_of(good.parameters) if good and not definition.what_if else "",
        standing=Markup(_standing(definition, latest, good) if page and good else ""),
        figures=_figures(path, good, apart=definition.what_if is not None) if good else (),
    )


def _figures(path: Path, good: Entry, *, apart: bool) -> tuple[words.Shown, ...]:
    if apart:
        real = what_ifs.as_it_is(path, good.report, good.program, good.parameters)
        return tuple(
            head.shown(figure, real=real.get(figure.name))
            for figure in good.figures[:SHOWN_FIGURES]
        )
    asked = ledger.entries(
        path, good.report, outcome="complete", question=good.question, before=good.id, limit=1
    )
    then = {figure.name: figure for figure in asked[0].figures} if asked else {}
    return tuple(
        head.shown(figure, then=then.get(figure.name)) for figure in good.figures[:SHOWN_FIGURES]
    )


def _time_zone(good: Iterable[Entry]) -> str:
    """Return the clock of the programs, where all of them have the same."""
    zones = {run.program.time_zone for run in good if run.program}
    return zones.pop() if len(zones) == 1 else "UTC"


def _standing(definition: ReportDefinition, latest: Entry | None, good: Entry) -> str:
    made_at = good.ended_at or good.started_at
    checked = latest is not None and latest.outcome == "reused"
    return due.line(
        definition,
        made_at=made_at,
        now=latest.ended_at or made_at if latest is not None and checked else made_at,
        time_zone=good.program.time_zone if good.program else "UTC",
    )


def _state(latest: Entry | None, *, has_page: bool) -> State:
    if latest is None:
        return "stale" if has_page else "new"
    if latest.outcome in GOOD and has_page:
        return "fresh"
    return "stale" if has_page else "failed"


def _why(latest: Entry | None, good: Entry | None, state: State, otherwise: str) -> str:
    if state in {"fresh", "new"}:
        return ""
    if latest is None:
        return "No run of this page is in the ledger."
    time_zone = good.program.time_zone if good and good.program else otherwise
    when = words.moment(latest.started_at, time_zone)
    if latest.outcome == "running":
        return f"A run began {when} and has not ended."
    first, *more = (latest.error or "no reason was given").splitlines()
    hint = next((f" {line}" for line in more if line.startswith("Hint: ")), "")
    return f"The run of {when} {failure.ended(latest.outcome)}: {first}{hint}"


def _when(good: Entry) -> str:
    program = good.program
    if program is None:
        return f"Ran {words.moment(good.ended_at or good.started_at)}"
    items = program.rows.get("items", 0)
    ran = words.moment(good.ended_at or good.started_at, program.time_zone)
    return f"{program.source} as of {words.day(program.as_of)} · {items:,} items · ran {ran}"


def _title(workspace: Workspace) -> str:
    names = ", ".join(workspace.programs)
    return f"Program reports: {names}" if names else "Program reports"
