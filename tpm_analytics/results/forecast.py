"""What the forecast metrics yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column

# Stands for a team where an item has none, and where all teams are meant
NO_TEAM, ALL_TEAMS = "no team", "all teams"


class WorkDays(Result):
    """One row per team and day, past and to come; `ALL_TEAMS` is a calendar too."""

    team: Series[str] = column("Team")
    day_on: Series[Day] = column("Day")
    working: Series[Flag] = column("Whether at least half of the people are at work")
    pace: Series[float] = column("Pace of the day against that of the past", "share", ge=0)


class Doubts(Result):
    """One row per item that a forecast should not trust, and why; an item may have several."""

    item_id: Series[str] = column("Item")
    fault: Series[Category] = column("What is doubtful")
    finished: Series[Flag] = column("Whether the item is finished")


class Remaining(Result):
    """One row per team with open items in scope."""

    team: Series[str] = column("Team")
    items: Series[Count] = column("Open items", ge=0)
    amount: Series[float] = column("Left to do", ge=0)
    unsized: Series[Count] = column("Open items without points, taken as average", ge=0)
    measure: Series[Category] = column("What is counted: items or points")


class Deliveries(Result):
    """One row per team and day, from the day work began to the day the program is seen from."""

    team: Series[str] = column("Team")
    day_on: Series[Day] = column("Day")
    working: Series[Flag] = column("Whether the team works that day")
    finished: Series[float] = column("Finished that day", ge=0)
    measure: Series[Category] = column("What is counted: items or points")
    basis: Series[Category] = column("Whose pace it is: own, the team's or the program's")
    sharing: Series[float] = column("Among how many features this pace is shared", ge=1)
    common: Series[float] = column("How much of its luck is that of all teams", ge=0, le=1)


class CommonLuck(Result):
    """One row: how alike the luck of the teams was, month by month; none without two teams."""

    teams: Series[Count] = column("Teams looked at", ge=2)
    months: Series[Count] = column("Spans of four weeks looked at", ge=1)
    correlation: Series[float] = column("How alike: 0 not at all, 1 fully", ge=-1, le=1)
    common: Series[float] = column("Common luck, beyond what chance explains", ge=0, le=1)


class Basis(Result):
    """One row per team: what its forecast rests on, and why there is none."""

    team: Series[str] = column("Team")
    basis: Series[Category] = column("Whose pace")
    sharing: Series[float] = column("Shared among features", ge=1)
    first_on: Series[Day] = column("History from")
    days: Series[Count] = column("Days of history", "days", ge=0)
    finishes: Series[Count] = column("Days with a finish", "days", ge=0)
    enough: Series[Flag] = column("Enough to forecast")


class When(Result):
    """One row per team and day ahead: the chance that all of its work is done by then."""

    team: Series[str] = column("Team")
    day_on: Series[Day] = column("Day")
    chance: Series[float] = column("Chance that all is done", "share", ge=0, le=1)


class FinishDays(Result):
    """One row per team and share of futures: by that day all is done."""

    team: Series[str] = column("Team")
    share: Series[float] = column("How sure", "share", gt=0, lt=1)
    day_on: Series[Day] = column("Done by", nullable=True)
    days: Series[Count] = column("From now", "days", ge=0, nullable=True)


class TeamForecasts(Result):
    """One row per team with open items, and one for all: what is left, whose pace, done when."""

    team: Series[str] = column("Team")
    items: Series[Count] = column("Open items", ge=0)
    basis: Series[str] = column("Pace taken from")
    even_on: Series[Day] = column("50 % sure by", nullable=True)
    probable_on: Series[Day] = column("70 % sure by", nullable=True)
    likely_on: Series[Day] = column("85 % sure by", nullable=True)
    sure_on: Series[Day] = column("95 % sure by", nullable=True)


class HowMany(Result):
    """One row per amount: the chance to finish that much or more by a day."""

    amount: Series[float] = column("Finished by then", ge=0)
    chance: Series[float] = column("Chance of exactly so much", "share", ge=0, le=1)
    at_least: Series[float] = column("Chance of so much or more", "share", ge=0, le=1)
    by_on: Series[Day] = column("By")
    measure: Series[Category] = column("What is counted: items or points")


class Amounts(Result):
    """One row per share of futures: at least so much is finished by a day."""

    share: Series[float] = column("How sure", "share", gt=0, lt=1)
    amount: Series[float] = column("At least", ge=0)
    by_on: Series[Day] = column("By")
    measure: Series[Category] = column("What is counted: items or points")


class ScopeDone(Result):
    """One row per day: all that was done by then, and all that was asked for."""

    day_on: Series[Day] = column("Day")
    done: Series[float] = column("Done", ge=0)
    scope: Series[float] = column("Asked for", ge=0)
    measure: Series[Category] = column("What is counted: items or points")


class ForecastFan(Result):
    """One row per day ahead and share of futures: at least so much is done by then."""

    day_on: Series[Day] = column("Day")
    share: Series[float] = column("How sure", "share", gt=0, lt=1)
    done: Series[float] = column("Done", ge=0)


class Growth(Result):
    """One row per team and whole week."""

    team: Series[str] = column("Team")
    period_on: Series[Day] = column("Week from")
    added: Series[float] = column("Added", ge=0)
    finished: Series[float] = column("Finished", ge=0)
    measure: Series[Category] = column("What is counted: items or points")


class GrowthRates(Result):
    """One row per team, and one for all of them."""

    team: Series[str] = column("Team")
    weeks: Series[Count] = column("Weeks looked at", "weeks", ge=0)
    added: Series[float] = column("Added a week", ge=0)
    finished: Series[float] = column("Finished a week", ge=0)
    ratio: Series[float] = column("Added for each finished", ge=0, nullable=True)
    measure: Series[Category] = column("What is counted: items or points")


class Splits(Result):
    """One row per kind of item that others are part of."""

    kind: Series[str] = column("Kind of the whole")
    parents: Series[Count] = column("Wholes looked at", ge=0)
    parts: Series[float] = column("Parts of a middling one", "items", ge=0)
    added_later: Series[float] = column(
        "Share of the parts added after work began", "share", ge=0, le=1, nullable=True
    )


class FeatureOrder(Result):
    """One row per open feature, in the order of work."""

    place: Series[Count] = column("Place", ge=1)
    team: Series[str] = column("Team")
    item_id: Series[str] = column("Feature")
    title: Series[str] = column("What it is about", nullable=True)
    parts: Series[Count] = column("Open parts", ge=0)
    guessed: Series[Flag] = column("Size taken from features like it")
    even_on: Series[Day] = column("Even chance", nullable=True)
    likely_on: Series[Day] = column("85 % sure", nullable=True)


class Effects(Result):
    """One row per fault in the data: the answer with it set aside, and with it counted."""

    fault: Series[str] = column("Fault in the data")
    items: Series[Count] = column("Items", ge=0)
    treatment: Series[str] = column("What was done")
    day_on: Series[Day] = column("85 % sure, as told", nullable=True)
    otherwise_on: Series[Day] = column("85 % sure, the other way", nullable=True)
    days: Series[Count] = column("Difference", "days", nullable=True)


class Issued(Result):
    """One row per forecast that a report made, with all that is needed to score it later."""

    asked: Series[Category] = column("Question: when or how many")
    scope: Series[str] = column("Keys of what was forecast, with commas; empty for all work")
    team: Series[str] = column("Team")
    measure: Series[Category] = column("What is counted: items or points")
    as_of: Series[Day] = column("Seen from")
    share: Series[float] = column("Promised", "share", gt=0, lt=1)
    amount: Series[float] = column("Amount: left to do, or promised at least", ge=0)
    day_on: Series[Day] = column("Day: promised at the latest, or asked for")


class Scored(Result):
    """One row per forecast made, with what came of it."""

    origin: Series[Category] = column("Where it comes from: issued, looking back, or that jointly")
    asked: Series[Category] = column("Question: when or how many")
    team: Series[str] = column("Team")
    as_of: Series[Day] = column("Seen from")
    share: Series[float] = column("Promised", "share", gt=0, lt=1)
    day_on: Series[Day] = column("Day of reckoning")
    amount: Series[float] = column("Amount promised", ge=0)
    actual: Series[float] = column("Amount that came", ge=0, nullable=True)
    outcome: Series[Category] = column("held, missed or pending")
    credit: Series[float] = column(
        "Chance that it held, allowing for whole items", "share", ge=0, le=1, nullable=True
    )
    measure: Series[Category] = column("What is counted: items, points, or teams that kept theirs")


class TrackRecord(Result):
    """One row per origin and share promised."""

    origin: Series[Category] = column("Issued, looking back, or that for all teams at once")
    share: Series[float] = column("Promised", "share", gt=0, lt=1)
    forecasts: Series[Count] = column("Forecasts whose day has come", ge=0)
    held: Series[Count] = column("Held", ge=0)
    missed: Series[Count] = column("Missed", ge=0)
    pending: Series[Count] = column("Day yet to come", ge=0)
    kept: Series[float] = column("Kept", "share", ge=0, le=1, nullable=True)
    fairly_kept: Series[float] = column(
        "Kept, allowing for whole items", "share", ge=0, le=1, nullable=True
    )
    least: Series[float] = column(
        "Right ones hold, by chance, from", "share", ge=0, le=1, nullable=True
    )
    most: Series[float] = column("by chance, up to", "share", ge=0, le=1, nullable=True)
