"""One adapter a subject: turn a case's inputs into tables, call the public API, answer."""

from collections.abc import Callable
from typing import Any

from tests.oracles.adapters import budget, forecast, process_behaviour, risk, velocity

ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "earned_schedule": budget.earned_schedule,
    "earned_schedule_series": budget.earned_schedule_series,
    "earned_value": budget.earned_value,
    "evm": budget.evm,
    "forecast": forecast.forecast,
    "risk": risk.risk,
    "velocity": velocity.velocity,
    "xmr": process_behaviour.xmr,
}
