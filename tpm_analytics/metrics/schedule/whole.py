"""The schedule of a whole program, of whatever its source tells."""

from __future__ import annotations

from typing import Literal

from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.schedule.critical_path import (
    days_off,
    milestone_links,
    schedule,
    with_milestones,
)
from tpm_analytics.metrics.schedule.epics import epic_activities, epic_durations, epic_links
from tpm_analytics.program.keys import among
from tpm_analytics.program.program import Program
from tpm_analytics.results.schedule import Schedule

Of = Literal["plan", "items"]


def program_schedule(program: Program, *, of: Of = "plan") -> DataFrame[Schedule]:
    """When each activity happens, on the day the program is seen from.

    Parameters
    ----------
    program
        Reads ``activities``, ``links``, ``milestones``, ``items`` and ``people``.
    of
        ``"plan"``: the activities of the source with its milestones, or open epics where it has
        no activities. ``"items"``: what the tracker's items are part of, so that each can be
        given its room: activities, if any item is part of one, else open epics.

    Returns
    -------
    Schedule
        As `schedule`.

    Raises
    ------
    InvalidTableError
        As `schedule`.
    ParameterError
        For another ``of``.
    """
    if of not in ("plan", "items"):
        raise ParameterError(f"of={of!r} is no schedule.", hint="use plan or items")
    until = program.as_of
    work = program.activities
    off = days_off(program.people, until=until, absences=program.absences)
    own = program.items[["item_id", "parent_id"]]
    mapped = any(among(own[name], work["activity_id"]).any() for name in own)
    if work.empty or (of == "items" and not mapped):
        durations = epic_durations(program.items, until=until, days_off=off)
        work = epic_activities(program.items, durations, until=until)
        waits = epic_links(program.items, program.links, work)
    else:
        waits = program.links
    return schedule(
        with_milestones(work, program.milestones),
        milestone_links(waits, work, program.milestones),
        until=until,
        days_off=off,
    )
