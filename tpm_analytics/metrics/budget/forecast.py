"""What it will cost and when it will be done, with ranges learned from the program's own past."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.budget.past import COST_METHODS, FINISH_METHODS, ranges_of, rests_of
from tpm_analytics.metrics.budget.periods import day_after, position
from tpm_analytics.models import earned_value as model
from tpm_analytics.results.budget import (
    CostEstimates,
    EarnedValue,
    Fan,
    FinishEstimates,
    PastEstimates,
)


def cost_estimates(
    earned: DataFrame[EarnedValue], past: DataFrame[PastEstimates]
) -> DataFrame[CostEstimates]:
    """What it will cost in all by each method, with the range that the past suggests.

    Parameters
    ----------
    earned
        Of the program or by workstream. Reads all columns of `EarnedValue`.
    past
        Of the same program, see `past_estimates`.

    Returns
    -------
    CostEstimates
        One row per workstream and method. The range is NA where fewer than `FEWEST_PAST` past
        estimates are near, and where all is earned.

    Notes
    -----
    ``EAC = AC + (BAC - EV) / PF`` with a performance factor ``PF`` by method [1]_. The range is
    ``AC`` plus the rest times the 10th and the 90th percentile (nearest rank) of what past rests
    came to, of estimates by the same method made when a share of the work was done that is at
    most 10 points from today's. Past estimates are of single workstreams; ups and downs of a
    whole program offset one another in part, so its range errs on the wide side. Estimates of
    neighbouring periods share most of their figures: many of one workstream say less than as
    many of several.

    References
    ----------
    .. [1] D. Christensen, "The Estimate at Completion Problem", Project Management Journal, 1993.
    """
    EarnedValue.require(earned, *EarnedValue.declared())
    PastEstimates.require(past, *PastEstimates.declared())
    last = _last(earned)
    if last.empty:
        return CostEstimates.validate(CostEstimates.empty())
    at = position(last, last["budget_at_completion"].to_numpy())
    streams = dict(list(earned.groupby("workstream", sort=False)))
    rests = [
        rests_of(
            last.iloc[[place]], position(last.iloc[[place]], at.budget[[place]]), streams[name]
        )
        for place, name in enumerate(last["workstream"])
    ]
    tables = []
    for method, meaning in COST_METHODS.items():
        rest = np.array([float(found[method][0]) for found in rests])
        came_to = ranges_of(past, "cost", method, last["share_done"])
        tables.append(
            pd.DataFrame(
                {
                    **last[["workstream", "budget_at_completion"]],
                    "method": method,
                    "meaning": meaning,
                    "estimate_at_completion": at.cost + rest,
                    "estimate_to_complete": rest,
                    "variance_at_completion": at.budget - at.cost - rest,
                    "over_share": model.ratio(at.cost + rest - at.budget, at.budget),
                    **_ranged(at, rest, came_to),
                    **came_to[["past_estimates", "past_workstreams", "past_error"]],
                }
            )
        )
    return CostEstimates.validate(_by_workstream(tables, last))


def _ranged(
    at: model.Position, rest: np.ndarray, came_to: pd.DataFrame
) -> dict[str, np.ndarray | pd.Series]:
    """Ranges of what will be spent in all, of what is still to be spent, and of what is left."""
    low, high = rest * came_to["low"], rest * came_to["high"]
    return {
        "low": at.cost + low,
        "high": at.cost + high,
        "rest_low": low,
        "rest_high": high,
        "left_low": at.budget - at.cost - high,
        "left_high": at.budget - at.cost - low,
    }


def finish_estimates(
    earned: DataFrame[EarnedValue], past: DataFrame[PastEstimates]
) -> DataFrame[FinishEstimates]:
    """When all will be earned by each method, with the range that the past suggests.

    Parameters
    ----------
    earned
        Of the program or by workstream. Reads all columns of `EarnedValue`.
    past
        Of the same program, see `past_estimates`.

    Returns
    -------
    FinishEstimates
        One row per workstream and method. A day is NA where the finish is not in sight: further
        off than ten times the plan. The range is NA where too few past estimates are near, where
        the method foresees no rest though there is one, and where all is earned.

    Notes
    -----
    See `models.earned_value.finish_estimates` for the formulas. The methods in money (``pv``,
    ``ed``) go wrong late in a project, when planned value has reached its end and ``SPI`` drifts
    to 1 whatever the delay; those by earned schedule do not.
    """
    EarnedValue.require(earned, *EarnedValue.declared())
    PastEstimates.require(past, *PastEstimates.declared())
    last = _last(earned)
    last = last[last["earned_value"].notna()].reset_index(drop=True)
    if last.empty:
        return FinishEstimates.validate(FinishEstimates.empty())
    streams = dict(list(earned.groupby("workstream", sort=False)))
    rows = [streams[name] for name in last["workstream"]]
    finished = np.array([_finished_after(own) or np.nan for own in rows], dtype=float)
    elapsed = last["period"].to_numpy(dtype=float)
    planned = last["planned_periods"].to_numpy(dtype=float)
    progress = model.Progress(elapsed, last["earned_schedule"].to_numpy(), planned)
    at = position(last, last["budget_at_completion"].to_numpy())
    plan = pd.Series([day_after(own, one) for own, one in zip(rows, planned, strict=True)])
    tables = []
    for method, periods in model.finish_estimates(at, progress).items():
        told = np.where(np.isnan(finished), periods, finished)
        rest = np.where((periods > elapsed) & np.isnan(finished), periods - elapsed, np.nan)
        came_to = ranges_of(past, "time", method, last["share_done"])
        days = {
            "finish_on": told,
            "low_on": elapsed + rest * came_to["low"].to_numpy(),
            "high_on": elapsed + rest * came_to["high"].to_numpy(),
        }
        found = {
            name: pd.Series([day_after(own, one) for own, one in zip(rows, counts, strict=True)])
            for name, counts in days.items()
        }
        tables.append(
            pd.DataFrame(
                {
                    **last[["workstream", "planned_periods"]],
                    "method": method,
                    "meaning": FINISH_METHODS[method],
                    "periods": told,
                    "planned_finish_on": plan,
                    **found,
                    "late_days": (found["finish_on"] - plan).dt.days,
                    **came_to[["past_estimates", "past_workstreams", "past_error"]],
                }
            )
        )
    return FinishEstimates.validate(_by_workstream(tables, last))


def _finished_after(rows: pd.DataFrame) -> int | None:
    budget = float(rows["budget_at_completion"].iloc[0])
    return model.finished_after(rows["earned_value"].to_numpy(), budget)


def _last(earned: pd.DataFrame) -> pd.DataFrame:
    """Last row of each workstream for which anything is told."""
    known = earned[earned["earned_value"].notna() | earned["actual_cost"].notna()]
    return known.groupby("workstream", sort=False).tail(1).reset_index(drop=True)


def _by_workstream(tables: list[pd.DataFrame], last: pd.DataFrame) -> pd.DataFrame:
    """All methods of one workstream together, in the order the workstreams had."""
    order = pd.Series(range(len(last)), index=last["workstream"])
    every = pd.concat(tables, ignore_index=True)
    return every.sort_values(
        "workstream", key=lambda names: names.map(order), kind="stable"
    ).reset_index(drop=True)


def fan(
    earned: DataFrame[EarnedValue],
    costs: DataFrame[CostEstimates],
    finishes: DataFrame[FinishEstimates],
) -> DataFrame[Fan]:
    """From the cost so far to the cost at the finish, as efficient and as fast as so far.

    Parameters
    ----------
    earned
        Of the program. Reads ``ends_on``, ``actual_cost``.
    costs, finishes
        Of the program. Read ``method``, the estimate, its range, and ``finish_on``.

    Returns
    -------
    Fan
        Two rows; none where the finish or its cost is unknown or reached already. The range is
        NA where the past tells too little.
    """
    EarnedValue.require(earned, "ends_on", "actual_cost")
    CostEstimates.require(costs, "method", "estimate_at_completion", "low", "high")
    FinishEstimates.require(finishes, "method", "finish_on")
    known = earned.dropna(subset="actual_cost").tail(1)
    cost = costs[costs["method"] == "cpi"].dropna(subset="estimate_at_completion")
    finish = finishes[finishes["method"] == "es2"].dropna(subset="finish_on")
    ahead = len(finish) and len(known) and finish["finish_on"].iloc[0] > known["ends_on"].iloc[0]
    if cost.empty or not ahead:
        return Fan.validate(Fan.empty())
    spent = known["actual_cost"].iloc[0]
    at_finish = cost.iloc[0]
    return Fan.validate(
        pd.DataFrame(
            {
                "day_on": [known["ends_on"].iloc[0], finish["finish_on"].iloc[0]],
                "likely": [spent, at_finish["estimate_at_completion"]],
                "low": [spent, at_finish["low"]],
                "high": [spent, at_finish["high"]],
            }
        )
    )
