"""What the flow of work says, in plain words."""

from __future__ import annotations

from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, count, join, say, share
from tpm_analytics.results.flow import (
    Ages,
    Percentiles,
    Throughput,
    Unmeasured,
    WorkInProgress,
)

RECENT_PERIODS = 8


def cycle_time(percentiles: DataFrame[Percentiles]) -> Reading:
    """How long an item takes. Reads ``share``, ``cycle_days``."""
    Percentiles.require(percentiles, "share", "cycle_days")
    if percentiles.empty:
        return say(
            "How long items take **cannot be said**: no finished item has a known start. The "
            "source kept no history of moves, so start dates are unknown; none were invented."
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


def throughput(throughput: DataFrame[Throughput], *, period: str = "week") -> Reading:
    """How much is finished in a period. Reads ``items`` of the last periods."""
    Throughput.require(throughput, "items")
    if throughput.empty:
        return say("No whole {period} with a finished item lies in the data.", period=period)
    recent = throughput["items"].tail(RECENT_PERIODS)
    quiet = int((recent == 0).sum())
    return join(
        say(
            "In the last {periods} between **{low}** and **{high}** were finished, {middle} in a "
            "middling {period}.",
            periods=count(len(recent), period),
            low=f"{recent.min():,}",
            high=count(recent.max(), "item"),
            middle=f"{recent.median():,.0f}",
            period=period,
        ),
        *([say("{quiet} saw none.", quiet=count(quiet, period))] if quiet else []),
    )


def work_in_progress(wip: DataFrame[WorkInProgress], ages: DataFrame[Ages]) -> Reading:
    """How much is begun and not finished. Reads ``items`` of ``wip``, ``age_days`` of ``ages``."""
    WorkInProgress.require(wip, "items")
    Ages.require(ages, "age_days")
    if wip.empty:
        return say(
            "What is in progress **cannot be said**: no item has a known start, because the "
            "source kept no history of moves."
        )
    if ages.empty:
        return say("Nothing is in progress.")
    return say(
        "**{items}** begun and not finished; the oldest has been so for **{days}**.",
        items=count(len(ages), "item is", "items are"),
        days=count(ages["age_days"].max(), "day"),
    )


def unmeasured(unmeasured: DataFrame[Unmeasured]) -> Reading:
    """How many finished items have no cycle time. Reads all columns."""
    Unmeasured.require(unmeasured, *Unmeasured.declared())
    if unmeasured.empty:
        return say("Every finished item has a cycle time; none was left out.")
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
