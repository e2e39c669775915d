"""When the remaining work is finished and what it costs, its doubts and risks included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError, check_share
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan
from tpm_analytics.models import network, ranks
from tpm_analytics.models import schedule_risk as model
from tpm_analytics.program.tables import Milestones
from tpm_analytics.results.schedule_risk import (
    FinishCurve,
    Frontier,
    MergeBias,
    MilestoneOutlook,
    Outlook,
    Trials,
)

TRIALS, MOST_TRIALS = 10_000, 1_000_000
SEED = 1
CERTAINTIES = (0.50, 0.80, 0.95)
# Of 100 intervals told, 95 hold the true value: quantile of the normal law
WIDTH = 1.96


def trials(plan: UncertainPlan, *, trials: int = TRIALS, seed: int = SEED) -> DataFrame[Trials]:
    """Let the remaining work come true many times.

    Parameters
    ----------
    plan
        From `schedule_risk.uncertain_plan`.
    trials
        How many futures.
    seed
        The same seed gives the same futures.

    Returns
    -------
    Trials
        One row per future: the day of the last finish, and what the remaining work costs, risks
        included. No row where nothing is left to do. The cost is NA where none is known.

    Raises
    ------
    ParameterError
        If `trials` is below 1 or above a million, or `seed` is below 0.

    Notes
    -----
    Each future draws every duration from its law and lets every risk happen or not, then passes
    through the network once; see `models.schedule_risk.simulate`.

    References
    ----------
    .. [1] D. Hulett, "Integrated Cost-Schedule Risk Analysis", 2011.
    """
    check(trials, seed)
    if not len(plan.open):
        return Trials.validate(Trials.empty())
    finish, days_left, cost = ends(plan, trials, seed)
    return Trials.validate(
        pd.DataFrame(
            {
                "trial": np.arange(1, trials + 1),
                "finish_on": plan.days(finish),
                "days_left": days_left,
                "cost": cost,
                "seed": seed,
            }
        )
    )


def ends(plan: UncertainPlan, trials: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Working time at which each future ends, working days until then, and its cost."""
    finish, cost, _ = model.outcomes(plan.model, trials=trials, seed=seed)
    days_left = np.maximum(np.round(finish - plan.now, 3), 0.0)
    return finish, days_left, cost if plan.known_cost else np.full(trials, np.nan)


def outlook(trials: DataFrame[Trials]) -> DataFrame[Outlook]:
    """Days and costs that 50, 80 and 95 of 100 futures keep, and how sure these figures are.

    Parameters
    ----------
    trials
        Reads all columns.

    Returns
    -------
    Outlook
        One row per certainty; days and costs are kept each by itself, not together: for both at
        once see `frontier`. The low and high ends are what 95 of 100 other seeds would tell.

    Notes
    -----
    The nearest rank; its interval are the order statistics ``n p -+ 1.96 sqrt(n p (1 - p))`` [1]_.

    References
    ----------
    .. [1] H. David, H. Nagaraja, "Order Statistics", 3rd edition, 2003, section 7.1.

    Examples
    --------
    >>> futures = pd.DataFrame({
    ...     "trial": range(1, 11), "finish_on": pd.date_range("2025-03-01", periods=10, unit="us"),
    ...     "days_left": [float(day) for day in range(10)], "cost": 5.0, "seed": 1,
    ... })
    >>> outlook(Trials.validate(futures))["finish_on"].dt.day.tolist()
    [5, 8, 10]
    """
    Trials.require(trials, *Trials.declared())
    if trials.empty:
        return Outlook.validate(Outlook.empty())
    count = len(trials)
    share = np.array(CERTAINTIES)
    middle = np.ceil(np.round(share * count, 9)).astype(np.intp) - 1
    reach = WIDTH * np.sqrt(count * share * (1 - share))
    low = np.clip(np.floor(middle - reach), 0, count - 1).astype(np.intp)
    high = np.clip(np.ceil(middle + reach), 0, count - 1).astype(np.intp)
    days = np.sort(trials["finish_on"].to_numpy())
    left, cost = np.sort(trials["days_left"].to_numpy()), np.sort(trials["cost"].to_numpy())
    return Outlook.validate(
        pd.DataFrame(
            {
                "certainty": share,
                "finish_on": days[middle],
                "finish_low_on": days[low],
                "finish_high_on": days[high],
                "days_left": left[middle],
                "cost": cost[middle],
                "cost_low": cost[low],
                "cost_high": cost[high],
                "trials": count,
                "seed": trials["seed"].iloc[0],
            }
        )
    )


def finish_curve(trials: DataFrame[Trials]) -> DataFrame[FinishCurve]:
    """Share of the futures that are finished by each day.

    Parameters
    ----------
    trials
        Reads ``finish_on``.

    Returns
    -------
    FinishCurve
        One row per day on which a future ends, the earliest first.
    """
    Trials.require(trials, "finish_on")
    if trials.empty:
        return FinishCurve.validate(FinishCurve.empty())
    ending = trials.groupby("finish_on", as_index=False).size()
    return FinishCurve.validate(ending.assign(certainty=ending["size"].cumsum() / len(trials)))


