"""The three answers as a reader sees them: a question, a sentence and a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pandera.typing import DataFrame

from tpm_analytics.explore import compared, pictures
from tpm_analytics.explore.answers import Answers, Wish, Work
from tpm_analytics.explore.memory import Memory
from tpm_analytics.explore.plans import Plan
from tpm_analytics.readings import explore as say
from tpm_analytics.readings.text import Reading
from tpm_analytics.results.explore import AS_IS, CHANGED
from tpm_analytics.results.resources import Utilisation

WORK, PLAN, PEOPLE = "When is the work done?", "When does the plan end?", "How full are people?"
QUESTIONS = (WORK, PLAN, PEOPLE)


@dataclass(frozen=True)
class Panel:
    """A question, the sentence that answers it, and a picture as SVG; empty where there is none."""

    question: str
    reading: Reading
    picture: str

    def html(self) -> str:
        """Return all of it as HTML; nothing in it that came from data is live."""
        return f"<h3>{self.question}</h3>{pictures.sentence(self.reading)}{self.picture}"


def panels(today: Answers, changed: Answers | None, wish: Wish, memory: Memory) -> Iterator[Panel]:
    """Answer the questions one after the other, so that the first shows before the last is made.

    A panel whose answers are those of the last time is not made again.
    """
    versions = {AS_IS: today} if changed is None else {AS_IS: today, CHANGED: changed}
    work = {name: one.work for name, one in versions.items()}
    plan = {name: one.plan for name, one in versions.items()}
    usage = {name: one.utilisation for name, one in versions.items()}
    yield memory.kept(WORK, lambda: _work(work), *work.values())
    yield memory.kept(PLAN, lambda: _plan(plan), *plan.values())
    yield memory.kept(PEOPLE, lambda: _people(usage, wish), *usage.values(), wish)


def _work(versions: Mapping[str, Work]) -> Panel:
    told = compared.work_finish(versions)
    basis = list(versions.values())[-1].basis
    reading = say.work(told.promises, compared.counts(versions), basis)
    return Panel(WORK, reading, _finish(told, "Chance that all is done", reading))


def _plan(versions: Mapping[str, Plan]) -> Panel:
    told = compared.plan_finish(versions)
    epics = list(versions.values())[-1].epics
    ended = CHANGED in versions and versions[CHANGED].outlook.empty
    reading = say.plan(told.promises, compared.steps(versions), epics=epics, ended=ended)
    return Panel(PLAN, reading, _finish(told, "Futures that have ended", reading))


def _people(versions: Mapping[str, DataFrame[Utilisation]], wish: Wish) -> Panel:
    loads = compared.loads(versions)
    reading = say.loads(loads, weeks=wish.weeks)
    if loads.empty or not loads["allocated_hours"].sum():
        return Panel(PEOPLE, reading, "")
    title = "Share of the time promised"
    return Panel(PEOPLE, reading, pictures.loads(loads, title=title, named=reading.plain))


def _finish(told: compared.Finish, title: str, reading: Reading) -> str:
    if told.chances.empty:
        return ""
    surest = told.promises[told.promises["share"] == told.promises["share"].max()]
    marks = surest.dropna(subset="day_on")
    return pictures.finish(told.chances, marks, title=title, named=reading.plain)
