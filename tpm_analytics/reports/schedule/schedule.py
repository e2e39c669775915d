"""What is due: schedules, what the ledger knows of their slots and the time, told from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tpm_analytics.reports.schedule import occurrences
from tpm_analytics.reports.schedule.occurrences import Schedule

# A scheduler may wake every few minutes and have a queue to work off; later than this is missed
MISSED_AFTER = timedelta(hours=1)


class Scheduled(Protocol):
    """A report that may have a schedule."""

    @property
    def name(self) -> str:
        """Name of the report."""

    @property
    def schedule(self) -> Schedule | None:
        """When it falls due; None if it runs only when asked."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A moment at which a report is to run once, whoever sees to it.

    Attributes
    ----------
    report, due_at
        Together they name it.
    stands_for
        How many earlier slots nobody was awake for, which this run makes up.
    missed
        Whether it is being made up long after it was due.
    again
        Whether a run of it began and was cut off.
    """

    report: str
    due_at: datetime
    stands_for: int = 0
    missed: bool = False
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the ledger knows of the slots of a report.

    Attributes
    ----------
    since
        When its schedule was first seen: slots before do not count.
    last
        The newest slot, up to now, that somebody took; None if none was.
    cut_off
        Slots that somebody took and never ended, up to now.
    """

    since: datetime
    last: datetime | None = None
    cut_off: tuple[datetime, ...] = ()


def due(
    definitions: Iterable[Scheduled], pasts: Mapping[str, Past], *, now: datetime
) -> list[Slot]:
    """Return the slots to run at `now`, the oldest first.

    Parameters
    ----------
    definitions
        The reports; those without a schedule are never due.
    pasts
        What is known of each, by name; a report that is missing here is not due yet.
    now
        The time. A clock that was set back finds the slots it has taken before, and those after
        `now` do not count; a clock that was set forward finds slots that were missed.
    """
    found: list[Slot] = []
    for definition in definitions:
        past = pasts.get(definition.name)
        if definition.schedule is not None and past is not None:
            found += _due(definition.name, definition.schedule, past, now)
    return sorted(found, key=lambda slot: slot.due_at)


def next_due(definition: Scheduled, after: datetime) -> datetime | None:
    """Return when the report falls due next after `after`, in UTC; None without a schedule."""
    if definition.schedule is None:
        return None
    return occurrences.following(definition.schedule, after)


def next_waking(definitions: Iterable[Scheduled], now: datetime, *, at_most: timedelta) -> datetime:
    """Return when a scheduler is to look again: at the next slot, at most `at_most` from now."""
    slots = [next_due(definition, now) for definition in definitions]
    return min([now + at_most, *(slot for slot in slots if slot is not None)])


def _due(report: str, schedule: Schedule, past: Past, now: datetime) -> list[Slot]:
    after = past.since if past.last is None else max(past.since, past.last)
    fresh = occurrences.between(schedule, after, now)
    again = set(past.cut_off)
    late = now - MISSED_AFTER
    if schedule.missed == "all":
        return [
            Slot(report=report, due_at=at, missed=at < late, again=at in again)
            for at in sorted({*again, *fresh})
        ]
    waiting = sorted({*again, *fresh})
    if not waiting or (schedule.missed == "skip" and waiting[-1] < late):
        return []
    latest = waiting[-1]
    return [
        Slot(
            report=report,
            due_at=latest,
            stands_for=len(waiting) - 1,
            missed=latest < late,
            again=latest in again,
        )
    ]