def frontier(trials: DataFrame[Trials], *, share: float = 0.8) -> DataFrame[Frontier]:
    """Pairs of a day and a cost that are kept together in a share of the futures.

    Parameters
    ----------
    trials
        Reads ``finish_on``, ``cost``.
    share
        Share of the futures that keep both.

    Returns
    -------
    Frontier
        One row per pair, the earliest day first; the later the day, the less money is needed.
        Empty where no cost is known.

    Raises
    ------
    ParameterError
        If `share` lies outside 0 to 1.

    Notes
    -----
    The joint confidence level [1]_. A day and a cost each kept in 80 of 100 futures are kept
    together in fewer, because the futures that break one are not those that break the other.

    References
    ----------
    .. [1] NASA, "Cost Estimating Handbook", version 4.0, 2015, appendix J.
    """
    Trials.require(trials, "finish_on", "cost")
    check_share("share", share)
    if trials.empty or trials["cost"].isna().any():
        return Frontier.validate(Frontier.empty())
    day = trials["finish_on"].to_numpy(dtype="datetime64[D]").astype(np.float64)
    pairs = model.frontier(day, trials["cost"].to_numpy(), share=share)
    table = pd.DataFrame(
        {"certainty": share, "finish_on": pairs[:, 0].astype("datetime64[D]"), "cost": pairs[:, 1]}
    )
    return Frontier.validate(table.drop_duplicates("finish_on", ignore_index=True))


def milestone_outlook(
    plan: UncertainPlan,
    milestones: DataFrame[Milestones],
    *,
    trials: int = TRIALS,
    seed: int = SEED,
) -> DataFrame[MilestoneOutlook]:
    """When each milestone is reached, and how likely its day is kept.

    Parameters
    ----------
    plan, trials, seed
        As in `trials`.
    milestones
        Reads ``milestone_id``, ``name``, ``activity_id``, ``due_on``, ``done_on``.

    Returns
    -------
    MilestoneOutlook
        One row per milestone whose activity is not finished. Left out: reached ones, and those
        of no activity.
    """
    check(trials, seed)
    Milestones.require(milestones, "milestone_id", "name", "activity_id", "due_on", "done_on")
    keys = pd.Index(plan.schedule.activities["activity_id"].astype(object))
    where = keys.get_indexer(pd.Index(milestones["activity_id"].astype(object)))
    wanted = np.isin(where, plan.open) & milestones["done_on"].isna().to_numpy()
    told = milestones[wanted].reset_index(drop=True)
    if told.empty:
        return MilestoneOutlook.validate(MilestoneOutlook.empty())
    targets = where[wanted]
    futures = model.outcomes(plan.model, trials=trials, seed=seed, targets=targets.tolist())
    reached = np.sort(futures[-1])
    places = [ranks.rank(share, trials) for share in CERTAINTIES]
    time = plan.schedule.time
    time = replace(time, calendar=time.calendar[targets])
    by = time.times(told["due_on"].to_numpy(dtype="datetime64[D]"), at_end=True)
    days = [time.days(np.round(reached[:, place], 3), at_end=True) for place in places]
    kept = np.where(np.isnan(by), np.nan, (reached <= by[:, None] + network.SAME_TIME).mean(axis=1))
    table = told.assign(kept=kept, p50_on=days[0], p80_on=days[1], p95_on=days[2])
    return MilestoneOutlook.validate(
        table.sort_values(["p80_on", "milestone_id"], ignore_index=True)
    )


def merge_bias(plan: UncertainPlan, trials: DataFrame[Trials]) -> DataFrame[MergeBias]:
    """How much later than its single durations say a plan ends because paths meet.

    Parameters
    ----------
    plan
        Plan the trials came from.
    trials
        Reads ``days_left``, ``finish_on``.

    Returns
    -------
    MergeBias
        One row; none where nothing is left to do.

    Notes
    -----
    Where paths meet, the latest sets the date, and one of many is late more often than each is
    [1]_. ``merge bias = expected finish - finish with expected durations``.

    References
    ----------
    .. [1] K. MacCrimmon, C. Ryavec, "An Analytical Study of the PERT Assumptions", Operations
       Research 12(1), 1964.
    """
    Trials.require(trials, "days_left", "finish_on")
    if trials.empty:
        return MergeBias.validate(MergeBias.empty())
    uncertain = plan.model
    expected = uncertain.durations.mean.copy()
    risks = uncertain.risks
    struck = risks.activity != model.NOWHERE
    np.add.at(expected, risks.activity[struck], (risks.probability * risks.days)[struck])
    early = network.forward(
        uncertain.net,
        expected[:, None],
        earliest=uncertain.earliest,
        begun=uncertain.begun,
        time=uncertain.time,
    )
    by_means = float(early.finish[-1, 0])
    mean = plan.now + float(trials["days_left"].mean())
    plain = plan.days(plan.schedule.early.finish[-1])
    return MergeBias.validate(
        pd.DataFrame(
            {
                "plain_on": plain,
                "plain_kept": (trials["finish_on"] <= pd.Timestamp(plain[0])).mean(),
                "mean_durations_on": plan.days(np.array([by_means])),
                "mean_on": plan.days(np.array([mean])),
                "bias_days": round(mean - by_means, 3),
            }
        )
    )


def check(trials: int, seed: int) -> None:
    """Refuse a number of futures that cannot be meant, and a seed that is none."""
    if not 1 <= trials <= MOST_TRIALS:
        raise ParameterError(
            f"trials={trials} is no number from 1 to {MOST_TRIALS:,}.", hint="10,000 are usual"
        )
    if seed < 0:
        raise ParameterError(f"seed={seed} is below 0.", hint="any whole number from 0 on")
