"""How fast money is spent, how long it lasts, on what, and what each unit earned costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.budget.amounts import Given, per_period
from tpm_analytics.metrics.budget.periods import day_after
from tpm_analytics.models import earned_value as model
from tpm_analytics.program.tables import Budget
from tpm_analytics.results.budget import (
    BurnRate,
    EarnedValue,
    Efficiency,
    Labour,
    Runway,
    SpentOn,
    Standing,
)
from tpm_analytics.results.resources import Costs

# A year of months: older spending says little about what comes
REMEMBERED_PERIODS = 12
# A level of fewer periods may be one invoice
SHORTEST_LEVEL = 3
# A change by less is no news, however clear
NOTABLE_CHANGE = 0.05


def burn_rate(earned: DataFrame[EarnedValue], *, last: int = 3) -> DataFrame[BurnRate]:
    """Money spent in each period, and the mean of the last few.

    Parameters
    ----------
    earned
        Reads ``workstream``, ``period_on``, ``ends_on``, ``planned_value``, ``actual_cost``.
    last
        Periods of the mean.

    Returns
    -------
    BurnRate
        One row per workstream and period told. The mean is NA in the first periods.

    Raises
    ------
    ParameterError
        If `last` is below 1.

    Examples
    --------
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01"]).as_unit("us")
    >>> earned = EarnedValue.empty().reindex(range(2)).assign(
    ...     workstream="Core", period_on=months, ends_on=months,
    ...     planned_value=[10.0, 20.0], actual_cost=[12.0, 30.0],
    ... )
    >>> burn_rate(earned, last=2)["burn_rate"].tolist()
    [nan, 15.0]
    """
    EarnedValue.require(earned, "workstream", "period_on", "ends_on")
    EarnedValue.require(earned, "planned_value", "actual_cost")
    if last < 1:
        raise ParameterError(f"last={last} is no number of periods.", hint="use 3, say")
    streams = earned.groupby("workstream", sort=False)
    steps = streams[["planned_value", "actual_cost"]].diff()
    steps = steps.fillna(earned[["planned_value", "actual_cost"]])
    told = earned.assign(
        cost=steps["actual_cost"].where(earned["actual_cost"].notna()),
        planned=steps["planned_value"],
    )
    told = told.assign(
        burn_rate=told.groupby("workstream", sort=False)["cost"].transform(
            lambda cost: cost.rolling(last).mean()
        )
    )
    return BurnRate.validate(told[told["cost"].notna()].reset_index(drop=True))


def runway(burn: DataFrame[BurnRate], standing: DataFrame[Standing]) -> DataFrame[Runway]:
    """How long what is left of the budget lasts at the burn rate of late.

    Parameters
    ----------
    burn
        Reads all columns of `BurnRate`.
    standing
        Of the same workstreams or program. Reads ``workstream``, ``state``,
        ``budget_at_completion``, ``actual_cost``, ``ends_on``, ``finish_on``.

    Returns
    -------
    Runway
        One row per workstream that is not finished and whose cost is known. Periods are NA where
        nothing was spent of late.

    Notes
    -----
    ``runway = (BAC - AC) / burn rate``, 0 where the budget is spent. The range takes the fastest
    and the slowest burn rate of the last year of periods. The burn rate of a program that winds
    down overstates what comes, so this is a warning and no forecast: the estimate at completion
    is one.
    """
    BurnRate.require(burn, *BurnRate.declared())
    Standing.require(standing, "workstream", "state", "budget_at_completion")
    Standing.require(standing, "actual_cost", "ends_on", "finish_on")
    going = standing[(standing["state"] != "finished") & standing["actual_cost"].notna()]
    if going.empty:
        return Runway.validate(Runway.empty())
    streams = dict(list(burn.groupby("workstream", sort=False)))
    return Runway.validate(
        pd.DataFrame([_runway(one, streams[one["workstream"]]) for _, one in going.iterrows()])
    )


def _runway(one: pd.Series, burnt: pd.DataFrame) -> dict[str, object]:
    left = one["budget_at_completion"] - one["actual_cost"]
    rates = burnt["burn_rate"].tail(REMEMBERED_PERIODS).dropna()
    rate = float(rates.iloc[-1]) if len(rates) else np.nan
    money = max(left, 0.0)
    periods, shortest, longest = (
        float(model.ratio(money, speed))
        for speed in (rate, rates.max() if len(rates) else np.nan, rates[rates > 0].min())
    )
    spent_on = day_after(burnt, len(burnt) + periods)
    finish_on = one["finish_on"]
    unknown = pd.isna(finish_on) or pd.isna(spent_on)
    return {
        "workstream": one["workstream"],
        "ends_on": one["ends_on"],
        "money_left": left,
        "burn_rate": rate,
        "runway_periods": periods,
        "shortest_periods": shortest,
        "longest_periods": longest,
        "spent_on": spent_on,
        "finish_on": finish_on,
        "lasts": pd.NA if unknown else bool(spent_on >= finish_on),
    }


def efficiency(earned: DataFrame[EarnedValue]) -> DataFrame[Efficiency]:
    """What each 1.00 earned costs, and since when that is clearly more or less than before.

    Parameters
    ----------
    earned
        By workstream. Reads ``workstream``, ``period_on``, ``earned_value``, ``actual_cost``.

    Returns
    -------
    Efficiency
        One row per workstream that has earned anything, the most spent beyond what was earned
        since the change first. What was before and since is NA where nothing changed.

    Notes
    -----
    The mean over a long program hides what went wrong of late. The change is the split of the
    periods, at least three on each side, that leaves the least variance of cost per earned,
    weighted by what was earned. It counts if the two levels differ by more than four standard
    errors, and by more than 5 %. Periods in which nothing was earned hand their cost on to the
    next that earned something.
    """
    EarnedValue.require(earned, "workstream", "period_on", "earned_value", "actual_cost")
    known = earned.dropna(subset=["earned_value", "actual_cost"])
    found = [_efficiency(rows) for _, rows in known.groupby("workstream", sort=False)]
    told = [row for row in found if row is not None]
    if not told:
        return Efficiency.validate(Efficiency.empty())
    return Efficiency.validate(
        pd.DataFrame(told).sort_values(
            ["cost_since", "cost_per_earned"], ascending=False, ignore_index=True
        )
    )


def _efficiency(rows: pd.DataFrame) -> dict[str, object] | None:
    earning = rows[rows["earned_value"].diff().fillna(rows["earned_value"]) > 0]
    if earning.empty:
        return None
    gained = np.diff(earning["earned_value"].to_numpy(), prepend=0.0)
    spent = np.diff(earning["actual_cost"].to_numpy(), prepend=0.0)
    split = model.last_change(spent / gained, gained, SHORTEST_LEVEL)
    told = {
        "workstream": rows["workstream"].iloc[0],
        "cost_per_earned": spent.sum() / gained.sum(),
        "changed": False,
        "since_on": pd.NaT,
        "before": np.nan,
        "since": np.nan,
        "cost_since": np.nan,
    }
    if split is None:
        return told
    before = spent[:split].sum() / gained[:split].sum()
    since = spent[split:].sum() / gained[split:].sum()
    if abs(since - before) <= NOTABLE_CHANGE * before:
        return told
    return {
        **told,
        "changed": True,
        "since_on": earning["period_on"].iloc[split],
        "before": before,
        "since": since,
        "cost_since": spent[split:].sum() - gained[split:].sum(),
    }


def spent_on(
    budget: DataFrame[Budget],
    labour: DataFrame[Costs],
    *,
    until: pd.Timestamp,
    given: Given = "checked",
) -> DataFrame[SpentOn]:
    """What each workstream was to cost and did cost by now, and what of it the people account for.

    Parameters
    ----------
    budget
        Reads all columns of `Budget`; workstreams without planned value count here too.
    labour
        Cost of the time promised, by period and workstream: people by their allocations. May be
        empty. Reads ``period_on``, ``workstream``, ``cost``, ``unpriced_hours``.
    until
        Day the program is seen from; periods that begin later are left out.
    given
        What the amounts are; see `per_period`.

    Returns
    -------
    SpentOn
        One row per workstream of the budget, the most spent first. Time promised to others is
        left out.

    Notes
    -----
    Labour counts from the first period of the budget to the last with a known cost, so that both
    cover the same time. It is promised time at the rate of each person: what the plan for people
    costs, not what was booked. A labour share far from what is usual says that people and money
    do not tell of the same work.
    """
    Costs.require(labour, "period_on", "workstream", "cost", "unpriced_hours")
    amounts = per_period(budget, given=given).astype({"workstream": "str"})
    told = amounts[(amounts["period_on"] <= until) & amounts["actual_cost"].notna()]
    sums = amounts.groupby("workstream")["planned_value"].sum(min_count=1)
    cost = told.groupby("workstream")["actual_cost"].sum(min_count=1)
    planned = told.groupby("workstream")["planned_value"].sum(min_count=1)
    both = labour["period_on"].between(amounts["period_on"].min(), told["period_on"].max())
    people = labour[both].astype({"workstream": "str"}).groupby("workstream")
    rows = pd.DataFrame(
        {
            "budget_at_completion": sums,
            "planned_value": planned,
            "actual_cost": cost,
            "labour_cost": people["cost"].sum(min_count=1),
            "unpriced_hours": people["unpriced_hours"].sum(),
        }
    ).rename_axis("workstream")
    rows = rows.loc[sums.index]
    shares = {
        "share_of_cost": model.ratio(rows["actual_cost"], rows["actual_cost"].sum()),
        "labour_share": model.ratio(rows["labour_cost"], rows["actual_cost"]),
    }
    spent = rows.assign(**shares).reset_index()
    return SpentOn.validate(
        spent.sort_values(["actual_cost", "workstream"], ascending=[False, True], ignore_index=True)
    )


def labour(spent: DataFrame[SpentOn]) -> DataFrame[Labour]:
    """What people cost in all, against what was spent on the same workstreams.

    Parameters
    ----------
    spent
        Reads ``actual_cost``, ``labour_cost``.

    Returns
    -------
    Labour
        One row; none where of no workstream both are known.
    """
    SpentOn.require(spent, "actual_cost", "labour_cost")
    both = spent.dropna(subset=["actual_cost", "labour_cost"])
    if both.empty:
        return Labour.validate(Labour.empty())
    people, cost = both["labour_cost"].sum(), both["actual_cost"].sum()
    row = {
        "workstreams": len(both),
        "labour_cost": people,
        "actual_cost": cost,
        "labour_share": float(model.ratio(people, cost)),
    }
    return Labour.validate(pd.DataFrame([row]))


def counted_span(
    earned: DataFrame[EarnedValue], *, until: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day that `earned` tells of, for options named ``during``.

    Reads ``period_on``, ``ends_on``, ``actual_cost``. `until` twice where nothing is told.
    """
    EarnedValue.require(earned, "period_on", "ends_on", "actual_cost")
    told = earned.dropna(subset="actual_cost")
    if told.empty:
        return until, until
    return told["period_on"].iloc[0], told["ends_on"].iloc[-1]
