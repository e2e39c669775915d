"""What the sprints say, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.velocity import CarriedItems, Setaside, SprintVelocity, TeamVelocity

# Below this share a commitment says little about what will be done
KEPT = 0.8
# A change that a reader should be told of; less is within what sprints vary by anyway
NOTABLE_CHANGE = 0.2
SHOWN = 5


def commitment(teams: DataFrame[TeamVelocity]) -> Reading:
    """Whether teams keep what they commit to. Reads ``team``, ``planning_accuracy``."""
    TeamVelocity.require(teams, "team", "planning_accuracy", "sprints")
    if teams.empty:
        return say("No sprint is over, so no commitment can be held against what was done.")
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
    of_lowest = say(
        "**{team}** completed **{kept}** of what was committed to in {sprints}.",
        team=_team(lowest.team),
        kept=share(lowest.planning_accuracy),
        sprints="the last sprint" if lowest.sprints == 1 else f"the last {lowest.sprints} sprints",
    )
    if len(known) == 1:
        return of_lowest
    missed = int((known["planning_accuracy"] < KEPT).sum())
    return join(
        of_lowest,
        say(
            "{missed} of {teams} completed less than {line}.",
            missed=missed,
            teams=count(len(known), "team"),
            line=share(KEPT),
        ),
    )


def change(teams: DataFrame[TeamVelocity]) -> Reading:
    """Which team completes less or more than before. Reads ``team``, ``change``, ``measure``."""
    TeamVelocity.require(teams, "team", "change", "measure", "median_completed", "sprints")
    known = teams.dropna(subset="change")
    told = known[known["change"].abs() >= NOTABLE_CHANGE]
    told = told.sort_values("change", key=lambda change: change.abs(), ascending=False)
    if known.empty:
        return say("There are too few finished sprints to say whether any team speeds up or slows.")
    if told.empty:
        return say("No team completes notably more or less than in the sprints before.")
    more = len(told) - SHOWN
    rest = say(
        "{more} so too; see the table.", more=count(more, "more team changed", "more teams changed")
    )
    return join(
        *(
            say(
                "**{team}** completes **{change} {direction}** than in the sprints before: "
                "{median} in a middling sprint.",
                team=_team(row.team),
                change=share(abs(row.change)),
                direction="less" if row.change < 0 else "more",
                median=_amount(row.median_completed, row.measure),
            )
            for row in told.head(SHOWN).itertuples()
        ),
        *([rest] if more > 0 else []),
    )


def carry_over(carried: DataFrame[CarriedItems], velocity: DataFrame[SprintVelocity]) -> Reading:
    """How much work moves from sprint to sprint. Reads ``sprints``, ``finished_on``, ``title``."""
    CarriedItems.require(carried, "item_id", "title", "sprints", "finished_on")
    SprintVelocity.require(velocity, "sprint_id", "items")
    if velocity.empty:
        return say("The source has no sprints with dates, so nothing can be said of carry-over.")
    if not velocity["items"].sum():
        return say("The source does not tell what was in its sprints, nor what was carried over.")
    if carried.empty:
        return say("No item went through more than one sprint.")
    worst = carried.iloc[0]
    still_open = int(carried["finished_on"].isna().sum())
    return say(
        "**{items}** went through more than one sprint, {open} of them still open. The record is "
        "**{sprints}**: {item} {title}.",
        items=count(len(carried), "item"),
        open=f"{still_open:,}",
        sprints=count(worst.sprints, "sprint"),
        item=worst.item_id,
        title="" if pd.isna(worst.title) else f"({worst.title})",
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
