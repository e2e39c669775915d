"""What waiting between teams says, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.dependencies import (
    Chains,
    Circles,
    Dependencies,
    GraphEdges,
    GraphNodes,
    HandoverTimes,
    LinkCounts,
    SharedHours,
    TeamWaits,
)
from tpm_analytics.results.schedule_risk import Removals

WAITING = "waiting today"
HALF_DAY = 4
# less than half a working day is nothing that a date shows
HARDLY = 0.5


def waits(waits: DataFrame[TeamWaits]) -> Reading:
    """Who waited for whom the longest. Reads all columns."""
    TeamWaits.require(waits, *TeamWaits.declared())
    if waits.empty:
        return say("No link orders two items, so who waits for whom **cannot be said**.")
    between = waits[waits["across"].fillna(value=False)]
    if between.empty:
        return say("No link leads from one team to another.")
    links = count(between["links"].sum(), "link")
    if not between["measured"].sum():
        return say(
            "{links} from team to team are known; how long anybody waited on them **cannot be "
            "said**: no history tells when items became ready or were begun.",
            links=links,
        )
    total = between["waited_days"].sum()
    if not total:
        return say("On {links} between teams **nobody waited**.", links=links)
    most = between.iloc[0]
    return join(
        say(
            "Teams waited **{days}** for other teams, on {waited} of {links} between teams.",
            days=count(round(total), "day"),
            waited=f"{between['waited'].sum():,}",
            links=links,
        ),
        say(
            "The most: **{to} for {by}**, {days} on {links}, the longest wait {longest}.",
            to=_named(most["to_team"]),
            by=_named(most["from_team"]),
            days=count(round(most["waited_days"]), "day"),
            links=count(most["links"], "link"),
            longest=count(round(most["longest_days"]), "day"),
        ),
    )


def open_links(watched: DataFrame[Dependencies]) -> Reading:
    """What waits between teams today, and what will. Reads what `between_teams` keeps."""
    Dependencies.require(watched, "state", "to_id", "to_team", "from_id", "from_team")
    Dependencies.require(watched, "waited_days", "age_days")
    if watched.empty:
        return say("No open work waits for another team.")
    now = watched[watched["state"] == WAITING]
    oldest = watched["age_days"].max()
    aged = (
        say("The oldest link has stood for up to {days}.", days=count(oldest, "day"))
        if pd.notna(oldest)
        else say("How old the links are is unknown.")
    )
    if now.empty:
        return join(
            say(
                "**{links}** not cleared; nobody is known to wait today.",
                links=count(len(watched), "link between teams is", "links between teams are"),
            ),
            aged,
        )
    worst = now.iloc[0]
    return join(
        say(
            "**{waiting}** another team's work today, of {links} not cleared between teams.",
            waiting=count(len(now), "item waits for", "items wait for"),
            links=count(len(watched), "link"),
        ),
        say(
            "The longest: {item} of {to} has waited {days} for {other} of {by}.",
            item=worst["to_id"],
            to=_named(worst["to_team"]),
            days=count(round(worst["waited_days"]), "day"),
            other=worst["from_id"],
            by=_named(worst["from_team"]),
        ),
        aged,
    )


def circles(circles: DataFrame[Circles]) -> Reading:
    """Whether items wait for one another in a circle. Reads all columns."""
    Circles.require(circles, *Circles.declared())
    if circles.empty:
        return say("No items wait for one another in a circle.")
    first = circles.iloc[0]
    return say(
        "**{circles}** one another in a circle, so that none can be begun rightly: {named}. "
        "One link of each has to go.",
        circles=count(len(circles), "set of items waits for", "sets of items wait for"),
        named=first["circle"],
    )


def links(counts: DataFrame[LinkCounts]) -> Reading:
    """How many links the figures stand on, and how many leave what was loaded.

    Reads all columns, in the order that `link_counts` gives them.
    """
    LinkCounts.require(counts, *LinkCounts.declared())
    if counts.empty:
        return say("The source delivers no links.")
    ordering, _, leaving, _ = counts.to_dict("records")
    if pd.isna(leaving["share_of_ordering"]):
        return say("Of {links} none orders two items.", links=count(counts["links"].sum(), "link"))
    told = say(
        "Of {links} **{ordering}** between loaded items; no other counts here.",
        links=count(counts["links"].sum(), "link"),
        ordering=count(ordering["links"], "orders work", "order work"),
    )
    if not leaving["links"]:
        return told
    return join(
        told,
        say(
            "{leaving} ({part} of those that order items) lead to items that were not loaded; "
            "whether they hold anything up is unknown.",
            leaving=f"{leaving['links']:,}",
            part=share(leaving["share_of_ordering"]),
        ),
    )


def graph(nodes: DataFrame[GraphNodes], edges: DataFrame[GraphEdges]) -> Reading:
    """What leads to the milestone, and how often from team to team.

    Reads ``activity_id`` and ``team`` of ``nodes``, ``across`` of ``edges``.
    """
    GraphNodes.require(nodes, "activity_id", "team")
    GraphEdges.require(edges, "across")
    if nodes.empty:
        return say(
            "No milestone can be explained: there is no plan, and no open epics that wait for "
            "one another."
        )
    return say(
        "A box is open work with its earliest finish, and waits for all above it that a line "
        "leads from. {links} between them, **{across}** from one team to another. Orange is what "
        "moves the milestone with any delay.",
        links=count(len(edges), "link is", "links are"),
        across=f"{int(edges['across'].sum()):,}",
    )


def chains(chains: DataFrame[Chains]) -> Reading:
    """How many chains lead to the milestone, and which has the least room. Reads all columns."""
    Chains.require(chains, *Chains.declared())
    if chains.empty:
        return say("No chain of open work leads to a milestone.")
    first = chains.iloc[0]
    return say(
        "**{chains}** to it. The one with the least room, {room}, has {steps} and passes to "
        "another team {times}.",
        chains=count(len(chains), "chain of open work leads", "chains of open work lead"),
        room=count(round(first["slack_days"]), "working day"),
        steps=count(first["steps"], "step"),
        times=count(first["handovers"], "time"),
    )


def item_chains(chains: DataFrame[Chains]) -> Reading:
    """How long chains of open items are. Reads ``steps``, ``handovers``."""
    Chains.require(chains, "steps", "handovers")
    if chains.empty:
        return say("No open item waits for another.")
    return say(
        "**{chains}** of open items; the longest has {steps}. {across} from one team to another.",
        chains=count(len(chains), "chain"),
        steps=count(chains["steps"].max(), "step"),
        across=count((chains["handovers"] > 0).sum(), "passes", "pass"),
    )


def removals(removals: DataFrame[Removals]) -> Reading:
    """Which link costs the finish most. Reads ``name``, ``won_days``, ``p80_on``."""
    Removals.require(removals, "name", "won_days", "p80_on")
    if removals.empty:
        return say("No link of open work sets the finish, so none can be taken away.")
    worth = removals[removals["won_days"] >= HARDLY]
    if worth.empty:
        return say("No single link costs the finish half a day: taking one away wins nothing.")
    best = worth.iloc[0]
    return say(
        "**{links}** would make the finish earlier if taken away. The most: {name}, **{days}**; "
        "with it gone, 80 of 100 futures finish by {day}. What links win does not add up.",
        links=count(len(worth), "link"),
        name=best["name"],
        days=count(round(best["won_days"]), "working day"),
        day=f"{best['p80_on']:%Y-%m-%d}",
    )


def shared_hours(shared: DataFrame[SharedHours]) -> Reading:
    """Which teams are hardly at work together. Reads what it names, of pairs of teams."""
    SharedHours.require(shared, "team", "other_team", "shared_hours", "across")
    if shared.empty:
        return say(
            "When teams are at work together **cannot be said**: no people with a team and a "
            "time zone are known."
        )
    between = shared[shared["across"] & (shared["team"].astype("str") < shared["other_team"])]
    if between.empty:
        return say("The time zones of one team only are known.")
    least = between["shared_hours"].min()
    pairs = between[between["shared_hours"] == least]
    return say(
        "**{few} of {pairs}** have less than half a working day in common. The least, {hours} a "
        "day: {named}{more}.",
        few=f"{(between['shared_hours'] < HALF_DAY).sum():,}",
        pairs=count(len(between), "pair of teams", "pairs of teams"),
        hours=f"{amount(least)} hours",
        named=" and ".join(pairs[["team", "other_team"]].iloc[0].astype("str")),
        more=f", and {count(len(pairs) - 1, 'other pair')}" if len(pairs) > 1 else "",
    )


def handovers(times: DataFrame[HandoverTimes]) -> Reading:
    """How long work lies between two items, within a team and between teams. Reads all columns."""
    HandoverTimes.require(times, *HandoverTimes.declared())
    told = times[times["handovers"] > 0]
    if told.empty:
        return say(
            "How long work lies between two items **cannot be said**: of none is it known that "
            "it was begun after what it waited for was finished."
        )
    enough, few = told[told["enough"]], told[~told["enough"]]
    measured = [
        say(
            "Half of {cases} {between} lay **{days}** or less between finished and begun.",
            cases=count(row.handovers, "hand-over"),
            between=row.between,
            days=count(round(row.median_days), "day"),
        )
        for row in enough.itertuples()
    ]
    unsaid = [
        say(
            "Of those {between} {cases} measured: too few to compare.",
            between=row.between,
            cases=count(row.handovers, "was", "were"),
        )
        for row in few.itertuples()
    ]
    costs = [
        say(
            "A hand-over {between} takes **{days} {than}** than one within a team.",
            between=row.between,
            days=count(abs(round(row.beyond_days)), "day"),
            than="more" if row.beyond_days >= 0 else "less",
        )
        for row in enough.dropna(subset="beyond_days").iloc[1:].itertuples()
    ]
    return join(*measured, *costs, *unsaid)


def _named(team: object) -> str:
    return "a team that is not named" if pd.isna(team) else str(team)
