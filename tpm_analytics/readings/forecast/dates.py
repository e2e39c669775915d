"""When work is done and how much by a day, in plain words."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.tables import Items, People
from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.forecast import (
    Amounts,
    Basis,
    CommonLuck,
    FinishDays,
    Remaining,
)

EVEN, PROBABLE, LIKELY, SURE = 0.5, 0.7, 0.85, 0.95
SHOWN = 5


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
        say("An even chance: by {day}.", day=on_day(days[EVEN])),
        say("95 % sure: by {day}.", day=on_day(days[SURE])),
        left,
        say("This holds if nothing is added; see further down what changes if it is."),
    )


def meant(
    keys: str,
    work: DataFrame[Items],
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    milestone: str = "",
) -> Reading:
    """What the forecast is about, if it is a `milestone` too.

    Reads ``finished_on`` of ``work`` and ``item_id``, ``title`` of ``items``.
    """
    Items.require(work, "finished_on")
    Items.require(items, "item_id", "title")
    whole = count(len(work), "item")
    done = int((work["finished_on"] <= until).sum())
    if not keys:
        all_work = say(
            "All work is meant: {whole}, {done} of them done.", whole=whole, done=f"{done:,}"
        )
        if not milestone:
            return all_work
        return join(
            say(
                "**No item is tied to {milestone}**, so when it is reached cannot be said. Name "
                "its epics or releases as what is meant, or link them to it in the tracker.",
                milestone=milestone,
            ),
            all_work,
        )
    return say(
        "What is meant{of}: {keys}, with {whole} in all, {done} of them done.",
        of=f", for milestone {milestone}" if milestone else "",
        keys=_titled(keys, items),
        whole=whole,
        done=f"{done:,}",
    )


def _titled(keys: str, items: pd.DataFrame) -> str:
    """Name what each key is about, where an item has it and a title."""
    known = items.dropna(subset="title").set_index("item_id")["title"]
    named = [key.strip() for key in keys.split(",")]
    return ", ".join(f"{key} ({known[key]})" if key in known.index else key for key in named)


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
            teams=names(short["team"]),
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
            "Not done within two years, 85 % sure: **{teams}**.", teams=names(open_end["team"])
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


def common_luck(luck: DataFrame[CommonLuck], remaining: DataFrame[Remaining]) -> Reading:
    """Whether teams fall short together. Reads all columns, and ``team`` of ``remaining``."""
    CommonLuck.require(luck, *CommonLuck.declared())
    Remaining.require(remaining, "team")
    if len(remaining) < 2:
        return say("No other team can hold it up.")
    if luck.empty:
        return say(
            "Whether teams fall short in the same months cannot be told: too few of them have a "
            "history. Each is taken to have luck of its own."
        )
    row = luck.iloc[0]
    months = count(row.months, "past month")
    if not row.common:
        return say(
            "Over {months}, teams fell short in the same ones **no more often than chance "
            "brings**. So their chances multiply.",
            months=months,
        )
    return say(
        "Over {months}, teams fell short in the same ones **more often than chance brings**: "
        "{part} of their luck is common. That is counted in: a bad month may come to all of them.",
        months=months,
        part=share(row.common),
    )


def _left(remaining: pd.DataFrame) -> str:
    unit = str(remaining["measure"].iloc[0])
    return _much(remaining["amount"].sum(), unit)


def _much(number: float, unit: str) -> str:
    return f"{amount(number)} {unit.removesuffix('s') if number == 1 else unit}"


def names(teams: pd.Series) -> str:
    """First of the names, and how many more there are."""
    shown = ", ".join(teams.head(SHOWN))
    more = len(teams) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def on_day(on: pd.Timestamp) -> str:
    """Day, or that there is none."""
    return "no day within two years" if pd.isna(on) else text.day(on)
