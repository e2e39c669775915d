"""What people can take on, what they have in hand, and what they did, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.resources import (
    Actuals,
    Assignments,
    Commitments,
    CommitmentScores,
    EstimateRatios,
    Focus,
    Holdings,
    Skills,
)

# Below this share of the promised hours the plan and the work have little to do with one another
CLOSE = 0.85
# An estimate within so much of the work is a good one: the hours of estimates are rounded anyway
GOOD = 0.1
SHOWN, TEAMS = 5, 8


def commitments(
    commitments: DataFrame[Commitments], scores: DataFrame[CommitmentScores]
) -> Reading:
    """What each team can commit to next. Reads all columns; ``scores`` by ``"program"``."""
    Commitments.require(commitments, *Commitments.declared())
    CommitmentScores.require(scores, *CommitmentScores.declared())
    if commitments.empty:
        return say(
            "What teams can commit to **cannot be said**: that needs sprints that have ended in "
            "the last quarter, and the working hours of the people of their teams."
        )
    known = commitments[commitments["enough"]]
    named = known.head(TEAMS)
    more = len(known) - len(named)
    ranges = ", ".join([*map(_range, named.itertuples()), *([f"{more} more"] if more else [])])
    told = say(
        "The next sprints can carry, in {measure}: **{ranges}**.",
        measure=" or ".join(known["measure"].drop_duplicates()),
        ranges=ranges,
    )
    few = [
        say(
            "**{team}** has {sprints} to tell its focus from: too few for a range, which needs "
            "six.",
            team=row.team,
            sprints=count(row.sprints, "past sprint"),
        )
        for row in commitments[~commitments["enough"]].itertuples()
    ]
    record = [_record(row) for row in scores.itertuples()]
    return join(*([told] if len(known) else []), *few, *record)


def _range(row: Any) -> str:
    return (
        f"{row.team} {amount(round(row.middle))} "
        f"({amount(round(row.low))} to {amount(round(row.high))})"
    )


def _record(row: Any) -> Reading:
    return say(
        "Held against {sprints}: **{within}** ended within the range said before (70 % is right), "
        "and the middle was off by {error} on average; without looking at who is there, by "
        "{usual}.",
        sprints=count(row.sprints, "past sprint"),
        within=share(row.within_share),
        error="an unknown part" if pd.isna(row.error_share) else share(row.error_share),
        usual="an unknown part" if pd.isna(row.usual_error_share) else share(row.usual_error_share),
    )


def focus(items: DataFrame[Focus], workstreams: DataFrame[Focus]) -> Reading:
    """How many things a person has in hand. Reads all columns of tables by ``"program"``."""
    Focus.require(items, *Focus.declared())
    Focus.require(workstreams, *Focus.declared())
    return join(_in_progress(items), _streams(workstreams))


def _in_progress(focus: pd.DataFrame) -> Reading:
    if focus.empty:
        return say(
            "How many items people have in progress **cannot be said**: of none that somebody "
            "holds is it known when it was begun."
        )
    first, last = focus.iloc[0], focus.iloc[-1]
    now = say(
        "At the end of the week from {day} **{people}** had {items} in progress, "
        "**{each} each**; the most of one person were {most}.",
        day=text.day(last["period_on"]),
        people=count(last["people"], "person", "people"),
        items=count(last["held"], "item"),
        each=amount(round(last["each"], 1)),
        most=amount(last["most"]),
    )
    if len(focus) == 1:
        return now
    before = amount(round(first["each"], 1))
    return join(
        now,
        say(
            "In the week from {day} it was {before} each.",
            day=text.day(first["period_on"]),
            before=before,
        ),
    )


def _streams(focus: pd.DataFrame) -> Reading:
    if focus.empty:
        return say("On how many workstreams people are **cannot be said** without allocations.")
    widest = focus.loc[focus["each"].idxmax()]
    each = round(widest["each"], 1)
    return say(
        "In the week from {day}, the most divided, people are promised to **{each}** each, and one "
        "person to {most}.",
        each=f"{amount(each)} workstream{'' if each == 1 else 's'}",
        day=text.day(widest["period_on"]),
        most=amount(widest["most"]),
    )


def worked(actuals: DataFrame[Actuals]) -> Reading:
    """Whether the plan is what people do. Reads all columns of a table by ``"program"``."""
    Actuals.require(actuals, *Actuals.declared())
    known = actuals.dropna(subset="worked_share")
    if known.empty:
        return say(
            "The source has no hours worked beside hours promised, so whether the plan is what "
            "people do **cannot be said**."
        )
    row = known.iloc[0]
    far = "either the plan is not what people do, or not all work is logged"
    verdict = "close to the plan" if CLOSE <= row["worked_share"] <= 1 / CLOSE else far
    return say(
        "**{part}** of the hours promised were logged as worked over {weeks}: {verdict}.",
        part=share(row["worked_share"]),
        weeks=count(row["periods"], "week"),
        verdict=verdict,
    )


def actuals(actuals: DataFrame[Actuals]) -> Reading:
    """Which team or workstream is farthest from its plan. Reads all columns."""
    Actuals.require(actuals, *Actuals.declared())
    known = actuals.dropna(subset="worked_share")
    if known.empty:
        return say("Without hours worked beside hours promised no group can be told from another.")
    far = known.iloc[0]
    return say(
        "Farthest from the plan: **{name}**, {worked} of {promised} hours ({part}).",
        name=far["name"],
        worked=amount(round(far["worked_hours"])),
        promised=amount(round(far["allocated_hours"])),
        part=share(far["worked_share"]),
    )


def estimates(overall: DataFrame[EstimateRatios], ratios: DataFrame[EstimateRatios]) -> Reading:
    """What an hour estimated came to. Reads all columns; ``overall`` by ``"program"``."""
    EstimateRatios.require(overall, *EstimateRatios.declared())
    EstimateRatios.require(ratios, *EstimateRatios.declared())
    if overall.empty:
        return say(
            "How good estimates are **cannot be said**: no finished item has both an estimate in "
            "hours and hours worked."
        )
    row = overall.iloc[0]
    if not row["enough"]:
        return say(
            "Only {items} with both an estimate and hours worked: too few to tell how good "
            "estimates are.",
            items=count(row["items"], "finished item is known", "finished items are known"),
        )
    close = abs(row["ratio"] - 1) <= GOOD
    told = say(
        "An hour estimated came to **{ratio} hours** of work over {items}{verdict}. Half of them "
        "took up to {median} times the estimate, 85 % up to {high} times.",
        ratio=f"{row['ratio']:.2f}",
        items=count(row["items"], "finished item"),
        verdict=": estimates are good" if close else "",
        median=f"{row['median_ratio']:.2f}",
        high=f"{row['p85_ratio']:.2f}",
    )
    known = ratios[ratios["enough"]]
    if len(known) < 2:
        return told
    dearest = known.iloc[0]
    return join(
        told,
        say(
            "The dearest: **{name}** at {ratio}.",
            name=dearest["name"],
            ratio=f"{dearest['ratio']:.2f}",
        ),
    )


def assignments(assignments: DataFrame[Assignments]) -> Reading:
    """How many places have somebody, and which have nobody. Reads all columns."""
    Assignments.require(assignments, *Assignments.declared())
    if assignments.empty:
        return say(
            "Who could do which work **cannot be said**: no open activity tells which role or "
            "skill it needs, or no plan can be made with the people there."
        )
    taken, open_ = assignments["people"].sum(), assignments[assignments["missing"] > 0]
    told = say(
        "**{taken} of {places}** that open activities need can be taken by somebody who has the "
        "role or skill and time for it. It is a proposal.",
        taken=f"{taken:,}",
        places=count(taken + open_["missing"].sum(), "place"),
    )
    if open_.empty:
        return told
    first = open_.iloc[0]
    return join(
        told,
        say(
            "Nobody for {needs} of **{name}** from {day}: {reason}",
            needs=first["needs"],
            name=first["name"],
            day=text.day(first["from_on"]),
            reason=first["reason"],
        ),
    )


def skills(skills: DataFrame[Skills]) -> Reading:
    """Which skills nobody has, which are short, and which hang on one person. Reads all columns."""
    Skills.require(skills, *Skills.declared())
    if skills.empty:
        return say("The source tells neither the roles nor the skills of people.")
    alone = skills.loc[skills["alone"], "skill"]
    needed = skills[skills["short"] > 0]
    lacking, short = needed[needed["holders"] == 0], needed[needed["holders"] > 0]
    parts = []
    if not lacking.empty:
        parts.append(
            say("**Nobody has** what open work needs: {names}.", names=_needs(lacking, there=False))
        )
    if not short.empty:
        parts.append(say("**Short**: {names}.", names=_needs(short, there=True)))
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


def _needs(rows: pd.DataFrame, *, there: bool) -> str:
    """Names of skills with how many are needed, and how many are there."""
    told = [
        f"{row.skill} ({amount(row.demanded)} needed at once"
        + (f", {row.holders} there)" if there else ")")
        for row in rows.head(SHOWN).itertuples()
    ]
    more = len(rows) - SHOWN
    return "; ".join([*told, f"{more} more"] if more > 0 else told)


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
