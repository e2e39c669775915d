"""The risk register of the invented program and how its assessments moved month by month."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.sources.invented import story
from tpm_analytics.sources.invented.chance import Generator
from tpm_analytics.sources.invented.risk_words import RISKS, Risk

_STEP = 0.05
_WOBBLE = 0.06


def history(generator: Generator) -> pd.DataFrame:
    """Return each risk as assessed at the end of each month while it was open."""
    months = pd.date_range(story.FIRST_DAY, story.LAST_DAY, freq="ME").strftime("%Y-%m-%d")
    rows = []
    for risk in RISKS:
        told = [day for day in months if day >= risk.opened_on]
        if risk.closed_on:
            told = [day for day in told if day < risk.closed_on] + [_report(risk, months)]
        for at, day in enumerate(told):
            share = at / max(len(told) - 1, 1)
            wobble = (generator.random() - 0.5) * 2 * _WOBBLE
            drifted = risk.first + (risk.last - risk.first) * share + wobble
            rounded = round(round(drifted / _STEP) * _STEP, 2)
            rows.append(
                {
                    "risk_id": risk.risk_id,
                    "reported_on": day,
                    "status": _status(risk, day),
                    "probability": _probability(risk, day, min(max(rounded, 0.05), 0.95)),
                    "impact_cost": risk.impact_cost,
                    "impact_days": risk.impact_days,
                }
            )
    return pd.DataFrame(rows)


def risks(assessed: pd.DataFrame) -> pd.DataFrame:
    """Return the register as last assessed."""
    last = assessed.groupby("risk_id").last()
    table = pd.DataFrame(RISKS).drop(columns=["first", "last"])
    return table.assign(
        status=table["risk_id"].map(last["status"]),
        probability=table["risk_id"].map(last["probability"]),
    )


def _report(risk: Risk, months: pd.Index) -> str:
    """First end of a month at which the risk was no longer open."""
    return str(next(day for day in months if day >= risk.closed_on))


def _status(risk: Risk, day: str) -> str:
    if risk.closed_on and day >= risk.closed_on:
        return "occurred" if risk.risk_id == story.RISK_THAT_CAME_TRUE else "closed"
    return "mitigating" if risk.response else "open"


def _probability(risk: Risk, day: str, drifted: float) -> float:
    if risk.risk_id == story.RISK_THAT_CAME_TRUE:
        return story.RISK_PROBABILITIES.get(day, 1.0)
    return 0.0 if risk.closed_on and day >= risk.closed_on else drifted
