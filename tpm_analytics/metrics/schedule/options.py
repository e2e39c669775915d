"""What could be changed, and what three points tell: crashing and PERT."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.schedule.plan import Plan, plan_of
from tpm_analytics.models import network as model
from tpm_analytics.models import three_points
from tpm_analytics.models.crashing import cheapest
from tpm_analytics.models.network import SAME_TIME
from tpm_analytics.program.tables import Activities, Links
from tpm_analytics.results.schedule import CrashCosts, CrashPlan, DaysOff, PertForecast

WEEK_DAYS = 5
LARGEST_WIN_DAYS = 260


def crashing(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
    win: int = WEEK_DAYS,
) -> DataFrame[CrashPlan]:
    """The cheapest way to end earlier, by one working day and up to as many as are wanted.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule`. Reads ``crash_days`` and ``crash_cost_per_day`` too.
    win
        Most working days to win.

    Returns
    -------
    CrashPlan
        One row per number of days won and activity to be shortened for it. Numbers of days that
        no money can win have no rows. Activities without ``crash_days`` or without
        ``crash_cost_per_day`` cannot be shortened; of begun work, what is left can, in proportion.

    Raises
    ------
    InvalidTableError
        As `schedule`.
    ParameterError
        If ``win`` is below 1, or more than a working year.

    Notes
    -----
    For each number of days a linear program, see `models.crashing.cheapest`. Parts of days may be
    bought. It counts in working days; ``end_on`` is then passed through the calendars.

    References
    ----------
    .. [1] B. Render, R. Stair, M. Hanna, "Quantitative Analysis for Management", 12th edition,
       2015, chapter 12 (crashing with linear programming).
    """
    if not 1 <= win <= LARGEST_WIN_DAYS:
        raise ParameterError(
            f"win={win} is not a number of working days from 1 to {LARGEST_WIN_DAYS}.",
            hint="a week is 5",
        )
    if activities.empty:
        return CrashPlan.validate(CrashPlan.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    table = plan.activities
    planned = table["duration_days"].to_numpy(dtype=float)
    left = plan.left[:, 0]
    rest = np.divide(left, planned, out=np.zeros_like(left), where=planned > 0)
    cost = table["crash_cost_per_day"].to_numpy(dtype=float)
    most = np.maximum((planned - table["crash_days"].to_numpy(dtype=float)) * rest, 0.0)
    buyable = np.isfinite(most) & np.isfinite(cost) & (most > 0)
    most, cost = np.where(buyable, most, 0.0), np.where(buyable, cost, 0.0)
    net, floor = _still_to_come(plan)
    plain = model.forward(net, plan.left, earliest=floor).finish.max()
    rows = [
        _bought(plan, bought, cost, days)
        for days in range(1, win + 1)
        for bought in [cheapest(net, left, most, cost, earliest=floor, end=plain - days)]
        if bought is not None
    ]
    return CrashPlan.validate(pd.concat(rows, ignore_index=True) if rows else CrashPlan.empty())


def _still_to_come(plan: Plan) -> tuple[model.Network, np.ndarray]:
    """Network and earliest starts in which links from a start that has been are days already."""
    links = plan.links[plan.links["binding"]]
    begun = plan.begun[links["before"]]
    past = ~np.isnan(begun) & links["code"].isin([model.SS, model.SF]).to_numpy()
    length = np.where(links["code"] == model.SF, plan.left[links["after"], 0], 0.0)
    demanded = begun + links["lag"].to_numpy() - length
    floor = np.where(plan.finished, plan.early.finish[:, 0], plan.earliest)
    np.maximum.at(floor, links["after"].to_numpy()[past], demanded[past])
    rest = links[~past]
    net = model.network(
        len(floor),
        rest["before"].to_numpy(),
        rest["after"].to_numpy(),
        rest["code"].to_numpy(),
        rest["lag"].to_numpy(dtype=np.float64),
    )
    return net, floor


def _bought(plan: Plan, bought: np.ndarray, cost: np.ndarray, days: int) -> pd.DataFrame:
    chosen = np.flatnonzero(bought > 0)
    early = model.forward(
        plan.net,
        plan.left - bought[:, None],
        earliest=plan.earliest,
        begun=plan.begun,
        time=plan.time,
    )
    ends = plan.time.days(early.finish[:, 0], at_end=True)
    named = plan.activities.loc[chosen, ["activity_id", "name", "team"]].reset_index(drop=True)
    spent = bought[chosen] * cost[chosen]
    return named.assign(
        won_days=days,
        bought_days=np.round(bought[chosen], 6),
        cost_per_day=cost[chosen],
        cost=np.round(spent, 6),
        total_cost=np.round(spent.sum(), 6),
        end_on=ends[~plan.finished].max(),
    )


def crash_costs(crash_plan: DataFrame[CrashPlan]) -> DataFrame[CrashCosts]:
    """What each further day costs.

    Parameters
    ----------
    crash_plan
        Reads ``won_days``, ``end_on``, ``total_cost``, ``activity_id``, ``name``,
        ``bought_days``.

    Returns
    -------
    CrashCosts
        One row per number of days that can be won.
    """
    CrashPlan.require(crash_plan, "won_days", "end_on", "total_cost", "activity_id")
    CrashPlan.require(crash_plan, "name", "bought_days")
    if crash_plan.empty:
        return CrashCosts.validate(CrashCosts.empty())
    told = crash_plan.assign(
        label=crash_plan["name"].fillna(crash_plan["activity_id"])
        + " by "
        + crash_plan["bought_days"].map("{:g}".format)
    )
    rows = (
        told.groupby("won_days")
        .agg(
            end_on=("end_on", "first"),
            cost=("total_cost", "first"),
            activities=("activity_id", "size"),
            names=("label", "; ".join),
        )
        .reset_index()
    )
    further = rows["cost"].diff().fillna(rows["cost"]).clip(lower=0)
    return CrashCosts.validate(rows.assign(next_day_cost=further))


def pert(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
    deadlines: Sequence[float] = (),
) -> DataFrame[PertForecast]:
    """Expected duration of the schedule by three points, and the chance to keep each deadline.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule`. Reads ``optimistic_days`` and ``pessimistic_days`` too; an activity
        without them takes its ``duration_days`` for certain.
    deadlines
        Working days since the plan began.

    Returns
    -------
    PertForecast
        One row per deadline, or one without where none is given.

    Raises
    ------
    InvalidTableError
        As `schedule`.

    Notes
    -----
    Each activity takes ``(a + 4m + b) / 6`` with variance ``((b - a) / 6) ** 2``; the critical
    path of the expected durations is taken to be normal [1]_. Of several, the one that varies
    most. This looks at one path only, and so promises too much where paths of like length meet:
    a Monte Carlo simulation does not.

    References
    ----------
    .. [1] D. Malcolm et al., "Application of a Technique for Research and Development Program
       Evaluation", Operations Research 7(5), 1959.

    Examples
    --------
    >>> activities = Activities.empty().reindex([0]).assign(
    ...     activity_id="build", optimistic_days=1.0, duration_days=2.0, pessimistic_days=9.0
    ... )
    >>> told = pert(activities, Links.empty(), until=pd.Timestamp("2025-03-07"), deadlines=[3])
    >>> told[["expected_days", "probability"]].values.tolist()
    [[3.0, 0.5]]
    """
    if activities.empty:
        return PertForecast.validate(PertForecast.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    points = _points_of(plan)
    mean = three_points.expected(*points)
    spread = three_points.variance(points[0], points[2])
    means = mean[:, None]
    early = model.forward(plan.net, means, earliest=plan.earliest, begun=plan.begun, time=plan.time)
    place = plan.time.places(early.finish[:, 0], at_end=True)
    last = place >= place.max() - SAME_TIME
    end = float(early.finish[last].max())
    sigma = float(np.sqrt(_widest(plan, means, early, spread)[last].max()))
    days = np.array(list(deadlines) or [np.nan], dtype=float)
    chance = np.where(np.isnan(days), np.nan, three_points.within(days, end, sigma))
    return PertForecast.validate(
        pd.DataFrame(
            {
                "expected_days": end,
                "sigma_days": sigma,
                "expected_on": plan.time.days(early.finish[:, 0], at_end=True).max(),
                "deadline_days": days,
                "probability": chance,
            }
        )
    )


def _points_of(plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three points of what is left of each activity."""
    table, left = plan.activities, plan.left[:, 0]
    planned = table["duration_days"].to_numpy(dtype=float)
    rest = np.divide(left, planned, out=np.ones_like(left), where=planned > 0)
    low = table["optimistic_days"].to_numpy(dtype=float) * rest
    high = table["pessimistic_days"].to_numpy(dtype=float) * rest
    known = ~np.isnan(low) & ~np.isnan(high) & ~plan.finished
    return np.where(known, low, left), left, np.where(known, high, left)


def _widest(plan: Plan, means: np.ndarray, early: model.Early, spread: np.ndarray) -> np.ndarray:
    """Largest variance among the paths that lead to each activity without room."""
    gaps = model.link_gaps(plan.net, means, early, time=plan.time)
    total = spread.copy()
    for link in range(len(plan.net.before)):
        if gaps[plan.net.source[link]] <= SAME_TIME:
            before, after = plan.net.before[link], plan.net.after[link]
            total[after] = max(total[after], total[before] + spread[after])
    return total
