"""Time and money held for risks, drawn down against what the simulation says is still needed."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.schedule.critical_path import days_off
from tpm_analytics.metrics.schedule_risk.futures import SEED, check, ends
from tpm_analytics.metrics.schedule_risk.laws import correlated
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan, strikes, uncertain_plan
from tpm_analytics.models import ranks
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Contingency
from tpm_analytics.results.schedule_risk import Cover, Reserve

Unit = Literal["days", "cost"]

RESERVE_TRIALS = 1_000
MONTHS, MOST_MONTHS = 6, 60
P80 = 0.8
# Working days are told with three decimals, and money with cents
SAME = 5e-3
UNITS: dict[Unit, str] = {"days": "time", "cost": "money"}
DAY = pd.Timedelta(days=1)
# What the plan and its risks on an earlier day follow from
_READ = ("activities", "links", "milestone_forecasts", "milestones", "risk_history", "risks")
# Beyond ten years a straight line says nothing
FURTHEST_DAYS = 3_652


def reserve(
    program: Program,
    *,
    months: int = MONTHS,
    trials: int = RESERVE_TRIALS,
    seed: int = SEED,
    correlation: float = 0.0,
) -> DataFrame[Reserve]:
    """Time and money held and needed on top of the plain plan, at the end of the last months.

    Parameters
    ----------
    program
        Reads ``activities``, ``links``, ``risks``, ``milestones`` and ``contingency``, each as it
        was known on the day, and ``people`` and ``absences`` for the calendars of today.
    months
        How many ends of months to look back, beside the day the program is seen from.
    trials, seed
        As in `schedule_risk.trials`.
    correlation
        As in `schedule_risk.correlated`.

    Returns
    -------
    Reserve
        One row per day, the earliest first; days with nothing left to do are left out. What is
        held is NA where no row of ``contingency`` by that day tells of it, and below 0 where
        more was drawn than set aside.

    Raises
    ------
    ParameterError
        If `months` is not a number from 0 to 60.

    Notes
    -----
    ``needed = P80 - plain plan``: the plain plan takes every likely duration and no risk. What is
    held keeps the share of the futures that end no later than the plain plan and the time held,
    or cost no more than it and the money held.
    """
    check(trials, seed)
    if not 0 <= months <= MOST_MONTHS:
        raise ParameterError(
            f"months={months} is no number from 0 to {MOST_MONTHS}.", hint="half a year is 6"
        )
    if program.activities.empty:
        return Reserve.validate(Reserve.empty())
    days = pd.date_range(end=program.as_of - DAY, periods=months, freq="ME")
    off = days_off(program.people, until=program.as_of, absences=program.absences)
    read = program.only(*_READ)
    plans = (
        correlated(_plan(read.at(day), off), correlation=correlation)
        for day in [*days, program.as_of]
    )
    told = [_needed(plan, program.latest.contingency, trials, seed) for plan in plans]
    rows = [row for row in told if row is not None]
    return Reserve.validate(pd.DataFrame(rows) if rows else Reserve.empty())


def _plan(program: Program, off: pd.DataFrame) -> UncertainPlan:
    struck = strikes(program.risks, program.activities, program.milestones)
    return uncertain_plan(
        program.activities, program.links, struck, until=program.as_of, days_off=off
    )


def _needed(
    plan: UncertainPlan, contingency: pd.DataFrame, count: int, seed: int
) -> dict[str, object] | None:
    if not len(plan.open):
        return None
    finish, days_left, cost = (np.sort(told) for told in ends(plan, count, seed))
    last = ranks.rank(P80, count)
    left, model = plan.schedule.left[:, 0], plan.model
    plain = plan.schedule.early.finish[-1]
    plain_days = max(float(plain[0]) - plan.now, 0.0)
    plain_cost = float(left @ model.daily_cost + model.fixed_cost.sum())
    held_days, held_cost = (_held(contingency, unit, on=plan.until) for unit in UNITS)
    return {
        "day_on": plan.until,
        "certainty": P80,
        "plain_on": plan.days(plain)[0],
        "finish_on": plan.days(finish[[last]])[0],
        "needed_days": max(round(float(days_left[last]) - plain_days, 3), 0.0),
        "needed_cost": max(float(cost[last]) - plain_cost, 0.0) if plan.known_cost else np.nan,
        "held_days": held_days,
        "held_cost": held_cost,
        "kept_days": _kept(days_left, plain_days + held_days),
        "kept_cost": _kept(cost, plain_cost + held_cost),
    }


def _held(contingency: pd.DataFrame, unit: Unit, *, on: pd.Timestamp) -> float:
    """Set aside less drawn by the end of a day; NaN where nothing tells."""
    Contingency.require(contingency, "changed_on", f"added_{unit}", f"drawn_{unit}")
    known = (contingency["changed_on"] <= on).to_numpy()
    added, drawn = (contingency[f"{way}_{unit}"].to_numpy()[known] for way in ("added", "drawn"))
    changes = np.concatenate([added, -drawn])
    return float(np.nansum(changes)) if not np.isnan(changes).all() else np.nan


def _kept(futures: np.ndarray, limit: float) -> float:
    unknown = np.isnan(limit) or np.isnan(futures).any()
    return np.nan if unknown else float((futures <= limit + SAME).mean())


def cover(reserve: DataFrame[Reserve], contingency: DataFrame[Contingency]) -> DataFrame[Cover]:
    """Whether the contingency covers what is still needed, and until when it will.

    Parameters
    ----------
    reserve
        Reads all columns.
    contingency
        Reads ``changed_on``, ``added_days``, ``drawn_days``, ``added_cost``, ``drawn_cost``.

    Returns
    -------
    Cover
        One row for time and one for money, where something is held and the need is known.

    Notes
    -----
    What is held less what is needed is drawn as a straight line through the days of ``reserve``
    (least squares), as if all that was set aside had been there from the first; where it falls
    to 0 the contingency is used up, unless the work is finished by then. So it goes if drawing
    and need go on as they did and nothing is added: a warning, no forecast.
    """
    Reserve.require(reserve, *Reserve.declared())
    Contingency.require(contingency, "changed_on")
    Contingency.require(contingency, "added_days", "drawn_days", "added_cost", "drawn_cost")
    rows = [
        _covered(reserve, contingency, unit)
        for unit in UNITS
        if len(reserve) and reserve[[f"held_{unit}", f"needed_{unit}"]].iloc[-1].notna().all()
    ]
    return Cover.validate(pd.DataFrame(rows) if rows else Cover.empty())


def _covered(reserve: pd.DataFrame, contingency: pd.DataFrame, unit: Unit) -> dict[str, object]:
    last = reserve.iloc[-1]
    gap = reserve[f"held_{unit}"] - reserve[f"needed_{unit}"]
    first = reserve["day_on"].iloc[0]
    since = contingency["changed_on"].between(first, last["day_on"], "right")
    short = gap.isna() | (gap >= -SAME)
    begin = reserve.index[short][-1] + 1 if short.any() else reserve.index[0]
    until = _until(reserve["day_on"], gap + _added_after(contingency, unit, reserve["day_on"]))
    spare = round(float(gap.iloc[-1]), 3)
    return {
        "of": UNITS[unit],
        "day_on": last["day_on"],
        "held": last[f"held_{unit}"],
        "needed": last[f"needed_{unit}"],
        "spare": spare,
        "kept": last[f"kept_{unit}"],
        "drawn": contingency.loc[since, f"drawn_{unit}"].sum(),
        "drawn_since": first,
        "short_since": reserve.loc[begin, "day_on"] if spare < -SAME else pd.NaT,
        "enough_until": until if spare >= -SAME and until < last["finish_on"] else pd.NaT,
        "finish_on": last["finish_on"],
    }


def _added_after(contingency: pd.DataFrame, unit: Unit, days: pd.Series) -> np.ndarray:
    """What was set aside after each of `days`, up to the last of them."""
    changed_on, each = contingency["changed_on"].to_numpy(), days.to_numpy()[:, None]
    added = contingency[f"added_{unit}"].fillna(0.0).to_numpy()
    later: np.ndarray = (changed_on > each) & (changed_on <= each[-1])
    return later @ added


def _until(days: pd.Series, gap: pd.Series) -> pd.Timestamp:
    """Day on which a straight line through `gap` falls to 0; NaT if it does not fall."""
    known = gap.notna()
    if known.sum() < 2:
        return pd.NaT
    since = (days[known] - days.iloc[-1]).dt.days.to_numpy(dtype=float)
    slope, _ = np.polyfit(since, gap[known].to_numpy(dtype=float), 1)
    left = float(gap.iloc[-1]) / -slope if slope < 0 else np.inf
    return days.iloc[-1] + int(left) * DAY if 0 <= left <= FURTHEST_DAYS else pd.NaT
