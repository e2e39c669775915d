"""What the money says, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Budget, Items
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, count, join, say, share
from tpm_analytics.results.budget import (
    BurnRate,
    CostEstimates,
    EarnedValue,
    Efficiency,
    FinishEstimates,
    Rules,
    Runway,
    SpentOn,
    Standing,
)

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
NOTHING = "Unknown without a budget and a period that has ended."
MILLION = 1_000_000
# Differences of less say nothing: they are within what a month's bookings move
CLOSE = 0.02
# Christensen, "Cost performance index stability", National Contract Management Journal 25, 1993:
# once a fifth is done, the final efficiency hardly ever differs by more than a tenth
STABLE = 0.10
# Ways of measuring that are this far apart tell of different things
FAR_APART = 0.10
BACK = 6
SHOWN = 3


def money(sum_of: float) -> str:
    """A sum of money in three digits: nobody acts on the fourth.

    Examples
    --------
    >>> money(6_194_683.2), money(-271_883.0), money(950.4)
    ('6.19 million', '−272,000', '950')
    """
    size = abs(sum_of)
    sign = "−" if sum_of < 0 and round(size) else ""
    if size >= 0.9995 * MILLION:
        decimals = max(0, 3 - len(f"{size / MILLION:.0f}"))
        return f"{sign}{size / MILLION:,.{decimals}f} million"
    return f"{sign}{float(f'{size:.3g}'):,.0f}"


def standing(stands: DataFrame[Standing], budget: DataFrame[Budget]) -> Reading:
    """How much is earned and spent. Reads all columns of ``stands``, of the program."""
    Standing.require(stands, *Standing.declared())
    if budget.empty:
        return say(NO_BUDGET)
    if stands.empty:
        return say(NO_PERIOD)
    told = stands.iloc[0]
    facts = {
        "day": text.day(told.ends_on),
        "budget": money(told.budget_at_completion),
        "planned": share(told.planned_value / told.budget_at_completion),
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
    first = "By {day} **{done}** of the budget of {budget} was earned; {planned} should have been."
    if pd.isna(told.actual_cost):
        return say(first + " What it **cost** is not told.", **facts)
    return join(
        say(first + " **{spent}** of it is spent.", **facts),
        *([] if pd.isna(told.cpi) else [_efficient(told)]),
    )


def _efficient(told: Any) -> Reading:
    if abs(told.cpi - 1) <= CLOSE:
        return say("What was spent has earned what it should.")
    return say("Each 1.00 spent has earned **{cpi}**.", cpi=f"{told.cpi:.2f}")


def outlook(costs: DataFrame[CostEstimates], finishes: DataFrame[FinishEstimates]) -> Reading:
    """What it will cost and when it will be done, as so far. Reads all columns, of the program."""
    CostEstimates.require(costs, *CostEstimates.declared())
    FinishEstimates.require(finishes, *FinishEstimates.declared())
    cost = costs[costs["method"] == "cpi"].dropna(subset="estimate_at_completion")
    finish = finishes[finishes["method"] == "es2"]
    if cost.empty and finish.empty:
        return say(NOTHING)
    return join(
        *(_cost(one) for one in cost.head(1).itertuples()),
        *(
            _finish(one, done=bool((cost["estimate_to_complete"] == 0).any()))
            for one in finish.head(1).itertuples()
        ),
    )


def _cost(one: Any) -> Reading:
    over = -one.variance_at_completion
    if not one.estimate_to_complete:
        told = "All is earned, and it cost **{cost}**, {how}."
    else:
        told = "As efficient as so far it will cost **{cost}**, {how}."
    if abs(over) <= CLOSE / 4 * one.budget_at_completion:
        how = "about the budget"
    else:
        how = f"{money(abs(over))} {'more' if over > 0 else 'less'} than the budget"
    return join(
        say(told, cost=money(one.estimate_at_completion), how=how),
        *([_cost_range(one)] if one.estimate_to_complete else []),
    )


def _cost_range(one: Any) -> Reading:
    if pd.isna(one.low):
        return _too_few(one)
    return say(
        "By what past estimates were off, expect **{low} to {high}** in 8 of 10 cases "
        "({estimates} of {workstreams}).",
        low=money(one.low),
        high=money(one.high),
        **_past(one),
    )


def _finish(one: Any, *, done: bool) -> Reading:
    if pd.isna(one.finish_on):
        return say("At the pace so far **no finish is in sight**.")
    late = (one.finish_on - one.planned_finish_on).days
    how = (
        "as planned"
        if not late
        else f"{count(abs(late), 'day')} {'later' if late > 0 else 'earlier'} than planned"
    )
    told = say(
        "It {will_be} done on **{day}**, {how}.",
        will_be="was" if done else "will be",
        day=text.day(one.finish_on),
        how=how,
    )
    if pd.notna(one.low_on):
        return join(
            told,
            say(
                "Expect **{low} to {high}** in 8 of 10 cases.",
                low=text.day(one.low_on),
                high=text.day(one.high_on),
            ),
        )
    return told


def _past(one: Any) -> dict[str, str]:
    return {
        "estimates": count(one.past_estimates, "past estimate"),
        "workstreams": count(one.past_workstreams, "workstream"),
    }


def _too_few(one: Any) -> Reading:
    if not one.past_estimates:
        return say("There is no past estimate made at this stage, so **no range** is given.")
    return say(
        "Only {estimates} made at this stage can be judged, so **no range** is given.",
        **_past(one),
    )


def costs(costs: DataFrame[CostEstimates]) -> Reading:
    """How the ways of estimating cost differ, and which was closest. Reads all columns."""
    CostEstimates.require(costs, *CostEstimates.declared())
    known = costs.dropna(subset="estimate_at_completion")
    if known.empty:
        return say(NOTHING)
    low, high = known["estimate_at_completion"].min(), known["estimate_at_completion"].max()
    first = say(
        "The {ways} put the cost at **{low} to {high}**, with a budget of {budget}.",
        ways=count(len(known), "way of estimating", "ways of estimating"),
        low=money(low),
        high=money(high),
        budget=money(known["budget_at_completion"].iloc[0]),
    )
    return join(first, _closest(known))


def finishes(finishes: DataFrame[FinishEstimates]) -> Reading:
    """How the ways of estimating the finish differ, and which was closest. Reads all columns."""
    FinishEstimates.require(finishes, *FinishEstimates.declared())
    known = finishes.dropna(subset="finish_on")
    if known.empty:
        return say("No finish can be estimated: nothing is earned yet, or none is in sight.")
    first = say(
        "The {ways} put the finish between **{low}** and **{high}**, planned for {plan}.",
        ways=count(len(known), "way of estimating", "ways of estimating"),
        low=text.day(known["finish_on"].min()),
        high=text.day(known["finish_on"].max()),
        plan=text.day(known["planned_finish_on"].iloc[0]),
    )
    return join(first, _closest(known))


def _closest(known: pd.DataFrame) -> Reading:
    judged = known.dropna(subset="past_error")
    if judged.empty or judged["low" if "low" in judged else "low_on"].isna().all():
        return _too_few(known.iloc[0])
    best = judged.loc[judged["past_error"].idxmin()]
    return say(
        "In the past of this program the closest was **{meaning}**: at this stage the rest was "
        "off by {error} in the middle of {estimates}.",
        meaning=best["meaning"],
        error=share(best["past_error"]),
        estimates=count(best["past_estimates"], "estimate"),
    )


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


def to_complete(stands: DataFrame[Standing]) -> Reading:
    """What it would take to keep the budget. Reads ``state``, ``cpi``, ``tcpi_budget``, ..."""
    Standing.require(stands, "state", "cpi", "tcpi_budget", "tcpi_estimate")
    Standing.require(stands, "budget_at_completion", "actual_cost")
    if stands.empty or pd.isna(stands["cpi"].iloc[0]):
        return say(NOTHING)
    told = stands.iloc[0]
    if told.state == "finished":
        return say("All is earned; nothing is left to be done.")
    if pd.isna(told.tcpi_budget):
        return say("**The budget is spent**, and work is left: it cannot be kept any more.")
    needed = say(
        "To keep the budget, each 1.00 spent from now on must earn **{needed}**; so far it "
        "earned {so_far}.",
        needed=f"{told.tcpi_budget:.2f}",
        so_far=f"{told.cpi:.2f}",
    )
    if told.tcpi_budget <= told.cpi + STABLE:
        return join(needed, say("That is within reach."))
    return join(
        needed,
        say(
            "Programs hardly ever improve by more than 0.10 once a fifth is done: it needs more "
            "money or less scope."
        )
        if told.share_done >= 0.2
        else say("That is far from what was reached so far."),
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


def efficiency(efficiency: DataFrame[Efficiency]) -> Reading:
    """Where the cost of what is earned changed, and when. Reads all columns."""
    Efficiency.require(efficiency, *Efficiency.declared())
    if efficiency.empty:
        return say(NOTHING)
    changed = efficiency[efficiency["changed"]]
    if changed.empty:
        return say("In no workstream has the cost of what is earned clearly changed.")
    return join(*(_changed(row) for row in changed.head(SHOWN).itertuples()))


def _changed(row: Any) -> Reading:
    told = say(
        "Since {day} **{workstream}** spends **{since}** for each 1.00 earned; before it was "
        "{before}.",
        day=text.day(row.since_on),
        workstream=row.workstream,
        since=f"{row.since:.2f}",
        before=f"{row.before:.2f}",
    )
    if row.cost_since <= 0:
        return told
    return join(told, say("That is {extra} beyond what was earned.", extra=money(row.cost_since)))


def burn(runway: DataFrame[Runway], burn: DataFrame[BurnRate]) -> Reading:
    """How long the money lasts. Reads all columns of ``runway``, of the program."""
    Runway.require(runway, *Runway.declared())
    if burn.empty:
        return say(NOTHING)
    if runway.empty:
        return say("All is earned; no money is to be spent any more.")
    told = runway.iloc[0]
    if told.money_left <= 0:
        return say("**The budget is spent**, and {over} beyond it.", over=money(-told.money_left))
    left = say("**{left}** of the budget is left.", left=money(told.money_left))
    if pd.isna(told.runway_periods):
        return join(left, say("Too few periods are told, or nothing was spent of late."))
    return join(
        left,
        say(
            "At {rate} a period, as of late, it is spent on **{day}** ({short} to {long} periods "
            "at the fastest and the slowest spending of the last year).",
            rate=money(told.burn_rate),
            day=text.day(told.spent_on) if pd.notna(told.spent_on) else "a day not in sight",
            short=f"{told.shortest_periods:.1f}",
            long=f"{told.longest_periods:.1f}",
        ),
        *(
            [
                say(
                    "The work is done on {finish}: the money **does not last** until then.",
                    finish=text.day(told.finish_on),
                )
            ]
            if pd.notna(told.lasts) and not told.lasts
            else []
        ),
    )


def spent(spent: DataFrame[SpentOn]) -> Reading:
    """What the money went to, and whether people account for it. Reads all columns."""
    SpentOn.require(spent, *SpentOn.declared())
    known = spent.dropna(subset="actual_cost")
    if known.empty:
        return say(NOTHING)
    most = known.iloc[0]
    first = say(
        "**{workstream}** took most of the money: {cost}, {part} of all spent.",
        workstream=most["workstream"],
        cost=money(most["actual_cost"]),
        part=share(most["share_of_cost"]),
    )
    both = known.dropna(subset="labour_cost")
    if both.empty:
        return join(
            first, say("What of it is people cannot be said: no allocations with rates are told.")
        )
    labour, cost = both["labour_cost"].sum(), both["actual_cost"].sum()
    return join(
        first,
        say(
            "The people promised to these workstreams cost **{labour}** at their rates, "
            "{part} of the {cost} booked.",
            labour=money(labour),
            part=share(labour / cost),
            cost=money(cost),
        ),
        *(
            [
                say(
                    "More is promised than is booked: people do less for these workstreams than "
                    "planned, or not all of their time is booked."
                )
            ]
            if labour > (1 + STABLE) * cost
            else []
        ),
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
