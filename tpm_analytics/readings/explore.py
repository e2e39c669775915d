"""What changes in a scenario, in plain words: today, the scenario, and the difference."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.readings import text
from tpm_analytics.readings.text import Reading, amount, count, join, say, share
from tpm_analytics.results.explore import AS_IS, CHANGED, Counts, Loads, Promises, Steps
from tpm_analytics.results.forecast import Basis

NO_SCHEDULE = (
    "The source has **no schedule of activities with work left**, and no open epics that move, so "
    "no end of a plan can be simulated. The forecast is made from the items alone."
)
NO_HOURS = "The source tells **nobody's working hours**, so how full people are cannot be said."
NO_PROMISES = (
    "The source tells **no allocations**, so what people's time is promised to cannot be said."
)
# A path of more steps is told by its last ones
SHOWN_STEPS = 4
SHOWN_TEAMS = 5
# Less than this is said to be the same: half a percent is not seen in a bar
SAME_SHARE = 0.005


def work(
    promises: DataFrame[Promises], counts: DataFrame[Counts], basis: DataFrame[Basis]
) -> Reading:
    """When the work is done, and how much by a day. Reads all columns.

    ``basis`` is that of the last version: it tells whose history is too short for a forecast.
    """
    Promises.require(promises, *Promises.declared())
    Counts.require(counts, *Counts.declared())
    Basis.require(basis, "team", "enough")
    left = [version["left"] for version in _versions(counts)]
    if not left[-1]:
        return say("**Nothing is left to do**: every item is finished.")
    items = count(left[-1], "item")
    if left[-1] != left[0]:
        items += f" instead of {amount(left[0])}"
    told = set(promises["version"])
    missing = [name for name in counts["version"] if name not in told]
    if missing:
        short = basis.loc[~basis["enough"].astype("bool"), "team"]
        none = "**No forecast** for {items}: {history} is too short."
        names = f" of {', '.join(short.head(SHOWN_TEAMS))}" if len(short) else ""
        words = {"items": items, "history": f"the history{names}"}
        if not told:
            return say(none, **words)
        today = _days(promises, sure="85 % sure", what="As it is all is done")
        return join(say(f"In the scenario: {none}", **words), today)
    are = "is" if left[-1] == 1 else "are"
    days = _days(promises, sure="85 % sure", what=f"{items} {are} done")
    return join(days, _finished(counts))


def plan(
    promises: DataFrame[Promises], steps: DataFrame[Steps], *, epics: int = 0, ended: bool = False
) -> Reading:
    """When the plan ends in the futures, and what sets the date. Reads all columns.

    ``epics`` tells how many open epics stand in for activities that the source does not have;
    ``ended`` whether the scenario leaves nothing of the plan to do.
    """
    Promises.require(promises, *Promises.declared())
    Steps.require(steps, *Steps.declared())
    if promises.empty:
        return say(NO_SCHEDULE)
    what = "As it is the plan ends" if ended else "The plan ends"
    days = _days(promises, sure="in 80 of 100 futures", what=what)
    half = say("In half of them {days}.", days=_even(promises))
    none = [say("In the scenario **nothing of the plan is left** to do.")] if ended else []
    derived = say(
        "The source has no activities: {epics} of the tracker {stand} in for them.",
        epics=count(epics, "open epic"),
        stand="stands" if epics == 1 else "stand",
    )
    return join(*none, days, half, *_path(steps), *([derived] if epics else []))


def loads(loads: DataFrame[Loads], *, weeks: int) -> Reading:
    """How full people are. Reads all columns; the last row of a version is that of everybody."""
    Loads.require(loads, *Loads.declared())
    if loads.empty or not loads["capacity_hours"].sum():
        return say(NO_HOURS)
    if not loads["allocated_hours"].sum():
        return say(NO_PROMISES)
    whole = _versions(loads)
    groups = _rows(loads, CHANGED if len(whole) > 1 else AS_IS).iloc[:-1]
    fullest = groups.loc[groups["utilisation"].idxmax()]
    return join(
        say(
            "**{part}** of the time of the next {weeks} weeks is promised{scenario}.",
            part=_share(whole[0]["utilisation"]),
            weeks=weeks,
            scenario=_changed_share(whole),
        ),
        say(
            "Fullest: {group}, {part}.",
            group=fullest["group"],
            part=_share(fullest["utilisation"]),
        ),
    )


def _days(promises: pd.DataFrame, *, sure: str, what: str) -> Reading:
    """When all is done by the surest promise, in the last version and as it is."""
    today, *changed = _versions(promises[promises["share"] == promises["share"].max()])
    last = changed[0] if changed else today
    words = {"what": what, "sure": sure, "day": _day(last["day_on"])}
    known = not pd.isna(last["day_on"])
    if not changed:
        plain = "{what} **by {day}**, {sure}." if known else "{what}: **{day}** is {sure}."
        return say(plain, **words)
    here = (
        "{what} **by {day}** in the scenario, {sure}; "
        if known
        else ("{what}: **{day}** is {sure} in the scenario; ")
    )
    return say(
        here + "as it is {today}{moved}.",
        **words,
        today=_day(today["day_on"]),
        moved=_moved(last["later_days"]),
    )


def _day(day: pd.Timestamp) -> str:
    return "no day within two years" if pd.isna(day) else text.day(day)


def _even(promises: pd.DataFrame) -> str:
    even = _versions(promises[promises["share"] == promises["share"].min()])
    today, last = text.day(even[0]["day_on"]), text.day(even[-1]["day_on"])
    return f"by {last}" if last == today else f"by {last} instead of {today}"


def _moved(days: int | None) -> str:
    if pd.isna(days):
        return ""
    if not days:
        return ": the same day"
    return f": {count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


def _finished(counts: pd.DataFrame) -> Reading:
    today, *changed = _versions(counts)
    told = changed[0] if changed else today
    by = text.day(told["by_on"])
    if not told["finished"] > 0:
        return say("How much is finished by {by} is not sure: it may be nothing.", by=by)
    more = ""
    if changed and not pd.isna(told["more"]):
        difference = abs(told["more"])
        more = (
            ", as many as without"
            if not difference
            else f", {amount(difference)} {'more' if told['more'] > 0 else 'fewer'} than without"
        )
    return say(
        "By {by} at least {finished} of them are finished{more}.",
        by=by,
        finished=amount(told["finished"]),
        more=more,
    )


def _path(steps: pd.DataFrame) -> list[Reading]:
    paths = [_names(_rows(steps, version)) for version in (AS_IS, CHANGED)]
    today, changed = paths
    if not today:
        return []
    told = say("What sets the date: {path}.", path=today)
    if not changed or changed == today:
        return [told]
    return [told, say("In the scenario it is: {path}.", path=changed)]


def _names(steps: pd.DataFrame) -> str:
    names = steps.loc[steps["open"].astype("bool"), "name"]
    dots = "… → " if len(names) > SHOWN_STEPS else ""
    return dots + " → ".join(names.tail(SHOWN_STEPS))


def _changed_share(whole: list[pd.Series]) -> str:
    if len(whole) == 1:
        return ""
    more = whole[1]["more"]
    if pd.isna(more) or abs(more) < SAME_SHARE:
        return ", in the scenario as much"
    points = count(abs(round(100 * more)), "point")
    return (
        f", in the scenario {_share(whole[1]['utilisation'])}: "
        f"{points} {'more' if more > 0 else 'less'}"
    )


def _share(part: float) -> str:
    return "an unknown part" if pd.isna(part) else share(part)


def _versions(table: pd.DataFrame) -> list[pd.Series]:
    """Return the last row of each version: as it is, and in the scenario if there is one."""
    last = {version: place for place, version in enumerate(table["version"])}
    return [table.iloc[last[version]] for version in (AS_IS, CHANGED) if version in last]


def _rows(table: pd.DataFrame, version: str) -> pd.DataFrame:
    return table[table["version"] == version]
