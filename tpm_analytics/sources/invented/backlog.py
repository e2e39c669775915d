"""What the teams are asked to do: every item with all that chance decides about it beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, product

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, clock, story, story_words, words
from tpm_analytics.sources.invented.chance import Generator

EPIC, STORY, BUG, TASK = "Epic", "Story", "Bug", "Task"
_KINDS = {STORY: 0.56, BUG: 0.24, TASK: 0.20}
_POINTS = {
    STORY: {1.0: 0.12, 2.0: 0.24, 3.0: 0.30, 5.0: 0.24, 8.0: 0.09, 13.0: 0.01},
    BUG: {1.0: 0.40, 2.0: 0.35, 3.0: 0.20, 5.0: 0.05},
    TASK: {1.0: 0.30, 2.0: 0.35, 3.0: 0.25, 5.0: 0.10},
}
_PRIORITIES = {
    STORY: {"Highest": 0.02, "High": 0.20, "Medium": 0.58, "Low": 0.20},
    BUG: {"Highest": 0.12, "High": 0.33, "Medium": 0.40, "Low": 0.15},
    TASK: {"Highest": 0.01, "High": 0.14, "Medium": 0.55, "Low": 0.30},
}
# Working hours by which a priority brings an item forward in the queue, or puts it behind.
_HEAD_START = {"Highest": -600.0, "High": -200.0, "Medium": 0.0, "Low": 350.0}
_WHIM = 250.0
_THERE_AT_THE_START = 0.16
_START_HOURS = 60.0
_WITH_EPIC = {STORY: 0.96, BUG: 0.35, TASK: 0.55}
_RELEASES = ("1.0 Pilot", "1.1", "1.2", "2.0", "2.1", "2.2 Regulation", "3.0 General availability")

# What an item will meet on its way, in working hours: least, quarter, half, 3/4, 95 %, most.
_EFFORT = (0.45, 0.75, 0.95, 1.2, 1.9, 3.2)
_PAUSE = (1.0, 4.0, 7.0, 11.0, 20.0, 34.0)
_REVIEW = (0.3, 1.5, 3.0, 6.0, 13.0, 30.0)
_TEST = (0.5, 1.6, 2.8, 4.6, 9.0, 16.0)
_REWORK = (1.0, 2.5, 4.0, 7.0, 14.0, 24.0)
_REVIEW_RETURNS, _TEST_RETURNS = 0.11, 0.12
_NOMINAL_HOURS_A_POINT = 5.0
_ESTIMATED = 0.9
_GIVEN_UP = 0.08


def items(generator: Generator) -> pd.DataFrame:
    """Every item but the epics, those of one team together, oldest first in each.

    ``created_hour`` and ``rank`` are working hours of the team; ``rank`` is when an item is due
    to be picked: its age, brought forward by its priority.
    """
    return pd.concat([_of_team(generator, team) for team in story.TEAMS], ignore_index=True)


def epics(work: pd.DataFrame) -> pd.DataFrame:
    """Return the epics that items of `work` are part of, a row each, with their team."""
    named = work[["team", "epic"]].dropna().drop_duplicates()
    return named.sort_values(["team", "epic"], ignore_index=True)


def _of_team(generator: Generator, team: story.Team) -> pd.DataFrame:
    place = clock.of(team.time_zone, team.country)
    last = place.hour_at(story.SNAPSHOT_AT)
    usual, extra = team.items, story.SCOPE_JUMP.get(team.name, 0)
    hours = generator.random(usual) * last
    early = chance.happens(generator, usual, _THERE_AT_THE_START)
    hours = np.where(early, generator.random(usual) * _START_HOURS, hours)
    kinds = chance.choose(generator, usual, _KINDS)
    work = pd.DataFrame(
        {
            "created_hour": hours,
            "kind": kinds,
            "title": _titles(generator, team.name, kinds),
            "epic": _epics(generator, team.name, hours / last, kinds),
            "priority": chance.choose_each(generator, kinds, _PRIORITIES),
        }
    )
    if extra:
        work = pd.concat([work, _regulation(generator, place, extra)], ignore_index=True)
    work = work.sort_values("created_hour", kind="stable", ignore_index=True).assign(team=team.name)
    return _with_fate(generator, work, last)


def _titles(generator: Generator, team: str, kinds: Sequence[str]) -> list[str]:
    """Put titles together; none comes twice in a team before all have come once."""
    stock = {
        STORY: product(story_words.STORY_ACTIONS[team], story_words.STORY_PLACES[team]),
        BUG: product(words.BUG_SYMPTOMS[team], words.BUG_CONDITIONS),
        TASK: product(words.TASK_CHORES, words.SERVICES[team]),
    }
    mixed = {
        kind: cycle(chance.shuffled(generator, [" ".join(pair) for pair in pairs]))
        for kind, pairs in stock.items()
    }
    return [next(mixed[kind]) for kind in kinds]


def _epics(
    generator: Generator, team: str, elapsed: np.ndarray, kinds: Sequence[str]
) -> list[str | None]:
    """Epics follow one another, two or three open at a time."""
    names = words.EPICS[team]
    drift = generator.random(len(elapsed)) * 2.2 - 1.1
    places = np.clip(elapsed * len(names) + drift, 0, len(names) - 1).astype(np.int64)
    belongs = generator.random(len(elapsed))
    return [
        names[place] if draw < _WITH_EPIC[kind] else None
        for place, draw, kind in zip(places, belongs, kinds, strict=True)
    ]


def _regulation(generator: Generator, place: clock.Clock, count: int) -> pd.DataFrame:
    """Story 5: the regulatory package, all of it stories, within two weeks."""
    first = place.hour_of(story.SCOPE_JUMP_FROM)
    last = place.hour_of(story.SCOPE_JUMP_TO) + clock.HOURS_A_DAY
    pairs = product(story_words.REGULATION_ACTIONS, story_words.REGULATION_PLACES)
    titles = chance.shuffled(generator, [" ".join(pair) for pair in pairs])
    return pd.DataFrame(
        {
            "created_hour": first + generator.random(count) * (last - first),
            "kind": STORY,
            "title": titles[:count],
            "epic": story.SCOPE_JUMP_EPIC,
            "priority": chance.choose(generator, count, {"High": 0.35, "Medium": 0.65}),
        }
    )


def _with_fate(generator: Generator, work: pd.DataFrame, last: float) -> pd.DataFrame:
    """Add what an item will meet: its size, its hours in each stage, its returns and its end."""
    count = len(work)
    size = np.array(chance.choose_each(generator, list(work["kind"]), _POINTS))
    unpointed = generator.random(count) < work["kind"].map(story.UNPOINTED).to_numpy()
    estimated = chance.happens(generator, count, _ESTIMATED) & ~unpointed
    guess = np.rint(size * _NOMINAL_HOURS_A_POINT * (0.8 + 0.4 * generator.random(count)))
    release = (work["created_hour"] / last * (len(_RELEASES) - 1) + 0.4).astype("int64")
    regulated = work["epic"] == story.SCOPE_JUMP_EPIC
    return work.assign(
        size=size,
        points=np.where(unpointed, np.nan, size),
        estimate_hours=np.where(estimated, guess, np.nan),
        release=pd.Series([_RELEASES[min(at, len(_RELEASES) - 1)] for at in release]).mask(
            regulated, "2.2 Regulation"
        ),
        rank=work["created_hour"]
        + work["priority"].map(_HEAD_START)
        + generator.random(count) * _WHIM,
        effort=chance.spread(generator, count, _EFFORT),
        pause=chance.spread(generator, count, _PAUSE),
        review=chance.spread(generator, count, _REVIEW),
        test=chance.spread(generator, count, _TEST),
        rework=chance.spread(generator, count, _REWORK),
        review_returns=chance.happens(generator, count, _REVIEW_RETURNS),
        test_returns=chance.happens(generator, count, _TEST_RETURNS),
        given_up=chance.happens(generator, count, _GIVEN_UP),
        whim=generator.random(count),
    )
