"""What the tracker shows of the sprints that were played: items, moves, sprints, their scope."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.program.history import lifecycle
from tpm_analytics.program.workflow import Workflow
from tpm_analytics.sources.invented import backlog, chance, clock, story, teamwork, words
from tpm_analytics.sources.invented.chance import Generator
from tpm_analytics.sources.invented.teamwork import Played

_REOPENED = 0.03
_REOPENED_AFTER = (4.0, 16.0, 40.0, 90.0, 200.0, 320.0)
_MENDING = {
    "In Progress": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "Code Review": (1.0, 3.0, 6.0, 12.0, 24.0, 40.0),
    "Ready for Test": (0.3, 1.0, 3.0, 6.0, 12.0, 24.0),
    "In Test": (0.5, 2.0, 5.0, 9.0, 18.0, 30.0),
    "Done": (0.5, 1.5, 3.0, 5.0, 9.0, 16.0),
}
_EPIC_LEAD_MINUTES = 30


def with_reopened(generator: Generator, played: Played) -> list[teamwork.Move]:
    """Moves of `played`, and those of the items that came back after they were done."""
    finished = sorted(played.finished.items())
    comes_back = chance.happens(generator, len(finished), _REOPENED)
    after = chance.spread(generator, len(finished), _REOPENED_AFTER)
    lasts = {
        status: chance.spread(generator, len(finished), hours) for status, hours in _MENDING.items()
    }
    moves = list(played.moves)
    for at, (item, hour) in enumerate(finished):
        if not comes_back[at]:
            continue
        moment = hour + after[at]
        for status, hours in lasts.items():
            moment += hours[at]
            moves.append(teamwork.Move(item, moment, status))
    return moves


def keys(work: pd.DataFrame) -> pd.DataFrame:
    """Key of each item and of its epic: teams number what they are given, epics before items."""
    epics = backlog.epics(work)
    prefix = {team.name: team.key for team in story.TEAMS}
    epics = epics.assign(number=epics.groupby("team").cumcount() + 1)
    epics["epic_id"] = epics["team"].map(prefix) + "-" + epics["number"].astype("str")
    offset = work["team"].map(epics.groupby("team").size())
    number = work.groupby("team").cumcount() + 1 + offset
    named = work.merge(epics[["team", "epic", "epic_id"]], on=["team", "epic"], how="left")
    return pd.DataFrame(
        {
            "item_id": work["team"].map(prefix) + "-" + number.astype("str"),
            "parent_id": named["epic_id"].to_numpy(),
        }
    )


def transitions(work: pd.DataFrame, moves: list[teamwork.Move]) -> pd.DataFrame:
    """Entries into statuses up to the snapshot, those of the epics too."""
    table = pd.DataFrame(moves).sort_values(["item", "hour"], kind="stable", ignore_index=True)
    table["team"] = table["item"].map(work["team"])
    table["item_id"] = table["item"].map(work["item_id"])
    table["at"] = at_hours(table["team"], table["hour"])
    table = table.rename(columns={"status": "to_status"})
    table = pd.concat([table, _epic_moves(work, table)], ignore_index=True)
    table = table[table["at"] <= story.SNAPSHOT_AT]
    table["from_status"] = table.groupby("item_id")["to_status"].shift()
    columns = ["item_id", "at", "from_status", "to_status"]
    return table.sort_values(["item_id", "at"], kind="stable", ignore_index=True)[columns]


def _epic_moves(work: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """An epic begins with the first of its items and is done with the last of them."""
    table = table.assign(epic_id=table["item"].map(work["parent_id"])).dropna(subset=["epic_id"])
    known = table[table["at"] <= story.SNAPSHOT_AT]
    last = known.groupby(["epic_id", "item_id"])["to_status"].last().isin({"Done", "Cancelled"})
    complete = last.groupby("epic_id").all()
    times = known.groupby("epic_id")["at"].agg(["min", "max"])
    begun = known[known["to_status"] == "In Progress"].groupby("epic_id")["at"].min()
    rows = {
        "Backlog": times["min"] - pd.Timedelta(minutes=_EPIC_LEAD_MINUTES),
        "In Progress": begun,
        "Done": times["max"][complete.reindex(times.index)] + pd.Timedelta(minutes=2),
    }
    return pd.concat(
        [
            pd.DataFrame({"item_id": at.index, "at": at.to_numpy(), "to_status": status})
            for status, at in rows.items()
        ],
        ignore_index=True,
    )


def at_hours(team: pd.Series, hours: pd.Series) -> pd.Series:
    """Moments of working hours, each by the clock of its team; NaT beyond its calendar."""
    at = pd.Series(pd.NaT, index=hours.index, dtype="datetime64[us, UTC]")
    for one in story.TEAMS:
        place = clock.of(one.time_zone, one.country)
        own = (team == one.name) & (hours < place.ends)
        at[own] = place.instants(hours[own].to_numpy())
    return at


def items(work: pd.DataFrame, moved: pd.DataFrame, played: Played) -> pd.DataFrame:
    """Return the items as the tracker lists them, epics first in each team."""
    held = {done.item: done.person_id for done in played.works}
    table = work.assign(assignee_id=pd.Series(held).reindex(work.index))
    table = pd.concat([_epic_items(work), table], ignore_index=True)
    told = lifecycle(
        moved.assign(
            item_id=moved["item_id"].astype("category"),
            to_status=moved["to_status"].astype("category"),
        ),
        Workflow(story.STAGES),
        table["item_id"],
    )
    begun = told["started_at"].notna()
    columns = [
        *("item_id", "title", "kind", "team", "status", "priority", "created_at", "started_at"),
        *("finished_at", "points", "estimate_hours", "parent_id", "assignee_id", "release", "url"),
    ]
    return table.assign(
        status=told["status"],
        created_at=table["item_id"].map(moved.groupby("item_id")["at"].min()),
        started_at=told["started_at"],
        finished_at=told["finished_at"],
        assignee_id=table["assignee_id"].where(begun),
        url=story.TRACKER + table["item_id"],
    )[columns]


def _epic_items(work: pd.DataFrame) -> pd.DataFrame:
    epics = work.dropna(subset=["parent_id"]).groupby("parent_id", sort=False)
    table = epics[["epic", "team", "release"]].first().reset_index()
    leads = {"Checkout": "lucia.ortega", "Ledger": "carlos.navarro", "Mobile": "rachel.kim"}
    leads |= {"Data": "monica.alvarez", "Platform": "arjun.rao"}
    return table.rename(columns={"parent_id": "item_id", "epic": "title"}).assign(
        kind=backlog.EPIC, priority="Medium", assignee_id=table["team"].map(leads)
    )


def sprints(generator: Generator) -> pd.DataFrame:
    """Return the sprints of every team; the last is still running."""
    rows = []
    for team in story.TEAMS:
        place = clock.of(team.time_zone, team.country)
        for number in range(story.SPRINTS):
            begins, ends = teamwork.window(place, number)
            epic = words.EPICS[team.name][number * len(words.EPICS[team.name]) // story.SPRINTS]
            goal = words.SPRINT_GOALS[int(generator.random() * len(words.SPRINT_GOALS))]
            rows.append(
                (
                    sprint_id(team.name, number),
                    team.name,
                    f"{team.name} {number + 1}",
                    f"{goal} {epic.lower()}",
                    begins,
                    ends,
                    ends + teamwork.CLOSED_AFTER,
                )
            )
    table = pd.DataFrame(
        rows,
        columns=["sprint_id", "team", "name", "goal", "starts_at", "ends_at", "completed_at"],
    )
    moments = {
        name: at_hours(table["team"], table[name])
        for name in ("starts_at", "ends_at", "completed_at")
    }
    closed = moments["completed_at"]
    forgotten = table["sprint_id"] == sprint_id(*story.SPRINT_NEVER_CLOSED)
    moments["completed_at"] = closed.mask((closed > story.SNAPSHOT_AT) | forgotten)
    return table.assign(**moments)


def sprint_id(team: str, number: int) -> str:
    """Key of a team's sprint, the first of them 1."""
    return f"{story.team_named(team).key}-S{number + 1:02d}"


def sprint_scope(generator: Generator, work: pd.DataFrame, played: Played) -> pd.DataFrame:
    """What entered each sprint when, and what left it before its end."""
    table = pd.DataFrame(played.entries)
    points = table["item"].map(work["points"])
    resized = chance.happens(generator, len(table), _RESIZED)
    table = table.assign(
        sprint_id=[
            sprint_id(team, number)
            for team, number in zip(table["team"], table["sprint"], strict=True)
        ],
        item_id=table["item"].map(work["item_id"]),
        added_at=at_hours(table["team"], table["added"]),
        removed_at=at_hours(table["team"], table["removed"]),
        points_when_added=points.mask(resized, np.maximum(points - 1, 1)),
    )
    removed = table["removed_at"]
    table["removed_at"] = removed.mask(removed > story.SNAPSHOT_AT)
    columns = ["sprint_id", "item_id", "added_at", "removed_at", "points_when_added"]
    return table[table["added_at"] <= story.SNAPSHOT_AT].sort_values(columns[:3])[columns]


_RESIZED = 0.03
