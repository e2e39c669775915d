"""One adapter a subject: turn a case's inputs into tables, call the public API, answer."""

from collections.abc import Callable
from typing import Any

from tests.oracles.adapters import forecast, process_behaviour, risk, velocity

ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "forecast": forecast.forecast,
    "risk": risk.risk,
    "velocity": velocity.velocity,
    "xmr": process_behaviour.xmr,
}
