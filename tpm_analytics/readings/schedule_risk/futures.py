"""What the simulated schedule says, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.schedule_risk.words import NOTHING, working_days
from tpm_analytics.readings.text import Reading, count, join, money, say, share
from tpm_analytics.results.schedule_risk import (
    ActivityRisk,
    Frontier,
    MergeBias,
    MilestoneOutlook,
    MovedFinish,
    Outlook,
    Removals,
    Together,
)

NO_SCHEDULE = (
    "The source has **no schedule of activities with work left**, and no open epics that move, so "
    "no finish can be simulated. The forecast page tells when work of a tracker will be done."
)
P50, P80, P95 = range(3)
# A milestone kept in fewer of the futures is named
LIKELY = 0.5
# Less than this is no news
NOTABLE_DAYS = 0.5


def outlook(outlook: DataFrame[Outlook], *, epics: int = 0) -> Reading:
    """When the work is finished and what it still costs. Reads all columns.

    ``epics`` tells how many open epics stand in for activities that the source does not have.
    """
    Outlook.require(outlook, *Outlook.declared())
    if outlook.empty:
        return say(NO_SCHEDULE)
    half, safe, last = (outlook.iloc[row] for row in (P50, P80, P95))
    certain = say(
        "Every future ends on {day}: nothing in the source that sets it is in doubt. That is the "
        "**day of the plan, not how sure it is**. Give activities `optimistic_days` and "
        "`pessimistic_days`, or risks a delay.",
        day=text.day(last.finish_on),
    )
    days = say(
        "With its risks and doubts, {work} is finished by **{safe}** in 80 of 100 futures; "
        "by {half} in half of them, by {last} in 95.",
        work=f"the work of {count(epics, 'open epic')}" if epics else "the work",
        safe=text.day(safe.finish_on),
        half=text.day(half.finish_on),
        last=text.day(last.finish_on),
    )
    cost = (
        say("What it costs is unknown: no budget and no risk has a sum.")
        if pd.isna(safe.cost)
        else say(
            "It still costs **{safe}** or less in 80 of 100 futures, {half} in half of them.",
            safe=money(safe.cost),
            half=money(half.cost),
        )
    )
    spread = (
        "the same day"
        if safe.finish_low_on == safe.finish_high_on
        else f"{text.day(safe.finish_low_on)} to {text.day(safe.finish_high_on)}"
    )
    sure = say(
        "That is counted in {trials} simulated futures; simulated anew, the day that 80 of 100 "
        "keep would be {spread}.",
        trials=f"{safe.trials:,}",
        spread=spread,
    )
    derived = say(
        "The source has no activities: {epics} {stand} in for them, and open items outside of "
        "{these} are not in it; the page Forecast counts all.",
        epics="the epic" if epics == 1 else "the epics",
        stand="stands" if epics == 1 else "stand",
        these="it" if epics == 1 else "them",
    )
    told = [certain, cost] if half.finish_on == last.finish_on else [days, cost, sure]
    return join(*told, *([derived] if epics else []))


def milestones(milestones: DataFrame[MilestoneOutlook]) -> Reading:
    """Which milestones will hardly keep their day. Reads ``name``, ``kept``, ``due_on``."""
    MilestoneOutlook.require(milestones, "milestone_id", "name", "kept", "due_on", "p80_on")
    if milestones.empty:
        return say("No milestone that is still to come is tied to an activity.")
    unlikely = milestones[milestones["kept"] < LIKELY].sort_values("kept", kind="stable")
    if unlikely.empty:
        return say("Every milestone keeps its day in more than half of the futures, or has none.")
    return join(
        say(
            "**{number} of {all}** to come will more likely miss their day than keep it.",
            number=len(unlikely),
            all=count(len(milestones), "milestone"),
        ),
        *(
            say(
                "**{name}**, due {due}: {kept}.",
                name=row.milestone_id if pd.isna(row.name_shown) else row.name_shown,
                due=text.day(row.due_on),
                kept="kept in no future" if row.kept == 0 else f"{share(row.kept)} likely",
            )
            for row in unlikely.rename(columns={"name": "name_shown"}).head(3).itertuples()
        ),
    )


def merge_bias(bias: DataFrame[MergeBias]) -> Reading:
    """Why single durations promise too much. Reads all columns."""
    MergeBias.require(bias, *MergeBias.declared())
    if bias.empty:
        return say(NOTHING)
    told = bias.iloc[0]
    return join(
        say(
            "The plan with one duration for each activity and no risk ends on **{plain}**; "
            "{kept} of the futures keep that.",
            plain=text.day(told.plain_on),
            kept=share(told.plain_kept),
        ),
        say(
            "The expected finish is {mean}. Paths that meet, where the latest sets the date, add "
            "{bias} to that.",
            mean=text.day(told.mean_on),
            bias=working_days(max(told.bias_days, 0.0)),
        ),
    )


def removals(removals: DataFrame[Removals]) -> Reading:
    """What is worth taking away. Reads ``kind``, ``name``, ``won_days``."""
    Removals.require(removals, "kind", "name", "won_days")
    if removals.empty:
        return say(NOTHING)
    risks = removals[(removals["kind"] == "risk") & (removals["won_days"] >= NOTABLE_DAYS)]
    others = removals[(removals["kind"] != "risk") & (removals["won_days"] >= NOTABLE_DAYS)]
    if risks.empty and others.empty:
        return say("Nothing wins a day by itself: several paths are about equally long.")
    told = []
    if risks.empty:
        told.append(say("No risk alone holds up the finish."))
    else:
        told.append(
            say(
                "Without **{name}** the day that 80 of 100 futures keep is **{days}** "
                "earlier{more}.",
                name=risks.iloc[0]["name"],
                days=working_days(risks.iloc[0]["won_days"]),
                more="; no other risk wins a day"
                if len(risks) == 1
                else f"; {count(len(risks) - 1, 'other risk')} would win less",
            )
        )
    if not others.empty:
        told.append(
            say(
                "Of the work, **{name}** is worth most: {days}.",
                name=others.iloc[0]["name"],
                days=working_days(others.iloc[0]["won_days"]),
            )
        )
    return join(*told)


def activities(activities: DataFrame[ActivityRisk]) -> Reading:
    """What sets the finish most often. Reads ``activity_id``, ``name``, ``criticality``."""
    ActivityRisk.require(activities, "activity_id", "name", "criticality", "sensitivity")
    if activities.empty:
        return say(NOTHING)
    top = activities.iloc[0]
    often = (activities["criticality"] > LIKELY).sum()
    return say(
        "**{often}** the finish in more than half of the futures. It depends most on **{name}**, "
        "which sets it in {part}.",
        often=count(often, "activity sets", "activities set"),
        name=top["activity_id"] if pd.isna(top["name"]) else top["name"],
        part="all of them" if top["criticality"] == 1 else share(top["criticality"]),
    )


def frontier(pairs: DataFrame[Frontier], together: DataFrame[Together]) -> Reading:
    """Which day and cost can be promised together. Reads all columns."""
    Frontier.require(pairs, *Frontier.declared())
    Together.require(together, *Together.declared())
    if pairs.empty:
        return say("No cost is known, so no day and cost can be promised together.")
    middle = pairs.iloc[len(pairs) // 2]
    return join(
        say(
            "To keep both in {part} of the futures, promise for instance **{day} and {cost}**.",
            part=share(middle["certainty"]),
            day=text.day(middle["finish_on"]),
            cost=money(middle["cost"]),
        ),
        say(
            "{day} and {cost} are each kept in {each} of the futures, both at once in **{both}**.",
            day=text.day(together.iloc[P80]["finish_on"]),
            cost=money(together.iloc[P80]["cost"]),
            each=share(together.iloc[P80]["certainty"]),
            both=share(together.iloc[P80]["both"]),
        ),
    )


def moved(causes: DataFrame[MovedFinish]) -> Reading:
    """What moved the finish. Reads all columns."""
    MovedFinish.require(causes, *MovedFinish.declared())
    if causes.empty:
        return say("One of the two days has no work left to simulate, so nothing can be compared.")
    before, now = causes.iloc[0]["before_on"], causes.iloc[0]["now_on"]
    whole = say(
        "The day that 80 of 100 futures keep {moved} {before} to **{now}**.",
        moved="stayed as it was, from" if before == now else "moved from",
        before=text.day(before),
        now=text.day(now),
    )
    notable = causes[causes["moved_days"].abs() >= NOTABLE_DAYS]
    parts = [
        say(
            "**{cause}**: {days} {way}.",
            cause=row.cause[0].upper() + row.cause[1:],
            days=working_days(abs(row.moved_days)),
            way="later" if row.moved_days > 0 else "earlier",
        )
        for row in notable.itertuples()
    ]
    return join(whole, *parts)
