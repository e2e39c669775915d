"""What inflow and outflow say, in plain words."""

from __future__ import annotations

from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, day, join, say, share
from tpm_analytics.results.flow import Balance, CumulativeFlow, Distribution, LittlesLaw

# A quarter of weeks
RECENT = 13
# Within this part of each other, as much comes in as goes out
EVEN = 0.1
# Beyond this part, something is in the data that no average of it tells
CLOSE = 0.15
_MONTHS = 3


def arrivals_and_departures(balance: DataFrame[Balance], *, period: str = "week") -> Reading:
    """Whether more comes in than is finished. Reads the last periods of all columns."""
    Balance.require(balance, "arrived", "finished", "still_open")
    if balance.empty:
        return say("No whole {period} with an item lies in the data.", period=period)
    recent = balance.tail(RECENT)
    arrived, finished = int(recent["arrived"].sum()), int(recent["finished"].sum())
    told = say(
        "In the last {periods} **{arrived}** came in and **{finished}** finished",
        periods=count(len(recent), period),
        arrived=count(arrived, "item"),
        finished=count(finished, "was", "were"),
    )
    larger = max(arrived, finished)
    if not larger or abs(arrived - finished) / larger <= EVEN:
        end = say(": about as many.")
    elif arrived > finished:
        end = say(": **more comes in than goes out**.")
    else:
        end = say(": less comes in than goes out.")
    still = say(
        "At the end of the last whole {period} {items} open.",
        period=period,
        items=count(recent["still_open"].iloc[-1], "item was", "items were"),
    )
    return join(Reading(told.markdown + end.markdown, told.plain + end.plain), still)


def cumulative_flow(flow: DataFrame[CumulativeFlow]) -> Reading:
    """Which queue grew most over the days shown. Reads all columns."""
    CumulativeFlow.require(flow, "day_on", "status", "stage", "items")
    under_way = flow[flow["stage"].isin(["waiting", "active"])]
    if under_way.empty:
        return say("How work piles up **cannot be said**: the source kept no moves of items.")
    days = under_way["day_on"]
    first = under_way[days == days.min()].set_index("status")["items"]
    last = under_way[days == days.max()].set_index("status")["items"]
    grown = (last - first).sort_values(ascending=False)
    since = day(days.min())
    if grown.iloc[0] <= 0:
        return say("No band has grown wider since {since}: no queue grows.", since=since)
    name = grown.index[0]
    return say(
        "Since {since} most was added to **{status}**: from {first} to {last}.",
        since=since,
        status=name,
        first=f"{first[name]:,}",
        last=count(last[name], "item"),
    )


def littles_law(law: DataFrame[LittlesLaw]) -> Reading:
    """Whether the figures agree with one another. Reads the last row."""
    LittlesLaw.require(law, "mean_items", "implied_items", "residual", "from_on", "change")
    known = law.dropna(subset="residual")
    if known.empty:
        return say(
            "Whether the figures agree with one another **cannot be said**: too little was begun "
            "and finished."
        )
    last = known.iloc[-1]
    told = say(
        "Since {since} {counted} in progress on an average day; finishes and times account for "
        "{implied}.",
        since=day(last["from_on"]),
        counted=f"{amount(last['mean_items'])} items were",
        implied=amount(last["implied_items"]),
    )
    if abs(last["residual"]) <= CLOSE:
        return join(told, say("**They agree**, so the figures of this page can be trusted."))
    if last["residual"] > 0:
        return join(
            told,
            say(
                "**{part} is not accounted for**: work that was begun and is not getting "
                "finished. Look at the oldest items above before trusting an average.",
                part=share(last["residual"]),
            ),
        )
    return join(
        told,
        say(
            "**More finished than was in progress**: very old items were closed, or starts are "
            "missing. Averages of this span say little."
        ),
    )


def distribution(distribution: DataFrame[Distribution]) -> Reading:
    """Which kinds of work get done. Reads ``period_on``, ``kind``, ``items`` of the last months."""
    Distribution.require(distribution, "period_on", "kind", "items")
    months = distribution["period_on"].drop_duplicates().tail(_MONTHS)
    recent = distribution[distribution["period_on"].isin(months)]
    by_kind = recent.groupby("kind", observed=True)["items"].sum().sort_values(ascending=False)
    total = by_kind.sum()
    if not total:
        return say("No item of a known kind was finished in the last months.")
    return say(
        "Of {items} finished in the last {months}: **{kinds}**.",
        items=count(total, "item"),
        months=count(len(months), "whole month"),
        kinds=", ".join(
            f"{kind} {share(items / total)}" for kind, items in by_kind.items() if items
        ),
    )
