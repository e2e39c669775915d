"""What was planned, earned and spent, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Budget, Items
from tpm_analytics.readings import text
from tpm_analytics.readings.budget.words import NOTHING
from tpm_analytics.readings.text import Reading, join, money, say, share
from tpm_analytics.results.budget import EarnedValue, Rules, Standing

NO_BUDGET = (
    "The source has **no budget**, so nothing can be said of money. To bring one, add a table "
    "`budget` to the folder the program is loaded from (a file of that name, or a sheet): a row "
    "for each workstream and period with `workstream`, `period_on`, `planned_value`, "
    "`earned_value` and `actual_cost`, each amount of that period alone. Where nobody keeps "
    "earned value, leave it out and set the parameter `earned` to points or milestones."
)
NO_PERIOD = (
    "The budget has **no period that has ended** with planned value and cost or earned value, of "
    "the workstreams asked for. The parameter `as_of` sets the day to look from."
)
# Differences of less say nothing: they are within what a month's bookings move
CLOSE = 0.02
# Ways of measuring that are this far apart tell of different things
FAR_APART = 0.10
BACK = 6
SHOWN = 3


def standing(
    stands: DataFrame[Standing], budget: DataFrame[Budget], *, rule: str = "budget"
) -> Reading:
    """How much is earned, by which rule, and spent. Reads all columns of ``stands``."""
    Standing.require(stands, *Standing.declared())
    if budget.empty:
        return say(NO_BUDGET)
    if stands.empty:
        return say(NO_PERIOD)
    told = stands.iloc[0]
    facts = {
        "day": text.day(told.ends_on),
        "budget": money(told.budget_at_completion),
        "planned": share(told.share_planned),
        "done": share(told.share_done) if pd.notna(told.share_done) else "",
        "spent": share(told.share_spent) if pd.notna(told.share_spent) else "",
    }
    if pd.isna(told.earned_value):
        return say(
            "By {day} **{spent}** of the budget of {budget} was spent, and {planned} was planned "
            "to be. What was **earned** for it is not told, so the cost in the end cannot be "
            "estimated: set the parameter `earned` to points or milestones.",
            **facts,
        )
    first = (
        "By {day} work worth **{done}** of the budget of {budget} was done; {planned} should "
        "have been."
    )
    if pd.isna(told.actual_cost):
        return say(first + " What it **cost** is not told.", **facts)
    return join(
        say(first + " **{spent}** of the budget is spent.", **facts),
        *([] if pd.isna(told.cpi) else [_efficient(told)]),
        say("What is done, or earned, is counted {rule}.", rule=_RULE_WORDS[rule]),
    )


def _efficient(told: Any) -> Reading:
    if abs(told.cpi - 1) <= CLOSE:
        return say("What was spent has earned what it should.")
    return say("Each 1.00 spent has earned **{cpi}**.", cpi=f"{told.cpi:.2f}")


def indices(earned: DataFrame[EarnedValue], *, alarm_below: float = 0.9) -> Reading:
    """How efficiency and pace went. Reads ``ends_on``, ``cpi``, ``spi_t``, of the program."""
    EarnedValue.require(earned, "ends_on", "cpi", "spi_t")
    told = [
        _index(earned.dropna(subset=name), name, words, alarm_below)
        for name, words in (
            ("cpi", "Each 1.00 spent had earned"),
            ("spi_t", "The pace, with 1.00 as planned, was"),
        )
        if earned[name].notna().any()
    ]
    return join(*told) if told else say(NOTHING)


def _index(known: pd.DataFrame, name: str, words: str, alarm_below: float) -> Reading:
    now, before = known.iloc[-1], known.iloc[-min(len(known), BACK + 1)]
    below = known[known[name] < alarm_below]
    return join(
        say(
            "{words} **{now}** by {day}, {then} by {earlier}.",
            words=words,
            now=f"{now[name]:.2f}",
            day=text.day(now["ends_on"]),
            then=f"{before[name]:.2f}",
            earlier=text.day(before["ends_on"]),
        )
        if len(known) > 1
        else say("{words} **{now}**.", words=words, now=f"{now[name]:.2f}"),
        *(
            [
                say(
                    "It was below {alarm} first on {day}.",
                    alarm=f"{alarm_below:.2f}",
                    day=text.day(below["ends_on"].iloc[0]),
                )
            ]
            if len(below)
            else []
        ),
    )


def workstreams(stands: DataFrame[Standing]) -> Reading:
    """Which workstreams will lack money or time. Reads all columns, by workstream."""
    Standing.require(stands, *Standing.declared())
    known = stands.dropna(subset="variance_at_completion")
    if known.empty:
        return say(NOTHING)
    short = known[known["state"].isin(["over cost", "over cost and late"])]
    late = stands[stands["state"].isin(["late", "over cost and late"])]
    if short.empty and late.empty:
        return say("**Every workstream** goes as planned, in money and in time.")
    worst = short.sort_values("variance_at_completion").head(SHOWN)
    names = ", ".join(late["workstream"])
    return join(
        *(
            say(
                "**{workstream}** will cost **{over}** more than its budget of {budget}; "
                "{spent} of it is spent and {done} of the work is earned.",
                workstream=row.workstream,
                over=money(-row.variance_at_completion),
                budget=money(row.budget_at_completion),
                spent=share(row.share_spent),
                done=share(row.share_done),
            )
            for row in worst.itertuples()
        ),
        *([say("Late: {names}.", names=names)] if names else []),
    )


def rules(rules: DataFrame[Rules]) -> Reading:
    """Whether other ways of measuring tell the same. Reads ``rule``, ``share_done``."""
    Rules.require(rules, "rule", "share_done")
    if rules.empty:
        return say("Nothing tells what was earned: no earned value, no points, no milestones.")
    shares = {row.rule: row.share_done for row in rules.itertuples()}
    told = ", ".join(f"{_RULE_WORDS[rule]} {share(part)}" for rule, part in shares.items())
    first = say("Share of the budget earned: {told}.", told=told)
    compared = {rule: part for rule, part in shares.items() if rule != "milestones"} or shares
    if len(compared) == 1:
        return join(first, say("There is little to compare with."))
    if max(compared.values()) - min(compared.values()) <= FAR_APART:
        return join(first, say("Money and points agree closely enough."))
    return join(
        first,
        say("They are **far apart**: money and work do not tell of the same thing. Ask why."),
    )


_RULE_WORDS = {
    "budget": "by the budget table",
    "points": "by points finished",
    "milestones": "by milestones reached",
}


def left_out(
    budget: DataFrame[Budget],
    streams: DataFrame[EarnedValue],
    whole: DataFrame[EarnedValue],
    items: DataFrame[Items],
) -> Reading:
    """What the figures of money leave out, with counts.

    Reads ``workstream``, ``period_on`` and the amounts of ``budget``, ``workstream``,
    ``earned_value``, ``actual_cost`` of ``streams`` and ``whole``, and ``points`` of ``items``.
    """
    Budget.require(budget, *Budget.declared())
    EarnedValue.require(streams, "workstream", "earned_value", "actual_cost")
    EarnedValue.require(whole, "period_on", "earned_value", "actual_cost")
    Items.require(items, "points")
    if budget.empty:
        return say("There is no budget to leave anything out of.")
    planned = budget.groupby("workstream", observed=True)["planned_value"].count()
    told = budget["earned_value"].notna() | budget["actual_cost"].notna()
    counted = whole.loc[whole["earned_value"].notna() | whole["actual_cost"].notna(), "period_on"]
    last = counted.max() if len(counted) else budget["period_on"].min() - pd.Timedelta(days=1)
    silent = streams.groupby("workstream")[["earned_value", "actual_cost"]].count() == 0
    tells = whole[["earned_value", "actual_cost"]].notna().any()
    return text.left_out(
        {
            "workstreams without planned value": int((planned == 0).sum()),
            "workstreams that do not tell what others tell, in no total": int(
                (silent & tells).any(axis=1).sum()
            ),
            "amounts told of periods that have not ended, or that others have not told": int(
                (told & (budget["period_on"] > last)).sum()
            ),
            "items without points, where points are counted": int(items["points"].isna().sum()),
        }
    )
