"""What forecasts say, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Items, People
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    Basis,
    Effects,
    FeatureOrder,
    FinishDays,
    GrowthRates,
    Remaining,
    Scored,
    Splits,
    TrackRecord,
)

EVEN, PROBABLE, LIKELY, SURE = 0.5, 0.7, 0.85, 0.95
# Less than this added for each finished moves no day that anybody would notice
NOTABLE_GROWTH = 0.02
SHOWN = 5
# Fewer past promises say little of how far they can be trusted
ENOUGH = 20
# How far what was kept may lie from what was promised before a reader should be told
CLOSE = 0.05
# Days that two ways of answering may differ without anybody deciding otherwise
SAME_DAYS = 2
WAYS = {"set aside": "With them counted", "kept in what is left": "Without them"}


def when(together: DataFrame[FinishDays], remaining: DataFrame[Remaining]) -> Reading:
    """When all is done, as sure as 85, 50 and 95 %.

    Reads ``share``, ``day_on`` of ``together``, about all teams, and all of ``remaining``.
    """
    FinishDays.require(together, "share", "day_on")
    Remaining.require(remaining, *Remaining.declared())
    if remaining.empty:
        return say("**Nothing is left to do**: every item that is meant is finished.")
    left = say(
        "{amount} are left{teams}.",
        amount=_left(remaining),
        teams=f", with {count(len(remaining), 'team')}" if len(remaining) > 1 else "",
    )
    if together.empty:
        return join(say("**No forecast**: the history is too short, see below."), left)
    days = together.set_index("share")["day_on"]
    if pd.isna(days[LIKELY]):
        return join(
            say("**Not within two years**, as sure as 85 %: the pace is too slow for that."), left
        )
    return join(
        say("**85 % sure: by {day}.**", day=text.day(days[LIKELY])),
        say("An even chance: by {day}.", day=_day(days[EVEN])),
        say("95 % sure: by {day}.", day=_day(days[SURE])),
        left,
        say("This holds if nothing is added; see further down what changes if it is."),
    )


def meant(keys: str, work: DataFrame[Items], *, until: pd.Timestamp) -> Reading:
    """What the forecast is about. Reads ``finished_on`` of ``work``."""
    Items.require(work, "finished_on")
    whole = count(len(work), "item")
    done = int((work["finished_on"] <= until).sum())
    if not keys:
        return say(
            "All work is meant: {whole}, {done} of them done.", whole=whole, done=f"{done:,}"
        )
    return say(
        "What is meant: {keys}, with {whole} in all, {done} of them done.",
        keys=keys,
        whole=whole,
        done=f"{done:,}",
    )


def target(chance: float, *, due: pd.Timestamp) -> Reading:
    """How likely it is that the day it is due is kept; `chance` is NaN where nobody can say."""
    if pd.isna(due):
        return say("No day is named on which this is due.")
    if pd.isna(chance):
        return say(
            "It is due on **{day}**. How likely that is **cannot be said**.", day=text.day(due)
        )
    return say(
        "It is due on **{day}**. The chance to keep that is **{chance}**.",
        day=text.day(due),
        chance=share(chance),
    )


def basis(basis: DataFrame[Basis], remaining: DataFrame[Remaining]) -> Reading:
    """Whose pace the forecast takes, and of whom there is none. Reads all columns of both."""
    Basis.require(basis, *Basis.declared())
    Remaining.require(remaining, "team")
    if remaining.empty:
        return say("There is nothing to forecast.")
    if basis.empty:
        return say("Nothing was ever finished here, so there is **no pace to forecast with**.")
    short = basis[~basis["enough"].astype("bool")]
    if len(short):
        first = short.iloc[0]
        return say(
            "**Too little history** for {teams}: {days}, with something finished on {finishes} of "
            "them. A forecast takes 28 days, with something finished on 11.",
            teams=_names(short["team"]),
            days=count(first.days, "day"),
            finishes=f"{first.finishes:,}",
        )
    borrowed = basis[basis["basis"] != "own"]
    if borrowed.empty:
        return say(
            "Every team has finished enough of this work to be forecast at **its own pace** on it."
        )
    return join(
        *(
            say(
                "**{team}** has not yet finished enough of this work to show a pace of its own. "
                "It is given the pace of {whose}{among}.",
                team=row.team,
                whose="all the team's work" if row.basis == "team" else "all teams together",
                among=""
                if row.sharing <= 1
                else (
                    f", as spread over {amount(row.sharing)} "
                    f"{'features' if row.basis == 'team' else 'teams'} at once"
                ),
            )
            for row in borrowed.head(SHOWN).itertuples()
        )
    )


def how_many(amounts: DataFrame[Amounts], remaining: DataFrame[Remaining]) -> Reading:
    """How much is finished by a day. Reads all columns, and ``team`` of ``remaining``."""
    Amounts.require(amounts, *Amounts.declared())
    Remaining.require(remaining, "team")
    if remaining.empty:
        return say("Nothing is left to do.")
    if amounts.empty:
        return say("How much will be finished **cannot be said**: the history is too short.")
    promised = amounts.set_index("share")["amount"]
    unit = str(amounts["measure"].iloc[0])
    return say(
        "By {day}, 85 % sure: **at least {likely}**. 95 % sure of {sure}, "
        "70 % of {probable}; an even chance of {even}.",
        day=text.day(amounts["by_on"].iloc[0]),
        likely=_much(promised[LIKELY], unit),
        even=amount(promised[EVEN]),
        sure=amount(promised[SURE]),
        probable=amount(promised[PROBABLE]),
    )


def last_team(teams: DataFrame[FinishDays], together: DataFrame[FinishDays]) -> Reading:
    """Which team is done last, and what waiting for all of them costs.

    Reads ``team``, ``share``, ``day_on`` of both.
    """
    FinishDays.require(teams, "team", "share", "day_on")
    FinishDays.require(together, "share", "day_on")
    likely = teams[teams["share"] == LIKELY]
    if likely.empty:
        return say("There is no forecast of any team.")
    if len(likely) == 1:
        return say("All of it is with **{team}**.", team=likely["team"].iloc[0])
    open_end = likely[likely["day_on"].isna()]
    if len(open_end):
        return say(
            "Not done within two years, 85 % sure: **{teams}**.", teams=_names(open_end["team"])
        )
    last = likely.sort_values("day_on", kind="stable").iloc[-1]
    of_all = together.loc[together["share"] == LIKELY, "day_on"]
    sentence = say(
        "**{team}** is the last: 85 % sure by {day}.", team=last.team, day=text.day(last.day_on)
    )
    if of_all.empty or pd.isna(of_all.iloc[0]):
        return sentence
    return join(
        sentence,
        say("All teams are done by {day}, as sure as that.", day=text.day(of_all.iloc[0])),
    )


def growth(
    rates: DataFrame[GrowthRates],
    plain: DataFrame[FinishDays],
    growing: DataFrame[FinishDays],
) -> Reading:
    """How fast the work grows, and when it is done if that goes on.

    Reads all of ``rates``, and ``share``, ``day_on`` of the days without and with growth.
    """
    GrowthRates.require(rates, *GrowthRates.declared())
    FinishDays.require(plain, "share", "day_on")
    FinishDays.require(growing, "share", "day_on")
    if rates.empty:
        return say("No whole week of this work lies in the data, so its growth is unknown.")
    all_ = rates[rates["team"] == ALL_TEAMS].iloc[0]
    weeks = count(all_.weeks, "week")
    if pd.isna(all_.ratio):
        return say("In the last {weeks} nothing of this work was finished.", weeks=weeks)
    if all_.ratio < NOTABLE_GROWTH:
        return say(
            "In the last {weeks} **next to nothing was added** to this work, so the days above "
            "stand.",
            weeks=weeks,
        )
    rate = say(
        "In the last {weeks} **{ratio} {measure}** were added for every 10 finished.",
        weeks=weeks,
        ratio=amount(round(10 * all_.ratio, 1)),
        measure=all_.measure,
    )
    later = growing.loc[growing["share"] == LIKELY, "day_on"]
    if growing.empty:
        return rate
    if pd.isna(later.iloc[0]):
        return join(rate, say("If that goes on, it is **not done within two years**."))
    return join(
        rate,
        say("If that goes on, it is 85 % sure to be done by **{day}**.", day=_day(later.iloc[0])),
    )


def splits(splits: DataFrame[Splits]) -> Reading:
    """Into how many parts work is broken down. Reads all columns."""
    Splits.require(splits, *Splits.declared())
    if splits.empty:
        return say("No item here is broken down into parts on which work began.")
    first = splits.iloc[0]
    later = (
        ""
        if pd.isna(first.added_later)
        else f"; {share(first.added_later)} of the parts were added after work on it began"
    )
    return say(
        "A middling {kind} has **{parts}**{later}.",
        kind=first.kind,
        parts=count(first.parts, "part"),
        later=later,
    )


def features(order: DataFrame[FeatureOrder]) -> Reading:
    """Which features are far off. Reads all columns."""
    FeatureOrder.require(order, *FeatureOrder.declared())
    if order.empty:
        return say("No open item belongs to a feature, so there is no order to forecast.")
    known = order.dropna(subset="likely_on")
    if known.empty:
        return say("No feature has a day: nothing is finished under them yet, or too slowly.")
    last = known.sort_values("likely_on", kind="stable").iloc[-1]
    guessed = int(order["guessed"].sum())
    return join(
        say(
            "If each team takes its features in this order, the last of {features} is "
            "**{item} {title}**: 85 % sure by **{day}**.",
            features=count(len(order), "feature"),
            item=last.item_id,
            title="" if pd.isna(last.title) else f"({last.title})",
            day=text.day(last.likely_on),
        ),
        *(
            [
                say(
                    "{guessed} not broken down yet; their size is a guess.",
                    guessed=count(guessed, "is", "are"),
                )
            ]
            if guessed
            else []
        ),
    )


def record(record: DataFrame[TrackRecord]) -> Reading:
    """How far such forecasts can be trusted. Reads all columns."""
    TrackRecord.require(record, *TrackRecord.declared())
    return join(
        _issued(record[record["origin"] == "issued"]),
        _back(record[record["origin"] == "looking back"]),
    )


def _issued(issued: pd.DataFrame) -> Reading:
    likely = issued[issued["share"] == LIKELY]
    if likely.empty:
        return say(
            "This report has made no forecast on an earlier day: its own record begins today."
        )
    row = likely.iloc[0]
    wait = say("{pending} yet to come due.", pending=count(row.pending, "is", "are"))
    if not row.forecasts:
        return say(
            "Of the **{pending}** at 85 % that this report made on earlier days, none has come "
            "due yet.",
            pending=count(row.pending, "forecast"),
        )
    return join(
        say(
            "Of **{forecasts}** at 85 % that this report made on earlier days, **{held} held**.",
            forecasts=count(row.forecasts, "forecast"),
            held=f"{row.held:,}",
        ),
        *([wait] if row.pending else []),
    )


def _back(looking_back: pd.DataFrame) -> Reading:
    likely = looking_back[looking_back["share"] == LIKELY]
    if likely.empty or not likely["forecasts"].iloc[0]:
        return say("The history is too short to look back on what would have been promised.")
    row = likely.iloc[0]
    told = say(
        "Looking back: of {forecasts} at 85 % that it would have made for four weeks, on past "
        "days and of all work of each team, **{held} held** ({kept}).",
        forecasts=count(row.forecasts, "forecast"),
        held=f"{row.held:,}",
        kept=share(row.kept),
    )
    if row.forecasts < ENOUGH:
        return join(told, say("Too few to lean on."))
    fair = say(
        "Allowing for items being whole, {fair} of them would have held.",
        fair=share(row.fairly_kept),
    )
    if row.fairly_kept < LIKELY - CLOSE:
        return join(
            told, fair, say("**Promises here were too bold**: take a later day, or the 95 %.")
        )
    if row.fairly_kept > LIKELY + CLOSE:
        return join(told, fair, say("Promises here were more careful than they said."))
    return join(told, fair, say("So 85 % means about what it says."))


def doubts(effects: DataFrame[Effects]) -> Reading:
    """What in the data was set aside, and whether it matters. Reads all columns."""
    Effects.require(effects, *Effects.declared())
    if effects.empty:
        return say("Nothing in the data had to be set aside.")
    return join(
        *(
            say(
                "**{items}** {fault}: {treatment}. {effect}",
                items=count(row.items, "item"),
                fault=row.fault,
                treatment=row.treatment,
                effect=_effect(row.day_on, row.otherwise_on, row.days, WAYS[row.treatment]),
            )
            for row in effects.itertuples()
        )
    )


def _effect(told: pd.Timestamp, otherwise: pd.Timestamp, days: int | None, way: str) -> str:
    if pd.isna(told) and pd.isna(otherwise):
        return "No day can be named either way."
    if days is None or pd.isna(days):
        return f"{way}, the 85 % day would be {_day(otherwise)} instead of {_day(told)}."
    if abs(days) <= SAME_DAYS:
        return f"{way}, the 85 % day would be the same, give or take two days."
    direction = "earlier" if days < 0 else "later"
    return f"{way}, the 85 % day would be {count(abs(days), 'day')} {direction}: {_day(otherwise)}."


def recent_misses(scored: DataFrame[Scored]) -> Reading:
    """What the picture of past promises shows. Reads ``team``, ``share``, ``outcome``."""
    Scored.require(scored, "team", "share", "outcome")
    told = scored[scored["share"] == LIKELY]
    if told.empty:
        return say("The history is too short to look back.")
    missed = told[told["outcome"] == "missed"]
    if missed.empty:
        return say("None of these promises was missed.")
    counts = missed["team"].value_counts()
    return say(
        "The line is what would have been promised for the next four weeks, the dot what came. "
        "Most misses: **{team}** ({missed}).",
        team=counts.index[0],
        missed=f"{counts.iloc[0]:,}",
    )


def left_out(remaining: DataFrame[Remaining], people: DataFrame[People]) -> Reading:
    """What the forecast cannot know. Reads ``unsized`` of ``remaining``, ``country`` of people."""
    Remaining.require(remaining, "unsized")
    People.require(people, "country")
    told = text.left_out(
        {
            "open items without points, which count as average": int(remaining["unsized"].sum()),
            "people without a country, who have no holidays here": int(
                people["country"].isna().sum()
            ),
        }
    )
    if len(people):
        return told
    return join(told, say("The source tells no people, so holidays and absences are unknown."))


def _left(remaining: pd.DataFrame) -> str:
    unit = str(remaining["measure"].iloc[0])
    return _much(remaining["amount"].sum(), unit)


def _much(number: float, unit: str) -> str:
    return f"{amount(number)} {unit.removesuffix('s') if number == 1 else unit}"


def _names(teams: pd.Series) -> str:
    shown = ", ".join(teams.head(SHOWN))
    more = len(teams) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _day(on: pd.Timestamp) -> str:
    return "no day within two years" if pd.isna(on) else text.day(on)
