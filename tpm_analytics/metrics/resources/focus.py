"""How many things people have in hand at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.resources.groups import By, columns_of, labelled
from tpm_analytics.metrics.resources.presence import Days, periods_of
from tpm_analytics.models.availability import overlaps
from tpm_analytics.program.keys import looked_up
from tpm_analytics.program.tables import Items, People
from tpm_analytics.results.resources import Allocated, Focus, Holdings

# each about twice the one before: the load of a person is felt in ratios
ITEMS, WORKSTREAMS = "items in progress", "workstreams"
HELD = (1, 2, 4, 8, 16, 32)


def holdings(items: DataFrame[Items]) -> DataFrame[Holdings]:
    """How open items are spread over the people who hold them, nobody named.

    Parameters
    ----------
    items
        Reads ``assignee_id``, ``finished_on``.

    Returns
    -------
    Holdings
        One row per band of open items a person, from few to many, bands of nobody too. Items
        that nobody holds are left out. No row where nobody holds an open item.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2", "A-3"], "assignee_id": ["P-1", "P-1", "P-2"],
    ...     "created_at": ["2025-03-03T09:00Z"] * 3,
    ... })})
    >>> holdings(program.items).head(2)[["held", "people", "items"]].to_dict("records")
    [{'held': '1', 'people': 1, 'items': 1}, {'held': '2 to 3', 'people': 1, 'items': 2}]
    """
    Items.require(items, "assignee_id", "finished_on")
    each = items.loc[items["finished_on"].isna(), "assignee_id"].value_counts()
    if each.empty:
        return Holdings.validate(Holdings.empty())
    band = np.searchsorted(HELD, each.to_numpy(), side="right") - 1
    counts = np.bincount(band, minlength=len(HELD))
    totals = np.bincount(band, weights=each.to_numpy(), minlength=len(HELD))
    names = [
        str(low) if high == low + 1 else f"{low} to {high - 1}" for low, high in pairwise(HELD)
    ]
    return Holdings.validate(
        pd.DataFrame(
            {
                "held": [*names, f"{HELD[-1]} or more"],
                "people": counts,
                "items": totals,
                "share": totals / totals.sum(),
            }
        )
    )


def items_in_progress(
    items: DataFrame[Items],
    people: DataFrame[People],
    *,
    during: Days,
    until: pd.Timestamp,
    by: By = "grouped",
) -> DataFrame[Focus]:
    """How many items each person has in progress at the end of each week.

    Parameters
    ----------
    items
        Without those that only hold others: `flow.leaves`. Reads ``assignee_id``, ``team``,
        ``started_on``, ``finished_on``.
    people
        Reads ``person_id``, ``team``, ``role``. Who is not in it counts for the item's team.
    during
        First and last day; of the weeks they touch.
    until
        Day the program is seen from: a week that has not ended by then is left out.
    by
        As in `utilisation`.

    Returns
    -------
    Focus
        One row per group and week in which somebody holds an item in progress. Left out: items
        that nobody holds, and those whose start is unknown.

    Raises
    ------
    ParameterError
        For a grouping that is not known, or days in the wrong order.

    Notes
    -----
    ``each = items in progress / people who hold any``, so that those who hold none do not make
    the others look less busy. Trackers tell who holds an item today only: for earlier weeks it is
    taken to have been the same person.
    """
    Items.require(items, "assignee_id", "team", "started_on", "finished_on")
    People.require(people, "person_id", "team", "role")
    starts, ends = periods_of(during, "week")
    starts, ends = starts[ends <= until], ends[ends <= until]
    begun = items[items["assignee_id"].notna() & items["started_on"].notna()]
    begin = begun["started_on"].to_numpy().astype("datetime64[D]")
    last = begun["finished_on"].fillna(until + pd.Timedelta(days=1)).to_numpy()
    # the day it was finished it is no longer in progress at the end
    row, week = overlaps(begin, last.astype("datetime64[D]") - 1, ends, ends)
    holder = begun["assignee_id"].iloc[row].reset_index(drop=True)
    home, role = (
        looked_up(holder, people["person_id"], people[name].astype("str"))
        for name in ("team", "role")
    )
    own = begun["team"].astype("str").iloc[row].reset_index(drop=True)
    each = pd.DataFrame(
        {
            "person_id": holder,
            "team": home.where(home.notna(), own),
            "role": role,
            "period_on": starts[week],
            "ends_on": ends[week],
        }
    )
    return _focus(each, by, ITEMS)


def workstreams(allocated: DataFrame[Allocated], *, by: By = "grouped") -> DataFrame[Focus]:
    """How many workstreams the time of each person is promised to in each period.

    Parameters
    ----------
    allocated
        Reads ``person_id``, ``team``, ``role``, ``period_on``, ``ends_on``, ``allocated_hours``.
    by
        As in `utilisation`.

    Returns
    -------
    Focus
        One row per group and period in which somebody is promised to a workstream. A promise of
        no hours in the period is none.

    Raises
    ------
    ParameterError
        For a grouping that is not known.
    """
    Allocated.require(allocated, "person_id", "team", "role", "period_on", "ends_on")
    Allocated.require(allocated, "allocated_hours")
    promised = allocated[allocated["allocated_hours"] > 0]
    wanted = ["person_id", "team", "role", "period_on", "ends_on"]
    return _focus(promised[wanted].reset_index(drop=True), by, WORKSTREAMS)


def _focus(each: pd.DataFrame, by: By, what: str) -> DataFrame[Focus]:
    """Count the rows of each person and period, and put people into groups."""
    columns = columns_of(by)
    if each.empty:
        return Focus.validate(Focus.empty())
    keys = list(dict.fromkeys([*columns, "person_id", "period_on", "ends_on"]))
    held = each.groupby(keys, observed=True, dropna=False).size().rename("held").reset_index()
    groups = held.groupby([*columns, "period_on", "ends_on"], observed=True, dropna=False)
    told = groups["held"].agg(people="size", held="sum", most="max").reset_index()
    named = labelled(told, by).assign(what=what, each=told["held"] / told["people"])
    return Focus.validate(named.sort_values(["group", "period_on"], ignore_index=True))
