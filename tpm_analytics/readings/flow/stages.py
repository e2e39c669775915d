"""What the statuses of items say of their time, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.flow import (
    Ageing,
    Efficiencies,
    TeamEfficiency,
    TimeInStatus,
    WorkInProgress,
)

# Older than this share of finished items in the same status: time to ask what holds it
OLD = 0.85
# below a tenth of a day people speak of hours
_HOURS = 24


def time_in_status(times: DataFrame[TimeInStatus]) -> Reading:
    """Where most of the time goes. Reads ``status``, ``stage``, ``share``, ``median_days``."""
    TimeInStatus.require(times, "status", "stage", "share", "median_days")
    under_way = times[times["share"] > 0]
    if under_way.empty:
        return say("Where the time goes **cannot be said**: the source kept no moves of items.")
    most = under_way.loc[under_way["share"].idxmax()]
    waiting = under_way[under_way["stage"] == "waiting"]
    told = say(
        "Of the time from start to finish, or until today, **{part}** is spent in {status}",
        part=share(most["share"]),
        status=most["status"],
    )
    if waiting.empty:
        return join(
            Reading(told.markdown + ".", told.plain + "."),
            say("No status between start and finish is one of waiting, so no queue can be seen."),
        )
    rest = say(
        ", {part} waiting ({names}).",
        part=share(waiting["share"].sum()),
        names=", ".join(waiting["status"].astype("str")),
    )
    return Reading(told.markdown + rest.markdown, told.plain + rest.plain)


def ageing(ageing: DataFrame[Ageing], wip: DataFrame[WorkInProgress]) -> Reading:
    """How many open items are old for where they stand.

    Reads ``item_id``, ``status``, ``age_days``, ``older_than`` of ``ageing``; of ``wip`` only
    whether any work was ever known to be in progress.
    """
    Ageing.require(ageing, "item_id", "status", "age_days", "older_than")
    WorkInProgress.require(wip, "items")
    if wip.empty:
        return say("How old open items are **cannot be said**: no item has a known start.")
    if ageing.empty:
        return say("Nothing is in progress.")
    known = ageing.dropna(subset="older_than")
    if known.empty:
        return say(
            "{items} in progress; too few finished ones passed the same statuses to say whether "
            "that is old.",
            items=count(len(ageing), "item is", "items are"),
        )
    old = known[known["older_than"] > OLD]
    if old.empty:
        return say(
            "None of {items} in progress is older than is usual for where it stands.",
            items=count(len(ageing), "item"),
        )
    first = old.iloc[0]
    return join(
        say(
            "**{old} of {items} in progress** are older than {line} of the finished items were "
            "when they left the same status.",
            old=f"{len(old):,}",
            items=f"{len(ageing):,}",
            line=share(OLD),
        ),
        say(
            "The oldest for where it stands is {item}: {age}, in {status}.",
            item=first["item_id"],
            age=count(first["age_days"], "day"),
            status=first["status"],
        ),
    )


def efficiency(items: DataFrame[Efficiencies], teams: DataFrame[TeamEfficiency]) -> Reading:
    """Which part of the time was work.

    Reads ``active_days``, ``waiting_days``, ``blocked_days`` of ``items``, and ``team``,
    ``efficiency`` of ``teams``.
    """
    Efficiencies.require(items, "active_days", "waiting_days", "blocked_days")
    TeamEfficiency.require(teams, "team", "efficiency")
    spent = items[["active_days", "waiting_days", "blocked_days"]].sum()
    if not spent.sum():
        return say("Which part of the time is work **cannot be said**: no moves are known.")
    parts = spent / spent.sum()
    told = say(
        "Of the time from start to finish **{active}** was in active statuses, {waiting} was "
        "waiting and {blocked} blocked.",
        active=share(parts["active_days"]),
        waiting=share(parts["waiting_days"]),
        blocked=share(parts["blocked_days"]),
    )
    known = teams.dropna(subset="efficiency")
    if len(known) < 2:
        return told
    low, high = known.iloc[0], known.iloc[-1]
    return join(
        told,
        say(
            "Least in {low} ({low_part}), most in {high} ({high_part}).",
            low=_team(low["team"]),
            low_part=share(low["efficiency"]),
            high=_team(high["team"]),
            high_part=share(high["efficiency"]),
        ),
    )


def length(days: float) -> str:
    """A stretch of time as people say it: hours while it is short.

    Examples
    --------
    >>> length(4.1), length(0.2), length(0.01)
    ('4.1 days', '5 hours', 'less than an hour')
    """
    if days >= 1:
        return "1 day" if days == 1 else f"{amount(days)} days"
    hours = round(days * _HOURS)
    return count(hours, "hour") if hours else "less than an hour"


def _team(name: object) -> str:
    return "no team" if pd.isna(name) else str(name)
