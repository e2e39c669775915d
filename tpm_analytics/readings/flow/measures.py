"""What the flow of work says, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, day, join, say, share
from tpm_analytics.results.flow import (
    Ages,
    Conventions,
    CycleTimes,
    GroupTimes,
    LittlesLaw,
    Percentiles,
    Throughput,
    Unmeasured,
    WorkInProgress,
)

RECENT_PERIODS = 8
# less than half a day is nothing that a figure in whole days shows
HARDLY = 0.5
# Within this part of what there was, as much is in progress as before
ABOUT = 0.05


def cycle_time(percentiles: DataFrame[Percentiles], unmeasured: DataFrame[Unmeasured]) -> Reading:
    """How long an item takes. Reads ``share``, ``cycle_days``, and ``items`` of ``unmeasured``."""
    Percentiles.require(percentiles, "share", "cycle_days")
    Unmeasured.require(unmeasured, "items")
    if percentiles.empty and unmeasured.empty:
        return say("Nothing is finished yet, so how long items take **cannot be said**.")
    if percentiles.empty:
        return say(
            "How long items take **cannot be said**: of {items} none has a known start before "
            "its finish. No start was invented.",
            items=count(unmeasured["items"].sum(), "finished item"),
        )
    return join(
        *(
            say(
                "**{share}** of finished items took **{days}** or less.",
                share=share(row.share),
                days=count(row.cycle_days, "day"),
            )
            for row in percentiles.itertuples()
        )
    )


def shown(cycle_times: DataFrame[CycleTimes], drawn: DataFrame[CycleTimes]) -> Reading:
    """How many finished items a chart leaves out. Reads ``item_id`` of both."""
    CycleTimes.require(cycle_times, "item_id")
    CycleTimes.require(drawn, "item_id")
    if drawn.empty:
        return say("No item can be drawn.")
    if len(drawn) == len(cycle_times):
        return say("A dot is a finished item; the dashed lines are the times named above.")
    return say(
        "Of {items} the chart shows {drawn}: the slowest, and of the others some of each time. "
        "The dashed lines are the times named above, of all.",
        items=count(len(cycle_times), "finished item"),
        drawn=f"{len(drawn):,}",
    )


def throughput(throughput: DataFrame[Throughput], *, period: str = "week") -> Reading:
    """How much is finished in a period. Reads ``items`` of the last periods."""
    Throughput.require(throughput, "items")
    if throughput.empty:
        return say("No whole {period} with a finished item lies in the data.", period=period)
    recent = throughput["items"].tail(RECENT_PERIODS)
    low, high = int(recent.min()), int(recent.max())
    if len(recent) == 1:
        return say(
            "In the only whole {period} **{items}** finished.", period=period, items=_were(low)
        )
    if low == high:
        return say(
            "In each of the last {periods} **{items}** finished.",
            periods=count(len(recent), period),
            items=_were(low),
        )
    quiet = int((recent == 0).sum())
    return join(
        say(
            "In the last {periods} between **{low}** and **{high}** finished, {middle} in a "
            "middling {period}.",
            periods=count(len(recent), period),
            low=f"{low:,}",
            high=_were(high),
            middle=amount(recent.median()),
            period=period,
        ),
        *([say("{quiet} saw none.", quiet=count(quiet, period))] if quiet else []),
    )


def work_in_progress(
    wip: DataFrame[WorkInProgress], ages: DataFrame[Ages], law: DataFrame[LittlesLaw]
) -> Reading:
    """Whether more is begun and not finished than before.

    Reads ``items`` of ``wip``, ``age_days`` of ``ages`` and ``mean_items`` of ``law``.
    """
    WorkInProgress.require(wip, "items")
    Ages.require(ages, "age_days")
    LittlesLaw.require(law, "from_on", "to_on", "mean_items")
    if wip.empty:
        return say(
            "What is in progress **cannot be said**: no item has a known start. Either none was "
            "begun, or the source does not tell when."
        )
    if ages.empty:
        return say("Nothing is in progress.")
    return join(
        *_more(law.tail(2)),
        say(
            "**{items}** begun and not finished; the oldest has been so for **{days}**.",
            items=count(len(ages), "item is", "items are"),
            days=count(ages["age_days"].max(), "day"),
        ),
        say("A day of the chart also counts what was finished on it."),
    )


def _more(spans: pd.DataFrame) -> list[Reading]:
    """Compare the average day of the newest span of days with that of the one before."""
    known = spans.dropna(subset="mean_items")
    if len(known) < 2:
        return []
    then, now = known["mean_items"]
    verdict = "**About as many**" if abs(now - then) <= ABOUT * then else "**{more}**"
    return [
        say(
            verdict + ": {now} items on an average day since {day}, {then} in the days before.",
            more="More" if now > then else "Fewer",
            now=amount(now),
            then=amount(then),
            day=day(known["from_on"].iloc[-1]),
        )
    ]


def unmeasured(unmeasured: DataFrame[Unmeasured]) -> Reading:
    """How many finished items have no cycle time. Reads all columns."""
    Unmeasured.require(unmeasured, *Unmeasured.declared())
    if unmeasured.empty:
        return say("No finished item was left out of the times.")
    return join(
        *(
            say(
                "Left out of the times: **{items}** ({share} of those finished), {reason}.",
                items=count(row.items, "item"),
                share=share(row.share),
                reason=row.reason,
            )
            for row in unmeasured.itertuples()
        )
    )


def groups(times: DataFrame[GroupTimes], *, of: str = "team") -> Reading:
    """Which team or kind of work takes longest. Reads ``group``, ``p85_days``; ``of`` names it."""
    GroupTimes.require(times, "group", "p85_days")
    if times.empty:
        return say("No finished item has a known start.")
    if len(times) == 1:
        return say("There is one {of} only.", of=of)
    slow, fast = times.iloc[0], times.iloc[-1]
    if slow["p85_days"] == fast["p85_days"]:
        return say(
            "85 % of the items of every {of} took {days} or less.",
            of=of,
            days=count(slow["p85_days"], "day"),
        )
    return say(
        "85 % took up to **{slow_days}** in the slowest {of}, {slow}, and up to **{fast_days}** in "
        "the fastest, {fast}.",
        of=of,
        slow=_named(slow["group"]),
        slow_days=count(slow["p85_days"], "day"),
        fast=_named(fast["group"]),
        fast_days=count(fast["p85_days"], "day"),
    )


def conventions(conventions: DataFrame[Conventions]) -> Reading:
    """How much the 85 % figure would move if it were counted another way. Reads all columns."""
    Conventions.require(conventions, *Conventions.declared())
    known = conventions.dropna(subset="p85_days")
    others = known.iloc[1:]
    if conventions.empty or pd.isna(conventions["p85_days"].iloc[0]) or others.empty:
        return say("Nothing was measured that another way of counting could move.")
    still = int((others["moved_days"].abs() < HARDLY).sum())
    most = others.loc[others["moved_days"].abs().idxmax()]
    told = say(
        "85 % took **{days}** or less as counted here. {still} of {others} would move that by "
        "less than half a day.",
        days=count(known["p85_days"].iloc[0], "day"),
        still=still,
        others=count(len(others), "other way of counting", "other ways of counting"),
    )
    if abs(most["moved_days"]) < HARDLY:
        return told
    return join(
        told,
        say(
            "Most would move it: {convention}, to {days}.",
            convention=most["convention"],
            days=f"{amount(round(most['p85_days'], 1))} days",
        ),
    )


def _named(group: object) -> str:
    return "that without a name" if pd.isna(group) else str(group)


def _were(number: int) -> str:
    return count(number, "item was", "items were")
