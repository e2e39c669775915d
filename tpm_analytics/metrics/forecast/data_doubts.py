"""How much the answer depends on what was set aside."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.forecast import dates
from tpm_analytics.metrics.forecast import history as history
from tpm_analytics.metrics.forecast import scope as scope
from tpm_analytics.metrics.forecast.scope import Measure
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import Deliveries, Doubts, Effects, WorkDays

KEPT, SET_ASIDE = "kept in what is left", "set aside"


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
    >>> from tpm_analytics import Program
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
    told = _likely_on(history.trusted(items, doubts), asked)
    # of what is left only the scope counts, but a pace may be borrowed from all work
    meant = scope.work(items, of=of)
    paced = items if (pace["basis"] != "own").any() else meant
    rows = []
    for fault, found in doubts.groupby("fault", observed=True):
        finished = bool(found["finished"].astype("bool").any())
        concerned = among((paced if finished else meant)["item_id"], found["item_id"])
        if not concerned.any():
            continue
        otherwise = _likely_on(history.trusted(items, doubts, counted=str(fault)), asked)
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
