"""When the plan of one version of a program ends: of its activities, or of its open epics."""

from __future__ import annotations

from dataclasses import dataclass

from pandera.typing import DataFrame

from tpm_analytics.explore.memory import Memory
from tpm_analytics.metrics import schedule, schedule_risk
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Activities, Links
from tpm_analytics.results.schedule import DaysOff, DrivingPath
from tpm_analytics.results.schedule_risk import FinishCurve, Outlook, Strikes

# A tenth of what the page of risks takes: its 80 % day lies a few days from that of 10,000
TRIALS = 1_000
SEED = 1
# As on the page of risks: how much activities of one team are early or late together
CORRELATION = 0.3


@dataclass(frozen=True, eq=False)
class Steps:
    """Activities and the links between them; ``epics`` tells how many stand in for activities."""

    activities: DataFrame[Activities]
    links: DataFrame[Links]
    epics: int = 0


@dataclass(frozen=True, eq=False)
class Plan:
    """When the plan ends in many futures, and what sets its date."""

    curve: DataFrame[FinishCurve]
    outlook: DataFrame[Outlook]
    path: DataFrame[DrivingPath]
    epics: int = 0


def steps(program: Program, off: DataFrame[DaysOff]) -> Steps:
    """Return the plan of a program: its activities, or open epics where it has none.

    Epics stand in as they do on the page of risks, at the pace of their teams, which have the
    days in `off` free. Links of neither are left out.
    """
    activities, links, until = program.activities, program.links, program.as_of
    if len(activities):
        ends = activities["activity_id"]
        ours = among(links["from_id"], ends) | among(links["to_id"], ends)
        return Steps(activities, links[ours].reset_index(drop=True))
    durations = schedule.epic_durations(program.items, until=until, days_off=off)
    epics = schedule.epic_activities(program.items, durations, until=until)
    return Steps(epics, schedule.epic_links(program.items, links, epics), len(epics))


def days_off(program: Program) -> DataFrame[DaysOff]:
    """Return the days on which teams of the plan do not work."""
    return schedule.days_off(program.people, until=program.as_of, absences=program.absences)


def plan(whole: Program, memory: Memory) -> Plan:
    """Return when the plan of the whole program ends; nothing of it where nothing is left to do."""
    until = whole.as_of
    off = memory.kept("days off", lambda: days_off(whole), whole.people, whole.absences, until)
    inputs = (whole.activities, whole.links, *_tracked(whole, off), until)
    told = memory.kept("steps", lambda: steps(whole, off), *inputs)
    activities, links = told.activities, told.links
    path = memory.kept(
        "path",
        lambda: schedule.driving_path(activities, links, until=until, days_off=off),
        activities,
        links,
        off,
        until,
    )
    strikes = memory.kept(
        "strikes",
        lambda: schedule_risk.strikes(whole.risks, activities, whole.milestones),
        whole.risks,
        activities,
        whole.milestones,
    )
    futures = memory.kept(
        "futures",
        lambda: _futures(whole, told, strikes, off),
        activities,
        links,
        strikes,
        off,
        until,
    )
    return memory.kept("plan", lambda: Plan(*futures, path, told.epics), *futures, path, told.epics)


def _tracked(program: Program, off: DataFrame[DaysOff]) -> tuple[object, ...]:
    """Return the items and days off, where the plan is made out of them."""
    return () if program.has("activities") else (program.items, off)


def _futures(
    whole: Program, told: Steps, strikes: DataFrame[Strikes], off: DataFrame[DaysOff]
) -> tuple[DataFrame[FinishCurve], DataFrame[Outlook]]:
    plan = schedule_risk.uncertain_plan(
        told.activities, told.links, strikes, until=whole.as_of, days_off=off
    )
    together = schedule_risk.correlated(plan, correlation=CORRELATION)
    trials = schedule_risk.trials(together, trials=TRIALS, seed=SEED)
    return schedule_risk.finish_curve(trials), schedule_risk.outlook(trials)
