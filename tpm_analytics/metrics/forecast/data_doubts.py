"""What of the past is not trusted, and how much the answer depends on setting it aside."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.forecast import dates, history, scope
from tpm_analytics.metrics.forecast.scope import Measure
from tpm_analytics.metrics.health.checks.items import (
    STALE_DAYS,
    days_without_move,
    finished_in_bulk,
)
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import Deliveries, Doubts, Effects, WorkDays

BULK = "closed in bulk"
NEVER_BEGUN = "closed without ever being begun"
STALE = f"under way, but not moved for {STALE_DAYS} days"
# Only where most finished items have a start does a missing one say something of the item
STARTS_KNOWN = 0.5
KEPT, SET_ASIDE = "kept in what is left", "set aside"


def doubts(program: Program) -> DataFrame[Doubts]:
    """Items whose finish, or whose state, says something else than work done.

    Parameters
    ----------
    program
        Reads ``items``, ``transitions`` and the workflow.

    Returns
    -------
    Doubts
        One row per doubtful item, with the first fault that fits. *Closed in bulk*: finished
        within a minute of more than 20 finishes, or on a day far beyond the usual. *Never begun*:
        finished without a start, where most finished items have one. *Not moved*: under way, and
        unmoved for 90 days. Items that hold others are no work themselves and are left out.

    Notes
    -----
    The first two are clean-ups: they would make the pace look higher than it is, so `trusted`
    sets them aside. Items that stand still are kept in what is left to do, because to leave them
    out would promise an earlier day on a guess.

    Examples
    --------
    >>> items = pd.DataFrame({
    ...     "item_id": ["A-1", "A-2", "A-3"],
    ...     "started_at": ["2025-03-03T09:00Z", "2025-03-03T09:00Z", None],
    ...     "finished_at": ["2025-03-04T09:00Z"] * 3,
    ... })
    >>> doubts(Program.from_tables({"items": items}))[["item_id", "fault"]].to_dict("records")
    [{'item_id': 'A-3', 'fault': 'closed without ever being begun'}]
    """
    items = program.items
    whole = among(items["item_id"], items["parent_id"])
    finished = items["finished_at"].notna()
    unbegun = finished & items["started_at"].isna()
    if not finished.any() or unbegun.sum() > STARTS_KNOWN * finished.sum():
        unbegun = pd.Series(data=False, index=items.index)
    faults = {
        BULK: finished_in_bulk(items, program.time_zone),
        NEVER_BEGUN: unbegun,
        STALE: days_without_move(program) > STALE_DAYS,
    }
    rows = [
        pd.DataFrame({"item_id": items.loc[wrong & ~whole, "item_id"], "fault": fault})
        for fault, wrong in faults.items()
    ]
    told = pd.concat(rows, ignore_index=True).drop_duplicates("item_id", ignore_index=True)
    return Doubts.validate(told.assign(finished=told["fault"] != STALE))


def trusted(
    items: DataFrame[Items], doubts: DataFrame[Doubts], *, counted: str = ""
) -> DataFrame[Items]:
    """Items without those that were finished by a clean-up rather than by work.

    Parameters
    ----------
    items
        Reads ``item_id``.
    doubts
        Reads ``item_id``, ``fault``, ``finished``.
    counted
        A fault to be counted all the same, to see what it changes. Where that is items that
        stand still, these are left out instead.

    Returns
    -------
    Items
        The other rows.

    Examples
    --------
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "created_at": ["2025-03-03T09:00Z"] * 2,
    ... })}).items
    >>> told = pd.DataFrame({"item_id": ["A-2"], "fault": [BULK], "finished": [True]})
    >>> trusted(items, told)["item_id"].tolist()
    ['A-1']
    """
    Items.require(items, "item_id")
    Doubts.require(doubts, "item_id", "fault", "finished")
    aside = doubts["finished"].astype("bool") != (doubts["fault"] == counted)
    return items[~among(items["item_id"], doubts.loc[aside, "item_id"])].reset_index(drop=True)


def effects(
    items: DataFrame[Items],
    pace: DataFrame[Deliveries],
    doubts: DataFrame[Doubts],
    calendar: DataFrame[WorkDays],
    *,
    of: str = "",
) -> DataFrame[Effects]:
    """The 85 % answer as it is told, and as it would be if each fault were treated otherwise.

    Parameters
    ----------
    items
        All items, the doubtful ones too. Reads what `forecast.pace` and
        `forecast.remaining` read.
    pace
        The pace that is told; it says from which day, in what measure, and whether it is borrowed.
    doubts
        Reads all columns; see `forecast.doubts`.
    calendar
        Reads all columns.
    of
        What is forecast; see `forecast.work`.

    Returns
    -------
    Effects
        One row per fault that occurs among the items that count here, most items first. ``day_on``
        is when all teams are done with what was treated as told; ``otherwise_on`` with finishes
        by clean-up counted, or with items that stand still left out of what is to be done.
        ``days``: how many later that is. NA where no day can be named. No rows without a pace.

    Examples
    --------
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"],
    ... })}).items
    >>> effects(items, Deliveries.empty(), Doubts.empty(), WorkDays.empty()).empty
    True
    """
    Deliveries.require(pace, "day_on", "measure", "basis")
    Doubts.require(doubts, *Doubts.declared())
    if pace.empty:
        return Effects.validate(Effects.empty())
    last, first = pace["day_on"].max(), pace.iloc[0]
    asked = _Asked(calendar, of, last, str(first["measure"]), float(first["common"]))
    told = _likely_on(trusted(items, doubts), asked)
    # of what is left only the scope counts, but a pace may be borrowed from all work
    meant = scope.work(items, of=of)
    paced = items if (pace["basis"] != "own").any() else meant
    rows = []
    for fault, found in doubts.groupby("fault", observed=True):
        finished = bool(found["finished"].astype("bool").any())
        concerned = among((paced if finished else meant)["item_id"], found["item_id"])
        if not concerned.any():
            continue
        otherwise = _likely_on(trusted(items, doubts, counted=str(fault)), asked)
        rows.append(
            {
                "fault": str(fault),
                "items": int(concerned.sum()),
                "treatment": SET_ASIDE if finished else KEPT,
                "day_on": told,
                "otherwise_on": otherwise,
                "days": (otherwise - told).days,
            }
        )
    if not rows:
        return Effects.validate(Effects.empty())
    table = pd.DataFrame(rows).astype({"days": "Int64"})
    return Effects.validate(table.sort_values("items", ascending=False, ignore_index=True))


@dataclass(frozen=True)
class _Asked:
    """What stays the same whatever is set aside."""

    calendar: DataFrame[WorkDays]
    of: str
    until: pd.Timestamp
    measure: str
    common: float


def _likely_on(items: DataFrame[Items], asked: _Asked) -> pd.Timestamp:
    """Day by which all teams are done, 85 % sure; NaT where none can be named."""
    measure: Measure = "points" if asked.measure == "points" else "items"
    left = scope.remaining(scope.work(items, of=asked.of), until=asked.until, measure=measure)
    pace = history.pace(items, asked.calendar, of=asked.of, until=asked.until, measure=measure)
    pace = pace.assign(common=asked.common)
    together = dates.joint(dates.when(pace, left, asked.calendar), left, pace)
    return dates.day_for(dates.finish_days(together), share=dates.LIKELY)
