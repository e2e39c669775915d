"""Which items were in a sprint, from when to when, and what became of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

# A sprint closed on Monday instead of Friday ended on Monday; one closed years later was forgotten
LATE_CLOSE = pd.Timedelta(days=7)
# Jira starts a sprint seconds after the planner's last drag: its changelog shows both orders
START_GRACE = pd.Timedelta(minutes=1)
_NEED_HISTORY = ("committed", "added", "removed", "completed_committed", "carried_over_committed")


def begun(sprints: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Sprints with a start and an end that have begun, and the moment each was over."""
    dated = sprints[sprints["starts_at"].notna() & (sprints["starts_on"] <= until)]
    planned = dated["ends_at"].fillna(dated["completed_at"])
    forgotten = dated["completed_at"] > planned + LATE_CLOSE
    over = dated["completed_at"].mask(forgotten).fillna(planned)
    closed = dated["completed_at"].notna() | (dated["ends_on"] < until)
    begun = dated.assign(
        over_at=over,
        closed=closed,
        ends_on=dated["completed_on"].mask(forgotten).fillna(dated["ends_on"]),
    )
    return begun[over.notna() & (over > begun["starts_at"])].sort_values(
        ["starts_at", "sprint_id"], ignore_index=True
    )


def members(begun: pd.DataFrame, scope: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """One row per sprint and item that was ever in it after its start, with what became of it."""
    rows = scope.merge(begun[["sprint_id", "starts_at", "over_at"]], on="sprint_id").merge(
        items[["item_id", "team", "points", "finished_at"]], on="item_id"
    )
    start = rows["starts_at"] + START_GRACE
    told = rows["added_at"].notna()
    entered_before = rows["added_at"].fillna(rows["starts_at"]) <= start
    done_before = rows["finished_at"] < rows["starts_at"]
    left = rows["removed_at"]
    rows = rows.assign(
        told=told,
        at_start=told & entered_before & ~(left <= start) & ~done_before,
        entered=(rows["added_at"] > start) & (rows["added_at"] <= rows["over_at"]),
        at_end=~(rows["added_at"] > rows["over_at"]) & ~(left < rows["over_at"]) & ~done_before,
        size=rows["points_when_added"].fillna(rows["points"]),
    )
    # an item may leave a sprint and come back: its rows are one member
    members = rows.groupby(["sprint_id", "item_id"], observed=True, sort=False).agg(
        told=("told", "all"),
        committed=("at_start", "any"),
        entered=("entered", "any"),
        at_end=("at_end", "any"),
        team=("team", "first"),
        size=("size", "first"),
        points=("points", "first"),
        finished_at=("finished_at", "first"),
        starts_at=("starts_at", "first"),
        over_at=("over_at", "first"),
    )
    members = members[members["committed"] | members["entered"] | members["at_end"]].reset_index()
    in_time = (members["finished_at"] >= members["starts_at"]) & (
        members["finished_at"] <= members["over_at"]
    )
    return members.assign(
        added=members["entered"] & ~members["committed"],
        removed=~members["at_end"],
        completed=members["at_end"] & in_time,
        carried=members["at_end"] & ~in_time,
    )


def teams(begun: pd.DataFrame, members: pd.DataFrame) -> pd.Series:
    """Team of each sprint; where the source names none, the one most of its items belong to."""
    if begun["team"].notna().all():
        return begun["team"]
    counts = members.groupby(["sprint_id", "team"], observed=True).size().reset_index(name="n")
    usual = counts.sort_values("n", kind="stable").groupby("sprint_id").tail(1)
    found = usual.set_index("sprint_id")["team"].astype("str").reindex(begun["sprint_id"])
    named = begun["team"].astype("str")
    return named.where(named.notna(), found.set_axis(begun.index)).astype("category")


def totals(members: pd.DataFrame, *, by_points: bool) -> pd.DataFrame:
    """Sums by sprint; NA where the source kept no history, or no item of the sprint is sized."""
    one = pd.Series(1.0, index=members.index)
    size, done_size = (members["size"], members["points"]) if by_points else (one, one)
    parts = {
        "committed": size.where(members["committed"]),
        "added": size.where(members["added"]),
        "removed": size.where(members["removed"]),
        "completed": done_size.where(members["completed"]),
        "completed_committed": size.where(members["completed"] & members["committed"]),
        "carried_over": size.where(members["carried"]),
        "carried_over_committed": size.where(members["carried"] & members["committed"]),
    }
    sprint = members["sprint_id"]
    sums = pd.DataFrame(parts).groupby(sprint).sum()
    told = members["told"].groupby(sprint).all()
    unsized = members["points"].isna().groupby(sprint)
    sums = sums.where(told, sums.assign(**dict.fromkeys(_NEED_HISTORY, np.nan)))
    if by_points:
        sums = sums.mask(unsized.all())
    return sums.assign(items=unsized.size(), items_without_points=unsized.sum())
