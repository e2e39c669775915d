"""What people's time says, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Allocations, People, Worklogs
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.resources import Costs, Holdings, Overloads, Skills, Utilisation, Worked

NO_HOURS = (
    "The source tells **nobody's working hours**, so capacity and utilisation cannot be said. "
    "How the open items are spread over people stands further down."
)
NO_PROMISES = "The source tells no allocations, so what the time is promised to **cannot be said**."
# Below this share of the promised hours the plan and the work have little to do with one another
CLOSE = 0.85
SHOWN = 5


def capacity(utilisation: DataFrame[Utilisation], *, today: pd.Timestamp) -> Reading:
    """How much of the time is promised, until now and from now on.

    Reads ``period_on``, ``people``, ``capacity_hours``, ``allocated_hours`` of a table by
    ``"program"``; `today` parts what was from what comes.
    """
    Utilisation.require(utilisation, "period_on", "people", "capacity_hours", "allocated_hours")
    if utilisation.empty:
        return say(NO_HOURS)
    if not utilisation["allocated_hours"].sum():
        return say(NO_PROMISES)
    later = utilisation["period_on"] > today
    parts = [
        (utilisation[~later], "So far", "was"),
        (utilisation[later], "In the time to come", "is"),
    ]
    return join(
        *(
            say(
                "{when} **{part}** of the time of {people} {was} promised: {promised} of "
                "{available} hours.",
                when=when,
                part=share(told["allocated_hours"].sum() / told["capacity_hours"].sum()),
                people=count(told["people"].iloc[-1], "person", "people"),
                was=was,
                promised=amount(round(told["allocated_hours"].sum())),
                available=amount(round(told["capacity_hours"].sum())),
            )
            for told, when, was in parts
            if told["capacity_hours"].sum()
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
            "{excess} hours too many, between {workstreams}.",
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


def skills(skills: DataFrame[Skills]) -> Reading:
    """Which skills are short, and which hang on one person. Reads all columns."""
    Skills.require(skills, *Skills.declared())
    if skills.empty:
        return say("The source tells neither the roles nor the skills of people.")
    alone = skills.loc[skills["alone"], "skill"]
    short = skills[skills["short"] > 0]
    parts = []
    if not short.empty:
        parts.append(
            say(
                "**Short**: {names}.",
                names="; ".join(
                    f"{row.skill} ({amount(row.demanded)} needed at once, {row.holders} there)"
                    for row in short.head(SHOWN).itertuples()
                ),
            )
        )
    if len(alone):
        parts.append(
            say(
                "**{skills}** with one person alone, among them {names}.",
                skills=count(len(alone), "skill or role rests", "skills or roles rest"),
                names=", ".join(alone.head(SHOWN)),
            )
        )
    if skills["demanded"].isna().all():
        parts.append(say("What the open activities need is not told."))
    return join(*parts) if parts else say("No skill is short, and none rests with one person.")


def costs(costs: DataFrame[Costs]) -> Reading:
    """What the plan costs. Reads all columns."""
    Costs.require(costs, *Costs.declared())
    if costs.empty:
        return say(NO_PROMISES)
    if costs["cost"].isna().all():
        return say("The source tells nobody's cost, so what the plan costs **cannot be said**.")
    monthly = costs.groupby("period_on")["cost"].sum()
    parts = [
        say(
            "The time promised costs **{total}** over {months}, {middle} in a middling one.",
            total=amount(round(monthly.sum())),
            months=count(len(monthly), "month"),
            middle=amount(round(monthly.median())),
        )
    ]
    unpriced = costs["unpriced_hours"].sum()
    if unpriced:
        hours = count(unpriced, "hour")
        parts.append(say("{hours} of people without a known rate are not in it.", hours=hours))
    return join(*parts)


def worked(worked: DataFrame[Worked]) -> Reading:
    """Whether the plan is what people do. Reads ``allocated_hours``, ``worked_hours``."""
    Worked.require(worked, "allocated_hours", "worked_hours")
    promised = worked["allocated_hours"].sum()
    if not promised:
        return say(
            "The source has no hours worked beside hours promised, so whether the plan is what "
            "people do **cannot be said**."
        )
    part = worked["worked_hours"].sum() / promised
    far = "either the plan is not what people do, or not all work is logged"
    verdict = "close to the plan" if CLOSE <= part <= 1 / CLOSE else far
    return say(
        "**{part}** of the hours promised were logged as worked over {weeks}: {verdict}.",
        part=share(part),
        weeks=count(len(worked), "week"),
        verdict=verdict,
    )


def holdings(holdings: DataFrame[Holdings]) -> Reading:
    """How evenly open items are spread. Reads all columns."""
    Holdings.require(holdings, *Holdings.declared())
    if holdings.empty:
        return say("No open item has a holder that the source tells of.")
    taken = holdings[holdings["people"] > 0]
    most = taken.iloc[-1]
    total = say(
        "**{people}** {items}.",
        people=count(taken["people"].sum(), "person holds", "people hold"),
        items=count(taken["items"].sum(), "open item"),
    )
    if most.people == 1:
        top = say(
            "One of them holds {held}, **{part}** of all.",
            held=count(most["items"], "item"),
            part=share(most["share"]),
        )
        return join(total, top) if taken["people"].sum() > 1 else total
    return join(
        total,
        say(
            "{few} of them hold {held} each, **{part}** of all.",
            few=f"{most.people:,}",
            held=most.held,
            part=share(most["share"]),
        ),
    )


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
