"""What people's time says: how full it is, of whom, and what it costs."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Allocations, People, Worklogs
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, money, say, share
from tpm_analytics.results.resources import (
    CostInAll,
    Costs,
    Load,
    Overloads,
    Promised,
    Room,
    Utilisation,
)

NO_HOURS = (
    "The source tells **nobody's working hours**, so capacity and utilisation cannot be said. "
    "How the open items are spread over people stands further down."
)
NO_PROMISES = "The source tells no allocations, so what the time is promised to **cannot be said**."
SO_FAR = "so far"
SHOWN = 5


def capacity(promised: DataFrame[Promised]) -> Reading:
    """How much of the time is promised, until now and from now on. Reads all columns.

    Without a row nobody's hours are known.
    """
    Promised.require(promised, *Promised.declared())
    if promised.empty:
        return say(NO_HOURS)
    if not promised["allocated_hours"].any():
        return say(NO_PROMISES)
    return join(
        *(
            say(
                "{when} **{part}** of the time of {people} {was} promised: {promised} of "
                "{available} hours, {from_on} to {to_on}.",
                when="So far" if row.when == SO_FAR else "In the weeks to come",
                part=share(row.utilisation),
                people=count(row.people, "person", "people"),
                was="was" if row.when == SO_FAR else "is",
                promised=amount(round(row.allocated_hours)),
                available=amount(round(row.capacity_hours)),
                from_on=text.day(row.from_on),
                to_on=text.day(row.to_on),
            )
            for row in promised.dropna(subset="utilisation").itertuples()
        )
    )


def utilisation(utilisation: DataFrame[Utilisation], *, today: pd.Timestamp) -> Reading:
    """Which group is fullest from now on. Reads ``group``, ``period_on``, ``utilisation``."""
    Utilisation.require(utilisation, "group", "period_on", "utilisation", "allocated_hours")
    if utilisation.empty or not utilisation["allocated_hours"].sum():
        return say("Without working hours and allocations no role can be called full.")
    coming = utilisation[utilisation["period_on"] > today].dropna(subset="utilisation")
    if coming.empty:
        return say("Nothing is planned beyond today.")
    fullest = coming.loc[coming["utilisation"].idxmax()]
    return say(
        "From today on the fullest is **{group}** at **{part}**, in the period from {day}.",
        group=fullest.group,
        part=share(fullest.utilisation),
        day=text.day(fullest.period_on),
    )


def shown(utilisation: DataFrame[Utilisation], drawn: DataFrame[Utilisation]) -> Reading:
    """How many groups a chart leaves out. Reads ``group`` of both."""
    Utilisation.require(utilisation, "group")
    Utilisation.require(drawn, "group")
    groups, kept = utilisation["group"].nunique(), drawn["group"].nunique()
    if not groups:
        return say("Nothing is shown, because no group has known working hours.")
    if kept == groups:
        return say(
            "Every group is shown. The palest is 100 %; a white gap is a week nobody can work."
        )
    return say(
        "The {kept} fullest of {groups} are shown. The palest is 100 %; a white gap is a week "
        "nobody can work.",
        kept=f"{kept:,}",
        groups=count(groups, "group"),
    )


def room(room: DataFrame[Room]) -> Reading:
    """Which team has most time left, and which roles have none. Reads all columns."""
    Room.require(room, *Room.declared())
    teams = room[room["by"] == "team"]
    if room.empty:
        return say("Without working hours nobody can be told to have time left.")
    if not room["allocated_hours"].any():
        return say("Without allocations nobody can be told to have time left.")
    told = []
    if not teams.empty:
        most = teams.loc[teams["free_hours"].idxmax()]
        told.append(
            say(
                "Most time is left in **{team}**: {free} of {hours} hours to come.",
                team=most["name"],
                free=amount(round(most["free_hours"])),
                hours=amount(round(most["capacity_hours"])),
            )
        )
    full = room[room["by"].isin(["role", "skill"]) & (room["free_hours"] < 1)]
    if full.empty:
        return join(*told, say("Every role and every skill has time left."))
    names = [*full["name"].head(SHOWN)]
    more = len(full) - len(names)
    named = ", ".join(names) + (f" and {more} more" if more else "")
    return join(*told, say("Nothing is left of **{names}**.", names=named))


def load(load: DataFrame[Load]) -> Reading:
    """How many weeks of single people are too full, so far and to come. Reads all columns."""
    Load.require(load, *Load.declared())
    if load.empty:
        return say("Without working hours no week can be called full.")
    return join(
        *(
            say(
                "{when} **{part}** of the weeks of single people {are} more than full.",
                when="So far" if row.when == SO_FAR else "To come",
                part=share(row.too_much) if row.too_much else "none",
                are="were" if row.when == SO_FAR else "are",
            )
            for row in load.drop_duplicates("when").itertuples()
        )
    )


def overloads(overloads: DataFrame[Overloads], utilisation: DataFrame[Utilisation]) -> Reading:
    """Who is promised too often. Reads all columns of ``overloads``."""
    Overloads.require(overloads, *Overloads.declared())
    Utilisation.require(utilisation, "allocated_hours")
    if utilisation.empty:
        return say("Without working hours nobody can be told to be overloaded.")
    if not utilisation["allocated_hours"].sum():
        return say("Without allocations nobody can be told to be overloaded.")
    if overloads.empty:
        return say("Nobody is promised more time than there is, in any week.")
    told = [
        say(
            "**{group}**: {people} at up to **{peak}** from {first} to {last} ({periods}), "
            "{excess} hours too many, for {workstreams}.",
            group=row.group,
            people=count(row.people, "person", "people"),
            peak=share(row.peak_utilisation),
            first=text.day(row.from_on),
            last=text.day(row.to_on),
            periods=count(row.periods, "week"),
            excess=amount(round(row.excess_hours)),
            workstreams=row.workstreams,
        )
        for row in overloads.head(SHOWN).itertuples()
    ]
    more = len(overloads) - SHOWN
    rest = [say("{more} further down.", more=count(more, "more stands", "more stand"))]
    return join(*told, *(rest if more > 0 else []))


def costs(in_all: DataFrame[CostInAll], costs: DataFrame[Costs]) -> Reading:
    """What the plan costs. Reads all columns of ``in_all``; of ``costs`` whether there are any."""
    CostInAll.require(in_all, *CostInAll.declared())
    if costs.empty:
        return say(NO_PROMISES)
    if in_all.empty:
        return say("The source tells nobody's cost, so what the plan costs **cannot be said**.")
    row = in_all.iloc[0]
    told = say(
        "The time promised costs **{total}** over {months}, {middle} in a middling one.",
        total=money(row["cost"]),
        months=count(row["periods"], "month"),
        middle=money(row["median_cost"]),
    )
    if not row["unpriced_hours"]:
        return told
    hours = count(row["unpriced_hours"], "hour")
    return join(told, say("{hours} of people without a known rate are not in it.", hours=hours))


def left_out(
    people: DataFrame[People],
    allocations: DataFrame[Allocations],
    worklogs: DataFrame[Worklogs],
) -> Reading:
    """What the figures of people's time leave out, with counts.

    Reads ``person_id``, ``hours_per_week``, ``country`` of ``people`` and ``person_id`` of the
    others.
    """
    People.require(people, "person_id", "hours_per_week", "country")
    Allocations.require(allocations, "person_id")
    Worklogs.require(worklogs, "person_id")
    told = {
        "people whose working hours are unknown, in no sum": people["hours_per_week"].isna(),
        "people without a country, for whom no public holiday counts": people["country"].isna(),
        "allocations of people who are not on the staff list": ~allocations["person_id"].isin(
            people["person_id"]
        ),
        "entries of hours by people who are not on the staff list, counted all the same": (
            ~worklogs["person_id"].isin(people["person_id"])
        ),
    }
    return text.left_out({what: int(missing.sum()) for what, missing in told.items()})
