"""What teams commit to, complete and carry over, sprint by sprint."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.program.tables import Items, Sprints, SprintScope
from tpm_analytics.results.velocity import (
    CarriedItems,
    Setaside,
    SprintAmounts,
    SprintVelocity,
    TeamVelocity,
)

Measure = Literal["points", "items"]

# A sprint closed on Monday instead of Friday ended on Monday; one closed years later was forgotten
LATE_CLOSE = pd.Timedelta(days=7)
# Jira starts a sprint seconds after the planner's last drag: its changelog shows both orders
START_GRACE = pd.Timedelta(minutes=1)
# Half a year of two-week sprints: enough to see a level, short enough to be about today
RECENT_SPRINTS = 6

_NEED_HISTORY = ("committed", "added", "removed", "completed_committed", "carried_over_committed")


def sprint_velocity(
    sprints: DataFrame[Sprints],
    sprint_scope: DataFrame[SprintScope],
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    measure: Measure = "points",
) -> DataFrame[SprintVelocity]:
    """Committed, added, removed, completed and carried over in each sprint that has begun.

    Parameters
    ----------
    sprints
        Reads ``sprint_id``, ``name``, ``team``, ``starts_at``, ``ends_at``, ``completed_at``.
    sprint_scope
        Reads all columns. Rows without ``added_at`` come from a source that kept no history.
    items
        Reads ``item_id``, ``team``, ``points``, ``finished_at``.
    until
        Day the program is seen from; a sprint whose planned end lies later is not over.
    measure
        ``"points"`` or ``"items"``: what is added up.

    Returns
    -------
    SprintVelocity
        One row per sprint with a start and an end that has begun, oldest first. The rest are
        counted by `set_aside`. What the source cannot tell is NA: ``committed``, ``added``,
        ``removed`` and the accuracies where it kept no history of the scope; points where no
        item of the sprint carries any.

    Raises
    ------
    ParameterError
        For a measure that is neither.

    Notes
    -----
    *Committed* is what was in scope when the sprint started and not done by then, at the size it
    had when it entered. *Completed* is what finished between the start and the end and was in
    scope at the end; an item finished outside the sprint, or taken out, does not count.
    *Carried over* was in scope at the end and not done. ``planning_accuracy =
    completed_committed / committed``; ``capacity_accuracy = completed / committed``; both NA if
    nothing was committed.

    A sprint ends when it is closed; one closed more than `LATE_CLOSE` after its planned end was
    forgotten, and ends as planned. Jira would count everything done until it was closed.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({
    ...         "item_id": ["A-1", "A-2"], "points": [3, 5],
    ...         "finished_at": ["2025-03-07T09:00Z", None],
    ...     }),
    ...     "sprints": pd.DataFrame({
    ...         "sprint_id": ["1"], "starts_at": ["2025-03-03T09:00Z"],
    ...         "ends_at": ["2025-03-14T17:00Z"], "completed_at": ["2025-03-14T17:00Z"],
    ...     }),
    ...     "sprint_scope": pd.DataFrame({
    ...         "sprint_id": ["1", "1"], "item_id": ["A-1", "A-2"],
    ...         "added_at": ["2025-03-01T09:00Z", "2025-03-01T09:00Z"],
    ...     }),
    ... })
    >>> velocity = sprint_velocity(
    ...     program.sprints, program.sprint_scope, program.items, until=pd.Timestamp("2025-03-31")
    ... )
    >>> velocity[["committed", "completed", "carried_over", "planning_accuracy"]]
       committed  completed  carried_over  planning_accuracy
    0        8.0        3.0           5.0              0.375
    """
    Sprints.require(sprints, "sprint_id", "name", "team", "starts_at", "ends_at", "completed_at")
    SprintScope.require(sprint_scope, *SprintScope.declared())
    Items.require(items, "item_id", "team", "points", "finished_at")
    if measure not in get_args(Measure):
        raise ParameterError(f"measure={measure!r} cannot be added up.", hint="points or items")

    begun = _begun(sprints, until)
    members = _members(begun, sprint_scope, items)
    totals = _totals(members, measure).reindex(begun["sprint_id"])
    planned = totals["committed"].mask(totals["committed"] == 0)
    return SprintVelocity.validate(
        begun.set_index("sprint_id")
        .join(totals)
        .assign(
            measure=measure,
            planning_accuracy=totals["completed_committed"] / planned,
            capacity_accuracy=totals["completed"] / planned,
            items=totals["items"].fillna(0),
            items_without_points=totals["items_without_points"].fillna(0),
        )
        .reset_index()
    )


def _totals(members: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Sums by sprint; NA where the source kept no history, or no item of the sprint is sized."""
    one = pd.Series(1.0, index=members.index)
    size, done_size = (members["size"], members["points"]) if measure == "points" else (one, one)
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
    if measure == "points":
        sums = sums.mask(unsized.all())
    return sums.assign(items=unsized.size(), items_without_points=unsized.sum())


