"""What the sprints say, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, day, join, say, share
from tpm_analytics.results.velocity import (
    Burn,
    CarriedItems,
    CarryCounts,
    ProgramBurn,
    Reconciliation,
    Setaside,
    SizeFit,
    SizeTimes,
    SprintItems,
    SprintVelocity,
    TeamVelocity,
)

# Below this share a commitment says little about what will be done
KEPT = 0.8
# More sprints at once are a wall of figures: those furthest behind an even pace are told
SHOWN_SPRINTS = 2
# Within this part of each other, as much comes in as is done
EVEN = 0.1
# Weeks of a quarter of a year
QUARTER = 13
# What a rank correlation is worth in words: Cohen, "Statistical Power Analysis", 1988, chapter 3
FITS = ((0.5, "much"), (0.3, "something"), (0.1, "little"), (-1.0, "nothing"))


def commitment(teams: DataFrame[TeamVelocity]) -> Reading:
    """Whether teams keep what they commit to. Reads ``team``, ``planning_accuracy``."""
    TeamVelocity.require(teams, "team", "planning_accuracy", "sprints")
    if teams.empty:
        return say("**No finished sprint** with dates and known contents is in the data.")
    known = teams.dropna(subset="planning_accuracy").sort_values("planning_accuracy")
    if known.empty:
        return say(
            "What was committed is **unknown**: the source kept no history of what was in a "
            "sprint when it started. What was completed is shown."
        )
    lowest = known.iloc[0]
    if lowest.planning_accuracy >= KEPT and len(known) > 1:
        return say(
            "Every team completed at least **{kept}** of what it committed to in its last sprints.",
            kept=share(lowest.planning_accuracy),
        )
    facts = {
        "team": _team(lowest.team),
        "kept": share(lowest.planning_accuracy),
        "sprints": "the last sprint"
        if lowest.sprints == 1
        else f"the last {lowest.sprints} sprints",
    }
    if len(known) == 1:
        told = "**{team}** completed **{kept}** of what was committed to in {sprints}."
        return say(told, **facts)
    return join(
        say(
            "**{missed} of {teams}** completed less than {line} of what they committed to.",
            missed=f"{(known['planning_accuracy'] < KEPT).sum():,}",
            teams=count(len(known), "team"),
            line=share(KEPT),
        ),
        say("The least: **{team}**, **{kept}** in {sprints}.", **facts),
    )


def unplanned(teams: DataFrame[TeamVelocity]) -> Reading:
    """How much of what was completed came unplanned. Reads ``team``, ``unplanned_share``."""
    TeamVelocity.require(teams, "team", "unplanned_share", "carry_over_share")
    known = teams.dropna(subset="unplanned_share").sort_values("unplanned_share")
    if known.empty:
        return say(
            "How much of it came unplanned is **unknown**: nothing tells what was in a sprint when "
            "it started."
        )
    most, least = known.iloc[-1], known.iloc[0]
    if len(known) == 1:
        return say(
            "**{share}** of what was completed came in after the sprint had begun.",
            share=share(most.unplanned_share),
        )
    return say(
        "Of what was completed, **{most}** came in after the sprint had begun in the team with "
        "the most of that ({team}), {least} in the one with the least ({other}).",
        most=share(most.unplanned_share),
        team=_team(most.team),
        least=share(least.unplanned_share),
        other=_team(least.team),
    )


def carry_over(
    carried: DataFrame[CarriedItems],
    counts: DataFrame[CarryCounts],
    velocity: DataFrame[SprintVelocity],
) -> Reading:
    """How much work moves from sprint to sprint.

    Reads all columns of ``carried``, ``carried``, ``items``, ``share`` of ``counts``.
    """
    CarriedItems.require(carried, "item_id", "title", "sprints", "finished_on")
    CarryCounts.require(counts, "carried", "items", "share", "still_open")
    SprintVelocity.require(velocity, "sprint_id", "items")
    if velocity.empty:
        return say("The source has no sprints with dates, so nothing can be said of carry-over.")
    if not velocity["items"].sum():
        return say("The source does not tell what was in its sprints, nor what was carried over.")
    again = counts[counts["carried"] > 1]
    ever = counts[counts["carried"] > 0]
    if ever.empty and carried.empty:
        return say("No item went through more than one sprint.")
    first = say(
        "**{share}** of the items that were in a sprint were carried over at least once",
        share=share(ever["share"].sum()),
    )
    if not again["items"].sum():
        return join(first, say("and **none** more than once."))
    return join(
        first,
        say(
            "and **{again}** more than once; {open} not known to be finished.",
            again=count(again["items"].sum(), "item"),
            open=count(again["still_open"].sum(), "of those is", "of those are"),
        ),
    )


def chain(chain: DataFrame[SprintItems]) -> Reading:
    """The way of one item through its sprints. Reads all columns but the sizes."""
    SprintItems.require(chain, "item_id", "title", "name", "starts_on", "ends_on", "fate")
    if chain.empty:
        return say("No item was carried over.")
    first, last = chain.iloc[0], chain.iloc[-1]
    times = int((chain["fate"] == "carried over").sum())
    ends = {
        True: say("It is **still open**."),
        False: say(
            "It was done on {on}.", on="" if pd.isna(last.finished_on) else day(last.finished_on)
        ),
    }
    return join(
        say(
            "The longest chain: **{item}** {title} went through **{sprints}** and was carried over "
            "{times}, from {first} ({first_on}) to {last} ({last_on}).",
            item=last.item_id,
            title="" if pd.isna(last.title) else f"({last.title})",
            sprints=count(len(chain), "sprint"),
            times="once" if times == 1 else f"{times} times",
            first=_sprint(first),
            first_on=day(first.starts_on),
            last=_sprint(last),
            last_on=day(last.ends_on),
        ),
        ends[bool(pd.isna(last.finished_on))],
    )


def burn(burn: DataFrame[Burn]) -> Reading:
    """Where the sprints furthest behind an even pace stand. Reads all columns."""
    Burn.require(burn, *Burn.declared())
    known = burn.dropna(subset="remaining")
    if known.empty:
        return say("No sprint runs, and none has ended lately.")
    whole = burn.groupby("sprint_id")["day_on"].max()
    newest = known.groupby("sprint_id", sort=False).tail(1)
    behind = (newest["remaining"] - newest["guideline"]).sort_values(ascending=False).index
    sprints = [known[known["sprint_id"] == key] for key in newest.loc[behind, "sprint_id"]]
    more = len(sprints) - SHOWN_SPRINTS
    runs = any(rows["day_on"].iloc[-1] < whole[rows["sprint_id"].iloc[0]] for rows in sprints)
    return join(
        *([] if runs else [say("No sprint runs; this is how the last ended.")]),
        *(_burnt(rows, whole[rows["sprint_id"].iloc[0]]) for rows in sprints[:SHOWN_SPRINTS]),
        *(
            [
                say(
                    "{more} less behind; see the chart.",
                    more=count(more, "sprint is", "sprints are"),
                )
            ]
            if more > 0
            else []
        ),
    )


def burn_up(burn_up: DataFrame[ProgramBurn]) -> Reading:
    """How far the whole program is, and whether the end comes nearer. Reads all columns."""
    ProgramBurn.require(burn_up, *ProgramBurn.declared())
    if burn_up.empty:
        return say("No whole period with an item lies in the data.")
    now, then = burn_up.iloc[-1], burn_up.iloc[-min(len(burn_up), QUARTER + 1)]
    grown, done = now.scope - then.scope, now.done - then.done
    stands = say(
        "**{done}** of {scope} known of are done ({share}), {left} are left.",
        done=f"{now.done:,.0f}",
        scope=_amount(now.scope, now.measure),
        share=share(now.done / now.scope) if now.scope else "nothing",
        left=f"{now.remaining:,.0f}",
    )
    if len(burn_up) <= QUARTER:
        return stands
    return join(
        stands,
        say(
            "In the last {weeks} weeks {done} were done and {grown} came new.",
            weeks=QUARTER,
            done=f"{done:,.0f}",
            grown=f"{grown:,.0f}",
        ),
        *([say(_trend(done, grown))] if now.remaining else []),
    )


def _trend(done: float, grown: float) -> str:
    if abs(done - grown) <= EVEN * max(done, grown):
        return "What is left **hardly changes**."
    return "What is left **shrinks**." if done > grown else "What is left **grows**."


def estimates(fit: DataFrame[SizeFit], sizes: DataFrame[SizeTimes]) -> Reading:
    """Whether larger estimates take longer. Reads all columns of both."""
    SizeFit.require(fit, *SizeFit.declared())
    SizeTimes.require(sizes, *SizeTimes.declared())
    if fit.empty or len(sizes) < 2:
        return say(
            "Whether larger estimates take longer **cannot be said**: too few finished items "
            "have both an estimate and a known start."
        )
    found = float(fit["rank_correlation"].iloc[0])
    small, large = sizes.iloc[0], sizes.iloc[-1]
    verdict = next(words for least, words in FITS if found >= least)
    return say(
        "The estimate tells **{verdict}** about how long an item takes (rank correlation "
        "{found} over {items}): half of those of {small} took up to {small_days}, half of "
        "those of {large} up to {large_days}.",
        verdict=verdict,
        found=f"{found:.2f}",
        items=count(fit["items"].iloc[0], "item"),
        small=_amount(small.points, "points"),
        small_days=count(small.median_days, "day"),
        large=_amount(large.points, "points"),
        large_days=count(large.median_days, "day"),
    )


def reconciliation(reasons: DataFrame[Reconciliation]) -> Reading:
    """Whether the tracker's own sprint reports show other figures. Reads all columns."""
    Reconciliation.require(reasons, *Reconciliation.declared())
    if reasons.empty:
        return say("**Nothing** in the data makes Jira's own sprint reports show other figures.")
    known = reasons.dropna(subset="difference")
    if known.empty:
        return say(
            "Jira's own sprint reports would show the **same amounts completed**; what was "
            "committed, or what an item counts, may differ for the reasons below."
        )
    more = known["difference"].clip(lower=0).sum()
    less = -known["difference"].clip(upper=0).sum()
    measure = known["measure"].iloc[0]
    parts = [
        say("**{more} more**", more=_amount(more, measure)) if more else None,
        say("**{less} less**", less=_amount(less, measure)) if less else None,
    ]
    told = [part for part in parts if part]
    return join(
        say("Jira's own sprint reports would show"),
        *([told[0], say("and"), told[1]] if len(told) == 2 else told),
        say("as completed than this page, in all sprints together. The reasons:"),
    )


