"""What is to be known of the program behind a page, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program import Program
from tpm_analytics.readings.text import Reading, day, join, say
from tpm_analytics.results.resources.what_if import PaceChange

SHOWN_TEAMS = 6


def notes(sentences: Sequence[str]) -> Reading:
    """What a reader noted while it read. Each of ``sentences`` is plain text."""
    if not sentences:
        return say("The source was read without remarks.")
    return say("{notes}", notes=" ".join(sentences))


def what_if(program: Program) -> Reading:
    """What a what-if assumes; that a program is the real one, where it is."""
    if program.scenario.empty:
        return say("This is the program as it is.")
    return say("**{assumed}** This is not the program as it is.", assumed=program.scenario)


def of_all(what: str, *, team: str) -> Reading | None:
    """Which part of a page a team does not narrow; nothing where no team is asked.

    Examples
    --------
    >>> of_all("The register of risks is", team="Core").plain
    'The register of risks is of the whole program, not of Core alone.'
    >>> of_all("The register of risks is", team="") is None
    True
    """
    return (
        say("{what} **of the whole program**, not of {team} alone.", what=what, team=team)
        if team
        else None
    )


def pace(change: DataFrame[PaceChange]) -> Reading:
    """How much faster or slower each team is taken to be, and on which assumption.

    Parameters
    ----------
    change
        Reads ``team``, ``from_on``, ``ratio``; see `resources.pace_change`.
    """
    PaceChange.require(change, "team", "from_on", "ratio")
    if change.empty:
        return say("Each team is taken to work at its pace of the past.")
    last = change.drop_duplicates("team", keep="last")
    told = last[last["ratio"].notna()]
    readings = []
    if len(told):
        named = [
            f"{row.team} {row.ratio:.0%} of its pace from {day(pd.Timestamp(row.from_on))}".replace(
                "%", " %"
            )
            for row in told.head(SHOWN_TEAMS).itertuples()
        ]
        more = len(told) - SHOWN_TEAMS
        others = f", and {more} more teams are otherwise too" if more > 0 else ""
        readings.append(
            say(
                "With the people assumed, **{teams}**{others}: pace is taken to be in proportion "
                "to the contracted hours of a team.",
                teams="; ".join(named),
                others=others,
            )
        )
    unknown = last.loc[last["ratio"].isna(), "team"]
    if len(unknown):
        readings.append(
            say(
                "Nobody is known to be in {teams} as it is, so its pace is taken to be that of "
                "the past.",
                teams=", ".join(unknown),
            )
        )
    return join(*readings)
