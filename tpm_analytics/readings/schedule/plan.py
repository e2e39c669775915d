"""What a schedule says, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, day, join, left_out, say, share
from tpm_analytics.results.schedule import (
    CrashCosts,
    DrivingPath,
    ItemDurations,
    ProgressCurve,
    RoadmapBars,
    Schedule,
    ScheduleGaps,
    SlackTo,
    TeamSlips,
)

NO_SCHEDULE = (
    "There is **no schedule**: the source tells of no activities, and no open epic has items and "
    "a pace to make one of."
)
# A team whose work takes this much longer than planned is named
NOTABLY_LONGER = 0.2
SHOWN = 3
LATE = "{days} later than in the baseline"
EARLY = "{days} earlier than in the baseline"


def end(schedule: DataFrame[Schedule]) -> Reading:
    """When it all ends, and how much is critical.

    Reads ``activity_id``, ``name``, ``state``, ``finish_on``, ``baseline_finish_on``, ``critical``,
    ``total_float_days``.
    """
    Schedule.require(schedule, "activity_id", "name", "state", "finish_on", "critical")
    Schedule.require(schedule, "baseline_finish_on", "total_float_days")
    if schedule.empty:
        return say(NO_SCHEDULE)
    open_ = schedule[schedule["state"] != "finished"]
    if open_.empty:
        return say(
            "Everything is finished, the last of it on **{last}**.",
            last=day(schedule["finish_on"].max()),
        )
    last = open_["finish_on"].max()
    planned = schedule["baseline_finish_on"].max()
    late = open_[open_["total_float_days"] < 0]
    return join(
        say(
            "As planned, everything is finished on **{last}** at the earliest{slip}. No risk and "
            "nobody's overload is in that day.",
            last=day(last),
            slip="" if pd.isna(planned) else ", " + _against((last - planned).days),
        ),
        say(
            "Of {all} activities and milestones **{open}** {are} not finished, and **{critical}** "
            "of these {have} no room at all.",
            all=f"{len(schedule):,}",
            open=f"{len(open_):,}",
            are="is" if len(open_) == 1 else "are",
            critical=f"{int(open_['critical'].sum()):,}",
            have="has" if open_["critical"].sum() == 1 else "have",
        ),
        *(
            [say("**{late}** a day fixed for it.", late=count(len(late), "misses", "miss"))]
            if len(late)
            else []
        ),
    )


def _against(days: float) -> str:
    if days == 0:
        return "as in the baseline"
    return (LATE if days > 0 else EARLY).format(days=count(abs(days), "day"))


def why(path: DataFrame[DrivingPath]) -> Reading:
    """Why the date is what it is: every step of the chain in a sentence. Reads all columns."""
    DrivingPath.require(path, *DrivingPath.declared())
    if path.empty:
        return say(NO_SCHEDULE)
    steps = list(path.itertuples())
    last = steps[-1]
    slip = "" if pd.isna(last.slip_days) else ", " + _against(last.slip_days)
    over = last.cause == "done"
    head = say(
        "**{name}** was finished on **{day}**{slip}. Why then?"
        if over
        else "**{name}** is finished on **{day}** at the earliest{slip}. Why then?",
        name=_named(last),
        day=day(last.finish_on),
        slip=slip,
    )
    lines = [_step(step, before) for step, before in zip(steps, [None, *steps], strict=False)]
    listed = Reading(
        "\n".join(f"{number}. {line.markdown}" for number, line in enumerate(lines, start=1)),
        "\n".join(f"{number}. {line.plain}" for number, line in enumerate(lines, start=1)),
    )
    foot = (
        []
        if over
        else [say("No other work decides this date: only what is left of these steps does.")]
    )
    parts = [head, listed, *foot]
    return Reading(
        "\n\n".join(part.markdown for part in parts), "\n".join(part.plain for part in parts)
    )


def _named(step: Any) -> str:
    return str(step.activity_id if pd.isna(step.name) else step.name)


def _step(step: Any, before: Any) -> Reading:
    instant = step.cause == "link" and step.remaining_days == 0
    opening = _REACHED if instant else _OPENINGS[step.cause]
    if pd.isna(step.team):
        opening = opening.replace(" ({team})", "")
    facts = {
        "name": _named(step),
        "team": step.team,
        "left": count_days(step.remaining_days),
        "finish": day(step.finish_on),
        "start": "" if pd.isna(step.start_on) else day(step.start_on),
    }
    return join(
        say(opening, **facts, **_waiting(step, before)),
        *([say(_DELAY, more=count(step.added_days, "day"))] if step.added_days > 0 else []),
        *([say(_WON, less=count(-step.added_days, "day"))] if step.added_days < 0 else []),
        *(
            [
                say(
                    "{holidays} in the way.",
                    holidays=count(step.days_off, "holiday is", "holidays are"),
                )
            ]
            if step.days_off and step.cause != "done"
            else []
        ),
    )


def count_days(days: float) -> str:
    """Working days in words.

    Examples
    --------
    >>> count_days(2.5), count_days(1.0)
    ('2.5 working days', '1 working day')
    """
    return f"{amount(days)} working day{'' if days == 1 else 's'}"


_OPENINGS = {
    "done": "**{name}** ({team}) was finished on {finish}.",
    "begun": "**{name}** ({team}) is under way since {start}; {left} are left, to {finish}.",
    "today": "**{name}** ({team}) waits for nothing more and takes {left}, to {finish}.",
    "constraint": "**{name}** ({team}) may not start before {start} and takes {left}, to {finish}.",
    "begin": "**{name}** ({team}) begins with the plan on {start} and takes {left}, to {finish}.",
    "link": "**{name}** ({team}) {verb} {when} and takes {left}, to {finish}.",
}
_DELAY = "This adds **{more}** to the delay."
_WON = "This wins back **{less}** of it."
_REACHED = "**{name}** ({team}) is reached {when}: {finish}."


def _waiting(step: Any, before: Any) -> dict[str, str]:
    """When a step can begin or end by the link it waits for."""
    if step.cause != "link" or before is None:
        return {"when": "", "verb": ""}
    other = _named(before)
    event = "starts" if step.kind in {"SS", "SF"} else "is finished"
    verb = "can start" if step.kind in {"FS", "SS"} else "can finish"
    lag = step.lag_days
    apart = "" if not lag else f"{count_days(abs(lag))} {'after' if lag > 0 else 'before'} "
    return {"verb": verb, "when": f"{apart or 'when '}{other} {event}"}


def teams(teams: DataFrame[TeamSlips]) -> Reading:
    """Which team takes longer than planned. Reads all columns."""
    TeamSlips.require(teams, *TeamSlips.declared())
    if teams.empty:
        return say(NO_SCHEDULE)
    known = teams.dropna(subset=["longer_share", "team"])
    if known.empty:
        return say(
            "Whether a team takes longer than planned **cannot be said**: in the last half year "
            "none finished work that was planned."
        )
    slow = known[known["longer_share"] >= NOTABLY_LONGER]
    if slow.empty:
        return say(
            "No team takes much longer than planned; the most is {team} with {longer}.",
            team=known["team"].iloc[0],
            longer=share(known["longer_share"].iloc[0]),
        )
    return join(
        *(
            say(
                "**{team}** takes **{longer}** longer than planned: {took} for {planned}{late}.",
                team=row.team,
                longer=share(row.longer_share),
                took=count_days(row.took_days),
                planned=amount(row.planned_days),
                late=""
                if pd.isna(row.slip_days)
                else f"; its open work is up to {count(row.slip_days, 'day')} late",
            )
            for row in slow.itertuples()
        )
    )


def slack(slack: DataFrame[SlackTo]) -> Reading:
    """How much room there is before a milestone.

    Reads ``target_id``, ``target_name``, ``target_on``, ``activity_id``, ``name``, ``slack_days``
    of one target.
    """
    SlackTo.require(slack, "target_id", "target_name", "target_on", "activity_id", "name")
    SlackTo.require(slack, "slack_days")
    if slack.empty:
        return say("No open work leads to it.")
    first = slack.iloc[0]
    tight = slack[slack["slack_days"] <= 0]
    loose = slack[slack["slack_days"] > 0]
    return join(
        say(
            "Before **{name}** ({day}) moves, {tight} no room at all: {names}.",
            name=first["target_id"] if pd.isna(first["target_name"]) else first["target_name"],
            day=day(first["target_on"]),
            tight=count(len(tight), "open activity has", "open activities have"),
            names=", ".join(_label(row) for _, row in tight.head(SHOWN + 1).iterrows()) or "none",
        ),
        *(
            [
                say(
                    "The next, {name}, may end **{days}** later.",
                    name=_label(loose.iloc[0]),
                    days=count_days(loose["slack_days"].iloc[0]),
                )
            ]
            if len(loose)
            else []
        ),
    )


def _label(row: pd.Series) -> str:
    return str(row["activity_id"] if pd.isna(row["name"]) else row["name"])


def crashing(costs: DataFrame[CrashCosts], *, win: int) -> Reading:
    """What winning `win` working days costs at least. Reads all columns."""
    CrashCosts.require(costs, *CrashCosts.declared())
    if costs.empty:
        return say(
            "How to win time **cannot be said**: no activity on the way to the end tells what "
            "a day won costs."
        )
    last = costs.iloc[-1]
    limit = (
        say("More cannot be bought.")
        if last["won_days"] < win
        else say("The last of these days costs {cost}.", cost=amount(last["next_day_cost"]))
    )
    return join(
        say(
            "The cheapest way to win **{days}** costs **{cost}**: {names}. The end is then {end}.",
            days=count_days(last["won_days"]),
            cost=amount(last["cost"]),
            names=last["names"],
            end=day(last["end_on"]),
        ),
        limit,
    )


def progress(curve: DataFrame[ProgressCurve], *, until: pd.Timestamp) -> Reading:
    """How much of the work is done, against the baseline. Reads all columns."""
    ProgressCurve.require(curve, *ProgressCurve.declared())
    at = curve[curve["day_on"] == until].set_index("curve")["share"]
    if "done" not in at.index:
        return say("How much of the work is done **cannot be said**.")
    if "baseline" not in at.index:
        return say(
            "**{done}** of the work is done, by the days that activities take.",
            done=share(at["done"]),
        )
    return say(
        "**{done}** of the work is done, by the days that activities take; the baseline has "
        "{planned} by now.",
        done=share(at["done"]),
        planned=share(at["baseline"]),
    )


def roadmap(bars: DataFrame[RoadmapBars]) -> Reading:
    """What is finished in the first quarters shown. Reads ``quarter_on``, ``finishing``."""
    RoadmapBars.require(bars, "quarter_on", "finishing")
    if bars.empty:
        return say("Nothing is planned in the quarters to come.")
    sums = bars.groupby("quarter_on")["finishing"].sum()
    told = ", ".join(
        f"{number:,} in {start.year} Q{start.quarter}"
        for start, number in sums.head(SHOWN + 1).items()
    )
    return say("Activities and milestones end as follows: **{told}**.", told=told)


def basis(schedule: DataFrame[Schedule], durations: DataFrame[ItemDurations]) -> Reading:
    """What the schedule was made of. Reads ``activity_id``; ``item_id``, ``basis``."""
    Schedule.require(schedule, "activity_id")
    ItemDurations.require(durations, "item_id", "basis")
    if schedule.empty:
        return say(NO_SCHEDULE)
    derived = schedule["activity_id"].isin(durations["item_id"])
    if not derived.any():
        return say("The dates follow from the activities and links of the plan.")
    lent = durations[durations["basis"] != "its own pace"]
    return say(
        "The source has **no schedule**; this one is made of the {epics} in which anything "
        "happened for a year, each as long as its items take at the pace of the last half year "
        "({lent} at the pace of the others). It "
        "knows of no people and no priorities: take it for a first look.",
        epics=count(int(derived.sum()), "open epic"),
        lent=f"{len(lent):,}",
    )


def gaps(gaps: DataFrame[ScheduleGaps]) -> Reading:
    """What the schedule cannot tell. Reads all columns."""
    ScheduleGaps.require(gaps, *ScheduleGaps.declared())
    return left_out(dict(zip(gaps["reason"], gaps["cases"], strict=True)))
