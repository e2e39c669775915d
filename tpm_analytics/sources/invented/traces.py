"""What work leaves behind in the tracker beside moves: blocks, links and hours booked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, clock, story, words
from tpm_analytics.sources.invented.chance import Generator
from tpm_analytics.sources.invented.staff import BUILDERS, TESTER, each
from tpm_analytics.sources.invented.teamwork import NEVER, Move, Played
from tpm_analytics.sources.invented.tracker import at_hours

_BLOCKED = 0.07
_BLOCK_BEGINS = (0.1, 0.7)
_BLOCK_HOURS = (2.0, 8.0, 16.0, 32.0, 80.0, 160.0)
_UNBLOCKED_BEFORE_DONE = 0.25
_STALLED_BLOCKED = 0.5

LINKS = 250
_BLOCKING = 0.6
_ACROSS_TEAMS = 0.35
_NEAREST, _FARTHEST = 5, 90
CYCLE = ("Platform", "Data", "Checkout")

_HOURS_ARE_ROUNDED_TO = 0.25
_MEETING_HOURS = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
_LEADING_HOURS = (2.0, 4.0, 5.5, 6.5, 7.5, 8.0)
_FRIDAY = 4
_LONGEST_OVERLOADED_DAY = 11.5
_OVERLOAD_HOURS_A_DAY = 4.5


def blocks(generator: Generator, work: pd.DataFrame, played: Played) -> pd.DataFrame:
    """Times an item was blocked while it was built; many of those that stand still are."""
    built = pd.DataFrame(played.works)
    finished = built["item"].map(played.finished).fillna(NEVER)
    count = len(built)
    stalled = finished == NEVER
    share = np.where(stalled, _STALLED_BLOCKED, _BLOCKED)
    low, high = _BLOCK_BEGINS
    begun = built["begun"] + (low + (high - low) * generator.random(count)) * (
        built["ended"] - built["begun"]
    )
    ended = np.minimum(
        begun + chance.spread(generator, count, _BLOCK_HOURS), finished - _UNBLOCKED_BEFORE_DONE
    )
    team = built["item"].map(work["team"])
    table = pd.DataFrame(
        {
            "item_id": built["item"].map(work["item_id"]),
            "blocked_at": at_hours(team, begun),
            "unblocked_at": at_hours(team, ended.mask(stalled, NEVER)),
            "reason": chance.choose(generator, count, words.BLOCK_REASONS),
        }
    )
    kept = (generator.random(count) < share) & (begun < ended)
    ended_at = table["unblocked_at"]
    table["unblocked_at"] = ended_at.where(ended_at <= story.SNAPSHOT_AT)
    known: pd.DataFrame = table[kept & (table["blocked_at"] <= story.SNAPSHOT_AT)]
    return known.sort_values(["blocked_at", "item_id"], ignore_index=True)


def item_links(generator: Generator, items: pd.DataFrame) -> pd.DataFrame:
    """Links from older items to younger ones, some across teams, and one small circle."""
    ours = items[items["kind"] != "Epic"].dropna(subset=["created_at"])
    ours = ours.sort_values(["created_at", "item_id"], ignore_index=True)
    ids, teams = ours["item_id"].to_numpy(), ours["team"].to_numpy()
    pairs: dict[tuple[str, str], str] = {}
    while len(pairs) < LINKS:
        first, choice, across, kind = generator.random(4)
        place = int(first * (len(ids) - _FARTHEST))
        nearby = np.arange(place + _NEAREST, place + _FARTHEST)
        same = teams[nearby] == teams[place]
        fitting = nearby[~same] if across < _ACROSS_TEAMS else nearby[same]
        if len(fitting):
            other = ids[fitting[int(choice * len(fitting))]]
            pairs[ids[place], other] = "blocks" if kind < _BLOCKING else "relates"
    table = pd.DataFrame(
        [(first, other, kind) for (first, other), kind in pairs.items()],
        columns=["from_id", "to_id", "kind"],
    )
    circle = _circle(ours)
    return pd.concat([table, circle], ignore_index=True).assign(lag_days=np.nan)


def _circle(items: pd.DataFrame) -> pd.DataFrame:
    """Make three items of three teams that each wait for the next: a fault to be found."""
    waiting = items[items["status"] == "Backlog"]
    ids = [waiting.loc[waiting["team"] == team, "item_id"].iloc[0] for team in CYCLE]
    return pd.DataFrame({"from_id": ids, "to_id": ids[1:] + ids[:1], "kind": "blocks"})


def worklogs(
    generator: Generator, work: pd.DataFrame, played: Played, people: pd.DataFrame
) -> pd.DataFrame:
    """Hours each person booked by item and day, and by week what went into meetings."""
    built = pd.DataFrame(played.works)
    spans = pd.concat([built, _tests(work, played.moves, people)], ignore_index=True)
    spans["team"] = spans["item"].map(work["team"])
    spans["item_id"] = spans["item"].map(work["item_id"])
    booked = pd.concat(
        [
            *(
                _by_day(clock.of(team.time_zone, team.country), spans[spans["team"] == team.name])
                for team in story.TEAMS
            ),
            _meetings(generator, people),
            _overload(),
        ],
        ignore_index=True,
    )
    booked = _within_a_day(booked)
    step = _HOURS_ARE_ROUNDED_TO
    booked["hours"] = np.maximum(np.rint(booked["hours"] / step) * step, step)
    booked = booked[booked["worked_on"] <= np.datetime64(story.LAST_DAY)]
    booked["worked_on"] = booked["worked_on"].dt.strftime("%Y-%m-%d")
    return booked.sort_values(["worked_on", "person_id", "item_id"], ignore_index=True)


def of_those_there(
    worklogs: pd.DataFrame, people: pd.DataFrame, absences: pd.DataFrame
) -> pd.DataFrame:
    """Drop what falls on days away or after leaving: others stood in, and booked nothing."""
    left = worklogs["person_id"].map(people.set_index("person_id")["left_on"])
    pairs = worklogs.reset_index()[["index", "person_id", "worked_on"]].merge(
        absences, on="person_id"
    )
    away = pairs["worked_on"].between(pairs["from_on"], pairs["to_on"])
    gone = worklogs.index.isin(pairs.loc[away, "index"])
    gone |= left.notna() & (worklogs["worked_on"] > left.fillna(""))
    return worklogs.loc[~gone].reset_index(drop=True)


def _tests(work: pd.DataFrame, moves: list[Move], people: pd.DataFrame) -> pd.DataFrame:
    """Return spans in test, each with the tester of its team, or of the team that took over."""
    table = pd.DataFrame(moves).sort_values(["item", "hour"], kind="stable", ignore_index=True)
    table["ended"] = table.groupby("item")["hour"].shift(-1)
    table = table[table["status"] == "In Test"].dropna(subset=["ended"])
    testers = people[people["role"] == TESTER].set_index("team")["person_id"]
    team = table["item"].map(work["team"])
    merged = clock.of("Europe/Madrid", "ES").hour_of(story.TEST_MERGED_ON)
    taken_over = team.isin(story.TEST_MERGED_INTO) & (table["hour"] >= merged)
    team = team.where(~taken_over, team.map(story.TEST_MERGED_INTO))
    return pd.DataFrame(
        {
            "item": table["item"],
            "person_id": team.map(testers),
            "begun": table["hour"],
            "ended": table["ended"],
        }
    )


def _by_day(place: clock.Clock, spans: pd.DataFrame) -> pd.DataFrame:
    """Cut each span of working hours into its days."""
    first = (spans["begun"] // clock.HOURS_A_DAY).to_numpy(dtype=np.int64)
    last = (spans["ended"] // clock.HOURS_A_DAY).to_numpy(dtype=np.int64)
    counts = last - first + 1
    span = np.repeat(np.arange(len(spans)), counts)
    day = (
        np.repeat(first, counts)
        + np.arange(len(span))
        - np.repeat(np.cumsum(counts) - counts, counts)
    )
    opens = day * clock.HOURS_A_DAY
    hours = np.minimum(spans["ended"].to_numpy()[span], opens + clock.HOURS_A_DAY) - np.maximum(
        spans["begun"].to_numpy()[span], opens
    )
    table = pd.DataFrame(
        {
            "person_id": spans["person_id"].to_numpy()[span],
            "item_id": spans["item_id"].to_numpy()[span],
            "worked_on": place.days[day].astype("datetime64[us]"),
            "hours": hours,
        }
    )
    return table[table["hours"] > _HOURS_ARE_ROUNDED_TO / 2]


def _meetings(generator: Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Hours that belong to no item: builders' on Fridays, of those who lead every day."""
    tables = []
    for person in each(people):
        days = pd.DatetimeIndex(clock.of(person.time_zone, person.country).days)
        last = story.LAST_DAY if pd.isna(person.left_on) else person.left_on
        days = days[(days >= pd.Timestamp(person.joined_on)) & (days <= pd.Timestamp(last))]
        builds = person.role in {*BUILDERS, TESTER}
        days = days[days.day_of_week == _FRIDAY] if builds else days
        hours = chance.spread(generator, len(days), _MEETING_HOURS if builds else _LEADING_HOURS)
        tables.append(
            pd.DataFrame({"person_id": person.person_id, "worked_on": days, "hours": hours})
        )
    return pd.concat(tables, ignore_index=True)


def _within_a_day(booked: pd.DataFrame) -> pd.DataFrame:
    """Shrink what a person booked on one day to what a day can hold."""
    total = booked.groupby(["person_id", "worked_on"])["hours"].transform("sum")
    longest = np.where(
        booked["person_id"] == story.SPECIALIST, _LONGEST_OVERLOADED_DAY, clock.HOURS_A_DAY
    )
    return booked.assign(hours=booked["hours"] * np.minimum(1.0, longest / total))


def _overload() -> pd.DataFrame:
    """Story 3: what the specialist books on top, day by day, while three workstreams share her."""
    days = clock.of("Asia/Kolkata", "IN").days
    first, last = np.datetime64(story.OVERLOAD_FROM), np.datetime64(story.OVERLOAD_TO)
    return pd.DataFrame(
        {
            "person_id": story.SPECIALIST,
            "worked_on": days[(days >= first) & (days <= last)].astype("datetime64[us]"),
            "hours": _OVERLOAD_HOURS_A_DAY,
        }
    )
