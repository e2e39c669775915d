"""Oracles of forecasts."""

from typing import Any

import numpy as np

from tpm_analytics.models import convolution

SHARES = (0.5, 0.7, 0.85, 0.95)
# Long enough for any case: the mean needs `items / mean` days, the slowest 5 % a few times that
LONGEST_BY_MEAN = 6


def forecast(inputs: dict[str, Any]) -> dict[str, Any]:
    """How many in `days`, how many days for `items`, or when all of several teams are done."""
    if "team_cdfs" in inputs:
        teams = [np.array(chances) for chances in inputs["team_cdfs"]]
        return {"joint_cdf": convolution.joint(teams).tolist()}
    history = np.array(inputs["daily_throughput"])
    day = convolution.observed(history)
    answer: dict[str, Any] = {}
    if "days" in inputs:
        total = convolution.total(day, inputs["days"])
        answer["items_at_least"] = {
            str(share): convolution.at_least(total, share) for share in SHARES
        }
    if "items" in inputs:
        horizon = 30 + int(LONGEST_BY_MEAN * inputs["items"] / history.mean())
        chance = convolution.finished_within([day], np.zeros(horizon, dtype=int), inputs["items"])
        answer["days_within"] = {
            str(share): convolution.days_within(chance, share) for share in SHARES
        }
        answer["p_within_days"] = {str(day): within for day, within in enumerate(chance.tolist())}
    return answer
