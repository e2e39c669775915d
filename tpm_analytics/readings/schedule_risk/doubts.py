"""How far the simulated finish can be trusted, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.schedule_risk.words import NOTHING, working_days
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.schedule_risk import (
    Assumptions,
    Convergence,
    History,
    Outlook,
    Ranges,
    Strikes,
)

P80 = 1
# Less than this is no news
NOTABLE_DAYS = 0.5
# Futures that settle a date to within a few days
FIRST = 1_000
BORROWED, NO_RISKS = "a range for work that has none", "none of the risks"


def by_history(
    estimated: DataFrame[Outlook], learned: DataFrame[Outlook], history: DataFrame[History]
) -> Reading:
    """What the program's own history says of the same plan.

    Reads ``finish_on`` of both outlooks and all columns of ``history``.
    """
    Outlook.require(estimated, "finish_on")
    Outlook.require(learned, "finish_on")
    History.require(history, *History.declared())
    if estimated.empty:
        return say(NOTHING)
    if history.empty:
        return say("No activity is finished with a plan and both days, so there is no history.")
    first, second = estimated.iloc[P80]["finish_on"], learned.iloc[P80]["finish_on"]
    return join(
        say(
            "Half of {finished} took **{ratio}** of the planned time or less. If the rest goes as "
            "they did, 80 of 100 futures are finished by **{second}**, against {first} by the "
            "estimates.",
            finished=count(history["of_all"].iloc[0], "finished activity", "finished activities"),
            ratio=share(history["all_middle"].iloc[0]),
            second=text.day(second),
            first=text.day(first),
        ),
        say(
            "What is left is compared with {low} to {high} finished ones of the same team and kind "
            "of work; where they are few, with others of the team, the kind and the program too.",
            low=history["of_both"].min(),
            high=history["of_both"].max(),
        ),
    )


def assumptions(assumptions: DataFrame[Assumptions], ranges: DataFrame[Ranges]) -> Reading:
    """What the finish would be otherwise, and what is taken as certain. Reads all columns."""
    Assumptions.require(assumptions, *Assumptions.declared())
    Ranges.require(ranges, *Ranges.declared())
    if assumptions.empty or ranges.empty:
        return say(NOTHING)
    moved = assumptions.set_index("assumption")["moved_days"]
    others = moved.drop([BORROWED, NO_RISKS], errors="ignore")
    return join(
        say("Nothing that could be assumed otherwise moves that day by much.")
        if others.abs().max() < NOTABLE_DAYS
        else say(
            "With one thing assumed otherwise, the day that 80 of 100 futures keep would be "
            "**{early} earlier to {late} later**.",
            early=working_days(abs(others.min())),
            late=working_days(others.max()),
        ),
        say(
            "Without any of the risks it would be {days} earlier.",
            days=working_days(abs(moved[NO_RISKS])),
        )
        if abs(moved[NO_RISKS]) >= NOTABLE_DAYS
        else say("The risks of the register do not move it."),
        _certain(ranges, moved),
    )


def _certain(ranges: pd.DataFrame, moved: pd.Series) -> Reading:
    told = ranges.iloc[0]
    if not told.certain:
        return say("All work that is left has a range.")
    head = say(
        "**{certain} of {every} left {have} no range** and {are} taken as certain: {days} of {all} "
        "working days.",
        certain=amount(told.certain),
        every=count(told.activities, "activity", "activities"),
        have="has" if told.certain == 1 else "have",
        are="is" if told.certain == 1 else "are",
        days=amount(told.certain_days),
        all=amount(told.days_left),
    )
    if BORROWED not in moved:
        return join(head, say("No other has one either, so nothing varies but the risks."))
    days = moved[BORROWED]
    return join(
        head,
        say("With the range of the others that day would be {days} later.", days=working_days(days))
        if days >= NOTABLE_DAYS
        else say("The range of the others would not move the date."),
    )


def convergence(steps: DataFrame[Convergence]) -> Reading:
    """Whether there are enough futures. Reads all columns."""
    Convergence.require(steps, *Convergence.declared())
    if steps.empty:
        return say(NOTHING)
    last = steps.iloc[-1]
    told = say(
        "All {trials} say **{day}**; simulated anew, as many would say {low} to {high}.",
        trials=count(last.trials, "future"),
        day=text.day(last.finish_on),
        low=text.day(last.finish_low_on),
        high=text.day(last.finish_high_on),
    )
    earlier = steps[(steps["trials"] < last.trials) & (steps["trials"] <= FIRST)]
    if earlier.empty:
        return told
    return join(
        told,
        say(
            "The first {trials} alone said {day}.",
            trials=f"{earlier.iloc[-1]['trials']:,}",
            day=text.day(earlier.iloc[-1]["finish_on"]),
        ),
    )


def left_out(strikes: DataFrame[Strikes]) -> Reading:
    """Which risks could not be placed in the schedule. Reads ``risk_id``, ``how``."""
    Strikes.require(strikes, "risk_id", "how")
    if strikes.empty:
        return say("No risk is open.")
    placed = strikes["how"].str.startswith("delay")
    head = say(
        "**{placed} of {all}** strike an activity that is still to be done.",
        placed=int(placed.sum()),
        all=count(len(strikes), "open risk"),
    )
    unknown = strikes[strikes["how"].str.contains("not in the schedule")]
    names = say(
        "{keys} {point} at something that is not in the schedule: please mend the register.",
        keys=", ".join(unknown["risk_id"].head(8)),
        point="points" if len(unknown) == 1 else "point",
    )
    rest = strikes.loc[~placed, "how"].value_counts()
    counts = say(
        "The others: {parts}.",
        parts="; ".join(f"{how} ({number:,})" for how, number in rest.items()),
    )
    return join(head, *([counts] if len(rest) else []), *([] if unknown.empty else [names]))
