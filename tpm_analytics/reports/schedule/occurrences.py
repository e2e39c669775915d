"""When a schedule falls due: `every = "mon 07:00"` or a cron expression, in a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from tpm_analytics.clock import zone
from tpm_analytics.errors import ParameterError

Missed = Literal["once", "skip", "all"]

FORMS = (
    '"mon 07:00", "mon,thu 07:00", "weekdays 08:30", "daily 07:00", "hourly", "monthly 1 07:00",'
    ' "monthly last 17:00", or the five fields of a cron expression such as "*/15 9-17 * * 1-5"'
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Every month has a 28th; later days would silently leave out months
LAST_SURE_DAY = 28
# No clock was ever moved by more than a day (Samoa, 2011): wall time within it covers an instant
WIDEST_SHIFT = timedelta(hours=25)
_MINUTE = timedelta(minutes=1)
_CRON_FIELDS = 5
_TIMED = re.compile(r"(?P<days>.+?)\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a report falls due; made by `parsed`, which checks it.

    Attributes
    ----------
    every, time_zone
        As written in `tpm.toml`, and the IANA name of the zone whose clock it means.
    missed
        What becomes of runs for which nothing was awake: ``once`` catches up with one run,
        ``skip`` waits for the next, ``all`` makes up each.
    cron
        What `every` means, as a cron expression.
    """

    every: str
    time_zone: str
    missed: Missed
    cron: str

    @property
    def by_the_hour(self) -> bool:
        """Whether every hour counts, so that an hour that comes twice counts twice."""
        return self.cron.split()[1].startswith("*")

    def __str__(self) -> str:
        return f"{self.every} ({self.time_zone})"


def parsed(every: str, *, time_zone: str = "UTC", missed: str = "once") -> Schedule:
    """Read a schedule as people write it.

    Raises
    ------
    ParameterError
        For text of no known form, a time that never comes, and a time zone nobody knows.

    Examples
    --------
    >>> parsed("mon,thu 07:00", time_zone="Europe/Madrid").cron
    '0 7 * * MON,THU'
    >>> parsed("monthly last 17:00").cron
    '0 17 L * *'
    """
    if missed not in get_args(Missed):
        raise ParameterError(
            f"missed = {missed!r} is not known.",
            hint="once catches up with one run, skip waits for the next, all makes up each",
        )
    zone(time_zone)
    cron = _cron(every)
    try:
        comes = next(CronSim(cron, datetime(2000, 1, 1)), None)
    except CronSimError as error:
        raise _unclear(every, f": {str(error).lower()}") from error
    if comes is None:
        raise _unclear(every, ": that moment never comes")
    return Schedule(
        every=every,
        time_zone=time_zone,
        missed=next(m for m in get_args(Missed) if m == missed),
        cron=cron,
    )


def between(schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    """Return the instants, in UTC, at which `schedule` falls due after `after`, up to `until`.

    A fixed time (``daily 02:30``) comes exactly once a day: where the clock skips it, at the
    first moment after the gap; where the clock shows it twice, the first time. A schedule by the
    hour (``hourly``, or ``*`` in the hour of a cron expression) comes whenever the clock shows
    it: in every hour that is lived, so twice where the clock shows it twice.

    Examples
    --------
    >>> night = parsed("daily 02:30", time_zone="Europe/Madrid")
    >>> days = datetime(2025, 3, 29, tzinfo=UTC), datetime(2025, 3, 31, tzinfo=UTC)
    >>> [f"{at:%d %H:%M}" for at in between(night, *days)]
    ['29 01:30', '30 01:00']
    """
    where = zone(schedule.time_zone)
    last = _wall(until, where) + WIDEST_SHIFT
    found: set[datetime] = set()
    for shown in _shown(schedule, _wall(after, where) - WIDEST_SHIFT):
        if shown > last:
            break
        found.update(_instants(shown, where, by_the_hour=schedule.by_the_hour))
    return sorted(at for at in found if after < at <= until)


def following(schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first instant, in UTC, at which `schedule` falls due after `after`.

    None if that is more than a working life away, as of a day that only comes with a leap year.

    Examples
    --------
    >>> mondays = parsed("mon 07:00", time_zone="Europe/Madrid")
    >>> following(mondays, datetime(2025, 3, 7, 12, tzinfo=UTC)).isoformat()
    '2025-03-10T06:00:00+00:00'
    """
    where = zone(schedule.time_zone)
    best: datetime | None = None
    for shown in _shown(schedule, _wall(after, where) - WIDEST_SHIFT):
        if best is not None and shown > _wall(best, where) + WIDEST_SHIFT:
            break
        for at in _instants(shown, where, by_the_hour=schedule.by_the_hour):
            if at > after and (best is None or at < best):
                best = at
    return best


def _cron(every: str) -> str:
    text = " ".join(every.lower().split())
    if len(text.split()) == _CRON_FIELDS:
        return text.upper()
    if text == "hourly":
        return "0 * * * *"
    timed = _TIMED.fullmatch(text)
    if timed is None:
        raise _unclear(every)
    hour, minute = int(timed["hour"]), int(timed["minute"])
    if hour > 23 or minute > 59:
        raise _unclear(every, f": no clock shows {timed['hour']}:{timed['minute']}")
    return f"{minute} {hour} {_days(timed['days'], every)}"


def _days(days: str, every: str) -> str:
    """Return the last three fields of a cron expression: day of month, month, day of week."""
    words = days.split()
    if words == ["daily"]:
        return "* * *"
    if words == ["weekdays"]:
        return "* * MON-FRI"
    if words[0] == "monthly" and len(words) == 2:
        return f"{_day_of_month(words[1], every)} * *"
    names = [name.strip() for name in days.split(",")]
    if unknown := [name for name in names if name not in WEEKDAYS]:
        raise _unclear(every, f": {unknown[0]!r} is no day of the week")
    return f"* * {','.join(dict.fromkeys(names)).upper()}"


def _day_of_month(word: str, every: str) -> str:
    if word == "last":
        return "L"
    if word.isdecimal() and 1 <= int(word) <= LAST_SURE_DAY:
        return str(int(word))
    if word.isdecimal() and LAST_SURE_DAY < int(word) <= 31:
        raise _unclear(every, f": not every month has a day {word}; write: monthly last")
    raise _unclear(every, f": {word!r} is no day of a month")


def _unclear(every: str, why: str = "") -> ParameterError:
    return ParameterError(f"every = {every!r} cannot be meant{why}.", hint=f"write {FORMS}")


def _wall(instant: datetime, where: ZoneInfo) -> datetime:
    return instant.astimezone(where).replace(tzinfo=None)


def _shown(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """Yield what the clock shows when the schedule falls due, as if it were never changed."""
    yield from CronSim(schedule.cron, after)


def _instants(shown: datetime, where: ZoneInfo, *, by_the_hour: bool) -> list[datetime]:
    """Return when the clock of `where` shows `shown`; twice where it is set back, by the hour."""
    first = shown.replace(tzinfo=where)
    if _wall(first.astimezone(UTC), where) == shown:
        second = shown.replace(tzinfo=where, fold=1)
        both = by_the_hour and first.utcoffset() != second.utcoffset()
        return [at.astimezone(UTC) for at in ([first, second] if both else [first])]
    if by_the_hour:
        return []
    while _wall(first.astimezone(UTC), where) != first.replace(tzinfo=None):
        first += _MINUTE
    return [first.replace(second=0).astimezone(UTC)]
