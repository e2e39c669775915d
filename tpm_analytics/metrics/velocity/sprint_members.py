"""Which items were in a sprint, from when to when, and what became of each."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from tpm_analytics.errors import check_choice
from tpm_analytics.program.keys import among

Measure = Literal["auto", "points", "items"]

# With fewer items estimated than this share, sums of points leave out most of the work
SIZED = 0.5
# A sprint closed on Monday instead of Friday ended on Monday; one closed years later was forgotten
LATE_CLOSE = pd.Timedelta(days=7)
# Jira starts a sprint seconds after the planner's last drag: its changelog shows both orders
START_GRACE = pd.Timedelta(minutes=1)
_NEED_HISTORY = (
    "committed",
    "added",
    "removed",
    "completed_committed",
    "completed_added",
    "carried_over_committed",
)
_NEED_AN_END = ("carried_over", "carried_over_committed", "carried_first", "carried_again")


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
        forgotten=forgotten,
        ends_on=dated["completed_on"].mask(forgotten).fillna(dated["ends_on"]),
    )
    return begun[over.notna() & (over > begun["starts_at"])].sort_values(
        ["starts_at", "sprint_id"], ignore_index=True
    )


def entries(begun: pd.DataFrame, scope: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """One row per time an item of the items was in one of the sprints, without doubles.

    ``size`` is the estimate when the sprint began, or when the item entered it later. Where a
    source keeps old estimates, none kept means that there was none; elsewhere today's is taken.
    """
    rows = scope.merge(begun[["sprint_id", "starts_at", "over_at"]], on="sprint_id").merge(
        items[["item_id", "parent_id", "team", "points", "finished_at"]], on="item_id"
    )
    kept = rows["added_at"].notna() & rows["points_when_added"].notna().any()
    rows = rows.assign(
        size=rows["points_when_added"].where(
            kept, rows["points_when_added"].fillna(rows["points"])
        ),
        done_before=rows["finished_at"] < rows["starts_at"],
    )
    return rows[~within_others(rows)].reset_index(drop=True)


def within_others(rows: pd.DataFrame) -> pd.Series:
    """Whether an item and its parent are in one sprint, and this one of the two does not count.

    An estimate stands for all parts: they count with their parent. A parent without one, such as
    an epic, is no work of its own: its parts count.
    """
    parts = rows[among(rows["parent_id"], rows["item_id"])]
    if parts.empty:
        return pd.Series(data=False, index=rows.index)
    parents = rows[["sprint_id", "item_id", "points"]].drop_duplicates(["sprint_id", "item_id"])
    pairs = parts[["sprint_id", "item_id", "parent_id"]].merge(
        parents.set_axis(["sprint_id", "parent_id", "parent_points"], axis=1),
        on=["sprint_id", "parent_id"],
    )
    sized = pairs["parent_points"].notna()
    doubles = pd.concat(
        [
            pairs.loc[sized, ["sprint_id", "item_id"]],
            pairs.loc[~sized, ["sprint_id", "parent_id"]].set_axis(
                ["sprint_id", "item_id"], axis=1
            ),
        ]
    )
    keys = pd.MultiIndex.from_frame(rows[["sprint_id", "item_id"]])
    return pd.Series(keys.isin(pd.MultiIndex.from_frame(doubles)), index=rows.index)


def not_counted(
    begun: pd.DataFrame, scope: pd.DataFrame, items: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Items that the sprints name and that are not counted in them, by sprint."""
    named = scope[["sprint_id", "item_id"]].drop_duplicates()
    loaded = among(named["item_id"], items["item_id"])
    rows = named.merge(items[["item_id", "parent_id", "points"]], on="item_id")
    found = {
        "items_not_loaded": named[~loaded],
        "items_within_others": rows[within_others(rows)],
    }
    return {
        name: part.groupby("sprint_id").size().reindex(begun["sprint_id"], fill_value=0).to_numpy()
        for name, part in found.items()
    }


