"""What milestones and the checks of a schedule say, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, count, day, join, say, share
from tpm_analytics.results.schedule import (
    IssueGraph,
    MilestoneCheck,
    MilestonePunctuality,
    MilestoneSlips,
    ScheduleHealth,
)

SHOWN = 3
NO_MILESTONES = "The source tells of **no milestones**."


def slips(slips: DataFrame[MilestoneSlips]) -> Reading:
    """Which milestones slip most.

    Reads ``name``, ``state``, ``first_planned_on``, ``expected_on``, ``slip_days`` and
    ``later_moves``.
    """
    MilestoneSlips.require(slips, "name", "state", "first_planned_on", "expected_on", "slip_days")
    MilestoneSlips.require(slips, "later_moves")
    if slips.empty:
        return say(NO_MILESTONES)
    going = slips[slips["state"].isin(["ahead", "overdue"])]
    late = going[going["slip_days"] > 0]
    overdue = int((slips["state"] == "overdue").sum())
    return join(
        say(
            "{going} still to be reached; **{late}** later than first planned.",
            going=count(len(going), "milestone is", "milestones are"),
            late=count(len(late), "is expected", "are expected"),
        ),
        *(
            say(
                "**{name}**: {expected} in place of {first}, **{slip}** late, moved back {times}.",
                name=row.name,
                expected=day(row.expected_on),
                first=day(row.first_planned_on),
                slip=count(row.slip_days, "day"),
                times=count(row.later_moves, "time"),
            )
            for row in late.head(SHOWN).itertuples(index=False)
        ),
        *(
            [
                say(
                    "{overdue} past the day told last, and not reached.",
                    overdue=count(overdue, "is", "are"),
                )
            ]
            if overdue
            else []
        ),
    )


def punctuality(periods: DataFrame[MilestonePunctuality], *, period: str = "quarter") -> Reading:
    """How many milestones were reached in the period first planned. Reads all columns."""
    MilestonePunctuality.require(periods, *MilestonePunctuality.declared())
    # milestones are kept in days only where these are the days of releases
    period = "release" if period == "day" else period
    if periods.empty:
        return say("No {period} for which a milestone was planned is past.", period=period)
    planned, kept = periods["planned"].sum(), periods["on_time"].sum()
    return say(
        "Of **{planned}** first planned for a {period} that is past, **{kept}** ({share}) were "
        "reached in it or before.",
        planned=count(planned, "milestone"),
        period=period,
        kept=f"{kept:,}",
        share=share(kept / planned),
    )


def check(check: DataFrame[MilestoneCheck]) -> Reading:
    """Where reports and links disagree. Reads ``name``, ``gap_days``."""
    MilestoneCheck.require(check, "name", "reported_on", "scheduled_on", "gap_days")
    if check.empty:
        return say(
            "Reports and links cannot be compared: no open milestone names the activity that "
            "reaches it."
        )
    apart = check.dropna(subset="gap_days")
    over = apart[apart["gap_days"] > 0].sort_values("gap_days", ascending=False)
    under = apart[apart["gap_days"] < 0].sort_values("gap_days")
    parts = []
    if len(over):
        parts.append(
            say(
                "**{cannot}** as reported even if all goes as planned; most of all {name}, by "
                "{days}.",
                cannot=count(len(over), "milestone cannot be kept", "milestones cannot be kept"),
                name=over["name"].iloc[0],
                days=count(over["gap_days"].iloc[0], "day"),
            )
        )
    if len(under):
        parts.append(
            say(
                "**{later}** later than the links demand: whoever reports expects work to take "
                "longer than planned, by {days} for {name}.",
                later=count(len(under), "milestone is reported", "milestones are reported"),
                name=under["name"].iloc[0],
                days=count(-under["gap_days"].iloc[0], "day"),
            )
        )
    return join(*parts) if parts else say("Reports and links tell the same days.")


def health(health: DataFrame[ScheduleHealth]) -> Reading:
    """How many of the fourteen points fail. Reads ``point``, ``verdict``, ``measured``."""
    ScheduleHealth.require(health, "point", "verdict", "measured", "allowed")
    if health.empty:
        return say("There is no schedule to look into.")
    failed = health[health["verdict"] == "failed"]
    judged = health[health["verdict"].isin(["failed", "passed"])]
    if failed.empty:
        return say(
            "**All {judged}** that could be made passed.",
            judged=count(len(judged), "check"),
        )
    return join(
        say(
            "Of {judged} that could be made **{failed}** failed.",
            judged=count(len(judged), "check"),
            failed=f"{len(failed):,}",
        ),
        *(
            say("{point}: {measured}, and should be {allowed}.", **row)
            for row in failed[["point", "measured", "allowed"]].to_dict("records")
        ),
    )


def graph(graph: DataFrame[IssueGraph]) -> Reading:
    """What is wrong in the links of the tracker. Reads ``finding``, ``cases``, ``worst``."""
    IssueGraph.require(graph, "finding", "cases", "worst")
    found = graph[graph["cases"] > 0]
    if graph.empty:
        return say("There are no items.")
    if found.empty:
        return say("Nothing is wrong in the links of the tracker.")
    return join(
        *(
            say(
                "{finding}: **{cases}**."
                if pd.isna(row.worst)
                else "{finding}: **{cases}** ({worst}).",
                finding=row.finding,
                cases=f"{row.cases:,}",
                worst=row.worst,
            )
            for row in found.itertuples(index=False)
        )
    )
