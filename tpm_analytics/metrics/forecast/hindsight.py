"""What would have been promised on past days, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.forecast.dates import LIKELY, MOST_TEAMS, SHARES
from tpm_analytics.metrics.forecast.history import is_known_enough
from tpm_analytics.metrics.forecast.record import LOOKING_BACK, MISSED, PENDING, judged
from tpm_analytics.metrics.forecast.weekly_pace import in_working_days, record_of
from tpm_analytics.models import convolution, scoring
from tpm_analytics.models.views import STRETCH
from tpm_analytics.results.forecast import Deliveries, Scored

# More look back on a program that no longer is what it was
MOST_ORIGINS = 60


def looking_back(deliveries: DataFrame[Deliveries]) -> DataFrame[Scored]:
    """What the same forecast would have promised on past days, held against what came.

    Parameters
    ----------
    deliveries
        What each team finished on each day. Reads all columns; borrowed paces are left out.

    Returns
    -------
    Scored
        One row per team, past day and share: how much would have been promised for the next four
        weeks (20 working days), from what was known by then. The newest 60 such days at most, and
        none on which too little was known to forecast.

    Notes
    -----
    A rolling origin [1]_: each forecast, with its choice of model and its correction, sees the
    days before it and nothing else, and no day counts for two forecasts. Finishes are those known
    today; an item reopened since counts on the day it was finished for good.

    References
    ----------
    .. [1] L. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of
       Forecasting 16(4), 2000.

    Examples
    --------
    >>> looking_back(Deliveries.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    own = deliveries[deliveries["basis"] == "own"]
    rows = [row for team, one in own.groupby("team") for row in _promises_back(str(team), one)]
    if not rows:
        return Scored.validate(Scored.empty())
    told = pd.DataFrame(rows).assign(
        origin=LOOKING_BACK, asked="how many", measure=str(own["measure"].iloc[0])
    )
    return Scored.validate(judged(told, deliveries["day_on"].max()))


def _promises_back(team: str, one: pd.DataFrame) -> Iterator[dict[str, object]]:
    _, step = convolution.on_grid(one["finished"].to_numpy())
    past = record_of(one, step)
    history, days = in_working_days(one, step)
    credit = 1 - scoring.reached(past.below, past.up_to, 1 - np.array(SHARES))
    told = [row for row in range(past.count) if is_known_enough(history[: past.origin[row]])]
    for row in told[-MOST_ORIGINS:]:
        seen, ended = days[past.origin[row] - 1], days[past.origin[row] + STRETCH - 1]
        for column, share in enumerate(SHARES):
            yield {
                "team": team,
                "as_of": seen,
                "day_on": ended,
                "share": share,
                "amount": past.promise[row, column] * step,
                "actual": past.outcome[row] * step,
                "credit": credit[row, column],
            }


def most_missed(
    scored: DataFrame[Scored], *, share: float = LIKELY, teams: int = MOST_TEAMS
) -> DataFrame[Scored]:
    """Forecasts at one share of the teams that missed most of them, for charts.

    Parameters
    ----------
    scored
        Reads all columns.
    share
        Share that was promised.
    teams
        Most teams to keep.

    Returns
    -------
    Scored
        The rows of these teams whose day has come, in the order they had.

    Examples
    --------
    >>> most_missed(Scored.empty()).empty
    True
    """
    Scored.require(scored, *Scored.declared())
    told = scored[(scored["share"] == share) & (scored["outcome"] != PENDING)]
    missed = (told["outcome"] == MISSED).astype("int64").groupby(told["team"]).sum()
    kept = told["team"].isin(missed.nlargest(teams).index)
    return Scored.validate(told[kept].reset_index(drop=True))
