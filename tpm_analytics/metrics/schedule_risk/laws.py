"""What the durations of a remaining schedule may be: their laws, and the luck they share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics.schedule.plan import ORIGIN
from tpm_analytics.metrics.schedule_risk.learning import learned
from tpm_analytics.metrics.schedule_risk.plan import UncertainPlan
from tpm_analytics.models import sampling
from tpm_analytics.models.sampling import Durations
from tpm_analytics.results.schedule_risk import Ratios

LAWS = ("pert", "triangular", "lognormal", "learned")
_BETWEEN = {"pert": sampling.PERT, "triangular": sampling.TRIANGULAR}
# Correlation of two activities of one team that is recommended where nothing is known:
# "Joint Agency Cost Schedule Risk and Uncertainty Handbook", 2014, section 3.2
TEAM_CORRELATION = 0.3


def with_law(
    plan: UncertainPlan, law: str, *, ratios: DataFrame[Ratios] | None = None
) -> UncertainPlan:
    """Let durations follow another law than that of PERT.

    Parameters
    ----------
    plan
        Plan to change.
    law
        ``"pert"`` or ``"triangular"``: between the optimistic and the pessimistic duration,
        around the likely one. ``"lognormal"``: a tenth of the futures lies below the optimistic
        and a tenth above the pessimistic one, without an upper end; the likely one is not read.
        ``"learned"``: see `learned`.
    ratios
        What finished activities took; only ``"learned"`` reads it.

    Raises
    ------
    ParameterError
        For an unknown law.
    InvalidTableError
        For a lognormal law of activities whose optimistic duration is 0.

    Notes
    -----
    People asked for the least and the most that something takes name about the 10th and the 90th
    percentile [1]_: then the law of PERT, which ends at both, promises too much.

    References
    ----------
    .. [1] D. Hulett, "Practical Schedule Risk Analysis", 2009, chapter 3.
    """
    if law not in LAWS:
        raise ParameterError(f"law={law!r} is unknown.", hint=f"choose one of {', '.join(LAWS)}")
    if law == "learned":
        return plan if ratios is None else learned(plan, ratios)
    now = plan.model.durations
    spread = np.isin(now.family, list(_BETWEEN.values()))
    laws = (
        _lognormal(now, spread)
        if law == "lognormal"
        else replace(now, family=np.where(spread, _BETWEEN[law], now.family))
    )
    return replace(plan, model=replace(plan.model, durations=laws))


def _lognormal(now: Durations, spread: np.ndarray) -> Durations:
    without = np.flatnonzero(spread & (now.low <= 0))
    if len(without):
        failures = pd.DataFrame(
            {
                "column": "optimistic_days",
                "row": without,
                "value": 0.0,
                "problem": "is 0, and no lognormal law reaches 0",
            }
        )
        hint = "use the law pert or triangular, or give more than 0 days"
        raise InvalidTableError("activities", ORIGIN, failures, hint=hint)
    low, high = (np.where(spread, bound, 1.0) for bound in (now.low, now.high))
    median, sigma = sampling.lognormal_between(low, high)
    return replace(
        now,
        family=np.where(spread, sampling.LOGNORMAL, now.family),
        likely=np.where(spread, median, now.likely),
        high=np.where(spread, sigma, now.high),
    )


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


def correlated(
    plan: UncertainPlan, *, correlation: float = TEAM_CORRELATION, shared: float = 0.0
) -> UncertainPlan:
    """Let activities be early or late together, by drivers that they share.

    Parameters
    ----------
    plan
        Plan to change.
    correlation
        Of two activities of one team.
    shared
        Of two activities of different teams, or of none; at most `correlation`.

    Notes
    -----
    One driver for all, with the weight ``sqrt(shared)`` on each activity, and one a team, with
    ``sqrt(correlation - shared)`` on each of its activities: a Gaussian copula [1]_, see
    `models.sampling.drawn`. Each activity keeps its own law.

    Raises
    ------
    ParameterError
        If `correlation` or `shared` lies outside 0 to 1, or `shared` above `correlation`.

    References
    ----------
    .. [1] R. Clemen, T. Reilly, "Correlations and Copulas for Decision and Risk Analysis",
       Management Science 45(2), 1999.
    """
    for name, value in (("correlation", correlation), ("shared", shared)):
        if not 0 <= value <= 1:
            raise ParameterError(
                f"{name}={value} lies outside 0 to 1.", hint="Did you mean 0.3, not 30?"
            )
    if shared > correlation:
        raise ParameterError(
            f"shared={shared} lies above correlation={correlation}.",
            hint="what all activities share, those of one team share too",
        )
    if not correlation:
        return replace(plan, model=replace(plan.model, loadings=None))
    team, names = pd.factorize(plan.schedule.activities["team"].astype("str"))
    own = (team[:, None] == np.arange(len(names))) * np.sqrt(correlation - shared)
    everybody = np.full((len(team), 1), np.sqrt(shared))
    drivers = np.hstack([own, everybody]) if shared else own
    return replace(plan, model=replace(plan.model, loadings=drivers))
