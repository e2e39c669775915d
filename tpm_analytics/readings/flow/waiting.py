"""What queues, blocks and moves say, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.flow.stages import length
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.flow import BlockedTime, Bottlenecks, HandoversInAll, MovesBack

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
    first, *others = list(told.itertuples())
    return join(_evidence(first, weeks), *(_next(row) for row in others))


def _evidence(row: Any, weeks: int) -> Reading:
    told = [
        say(
            "**{status}** of {team} holds up **{items}** on an average day of the last {weeks}.",
            status=row.status,
            team=_team(row.team),
            items=_held(row),
            weeks=count(weeks, "week"),
        )
    ]
    if pd.notna(row.before_items):
        told.append(
            say(
                "In as many weeks before, {before} stood there on an average day; now {now}.",
                before=_items(row.before_items),
                now=amount(round(row.mean_items, 1)),
            )
        )
    if pd.notna(row.median_days):
        before = "" if pd.isna(row.before_days) else f"; it was {length(row.before_days)}"
        told.append(
            say("A middling stay is {now}{before}.", now=length(row.median_days), before=before)
        )
    if row.entered > row.left:
        told.append(
            say(
                "{entered} came in, {left} went on.",
                entered=f"{row.entered:,}",
                left=f"{row.left:,}",
            )
        )
    return join(*told)


def _next(row: Any) -> Reading:
    return say(
        "Next: **{status}** of {team}, {items}.",
        status=row.status,
        team=_team(row.team),
        items=_held(row),
    )


def _held(row: Any) -> str:
    return _items(row.held_up) + ("" if row.stage == "waiting" else " more than before")


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


def moves(in_all: DataFrame[HandoversInAll], moves: DataFrame[MovesBack]) -> Reading:
    """How often work changes hands and goes back. Reads all columns of both."""
    HandoversInAll.require(in_all, *HandoversInAll.declared())
    MovesBack.require(moves, "from_status", "to_status", "moves")
    if in_all.empty:
        return say("How often work goes back **cannot be said**: no moves are known.")
    row = in_all.iloc[0]
    told = say(
        "A finished item changed hands **{hands}** on the average; **{back}** of them went back at "
        "least once, {reopened} were reopened after they were done.",
        hands=f"{amount(round(row['handovers'], 1))} times",
        back=share(row["went_back"]),
        reopened=share(row["reopened"]),
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
