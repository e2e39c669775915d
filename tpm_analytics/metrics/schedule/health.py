"""Whether a schedule can be trusted: the fourteen points of the DCMA assessment."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule.dates import dates_of
from tpm_analytics.metrics.schedule.plan import plan_of
from tpm_analytics.metrics.schedule.points import POINTS, Case, Point
from tpm_analytics.program.tables import Activities, ActivityDemand, Links
from tpm_analytics.results.schedule import DaysOff, ScheduleHealth

SHOWN = 5


def schedule_health(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    activity_demand: DataFrame[ActivityDemand],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[ScheduleHealth]:
    """Fourteen points on whether a schedule can be trusted, each with its published threshold.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule`. Give it activities without milestones: these have no duration.
    activity_demand
        Reads ``activity_id``.

    Returns
    -------
    ScheduleHealth
        Fourteen rows, or none where there is no activity. ``value`` is a share, a count or an
        index as ``measure`` says, and NA where there is nothing to measure; ``verdict`` says so.
        ``worst`` names up to five offenders.

    Raises
    ------
    InvalidTableError
        As `schedule`.

    Notes
    -----
    The points and their thresholds are those of the DCMA [1]_. Points 1 to 8 and 10 look at
    activities that are not finished and at links that end in one. Hard constraint:
    ``finish_no_later_on``. Logic: what has begun need not wait for anything any more, and nothing
    waits for the last activity. Missed: the baseline finish has passed, and the activity is not
    finished or was so later. Critical path length index: (working days to the last finish + total
    float against the baseline's last finish) / working days to the last finish. Baseline
    execution index: activities finished / activities that the baseline has finished by now, with
    those that have no baseline beside others that have one.

    References
    ----------
    .. [1] DCMA-EA PAM 200.1, "Earned Value Management System (EVMS) Program Analysis Pamphlet",
       2012, section 4.
    """
    ActivityDemand.require(activity_demand, "activity_id")
    if activities.empty:
        return ScheduleHealth.validate(ScheduleHealth.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    dated = dates_of(plan)
    case = Case(plan, dated, activity_demand, until)
    rows = [_row(number, point(case)) for number, point in enumerate(POINTS, start=1)]
    return ScheduleHealth.validate(pd.DataFrame(rows))


def _row(number: int, point: Point) -> dict[str, object]:
    measured = point.of > 0
    share = point.found / point.of if measured else np.nan
    value = {"count": point.found, "test": point.found}.get(point.measure, share)
    value = value if measured else np.nan
    passed: object = pd.NA
    if measured and point.threshold is not None:
        most = point.limit == "most"
        within = value <= point.threshold if most else value >= point.threshold
        passed = bool(within)
    more = len(point.worst) - SHOWN
    shown = "; ".join(point.worst.head(SHOWN)) + (f"; {more} more" if more > 0 else "")
    return {
        "number": number,
        "key": point.key,
        "point": point.point,
        "found": point.found if measured else np.nan,
        "of": point.of,
        "value": value,
        "threshold": point.threshold,
        "limit": point.limit,
        "measure": point.measure,
        "passed": passed,
        **_in_words(point, value, passed),
        "worst": shown or None,
        "reason": point.reason,
    }


def _in_words(point: Point, value: float, passed: object) -> dict[str, str]:
    if np.isnan(value):
        return {"measured": "nothing", "allowed": "-", "verdict": "nothing to measure"}
    if point.measure == "test":
        told, bound = "yes" if value else "no", "yes"
    elif point.measure == "share":
        told, bound = (
            f"{100 * value:.0f} % ({point.found:.0f} of {point.of:.0f})",
            f"{100 * (point.threshold or 0):.0f} %",
        )
    else:
        told = f"{value:.2f}" if point.measure == "index" else f"{value:.0f}"
        bound = f"{point.threshold:g}"
    if passed is pd.NA:
        return {"measured": told, "allowed": "none published", "verdict": "no threshold"}
    words = bound if point.measure == "test" else f"at {point.limit} {bound}"
    return {"measured": told, "allowed": words, "verdict": "passed" if passed else "failed"}
