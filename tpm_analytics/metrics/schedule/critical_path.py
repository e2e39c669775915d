"""When each activity happens, how late it could, and what sets its date."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import WEEKEND
from tpm_analytics.metrics.schedule.dates import dates_of
from tpm_analytics.metrics.schedule.plan import plan_of
from tpm_analytics.program.countries import check_countries, country_of_teams
from tpm_analytics.program.keys import positions
from tpm_analytics.program.tables import Absences, Activities, Links, Milestones, People
from tpm_analytics.results.schedule import DaysOff, Schedule

# Holidays are told for these years around the day the program is seen from
HOLIDAY_YEARS = 5


def days_off(
    people: DataFrame[People],
    *,
    until: pd.Timestamp,
    absences: DataFrame[Absences] | None = None,
) -> DataFrame[DaysOff]:
    """Days on which nobody of a team works: holidays, and days on which all of it is away.

    Parameters
    ----------
    people
        Reads ``person_id``, ``team``, ``country``; with absences also ``joined_on``, ``left_on``.
    until
        Day the program is seen from; holidays of the five years around it are told.
    absences
        Reads ``person_id``, ``from_on``, ``to_on``. Without it, no day is off but holidays.

    Returns
    -------
    DaysOff
        One row per team and day off that is on no weekend: public holidays of the country most of
        its people work in, none where no country is known, and days on which everybody who
        belongs to it is absent. Two rows more are ``weekly`` where the country's weekend is
        not Saturday and Sunday: its days in the week of `until`. Add rows for days on which the
        program itself rests; a row without a team holds for all.

    Raises
    ------
    ParameterError
        For a country that nobody knows the holidays of.

    Notes
    -----
    Where two countries have as many people, the first by name counts. Who needs it exact adds
    the other's holidays as rows.

    Examples
    --------
    >>> people = People.empty().reindex([0]).assign(team="Ledger", country="ES")
    >>> off = days_off(people, until=pd.Timestamp("2025-03-07"))
    >>> off["day_on"].eq("2025-12-25").sum()
    np.int64(1)
    """
    People.require(people, "person_id", "team", "country")
    check_countries(people)
    country = country_of_teams(people)
    rests = {team: calendars.weekend(name, on=until) for team, name in country.items()}
    span = pd.Timedelta(days=366 * HOLIDAY_YEARS)
    free = [calendars.holiday_days(name, until - span, until + span) for name in country]
    teams = country.index.to_numpy(dtype=object).repeat([len(days) for days in free])
    days = np.concatenate([np.array([], dtype="datetime64[D]"), *free])
    off = pd.DataFrame({"team": teams, "day_on": days.astype("datetime64[us]")})
    if absences is not None:
        off = pd.concat([off, _all_away(people, absences, until - span, until + span)])
    told = [_worked_else(off.drop_duplicates(), rests)]
    told += [_weekend(team, days, until) for team, days in rests.items() if days != WEEKEND]
    return DaysOff.validate(pd.concat(told, ignore_index=True))


def _worked_else(off: pd.DataFrame, rests: dict[str, tuple[int, ...]]) -> pd.DataFrame:
    """Days off that are on no weekend of their team."""
    team, names = pd.factorize(off["team"])
    week = np.arange(calendars.DAYS_A_WEEK)
    # the last row is that of days off which hold for everybody
    works = np.array([~np.isin(week, rests.get(name, WEEKEND)) for name in [*names, None]])
    day = off["day_on"].dt.day_of_week.to_numpy()
    return off[works[team, day]].assign(weekly=False)


def _weekend(team: str, days: tuple[int, ...], until: pd.Timestamp) -> pd.DataFrame:
    monday = until - pd.Timedelta(days=until.day_of_week)
    on = [monday + pd.Timedelta(days=day) for day in days]
    return pd.DataFrame({"team": team, "day_on": on, "weekly": True})


def _all_away(
    people: pd.DataFrame, absences: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp
) -> pd.DataFrame:
    """Days from `first` to `last` on which everybody who belongs to a team is absent."""
    People.require(people, "person_id", "joined_on", "left_on")
    Absences.require(absences, "person_id", "from_on", "to_on")
    team, names = pd.factorize(people["team"].astype("str"), sort=True)
    begin, width = first.to_datetime64(), (last - first).days + 1
    person = positions(pd.Index(absences["person_id"]), people["person_id"])
    away_from = np.maximum(_day_number(absences["from_on"], begin), 0)
    length = np.minimum(_day_number(absences["to_on"], begin), width - 1) - away_from + 1
    # nobody's are those of people who are unknown or of no team
    length[np.r_[team, -1][person] < 0] = 0
    length = np.maximum(length, 0)
    one = np.repeat(np.arange(len(absences)), length)
    day = away_from[one] + np.arange(len(one)) - np.repeat(np.cumsum(length) - length, length)
    # one who is away for two reasons counts once
    who, day = np.divmod(np.unique(person[one] * width + day), width)
    joined = np.clip(_day_number(people["joined_on"], begin), 0, width)
    left = np.clip(_day_number(people["left_on"], begin, unknown=width) + 1, 0, width)
    there = (day >= joined[who]) & (day < left[who])
    shape = (len(names), width)
    cells = team[who[there]] * width + day[there]
    away = np.bincount(cells, minlength=shape[0] * width).reshape(shape)
    moves = np.zeros((shape[0], width + 1), dtype=np.int64)
    np.add.at(moves, (team[team >= 0], joined[team >= 0]), 1)
    np.add.at(moves, (team[team >= 0], left[team >= 0]), -1)
    members = moves.cumsum(axis=1)[:, :width]
    owner, day = np.nonzero((away > 0) & (away >= members))
    return pd.DataFrame({"team": names[owner], "day_on": begin + day.astype("timedelta64[D]")})


def _day_number(days: pd.Series, begin: np.datetime64, *, unknown: int = 0) -> np.ndarray:
    """Days since `begin`; `unknown` where no day is known."""
    passed = days.to_numpy(dtype="datetime64[D]") - begin.astype("datetime64[D]")
    return np.where(np.isnat(passed), unknown, passed.astype(np.int64))


def with_milestones(
    activities: DataFrame[Activities], milestones: DataFrame[Milestones]
) -> DataFrame[Activities]:
    """Activities, and each milestone as an activity that takes no time.

    Parameters
    ----------
    activities
        Reads all columns.
    milestones
        Reads ``milestone_id``, ``name``, ``activity_id``, ``baseline_on``, ``done_on``.

    Returns
    -------
    Activities
        Milestones come last, those left out whose ``activity_id`` is unknown: no schedule tells
        when they are reached. `milestone_links` ties them to their activities.
    """
    Activities.require(activities, *Activities.declared())
    Milestones.require(milestones, "milestone_id", "name", "activity_id")
    Milestones.require(milestones, "baseline_on", "done_on")
    tied = milestones[milestones["activity_id"].isin(activities["activity_id"])]
    if tied.empty:
        return activities
    owner = activities.set_index("activity_id").loc[tied["activity_id"]]
    reached = pd.DataFrame(
        {
            "activity_id": tied["milestone_id"].to_numpy(),
            "name": tied["name"].to_numpy(),
            "team": owner["team"].to_numpy(),
            "workstream": owner["workstream"].to_numpy(),
            "duration_days": 0.0,
            "baseline_start_on": tied["baseline_on"].to_numpy(),
            "baseline_finish_on": tied["baseline_on"].to_numpy(),
            "actual_start_on": tied["done_on"].to_numpy(),
            "actual_finish_on": tied["done_on"].to_numpy(),
        }
    ).reindex(columns=activities.columns)
    return Activities.validate(pd.concat([activities, reached], ignore_index=True))


def milestone_links(
    links: DataFrame[Links],
    activities: DataFrame[Activities],
    milestones: DataFrame[Milestones],
) -> DataFrame[Links]:
    """Links, and one from each milestone's activity to the milestone.

    Parameters
    ----------
    links
        Reads all columns.
    activities, milestones
        Reads ``activity_id`` of both, and ``milestone_id``.

    Returns
    -------
    Links
        The added ones come last, of the kind FS.
    """
    Links.require(links, *Links.declared())
    Milestones.require(milestones, "milestone_id", "activity_id")
    tied = milestones[milestones["activity_id"].isin(activities["activity_id"])]
    if tied.empty:
        return links
    added = pd.DataFrame(
        {
            "from_id": tied["activity_id"].to_numpy(),
            "to_id": tied["milestone_id"].to_numpy(),
            "kind": "FS",
            "lag_days": 0.0,
        }
    )
    both = pd.concat([links.astype({"kind": "str"}), added], ignore_index=True)
    return Links.validate(both.astype({"kind": "category"}))


def schedule(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[Schedule]:
    """When each activity happens as it looks now, and how much room it has.

    Parameters
    ----------
    activities
        Reads all columns.
    links
        Reads ``from_id``, ``to_id``, ``kind``, ``lag_days``. Kinds FS, SS, FF and SF; a tracker's
        ``blocks`` between activities counts as FS.
    until
        Day of the report: work not done by then is done later.
    days_off
        Holidays of each team; without it only Saturday and Sunday are free.

    Returns
    -------
    Schedule
        One row per activity, in the order given. Floats and latest dates are NA for what is
        finished.

    Raises
    ------
    MissingColumnsError
        If a table lacks a column.
    InvalidTableError
        Naming the rows: links to unknown activities, circles of links with their members, and
        activities without any duration.

    Notes
    -----
    The critical path method [1]_: a forward pass for the earliest dates, a backward pass from the
    last finish, or from ``finish_no_later_on``, for the latest. Finished work stands where it
    really was. What is left of begun work is ``duration x (1 - percent_complete)`` and goes on
    the day after the report, but not before what it waits for ("retained logic"). Total float is
    latest less earliest finish; below 0 a deadline is missed. Free float is what moves no other
    activity. Each activity runs on its team's calendar; a lag runs on that of the activity that
    waits.

    References
    ----------
    .. [1] J. Kelley, "Critical-Path Planning and Scheduling: Mathematical Basis", Operations
       Research 9(3), 1961.

    Examples
    --------
    >>> activities = Activities.empty().reindex(range(2)).assign(
    ...     activity_id=["design", "build"], duration_days=[3.0, 5.0]
    ... )
    >>> links = Links.empty().reindex([0]).assign(from_id="design", to_id="build", kind="FS")
    >>> plan = schedule(activities, links, until=pd.Timestamp("2025-03-07"))
    >>> plan["finish_on"].dt.strftime("%d %b").tolist()
    ['12 Mar', '19 Mar']
    """
    if activities.empty:
        return Schedule.validate(Schedule.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    return Schedule.validate(dates_of(plan))
