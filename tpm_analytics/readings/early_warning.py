"""What the tracker warns of, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings.text import Reading, amount, count, day, join, say, share
from tpm_analytics.results.early_warning import (
    BlockedChains,
    BlockedItems,
    EarlyWarnings,
    Holders,
    ItemRoom,
    MovedDependencies,
    Overdue,
    ScopeGrowth,
    WaitingLinks,
)
from tpm_analytics.results.schedule import Schedule

SHOWN = 3
# A team of which somebody holds fewer items tells nothing: one of two is always half
ENOUGH_HELD = 5


def warnings(warnings: DataFrame[EarlyWarnings]) -> Reading:
    """How much the tracker warns of, and what to act on first. Reads all columns."""
    EarlyWarnings.require(warnings, *EarlyWarnings.declared())
    if warnings.empty:
        return say(
            "The tracker warns of **nothing**: no open item is older than most ever get, no chain "
            "of work is held up, nothing grows or hangs on one person, and no date that others "
            "wait for has moved."
        )
    kinds = warnings["finding"].astype("str").value_counts()
    head = say(
        "The tracker warns of **{things}**: {kinds}. To act on first:",
        things=count(len(warnings), "thing"),
        kinds="; ".join(f"{kind} ({number:,})" for kind, number in kinds.items()),
    )
    return numbered(head, [_first(row) for row in warnings.head(SHOWN).itertuples()])


def _first(row: Any) -> Reading:
    on_path = not pd.isna(row.critical) and bool(row.critical)
    return say(
        "**{where}**: {finding}. It was counted: {counted}. {why}",
        where=row.where,
        finding=f"{row.finding}, on the critical path" if on_path else row.finding,
        counted=row.counted,
        why=row.why,
    )


def numbered(head: Reading, lines: list[Reading]) -> Reading:
    """A sentence, and a list of sentences under it."""
    told = [(f"{number}. ", line) for number, line in enumerate(lines, start=1)]
    return Reading(
        "\n\n".join([head.markdown, "\n".join(number + line.markdown for number, line in told)]),
        "\n".join([head.plain, *(number + line.plain for number, line in told)]),
    )


def critical_path(schedule: DataFrame[Schedule], room: DataFrame[ItemRoom]) -> Reading:
    """What the critical path of the tracker's items is taken to be.

    Reads ``activity_id``, ``name``, ``state``, ``critical`` of ``schedule`` and ``critical`` of
    ``room``.
    """
    Schedule.require(schedule, "activity_id", "name", "state", "critical")
    ItemRoom.require(room, "critical")
    going = schedule[schedule["critical"].astype(bool) & (schedule["state"] != "finished")]
    if going.empty:
        return say(
            "Which items lie on the critical path **cannot be said**: no open epic has items and a "
            "pace to make a schedule of."
        )
    named = (going["activity_id"] + (" " + going["name"].astype("str")).fillna("")).tolist()
    more = len(named) - SHOWN
    on = int(room["critical"].fillna(value=False).sum())
    return say(
        "By the items' epics, their pace and their links, the critical path of the tracker runs "
        "through **{names}**; {items} on it or waited for by it.",
        names=", ".join(named[:SHOWN]) + (f" and {more} more" if more > 0 else ""),
        items=count(on, "open item is", "open items are"),
    )


def chains(chains: DataFrame[BlockedChains]) -> Reading:
    """Where chains of work are held up. Reads all columns."""
    BlockedChains.require(chains, *BlockedChains.declared())
    if chains.empty:
        return say(
            "No chain of open items is held up: nowhere do three wait one for the other, and "
            "nothing waits for an item flagged as blocked."
        )
    return join(
        say("**{chains}** held up.", chains=count(len(chains), "chain is", "chains are")),
        *(
            say(
                "**{head}** {held}; {behind}: {chain}.",
                head=_owned(row.head_id, None, row.team),
                held=_HELD.get(row.held_by, row.held_by)
                + ("" if pd.isna(row.since_on) else f" since {day(row.since_on)}"),
                behind=count(row.behind, "item waits for it", "items wait for it")
                + ("" if pd.isna(row.teams) else f", of {row.teams} too"),
                chain=row.chain,
            )
            for row in chains.head(SHOWN).itertuples()
        ),
    )


_HELD = {
    "flagged as blocked": "has been blocked",
    "waits in a circle": "has waited in a circle",
    "not begun": "is not begun and has been waited for",
    "under way": "is under way and has been waited for",
}


def growth(growth: DataFrame[ScopeGrowth]) -> Reading:
    """Where scope grows. Reads all columns."""
    ScopeGrowth.require(growth, *ScopeGrowth.declared())
    if growth.empty:
        return say(
            "No team's scope has jumped within a year without being worked off, and none gets "
            "notably more than it finishes."
        )
    return join(*(_grown(row) for row in growth.head(SHOWN + 1).itertuples()))


def _grown(row: Any) -> Reading:
    facts = {
        "team": "Work of no team" if pd.isna(row.team) else row.team,
        "added": count(row.added, "item"),
        "usual": amount(round(row.usual)),
        "from_on": day(row.from_on),
        "to_on": day(row.to_on),
        "open": f"{row.still_open:,}",
        "weeks": "are usual"
        if pd.isna(row.weeks_of_work)
        else f"are usual, about {count(round(row.weeks_of_work), 'week')} of the team's work",
    }
    if row.finding == "jump":
        return say(
            "**{team}** got **{added}** from {from_on} to {to_on}, where {usual} {weeks}; "
            "{open} of them are still open.",
            **facts,
        )
    return say(
        "**{team}** got **{added}** from {from_on} to {to_on} and finished {usual}.", **facts
    )


def moved(moved: DataFrame[MovedDependencies]) -> Reading:
    """Which dates that others wait for have moved. Reads all columns."""
    MovedDependencies.require(moved, *MovedDependencies.declared())
    if moved.empty:
        return say("No date that others wait for has moved by a week or more.")
    return join(
        say(
            "**{dates}** by a week or more since {since}.",
            dates=count(
                len(moved), "date that others wait for has", "dates that others wait for have"
            )
            + " moved",
            since=day(moved["since_on"].iloc[0]),
        ),
        *(
            say(
                "**{key}**: {now} in place of {then}, **{own}** of it arose here; {behind}.",
                key=_owned(row.key, row.name, row.team),
                now=day(row.expected_now_on),
                then=day(row.expected_then_on),
                own=count(row.own_days, "day"),
                behind=count(
                    row.behind, "piece of work waits behind it", "pieces of work wait behind it"
                )
                + ("" if pd.isna(row.teams) else f", {row.teams} among them"),
            )
            for row in moved.head(SHOWN).itertuples()
        ),
    )


def overdue(overdue: DataFrame[Overdue]) -> Reading:
    """How much open work is older than most ever gets. Reads all columns."""
    Overdue.require(overdue, *Overdue.declared())
    if overdue.empty:
        return say("No item in progress is older than most finished items were.")
    oldest = overdue.loc[overdue["age_days"].idxmax()]
    doubt = say("The source tells no start of work, so age counts from creation.")
    return join(
        say(
            "**{items}** older than 85 of 100 finished ones of the same kind were. The oldest: "
            "**{age}**, {item}.",
            items=count(len(overdue), "open item is", "open items are"),
            age=count(oldest.age_days, "day"),
            item=_owned(oldest.item_id, oldest.title, None),
        ),
        *_where(overdue),
        *([doubt] if oldest.counted_from != "start" else []),
    )


def _where(overdue: pd.DataFrame) -> list[Reading]:
    """How many lie on the critical path, and in which status most of several stand."""
    told = overdue["critical"].dropna()
    statuses = overdue["status"].astype("str").value_counts()
    parts = []
    if len(told):
        on = overdue.loc[overdue["critical"].fillna(value=False), "item_id"]
        parts.append(
            say(
                "On the critical path: **{items}**.",
                items=", ".join(on.head(SHOWN))
                + (f" and {len(on) - SHOWN} more") * (len(on) > SHOWN)
                or "none",
            )
        )
    if len(overdue) > SHOWN and len(statuses) > 1:
        parts.append(
            say(
                "They stand in {statuses}.",
                statuses=", ".join(f"{name} ({number:,})" for name, number in statuses.items()),
            )
        )
    return parts


def blocked(blocked: DataFrame[BlockedItems]) -> Reading:
    """What is blocked now. Reads all columns."""
    BlockedItems.require(blocked, *BlockedItems.declared())
    if blocked.empty:
        return say("No open item is flagged as blocked, or the source keeps no flags.")
    longest = blocked.iloc[0]
    told = "**{items}** blocked. {item} has been so longest: **{days}**"
    return say(
        f"{told}." if pd.isna(longest.reason) else told + " ({why}).",
        items=count(len(blocked), "open item is", "open items are"),
        item=longest.item_id,
        days=count(longest.blocked_days, "day"),
        why=longest.reason,
    )


def waiting(waiting: DataFrame[WaitingLinks]) -> Reading:
    """Which teams wait for which. Reads all columns."""
    WaitingLinks.require(waiting, *WaitingLinks.declared())
    if waiting.empty:
        return say("No open item is linked to an open item of another team that it waits for.")
    oldest = waiting.iloc[0]
    first = say(
        "**{links}** tied to unfinished work of another team that has to come first; {begun} of "
        "them begun all the same.",
        links=count(waiting["to_id"].nunique(), "open item is", "open items are"),
        begun=f"{waiting.loc[waiting['to_begun'], 'to_id'].nunique():,}",
    )
    days = (
        "" if pd.isna(oldest.waiting_days) else f", for up to {count(oldest.waiting_days, 'day')}"
    )
    return join(
        first,
        say(
            "The longest: {waits} of **{to_team}** to {awaited} of **{from_team}**{days}.",
            waits=oldest.to_id,
            to_team=oldest.to_team,
            awaited=oldest.from_id,
            from_team=oldest.from_team,
            days=days,
        ),
    )


def holders(holders: DataFrame[Holders]) -> Reading:
    """Which teams hang on one person. Reads all columns."""
    Holders.require(holders, *Holders.declared())
    if holders.empty:
        return say("No open item has a holder that the source tells of.")
    large = holders[holders["held_items"] >= ENOUGH_HELD]
    hanging = large[large["bus_factor"] == 1]
    if hanging.empty:
        return say(
            "No team and no epic hangs on one person: nobody has more than half of {enough} items "
            "or more.",
            enough=ENOUGH_HELD,
        )
    return join(
        *(
            say(
                "In **{where}** one person has **{part}** of the {items} {basis}.",
                where=_whose(row),
                part=share(row.top_share),
                items=f"{row.held_items:,}",
                basis=row.basis
                if pd.isna(row.epic_id)
                else f"{row.basis}; {count(row.open_items, 'item')} left",
            )
            for row in hanging.head(5).itertuples()
        )
    )


def _whose(row: Any) -> str:
    if pd.isna(row.epic_id):
        return "work of no team" if pd.isna(row.team) else str(row.team)
    title = "" if pd.isna(row.title) else f" {row.title}"
    return f"{row.epic_id}{title}"


def _owned(key: str, title: object, team: object) -> str:
    """A key with its title and its team, as far as they are known."""
    about = "" if pd.isna(title) else f" {title}"
    owner = "" if pd.isna(team) else f" ({team})"
    return f"{key}{about}{owner}"
