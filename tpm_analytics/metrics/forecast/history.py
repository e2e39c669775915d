"""The past that a forecast rests on: what was finished when, by whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.calendar import is_working
from tpm_analytics.metrics.forecast.scope import Measure, sizes, teams, work
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import Basis, Deliveries, WorkDays

# Magennis, "Forecasting and Simulating Software Development Projects", 2011: with 11 samples the
# next lies outside the range seen in less than a fifth of cases; fewer than that say little
LEAST_FINISHES = 11
# Four weeks: less shows no second week like the first
LEAST_DAYS = 28
# A quarter: how a team spreads over features is asked of what it does now
RECENT_DAYS = 91


def deliveries(
    items: DataFrame[Items],
    calendar: DataFrame[WorkDays],
    *,
    until: pd.Timestamp,
    measure: Measure = "items",
) -> DataFrame[Deliveries]:
    """What each team finished on each day, days without a finish too.

    Parameters
    ----------
    items
        Reads ``team``, ``points``, ``started_on``, ``finished_on``.
    calendar
        Reads all columns. A team that it lacks has the calendar of `ALL_TEAMS`.
    until
        Day the program is seen from: the last row.
    measure
        ``"items"`` or ``"points"``; an item without points counts as the average.

    Returns
    -------
    Deliveries
        One row per team and day, from the day the first of the team's finished items was begun
        (or finished, where no start is known). Teams that finished nothing have no rows; `pace`
        finds one for them.

    Notes
    -----
    The days between the first start and the first finish are counted: a pace measured from the
    first finish on would be that of a team that never has to begin.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "team": "core", "finished_at": ["2025-03-07T09:00Z"],
    ... })})
    >>> until = pd.Timestamp("2025-03-09")
    >>> from tpm_analytics.metrics.forecast.calendar import working_days
    >>> days = working_days(program.people, program.absences, during=(until - pd.Timedelta(
    ...     days=9), until))
    >>> deliveries(program.items, days, until=until)[["working", "finished"]].values.tolist()
    [[True, 1.0], [False, 0.0], [False, 0.0]]
    """
    Items.require(items, "team", "points", "started_on", "finished_on")
    WorkDays.require(calendar, *WorkDays.declared())
    done = (items["finished_on"] <= until).to_numpy(dtype=bool)
    place, names = teams(items)[done].factorize(sort=True)
    amount = sizes(items, measure).to_numpy()[done]
    on = items["finished_on"].to_numpy()[done]
    begun = items["started_on"].fillna(until).to_numpy()[done]
    rows = [
        _daily(on[ours], begun[ours], amount[ours], until)
        for ours in (place == number for number in range(len(names)))
    ]
    if not rows:
        return Deliveries.validate(Deliveries.empty())
    days, finished = zip(*rows, strict=True)
    working = [
        is_working(calendar, str(team), each) for team, each in zip(names, days, strict=True)
    ]
    return Deliveries.validate(
        pd.DataFrame(
            {
                "team": names.repeat([len(each) for each in days]),
                "day_on": np.concatenate(days),
                "working": np.concatenate(working),
                "finished": np.concatenate(finished),
                "measure": measure,
                "basis": "own",
                "sharing": 1.0,
                "common": 0.0,
            }
        )
    )


def _daily(
    on: np.ndarray, begun: np.ndarray, amount: np.ndarray, until: pd.Timestamp
) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """Every day since the first item of a team was begun, and how much was finished on it."""
    days = pd.date_range(min(on.min(), begun.min()), until, freq="D", unit="us")
    place = (on - days[0].to_datetime64()) // np.timedelta64(1, "D")
    return days, np.bincount(place, weights=amount, minlength=len(days))


def recent(deliveries: DataFrame[Deliveries], *, weeks: int = 0) -> DataFrame[Deliveries]:
    """What each team finished in its last weeks only: what a forecast then learns from.

    Parameters
    ----------
    deliveries
        Reads ``team``, ``day_on``.
    weeks
        How many weeks back; 0 for all of the past.

    Returns
    -------
    Deliveries
        The rows of those weeks.

    Raises
    ------
    ParameterError
        For fewer than 0 weeks.

    Examples
    --------
    >>> recent(Deliveries.empty(), weeks=13).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    if weeks < 0:
        raise ParameterError(
            f"The last {weeks} weeks are none.", hint="give 1 or more, or 0 for all"
        )
    if not weeks or deliveries.empty:
        return Deliveries.validate(deliveries)
    first = deliveries["day_on"].max() - pd.Timedelta(weeks=weeks)
    return Deliveries.validate(deliveries[deliveries["day_on"] > first].reset_index(drop=True))


def is_enough(one: pd.DataFrame) -> bool:
    """Whether the days of one team are enough to forecast from."""
    return len(one) >= LEAST_DAYS and is_known_enough(one["finished"].to_numpy())


def is_known_enough(finished: np.ndarray) -> bool:
    """Whether something was finished on enough days to forecast from."""
    return int((finished > 0).sum()) >= LEAST_FINISHES


