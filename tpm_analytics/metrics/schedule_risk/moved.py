"""What moved the simulated finish since an earlier day."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.schedule.critical_path import days_off
from tpm_analytics.metrics.schedule_risk.futures import SEED, check
from tpm_analytics.metrics.schedule_risk.laws import correlated
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan, strikes, uncertain_plan
from tpm_analytics.models import ranks
from tpm_analytics.models import schedule_risk as model
from tpm_analytics.program.keys import among
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Activities
from tpm_analytics.results.schedule_risk import MovedFinish

MOVED_TRIALS = 1_000
P80 = 0.8
ESTIMATES = ["duration_days", "optimistic_days", "pessimistic_days", "start_no_earlier_on", "team"]
PROGRESS = ["actual_start_on", "actual_finish_on", "percent_complete"]
LINK = ["from_id", "to_id", "kind", "lag_days"]
RISK = ["risk_id", "status", "probability", "impact_days", "affects_id", "closed_on"]
Causes = frozenset[str]
REACHED = ["milestone_id", "activity_id", "done_on"]


def moved_finish(
    before: Program,
    now: Program,
    *,
    trials: int = MOVED_TRIALS,
    seed: int = SEED,
    correlation: float = 0.0,
) -> DataFrame[MovedFinish]:
    """What moved the P80 finish between two days, cause by cause.

    Parameters
    ----------
    before, now
        The program as known on an earlier day and on a later one. Reads ``activities``,
        ``links``, ``risks``, ``milestones``, ``people``, ``absences``.
    trials, seed
        As in `schedule_risk.trials`.
    correlation
        As in `schedule_risk.correlated`.

    Returns
    -------
    MovedFinish
        One row per cause, the largest first: time passed and work done, scope (activities added
        or dropped), estimates, dependencies, calendars, risks. No row where one of the two days
        has nothing left to do.

    Raises
    ------
    ParameterError
        If `before` is seen from a later day than `now`.

    Notes
    -----
    Causes are exchanged one by one, in every order, and each gets the mean of what it moved (the
    Shapley value [1]_): the only way of sharing that adds up to the whole and does not depend on
    an order. Working days are the weekdays on which any team with work left works now, holidays
    too. A cause that did not change moved nothing. What a source keeps no history of, such as its
    links, does not move in the past; compare two programs loaded on two days to see that.

    References
    ----------
    .. [1] L. Shapley, "A Value for n-Person Games", 1953.
    """
    check(trials, seed)
    if before.as_of > now.as_of:
        raise ParameterError(
            f"before is seen from {before.as_of:%Y-%m-%d}, later than now ({now.as_of:%Y-%m-%d}).",
            hint="give the earlier program first",
        )
    changed = _changed(before, now)
    plans = _plans(before, now, changed)
    whole: Causes = frozenset(changed)
    if not (len(plans[frozenset()].open) and len(plans[whole].open)):
        return MovedFinish.validate(MovedFinish.empty())
    worth = {
        group: _p80(correlated(plan, correlation=correlation), trials, seed)
        for group, plan in plans.items()
    }
    moved = {cause: 0.0 for cause in _CAUSES} | _shapley(changed, worth, plans[whole].week)
    table = pd.DataFrame(
        {
            "cause": list(moved),
            "moved_days": list(moved.values()),
            "before_on": worth[frozenset()],
            "now_on": worth[whole],
        }
    )
    order = table["moved_days"].abs().sort_values(ascending=False, kind="stable").index
    return MovedFinish.validate(table.loc[order].reset_index(drop=True))


_CAUSES = (
    "time passed and work done",
    "scope",
    "estimates",
    "dependencies",
    "calendars",
    "risks",
)
_DONE, _SCOPE, _ESTIMATES, _LINKS, _CALENDARS, _RISKS = _CAUSES


def _changed(before: Program, now: Program) -> list[str]:
    """Causes of which anything differs."""
    old, new = before.activities, now.activities
    both = pd.Index(old["activity_id"]).intersection(pd.Index(new["activity_id"]), sort=False)
    first, second = (table.set_index("activity_id").loc[both] for table in (old, new))
    same = {
        _DONE: before.as_of == now.as_of and first[PROGRESS].equals(second[PROGRESS]),
        _SCOPE: len(both) == len(old) == len(new),
        _ESTIMATES: first[ESTIMATES].astype(object).equals(second[ESTIMATES].astype(object)),
        _LINKS: before.links[LINK].astype(object).equals(now.links[LINK].astype(object)),
        _CALENDARS: _off(before, now.as_of).equals(_off(now, now.as_of)),
        _RISKS: before.risks[RISK].astype(object).equals(now.risks[RISK].astype(object))
        and before.milestones[REACHED].equals(now.milestones[REACHED]),
    }
    return [cause for cause in _CAUSES if not same[cause]]


def _off(program: Program, until: pd.Timestamp) -> pd.DataFrame:
    return days_off(program.people, until=until, absences=program.absences)


def _shapley(
    causes: list[str], worth: Mapping[Causes, np.datetime64], week: np.ndarray
) -> dict[str, float]:
    """Mean of what each cause moves, over all orders in which they can be exchanged."""
    count = len(causes)
    moved = {}
    for cause in causes:
        others = [other for other in causes if other != cause]
        total = 0.0
        for group in _groups(others):
            weight = factorial(len(group)) * factorial(count - len(group) - 1) / factorial(count)
            first, last = worth[group], worth[group | {cause}]
            total += weight * float(np.busday_count(first, last, weekmask=week))
        moved[cause] = round(total, 3)
    return moved


def _groups(causes: list[str]) -> list[Causes]:
    sizes = range(len(causes) + 1)
    return [frozenset(group) for size in sizes for group in combinations(causes, size)]


def _p80(plan: UncertainPlan, count: int, seed: int) -> np.datetime64:
    """P80 finish, and the real one where nothing is left to do."""
    last = plan.schedule.early.finish[-1]
    if len(plan.open):
        finish, _, _ = model.outcomes(plan.model, trials=count, seed=seed)
        last = np.sort(finish)[[ranks.rank(P80, count)]]
    day: np.datetime64 = plan.days(last)[0]
    return day


def _plans(before: Program, now: Program, causes: list[str]) -> dict[Causes, UncertainPlan]:
    """The earlier program with each group of causes taken from the later one.

    What the groups have in common is made once.
    """
    tables = {one: one.activities.set_index("activity_id") for one in (before, now)}

    @cache
    def work(scope: Program, estimates: Program, done: Program) -> pd.DataFrame:
        return _activities(tables[scope], tables[estimates], tables[done])

    @cache
    def tied(links: Program, scope: Program) -> pd.DataFrame:
        keys, table = scope.activities["activity_id"], links.links
        ours = among(table["from_id"], keys) & among(table["to_id"], keys)
        return table[ours].reset_index(drop=True)

    @cache
    def struck(risks: Program, scope: Program, done: Program) -> pd.DataFrame:
        return strikes(risks.risks, work(scope, scope, done), risks.milestones)

    @cache
    def off(people: Program, seen: Program) -> pd.DataFrame:
        return _off(people, seen.as_of)

    plans = {}
    for group in _groups(causes):
        taken = {cause: now if cause in group else before for cause in _CAUSES}
        scope, done = taken[_SCOPE], taken[_DONE]
        plans[group] = uncertain_plan(
            work(scope, taken[_ESTIMATES], done),
            tied(taken[_LINKS], scope),
            struck(taken[_RISKS], scope, done),
            until=done.as_of,
            days_off=off(taken[_CALENDARS], done),
        )
    return plans


def _activities(table: pd.DataFrame, estimates: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    """Activities with the estimates and the progress that others of the same key have."""
    for other, columns in ((estimates, ESTIMATES), (done, PROGRESS)):
        if other is table:
            continue
        there = table.index.isin(other.index)
        theirs, ours = (
            one[columns].astype({"team": "str"} if "team" in columns else {})
            for one in (other.reindex(table.index), table)
        )
        table = table.assign(**{name: theirs[name].where(there, ours[name]) for name in columns})
    return Activities.validate(table.reset_index())