def _begun(sprints: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
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


def _members(begun: pd.DataFrame, scope: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """One row per sprint and item that was ever in it after its start, with what became of it."""
    rows = scope.merge(begun[["sprint_id", "starts_at", "over_at"]], on="sprint_id").merge(
        items[["item_id", "points", "finished_at"]], on="item_id"
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


def amounts(
    velocity: DataFrame[SprintVelocity],
    *,
    kinds: tuple[str, ...] = ("committed", "completed"),
) -> DataFrame[SprintAmounts]:
    """Each amount of each sprint in a row of its own, for a chart that sets them side by side.

    Parameters
    ----------
    velocity
        Reads ``sprint_id``, ``name``, ``team``, ``starts_on``, ``measure`` and ``kinds``.
    kinds
        Columns to put in rows.

    Returns
    -------
    SprintAmounts
        One row per sprint and kind whose amount is known. ``kind`` is the column's meaning.

    Examples
    --------
    >>> amounts(SprintVelocity.empty()).empty
    True
    """
    keys = ["sprint_id", "name", "team", "starts_on", "measure"]
    SprintVelocity.require(velocity, *keys, *kinds)
    long = velocity.melt(keys, list(kinds), var_name="kind", value_name="amount")
    names = {kind: SprintVelocity.label(kind) for kind in kinds}
    return SprintAmounts.validate(
        long.assign(kind=long["kind"].map(names))
        .dropna(subset="amount")
        .sort_values(["starts_on", "sprint_id"], kind="stable", ignore_index=True)
    )


def team_velocity(
    velocity: DataFrame[SprintVelocity], *, last: int = RECENT_SPRINTS
) -> DataFrame[TeamVelocity]:
    """What each team's last finished sprints came to, and the change against those before.

    Parameters
    ----------
    velocity
        Reads ``team``, ``starts_on``, ``closed``, ``measure``, ``committed``, ``completed``,
        ``completed_committed``, ``carried_over``.
    last
        Sprints to look back on; the change compares them with as many before.

    Returns
    -------
    TeamVelocity
        One row per team with a finished sprint; sprints of no team are one row. The median is
        given with the worst and the best sprint, because a team is promised to by its bad ones.
        ``change`` is NA without as many earlier sprints.

    Raises
    ------
    ParameterError
        If ``last`` is below 1.

    Examples
    --------
    >>> team_velocity(SprintVelocity.empty()).empty
    True
    """
    SprintVelocity.require(
        velocity, "team", "starts_on", "closed", "measure", "committed", "completed"
    )
    SprintVelocity.require(velocity, "completed_committed", "carried_over")
    if last < 1:
        raise ParameterError(f"last={last} is no number of sprints.", hint="1 or more")
    closed = velocity[velocity["closed"].fillna(False).astype(bool)]  # noqa: FBT003
    closed = closed.sort_values("starts_on", kind="stable")
    groups = closed.groupby("team", observed=True, dropna=False, sort=True)
    back = groups.cumcount(ascending=False)
    recent = closed[back < last].groupby("team", observed=True, dropna=False)
    before = closed[(back >= last) & (back < 2 * last)].groupby(
        "team", observed=True, dropna=False
    )["completed"]
    median = recent["completed"].median()
    earlier = before.median().where(before.size() == last).reindex(median.index)
    sums = recent[["committed", "completed", "completed_committed", "carried_over"]].sum(
        min_count=1
    )
    handled = sums["completed"] + sums["carried_over"]
    return TeamVelocity.validate(
        pd.DataFrame(
            {
                "sprints": recent.size(),
                "measure": recent["measure"].first(),
                "median_completed": median,
                "lowest_completed": recent["completed"].min(),
                "highest_completed": recent["completed"].max(),
                "planning_accuracy": sums["completed_committed"]
                / sums["committed"].mask(sums["committed"] == 0),
                "carry_over_share": sums["carried_over"] / handled.mask(handled == 0),
                "change": median / earlier.mask(earlier == 0) - 1,
            }
        ).reset_index()
    )


def carried_items(
    sprint_scope: DataFrame[SprintScope], items: DataFrame[Items]
) -> DataFrame[CarriedItems]:
    """Items that went through more than one sprint, most sprints first.

    Parameters
    ----------
    sprint_scope
        Reads ``sprint_id``, ``item_id``.
    items
        Reads ``item_id``, ``title``, ``team``, ``status``, ``finished_on``.

    Returns
    -------
    CarriedItems
        One row per item in two sprints or more. A sprint it left before the end counts too: it
        was planned there once. Items of the scope that are not among the items are left out.

    Examples
    --------
    >>> carried_items(SprintScope.empty(), Items.empty()).empty
    True
    """
    SprintScope.require(sprint_scope, "sprint_id", "item_id")
    Items.require(items, "item_id", "title", "team", "status", "finished_on")
    counts = sprint_scope.groupby("item_id")["sprint_id"].nunique().rename("sprints")
    many = counts[counts > 1].reset_index()
    return CarriedItems.validate(
        items.merge(many, on="item_id").sort_values(
            ["sprints", "item_id"], ascending=[False, True], ignore_index=True
        )
    )


def set_aside(
    sprints: DataFrame[Sprints],
    sprint_scope: DataFrame[SprintScope],
    velocity: DataFrame[SprintVelocity],
) -> DataFrame[Setaside]:
    """What the velocity figures leave out or cannot know, and why.

    Parameters
    ----------
    sprints
        Reads ``sprint_id``, ``starts_at``, ``ends_at``, ``completed_at``.
    sprint_scope
        Reads ``sprint_id``, ``added_at``.
    velocity
        Reads ``sprint_id``, ``closed``, ``items_without_points``.

    Returns
    -------
    Setaside
        One row per reason that concerns anything; no rows if nothing is missing.

    Examples
    --------
    >>> set_aside(Sprints.empty(), SprintScope.empty(), SprintVelocity.empty()).empty
    True
    """
    Sprints.require(sprints, "sprint_id", "starts_at", "ends_at", "completed_at")
    SprintScope.require(sprint_scope, "sprint_id", "added_at")
    SprintVelocity.require(velocity, "sprint_id", "closed", "items_without_points")
    late = sprints["completed_at"] > sprints["ends_at"] + LATE_CLOSE
    counted = velocity["sprint_id"]
    counts = {
        "sprints without dates, or not begun": (~sprints["sprint_id"].isin(counted)).sum(),
        "sprints still running, not in the averages": (~velocity["closed"].astype(bool)).sum(),
        f"sprints closed more than {LATE_CLOSE.days} days late, taken to end as planned": (
            late & sprints["sprint_id"].isin(counted)
        ).sum(),
        "sprints without a history of their scope, so what was committed is unknown": (
            sprint_scope.loc[sprint_scope["added_at"].isna(), "sprint_id"].isin(counted)
            & ~sprint_scope.loc[sprint_scope["added_at"].isna(), "sprint_id"].duplicated()
        ).sum(),
        "items without points, counted as 0 points": velocity["items_without_points"].sum(),
    }
    found = {reason: int(count) for reason, count in counts.items() if count}
    return Setaside.validate(
        pd.DataFrame(
            {
                "reason": pd.Series(list(found), dtype="str"),
                "count": pd.Series(list(found.values()), dtype="Int64"),
            }
        )
    )
