"""How much time people have, what it is promised to, and where it is promised twice."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.models.availability import Availability, availability, overlaps
from tpm_analytics.program.tables import Absences, Allocations, People
from tpm_analytics.results.resources import Allocated, Capacity, Utilisation

Days = tuple[pd.Timestamp, pd.Timestamp]
By = Literal["program", "team", "grouped", "named"]

# ISO 8601 weeks of five working days: the week that contracts count hours by
WORKING_DAYS_PER_WEEK = 5

_GROUPS: dict[str, list[str]] = {
    "program": [],
    "team": ["team"],
    "grouped": ["team", "role"],
    "named": ["team", "role", "person_id"],
}


def weeks_around(day: pd.Timestamp, *, before: int = 26, after: int = 13) -> Days:
    """First and last day of the whole weeks around `day`, for the option ``during``.

    Examples
    --------
    >>> first, last = weeks_around(pd.Timestamp("2025-03-05"), before=1, after=0)
    >>> print(first.date(), last.date())
    2025-02-24 2025-03-09
    """
    if before < 0 or after < 0:
        raise ParameterError(
            f"Weeks before and after are 0 or more, got {before} and {after}.",
            hint="before=26, after=13 is half a year back and a quarter ahead",
        )
    monday = day.normalize() - pd.Timedelta(days=day.weekday())
    return monday - pd.Timedelta(weeks=before), monday + pd.Timedelta(weeks=after, days=6)


def capacity(
    people: DataFrame[People],
    absences: DataFrame[Absences],
    *,
    during: Days,
    every: Every = "week",
) -> DataFrame[Capacity]:
    """Hours each person can work in each period.

    Parameters
    ----------
    people
        Reads ``person_id``, ``team``, ``role``, ``country``, ``hours_per_week``, ``joined_on``,
        ``left_on``.
    absences
        Reads ``person_id``, ``from_on``, ``to_on``.
    during
        First and last day. Every period they touch is counted whole.
    every
        ``"day"``, ``"week"`` (from Monday), ``"month"`` or ``"quarter"``.

    Returns
    -------
    Capacity
        One row per person and period in which the person belongs to the program, by person and
        period. ``capacity_hours`` is 0 for a period spent away and NA for a person whose
        ``hours_per_week`` is unknown.

    Raises
    ------
    ParameterError
        For a country without known holidays, or days in the wrong order.

    Notes
    -----
    ``capacity_hours = hours_per_week / 5 x working days``. Working days are Monday to Friday less
    the public holidays of the person's country, less absences (overlapping ones count once), from
    the day the person joined to the day the person left. Who has no country has no holidays.

    Examples
    --------
    >>> people = pd.DataFrame({
    ...     "person_id": ["P-1"], "team": ["Core"], "role": ["Engineer"], "country": [None],
    ...     "hours_per_week": [40.0], "joined_on": pd.to_datetime([None]),
    ...     "left_on": pd.to_datetime(["2025-03-11"]),
    ... })
    >>> absences = pd.DataFrame({
    ...     "person_id": ["P-1"], "from_on": pd.to_datetime(["2025-03-06"]),
    ...     "to_on": pd.to_datetime(["2025-03-09"]),
    ... })
    >>> march = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-16"))
    >>> capacity(people, absences, during=march)["capacity_hours"].tolist()
    [24.0, 16.0]
    """
    _require(people, absences)
    starts, ends = _periods(during, every)
    if people.empty or not len(starts):
        return Capacity.validate(Capacity.empty())
    known = _known(people, absences, starts[0], ends[-1])
    shape = (len(people), len(starts))
    person = np.repeat(np.arange(shape[0]), shape[1])
    period = np.tile(np.arange(shape[1]), shape[0])
    belongs = (~(people["joined_on"].to_numpy()[person] > ends[period])) & (
        ~(people["left_on"].to_numpy()[person] < starts[period])
    )
    person, period = person[belongs], period[belongs]
    days = known.days(person, starts[period], ends[period])
    return Capacity.validate(
        pd.DataFrame(
            {
                **_who(people, person),
                "period_on": starts[period],
                "ends_on": ends[period],
                "working_days": days,
                "capacity_hours": _hours_per_day(people)[person] * days,
            }
        )
    )


def allocation(
    allocations: DataFrame[Allocations],
    people: DataFrame[People],
    absences: DataFrame[Absences],
    *,
    during: Days,
    every: Every = "week",
) -> DataFrame[Allocated]:
    """Hours of each person that are promised to each workstream in each period.

    Parameters
    ----------
    allocations
        Reads ``person_id``, ``workstream``, ``from_on``, ``to_on``, ``share``.
    people, absences, during, every
        As in `capacity`.

    Returns
    -------
    Allocated
        One row per person, workstream and period that an allocation touches. Allocations of
        people who are not in ``people`` are left out: nobody knows their hours.

    Raises
    ------
    ParameterError
        As in `capacity`.

    Notes
    -----
    A share is of the time the person has: ``hours = share x hours_per_week / 5 x working days``
    in the days of the allocation, absences and holidays taken off as in `capacity`. So a holiday
    makes nobody overloaded; it makes less work done, and that is what the hours show.

    Examples
    --------
    >>> people = pd.DataFrame({
    ...     "person_id": ["P-1"], "team": ["Core"], "role": ["Engineer"], "country": [None],
    ...     "hours_per_week": [40.0], "joined_on": pd.to_datetime([None]),
    ...     "left_on": pd.to_datetime([None]),
    ... })
    >>> promised = pd.DataFrame({
    ...     "person_id": ["P-1"], "workstream": ["Payments"], "share": [0.5],
    ...     "from_on": pd.to_datetime(["2025-03-05"]), "to_on": pd.to_datetime(["2025-03-10"]),
    ... })
    >>> march = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-16"))
    >>> hours = allocation(promised, people, Absences.empty(), during=march)
    >>> hours["allocated_hours"].tolist()
    [12.0, 4.0]
    """
    Allocations.require(allocations, "person_id", "workstream", "from_on", "to_on", "share")
    _require(people, absences)
    starts, ends = _periods(during, every)
    holder = pd.Index(people["person_id"]).get_indexer(allocations["person_id"])
    if not (holder >= 0).any() or not len(starts):
        return Allocated.validate(Allocated.empty())
    ours = allocations[holder >= 0]
    holder = holder[holder >= 0]
    begin, end = _days(ours["from_on"]), _days(ours["to_on"])
    span, period = overlaps(begin, end, _days(starts), _days(ends))
    known = _known(people, absences, starts[0], ends[-1])
    days = known.days(
        holder[span],
        np.maximum(begin[span], _days(starts)[period]),
        np.minimum(end[span], _days(ends)[period]),
    )
    hours = ours["share"].to_numpy()[span] * _hours_per_day(people)[holder[span]] * days
    streams = ours["workstream"].astype("category").cat
    stream = streams.codes.to_numpy().astype(np.int64)
    # numbered by pairs, of which there are few, so that no row need be sorted
    pairs, pair = np.unique(holder * len(streams.categories) + stream, return_inverse=True)
    key = pair[span] * len(starts) + period
    size = len(pairs) * len(starts)
    rows = np.flatnonzero(np.bincount(key, minlength=size))
    total = np.bincount(key, weights=hours, minlength=size)[rows]
    pair, period = np.divmod(rows, len(starts))
    person, stream = np.divmod(pairs[pair], len(streams.categories))
    return Allocated.validate(
        pd.DataFrame(
            {
                **_who(people, person),
                "workstream": pd.Categorical.from_codes(stream, categories=streams.categories),
                "period_on": starts[period],
                "ends_on": ends[period],
                "allocated_hours": total,
            }
        )
    )


def utilisation(
    capacity: DataFrame[Capacity], allocated: DataFrame[Allocated], *, by: By = "grouped"
) -> DataFrame[Utilisation]:
    """Share of the available time that is promised, in each period.

    Parameters
    ----------
    capacity
        Reads ``person_id``, ``team``, ``role``, ``period_on``, ``ends_on``, ``capacity_hours``.
    allocated
        For the same days and periods. Reads ``person_id``, ``period_on``, ``allocated_hours``.
    by
        ``"program"``, ``"team"``, ``"grouped"`` (role in a team) or ``"named"``, which shows
        single persons.

    Returns
    -------
    Utilisation
        One row per group and period, by group and period. ``utilisation`` is NA where nobody of
        the group can work. ``person_id`` is NA unless asked for. Left out: people whose hours
        are unknown, and groups of nobody else.

    Raises
    ------
    ParameterError
        For a grouping that is not known.

    Notes
    -----
    ``utilisation = sum of hours promised / sum of hours available``. A role of two people at
    160 % and 40 % stands at 100 %: `resources.overloads` looks at each person before it groups.
    """
    Capacity.require(capacity, "person_id", "team", "role", "period_on", "ends_on")
    Capacity.require(capacity, "capacity_hours")
    Allocated.require(allocated, "person_id", "period_on", "allocated_hours")
    usage, columns = _usage(capacity, allocated), _columns(by)
    if usage.empty:
        return Utilisation.validate(Utilisation.empty())
    grouped = _grouped(usage, columns)
    grouped = grouped[grouped["people"] > 0]
    available = grouped["capacity_hours"].where(grouped["capacity_hours"] > 0)
    named = _labelled(grouped, by).assign(utilisation=grouped["allocated_hours"] / available)
    return Utilisation.validate(named.sort_values(["group", "period_on"], ignore_index=True))


def overall(utilisation: DataFrame[Utilisation]) -> float:
    """Share of all the time available that is promised, over every row; NaN if there is none.

    Reads ``capacity_hours``, ``allocated_hours``. Pass a table by ``"program"`` or by another
    grouping: the sums are the same.
    """
    Utilisation.require(utilisation, "capacity_hours", "allocated_hours")
    available = float(utilisation["capacity_hours"].sum())
    return float(utilisation["allocated_hours"].sum()) / available if available else float("nan")


def busiest(utilisation: DataFrame[Utilisation], *, groups: int = 40) -> DataFrame[Utilisation]:
    """Rows of the groups with the highest utilisation in any period, so that a chart is readable.

    Parameters
    ----------
    utilisation
        Reads ``group``, ``utilisation``.
    groups
        How many groups to keep.

    Returns
    -------
    Utilisation
        The rows of those groups, in the order given. All rows where there are no more groups.
    """
    Utilisation.require(utilisation, "group", "utilisation")
    peaks = utilisation.groupby("group")["utilisation"].max()
    kept = peaks.sort_values(ascending=False, kind="stable").index[:groups]
    return Utilisation.validate(utilisation[utilisation["group"].isin(kept)].reset_index(drop=True))


def _usage(capacity: pd.DataFrame, allocated: pd.DataFrame) -> pd.DataFrame:
    """Capacity with what of it is promised: 0 where nothing is, NA where hours are unknown."""
    people = capacity["person_id"].astype("category").dtype
    starts = pd.Index(capacity["period_on"].unique())
    place = _places(allocated, people, starts)
    hours = allocated["allocated_hours"].fillna(0.0).to_numpy()
    size = len(people.categories) * len(starts)
    # a place for each person and period: sums of millions of rows need no sorting
    promised = np.bincount(place[place >= 0], weights=hours[place >= 0], minlength=size)
    found = pd.Series(promised[_places(capacity, people, starts)], index=capacity.index)
    return capacity.assign(allocated_hours=found.where(capacity["capacity_hours"].notna()))


def _places(table: pd.DataFrame, people: pd.CategoricalDtype, starts: pd.Index) -> np.ndarray:
    """Number of each row's person and period; -1 for one that is unknown."""
    person = table["person_id"].astype(people).cat.codes.to_numpy().astype(np.int64)
    period = starts.get_indexer(table["period_on"])
    return np.where((person >= 0) & (period >= 0), person * len(starts) + period, -1)


