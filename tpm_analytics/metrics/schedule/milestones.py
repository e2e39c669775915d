"""How the dates of milestones have moved, and how often they were kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.metrics.schedule.plan import labels
from tpm_analytics.program.keys import looked_up
from tpm_analytics.program.tables import MilestoneForecasts, Milestones
from tpm_analytics.results.schedule import (
    MilestoneCheck,
    MilestonePunctuality,
    MilestoneSlips,
    MilestoneTrend,
    Schedule,
)

RECENT_DAYS = 91
# More lines than these cannot be told apart
DRAWN = 7
DAY = pd.Timedelta(days=1)


def milestone_trend(
    milestones: DataFrame[Milestones],
    milestone_forecasts: DataFrame[MilestoneForecasts],
    *,
    until: pd.Timestamp,
) -> DataFrame[MilestoneTrend]:
    """When each milestone was expected, at each day that somebody said so.

    Parameters
    ----------
    milestones
        Reads ``milestone_id``, ``name``, ``baseline_on``, ``done_on``.
    milestone_forecasts
        Reads all columns.
    until
        Day the program is seen from; later reports are left out.

    Returns
    -------
    MilestoneTrend
        One row per report, milestone by milestone, and one for the day it was reached. Left out:
        reports of milestones that are not among ``milestones``. Of several reports on one day the
        last counts. What was reported after it was reached is no row; ``first_planned_on`` is the
        baseline, or the first report of all where there is none.

    Notes
    -----
    Milestone trend analysis [1]_: a line that runs level is a date that holds, one that climbs is
    a date that slips, and where it meets the diagonal the milestone is reached.

    References
    ----------
    .. [1] M. Burghardt, "Projektmanagement", 2018, chapter 4.2 (Meilensteintrendanalyse).
    """
    Milestones.require(milestones, "milestone_id", "name", "baseline_on", "done_on")
    MilestoneForecasts.require(milestone_forecasts, "milestone_id", "reported_on", "forecast_on")
    reached = milestones[milestones["done_on"] <= until]
    done = reached[["milestone_id"]].assign(
        reported_on=reached["done_on"], forecast_on=reached["done_on"]
    )
    said = milestone_forecasts[milestone_forecasts["reported_on"] <= until]
    known = said[said["milestone_id"].isin(milestones["milestone_id"])]
    ends = looked_up(known["milestone_id"], reached["milestone_id"], reached["done_on"])
    before = known[~(known["reported_on"] >= ends)]
    reports = pd.concat([before[list(done.columns)], done])
    if reports.empty:
        return MilestoneTrend.validate(MilestoneTrend.empty())
    named = milestones[["milestone_id", "baseline_on"]].assign(
        name=labels(milestones["milestone_id"], milestones["name"])
    )
    rows = (
        reports.sort_values(["milestone_id", "reported_on"], kind="stable")
        .drop_duplicates(["milestone_id", "reported_on"], keep="last")
        .merge(named, on="milestone_id")
    )
    told = pd.concat([known.sort_values("reported_on", kind="stable"), done])
    earliest = told.drop_duplicates("milestone_id")
    planned = looked_up(rows["milestone_id"], earliest["milestone_id"], earliest["forecast_on"])
    first = rows["baseline_on"].fillna(planned)
    moved = rows.groupby("milestone_id")["forecast_on"].diff().fillna(0 * DAY) / DAY
    return MilestoneTrend.validate(
        rows.assign(
            first_planned_on=first,
            moved_days=moved,
            slip_days=(rows["forecast_on"] - first) / DAY,
        )
    )


def milestone_slips(
    milestones: DataFrame[Milestones],
    trend: DataFrame[MilestoneTrend],
    *,
    until: pd.Timestamp,
) -> DataFrame[MilestoneSlips]:
    """How far each milestone has moved from the day first planned, and how it was told.

    Parameters
    ----------
    milestones
        Reads ``milestone_id``, ``name``, ``owner_id``, ``baseline_on``, ``due_on``, ``done_on``.
    trend
        Reads ``milestone_id``, ``reported_on``, ``forecast_on``, ``first_planned_on``,
        ``moved_days``, ``slip_days``.
    until
        Day the program is seen from.

    Returns
    -------
    MilestoneSlips
        One row per milestone, the largest slip first. ``expected_on`` is the day reached, else
        the last forecast, else ``due_on``. ``notice_days`` is how long before the day first
        planned its first slip was told; below 0 it was told after that day.
    """
    Milestones.require(milestones, "milestone_id", "name", "owner_id")
    Milestones.require(milestones, "baseline_on", "due_on", "done_on")
    MilestoneTrend.require(trend, "milestone_id", "reported_on", "forecast_on", "moved_days")
    MilestoneTrend.require(trend, "first_planned_on", "slip_days")
    if milestones.empty:
        return MilestoneSlips.validate(MilestoneSlips.empty())
    told = trend.assign(
        later=trend["moved_days"] > 0,
        moved=trend["moved_days"] != 0,
        gained=trend["moved_days"].where(trend["moved_days"] > 0),
        recent=trend["moved_days"].where(trend["reported_on"] > until - RECENT_DAYS * DAY, 0.0),
        admitted_on=trend["reported_on"].where(trend["slip_days"] > 0),
    )
    of_each = told.groupby("milestone_id").agg(
        first_planned_on=("first_planned_on", "first"),
        last_on=("forecast_on", "last"),
        moves=("moved", "sum"),
        later_moves=("later", "sum"),
        largest_move_days=("gained", "max"),
        recent_days=("recent", "sum"),
        admitted_on=("admitted_on", "min"),
    )
    rows = milestones.join(of_each, on="milestone_id")
    first = rows["first_planned_on"].fillna(rows["baseline_on"]).fillna(rows["due_on"])
    done = rows["done_on"].where(rows["done_on"] <= until)
    expected = done.fillna(rows["last_on"]).fillna(rows["due_on"])
    state = np.select(
        [done.notna(), expected.isna(), expected < until],
        ["reached", "without a date", "overdue"],
        default="ahead",
    )
    return MilestoneSlips.validate(
        rows.assign(
            name=labels(rows["milestone_id"], rows["name"]),
            state=state,
            first_planned_on=first,
            expected_on=expected,
            slip_days=(expected - first) / DAY,
            moves=rows["moves"].fillna(0),
            later_moves=rows["later_moves"].fillna(0),
            notice_days=(first - rows["admitted_on"]) / DAY,
        ).sort_values(["slip_days", "milestone_id"], ascending=[False, True], ignore_index=True)
    )


def moving(
    trend: DataFrame[MilestoneTrend], slips: DataFrame[MilestoneSlips], *, last: int = DRAWN
) -> DataFrame[MilestoneTrend]:
    """Few enough milestones for one picture: the open ones that slip most.

    Parameters
    ----------
    trend
        Reads ``milestone_id``.
    slips
        Reads ``milestone_id``, ``state``, ``moves``, in the order of the largest slip.
    last
        Most milestones to keep.

    Returns
    -------
    MilestoneTrend
        All reports of the milestones kept. Where fewer are open, reached ones that moved fill up.
    """
    MilestoneTrend.require(trend, "milestone_id")
    MilestoneSlips.require(slips, "milestone_id", "state", "moves")
    going = slips["state"].isin(["ahead", "overdue"])
    ranked = pd.concat([slips[going], slips[~going & (slips["moves"] > 0)]])
    told = ranked.loc[ranked["milestone_id"].isin(trend["milestone_id"]), "milestone_id"]
    kept = trend["milestone_id"].isin(told.head(last))
    return MilestoneTrend.validate(trend[kept].reset_index(drop=True))


def punctuality(
    slips: DataFrame[MilestoneSlips], *, until: pd.Timestamp, every: Every = "quarter"
) -> DataFrame[MilestonePunctuality]:
    """Of the milestones first planned for each period, how many were reached in it.

    Parameters
    ----------
    slips
        Reads ``state``, ``first_planned_on``, ``expected_on``, ``slip_days``.
    until
        Day the program is seen from.
    every
        ``"quarter"`` and so on; ``"day"`` where milestones are releases, so that each release has
        a row and in time means in the release first planned.

    Returns
    -------
    MilestonePunctuality
        One row per period that has ended and for which something was planned.

    Notes
    -----
    ``share_on_time = on_time / planned``. Those not reached at all count as late: leaving them
    out would flatter the plan. In the period, or before it.
    """
    MilestoneSlips.require(slips, "state", "first_planned_on", "expected_on", "slip_days")
    planned = slips[slips["first_planned_on"].notna()]
    if planned.empty:
        return MilestonePunctuality.validate(MilestonePunctuality.empty())
    period = calendars.period_start(planned["first_planned_on"], every)
    reached = planned["state"] == "reached"
    in_time = calendars.period_start(planned["expected_on"].fillna(until), every) <= period
    rows = (
        planned.assign(
            period_on=period,
            reached=reached,
            on_time=reached & in_time,
            slip=planned["slip_days"].where(reached),
        )
        .groupby("period_on")
        .agg(
            planned=("reached", "size"),
            reached=("reached", "sum"),
            on_time=("on_time", "sum"),
            median_slip_days=("slip", "median"),
        )
        .reset_index()
    )
    ended = calendars.periods(rows["period_on"].min(), until, every)
    whole = rows[rows["period_on"].isin(ended)]
    return MilestonePunctuality.validate(
        whole.assign(share_on_time=whole["on_time"] / whole["planned"]).reset_index(drop=True)
    )


def milestone_check(
    milestones: DataFrame[Milestones], schedule: DataFrame[Schedule]
) -> DataFrame[MilestoneCheck]:
    """What is reported of each open milestone, against what links and work left say.

    Parameters
    ----------
    milestones
        Reads ``milestone_id``, ``name``, ``activity_id``, ``baseline_on``, ``due_on``,
        ``done_on``.
    schedule
        Reads ``activity_id``, ``finish_on``.

    Returns
    -------
    MilestoneCheck
        One row per open milestone whose activity is in the schedule, in the order of its
        scheduled day. ``gap_days`` above 0: the reported day cannot be kept with the durations
        planned. Below 0: whoever reports expects work to take longer than planned.
    """
    Milestones.require(milestones, "milestone_id", "name", "activity_id")
    Milestones.require(milestones, "baseline_on", "due_on", "done_on")
    Schedule.require(schedule, "activity_id", "finish_on")
    going = milestones[milestones["done_on"].isna()]
    both = going.merge(schedule[["activity_id", "finish_on"]], on="activity_id")
    gap = (both["finish_on"] - both["due_on"]) / DAY
    return MilestoneCheck.validate(
        both.assign(
            name=labels(both["milestone_id"], both["name"]),
            first_planned_on=both["baseline_on"],
            reported_on=both["due_on"],
            scheduled_on=both["finish_on"],
            gap_days=gap,
        ).sort_values(["scheduled_on", "milestone_id"], ignore_index=True)
    )
