"""One adapter a subject: turn a case's inputs into tables, call the public API, answer."""

from collections.abc import Callable
from typing import Any

from tests.oracles.adapters import (
    budget,
    forecast,
    process_behaviour,
    risk,
    schedule,
    schedule_risk,
    velocity,
)

ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "cpm": schedule.cpm,
    "crash": schedule.crash,
    "earned_schedule": budget.earned_schedule,
    "earned_schedule_series": budget.earned_schedule_series,
    "earned_value": budget.earned_value,
    "evm": budget.evm,
    "forecast": forecast.forecast,
    "pert": schedule.pert,
    "risk": risk.risk,
    "schedule_health": schedule.schedule_health,
    "schedule_risk": schedule_risk.schedule_risk,
    "velocity": velocity.velocity,
    "xmr": process_behaviour.xmr,
}