def set_aside(reasons: DataFrame[Setaside]) -> Reading:
    """What the velocity figures leave out. Reads all columns."""
    Setaside.require(reasons, *Setaside.declared())
    counts = reasons.set_index("reason")["count"].to_dict()
    return text.left_out(counts, nothing="Nothing was left out of the sprint figures.")


def _team(name: object) -> str:
    return "Work of no team" if pd.isna(name) else str(name)


def _amount(number: float, measure: str) -> str:
    return f"{amount(number)} {measure.removesuffix('s') if number == 1 else measure}"


def _sprint(row: pd.Series) -> str:
    return str(row["sprint_id"] if pd.isna(row["name"]) else row["name"])


def _burnt(rows: pd.DataFrame, ends_on: pd.Timestamp) -> Reading:
    first, last = rows.iloc[0], rows.iloc[-1]
    grown = last.scope - first.scope
    parts = [
        say(
            "{sprint}: **{left} of {scope}** still to do, {days}.",
            sprint=_sprint(last),
            left=amount(last.remaining),
            scope=_amount(last.scope, last.measure),
            days="at its end"
            if last.day_on >= ends_on
            else f"{count((ends_on - last.day_on).days, 'day')} before its end",
        )
    ]
    if last.day_on < ends_on:
        parts.append(say("At an even pace it would be {even}.", even=amount(last.guideline)))
    if grown:
        parts.append(
            say(
                "Its scope has {moved} by {grown} since it began.",
                moved="grown" if grown > 0 else "shrunk",
                grown=amount(abs(grown)),
            )
        )
    return join(*parts)
