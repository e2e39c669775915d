"""Every table of the invented program, put together."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tpm_analytics.sources.invented import (
    backlog,
    chance,
    register,
    staff,
    teamwork,
    tracker,
)

# A new name goes to the end: it then leaves the chance of those before it alone.
STREAMS = (
    *("absences", "allocations", "items", "reopened", "sprints", "sprint_scope", "risk_history"),
)


def tables(seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables by name; the same for the same seed, on every machine."""
    streams = chance.generators(seed, STREAMS)
    people = staff.people()
    absences = staff.absences(streams["absences"], people)
    risk_history = register.history(streams["risk_history"])
    return {
        **_tracked(streams, people, absences),
        "people": people,
        "absences": absences,
        "allocations": staff.allocations(streams["allocations"], people),
        "risks": register.risks(risk_history),
        "risk_history": risk_history,
    }


def _tracked(
    streams: Mapping[str, chance.Generator], people: pd.DataFrame, absences: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    work = backlog.items(streams["items"])
    work = work.join(tracker.keys(work))
    played = teamwork.play(work, people, absences)
    transitions = tracker.transitions(work, tracker.with_reopened(streams["reopened"], played))
    return {
        "items": tracker.items(work, transitions, played),
        "transitions": transitions,
        "sprints": tracker.sprints(streams["sprints"]),
        "sprint_scope": tracker.sprint_scope(streams["sprint_scope"], work, played),
    }
