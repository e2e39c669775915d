"""What a page knows of its own time: when it was checked last, and when it is due next."""

from __future__ import annotations

from datetime import datetime
from html import escape

from tpm_analytics.reports import words
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.schedule import schedule

# A run takes its time, and a machine may have been asleep: a page is late only after so long
GRACE_SECONDS = 60 * 60


def line(
    definition: ReportDefinition,
    *,
    made_at: datetime,
    now: datetime,
    time_zone: str = "UTC",
) -> str:
    """Return, as safe HTML, when a page was checked and is due next; empty if there is nothing.

    The page's script turns it into a warning once the next run is late; without scripts the
    reader can still compare the day.

    Parameters
    ----------
    definition
        The report, with its schedule.
    made_at, now
        When the page was made, and now; if they differ, it was checked now and found unchanged.
    time_zone
        Zone to say it in.
    """
    said = []
    if now > made_at:
        said.append(f"Checked {words.moment(now, time_zone)}: nothing had changed.")
    due = schedule.next_due(definition, now)
    if due is not None:
        said.append(f"Next run due {words.moment(due, time_zone)}.")
    if not said:
        return ""
    late = "" if due is None else _late(made_at, now, due, time_zone)
    return f'<p class="standing"{late}>{escape(" ".join(said))}</p>'


def _late(made_at: datetime, now: datetime, due: datetime, time_zone: str) -> str:
    """Return, as safe HTML, the attributes by which a script says that the run has not come."""
    late = (
        f"This page is from {words.moment(max(made_at, now), time_zone)}. The run that was due "
        f"{words.moment(due, time_zone)} has not come."
    )
    return (
        f' data-due="{escape(due.isoformat())}" data-grace="{GRACE_SECONDS}"'
        f' data-late="{escape(late)}"'
    )
