"""How far a simulated finish can be trusted: what it assumes, leaves out, and how settled it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule_risk.futures import SEED, check, outlook
from tpm_analytics.metrics.schedule_risk.futures import trials as simulated
from tpm_analytics.metrics.schedule_risk.laws import TEAM_CORRELATION, correlated, with_law
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan
from tpm_analytics.models import sampling
from tpm_analytics.models import schedule_risk as model
from tpm_analytics.results.schedule_risk import (
    Assumptions,
    Convergence,
    Ranges,
    Ratios,
    Together,
    Trials,
)

ASSUMED_TRIALS = 2_000
# Futures after which the answer is looked at again: each step doubles them or so
STEPS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000)
P80 = 1
USUAL = "nothing: the law of PERT, each team together"


def ranges(plan: UncertainPlan) -> DataFrame[Ranges]:
    """How many of the activities left have a range, and how much of the work is taken as certain.

    Parameters
    ----------
    plan
        As `schedule_risk.uncertain_plan` makes it.

    Returns
    -------
    Ranges
        One row; none where nothing is left to do. The borrowed range is that of the activities
        that have one, in the middle, against the likely duration; NA where none has.
    """
    going = plan.open[plan.schedule.left[plan.open, 0] > 0]
    if not len(going):
        return Ranges.validate(Ranges.empty())
    table = plan.schedule.activities.iloc[:-1]
    points = table[["optimistic_days", "pessimistic_days"]]
    shares = points.div(table["duration_days"].where(table["duration_days"] > 0), axis=0).dropna()
    certain = _certain(plan)
    left = plan.schedule.left[:, 0]
    row = {
        "activities": len(going),
        "certain": len(certain),
        "days_left": left[going].sum(),
        "certain_days": left[certain].sum(),
        "borrowed_low": shares["optimistic_days"].median(),
        "borrowed_high": shares["pessimistic_days"].median(),
    }
    return Ranges.validate(pd.DataFrame([row]))


def _certain(plan: UncertainPlan) -> np.ndarray:
    """Positions of activities with work left and a point of their range missing."""
    points = plan.schedule.activities[["optimistic_days", "pessimistic_days"]]
    missing = points.isna().any(axis=1).to_numpy()
    return plan.open[missing[plan.open] & (plan.schedule.left[plan.open, 0] > 0)]


def with_borrowed_ranges(plan: UncertainPlan) -> UncertainPlan:
    """Give activities without a range that of the others, against their likely durations."""
    told = ranges(plan)
    certain = _certain(plan)
    if not len(certain) or told["borrowed_low"].isna().all():
        return plan
    now, left = plan.model.durations, plan.schedule.left[:, 0]
    low, likely, high = now.low.copy(), now.likely.copy(), now.high.copy()
    likely[certain] = left[certain]
    low[certain] = left[certain] * min(told["borrowed_low"].iloc[0], 1.0)
    high[certain] = left[certain] * max(told["borrowed_high"].iloc[0], 1.0)
    family = now.family.copy()
    family[certain] = np.where(high[certain] > low[certain], sampling.PERT, sampling.FIXED)
    laws = replace(now, family=family, low=low, likely=likely, high=high)
    return replace(plan, model=replace(plan.model, durations=laws))


def assumptions(
    plan: UncertainPlan,
    ratios: DataFrame[Ratios],
    *,
    correlation: float = TEAM_CORRELATION,
    trials: int = ASSUMED_TRIALS,
    seed: int = SEED,
) -> DataFrame[Assumptions]:
    """What the finish would be if one thing were assumed otherwise.

    Parameters
    ----------
    plan
        As `schedule_risk.uncertain_plan` makes it, without correlation.
    ratios
        What finished activities took. Reads ``team``, ``kind``, ``ratio``.
    correlation
        As in `schedule_risk.correlated`.
    trials, seed
        As in `schedule_risk.trials`; fewer do, because all meet the same luck.

    Returns
    -------
    Assumptions
        One row per assumption that can be made here, the usual ones first: the law of PERT,
        correlation within each team, risks as the register has them, work without a range taken
        as certain. ``moved_days`` are working days of the P80 against the first row.
    """
    check(trials, seed)
    if not len(plan.open):
        return Assumptions.validate(Assumptions.empty())
    usual = correlated(plan, correlation=correlation)
    others: dict[str, UncertainPlan | None] = {
        USUAL: usual,
        "a triangular law": with_law(usual, "triangular"),
        "a lognormal law: 1 of 10 takes longer than the pessimistic": _lognormal(usual),
        "as the finished work went": with_law(usual, "learned", ratios=ratios),
        "each activity by its own luck": plan,
        "all teams early or late together": correlated(
            plan, correlation=correlation, shared=correlation
        ),
        "a range for work that has none": with_borrowed_ranges(usual),
        "none of the risks": replace(usual, model=replace(usual.model, risks=model.NO_RISKS)),
    }
    told = {
        assumption: outlook(simulated(other, trials=trials, seed=seed))
        for assumption, other in others.items()
        if other is not None and (other is not usual or assumption == USUAL)
    }
    p80 = told[USUAL]["days_left"].iloc[P80]
    rows = [
        {
            "assumption": assumption,
            **dict(zip(("p50_on", "p80_on", "p95_on"), days["finish_on"], strict=True)),
            "moved_days": round(days["days_left"].iloc[P80] - p80, 3),
        }
        for assumption, days in told.items()
    ]
    return Assumptions.validate(pd.DataFrame(rows))


def _lognormal(plan: UncertainPlan) -> UncertainPlan | None:
    """Lognormal durations, or None where an optimistic duration is 0."""
    now = plan.model.durations
    spread = np.isin(now.family, [sampling.PERT, sampling.TRIANGULAR])
    return None if (now.low[spread] <= 0).any() else with_law(plan, "lognormal")


def convergence(trials: DataFrame[Trials]) -> DataFrame[Convergence]:
    """What the first futures alone would have told, and more and more of them.

    Parameters
    ----------
    trials
        Reads all columns.

    Returns
    -------
    Convergence
        One row per number of futures, the last one that of all. ``days_low`` and ``days_high``
        are what 95 of 100 other seeds would tell of the 80 % confidence.
    """
    Trials.require(trials, *Trials.declared())
    rows = []
    for number in [*(step for step in STEPS if step < len(trials)), len(trials)]:
        told = outlook(trials.head(number))
        if told.empty:
            continue
        row = told.iloc[P80]
        rows.append(
            {
                "trials": number,
                "certainty": row["certainty"],
                "finish_on": row["finish_on"],
                "finish_low_on": row["finish_low_on"],
                "finish_high_on": row["finish_high_on"],
                "days_left": row["days_left"],
                "cost": row["cost"],
            }
        )
    return Convergence.validate(pd.DataFrame(rows) if rows else Convergence.empty())


def together(trials: DataFrame[Trials]) -> DataFrame[Together]:
    """How often the day and the cost of each certainty are kept both.

    Parameters
    ----------
    trials
        Reads all columns.

    Returns
    -------
    Together
        One row for 50, 80 and 95 of 100 futures; none where no cost is known.
    """
    Trials.require(trials, *Trials.declared())
    if trials.empty or trials["cost"].isna().any():
        return Together.validate(Together.empty())
    told = outlook(trials)
    both = [
        ((trials["finish_on"] <= row.finish_on) & (trials["cost"] <= row.cost)).mean()
        for row in told.itertuples()
    ]
    return Together.validate(told.assign(both=both))
