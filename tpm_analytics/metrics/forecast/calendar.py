"""On which days teams work: weekdays, less holidays and the days when most are away."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.scope import teams
from tpm_analytics.models.availability import availability
from tpm_analytics.program.countries import check_countries
from tpm_analytics.program.tables import Absences, People
from tpm_analytics.results.forecast import ALL_TEAMS, WorkDays
from tpm_analytics.results.resources.what_if import PaceChange

Days = tuple[pd.Timestamp, pd.Timestamp]

# A day counts as worked when at least this share of the people is there
PRESENT = 0.5
# Two years: what is not done by then is no forecast but a wish
LONGEST_DAYS = 730


def from_first_to_last(items: pd.DataFrame, *, until: pd.Timestamp) -> Days:
    """First and last day a forecast needs: from the first item to two years from now.

    Reads ``created_on``, ``started_on``, ``finished_on``.

    Examples
    --------
    >>> items = pd.DataFrame({name: pd.to_datetime(["2025-03-03"]) for name in [
    ...     "created_on", "started_on", "finished_on"]})
    >>> first, last = from_first_to_last(items, until=pd.Timestamp("2025-03-04"))
    >>> print(first.date(), last.date())
    2025-03-03 2027-03-04
    """
    first = items[["created_on", "started_on", "finished_on"]].min().min()
    last = until + pd.Timedelta(days=LONGEST_DAYS)
    return (until if pd.isna(first) else min(first, until)), last


def after(today: pd.Timestamp, *, days: int) -> pd.Timestamp:
    """Day that lies so many days ahead; raises `ParameterError` for one that does not.

    Examples
    --------
    >>> print(after(pd.Timestamp("2025-03-03"), days=28).date())
    2025-03-31
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ParameterError(
            f"{days} days from now cannot be forecast.", hint=f"give 1 to {LONGEST_DAYS}"
        )
    return today + pd.Timedelta(days=days)


def working_days(
    people: DataFrame[People], absences: DataFrame[Absences], *, during: Days
) -> DataFrame[WorkDays]:
    """On which days each team works: weekdays less holidays and days when most are away.

    Parameters
    ----------
    people
        Reads ``person_id``, ``team``, ``country``, ``joined_on``, ``left_on``.
    absences
        Reads ``person_id``, ``from_on``, ``to_on``.
    during
        First and last day, past and to come.

    Returns
    -------
    WorkDays
        One row per team and day, and those of `ALL_TEAMS`. A day on which nobody of a team is
        employed counts as other weekdays do. Without people, `ALL_TEAMS` has weekdays alone.
        ``pace`` is that of the past; see `at_pace`.

    Raises
    ------
    ParameterError
        For a country without known holidays, or days in the wrong order.

    Notes
    -----
    A day is worked when at least half of those who belong to the team that day are there. A team
    in two countries therefore works on the holidays of one of them, with the pace of a working
    day: history holds such days too.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> tables = Program.from_tables({
    ...     "items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]}),
    ... }).tables()
    >>> week = (pd.Timestamp("2025-03-07"), pd.Timestamp("2025-03-10"))
    >>> days = working_days(tables["people"], tables["absences"], during=week)
    >>> days["working"].tolist()
    [True, False, False, True]
    """
    People.require(people, "person_id", "team", "country", "joined_on", "left_on")
    Absences.require(absences, "person_id", "from_on", "to_on")
    first, last = during
    if last < first:
        raise ParameterError(
            f"{last:%Y-%m-%d} lies before {first:%Y-%m-%d}.", hint="give the first day first"
        )
    days = pd.date_range(first, last, freq="D", unit="us")
    there, employed, weekdays = _presence(people, absences, days)
    team = teams(people).to_numpy()
    calendar = {ALL_TEAMS: np.ones(len(people), dtype=bool)}
    calendar |= {name: team == name for name in sorted(set(team))}
    rows = [
        pd.DataFrame(
            {
                "team": name,
                "day_on": days,
                "working": _worked(
                    there[members],
                    employed[members],
                    weekdays[members] if members.any() else np.is_busday(_as_days(days))[None],
                ),
                "pace": 1.0,
            }
        )
        for name, members in calendar.items()
    ]
    return WorkDays.validate(pd.concat(rows, ignore_index=True))


def _worked(there: np.ndarray, employed: np.ndarray, weekdays: np.ndarray) -> np.ndarray:
    members = employed.sum(axis=0)
    usual = weekdays.mean(axis=0) >= PRESENT
    worked: np.ndarray = np.where(
        members > 0, there.sum(axis=0) >= np.maximum(PRESENT * members, 1), usual
    )
    return worked


