"""What process behaviour charts say, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, day, join, say
from tpm_analytics.results.process_behaviour import Levels, Signals

# Limits out of fewer figures than this will still move: Wheeler, "Making Sense of Data", 2003
FIRM = 10
SHOWN = 4
_SEEN = {
    "outside the limits": "{who}: **{level}** {when}, outside of what is usual ({side} {centre}).",
    "eight or more in a row on one side": (
        "{who}: **{figures} in a row {side}** the usual {centre}, {level} on average, {when}."
    ),
    "three of four near a limit": (
        "{who}: {figures} far {side} the usual {centre}, {level} on average, {when}."
    ),
    "larger change than expected": "{who}: an unusually large change to {level}, {when}.",
}


def change(
    levels: DataFrame[Levels],
    signals: DataFrame[Signals],
    *,
    unit: str = "",
    subject: str = "The figure",
    of: str = "group",
) -> Reading:
    """Whether anything changed, or the figure only varies as it always did.

    Reads ``group``, ``figures``, ``centre``, ``lower``, ``upper`` of ``levels`` and all columns
    of ``signals``. Only signals that last to the newest figure are told one by one. ``unit`` is
    what the figure counts, such as ``"items"``; ``subject`` names it where there is one group
    without a name; ``of`` is what a group is, such as ``"team"``.
    """
    Levels.require(levels, "group", "figures", "centre", "lower", "upper")
    Signals.require(signals, *Signals.declared())
    known = levels.dropna(subset="upper")
    if known.empty:
        return say("There are **too few figures** to tell a change from what is usual.")
    lasting = signals[signals["lasting"].astype(bool)]
    if lasting.empty:
        return join(_steady(known, unit, subject, of), _before(signals), *_soft(known))
    rest = len(lasting) - SHOWN
    return join(
        *(_told(row, unit, subject) for row in lasting.head(SHOWN).itertuples()),
        *([say("{more}; see the table.", more=count(rest, "more signal"))] if rest > 0 else []),
        *_soft(known),
    )


def _steady(known: pd.DataFrame, unit: str, subject: str, of: str) -> Reading:
    if len(known) > 1:
        return say(
            "**No change** stands out in the newest figure of {n}: all vary as usual.",
            n=count(len(known), of),
        )
    row = known.iloc[0]
    return say(
        "{who} **varies as usual**, around {centre}: the next will lie between {lower} and "
        "{upper} if nothing changes.",
        who=_who(row["group"], subject),
        centre=_with(row["centre"], unit),
        lower=_near(row["lower"]),
        upper=_with(row["upper"], unit),
    )


def _before(signals: pd.DataFrame) -> Reading:
    if signals.empty:
        return say("Neither did anything stand out before.")
    last = signals.iloc[0]
    whose = "" if pd.isna(last.group) else f"of {last.group} "
    return say(
        "Before that, {signals} stood out; the last, {what}, was that {when}.",
        signals=count(len(signals), "stretch", "stretches"),
        what=last.signal,
        when=f"{whose}up to {day(last.to_on)}",
    )


def _soft(known: pd.DataFrame) -> list[Reading]:
    fewest = int(known["figures"].min())
    if fewest >= FIRM:
        return []
    return [say("Some limits rest on {few} only and will still move.", few=count(fewest, "figure"))]


def _told(row: Any, unit: str, subject: str) -> Reading:
    once = row.from_on == row.to_on
    return say(
        _SEEN[row.signal],
        who=_who(row.group, subject),
        figures=row.figures,
        side="around" if row.side == "on" else row.side,
        centre=_with(row.centre, unit),
        level=_with(row.level, unit),
        when=f"in the period from {day(row.to_on)}" if once else f"since {day(row.from_on)}",
    )


def _who(group: object, subject: str) -> str:
    return subject if pd.isna(group) else str(group)


def _with(number: float, unit: str) -> str:
    return f"{_near(number)} {unit}".rstrip()


def _near(number: float) -> str:
    return amount(round(number, 1))
