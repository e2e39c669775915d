"""Where a tracker's own sprint report shows other figures than ours, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.velocity import sprint_members
from tpm_analytics.metrics.velocity.sprint_members import LATE_CLOSE, START_GRACE, Measure
from tpm_analytics.program import STAGES, Program
from tpm_analytics.program.history import instants
from tpm_analytics.results.velocity import Reconciliation

_DONE = STAGES.index("done")


def reconciliation(program: Program, *, measure: Measure = "auto") -> DataFrame[Reconciliation]:
    """Why Jira's sprint report shows other figures than `velocity.sprint_velocity`.

    Parameters
    ----------
    program
        Reads ``sprints``, ``sprint_scope``, ``items``, ``transitions``.
    measure
        As in `velocity.sprint_velocity`.

    Returns
    -------
    Reconciliation
        One row per reason that concerns any finished sprint, the largest difference first.
        ``difference`` is what Jira shows as completed beyond ours, negative where it shows less;
        NA for reasons that touch what was committed, or how much an item counts, and not
        whether it was completed.

    Notes
    -----
    Jira asks once, when somebody closes a sprint: an item counts as completed if it is in the
    sprint and in a done status at that moment, at its estimate of that moment. We ask when an
    item finished, by what is known now. So both agree on a sprint that was closed on time and
    whose items stayed done. Estimates of the moment of the close are not kept; the difference is
    in today's.

    Examples
    --------
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({
    ...         "item_id": ["A-1"], "points": [3], "finished_at": ["2025-05-07T09:00Z"],
    ...     }),
    ...     "sprints": pd.DataFrame({
    ...         "sprint_id": ["1"], "starts_at": ["2025-03-03T09:00Z"],
    ...         "ends_at": ["2025-03-14T17:00Z"], "completed_at": ["2025-06-30T17:00Z"],
    ...     }),
    ...     "sprint_scope": pd.DataFrame({
    ...         "sprint_id": ["1"], "item_id": ["A-1"], "added_at": ["2025-03-01T09:00Z"],
    ...     }),
    ... })
    >>> reconciliation(program)[["items", "difference"]].to_numpy().tolist()
    [[1, 3.0]]
    """
    begun = sprint_members.begun(program.sprints, program.as_of)
    begun = begun[begun["closed"].astype(bool)].reset_index(drop=True)
    entries = sprint_members.entries(begun, program.sprint_scope, program.items)
    ours = sprint_members.members(begun, entries)
    measure = sprint_members.measure_of(ours, measure)
    closed_at = begun["completed_at"].fillna(begun["over_at"])
    both = _side_by_side(begun, entries, ours, program, closed_at)
    amount = both["points"].fillna(0.0) if measure == "points" else pd.Series(1.0, both.index)
    reasons = [
        _reason(both[flags], name, difference=sign * amount[flags])
        for name, (flags, sign) in _differences(both).items()
    ]
    reasons += [_reason(rows, name) for name, rows in _others(program, begun, entries, ours)]
    found = [reason | {"measure": measure} for reason in reasons if reason["sprints"]]
    if not found:
        return Reconciliation.validate(Reconciliation.empty())
    listed = pd.DataFrame(found)
    order = listed["difference"].abs().sort_values(ascending=False, kind="stable").index
    return Reconciliation.validate(listed.loc[order].reset_index(drop=True))


def _side_by_side(
    begun: pd.DataFrame,
    entries: pd.DataFrame,
    ours: pd.DataFrame,
    program: Program,
    closed_at: pd.Series,
) -> pd.DataFrame:
    """Items of the sprints, completed for us and completed for Jira."""
    ends = begun[["sprint_id", "forgotten"]].assign(closed_at=closed_at)
    rows = entries.merge(ends, on="sprint_id")
    left = rows["removed_at"] < rows["closed_at"]
    rows = rows[~(rows["added_at"] > rows["closed_at"]) & ~left]
    done_then = _done_at(program, rows["item_id"], rows["closed_at"], rows["finished_at"])
    done_first = _done_at(program, rows["item_id"], rows["starts_at"], rows["finished_at"])
    there = rows.assign(theirs=done_then & ~done_first).drop_duplicates(["sprint_id", "item_id"])
    keys = ["sprint_id", "item_id"]
    columns = [*keys, "theirs", "points", "finished_at", "over_at", "closed_at", "forgotten"]
    both = there[columns].merge(
        ours.loc[ours["completed"], [*keys, "points"]].rename(columns={"points": "our_points"}),
        on=keys,
        how="outer",
        indicator="found",
    )
    return both.assign(
        ours=both["found"] != "left_only",
        theirs=both["theirs"].fillna(value=False).astype(bool),
        points=both["points"].fillna(both["our_points"]),
    )


def _differences(both: pd.DataFrame) -> dict[str, tuple[pd.Series, int]]:
    more = both["theirs"] & ~both["ours"]
    later = both["finished_at"].isna() | (both["finished_at"] > both["closed_at"])
    forgotten = both["forgotten"].fillna(value=False).astype(bool)
    return {
        f"finished after the planned end of a sprint closed more than {LATE_CLOSE.days} days "
        "late: Jira counts all that was done until it was closed": (more & ~later & forgotten, 1),
        "done when the sprint was closed, and reopened since: Jira keeps the figure of the close": (
            more & later,
            1,
        ),
        "done, undone and done again about the start or the end of the sprint": (
            more & ~later & ~forgotten,
            1,
        ),
        "finished in time, but no longer in the sprint or no longer done when it was closed": (
            both["ours"] & ~both["theirs"],
            -1,
        ),
    }


def _others(
    program: Program, begun: pd.DataFrame, entries: pd.DataFrame, ours: pd.DataFrame
) -> list[tuple[str, pd.DataFrame]]:
    """Reasons that change what was committed, or how much an item counts."""
    told = ours["told"]
    resized = ours["size"].fillna(0.0) != ours["points"].fillna(0.0)
    just_after = (entries["added_at"] > entries["starts_at"]) & (
        entries["added_at"] <= entries["starts_at"] + START_GRACE
    )
    there = ~(entries["removed_at"] <= entries["starts_at"]) & ~(
        entries["added_at"] > entries["over_at"]
    )
    scope = program.sprint_scope.merge(begun[["sprint_id"]], on="sprint_id").merge(
        program.items[["item_id", "parent_id", "points"]], on="item_id", how="left", indicator=True
    )
    loaded = scope["_merge"] == "both"
    doubles = sprint_members.within_others(scope[loaded])
    return [
        (
            "estimate changed after the sprint began: committed at the old one, completed at "
            "today's; Jira shows that of the close",
            ours[told & resized],
        ),
        (
            "entered within a minute after the start: committed here, added there",
            entries[just_after],
        ),
        (
            "done before the sprint began: not in it here, completed outside of it there",
            entries[entries["done_before"] & there],
        ),
        (
            "counted with the item they are part of, or by their parts; Jira leaves out sub-tasks "
            "only",
            scope[loaded][doubles],
        ),
        ("named by a sprint and not loaded: Jira may count them", scope[~loaded]),
        (
            "sprints that nobody closed: over here, without a report there",
            entries[
                entries["sprint_id"].isin(begun.loc[begun["completed_at"].isna(), "sprint_id"])
            ],
        ),
    ]


def _reason(
    rows: pd.DataFrame, name: str, *, difference: pd.Series | None = None
) -> dict[str, object]:
    return {
        "reason": name,
        "sprints": rows["sprint_id"].nunique(),
        "items": rows["item_id"].nunique(),
        "difference": np.nan if difference is None else float(difference.sum()),
    }


def _done_at(
    program: Program, item_ids: pd.Series, at: pd.Series, finished_at: pd.Series
) -> pd.Series:
    """Whether each item was in a done status at a moment; by its finish where no move is known."""
    moves = program.transitions
    by_finish = finished_at <= at
    if moves.empty:
        return by_finish
    last = _last_move(moves, item_ids, at)
    stages = program.workflow.codes(moves["to_status"])
    told = last >= 0
    done = np.where(told, stages[np.maximum(last, 0)] == _DONE, by_finish.to_numpy())
    return pd.Series(done.astype(bool), index=item_ids.index)


def _last_move(moves: pd.DataFrame, item_ids: pd.Series, at: pd.Series) -> np.ndarray:
    """Row of the last move of each item up to a moment; -1 where there is none."""
    codes = moves["item_id"].cat.codes.to_numpy()
    # one search over item and time at once: moves are sorted by both
    stamps = instants(moves["at"])
    wanted = moves["item_id"].cat.categories.get_indexer(item_ids.astype(object))
    firsts = np.searchsorted(codes, wanted, "left")
    lasts = np.searchsorted(codes, wanted, "right")
    ranks = np.unique(stamps)
    place = np.searchsorted(ranks, stamps)
    moment = np.searchsorted(ranks, instants(at), "right")
    keys = codes.astype(np.int64) * (len(ranks) + 1) + place
    found = np.searchsorted(keys, wanted.astype(np.int64) * (len(ranks) + 1) + moment, "left") - 1
    last: np.ndarray = np.where((wanted >= 0) & (found >= firsts) & (found < lasts), found, -1)
    return last
