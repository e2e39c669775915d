"""What the finish depends on: what each risk, link and activity costs it, and how often."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule.plan import labels
from tpm_analytics.metrics.schedule_risk.futures import SEED, TRIALS, check
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan
from tpm_analytics.models import ranks
from tpm_analytics.models import schedule_risk as model
from tpm_analytics.results.schedule_risk import ActivityRisk, Removals

REMOVAL_TRIALS = 4_000
# Each removal is a run of its own; beyond these the values are too small to act upon
MOST_RISKS, MOST_LINKS, MOST_ACTIVITIES = 40, 40, 40
# What sets the finish in fewer of the futures is not worth taking away
LEAST_CRITICALITY = 0.01
RESERVED_SHARE = 0.8


def activity_risk(
    plan: UncertainPlan, *, trials: int = TRIALS, seed: int = SEED
) -> DataFrame[ActivityRisk]:
    """How often each activity sets the finish, and how much the finish depends on it.

    Parameters
    ----------
    plan, trials, seed
        As in `schedule_risk.trials`.

    Returns
    -------
    ActivityRisk
        One row per activity that is not finished, the highest ``sensitivity`` first.
        ``cruciality`` is NA where the duration or the finish cannot vary.

    Notes
    -----
    Criticality is the share of the futures in which an activity lies on a longest path;
    cruciality the correlation of its duration with the finish [1]_; the schedule sensitivity
    index is ``criticality x spread of its duration / spread of the finish``. An activity can be
    critical and certain, or doubtful and never critical: neither is where time is to be won.

    References
    ----------
    .. [1] T. Williams, "Criticality in Stochastic Networks", Journal of the Operational Research
       Society 43(4), 1992.
    """
    check(trials, seed)
    if not len(plan.open):
        return ActivityRisk.validate(ActivityRisk.empty())
    futures = model.simulate(plan.model, trials=trials, seed=seed)
    told = plan.schedule.activities.iloc[plan.open].assign(
        mean_days=futures.mean_duration[plan.open],
        criticality=futures.criticality[plan.open],
        cruciality=futures.cruciality[plan.open],
        sensitivity=futures.sensitivity[plan.open],
    )
    order = ["sensitivity", "criticality", "activity_id"]
    return ActivityRisk.validate(
        told.sort_values(order, ascending=[False, False, True], ignore_index=True)
    )


def removals(
    plan: UncertainPlan, *, trials: int = REMOVAL_TRIALS, seed: int = SEED
) -> DataFrame[Removals]:
    """What the P80 finish would win without each risk, each link and each activity.

    Parameters
    ----------
    plan, trials, seed
        As in `schedule_risk.trials`.

    Returns
    -------
    Removals
        One row per removal, the most days bought first. Looked at: the `MOST_RISKS` open risks
        with the largest expected delay, and the activities and links that set the finish in
        `LEAST_CRITICALITY` of the futures or more.

    Notes
    -----
    ``won_days = P80 - P80 without``, in working days. Every removal meets the same luck (common
    random numbers), so that the difference is the removal and no noise; a correlation, as in the
    usual tornado, is not what taking something away wins. Values do not add up: where two paths
    are equally long, taking one away wins nothing, and taking both wins much.

    References
    ----------
    .. [1] D. Hulett, "Integrated Cost-Schedule Risk Analysis", 2011, chapter 8 (prioritising
       risks by removing them one at a time).
    """
    check(trials, seed)
    if not len(plan.open):
        return Removals.validate(Removals.empty())
    told = pd.concat([_risks(plan), _ties(plan, trials=trials, seed=seed)], ignore_index=True)
    place = {kind: told.loc[told["kind"] == kind, "place"].tolist() for kind in _KINDS}
    finish = model.finish_without(
        plan.model,
        trials=trials,
        seed=seed,
        risks=place["risk"],
        links=place["link"],
        activities=place["activity"],
    )
    p80 = np.sort(finish)[:, ranks.rank(RESERVED_SHARE, trials)]
    mean = finish.mean(axis=1)
    told = told.assign(
        p80_on=plan.days(p80)[1:],
        won_days=np.round(p80[0] - p80[1:], 3),
        mean_days=np.round(mean[0] - mean[1:], 3),
    )
    order = ["won_days", "mean_days", "kind", "key"]
    return Removals.validate(
        told.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    )


_KINDS = ("risk", "link", "activity")


def _risks(plan: UncertainPlan) -> pd.DataFrame:
    """Risks that can delay something, the largest expected delay first."""
    struck = plan.strikes[plan.strikes["assessed"].astype(bool)].reset_index(drop=True)
    weight = struck["probability"] * struck["days"]
    chosen = weight[weight > 0].sort_values(ascending=False, kind="stable").head(MOST_RISKS).index
    return pd.DataFrame(
        {
            "kind": "risk",
            "key": struck.loc[chosen, "risk_id"],
            "name": struck.loc[chosen, "risk"],
            "place": chosen,
        }
    )


def _ties(plan: UncertainPlan, *, trials: int, seed: int) -> pd.DataFrame:
    """Links and activities, that set the finish often enough to be worth taking away."""
    criticality = model.simulate(plan.model, trials=trials, seed=seed).criticality
    table = plan.schedule.activities
    name = labels(table["activity_id"], table["name"])
    often = plan.open[criticality[plan.open] >= LEAST_CRITICALITY]
    often = often[np.argsort(-criticality[often], kind="stable")][:MOST_ACTIVITIES]
    activities = pd.DataFrame(
        {
            "kind": "activity",
            "key": table["activity_id"].iloc[often],
            "name": name.iloc[often],
            "place": often,
        }
    )
    links = plan.schedule.links
    links = links[links["binding"].astype(bool)].reset_index(drop=True)
    # the last row is the end, and no link to it can be taken away
    inside = links["before"].isin(often) & links["after"].isin(often)
    chosen = links[inside & (links["after"] < len(table) - 1)].head(MOST_LINKS)
    tied = pd.DataFrame(
        {
            "kind": "link",
            "key": chosen["from_id"].astype("str") + " → " + chosen["to_id"].astype("str"),
            "name": name.iloc[chosen["before"]].to_numpy()
            + " → "
            + name.iloc[chosen["after"]].to_numpy(),
            "place": chosen.index,
        }
    )
    return pd.concat([tied, activities], ignore_index=True)
