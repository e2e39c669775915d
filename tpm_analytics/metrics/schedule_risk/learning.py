"""What the program's own finished activities took against their plans, and what that teaches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule.plan import plan_of
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan
from tpm_analytics.models import ranks, sampling
from tpm_analytics.program.tables import Activities, Links
from tpm_analytics.results.schedule import DaysOff
from tpm_analytics.results.schedule_risk import History, Ratios

# Finished activities of a team or a kind that weigh as much as the history behind them
POOL_WEIGHT = 10.0
# Values by which a learned history is told
HISTORY_VALUES = 400
LOW, HIGH = 0.1, 0.9


def duration_ratios(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[Ratios]:
    """How long each finished activity took against its plan.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule.schedule`.

    Returns
    -------
    Ratios
        One row per activity with a planned duration and both actual days. Both days count.
    """
    if activities.empty:
        return Ratios.validate(Ratios.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    table = plan.activities
    begin = plan.begun
    end = plan.time.times(
        table["actual_finish_on"].to_numpy(dtype="datetime64[D]"),
        at_end=True,
    )
    told = table.assign(planned_days=table["duration_days"], actual_days=end - begin)
    told = told[(told["planned_days"] > 0) & (told["actual_days"] >= 0)]
    told = told.assign(ratio=told["actual_days"] / told["planned_days"])
    return Ratios.validate(told.reset_index(drop=True))


def learned(plan: UncertainPlan, ratios: DataFrame[Ratios]) -> UncertainPlan:
    """Let durations follow what this program's activities took against their plans.

    Parameters
    ----------
    plan
        Plan to change. Durations of 0 stay as they are, and all stay where there is no history.
    ratios
        Reads ``team``, ``kind``, ``ratio``.

    Notes
    -----
    An activity is drawn from the ratios of its team and kind with the weight ``n / (n + 10)`` of
    their ``n`` finished activities, else half from those of its team and half from those of its
    kind, and each of these in the same way from those of the whole program: three finished
    activities say little, fifty say much [1]_. `history` tells how many there are of each.

    References
    ----------
    .. [1] B. Efron, C. Morris, "Stein's Paradox in Statistics", Scientific American 236, 1977.
    """
    Ratios.require(ratios, "team", "kind", "ratio")
    if ratios.empty:
        return plan
    groups, finished = _groups(plan.schedule.activities), _groups(ratios).to_numpy()
    codes, pairs = pd.factorize(pd.MultiIndex.from_frame(groups))
    took = ratios["ratio"].to_numpy()
    histories = tuple(_evenly(took, _weights(finished, pair)) for pair in pairs)
    left = plan.schedule.left[:, 0]
    now = plan.model.durations
    laws = replace(
        now,
        family=np.where(left > 0, sampling.EMPIRICAL, now.family),
        likely=np.where(left > 0, left, now.likely),
        ratios=codes,
        histories=histories,
    )
    return replace(plan, model=replace(plan.model, durations=laws))


def history(plan: UncertainPlan, ratios: DataFrame[Ratios]) -> DataFrame[History]:
    """What the time of open activities is learned from, by team and kind.

    Parameters
    ----------
    plan
        Plan whose open activities are told of.
    ratios
        Reads ``team``, ``kind``, ``ratio``.

    Returns
    -------
    History
        One row per team and kind of open activities, the most open ones first. Low, middle and
        high are the nearest ranks for 10, 50 and 90 of 100 futures. None without any history.

    Notes
    -----
    See `learned`.
    """
    Ratios.require(ratios, "team", "kind", "ratio")
    going = plan.open[plan.schedule.left[plan.open, 0] > 0]
    if ratios.empty or not len(going):
        return History.validate(History.empty())
    counts = _groups(plan.schedule.activities.iloc[going]).value_counts(sort=False, dropna=False)
    finished, took = _groups(ratios).to_numpy(), ratios["ratio"].to_numpy()
    everything = np.sort(took)
    rows = []
    for (team, kind), number in counts.items():
        values = _evenly(took, _weights(finished, (team, kind)))
        of_team, of_kind = (finished == [team, kind]).T
        rows.append(
            {
                "team": team or None,
                "kind": kind or None,
                "open_activities": number,
                "of_both": int((of_team & of_kind).sum()) if team and kind else 0,
                "of_team": int(of_team.sum()) if team else 0,
                "of_kind": int(of_kind.sum()) if kind else 0,
                "of_all": len(ratios),
                "all_middle": everything[ranks.rank(0.5, len(everything))],
                "low": values[ranks.rank(LOW, len(values))],
                "middle": values[ranks.rank(0.5, len(values))],
                "high": values[ranks.rank(HIGH, len(values))],
            }
        )
    table = pd.DataFrame(rows).sort_values(
        ["open_activities", "team", "kind"], ascending=[False, True, True], ignore_index=True
    )
    return History.validate(table.astype({"team": "category", "kind": "category"}))


def _groups(activities: pd.DataFrame) -> pd.DataFrame:
    """Team and kind of each row, empty where unknown."""
    return activities[["team", "kind"]].astype("str").fillna("")


def _weights(finished: np.ndarray, pair: tuple[str, str]) -> np.ndarray:
    """How likely each past ratio, of these teams and kinds, is drawn for work of `pair`."""
    everybody = np.full(len(finished), 1 / len(finished))
    ours = [finished[:, place] == name for place, name in enumerate(pair) if name]
    if not ours:
        return everybody
    behind = np.mean([_drawn_towards(members, everybody) for members in ours], axis=0)
    return behind if len(ours) == 1 else _drawn_towards(np.logical_and(*ours), behind)


def _drawn_towards(members: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Weights of `members`, drawn towards those `behind` them the more, the fewer they are."""
    count = np.count_nonzero(members)
    return (members + POOL_WEIGHT * behind) / (count + POOL_WEIGHT)


def _evenly(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Evenly spaced values of a history whose values weigh differently."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    places = np.searchsorted(share, (np.arange(HISTORY_VALUES) + 0.5) / HISTORY_VALUES)
    return np.asarray(values[order][np.minimum(places, len(values) - 1)], dtype=np.float64)
