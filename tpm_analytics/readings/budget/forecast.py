"""What it will cost and when it will be done, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.budget.words import NOTHING
from tpm_analytics.readings.text import Reading, count, join, money, say, share
from tpm_analytics.results.budget import (
    CostEstimates,
    FinishEstimates,
    RangeRecord,
    Reach,
    Standing,
)

# Said as less than 1 %
HARDLY = 0.005
# An estimate this near to the budget is about the budget
ABOUT = 0.005
# Christensen, "Cost performance index stability", National Contract Management Journal 25, 1993:
# once a fifth is done, the final efficiency hardly ever differs by more than a tenth
STABLE = 0.10
# Ranges that mean 8 of 10 and held less or more often than this are said to be too narrow or wide
TOO_NARROW, TOO_WIDE = 0.7, 0.95
# What fewer past cases reached is not to be planned with
SELDOM = 0.2


def outlook(
    costs: DataFrame[CostEstimates],
    finishes: DataFrame[FinishEstimates],
    record: DataFrame[RangeRecord],
) -> Reading:
    """What it will cost and when it will be done, as so far. Reads all columns, of the program."""
    CostEstimates.require(costs, *CostEstimates.declared())
    FinishEstimates.require(finishes, *FinishEstimates.declared())
    RangeRecord.require(record, *RangeRecord.declared())
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
        *(_narrow(record) if cost["low"].notna().any() else []),
    )


def _narrow(record: pd.DataFrame) -> list[Reading]:
    """Warn where ranges of cost held much less often than they mean to."""
    own = record[(record["of"] == "cost") & (record["method"] == "cpi")]
    if own.empty or not own["held_share"].iloc[0] < TOO_NARROW:
        return []
    return [
        say(
            "Such ranges of cost held only {held} of {ranges} times before: **read them as too "
            "narrow**.",
            held=own["held"].iloc[0],
            ranges=own["ranges"].iloc[0],
        )
    ]


def _cost(one: Any) -> Reading:
    over = -one.variance_at_completion
    if not one.estimate_to_complete:
        told = "All is earned, and it cost **{cost}**, {how}."
    else:
        told = "As efficient as so far it will cost **{cost}**, {how}."
    if abs(one.over_share) <= ABOUT:
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
    late = one.late_days
    how = (
        "as planned"
        if not late
        else f"{count(abs(late), 'day')} {'later' if late > 0 else 'earlier'} than planned"
    )
    told = say(
        "It was done on **{day}**, {how}."
        if done
        else "At the pace at which it was earned it will be done on **{day}**, {how}.",
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
        "In the past of this program the closest was **{meaning}**: at this stage half of its "
        "{estimates} of what was left were off by {error}.",
        meaning=best["meaning"],
        error=share(best["past_error"]) + (" or less" if best["past_error"] >= HARDLY else ""),
        estimates=count(best["past_estimates"], "estimate"),
    )


def to_complete(stands: DataFrame[Standing], reach: DataFrame[Reach]) -> Reading:
    """What it would take to keep the budget, and whether past work ever did as much.

    Reads ``state``, ``cpi``, ``tcpi_budget``, ``share_done`` of ``stands`` and all columns of
    ``reach``, both of the program.
    """
    Standing.require(stands, "state", "cpi", "tcpi_budget", "share_done")
    Reach.require(reach, *Reach.declared())
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
    known = reach.dropna(subset="reached")
    if len(known):
        return join(needed, _reached(known.iloc[0]))
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


def _reached(past: pd.Series) -> Reading:
    """Say what the rest of past work earned, and how often as much as is needed."""
    return say(
        "At this stage the rest of past work earned {low} to {high} in 8 of 10 cases, and as much "
        "as is needed in **{reached}** of {cases}{so}.",
        low=f"{past['low']:.2f}",
        high=f"{past['high']:.2f}",
        reached="none" if past["reached"] == 0 else share(past["reached"]),
        cases=f"{past['past_estimates']:,}",
        so="" if past["reached"] >= SELDOM else ": it needs more money or less scope",
    )


def record(record: DataFrame[RangeRecord]) -> Reading:
    """How often ranges given earlier would have held. Reads all columns."""
    RangeRecord.require(record, *RangeRecord.declared())
    if record.empty:
        return say(NOTHING)
    told = record[record["ranges"] > 0].set_index(["of", "method"])
    named = [(of, method) for of, method in _HEADLINES if (of, method) in told.index]
    if not named:
        return say("The past is too short: no range could have been given at any earlier time.")
    parts = " and ".join(
        f"{_HEADLINES[key]} {told.loc[key, 'held']:,} of {told.loc[key, 'ranges']:,} times"
        for key in named
    )
    shares = told.loc[named, "held_share"]
    if shares.min() < TOO_NARROW:
        judged = "**They are too narrow**: what moved this program was not in its past."
    elif shares.min() > TOO_WIDE:
        judged = "They are rather too wide."
    else:
        judged = "That is about as often as they mean to."
    return join(
        say(
            "Made after each earlier period from what was known then, ranges of 8 of 10 would have "
            "held {parts}.",
            parts=parts,
        ),
        say(judged),
    )


_HEADLINES = {("cost", "cpi"): "the cost", ("time", "es2"): "the finish"}