def features_at_once(items: DataFrame[Items], *, until: pd.Timestamp) -> dict[str, float]:
    """Among how many features each team spreads its finishes: a middling week of the last 13.

    Reads ``team``, ``parent_id``, ``finished_on`` of items that hold no others. Work outside any
    feature counts as one more. Teams that finished nothing are not told.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2", "E-1", "E-2"], "team": "core",
    ...     "parent_id": ["E-1", "E-2", None, None],
    ...     "finished_at": ["2025-03-04T09:00Z", "2025-03-05T09:00Z", None, None],
    ... })}).items
    >>> features_at_once(items, until=pd.Timestamp("2025-03-09"))
    {'core': 2.0}
    """
    Items.require(items, "team", "parent_id", "finished_on")
    recent = items[
        (items["finished_on"] <= until)
        & (items["finished_on"] > until - pd.Timedelta(days=RECENT_DAYS))
    ]
    week = calendars.period_start(recent["finished_on"], "week")
    features = recent["parent_id"].fillna("")
    counted = features.groupby([teams(recent), week]).nunique()
    return {str(team): float(spread) for team, spread in counted.groupby(level=0).median().items()}


def pace(
    items: DataFrame[Items],
    calendar: DataFrame[WorkDays],
    *,
    of: str = "",
    until: pd.Timestamp,
    measure: Measure = "items",
) -> DataFrame[Deliveries]:
    """A pace for every team with open work: its own on this work, else one that is borrowed.

    Parameters
    ----------
    items
        All items that can be trusted. Reads ``item_id``, ``parent_id``, ``release``, ``team``,
        ``points``, ``started_on``, ``finished_on``.
    calendar
        Reads all columns.
    of
        What is to be forecast; see `forecast.work`.
    until
        Day the program is seen from.
    measure
        ``"items"`` or ``"points"``.

    Returns
    -------
    Deliveries
        What each team finished of the work meant, where that is enough (`basis`). Else what the
        team finishes of all its work, ``sharing`` being among how many features that is spread;
        else what all teams finish, shared among the teams. Teams without open work have no rows.

    Notes
    -----
    Work not begun has no pace of its own: reference class forecasting [1]_ takes that of work
    like it. Each of a team's finishes is taken to be of this work as often as it is one of the
    features that the team works on at once; which one it is, is left to chance.

    References
    ----------
    .. [1] D. Kahneman, A. Tversky, "Intuitive Prediction: Biases and Corrective Procedures", 1979.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"],
    ... })}).items
    >>> pace(items, WorkDays.empty(), until=pd.Timestamp("2025-03-09")).empty
    True
    """
    every = work(items)
    meant = work(items, of=of) if of else every
    others = deliveries(every, calendar, until=until, measure=measure)
    own = deliveries(meant, calendar, until=until, measure=measure) if of else others
    left = meant[meant["finished_on"].isna()]
    if left.empty or others.empty:
        return Deliveries.validate(Deliveries.empty())
    found = {str(team): one for team, one in own.groupby("team") if is_enough(one)}
    names = teams(left)
    if lacking := sorted({*names} - {*found}):
        spread = features_at_once(every, until=until)
        features = left["parent_id"].fillna("").groupby(names).nunique()
        found |= {
            team: _borrowed(team, others, max(1.0, spread.get(team, 1.0) / features[team]))
            for team in lacking
        }
    return Deliveries.validate(
        pd.concat([found[team] for team in sorted({*names})], ignore_index=True)
    )


def _borrowed(team: str, others: pd.DataFrame, among_features: float) -> pd.DataFrame:
    of_team = others[others["team"] == team]
    if is_enough(of_team):
        return of_team.assign(basis="team", sharing=among_features)
    count = others["team"].nunique()
    return _pooled(others).assign(team=team, basis="program", sharing=float(count), common=0.0)


def _pooled(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Sum of what all teams finished, day by day."""
    by_day = deliveries.groupby("day_on", as_index=False)
    pooled: pd.DataFrame = by_day.agg(
        working=("working", "max"), finished=("finished", "sum"), measure=("measure", "first")
    )
    return pooled


def basis(deliveries: DataFrame[Deliveries]) -> DataFrame[Basis]:
    """What each team's forecast rests on, and whether that is enough.

    Parameters
    ----------
    deliveries
        Reads all columns.

    Returns
    -------
    Basis
        One row per team. ``enough``: at least 28 days of history with a finish on 11 of them.
        Without that there is no forecast.

    Examples
    --------
    >>> basis(Deliveries.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    rows = [
        {
            "team": team,
            "basis": one["basis"].iloc[0],
            "sharing": one["sharing"].iloc[0],
            "first_on": one["day_on"].min(),
            "days": len(one),
            "finishes": int((one["finished"] > 0).sum()),
            "enough": is_enough(one),
        }
        for team, one in deliveries.groupby("team")
    ]
    return Basis.validate(pd.DataFrame(rows) if rows else Basis.empty())
