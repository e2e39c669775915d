"""Oracles of process behaviour charts."""

from typing import Any

import pandas as pd

import tpm_analytics as tpm


def xmr(inputs: dict[str, Any]) -> dict[str, Any]:
    """Limits of a series of values, by its mean and by its median moving range."""
    values = inputs["values"]
    periods = pd.date_range("2025-01-06", periods=len(values), freq="W-MON")
    # below zero, so that the lower limit is not cut off there
    shift = max(values) + 1
    table = pd.DataFrame({"period_on": periods, "value": [value - shift for value in values]})
    behaviour = tpm.metrics.process_behaviour.behaviour
    by_mean = behaviour(table, value="value").iloc[-1]
    by_median = behaviour(table, value="value", spread="median").iloc[-1]
    ranges = behaviour(table, value="value")["moving_range"]
    return {
        "mean": by_mean["centre"] + shift,
        "mean_moving_range": ranges.mean(),
        "upper": by_mean["upper"] + shift,
        "lower": by_mean["lower"] + shift,
        "upper_range": by_mean["upper_range"],
        "median": by_median["centre"] + shift,
        "median_moving_range": ranges.median(),
        "upper_by_median": by_median["upper"] + shift,
        "lower_by_median": by_median["lower"] + shift,
        "upper_range_by_median": by_median["upper_range"],
    }