def members(begun: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """One row per sprint and item that was ever in it after its start, with what became of it.

    ``carried_before`` counts the sprints begun earlier that the item was carried over from.
    """
    start = entries["starts_at"] + START_GRACE
    told = entries["added_at"].notna()
    entered_before = entries["added_at"].fillna(entries["starts_at"]) <= start
    left, over = entries["removed_at"], entries["over_at"]
    waiting = ~entries["done_before"]
    rows = entries.assign(
        told=told,
        at_start=told & entered_before & ~(left <= start) & waiting,
        entered=(entries["added_at"] > start) & (entries["added_at"] <= over),
        at_end=~(entries["added_at"] > over) & ~(left < over) & waiting,
    )
    # an item may leave a sprint and come back: its rows are one member
    grouped = rows.groupby(["sprint_id", "item_id"], observed=True, sort=False)
    members = grouped[["team", "size", "points", "finished_at", "starts_at", "over_at"]].first()
    members[["committed", "entered", "at_end"]] = grouped[["at_start", "entered", "at_end"]].any()
    members["told"] = grouped["told"].all()
    members = members[members["committed"] | members["entered"] | members["at_end"]].reset_index()
    in_time = (members["finished_at"] >= members["starts_at"]) & (
        members["finished_at"] <= members["over_at"]
    )
    running = members["sprint_id"].isin(begun.loc[~begun["closed"], "sprint_id"])
    fated = members.assign(
        added=members["entered"] & ~members["committed"],
        removed=~members["at_end"],
        completed=members["at_end"] & in_time,
        carried=members["at_end"] & ~in_time & ~running,
    ).sort_values(["starts_at", "sprint_id"], kind="stable", ignore_index=True)
    times = fated["carried"].astype("int64").groupby(fated["item_id"]).cumsum()
    return fated.assign(carried_before=times - fated["carried"])


def teams(begun: pd.DataFrame, members: pd.DataFrame) -> pd.Series:
    """Team of each sprint; where the source names none, the one most of its items belong to."""
    if begun["team"].notna().all():
        return begun["team"]
    counts = members.groupby(["sprint_id", "team"], observed=True).size().reset_index(name="n")
    usual = counts.sort_values("n", kind="stable").groupby("sprint_id").tail(1)
    found = usual.set_index("sprint_id")["team"].astype("str").reindex(begun["sprint_id"])
    named = begun["team"].astype("str")
    return named.where(named.notna(), found.set_axis(begun.index)).astype("category")


def measure_of(members: pd.DataFrame, measure: Measure) -> Measure:
    """Return what is to be added up: points where half of the items carry any, if left open."""
    check_choice("measure", measure, get_args(Measure))
    if measure != "auto":
        return measure
    return "points" if members["points"].notna().mean() >= SIZED else "items"


def totals(begun: pd.DataFrame, members: pd.DataFrame, *, by_points: bool) -> pd.DataFrame:
    """Sums by sprint; NA where the source kept no history, or no item of the sprint is sized.

    What is carried over is NA while a sprint runs.
    """
    one = pd.Series(1.0, index=members.index)
    size, done_size = (members["size"], members["points"]) if by_points else (one, one)
    completed, carried, committed = members["completed"], members["carried"], members["committed"]
    again = members["carried_before"] > 0
    parts = {
        "committed": size.where(committed),
        "added": size.where(members["added"]),
        "removed": size.where(members["removed"]),
        "completed": done_size.where(completed),
        "completed_committed": size.where(completed & committed),
        "completed_added": done_size.where(completed & members["added"]),
        "carried_over": size.where(carried),
        "carried_over_committed": size.where(carried & committed),
        "carried_first": size.where(carried & ~again),
        "carried_again": size.where(carried & again),
    }
    sprint = members["sprint_id"]
    sums = pd.DataFrame(parts).groupby(sprint).sum()
    unsized = members["points"].isna().groupby(sprint)
    running = begun.loc[~begun["closed"].astype(bool), "sprint_id"]
    sums.loc[~members["told"].groupby(sprint).all(), [*_NEED_HISTORY]] = np.nan
    sums.loc[sums.index.isin(running), [*_NEED_AN_END]] = np.nan
    if by_points:
        sums.loc[unsized.all()] = np.nan
    return sums.assign(items=unsized.size(), items_without_points=unsized.sum()).reindex(
        begun["sprint_id"]
    )
