"""Whether what is held for risks covers what is still needed, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.schedule_risk.words import NOTHING, working_days
from tpm_analytics.readings.text import Reading, join, money, say, share
from tpm_analytics.results.schedule_risk import Cover, Reserve

HOW_TO_TELL = (
    "**What is held is not told.** Add a table `contingency`, a row for each change, with "
    "`changed_on` and what was set aside (`added_days`, `added_cost`) or drawn down "
    "(`drawn_days`, `drawn_cost`)."
)
TIME = "time"


def reserve(reserve: DataFrame[Reserve], cover: DataFrame[Cover]) -> Reading:
    """What is needed on top of the plain plan, what is held, and until when it is enough.

    Reads all columns.
    """
    Reserve.require(reserve, *Reserve.declared())
    Cover.require(cover, *Cover.declared())
    if reserve.empty:
        return say(NOTHING)
    now, first = reserve.iloc[-1], reserve.iloc[0]
    needed = say(
        "To be finished in 80 of 100 futures, the plain plan needs **{days}** and **{money}** "
        "on top.",
        days=working_days(now.needed_days),
        money="an unknown sum" if pd.isna(now.needed_cost) else money(now.needed_cost),
    )
    before = say(
        "On {day} it needed {days}.",
        day=text.day(first.day_on),
        days=working_days(first.needed_days),
    )
    told = [_covered(row) for row in cover.itertuples()] or [say(HOW_TO_TELL)]
    return join(needed, *([before] if len(reserve) > 1 else []), *told)


def _covered(row: Any) -> Reading:
    words = working_days if row.of == TIME else money
    if row.held < 0:
        return say(
            "Of {of}, **{over} more was drawn** than set aside.", of=row.of, over=words(-row.held)
        )
    drawn = row.drawn and row.drawn_since < row.day_on
    held = "The {of} held is **{held}**" + (", after {drawn} drawn since {since}" if drawn else "")
    return say(
        held + ": it keeps {kept} of the futures, and is **{enough}**.",
        of=row.of,
        held=words(row.held),
        drawn=words(row.drawn),
        since=text.day(row.drawn_since),
        kept=share(row.kept),
        enough=_enough(row, words(abs(row.spare))),
    )


def _enough(row: Any, gap: str) -> str:
    if pd.notna(row.short_since):
        return f"{gap} short since {text.day(row.short_since)}"
    if pd.notna(row.enough_until):
        return (
            f"enough until {text.day(row.enough_until)}, if drawn down and needed as of late, "
            f"while the work goes on until {text.day(row.finish_on)}"
        )
    return f"enough until the work is finished, with {gap} to spare"
