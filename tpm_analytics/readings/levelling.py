"""What a plan that the people there can do says, in plain words."""

from __future__ import annotations

from typing import Any

from pandera.typing import DataFrame

from tpm_analytics.program.tables import Activities, ActivityDemand, People
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say
from tpm_analytics.results.levelling import (
    FeasibleFinish,
    LevellingSummary,
    OneMore,
    Shortages,
)

SHOWN = 3
SOLVER, RULE = "solver", "serial rule"
INSTALL = "pip install 'tpm-analytics[levelling]'"


def plan(
    summary: DataFrame[LevellingSummary],
    shortages: DataFrame[Shortages],
    activities: DataFrame[Activities],
    demand: DataFrame[ActivityDemand],
    people: DataFrame[People],
) -> Reading:
    """Whether the people there can do the plan, and when it then ends. Reads all columns.

    Of ``activities`` and ``demand`` only whether there are any; of ``people`` ``role`` and
    ``skills``.
    """
    People.require(people, "role", "skills")
    LevellingSummary.require(summary, *LevellingSummary.declared())
    Shortages.require(shortages, *Shortages.declared())
    if not shortages.empty:
        return join(
            say("**No plan can be made with the people there.**"),
            *(_missing(row) for row in shortages.head(SHOWN).itertuples()),
        )
    if summary.empty:
        if activities.empty:
            why = "no activities"
        elif demand.empty:
            why = "not whom the activities need"
        elif people[["role", "skills"]].isna().all(axis=None):
            why = "neither the roles nor the skills of people"
        else:
            why = "nothing unfinished that needs anybody"
        return say("The source tells {why}, so there is **nothing to level**.", why=why)
    row = next(summary.itertuples())
    if not row.moved:
        return say(
            "The people there **can do today's plan** as it stands; it ends on {end}.",
            end=text.day(row.today_end_on),
        )
    moved = count(row.moved, "activity", "activities")
    what = (
        say(
            "People are needed twice in today's plan. With **{moved}** moved it can be done, and "
            "still ends on **{end}**.",
            moved=moved,
            end=text.day(row.end_on),
        )
        if row.later_days <= 0
        else say(
            "The people there cannot do today's plan, which ends on {today}. Levelled it ends on "
            "**{end}**, {later} later, with {moved} moved.",
            today=text.day(row.today_end_on),
            end=text.day(row.end_on),
            later=count(row.later_days, "day"),
            moved=moved,
        )
    )
    return join(what, _sureness(row))


def one_more(more: DataFrame[OneMore]) -> Reading:
    """Which role wins most by one more person. Reads all columns."""
    OneMore.require(more, *OneMore.declared())
    if more.empty:
        return say("What one more person would buy cannot be said without a levelled plan.")
    winners = more[more["days_won"] > 0]
    if winners.empty:
        return say(
            "One more person of any one role **wins no day**: the end hangs on how long the work "
            "takes, not on how many do it."
            if more["proved"].all()
            else "One more person of any one role wins no day in the plans that were found."
        )
    return join(
        *(
            say(
                "One more **{who}** wins **{days}**.",
                who=row.resource,
                days=count(row.days_won, "working day"),
            )
            for row in winners.head(SHOWN).itertuples()
        )
    )


def chances(chances: DataFrame[FeasibleFinish]) -> Reading:
    """The day that 80 of 100 futures keep, with people as a limit and without.

    Reads all columns.
    """
    FeasibleFinish.require(chances, *FeasibleFinish.declared())
    if chances.empty:
        return say("Without a levelled plan its chances cannot be said.")
    half, likely = (chances[chances["chance"] == chance].iloc[0] for chance in (0.5, 0.8))
    ends = say(
        "With the people there, 50 of 100 futures end by {half} and **80 by {day}**.",
        half=text.day(half.feasible_on),
        day=text.day(likely.feasible_on),
    )
    if likely.later_days <= 0:
        return join(ends, say("Forgetting that people are few would promise the same day."))
    return join(
        ends,
        say(
            "A forecast that forgets that people are few would promise {blind}, **{later}** too "
            "early.",
            blind=text.day(likely.blind_on),
            later=count(likely.later_days, "day"),
        ),
    )


def _missing(row: Any) -> Reading:
    return say(
        "**{who}**: {needed} needed at once, {there} there at most, {lasting} in the end, for "
        "{activities}.",
        who=row.resource,
        needed=amount(row.needed),
        there=amount(row.there),
        lasting=amount(row.lasting),
        activities=row.activities,
    )


def _sureness(row: Any) -> Reading:
    end = (
        say("No plan with these people ends earlier.")
        if row.proved
        else say(
            "It is the best that was found; none can end before {bound}.",
            bound=text.day(row.bound_on),
        )
    )
    if row.method == SOLVER:
        return end
    if row.method == RULE:
        return join(end, say("Of so many activities only a {method} is tried.", method=row.method))
    better = "move fewer activities" if row.proved else "end earlier or move fewer activities"
    return join(
        end,
        say(
            "Found by a {method}; the solver may {better}. It is installed with {line}",
            method=row.method,
            better=better,
            line=INSTALL,
        ),
    )
