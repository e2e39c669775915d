"""What teams commit to, complete and carry over, sprint by sprint."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.velocity import sprint_members
from tpm_analytics.metrics.velocity.sprint_members import LATE_CLOSE, Measure
from tpm_analytics.program.tables import Items, Sprints, SprintScope
from tpm_analytics.results.velocity import (
    Setaside,
    SprintAmounts,
    SprintVelocity,
    TeamVelocity,
)

# Half a year of two-week sprints: enough to see a level, short enough to be about today
RECENT_SPRINTS = 6
# A team without a sprint for a quarter works otherwise now, or no longer
DORMANT = pd.Timedelta(days=91)
# What a sprint's work can come to, in the order it is told
FATES = ("completed_committed", "completed_added", "carried_first", "carried_again", "removed")


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
        Reads ``item_id``, ``parent_id``, ``team``, ``points``, ``finished_at``.
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
        item of the sprint carries any. Of a running sprint, what is carried over and the
        accuracies are NA. ``committed_points`` to ``completed_items`` give both measures side by
        side, whichever is added up.

    Raises
    ------
    ParameterError
        For a measure that is neither.

    Notes
    -----
    *Committed* is what was in scope when the sprint started and not done by then, at the size it
    had then. *Completed* is what finished between the start and the end and was in scope at the
    end; an item finished outside the sprint, or taken out, does not count. *Carried over* was in
    scope at the end and not done; *again* if an earlier sprint had carried it over already.
    ``planning_accuracy = completed_committed / committed``; ``capacity_accuracy = completed /
    committed``; ``unplanned_share = completed_added / completed``; each NA over nothing.

    Of an item and its parent in one sprint one counts: the parent if it has points, else the
    item. A sprint without a team is its items' most frequent team's. A sprint ends when it is
    closed; one closed more than `LATE_CLOSE` after its planned end was forgotten, and ends as
    planned. Jira would count everything done until it was closed.

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
    Items.require(items, "item_id", "parent_id", "team", "points", "finished_at")

    begun = sprint_members.begun(sprints, until)
    entries = sprint_members.entries(begun, sprint_scope, items)
    members = sprint_members.members(begun, entries)
    measure = sprint_members.measure_of(members, measure)
    by = {
        name: sprint_members.totals(begun, members, by_points=name == "points")
        for name in ("points", "items")
    }
    totals = by[measure].reset_index(drop=True)
    over = begun["closed"].astype(bool)
    planned = totals["committed"].mask(totals["committed"] == 0).where(over)
    done = totals["completed"].mask(totals["completed"] == 0)
    counted = {
        f"{amount}_{name}": by[name][amount].to_numpy()
        for amount in ("committed", "completed")
        for name in by
    }
    return SprintVelocity.validate(
        begun.assign(team=sprint_members.teams(begun, members), measure=measure)
        .join(totals)
        .assign(
            **counted,
            planning_accuracy=totals["completed_committed"] / planned,
            capacity_accuracy=totals["completed"] / planned,
            unplanned_share=totals["completed_added"] / done,
            items=totals["items"].fillna(0),
            items_without_points=totals["items_without_points"].fillna(0),
            **sprint_members.not_counted(begun, sprint_scope, items),
        )
    )


def latest(
    velocity: DataFrame[SprintVelocity], *, last: int, until: pd.Timestamp | None = None
) -> DataFrame[SprintVelocity]:
    """Each team's last finished sprints, oldest first, so that a chart stays readable.

    Parameters
    ----------
    velocity
        Reads ``team``, ``starts_on``, ``ends_on``, ``closed``, ``items``.
    last
        Sprints to keep of each team; 0 keeps all.
    until
        With it, teams whose last finished sprint ended more than `DORMANT` before this day are
        left out, unless that is true of every team.

    Returns
    -------
    SprintVelocity
        The rows kept. A running sprint is left out: its work is not done yet, and beside the
        finished ones it would look like a bad one. So are those of which no item is known.

    Examples
    --------
    >>> latest(SprintVelocity.empty(), last=12).empty
    True
    """
    SprintVelocity.require(velocity, "team", "starts_on", "ends_on", "closed", "items")
    if last < 0:
        raise ParameterError(f"last={last} is no number of sprints.", hint="0 keeps all")
    over = velocity[velocity["closed"].astype(bool) & (velocity["items"] > 0)]
    newest = over.sort_values("starts_on", ascending=False, kind="stable")
    teams = newest.groupby("team", observed=True, dropna=False)
    kept = newest[teams.cumcount() < last] if last else newest
    if until is not None:
        awake = (teams["ends_on"].transform("max") >= until - DORMANT).reindex(kept.index)
        kept = kept[awake | ~awake.any()]
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
        Reads ``sprint_id``, ``name``, ``team``, ``starts_on``, ``ends_on``, ``measure`` and
        ``kinds``.
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
    keys = ["sprint_id", "name", "team", "starts_on", "ends_on", "measure"]
    SprintVelocity.require(velocity, *keys, *kinds)
    long = velocity.melt(keys, list(kinds), var_name="column", value_name="amount")
    names = {kind: SprintVelocity.label(kind) for kind in kinds}
    return SprintAmounts.validate(
        long.assign(
            kind=long["column"].map(names).astype("category"),
            rank=long["column"].map({kind: rank for rank, kind in enumerate(kinds)}),
        )
        .dropna(subset="amount")
        .sort_values(["starts_on", "sprint_id"], kind="stable", ignore_index=True)
    )


def fates(velocity: DataFrame[SprintVelocity]) -> DataFrame[SprintAmounts]:
    """What became of each sprint's work: every part of it once, so that they can be stacked.

    Parameters
    ----------
    velocity
        Reads what `amounts` does, and the columns in `FATES`.

    Returns
    -------
    SprintAmounts
        One row per sprint and part whose amount is known. Where a source keeps no history of
        the scope, what was completed is one part, and what was taken out is unknown.

    Examples
    --------
    >>> fates(SprintVelocity.empty()).empty
    True
    """
    SprintVelocity.require(velocity, *FATES, "completed")
    told = velocity["completed_committed"].notna()
    # work that was never planned is sized as it is now, what was planned as it was then: their
    # sum is told, not what was completed at today's size
    whole = velocity.assign(completed=velocity["completed"].mask(told))
    return amounts(whole, kinds=("completed", *FATES))


def team_velocity(
    velocity: DataFrame[SprintVelocity], *, last: int = RECENT_SPRINTS
) -> DataFrame[TeamVelocity]:
    """What each team's last finished sprints came to.

    Parameters
    ----------
    velocity
        Reads ``team``, ``starts_on``, ``ends_on``, ``closed``, ``measure`` and the amounts.
    last
        Sprints to look back on.

    Returns
    -------
    TeamVelocity
        One row per team with a finished sprint; sprints of no team are one row. The median is
        given with the worst and the best sprint, because a team is promised to by its bad ones.
        Shares are of the sums over the sprints. Whether a team changed is not read off an
        average: hold its sprints against their limits (`process_behaviour.behaviour`).

    Raises
    ------
    ParameterError
        If ``last`` is below 1.

    Examples
    --------
    >>> team_velocity(SprintVelocity.empty()).empty
    True
    """
    summed = ("committed", "completed", "completed_committed", "completed_added")
    carried = ("carried_over", "carried_again")
    SprintVelocity.require(velocity, "team", "starts_on", "ends_on", "closed", "measure")
    SprintVelocity.require(velocity, *summed, *carried, "completed_points", "completed_items")
    if last < 1:
        raise ParameterError(f"last={last} is no number of sprints.", hint="1 or more")
    closed = velocity[velocity["closed"].fillna(False).astype(bool)]  # noqa: FBT003
    closed = closed.sort_values("starts_on", kind="stable")
    back = closed.groupby("team", observed=True, dropna=False).cumcount(ascending=False)
    recent = closed[back < last].groupby("team", observed=True, dropna=False, sort=True)
    sums = recent[[*summed, *carried]].sum(min_count=1)
    planned = sums["committed"].mask(sums["committed"] == 0)
    handled = sums["completed"] + sums["carried_over"]
    return TeamVelocity.validate(
        pd.DataFrame(
            {
                "sprints": recent.size(),
                "last_on": recent["ends_on"].max(),
                "measure": recent["measure"].first(),
                "median_completed": recent["completed"].median(),
                "lowest_completed": recent["completed"].min(),
                "highest_completed": recent["completed"].max(),
                "median_points": recent["completed_points"].median(),
                "median_items": recent["completed_items"].median(),
                "planning_accuracy": sums["completed_committed"] / planned,
                "capacity_accuracy": sums["completed"] / planned,
                "unplanned_share": sums["completed_added"]
                / sums["completed"].mask(sums["completed"] == 0),
                "carry_over_share": sums["carried_over"] / handled.mask(handled == 0),
                "carried_again_share": sums["carried_again"] / handled.mask(handled == 0),
            }
        ).reset_index()
    )


def set_aside(
    sprints: DataFrame[Sprints],
    sprint_scope: DataFrame[SprintScope],
    velocity: DataFrame[SprintVelocity],
    *,
    until: pd.Timestamp,
) -> DataFrame[Setaside]:
    """What the velocity figures leave out or cannot know, and why.

    Parameters
    ----------
    sprints
        Reads ``sprint_id``, ``starts_at``, ``ends_at``, ``completed_at``.
    sprint_scope
        Reads ``sprint_id``, ``added_at``.
    velocity
        Reads what `latest` does, ``sprint_id``, ``measure`` and the counts of items.
    until
        Day by which `latest` leaves teams out.

    Returns
    -------
    Setaside
        One row per reason that concerns anything; no rows if nothing is missing.

    Examples
    --------
    >>> day, velocity = pd.Timestamp("2025-03-03"), SprintVelocity.empty()
    >>> set_aside(Sprints.empty(), SprintScope.empty(), velocity, until=day).empty
    True
    """
    Sprints.require(sprints, "sprint_id", "starts_at", "ends_at", "completed_at")
    SprintScope.require(sprint_scope, "sprint_id", "added_at")
    SprintVelocity.require(velocity, "sprint_id", "closed", "measure", "items")
    SprintVelocity.require(
        velocity, "items_without_points", "items_within_others", "items_not_loaded"
    )
    counted = velocity["sprint_id"]
    delays = (sprints["completed_at"] - sprints["ends_at"])[sprints["sprint_id"].isin(counted)]
    late = delays[delays > LATE_CLOSE]
    latest_close = f" (by up to {late.max().days:,})" if len(late) else ""
    finished = len(latest(velocity, last=0))
    untold = sprint_scope.loc[sprint_scope["added_at"].isna(), "sprint_id"].drop_duplicates()
    counts = {
        "sprints without dates, or not begun": (~sprints["sprint_id"].isin(counted)).sum(),
        "sprints still running, not in the averages": (~velocity["closed"].astype(bool)).sum(),
        f"sprints closed more than {LATE_CLOSE.days} days late{latest_close}, taken to end as "
        "planned": len(late),
        "sprints without a history of their scope, so what was committed is unknown": (
            untold.isin(counted).sum()
        ),
        "sprints of teams whose last one ended over a quarter ago, not in the charts": (
            finished - len(latest(velocity, last=0, until=until))
        ),
        "sprints of which no item is known": (velocity["items"] == 0).sum(),
        "items without points, counted as 0 points": velocity.loc[
            velocity["measure"] == "points", "items_without_points"
        ].sum(),
        "items counted with the item they are part of, or by their parts": velocity[
            "items_within_others"
        ].sum(),
        "entries of sprints that name an item not loaded (deleted, moved away, or not exported)": (
            velocity["items_not_loaded"].sum()
        ),
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
