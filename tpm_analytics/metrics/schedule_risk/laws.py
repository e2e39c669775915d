"""What the durations of a remaining schedule may be: other laws, shared luck, and history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.schedule.plan import plan_of
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan
from tpm_analytics.models import sampling
from tpm_analytics.models.sampling import Durations
from tpm_analytics.program.tables import Activities, Links
from tpm_analytics.results.schedule import DaysOff
from tpm_analytics.results.schedule_risk import Ratios

LAWS = {"pert": sampling.PERT, "triangular": sampling.TRIANGULAR}
# Correlation of two activities of one team that is recommended where nothing is known:
# "Joint Agency Cost Schedule Risk and Uncertainty Handbook", 2014, section 3.2
TEAM_CORRELATION = 0.3
# Finished activities of a team that weigh as much as the history of all teams
POOL_WEIGHT = 10.0
# Values by which a learned history is told
HISTORY_VALUES = 400


def with_law(plan: UncertainPlan, law: str) -> UncertainPlan:
    """Let durations between three points follow another law: ``"pert"`` or ``"triangular"``."""
    if law not in LAWS:
        raise ParameterError(f"law={law!r} is unknown.", hint=f"choose one of {', '.join(LAWS)}")
    now = plan.model.durations
    family = np.where(np.isin(now.family, list(LAWS.values())), LAWS[law], now.family)
    return replace(plan, model=replace(plan.model, durations=replace(now, family=family)))


def with_durations(plan: UncertainPlan, durations: Durations) -> UncertainPlan:
    """Let durations follow laws of your own, one for each activity in the order given.

    Raises
    ------
    ParameterError
        If there are not as many laws as activities.
    """
    now = plan.model.durations
    if len(durations.family) != len(now.family) - 1:
        raise ParameterError(
            f"{len(durations.family)} laws are given for {len(now.family) - 1} activities.",
            hint="give one law for each activity",
        )
    laws = Durations(
        np.append(durations.family, sampling.FIXED),
        np.append(durations.low, 0.0),
        np.append(durations.likely, 0.0),
        np.append(durations.high, 0.0),
        np.append(durations.ratios, 0),
        durations.histories,
    )
    return replace(plan, model=replace(plan.model, durations=laws))


def correlated(plan: UncertainPlan, *, correlation: float = TEAM_CORRELATION) -> UncertainPlan:
    """Let the activities of one team be early or late together.

    Notes
    -----
    One driver a team, with the weight ``sqrt(correlation)`` on each of its activities; see
    `models.sampling.drawn`. Activities of no team have a luck of their own.

    Raises
    ------
    ParameterError
        If `correlation` lies outside 0 to 1.
    """
    if not 0 <= correlation <= 1:
        raise ParameterError(
            f"correlation={correlation} lies outside 0 to 1.", hint="Did you mean 0.3, not 30?"
        )
    team, names = pd.factorize(plan.schedule.activities["team"].astype("str"))
    drivers = (team[:, None] == np.arange(len(names))) * np.sqrt(correlation)
    return replace(plan, model=replace(plan.model, loadings=drivers if correlation else None))


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
        Reads ``team``, ``ratio``.

    Notes
    -----
    A team with ``n`` finished activities is drawn from its own ratios with the weight
    ``n / (n + POOL_WEIGHT)``, else from those of all teams: three finished activities say little,
    fifty say much [1]_.

    References
    ----------
    .. [1] B. Efron, C. Morris, "Stein's Paradox in Statistics", Scientific American 236, 1977.
    """
    Ratios.require(ratios, "team", "ratio")
    pool = np.sort(ratios["ratio"].to_numpy(dtype=np.float64))
    if not len(pool):
        return plan
    names = plan.schedule.activities["team"].astype("str")
    codes, teams = pd.factorize(names)
    own = ratios["team"].astype("str")
    histories = [_blended(ratios.loc[own == team, "ratio"].to_numpy(), pool) for team in teams]
    left = plan.schedule.left[:, 0]
    now = plan.model.durations
    laws = replace(
        now,
        family=np.where(left > 0, sampling.EMPIRICAL, now.family),
        likely=np.where(left > 0, left, now.likely),
        ratios=np.where(codes < 0, len(teams), codes),
        histories=(*histories, pool),
    )
    return replace(plan, model=replace(plan.model, durations=laws))


def _blended(own: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Evenly spaced values of a team's history and everybody's, weighed by how long its own is."""
    weight = len(own) / (len(own) + POOL_WEIGHT)
    values = np.concatenate([own, pool])
    weights = np.concatenate(
        [np.full(len(own), weight / max(len(own), 1)), np.full(len(pool), (1 - weight) / len(pool))]
    )
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    places = np.searchsorted(share, (np.arange(HISTORY_VALUES) + 0.5) / HISTORY_VALUES)
    return np.asarray(values[order][np.minimum(places, len(values) - 1)], dtype=np.float64)
