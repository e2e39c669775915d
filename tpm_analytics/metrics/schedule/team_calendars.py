"""On which days each team of a plan works, out of the days it has off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from tpm_analytics.calendars import DAYS_A_WEEK, WEEKEND, calendar_of
from tpm_analytics.models.working_time import WorkingTime, working_time
from tpm_analytics.results.schedule import DaysOff

SPARE_DAYS = 3 * 366


class TeamCalendars(NamedTuple):
    """Calendars, and which of them each row has."""

    kinds: list[np.busdaycalendar]
    of: np.ndarray


def team_calendars(team: pd.Series, days_off: pd.DataFrame | None) -> TeamCalendars:
    """Calendar of the team of each row; work of no team has the days off of everybody."""
    if days_off is None:
        return TeamCalendars([np.busdaycalendar()], np.zeros(len(team), dtype=np.intp))
    of, teams = pd.factorize(team.astype(object))
    DaysOff.require(days_off, "team", "day_on", "weekly")
    days = days_off["day_on"].to_numpy(dtype="datetime64[D]")
    named = days_off["team"].astype("category").cat
    everybody = named.codes.to_numpy() < 0
    place = pd.Index(teams, dtype=object).get_indexer(named.categories.astype(object))
    # the last is taken by what is off for everybody
    owner = np.append(place, -1)[named.codes.to_numpy()]
    weekly = days_off["weekly"].to_numpy(dtype=bool)
    own = ([owner == team, everybody] for team in range(len(teams)))
    return TeamCalendars(
        [_calendar(days, weekly, owned) for owned in ([everybody], *own)],
        of + 1,  # the first is that of no team
    )


def _calendar(days: np.ndarray, weekly: np.ndarray, owned: list[np.ndarray]) -> np.busdaycalendar:
    """Calendar of the days that are owned; of the weekends, the first that is told holds."""
    weekend = next((days[own & weekly] for own in owned if (own & weekly).any()), None)
    # the first day that NumPy counts, 1 January 1970, was a Thursday
    rest = WEEKEND if weekend is None else (weekend.astype(np.int64) + 3) % DAYS_A_WEEK
    off = np.any(owned, axis=0) & ~weekly
    return calendar_of(rest, np.unique(days[off]))


def with_end(calendars: TeamCalendars, going: np.ndarray) -> TeamCalendars:
    """The same, but the last row, the end of all, comes on any weekday of any that is `going`.

    Else a program whose last team works on Sundays would end on the Friday before.
    """
    kinds, of = calendars
    used = [kinds[kind].weekmask for kind in np.unique(of[:-1][going[:-1]])]
    week = np.any(used or [kinds[of[-1]].weekmask], axis=0)
    end = np.busdaycalendar(week, kinds[of[-1]].holidays)
    return TeamCalendars([*kinds, end], np.r_[of[:-1], len(kinds)])


def plan_time(
    activities: pd.DataFrame,
    calendars: TeamCalendars,
    *,
    chain: float,
    begin: np.datetime64,
    until: pd.Timestamp,
) -> WorkingTime:
    """Working days of every activity, from long before the plan to long after its longest chain."""
    kinds, of = calendars
    keys = [(each.weekmask.tobytes(), each.holidays.tobytes()) for each in kinds]
    alike = dict(zip(keys, kinds, strict=True))
    place = {key: number for number, key in enumerate(alike)}
    told = [activities[name].to_numpy(dtype="datetime64[D]") for name in _DAYS]
    dates = np.concatenate([*told, [begin, np.datetime64(until, "D")]])
    dates = dates[~np.isnat(dates)]
    fewest = min(int(each.weekmask.sum()) for each in kinds)
    # the spare days cover the holidays
    span = int(chain * DAYS_A_WEEK / fewest) + SPARE_DAYS
    return working_time(
        dates.min() - span,
        dates.max() + span,
        begin,
        calendars=list(alike.values()),
        calendar=np.array([place[key] for key in keys])[of],
    )


_DAYS = [
    "baseline_start_on",
    "baseline_finish_on",
    "actual_start_on",
    "actual_finish_on",
    "start_no_earlier_on",
    "finish_no_later_on",
]
