"""Items on their way through sprints: what was carried over, how often, and by which chain."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.velocity import sprint_members
from tpm_analytics.program.keys import looked_up
from tpm_analytics.program.tables import Items, Sprints, SprintScope
from tpm_analytics.results.velocity import CarriedItems, CarryCounts, SprintItems

# Above this, how often an item was carried over exactly is no news
MOST_TIMES = 10


def sprint_items(
    sprints: DataFrame[Sprints],
    sprint_scope: DataFrame[SprintScope],
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
) -> DataFrame[SprintItems]:
    """What was in each sprint, and what became of it.

    Parameters
    ----------
    sprints
        Reads ``sprint_id``, ``name``, ``team``, ``starts_at``, ``ends_at``, ``completed_at``.
    sprint_scope
        Reads all columns.
    items
        Reads ``item_id``, ``parent_id``, ``title``, ``team``, ``status``, ``points``,
        ``finished_at``.
    until
        Day the program is seen from.

    Returns
    -------
    SprintItems
        One row per sprint that has begun and item that was in it after its start. ``fate`` is
        ``completed``, ``carried over``, ``removed``, or ``open`` while the sprint runs.
        ``committed`` is NA where the source kept no history of the scope. Items done before the
        sprint began are left out, as in `velocity.sprint_velocity`, and so are doubles of
        parents and their parts.

    Examples
    --------
    >>> none = SprintScope.empty()
    >>> sprint_items(Sprints.empty(), none, Items.empty(), until=pd.Timestamp("2025-03-03")).empty
    True
    """
    Sprints.require(sprints, "sprint_id", "name", "team", "starts_at", "ends_at", "completed_at")
    SprintScope.require(sprint_scope, *SprintScope.declared())
    Items.require(items, "item_id", "parent_id", "title", "team", "status", "points")
    Items.require(items, "finished_at", "finished_on")
    begun = sprint_members.begun(sprints, until)
    entries = sprint_members.entries(begun, sprint_scope, items)
    members = sprint_members.members(begun, entries)
    named = begun.assign(team=sprint_members.teams(begun, members))
    of_sprint = {
        name: looked_up(members["sprint_id"], named["sprint_id"], named[name])
        for name in ("name", "team", "starts_on", "ends_on")
    }
    of_item = {
        name: looked_up(members["item_id"], items["item_id"], items[name])
        for name in ("title", "status", "finished_on")
    }
    fates = [members["completed"], members["carried"], members["removed"]]
    return SprintItems.validate(
        members.assign(
            **of_sprint,
            **of_item,
            size_then=members["size"],
            committed=members["committed"].astype("boolean").where(members["told"]),
            fate=np.select(fates, ["completed", "carried over", "removed"], default="open"),
        )
    )


def carried_items(
    sprint_scope: DataFrame[SprintScope],
    items: DataFrame[Items],
    sprint_items: DataFrame[SprintItems],
) -> DataFrame[CarriedItems]:
    """Items that went through more than one sprint, most sprints first.

    Parameters
    ----------
    sprint_scope
        Reads ``sprint_id``, ``item_id``.
    items
        Reads ``item_id``, ``title``, ``team``, ``status``, ``finished_on``.
    sprint_items
        Reads ``item_id``, ``fate``, ``starts_on``, ``ends_on``.

    Returns
    -------
    CarriedItems
        One row per item in two sprints or more. A sprint it left before the end, or that has no
        dates, counts too: it was planned there once. ``carried`` counts the sprints at whose end
        it was in scope and not done. Items of the scope that are not among the items are left
        out.

    Examples
    --------
    >>> carried_items(SprintScope.empty(), Items.empty(), SprintItems.empty()).empty
    True
    """
    SprintScope.require(sprint_scope, "sprint_id", "item_id")
    Items.require(items, "item_id", "title", "team", "status", "finished_on")
    SprintItems.require(sprint_items, "item_id", "fate", "starts_on", "ends_on")
    counts = sprint_scope.groupby("item_id")["sprint_id"].nunique().rename("sprints")
    many = counts[counts > 1]
    if many.empty:
        return CarriedItems.validate(CarriedItems.empty())
    chains = sprint_items.assign(carried=sprint_items["fate"] == "carried over").groupby("item_id")
    chain = chains.agg(
        carried=("carried", "sum"), first_on=("starts_on", "min"), last_on=("ends_on", "max")
    )
    found = items.merge(many.reset_index(), on="item_id")
    told = {
        name: looked_up(found["item_id"], chain.index.to_series(), chain[name])
        for name in chain.columns
    }
    found = found.assign(**told)
    return CarriedItems.validate(
        found.assign(carried=found["carried"].fillna(0)).sort_values(
            ["sprints", "carried", "item_id"], ascending=[False, False, True], ignore_index=True
        )
    )


def carry_counts(
    sprint_items: DataFrame[SprintItems], *, most: int = MOST_TIMES
) -> DataFrame[CarryCounts]:
    """How many items were never carried over, how many once, twice, and more.

    Parameters
    ----------
    sprint_items
        Reads ``item_id``, ``fate``, ``finished_on``.
    most
        Items carried over so often or more are one row.

    Returns
    -------
    CarryCounts
        One row per number of times from none up, the empty ones too. ``still_open`` counts items
        without a finish. Items of a running sprint count with the times before it.

    Raises
    ------
    ParameterError
        If ``most`` is below 1.

    Examples
    --------
    >>> carry_counts(SprintItems.empty()).empty
    True
    """
    SprintItems.require(sprint_items, "item_id", "fate", "finished_on")
    if most < 1:
        raise ParameterError(f"most={most} is no number of times.", hint="1 or more")
    if sprint_items.empty:
        return CarryCounts.validate(CarryCounts.empty())
    items = sprint_items.assign(
        carried=sprint_items["fate"] == "carried over", open=sprint_items["finished_on"].isna()
    ).groupby("item_id")
    times, still_open = items["carried"].sum().clip(upper=most), items["open"].first()
    every = pd.RangeIndex(int(times.max()) + 1)
    sizes = times.groupby(times).size().reindex(every, fill_value=0)
    return CarryCounts.validate(
        pd.DataFrame(
            {
                "carried": every,
                "times": [f"{n} or more" if n == most else str(n) for n in every],
                "items": sizes.to_numpy(),
                "still_open": still_open.groupby(times).sum().reindex(every, fill_value=0),
                "share": sizes.to_numpy() / len(times),
            }
        )
    )


def chain(sprint_items: DataFrame[SprintItems], *, item_id: str = "") -> DataFrame[SprintItems]:
    """The way of one item through its sprints.

    Parameters
    ----------
    sprint_items
        Reads ``item_id``, ``fate``, ``starts_on``.
    item_id
        The item; without it, the one carried over most often, and of several the one whose
        chain began last.

    Returns
    -------
    SprintItems
        The rows of that item, oldest sprint first; none if no item was carried over.

    Raises
    ------
    ParameterError
        If the item was in no sprint.

    Examples
    --------
    >>> chain(SprintItems.empty()).empty
    True
    """
    SprintItems.require(sprint_items, *SprintItems.declared())
    if item_id and not (sprint_items["item_id"] == item_id).any():
        raise ParameterError(
            f"{item_id!r} was in no sprint that has begun.", hint="leave it empty for the longest"
        )
    if not item_id:
        carried = sprint_items[sprint_items["fate"] == "carried over"]
        if carried.empty:
            return SprintItems.validate(SprintItems.empty())
        longest = (
            carried.groupby("item_id")
            .agg(times=("fate", "size"), first_on=("starts_on", "min"))
            .sort_values(["times", "first_on"], kind="stable")
        )
        item_id = str(longest.index[-1])
    return SprintItems.validate(
        sprint_items[sprint_items["item_id"] == item_id].sort_values(
            "starts_on", kind="stable", ignore_index=True
        )
    )
