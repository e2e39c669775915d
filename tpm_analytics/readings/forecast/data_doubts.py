"""What in the data was set aside, and what that changes, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.forecast.dates import on_day
from tpm_analytics.readings.text import Reading, count, join, say
from tpm_analytics.results.forecast import Effects

# Days that two ways of answering may differ without anybody deciding otherwise
SAME_DAYS = 2
WAYS = {"set aside": "With them counted", "kept in what is left": "Without them"}


def doubts(effects: DataFrame[Effects]) -> Reading:
    """What in the data was set aside, and whether it matters. Reads all columns."""
    Effects.require(effects, *Effects.declared())
    if effects.empty:
        return say("Nothing in the data had to be set aside.")
    return join(
        *(
            say(
                "**{items}** {fault}: {treatment}. {effect}",
                items=count(row.items, "item"),
                fault=row.fault,
                treatment=row.treatment,
                effect=_effect(row.day_on, row.otherwise_on, row.days, WAYS[row.treatment]),
            )
            for row in effects.itertuples()
        )
    )


def _effect(told: pd.Timestamp, otherwise: pd.Timestamp, days: int | None, way: str) -> str:
    if pd.isna(told) and pd.isna(otherwise):
        return "No day can be named either way."
    if days is None or pd.isna(days):
        return f"{way}, the 85 % day would be {on_day(otherwise)} instead of {on_day(told)}."
    if abs(days) <= SAME_DAYS:
        return f"{way}, the 85 % day would be the same, give or take two days."
    direction = "earlier" if days < 0 else "later"
    return (
        f"{way}, the 85 % day would be {count(abs(days), 'day')} {direction}: {on_day(otherwise)}."
    )
