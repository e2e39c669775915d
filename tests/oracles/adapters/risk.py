"""Oracles of risk."""

from typing import Any

import pandas as pd

import tpm_analytics as tpm


def risk(inputs: dict[str, Any]) -> dict[str, Any]:
    """Expected value of a register of (impact, probability)."""
    register = pd.DataFrame(
        {
            "risk_id": [f"R-{number}" for number in range(len(inputs["risks"]))],
            "impact_cost": [impact for impact, _ in inputs["risks"]],
            "probability": [probability for _, probability in inputs["risks"]],
            "opened_on": "2025-03-03",
        }
    )
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
    program = tpm.Program.from_tables({"items": items, "risks": register})
    value = tpm.metrics.risk.expected_value(program.risks)
    return {"expected_value": value["expected_value"].iloc[0]}
