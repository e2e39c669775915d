"""How fast money is spent, on what, and what each unit earned costs, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.calendars import period_word
from tpm_analytics.readings import text
from tpm_analytics.readings.budget.words import NOTHING
from tpm_analytics.readings.text import Reading, join, money, say, share
from tpm_analytics.results.budget import BurnRate, Efficiency, Labour, Runway, SpentOn

SHOWN = 3
# Labour above this share of the cost is no rounding
MORE_THAN_BOOKED = 1.10


def efficiency(efficiency: DataFrame[Efficiency]) -> Reading:
    """Where the cost of what is earned changed, and when. Reads all columns."""
    Efficiency.require(efficiency, *Efficiency.declared())
    if efficiency.empty:
        return say(NOTHING)
    changed = efficiency[efficiency["changed"]]
    if changed.empty:
        return say("In no workstream has the cost of what is earned clearly changed.")
    return join(*(_changed(row) for row in changed.head(SHOWN).itertuples()))


def _changed(row: Any) -> Reading:
    told = say(
        "Since {day} **{workstream}** spends **{since}** for each 1.00 earned; before it was "
        "{before}.",
        day=text.day(row.since_on),
        workstream=row.workstream,
        since=f"{row.since:.2f}",
        before=f"{row.before:.2f}",
    )
    if row.cost_since <= 0:
        return told
    return join(told, say("That is {extra} beyond what was earned.", extra=money(row.cost_since)))


def burn(runway: DataFrame[Runway], burn: DataFrame[BurnRate]) -> Reading:
    """How long the money lasts. Reads all columns of ``runway``, of the program, and days."""
    Runway.require(runway, *Runway.declared())
    BurnRate.require(burn, "period_on", "ends_on")
    if burn.empty:
        return say(NOTHING)
    if runway.empty:
        return say("All is earned; no money is to be spent any more.")
    told = runway.iloc[0]
    if told.money_left <= 0:
        return say("**The budget is spent**, and {over} beyond it.", over=money(-told.money_left))
    left = say("**{left}** of the budget is left.", left=money(told.money_left))
    if pd.isna(told.runway_periods):
        return join(left, say("Too few periods are told, or nothing was spent of late."))
    return join(
        left,
        say(
            "At {rate} a {period}, as of late, {when} ({short} to {long} {period}s at the "
            "fastest and the slowest spending of the last year)."
            if pd.isna(told.spent_on)
            else "At {rate} a {period}, as of late, it is spent on **{when}** ({short} to {long} "
            "{period}s at the fastest and the slowest spending of the last year).",
            period=period_word(burn["period_on"], burn["ends_on"]),
            rate=money(told.burn_rate),
            when="its end is not in sight" if pd.isna(told.spent_on) else text.day(told.spent_on),
            short=_length(told.shortest_periods),
            long=_length(told.longest_periods),
        ),
        *(
            [
                say(
                    "The work is done on {finish}: the money **does not last** until then.",
                    finish=text.day(told.finish_on),
                )
            ]
            if pd.notna(told.lasts) and not told.lasts
            else []
        ),
    )


def _length(periods: float) -> str:
    return f"{periods:,.1f}" if periods < 10 else f"{periods:,.0f}"


def spent(spent: DataFrame[SpentOn], labour: DataFrame[Labour]) -> Reading:
    """What the money went to, and whether people account for it. Reads all columns."""
    SpentOn.require(spent, *SpentOn.declared())
    Labour.require(labour, *Labour.declared())
    known = spent.dropna(subset="actual_cost")
    if known.empty:
        return say(NOTHING)
    most = known.iloc[0]
    first = say(
        "**{workstream}** took most of the money: {cost}, {part} of all spent.",
        workstream=most["workstream"],
        cost=money(most["actual_cost"]),
        part=share(most["share_of_cost"]),
    )
    if labour.empty:
        return join(
            first, say("What of it is people cannot be said: no allocations with rates are told.")
        )
    people = labour.iloc[0]
    told = say(
        "The people promised to these workstreams cost **{labour}** at their rates, {part} of the "
        "{cost} booked.",
        labour=money(people["labour_cost"]),
        part=share(people["labour_share"]),
        cost=money(people["actual_cost"]),
    )
    if not people["labour_share"] > MORE_THAN_BOOKED:
        return join(first, told)
    return join(
        first,
        told,
        say(
            "More is promised than is booked: people do less for these workstreams than planned, "
            "or not all of their time is booked."
        ),
    )
