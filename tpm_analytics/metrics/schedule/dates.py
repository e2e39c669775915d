"""Dates and floats of a checked plan, a row an activity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.metrics.schedule.plan import Plan, as_days, labels
from tpm_analytics.models import network as model
from tpm_analytics.models.network import SAME_TIME
from tpm_analytics.results.schedule import Schedule

DAY = pd.Timedelta(days=1)


def dates_of(plan: Plan) -> pd.DataFrame:
    """The rows of `Schedule` for a plan; `schedule` tells what they mean."""
    ends = plan.ends
    latest = np.minimum(ends, plan.deadlines())[:, None]
    late = plan.late_finish(latest)[:, 0]
    finish = plan.early.finish[:, 0]
    open_ = ~plan.finished
    free = model.free_finish(plan.net, plan.left, plan.early, begun=plan.begun, time=plan.time)
    late = np.where(open_, late, np.nan)
    slack = late - finish
    free = np.where(open_, np.fmax(np.minimum(free, ends) - finish, 0.0), np.nan)
    start = np.where(plan.finished & np.isnan(plan.begun), np.nan, plan.early.start[:, 0])
    late_start = np.where(np.isnan(plan.begun), late - plan.left[:, 0], np.nan)
    times = pd.DataFrame(
        {
            "state": _state(plan),
            "remaining_days": plan.left[:, 0],
            "late_finish_on": plan.time.days(late, at_end=True),
            "late_start_on": plan.time.days(late_start, at_end=False),
            "total_float_days": _rounded(slack),
            "free_float_days": _rounded(free),
            "critical": open_ & (np.nan_to_num(slack) <= SAME_TIME),
            "early_start": start,
            "early_finish": finish,
            "late_start": late_start,
            "late_finish": late,
        }
    )
    dated = times.join(_dates(plan)).join(plan.activities)
    slip = (dated["finish_on"] - dated["baseline_finish_on"]) / DAY
    shown = labels(dated["activity_id"], dated["name"])
    return Schedule.validate(dated.assign(slip_days=slip, shown_name=shown))


def _rounded(days: np.ndarray) -> np.ndarray:
    """Float without what sums of fractions lose: 0 is 0, not 1e-15."""
    return np.round(days, 6) + 0.0


def _state(plan: Plan) -> np.ndarray:
    going = np.where(np.isnan(plan.begun), "to come", "begun")
    return np.where(plan.finished, "finished", going)


def _dates(plan: Plan) -> pd.DataFrame:
    """Days of start and finish: as they were, else as the passes tell."""
    start = plan.time.days(plan.early.start[:, 0], at_end=False)
    finish = plan.time.days(plan.early.finish[:, 0], at_end=True)
    # what takes no time is reached when what it waits for ends, else when its own day begins
    instant = (plan.left[:, 0] <= SAME_TIME) & ~plan.finished
    waits = np.isin(np.arange(len(start)), plan.links.loc[plan.links["drives"], "after"])
    finish = np.where(instant & ~waits, start, finish)
    start = np.where(instant & np.isnan(plan.begun), finish, start)
    table = plan.activities
    began, done = as_days(table["actual_start_on"]), as_days(table["actual_finish_on"])
    start = np.where(np.isnat(began), np.where(plan.finished, np.datetime64("NaT"), start), began)
    return pd.DataFrame(
        {"start_on": start, "finish_on": np.where(np.isnat(done), finish, done)}
    ).astype("datetime64[us]")
