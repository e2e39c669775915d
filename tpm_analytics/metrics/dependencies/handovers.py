"""When distributed teams are at work together, and how long work lies between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import clock
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.tables import People
from tpm_analytics.results.dependencies import Dependencies, HandoverTimes, SharedHours

# 9 to 17 by the clock of each person: sources do not tell when people work
WORKDAY_HOURS = 8
DAY_HOURS = 24
# Half a working day in common leaves time for a question and its answer
ENOUGH_HOURS = 4
# The median of fewer is any of them
LEAST_CASES = 10
SHARES = (0.5, 0.85)
KINDS = (
    "within a team",
    "between teams that share 4 hours or more",
    "between teams that share less than 4 hours",
    "between teams of which the hours are unknown",
)


def shared_hours(people: DataFrame[People], *, until: pd.Timestamp) -> DataFrame[SharedHours]:
    """How many working hours of a day each two teams have in common.

    Parameters
    ----------
    people
        Reads ``team``, ``time_zone``, ``joined_on``, ``left_on``.
    until
        Day whose clocks count: summer time begins and ends on other days in other countries.

    Returns
    -------
    SharedHours
        One row per team and other team, a team with itself too. ``shared_hours`` is the mean over
        all pairs of their people. Left out: people who are not there on the day, and those whose
        team or time zone is unknown.

    Raises
    ------
    ParameterError
        For a time zone that nobody knows.

    Notes
    -----
    Everybody is taken to work from 9 to 17 by the clock of their own zone, at noon of the day.
    Clocks ``d`` hours apart, round the globe the shorter way, share ``max(0, 8 - d)`` hours.

    Examples
    --------
    >>> people = pd.DataFrame({
    ...     "team": ["Ants", "Bees"], "time_zone": ["Europe/Madrid", "America/New_York"],
    ...     "joined_on": pd.NaT, "left_on": pd.NaT,
    ... })
    >>> winter = shared_hours(people, until=pd.Timestamp("2025-02-03"))
    >>> spring = shared_hours(people, until=pd.Timestamp("2025-03-12"))
    >>> winter["shared_hours"].tolist(), spring["shared_hours"].tolist()
    ([8.0, 2.0, 2.0, 8.0], [8.0, 3.0, 3.0, 8.0])
    """
    People.require(people, "team", "time_zone", "joined_on", "left_on")
    there = ~(people["joined_on"] > until) & ~(people["left_on"] < until)
    known = people.loc[there, ["team", "time_zone"]].astype("str").dropna()
    if known.empty:
        return SharedHours.validate(SharedHours.empty())
    heads = pd.crosstab(known["team"], known["time_zone"])
    noon = until + pd.Timedelta(hours=12)
    ahead = np.array([_hours_ahead(noon, name) for name in heads.columns])
    apart = np.abs(ahead[:, None] - ahead[None, :]) % DAY_HOURS
    common = np.maximum(WORKDAY_HOURS - np.minimum(apart, DAY_HOURS - apart), 0)
    share = heads.to_numpy() / heads.to_numpy().sum(axis=1, keepdims=True)
    zones = known.groupby("team")["time_zone"].agg(lambda names: ", ".join(sorted(set(names))))
    team, other = (grid.ravel() for grid in np.meshgrid(heads.index, heads.index, indexing="ij"))
    return SharedHours.validate(
        pd.DataFrame(
            {
                "team": team,
                "other_team": other,
                "shared_hours": (share @ common @ share.T).clip(0, WORKDAY_HOURS).ravel(),
                "time_zones": zones.loc[team].to_numpy(),
                "other_time_zones": zones.loc[other].to_numpy(),
                "across": team != other,
            }
        )
    )


def _hours_ahead(noon: pd.Timestamp, name: str) -> float:
    return float(noon.tz_localize(clock.zone(name)).utcoffset() / pd.Timedelta(hours=1))


def handover_times(
    dependencies: DataFrame[Dependencies], shared: DataFrame[SharedHours]
) -> DataFrame[HandoverTimes]:
    """How long work lay between one item being finished and the next being begun.

    Parameters
    ----------
    dependencies
        Reads ``from_team``, ``to_team``, ``across``, ``handover_days``.
    shared
        Reads ``team``, ``other_team``, ``shared_hours``.

    Returns
    -------
    HandoverTimes
        One row per kind, those without a hand-over too; no rows where there is no link. Left out:
        links whose next item was begun before, or not yet, and those with an unknown team.
        ``enough`` is whether there are ten; ``beyond_days`` is NA unless a kind and the one within
        a team have enough.

    Notes
    -----
    The time lies between two events that trackers record. It is not all due to the distance: the
    next item also waits for its turn, within a team as well. So kinds are to be compared with one
    another, and only where each has enough. Percentiles are nearest ranks.
    """
    Dependencies.require(dependencies, "from_team", "to_team", "across", "handover_days")
    SharedHours.require(shared, "team", "other_team", "shared_hours")
    if dependencies.empty:
        return HandoverTimes.validate(HandoverTimes.empty())
    pairs = dependencies[["from_team", "to_team"]].astype("str")
    hours = pd.Series(
        shared["shared_hours"].to_numpy(),
        index=pd.MultiIndex.from_frame(shared[["team", "other_team"]].astype("str")),
        dtype=float,
    )
    common = hours.reindex(pd.MultiIndex.from_frame(pairs)).to_numpy()
    across = dependencies["across"].astype("float64").to_numpy()
    kind = np.select(
        [across == 0, np.isnan(across), common >= ENOUGH_HOURS, common < ENOUGH_HOURS],
        [0, -1, 1, 2],
        3,
    )
    days = dependencies["handover_days"].to_numpy(dtype=float)
    measured = ~np.isnan(days) & (kind >= 0)
    days, kind, common = days[measured], kind[measured], common[measured]
    ranks = nearest_rank(days, kind, len(KINDS), SHARES)
    cases = np.bincount(kind, minlength=len(KINDS))
    enough = cases >= LEAST_CASES
    mean = pd.Series(common).groupby(kind).mean().reindex(range(len(KINDS)))
    return HandoverTimes.validate(
        pd.DataFrame(
            {
                "between": KINDS,
                "handovers": cases,
                "shared_hours": mean,
                "median_days": ranks[:, 0],
                "p85_days": ranks[:, 1],
                "enough": enough,
                # what the distance costs, where both can be told
                "beyond_days": np.where(enough & enough[0], ranks[:, 0] - ranks[0, 0], np.nan),
            }
        )
    )
