"""What teams commit to, complete and carry over, sprint by sprint."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics import sprint_members
from tpm_analytics.metrics.sprint_members import LATE_CLOSE
from tpm_analytics.program.tables import Items, Sprints, SprintScope
from tpm_analytics.results.velocity import (
    CarriedItems,
    Setaside,
    SprintAmounts,
    SprintVelocity,
    TeamVelocity,
)

Measure = Literal["auto", "points", "items"]

# With fewer items estimated than this share, sums of points leave out most of the work
SIZED = 0.5
# Half a year of two-week sprints: enough to see a level, short enough to be about today
RECENT_SPRINTS = 6


def sprint_velocity(
    sprints: DataFrame[Sprints],
    sprint_scope: DataFrame[SprintScope],
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    measure: Measure = "auto",
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
        Day the program is seen from; a sprint that nobody closed is over once its planned end
        lies before that day.
    measure
        ``"points"`` or ``"items"``: what is added up. ``"auto"`` takes points where at least
        half of the items in the sprints carry any, else items.

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

    A sprint without a team is its items' most frequent team's. A sprint ends when it is closed;
    one closed more than `LATE_CLOSE` after its planned end was forgotten, and ends as planned.
    Jira would count everything done until it was closed.

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
        raise ParameterError(
            f"measure={measure!r} cannot be added up.", hint="use points, items or auto"
        )

    begun = sprint_members.begun(sprints, until)
    members = sprint_members.members(begun, sprint_scope, items)
    begun = begun.assign(team=sprint_members.teams(begun, members))
    if measure == "auto":
        measure = "points" if members["points"].notna().mean() >= SIZED else "items"
    totals = sprint_members.totals(members, by_points=measure == "points").reindex(
        begun["sprint_id"]
    )
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


def latest(velocity: DataFrame[SprintVelocity], *, last: int) -> DataFrame[SprintVelocity]:
    """Each team's last finished sprints, oldest first, so that a chart stays readable.

    Parameters
    ----------
    velocity
        Reads ``team``, ``starts_on``, ``closed``.
    last
        Sprints to keep of each team; 0 keeps all.

    Returns
    -------
    SprintVelocity
        The rows kept. A running sprint is left out: its work is not done yet, and beside the
        finished ones it would look like a bad one.

    Examples
    --------
    >>> latest(SprintVelocity.empty(), last=12).empty
    True
    """
    SprintVelocity.require(velocity, "team", "starts_on", "closed")
    if last < 0:
        raise ParameterError(f"last={last} is no number of sprints.", hint="0 keeps all")
    over = velocity[velocity["closed"].astype(bool)]
    newest = over.sort_values("starts_on", ascending=False, kind="stable")
    place = newest.groupby("team", observed=True, dropna=False).cumcount()
    kept = newest[place < last] if last else newest
    return SprintVelocity.validate(kept.iloc[::-1].reset_index(drop=True))


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
        Reads ``sprint_id``, ``closed``, ``measure``, ``items``, ``items_without_points``.

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
    SprintVelocity.require(velocity, "sprint_id", "closed", "measure", "items")
    SprintVelocity.require(velocity, "items_without_points")
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
        "sprints of which no item is known": (velocity["items"] == 0).sum(),
        "items without points, counted as 0 points": velocity.loc[
            velocity["measure"] == "points", "items_without_points"
        ].sum(),
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
