"""Time zones, days as they are written, and the day it is now: for whoever needs no tables."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tpm_analytics.errors import ParameterError

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[T ])")


def zone(name: str) -> ZoneInfo:
    """Time zone of that IANA name; raises `ParameterError` for a name nobody knows.

    Examples
    --------
    >>> zone("Asia/Tokyo")
    zoneinfo.ZoneInfo(key='Asia/Tokyo')
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ParameterError(
            f"{name!r} is not a time zone.", hint="use an IANA name such as Europe/Madrid"
        ) from error


def day(written: str) -> date:
    """Read a day from ISO text; raises `ParameterError` otherwise.

    Any other text is refused: 7/3/2025 is two days, and words such as "now" ask the clock.

    Examples
    --------
    >>> day("2025-03-07"), day("2025-03-07T23:30+09:00")
    (datetime.date(2025, 3, 7), datetime.date(2025, 3, 7))
    """
    text = written.strip()
    try:
        if _ISO_DAY.match(text):
            return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    raise no_day(written)


def no_day(given: object) -> ParameterError:
    """Return the error of what is not a day."""
    return ParameterError(f"{given!r} is not a day.", hint="write it as 2025-03-07")


def today(time_zone: str = "UTC") -> date:
    """Return the day it is now in `time_zone`; the only place that asks the clock for a day."""
    return datetime.now(zone(time_zone)).date()
