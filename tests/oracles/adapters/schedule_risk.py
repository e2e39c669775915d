"""Oracles of the simulated schedule: merges, sums and correlated sums of known laws."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

import tpm_analytics as tpm
from tpm_analytics.models import sampling

REPORT = pd.Timestamp("2025-03-02")
TRIALS = 200_000
# Distribution, and its parameters in the order of `sampling.Durations`
LAWS = {
    "normal": (sampling.NORMAL, (None, "mean", "sd")),
    "lognormal": (sampling.LOGNORMAL, (None, "median", "sigma")),
    "pert": (sampling.PERT, ("optimistic", "most_likely", "pessimistic")),
    "triangular": (sampling.TRIANGULAR, ("optimistic", "most_likely", "pessimistic")),
    "uniform": (sampling.UNIFORM, ("low", None, "high")),
}


def schedule_risk(inputs: dict[str, Any]) -> dict[str, Any]:
    """Mean and spread of the finish, and the chance of each whole day."""
    simulation = tpm.metrics.schedule_risk
    program = _program(inputs)
    struck = simulation.strikes(program.risks, program.activities, program.milestones)
    plan = simulation.uncertain_plan(program.activities, program.links, struck, until=REPORT)
    plan = simulation.with_durations(plan, _laws(inputs["activities"]))
    plan = simulation.correlated(plan, correlation=inputs["correlation"])
    days = simulation.trials(plan, trials=TRIALS, seed=1)["days_left"]
    return {
        "mean": days.mean(),
        "sd": days.std(),
        "p_within": {str(day): (days <= day).mean() for day in range(int(days.max()) + 1)},
    }


def _program(inputs: dict[str, Any]) -> tpm.Program:
    keys = [f"A-{number}" for number in range(len(inputs["activities"]))]
    chain = pairwise(keys) if inputs["arrangement"] == "series" else []
    return tpm.Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": ["I-1"], "created_at": [REPORT]}),
            "activities": pd.DataFrame({"activity_id": keys, "team": "One", "duration_days": 20.0}),
            "links": pd.DataFrame(chain, columns=["from_id", "to_id"]).assign(kind="FS"),
        }
    )


def _laws(given: list[dict[str, Any]]) -> sampling.Durations:
    rows = [_with_median(row) if row["distribution"] == "lognormal" else row for row in given]
    families = [LAWS[row["distribution"]] for row in rows]
    points = np.array(
        [
            [row[name] if name else 0.0 for name in names]
            for row, (_, names) in zip(rows, families, strict=True)
        ]
    )
    family = np.array([number for number, _ in families])
    return sampling.Durations(family, *points.T, np.zeros(len(rows), dtype=np.intp))


def _with_median(row: dict[str, Any]) -> dict[str, Any]:
    """A lognormal law told by its mean and spread, by its median and that of the logarithm."""
    variance = np.log1p((row["sd"] / row["mean"]) ** 2)
    return {**row, "median": row["mean"] / np.exp(variance / 2), "sigma": np.sqrt(variance)}
