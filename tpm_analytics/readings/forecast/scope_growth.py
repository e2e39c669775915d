"""How work grows, into what it is broken down, and when features are done, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.forecast.dates import LIKELY, on_day
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.forecast import ALL_TEAMS, FeatureOrder, FinishDays, GrowthRates, Splits

# Less than this added for each finished moves no day that anybody would notice
NOTABLE_GROWTH = 0.02


def growth(
    rates: DataFrame[GrowthRates],
    plain: DataFrame[FinishDays],
    growing: DataFrame[FinishDays],
) -> Reading:
    """How fast the work grows, and when it is done if that goes on.

    Reads all of ``rates``, and ``share``, ``day_on`` of the days without and with growth.
    """
    GrowthRates.require(rates, *GrowthRates.declared())
    FinishDays.require(plain, "share", "day_on")
    FinishDays.require(growing, "share", "day_on")
    if rates.empty:
        return say("No whole week of this work lies in the data, so its growth is unknown.")
    all_ = rates[rates["team"] == ALL_TEAMS].iloc[0]
    weeks = count(all_.weeks, "week")
    if pd.isna(all_.ratio):
        return say("In the last {weeks} nothing of this work was finished.", weeks=weeks)
    if all_.ratio < NOTABLE_GROWTH:
        return say(
            "In the last {weeks} **next to nothing was added** to this work, so the days above "
            "stand.",
            weeks=weeks,
        )
    rate = say(
        "In the last {weeks} **{ratio} {measure}** were added for every 10 finished.",
        weeks=weeks,
        ratio=amount(round(10 * all_.ratio, 1)),
        measure=all_.measure,
    )
    later = growing.loc[growing["share"] == LIKELY, "day_on"]
    if growing.empty:
        return rate
    if pd.isna(later.iloc[0]):
        return join(rate, say("If that goes on, it is **not done within two years**."))
    return join(
        rate,
        say(
            "If that goes on, it is 85 % sure to be done by **{day}**.",
            day=on_day(later.iloc[0]),
        ),
    )


def splits(splits: DataFrame[Splits]) -> Reading:
    """Into how many parts work is broken down. Reads all columns."""
    Splits.require(splits, *Splits.declared())
    if splits.empty:
        return say("No item here is broken down into parts on which work began.")
    first = splits.iloc[0]
    later = (
        ""
        if pd.isna(first.added_later)
        else f"; {share(first.added_later)} of the parts were added after work on it began"
    )
    return say(
        "A middling {kind} has **{parts}**{later}.",
        kind=first.kind,
        parts=count(first.parts, "part"),
        later=later,
    )


def features(order: DataFrame[FeatureOrder]) -> Reading:
    """Which features are far off. Reads all columns."""
    FeatureOrder.require(order, *FeatureOrder.declared())
    if order.empty:
        return say("No open item belongs to a feature, so there is no order to forecast.")
    known = order.dropna(subset="likely_on")
    if known.empty:
        return say("No feature has a day: nothing is finished under them yet, or too slowly.")
    last = known.sort_values("likely_on", kind="stable").iloc[-1]
    guessed = int(order["guessed"].sum())
    return join(
        say(
            "If each team takes its features in this order, the last of {features} is "
            "**{item} {title}**: 85 % sure by **{day}**.",
            features=count(len(order), "feature"),
            item=last.item_id,
            title="" if pd.isna(last.title) else f"({last.title})",
            day=text.day(last.likely_on),
        ),
        *(
            [
                say(
                    "{guessed} not broken down yet; their size is a guess.",
                    guessed=count(guessed, "is", "are"),
                )
            ]
            if guessed
            else []
        ),
    )
