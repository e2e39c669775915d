"""How far forecasts can be trusted, in plain words: what came of those before."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.forecast.dates import EVEN, LIKELY
from tpm_analytics.readings.text import Reading, count, join, say, share
from tpm_analytics.results.forecast import Scored, TrackRecord

# Fewer past promises say little of how far they can be trusted
ENOUGH = 20
# How far what was kept may lie from what was promised before a reader should be told
CLOSE = 0.05


def record(record: DataFrame[TrackRecord]) -> Reading:
    """How far such forecasts can be trusted. Reads all columns."""
    TrackRecord.require(record, *TrackRecord.declared())
    looking_back = record[record["origin"] == "looking back"]
    return join(
        *_verdict(looking_back),
        _issued(record[record["origin"] == "issued"]),
        *_back(looking_back),
        *_at_once(record[record["origin"] == "all teams at once"]),
    )


def _issued(issued: pd.DataFrame) -> Reading:
    likely = issued[issued["share"] == LIKELY]
    if likely.empty:
        return say(
            "This report has made no forecast on an earlier day: its own record begins today."
        )
    row = likely.iloc[0]
    wait = say("{pending} yet to come due.", pending=count(row.pending, "is", "are"))
    if not row.forecasts:
        return say(
            "Of the **{pending}** at 85 % that this report made on earlier days, none has come "
            "due yet.",
            pending=count(row.pending, "forecast"),
        )
    return join(
        say(
            "Of **{forecasts}** at 85 % that this report made on earlier days, **{held} held**.",
            forecasts=count(row.forecasts, "forecast"),
            held=f"{row.held:,}",
        ),
        *([wait] if row.pending else []),
    )


def _verdict(looking_back: pd.DataFrame) -> list[Reading]:
    """Answer before it is shown what it rests on."""
    likely = looking_back[looking_back["share"] == LIKELY]
    if likely.empty or likely["forecasts"].iloc[0] < ENOUGH:
        return []
    verdict = {
        -1: "**Promises here were too bold**: take a later day, or the 95 %.",
        0: "**Yes**: 85 % means about what it says.",
        1: "**Yes**: promises here were more careful than they said.",
    }[_beyond(likely.iloc[0])]
    return [say(verdict)]


def _back(looking_back: pd.DataFrame) -> list[Reading]:
    likely = looking_back[looking_back["share"] == LIKELY]
    if likely.empty or not likely["forecasts"].iloc[0]:
        return [say("The history is too short to look back on what would have been promised.")]
    row = likely.iloc[0]
    told = say(
        "Looking back: of {forecasts} at 85 % that it would have made for four weeks, on past "
        "days and of all work of each team, **{held} held** ({kept}).",
        forecasts=count(row.forecasts, "forecast"),
        held=f"{row.held:,}",
        kept=share(row.kept),
    )
    if row.forecasts < ENOUGH:
        return [told, say("Too few to lean on.")]
    fair = say(
        "As items are whole, some hold by a hair: without that {fair} would have held.",
        fair=share(row.fairly_kept),
    )
    return [told, fair, *_even(looking_back[looking_back["share"] == EVEN])]


def _even(even: pd.DataFrame) -> list[Reading]:
    """What came of the days that are as likely missed as kept."""
    if even.empty:
        return []
    row = even.iloc[0]
    verdict = {
        -1: "too bold, as happens where work slows down; the days at 85 % are the safer ones",
        0: "{least} to {most} is what chance brings where forecasts are right",
        1: "more careful than they said",
    }[_beyond(row)]
    return [
        say(
            "Of those at 50 %, {fair} so counted held ({verdict}).",
            fair=share(row.fairly_kept),
            verdict=verdict.format(least=share(row.least), most=share(row.most)),
        )
    ]


def _at_once(at_once: pd.DataFrame) -> list[Reading]:
    likely = at_once[at_once["share"] == LIKELY]
    if likely.empty:
        return []
    row = likely.iloc[0]
    return [
        say(
            "That **all teams at once** would keep theirs: of {forecasts} at 85 %, **{held} "
            "held**; so counted {fair} ({least} to {most} is what chance brings where they are "
            "right).",
            forecasts=count(row.forecasts, "promise"),
            held=f"{row.held:,}",
            fair=share(row.fairly_kept),
            least=share(row.least),
            most=share(row.most),
        )
    ]


def _beyond(row: pd.Series) -> int:
    """-1 for bolder and 1 for more careful than promised, further than chance or a reader's eye."""
    off = row.fairly_kept - row.share
    if row.least <= row.fairly_kept <= row.most or abs(off) <= CLOSE:
        return 0
    return 1 if off > 0 else -1


def recent_misses(scored: DataFrame[Scored]) -> Reading:
    """What the picture of past promises shows. Reads ``team``, ``share``, ``outcome``."""
    Scored.require(scored, "team", "share", "outcome")
    told = scored[scored["share"] == LIKELY]
    if told.empty:
        return say("The history is too short to look back.")
    missed = told[told["outcome"] == "missed"]
    if missed.empty:
        return say("None of these promises was missed.")
    counts = missed["team"].value_counts()
    return say(
        "The line is what would have been promised for the next four weeks, the dot what came. "
        "Most misses: **{team}** ({missed}).",
        team=counts.index[0],
        missed=f"{counts.iloc[0]:,}",
    )
