"""What queues, blocks and moves say, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.flow_stages import length
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.flow_blocks import BlockedTime
from tpm_analytics.results.flow_queues import Bottlenecks, Handovers, MovesBack

# less than an item held up is no queue
LEAST = 1.0
# a place that holds up half as much as the worst is worth a sentence of its own
NEARLY = 0.5
SHOWN = 3


def bottleneck(bottlenecks: DataFrame[Bottlenecks], *, weeks: int) -> Reading:
    """Where work is held up, and what shows it. Reads all columns."""
    Bottlenecks.require(bottlenecks, *Bottlenecks.declared())
    if bottlenecks.empty:
        return say("Where work is held up **cannot be said**: no moves of these weeks are known.")
    known = bottlenecks.dropna(subset="held_up")
    if known.empty or known["held_up"].iloc[0] < LEAST:
        return say(
            "No place holds up more than an item on an average day of the last {weeks}.",
            weeks=count(weeks, "week"),
        )
    worst = known["held_up"].iloc[0]
    told = known[(known["held_up"] >= LEAST) & (known["held_up"] >= NEARLY * worst)].head(SHOWN)
    return join(*(_place(row, weeks) for row in told.itertuples()))


def _place(row: Any, weeks: int) -> Reading:
    said = [
        say(
            "**{status}** of {team} holds up **{items}** on an average day of the last "
            "{weeks}{then}.",
            status=row.status,
            team=_team(row.team),
            items=_items(row.held_up),
            weeks=count(weeks, "week"),
            then="" if pd.isna(row.before_items) else _there(row),
        )
    ]
    if pd.notna(row.median_days) and pd.notna(row.before_days):
        said.append(
            say(
                "Half of the items stay there for {now} or more; before, it was {before}.",
                now=length(row.median_days),
                before=length(row.before_days),
            )
        )
    if row.entered > row.left:
        said.append(
            say(
                "{entered} came in and {left} went on.",
                entered=f"{row.entered:,}",
                left=f"{row.left:,}",
            )
        )
    return join(*said)


def _there(row: Any) -> str:
    if row.stage == "waiting":
        return f", {amount(row.before_items)} in the weeks before"
    return (
        f" more than before: {amount(row.mean_items)} are worked on there at a time, it was "
        f"{amount(row.before_items)}"
    )


def blocked(blocked: DataFrame[BlockedTime]) -> Reading:
    """What blocks work most. Reads all columns."""
    BlockedTime.require(blocked, *BlockedTime.declared())
    if blocked.empty:
        return say("The source tells of no blocked item.")
    total, now = blocked["blocked_days"].sum(), int(blocked["open_now"].sum())
    first = blocked.iloc[0]
    return join(
        say(
            "Items were blocked {times}, **{days}** in all; {now} now.",
            times=count(blocked["blocks"].sum(), "time"),
            days=f"{amount(round(total))} days",
            now=count(now, "is", "are"),
        ),
        *(
            [
                say(
                    "The costliest reason is **{reason}**: {part} of the time.",
                    reason="not given" if pd.isna(first["reason"]) else first["reason"],
                    part=share(first["share"]),
                )
            ]
            if len(blocked) > 1 and pd.notna(first["share"])
            else []
        ),
    )


def moves(handovers: DataFrame[Handovers], moves: DataFrame[MovesBack]) -> Reading:
    """How often work changes hands and goes back. Reads all columns of both."""
    Handovers.require(handovers, *Handovers.declared())
    MovesBack.require(moves, "from_status", "to_status", "moves")
    if handovers.empty:
        return say("How often work goes back **cannot be said**: no moves are known.")
    items = handovers["items"]
    total = items.sum()
    told = say(
        "A finished item changed hands **{hands}** on the average; **{back}** of them went back at "
        "least once, {reopened} were reopened after they were done.",
        hands=f"{amount(round((handovers['handovers'] * items).sum() / total, 1))} times",
        back=share((handovers["went_back"] * items).sum() / total),
        reopened=share((handovers["reopened"] * items).sum() / total),
    )
    if moves.empty:
        return told
    first = moves.iloc[0]
    return join(
        told,
        say(
            "Most often from {origin} to {target} ({times}).",
            origin=first["from_status"],
            target=first["to_status"],
            times=count(first["moves"], "time"),
        ),
    )


def _items(number: float) -> str:
    return f"{amount(round(number, 1))} {'item' if round(number, 1) == 1 else 'items'}"


def _team(name: object) -> str:
    return "no team" if pd.isna(name) else str(name)
