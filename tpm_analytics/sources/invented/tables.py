"""Every table of the invented program, put together."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tpm_analytics.sources.invented import (
    backlog,
    chance,
    faults,
    governance,
    operations,
    plan,
    register,
    reserve,
    staff,
    teamwork,
    traces,
    tracker,
)

# A new name goes to the end: it then leaves the chance of those before it alone.
STREAMS = (
    "absences",
    "allocations",
    "items",
    "reopened",
    "sprints",
    "sprint_scope",
    "risk_history",
    "blocks",
    "links",
    "worklogs",
    "activities",
    "budget",
    "deployments",
    "incidents",
    "actions",
    "faults",
)
Streams = Mapping[str, chance.Generator]


def tables(seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables by name; the same for the same seed, on every machine."""
    streams = chance.generators(seed, STREAMS)
    people = staff.people()
    absences = staff.absences(streams["absences"], people)
    tracked = _tracked(streams, people, absences)
    planned = _planned(streams)
    links = pd.concat([tracked.pop("links"), planned.pop("links")], ignore_index=True)
    return {
        **tracked,
        "links": links,
        "people": people,
        "absences": absences,
        "allocations": staff.allocations(streams["allocations"], people),
        **planned,
        **_governed(streams),
    }


def _tracked(
    streams: Streams, people: pd.DataFrame, absences: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    work = backlog.items(streams["items"])
    work = work.join(tracker.keys(work))
    played = teamwork.play(work, people, absences)
    scope = tracker.sprint_scope(streams["sprint_scope"], work, played)
    moves = tracker.with_reopened(streams["reopened"], played)
    transitions = faults.with_bulk_closure(tracker.transitions(work, moves), scope)
    items = tracker.items(work, transitions, played)
    links = traces.item_links(streams["links"], items)
    worklogs = traces.worklogs(streams["worklogs"], work, played, people)
    return {
        "items": faults.with_imported(faults.with_unknown_assignee(streams["faults"], items)),
        "transitions": transitions,
        "blocks": traces.blocks(streams["blocks"], work, played),
        "sprints": tracker.sprints(streams["sprints"]),
        "sprint_scope": scope,
        "links": links,
        "worklogs": traces.of_those_there(worklogs, people, absences),
    }


def _planned(streams: Streams) -> dict[str, pd.DataFrame]:
    actual = plan.happened(streams["activities"])
    forecasts = plan.milestone_forecasts(actual)
    return {
        "links": plan.links(),
        "activities": plan.activities(actual),
        "activity_demand": plan.activity_demand(),
        "milestones": plan.milestones(actual, forecasts),
        "milestone_forecasts": forecasts,
        "budget": plan.budget(streams["budget"], actual),
    }


def _governed(streams: Streams) -> dict[str, pd.DataFrame]:
    risk_history = register.history(streams["risk_history"])
    deployments = operations.deployments(streams["deployments"])
    return {
        "risks": register.risks(risk_history),
        "risk_history": risk_history,
        "contingency": reserve.contingency(),
        "deployments": deployments,
        "incidents": operations.incidents(streams["incidents"], deployments),
        "objectives": governance.objectives(),
        "stakeholders": governance.stakeholders(),
        "actions": governance.actions(streams["actions"]),
    }
