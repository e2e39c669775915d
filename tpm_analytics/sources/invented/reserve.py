"""The contingency of the invented program: what was set aside, and what it was drawn down for."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from tpm_analytics.sources.invented import story


class Change(NamedTuple):
    """A change of the contingency as the steering committee decided it."""

    changed_on: str
    reason: str
    added_days: float | None = None
    drawn_days: float | None = None
    added_cost: float | None = None
    drawn_cost: float | None = None
    risk_id: str | None = None


CHANGES = (
    Change("2024-01-08", "Set aside with the plan", added_days=80, added_cost=1_200_000),
    Change("2024-09-30", "Two engineers of Mobile to replace", drawn_cost=60_000, risk_id="R-02"),
    Change("2024-10-14", "Second region takes longer", drawn_days=10, drawn_cost=45_000),
    Change("2025-02-21", story.SCOPE_JUMP_EPIC, added_days=20, added_cost=400_000),
    Change("2025-03-03", "Engineers help out in test", drawn_cost=40_000, risk_id="R-10"),
    Change(
        "2025-04-30",
        "The card scheme asks for a second test",
        drawn_days=30,
        drawn_cost=260_000,
        risk_id=story.RISK_THAT_CAME_TRUE,
    ),
    Change(
        "2025-05-30", "The new app core is late", drawn_days=10, drawn_cost=80_000, risk_id="R-02"
    ),
)


def contingency() -> pd.DataFrame:
    """Return every change of the contingency, the first one first."""
    changes = pd.DataFrame(CHANGES)
    return changes[[name for name in changes if name != "reason"] + ["reason"]]
