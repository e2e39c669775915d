"""Whose work takes longer than planned."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.schedule.team_calendars import team_calendars
from tpm_analytics.results.schedule import DaysOff, Schedule, TeamSlips

# Of finished work the last half year tells how a team works now
LATELY_DAYS = 182
DAY = pd.Timedelta(days=1)


def team_slips(
    schedule: DataFrame[Schedule],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[TeamSlips]:
    """Which team takes longer than planned, and how late its open work is.

    Parameters
    ----------
    schedule
        Reads ``activity_id``, ``name``, ``team``, ``state``, ``duration_days``, ``start_on``,
        ``finish_on``, ``slip_days``.
    until
        Day of the report; of finished work, that of the half year before counts.
    days_off
        As in `schedule`.

    Returns
    -------
    TeamSlips
        One row per team, the one that takes longest beyond its plan first.

    Notes
    -----
    ``longer_share = took_days / planned_days - 1``, both in working days of the team from start to
    finish. A slip is handed on along the links, and so tells little of the team that has it; how
    long its own work takes tells more.
    """
    Schedule.require(schedule, "activity_id", "name", "team", "state", "duration_days")
    Schedule.require(schedule, "start_on", "finish_on", "slip_days")
    if schedule.empty:
        return TeamSlips.validate(TeamSlips.empty())
    told = schedule.assign(team=schedule["team"].astype("str").fillna(""))
    done = told[
        (told["state"] == "finished")
        & (told["finish_on"] > until - LATELY_DAYS * DAY)
        & told["start_on"].notna()
        & (told["duration_days"] > 0)
    ]
    lately = done.assign(
        finished=1, planned_days=done["duration_days"], took_days=_working_days(done, days_off)
    )
    lately = lately.groupby("team")[["finished", "planned_days", "took_days"]].sum()
    going = told[told["state"] != "finished"]
    late = going.dropna(subset="slip_days").sort_values("slip_days", kind="stable")
    worst = late.groupby("team")[["slip_days", "activity_id", "name"]].last()
    worst = worst.rename(columns={"activity_id": "worst_id", "name": "worst_name"})
    teams = pd.DataFrame({"open": going.groupby("team").size()}).join(lately, how="outer")
    teams = teams.join(worst).rename_axis("team").reset_index()
    counts = teams[["open", "finished", "planned_days", "took_days"]].fillna(0)
    longer = (teams["took_days"] / teams["planned_days"] - 1).where(teams["planned_days"] > 0)
    return TeamSlips.validate(
        teams.assign(
            **counts, longer_share=longer, team=teams["team"].replace("", None)
        ).sort_values(["longer_share", "slip_days"], ascending=False, ignore_index=True)
    )


def _working_days(done: pd.DataFrame, days_off: pd.DataFrame | None) -> np.ndarray:
    """Working days from start to finish of each row, by the calendar of its team."""
    kinds, of = team_calendars(done["team"], days_off)
    took = np.zeros(len(done))
    for kind in np.unique(of):
        ours = of == kind
        rows = done[ours]
        took[ours] = calendars.working_days(
            rows["start_on"], rows["finish_on"], calendar=kinds[kind]
        )
    return took
