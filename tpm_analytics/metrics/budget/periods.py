"""A budget as arrays: a row a workstream, a column a period, up to the last told by all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tpm_analytics.models import earned_value as model

# A finish further off than so many times the plan is not in sight
OUT_OF_SIGHT = 10


@dataclass(frozen=True)
class Periods:
    """Amounts of single periods; unknown from `told` periods on."""

    starts: np.ndarray
    ends: np.ndarray
    names: tuple[str, ...]
    planned: np.ndarray
    earned: np.ndarray
    cost: np.ndarray
    told: int

    @property
    def whole(self) -> Periods:
        """Return the sum of all workstreams that tell what most of them tell, as one."""
        measured = self.measured
        one = {
            name: getattr(self, name)[measured].sum(axis=0, keepdims=True)
            for name in ("planned", "earned", "cost")
        }
        return replace(self, names=("Whole program",), **one)

    @property
    def measured(self) -> np.ndarray:
        """Which workstreams tell earned value and cost, wherever any of them does."""
        columns = [amounts for amounts in (self.earned, self.cost) if self._tells(amounts).any()]
        every = np.ones(len(self.names), dtype=bool)
        return np.logical_and.reduce([every, *(self._tells(amounts) for amounts in columns)])

    def _tells(self, amounts: np.ndarray) -> np.ndarray:
        tells: np.ndarray = ~np.isnan(amounts[:, : self.told]).any(axis=1)
        return tells


def arranged(budget: pd.DataFrame, until: pd.Timestamp | None) -> Periods:
    """Arrange checked amounts of single periods; those of periods not ended by `until` are unknown.

    Where a workstream has no row for a period, nothing was planned, earned or spent in it. Left
    out are workstreams without any planned value. Amounts count up to the last period that every
    workstream which ever tells them has told; one that is finished needs to tell no more.
    """
    planned = budget.groupby("workstream", observed=True)["planned_value"].count() > 0
    rows = budget[budget["workstream"].astype("str").isin(planned.index[planned].astype("str"))]
    names, stream = np.unique(rows["workstream"].astype("str"), return_inverse=True)
    starts, period = np.unique(rows["period_on"].to_numpy(), return_inverse=True)
    ends = _ends(starts)
    shape = (len(names), len(starts))
    amounts = {}
    for name in ("planned_value", "earned_value", "actual_cost"):
        matrix = np.zeros(shape)
        matrix[stream, period] = rows[name].to_numpy(dtype=float)
        amounts[name] = matrix
    plan = np.nan_to_num(amounts["planned_value"])
    earned, cost = amounts["earned_value"], amounts["actual_cost"]
    spoken = {}
    for name in ("earned_value", "actual_cost"):
        spoken[name] = np.zeros(shape, dtype=bool)
        spoken[name][stream, period] = rows[name].notna()
    ended = len(ends) if until is None else int((ends <= until.to_datetime64()).sum())
    last = max(_last_told(np.any(told, axis=0)) for told in spoken.values())
    finished = np.nancumsum(earned, axis=1) >= plan.sum(axis=1, keepdims=True) * model.ALL_EARNED
    begun = np.cumsum(plan, axis=1) > 0
    told = min(ended, last)
    for name, matrix in (("earned_value", earned), ("actual_cost", cost)):
        matrix[np.isnan(matrix) & (finished | ~begun)] = 0.0
        matrix[:, last:] = np.nan
        tellers = spoken[name].any(axis=1)
        if not tellers.any():
            matrix[:] = np.nan
        told = min([told, *(_first(np.isnan(row)) for row in matrix[tellers])])
    earned[:, told:] = cost[:, told:] = np.nan
    return Periods(starts, ends, tuple(map(str, names)), plan, earned, cost, told)


def _last_told(told: np.ndarray) -> int:
    where = np.flatnonzero(told)
    return int(where[-1]) + 1 if len(where) else 0


def _first(marked: np.ndarray) -> int:
    """Position of the first marked period; their number where none is."""
    where = np.flatnonzero(marked)
    return int(where[0]) if len(where) else len(marked)


def position(rows: pd.DataFrame, budget: np.ndarray) -> model.Position:
    """Where each of `rows` stands, on the way to `budget`."""
    planned, earned, cost = (
        rows[name].to_numpy(dtype=float)
        for name in ("planned_value", "earned_value", "actual_cost")
    )
    return model.Position(planned, earned, cost, budget)


def _ends(starts: np.ndarray) -> np.ndarray:
    """Last day of each period: the day before the next begins; the last is as long as usual."""
    if not len(starts):
        return starts
    days = pd.DatetimeIndex(starts)
    months = days.year * 12 + days.month
    if (days.day == 1).all():
        step = int(np.median(np.diff(months))) if len(days) > 1 else 1
        following = days[-1] + pd.DateOffset(months=step)
    else:
        gap = np.median(np.diff(starts).astype(np.int64)) if len(days) > 1 else 0
        following = days[-1] + (pd.Timedelta(int(gap), days.unit) if gap else pd.Timedelta(days=1))
    nexts = np.append(starts[1:], following.to_datetime64().astype(starts.dtype))
    ends: np.ndarray = nexts - np.timedelta64(1, "D")
    return ends


def day_after(rows: pd.DataFrame, periods: float) -> pd.Timestamp:
    """Last day of so many periods, counted from the first of `rows`; NaT if not in sight.

    Parts of a period count by days; beyond the last row periods are as long as they are on
    average.
    """
    total = len(rows)
    if total == 0 or np.isnan(periods) or periods > OUT_OF_SIGHT * total:
        return pd.NaT
    first, ends = rows["period_on"].iloc[0], rows["ends_on"].to_numpy()
    bounds = np.append(0, (ends - first.to_datetime64()) // np.timedelta64(1, "D") + 1)
    days = np.interp(periods, np.arange(total + 1), bounds)
    days += max(periods - total, 0.0) * bounds[-1] / total
    return first + pd.Timedelta(days=int(np.ceil(round(days, 6))) - 1)
