"""How much the answer depends on what was set aside."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics import forecast
from tpm_analytics.metrics import forecast_history as history
from tpm_analytics.metrics import forecast_scope as scope
from tpm_analytics.metrics.forecast_scope import Measure
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import Doubts, Effects, WorkDays

KEPT, SET_ASIDE = "kept in what is left", "set aside"


def effects(
    program: Program,
    doubts: DataFrame[Doubts],
    calendar: DataFrame[WorkDays],
    *,
    of: str = "",
    measure: Measure = "items",
) -> DataFrame[Effects]:
    """The 85 % answer as it is told, and as it would be if each fault were treated otherwise.

    Parameters
    ----------
    program
        Reads ``items`` and the day it is seen from.
    doubts
        Reads all columns; see `forecast_history.doubts`.
    calendar
        Reads all columns.
    of
        What is forecast; see `forecast_scope.work`.
    measure
        ``"items"`` or ``"points"``.

    Returns
    -------
    Effects
        One row per fault that occurs among the items that count here, most items first. ``day_on``
        is when all teams are done with what was treated as told; ``otherwise_on`` with finishes
        by clean-up counted, or with items that stand still left out of what is to be done.
        ``days``: how many later that is. NA where no day can be named.

    Examples
    --------
    >>> items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
    >>> program = Program.from_tables({"items": items})
    >>> effects(program, Doubts.empty(), WorkDays.empty()).empty
    True
    """
    Doubts.require(doubts, *Doubts.declared())
    told = _likely_on(program, history.trusted(program.items, doubts), calendar, of, measure)
    meant = scope.work(program.items, of=of)
    borrowed = _is_borrowed(program, doubts, calendar, of)
    rows = []
    for fault, found in doubts.groupby("fault", observed=True):
        # a pace may be borrowed from all work, but of what is left only the scope counts
        open_ = not found["finished"].astype("bool").any()
        concerned = program.items if borrowed and not open_ else meant
        count = int(among(concerned["item_id"], found["item_id"]).sum())
        if not count:
            continue
        items = history.trusted(program.items, doubts, counted=str(fault))
        otherwise = _likely_on(program, items, calendar, of, measure)
        rows.append(
            {
                "fault": str(fault),
                "items": count,
                "treatment": KEPT if open_ else SET_ASIDE,
                "day_on": told,
                "otherwise_on": otherwise,
                "days": (otherwise - told).days,
            }
        )
    if not rows:
        return Effects.validate(Effects.empty())
    table = pd.DataFrame(rows).astype({"days": "Int64"})
    return Effects.validate(table.sort_values("items", ascending=False, ignore_index=True))


def _is_borrowed(
    program: Program, doubts: DataFrame[Doubts], calendar: DataFrame[WorkDays], of: str
) -> bool:
    items = history.trusted(program.items, doubts)
    pace = history.pace(items, calendar, of=of, until=program.as_of)
    return bool((pace["basis"] != "own").any())


def _likely_on(
    program: Program,
    items: DataFrame[Items],
    calendar: DataFrame[WorkDays],
    of: str,
    measure: Measure,
) -> pd.Timestamp:
    """Day by which all teams are done, 85 % sure; NaT where none can be named."""
    until = program.as_of
    left = scope.remaining(scope.work(items, of=of), until=until, measure=measure)
    pace = history.pace(items, calendar, of=of, until=until, measure=measure)
    together = forecast.joint(forecast.when(pace, left, calendar), left)
    days = forecast.finish_days(together, shares=[forecast.LIKELY])["day_on"]
    return days.iloc[0] if len(days) else pd.NaT
