"""Oracles of earned value and earned schedule."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

import tpm_analytics as tpm

FIRST = pd.Timestamp("2025-01-06")
WEEK = pd.Timedelta(days=7)


def evm(inputs: dict[str, Any]) -> dict[str, Any]:
    """A plan of running totals, and what is earned and spent at one time of it."""
    begin, planned = _from_zero(inputs["periods"], inputs["pv"])
    at = round(inputs["at"] - begin)
    told = _earned(planned, {at: inputs["ev"]}, {at: inputs["ac"]})
    row, stands, costs, finishes = _answers(told)
    return {
        "pv": row["planned_value"],
        "eac_cpi": costs["cpi"],
        "eac_typical": costs["budget_rate"],
        "eac_cpi_spi": costs["cpi_spi"],
        "etc": stands["estimate_to_complete"],
        "tcpi_bac": stands["tcpi_budget"],
        "tcpi_eac": stands["tcpi_estimate"],
        "es": begin + row["earned_schedule"],
        "ieac_t": finishes["es2"],
        **_indices(stands),
    }


def earned_schedule(inputs: dict[str, Any]) -> dict[str, Any]:
    """The time at which the plan had meant to earn what is earned."""
    begin, planned = _from_zero(inputs["periods"], inputs["pv"])
    told = _earned(planned, {len(planned): inputs["ev"]}, {})
    return {"es": begin + told["earned_schedule"].iloc[-1]}


def earned_value(inputs: dict[str, Any]) -> dict[str, Any]:
    """Figures of one day, without a plan over time: half the plan may lie on either side."""
    planned = [inputs["pv"], inputs["bac"]]
    told = _earned(planned, {1: inputs["ev"]}, {1: inputs["ac"]})
    _, stands, costs, _ = _answers(told)
    return {
        "eac_cpi": costs["cpi"],
        "eac_budget_rate": costs["budget_rate"],
        "eac_cpi_spi": costs["cpi_spi"],
        "eac_weighted": costs["weighted"],
        "etc": stands["estimate_to_complete"],
        "tcpi_bac": stands["tcpi_budget"],
        "tcpi_eac": stands["tcpi_estimate"],
        **_indices(stands),
    }


def earned_schedule_series(inputs: dict[str, Any]) -> dict[str, Any]:
    """Earned schedule week by week, and the finish estimates of each week."""
    earned = dict(enumerate(inputs["cumulative_ev"], start=1))
    told = _earned(inputs["cumulative_pv"], earned, {})
    weeks = {}
    for week in earned:
        so_far = _earned(inputs["cumulative_pv"], dict(list(earned.items())[:week]), {})
        weeks[f"week{week}_eac_t"] = _answers(so_far)[3]
    rows = told.head(len(earned))
    return {
        "es": rows["earned_schedule"].tolist(),
        "spi_t": rows["spi_t"].tolist(),
        "spi_final": rows["spi"].iloc[-1],
        "planned_duration_weeks": int(told["planned_periods"].iloc[0]),
        "bac": told["budget_at_completion"].iloc[0],
        **weeks,
    }


def _from_zero(periods: list[float], planned: list[float]) -> tuple[float, list[float]]:
    """Where counting begins, and the totals without the zero that stands for the beginning."""
    if planned[0] == 0:
        return periods[0], planned[1:]
    return periods[0] - 1, planned


def _earned(planned: list[float], earned: dict[int, float], cost: dict[int, float]) -> pd.DataFrame:
    """Running totals in, by number of the period, through the tables and the public metric."""
    length = max([len(planned), *earned])
    totals = np.array([*planned, *[planned[-1]] * (length - len(planned))], dtype=float)
    budget = pd.DataFrame(
        {
            "workstream": "All",
            "period_on": [FIRST + number * WEEK for number in range(length)],
            "planned_value": np.diff(totals, prepend=0.0),
            "earned_value": _steps(earned, length),
            "actual_cost": _steps(cost, length),
        }
    )
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-06T09:00Z"]})
    program = tpm.Program.from_tables({"items": items, "budget": budget})
    return tpm.metrics.budget.earned_value(program.budget, given="per period")


def _steps(totals: dict[int, float], length: int) -> list[float | None]:
    """Amounts of single periods; those between two totals that are told are in the later one."""
    steps: list[float | None] = [None] * length
    told = [(0, 0.0), *sorted(totals.items())]
    for (before, less), (number, total) in pairwise(told):
        steps[before:number] = [0.0] * (number - before - 1) + [total - less]
    return steps


def _answers(told: pd.DataFrame) -> tuple[pd.Series, pd.Series, dict, dict]:
    past = tpm.metrics.budget.past_estimates(told)
    costs = tpm.metrics.budget.cost_estimates(told, past)
    finishes = tpm.metrics.budget.finish_estimates(told, past)
    row = told.dropna(subset="earned_value").iloc[-1]
    return (
        row,
        tpm.metrics.budget.standing(told).iloc[0],
        costs.set_index("method")["estimate_at_completion"].to_dict(),
        finishes.set_index("method")["periods"].to_dict(),
    )


def _indices(stands: pd.Series) -> dict[str, float]:
    return {
        "cv": stands["cost_variance"],
        "sv": stands["schedule_variance"],
        "cpi": stands["cpi"],
        "spi": stands["spi"],
        "vac": stands["variance_at_completion"],
        "eac": stands["estimate_at_completion"],
        "sv_t": stands["periods_ahead"],
        "spi_t": stands["spi_t"],
    }
