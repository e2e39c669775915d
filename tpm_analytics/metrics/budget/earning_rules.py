"""Earned value out of the work itself: points finished, or milestones reached."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError, check_choice
from tpm_analytics.metrics.budget.amounts import Given, per_period
from tpm_analytics.metrics.budget.earned import running_totals, standing
from tpm_analytics.metrics.budget.periods import arranged
from tpm_analytics.models import earned_value as model
from tpm_analytics.program.tables import Budget, Items, Milestones
from tpm_analytics.results.budget import Rules

Rule = Literal["budget", "points", "milestones"]

MEANINGS: dict[Rule, str] = {
    "budget": "what the budget table says",
    "points": "points of finished items, of all points there are",
    "milestones": "milestones reached, by their weights",
}


def measured(
    budget: DataFrame[Budget],
    items: DataFrame[Items],
    milestones: DataFrame[Milestones],
    *,
    rule: Rule = "budget",
    given: Given = "checked",
) -> DataFrame[Budget]:
    """Budget in single periods, with earned value measured by a rule.

    Parameters
    ----------
    budget
        Reads all columns of `Budget`.
    items
        Leaves: items that hold no others. Reads ``points``, ``finished_on``.
    milestones
        Reads ``milestone_id``, ``done_on``, ``weight``.
    rule
        ``"budget"``: as the table says. ``"points"`` or ``"milestones"``: see Notes.
    given
        What the amounts are; see `per_period`.

    Returns
    -------
    Budget
        By the rule ``"budget"`` the rows of `per_period`; by the others one row per period of
        the whole program, for no source tells which workstream an item belongs to. Earned value
        is NA where there are no points or no milestones. Items without points are left out.

    Raises
    ------
    InvalidTableError, ParameterError
        See `per_period`; for an unknown rule, and where only some milestones have a weight.

    Notes
    -----
    ``EV = BAC x points finished / points there are`` [1]_: of all items known on the day the
    program is seen from, so that added scope lowers the share done, as it does in truth. Or
    ``EV = BAC x weight of milestones reached / weight of all``; without any weights each counts
    the same. A milestone earns nothing before it is reached: there is no 80 % of one. Work done
    before the first period counts in it, work after the last in the last.

    References
    ----------
    .. [1] T. Sulaiman, B. Barton, T. Blackburn, "AgileEVM - Earned Value Management in Scrum
       Projects", Agile Conference, 2006.
    """
    check_choice("rule", rule, MEANINGS)
    return _by_rule(rule, per_period(budget, given=given), items, milestones)


def _by_rule(
    rule: Rule, amounts: DataFrame[Budget], items: pd.DataFrame, milestones: pd.DataFrame
) -> DataFrame[Budget]:
    """Checked amounts of single periods, with earned value measured by a rule."""
    if rule == "budget" or not amounts["planned_value"].notna().any():
        return amounts
    periods = arranged(amounts.assign(earned_value=np.nan), None)
    whole = periods.whole
    weight, done_on = _points(items) if rule == "points" else _weights(milestones)
    planned = whole.planned[0]
    done = done_on.notna().to_numpy()
    place = np.searchsorted(periods.starts, done_on[done].to_numpy(), "right") - 1
    gained = np.zeros(len(planned))
    np.add.at(gained, np.clip(place, 0, len(planned) - 1), weight[done].to_numpy())
    return Budget.validate(
        pd.DataFrame(
            {
                "workstream": pd.Series(list(whole.names) * len(planned), dtype="category"),
                "period_on": periods.starts,
                "planned_value": planned,
                "earned_value": model.ratio(gained * planned.sum(), float(weight.sum())),
                "actual_cost": whole.cost[0],
            }
        )
    )


def _points(items: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    Items.require(items, "points", "finished_on")
    sized = items.dropna(subset="points")
    return sized["points"], sized["finished_on"]


def _weights(milestones: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    Milestones.require(milestones, "milestone_id", "done_on", "weight")
    weight = milestones["weight"]
    if weight.notna().any() and weight.isna().any():
        without = milestones.loc[weight.isna(), "milestone_id"].head(5)
        raise ParameterError(
            f"Some milestones have a weight and others do not: {', '.join(without)}.",
            hint="give every milestone a weight, 0 where it earns nothing, or none of them",
        )
    return weight.fillna(1.0), milestones["done_on"]


def rules(
    budget: DataFrame[Budget],
    items: DataFrame[Items],
    milestones: DataFrame[Milestones],
    *,
    until: pd.Timestamp,
    given: Given = "checked",
) -> DataFrame[Rules]:
    """How far the program is by each way of measuring what was earned.

    Parameters
    ----------
    budget, items, milestones, given
        See `measured`.
    until
        Day the program is seen from.

    Returns
    -------
    Rules
        One row per rule by which anything can be measured. Ways that differ by much say that
        money and work do not tell of the same thing.
    """
    amounts = per_period(budget, given=given)
    rows = []
    for rule, meaning in MEANINGS.items():
        earned = running_totals(_by_rule(rule, amounts, items, milestones), until=until)
        rows.append(standing(earned).assign(rule=rule, meaning=meaning))
    every = pd.concat(rows, ignore_index=True)
    return Rules.validate(every[every["earned_value"].notna()].reset_index(drop=True))