def _presence(
    people: pd.DataFrame, absences: pd.DataFrame, days: pd.DatetimeIndex
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether each person works on each day, belongs to the program, and it is no weekend."""
    span = _as_days(days)
    if people.empty:
        nobody = np.zeros((0, len(days)), dtype=bool)
        return nobody, nobody, nobody
    check_countries(people)
    countries = people["country"].astype(object).where(people["country"].notna(), None)
    names = list(dict.fromkeys(countries))
    kept = [calendars.working_calendar(name, days[0], days[-1]) for name in names]
    calendar = np.array([names.index(name) for name in countries])
    week = np.array([np.is_busday(span, weekmask=each.weekmask) for each in kept])
    employed = people[["joined_on", "left_on"]].to_numpy().astype("datetime64[D]")
    who = pd.Index(people["person_id"]).get_indexer(pd.Index(absences["person_id"]))
    known = who >= 0
    away = absences[known]
    present = availability(
        span,
        kept,
        calendar=calendar,
        employed=employed,
        absences=(
            who[known],
            _as_days(away["from_on"]),
            _as_days(away["to_on"]),
        ),
    )
    belongs = ~(span < employed[:, :1]) & ~(span > employed[:, 1:])
    return np.diff(present.cumulative, axis=1) > 0, belongs, week[calendar]


def at_pace(calendar: DataFrame[WorkDays], change: DataFrame[PaceChange]) -> DataFrame[WorkDays]:
    """Calendar on whose days each team is as much faster or slower as its people are more or less.

    Parameters
    ----------
    calendar
        Reads all columns.
    change
        Reads ``team``, ``from_on``, ``ratio``; see `resources.pace_change`.

    Returns
    -------
    WorkDays
        The same rows. From each day of a change on, a working day of the team counts as ``ratio``
        of one of the past; where that is unknown, as one.

    Notes
    -----
    Pace is taken to be in proportion to the hours of the people. That is the best that can be
    said without a model of the team, and it flatters: more people must also agree more [1]_. The
    days until a newcomer counts are in the change already.

    References
    ----------
    .. [1] F. Brooks, "The Mythical Man-Month", 1975, chapter 2.

    Examples
    --------
    >>> days = pd.date_range("2025-03-03", periods=3, unit="us")
    >>> calendar = pd.DataFrame({"team": "core", "day_on": days, "working": True, "pace": 1.0})
    >>> change = pd.DataFrame({"team": ["core"], "from_on": days[1:2], "ratio": [1.5]})
    >>> at_pace(calendar, change)["pace"].tolist()
    [1.0, 1.5, 1.5]
    """
    WorkDays.require(calendar, *WorkDays.declared())
    PaceChange.require(change, "team", "from_on", "ratio")
    pace = calendar["pace"].to_numpy(dtype=np.float64, copy=True)
    team, day = calendar["team"], calendar["day_on"].to_numpy()
    for name, steps in change.sort_values("from_on", kind="stable").groupby("team"):
        ours = np.flatnonzero(team == name)
        step = np.searchsorted(steps["from_on"].to_numpy(), day[ours], side="right") - 1
        ratio = steps["ratio"].fillna(1.0).to_numpy()
        pace[ours] *= np.where(step < 0, 1.0, ratio[step])
    return WorkDays.validate(calendar.assign(pace=pace))


def part_worked(calendar: pd.DataFrame, team: str, days: np.ndarray) -> np.ndarray:
    """How much of a day of the past `team` works on each of `days`: 0 on a day off."""
    own = _of_team(calendar, team)
    part: np.ndarray = _is_working(own, days) * _pace_on(own, days)
    return part


def is_working(calendar: pd.DataFrame, team: str, days: pd.DatetimeIndex) -> np.ndarray:
    """Whether `team` works on each of `days`; a day outside of the calendar goes by its weekday."""
    return _is_working(_of_team(calendar, team), days.to_numpy())


class _Own(NamedTuple):
    """Days of a team in their order, whether it works on each, and at what pace."""

    day: np.ndarray
    working: np.ndarray
    pace: np.ndarray


def _of_team(calendar: pd.DataFrame, team: str) -> _Own:
    """Days of a team; those of all teams where it has none of its own."""
    names = calendar["team"]
    ours = (names == team).to_numpy(dtype=bool)
    if not ours.any():
        ours = (names == ALL_TEAMS).to_numpy(dtype=bool)
    day = calendar["day_on"].to_numpy()[ours]
    working = calendar["working"].to_numpy(dtype=bool)[ours]
    pace = calendar["pace"].to_numpy(dtype=np.float64)[ours]
    if (day[1:] >= day[:-1]).all():
        return _Own(day, working, pace)
    order = np.argsort(day, kind="stable")
    return _Own(day[order], working[order], pace[order])


def _pace_on(own: _Own, days: np.ndarray) -> np.ndarray:
    """Pace on each of `days` against that of the past; that of the past outside."""
    place, known = _found(own, days)
    if not known.any():
        return np.ones(len(days))
    pace: np.ndarray = np.where(known, own.pace[place], 1.0)
    return pace


def _is_working(own: _Own, days: np.ndarray) -> np.ndarray:
    place, known = _found(own, days)
    if len(own.day) and known.all():
        told: np.ndarray = own.working[place]
        return told
    worked = pd.Series(own.working, index=pd.DatetimeIndex(own.day))
    worked = worked[~worked.index.duplicated()]
    by_weekday = worked.astype(float).groupby(worked.index.day_of_week).mean()
    week = by_weekday.reindex(range(calendars.DAYS_A_WEEK)) >= PRESENT
    # a calendar too short to show a week tells nothing of the others
    week = week.where(by_weekday.reindex(week.index).notna(), ~week.index.isin(calendars.WEEKEND))
    weekday = week.to_numpy(dtype=bool)[pd.DatetimeIndex(days).day_of_week]
    return np.where(known, own.working[place], weekday) if len(own.day) else weekday


def _found(own: _Own, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row of each of `days` in `own`, the first of several, and whether there is one."""
    if not len(own.day):
        return np.zeros(len(days), dtype=np.intp), np.zeros(len(days), dtype=bool)
    place = np.minimum(np.searchsorted(own.day, days), len(own.day) - 1)
    return place, own.day[place] == days


def _as_days(days: pd.Series | pd.DatetimeIndex) -> np.ndarray:
    return np.asarray(days).astype("datetime64[D]")