def _grouped(usage: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Sums of each group and period; single persons are rows of their own already."""
    if "person_id" in columns:
        return usage.assign(people=usage["capacity_hours"].notna().astype("int64"))
    by_group = usage.groupby([*columns, "period_on", "ends_on"], observed=True, dropna=False)
    return by_group.agg(
        people=("capacity_hours", "count"),
        capacity_hours=("capacity_hours", "sum"),
        allocated_hours=("allocated_hours", "sum"),
    ).reset_index()


def _columns(by: str) -> list[str]:
    if by not in _GROUPS:
        raise ParameterError(
            f"by={by!r} is not a grouping.", hint=f"use one of: {', '.join(get_args(By))}"
        )
    return _GROUPS[by]


def _labelled(grouped: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add the name of each group, and the columns that it does not tell apart as NA."""
    absent = {name: None for name in ("team", "role", "person_id") if name not in grouped}
    full = grouped.assign(**absent)
    if by == "named":
        return full.assign(group=full["person_id"].astype("str"))
    parts = [full[name].astype("str").fillna(f"no {name}") for name in _columns(by)]
    return full.assign(group=parts[0].str.cat(parts[1:], sep=" · ") if parts else "Everyone")


def _require(people: pd.DataFrame, absences: pd.DataFrame) -> None:
    People.require(people, "person_id", "team", "role", "country", "hours_per_week")
    People.require(people, "joined_on", "left_on")
    Absences.require(absences, "person_id", "from_on", "to_on")


def _periods(during: Days, every: Every) -> tuple[np.ndarray, np.ndarray]:
    """First and last days of every period that the days of `during` touch."""
    first, last = during
    if last < first:
        raise ParameterError(
            f"The days go from {first:%Y-%m-%d} back to {last:%Y-%m-%d}.",
            hint="give the first day first",
        )
    edge = calendars.period_start(pd.Series([first, last]).astype("datetime64[us]"), every)
    # every known period is shorter than 93 days, so the one after the last has begun by then
    starts = calendars.periods(edge[0], edge[1] + pd.Timedelta(days=2 * 93), every)
    inside = int(starts.searchsorted(edge[1])) + 1
    ends = starts[1 : inside + 1] - pd.Timedelta(days=1)
    return starts[:inside].to_numpy(), ends.as_unit("us").to_numpy()


def _known(
    people: pd.DataFrame, absences: pd.DataFrame, first: np.datetime64, last: np.datetime64
) -> Availability:
    """Working days of everybody from `first` to `last`."""
    codes, countries = pd.factorize(people["country"].astype("object"), use_na_sentinel=False)
    span = (pd.Timestamp(first), pd.Timestamp(last))
    person = pd.Index(people["person_id"]).get_indexer(absences["person_id"])
    away = absences[person >= 0]
    return availability(
        np.arange(first.astype("datetime64[D]"), last.astype("datetime64[D]") + 1),
        [calendars.holiday_days(country, *span) for country in countries],
        calendar=codes,
        employed=np.stack([_days(people["joined_on"]), _days(people["left_on"])], axis=1),
        absences=(person[person >= 0], _days(away["from_on"]), _days(away["to_on"])),
    )


def _days(days: object) -> np.ndarray:
    return np.asarray(days).astype("datetime64[D]")


def _hours_per_day(people: pd.DataFrame) -> np.ndarray:
    hours: np.ndarray = people["hours_per_week"].to_numpy(dtype=np.float64)
    return hours / WORKING_DAYS_PER_WEEK


def _who(people: pd.DataFrame, person: np.ndarray) -> dict[str, pd.Categorical]:
    """Key, team and role of each person by position, as categories."""
    columns = {
        name: people[name].astype("category").array for name in ("person_id", "team", "role")
    }
    return {name: column.take(person) for name, column in columns.items()}
