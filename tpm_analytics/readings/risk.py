"""What the risks say, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Items, RiskHistory
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, count, join, money, say, share
from tpm_analytics.results.risk import (
    CameTrue,
    ExpectedValue,
    ExposureOverTime,
    HeatMap,
    Movers,
    Register,
)

NO_REGISTER = (
    "The source has **no register of risks**, so nothing can be said of probabilities and costs. "
    "What the tracker itself warns of stands further down."
)
# Changes within this share of the exposure before are no news
NOTABLE_CHANGE = 0.1
# More keys than these make a sentence nobody reads
SHOWN = 6


def exposure(value: DataFrame[ExpectedValue], register: DataFrame[Register]) -> Reading:
    """What the open risks come to. Reads all columns of ``value``, ``risk`` of ``register``."""
    ExpectedValue.require(value, *ExpectedValue.declared())
    Register.require(register, "risk", "state", "probability", "impact_cost", "exposure_cost")
    if register.empty:
        return say(NO_REGISTER)
    if value.empty:
        return say("No risk is open.")
    told = value.iloc[0]
    unknown = told.risks - told.assessed
    gap = say(
        "{unknown} no probability or no cost and {are} in no sum.",
        unknown=count(unknown, "open risk has", "open risks have"),
        are="is" if unknown == 1 else "are",
    )
    there = say("**{risks}** open.", risks=count(told.risks, "risk is", "risks are"))
    if not told.assessed:
        return join(there, gap)
    worst = register[register["state"] == "open"].iloc[0]
    facts = {
        "label": worst.risk,
        "likely": share(worst.probability),
        "cost": money(worst.impact_cost),
        "expected": money(told.expected_value),
        "worst": money(told.worst_case),
    }
    if told.assessed == 1:
        single = (
            "**{label}** is {likely} likely and costs {cost} if it happens: **{expected}**, "
            "weighed by how likely it is."
        )
        return join(there, say(single, **facts), *([gap] if unknown else []))
    return join(
        there,
        say(
            "Weighed by how likely each is, they cost **{expected}**; if all happened, {worst}.",
            **facts,
        ),
        say("The largest is **{label}**: {likely} likely, {cost} if it happens.", **facts),
        *([gap] if unknown else []),
    )


def heat_map(cells: DataFrame[HeatMap]) -> Reading:
    """How many risks stand where concern is high. Reads ``zone``, ``risks``, ``keys``."""
    HeatMap.require(cells, "zone", "risks", "keys")
    if cells.empty:
        return say("No open risk has both a probability and an impact, so none can be placed.")
    high = cells[(cells["zone"] == "high") & (cells["risks"] > 0)]
    if high.empty:
        return say("No open risk stands where concern is high.")
    total = int(high["risks"].sum())
    if total > SHOWN:
        return say("**{risks}** where concern is high; the map names them.", risks=_stand(total))
    return say(
        "**{risks}** where concern is high: {keys}.",
        risks=_stand(total),
        keys=", ".join(high["keys"].iloc[::-1]),
    )


def burn_down(exposure: DataFrame[ExposureOverTime]) -> Reading:
    """Whether exposure falls. Reads ``day_on``, ``exposure_cost``, ``risks``."""
    ExposureOverTime.require(exposure, "day_on", "exposure_cost", "risks")
    if exposure.empty:
        return say("No risk was ever assessed, so nothing can be said of how exposure changed.")
    now = exposure.iloc[-1]
    if pd.isna(now.exposure_cost):
        return say("No open risk has a probability and a cost, so the exposure is unknown.")
    peak = exposure.loc[exposure["exposure_cost"].idxmax()]
    quarter = exposure.tail(4).dropna(subset="exposure_cost").iloc[0]
    change = now.exposure_cost - quarter.exposure_cost
    if abs(change) <= NOTABLE_CHANGE * quarter.exposure_cost:
        trend = say("Exposure is about where it was on {day}.", day=text.day(quarter.day_on))
    else:
        trend = say(
            "Exposure has **{direction} by {change}** since {day}.",
            direction="grown" if change > 0 else "fallen",
            change=money(abs(change)),
            day=text.day(quarter.day_on),
        )
    return join(
        trend,
        say(
            "It stands at {now} in {risks}; its highest was {peak} on {day}.",
            now=money(now.exposure_cost),
            risks=count(now.risks, "open risk"),
            peak=money(peak.exposure_cost),
            day=text.day(peak.day_on),
        ),
    )


def movers(movers: DataFrame[Movers], *, since: pd.Timestamp) -> Reading:
    """What changed most since a day. Reads ``risk``, ``what``, ``change``."""
    Movers.require(movers, "risk", "what", "change")
    if movers.empty:
        return say("No risk that can be compared has changed.")
    return join(
        say(
            "**{risks}** since {day}.",
            risks=count(len(movers), "risk changed", "risks changed"),
            day=text.day(since),
        ),
        *(
            say(
                "**{label}** {what} ({sign}{change}).",
                label=row.risk,
                what=_did(row.what),
                sign="+" if row.change > 0 else "−",
                change=money(abs(row.change)),
            )
            for row in movers.head(3).itertuples()
        ),
    )


def came_true(risks: DataFrame[CameTrue]) -> Reading:
    """What happened, and how long it was foreseen. Reads all columns."""
    CameTrue.require(risks, *CameTrue.declared())
    if risks.empty:
        return say("No risk on the register came true.")
    return join(*(_came_true(row) for row in risks.head(5).itertuples()))


def _came_true(row: Any) -> Reading:
    told = [
        *([] if pd.isna(row.occurred_on) else [f"on {text.day(row.occurred_on)}"]),
        *(
            []
            if pd.isna(row.warned_days)
            else [f"after {count(row.warned_days, 'day')} of warning"]
        ),
        *(
            []
            if pd.isna(row.last_probability)
            else [f"last thought {share(row.last_probability)} likely"]
        ),
    ]
    title = row.risk_id if pd.isna(row.title) else f"{row.risk_id} {row.title}"
    return say(
        "**{title}** came true ({told}).", title=title, told=", ".join(told) or "when is unknown"
    )


def without_response(bare: DataFrame[Register], register: DataFrame[Register]) -> Reading:
    """How many risks nobody looks after. Reads ``risk``, ``has_owner``, ``has_response``."""
    Register.require(bare, "risk", "has_owner", "has_response", "age_days")
    if register.empty:
        return say("Without a register it is unknown which risks nobody looks after.")
    if bare.empty:
        return say("Every open risk has an owner, and something is done about it.")
    oldest = bare.iloc[0]
    age = "" if pd.isna(oldest.age_days) else f", open for {count(oldest.age_days, 'day')}"
    return join(
        say(
            "**{risks}** no owner or no response: {owner} without an owner, {response} without a "
            "response.",
            risks=count(len(bare), "open risk has", "open risks have"),
            owner=f"{(~bare['has_owner']).sum():,}",
            response=f"{(~bare['has_response']).sum():,}",
        ),
        say("The oldest is **{label}**{age}.", label=oldest.risk, age=age),
    )


def left_out(
    register: DataFrame[Register], risk_history: DataFrame[RiskHistory], items: DataFrame[Items]
) -> Reading:
    """What the figures of risk leave out, with counts.

    Reads ``state``, ``exposure_cost``, ``probability``, ``risk_id`` of ``register``, ``risk_id``
    of ``risk_history`` and ``started_on``, ``finished_on`` of ``items``.
    """
    Register.require(register, "state", "exposure_cost", "probability", "risk_id")
    RiskHistory.require(risk_history, "risk_id")
    Items.require(items, "started_on", "finished_on")
    going = register[register["state"] == "open"]
    told = {
        "open risks without a probability or a cost, in no sum": going["exposure_cost"].isna(),
        "risks that were never assessed, shown with today's figures all along": ~register[
            "risk_id"
        ].isin(risk_history["risk_id"]),
        "assessments of risks that are not on the register": ~risk_history["risk_id"].isin(
            register["risk_id"]
        ),
        "open items not begun, or begun on a day nobody knows, of which no age is told": (
            items["finished_on"].isna()
            & items["started_on"].isna()
            & items["started_on"].notna().any()
        ),
    }
    return text.left_out({what: int(missing.sum()) for what, missing in told.items()})


def _stand(number: int) -> str:
    return count(number, "risk stands", "risks stand")


def _did(what: str) -> str:
    return {"raised": "was raised", "closed": "was closed"}.get(what, what)
