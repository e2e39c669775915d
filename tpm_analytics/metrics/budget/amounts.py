"""Amounts of single periods out of a budget table, and what is refused on the way."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import InvalidTableError, check_choice
from tpm_analytics.models import earned_value as model
from tpm_analytics.program.tables import Budget

Given = Literal["checked", "per period", "cumulative"]

AMOUNTS = ("planned_value", "earned_value", "actual_cost")
# Months are at most 31 over 28 days apart, months of four and five weeks 35 over 28
LONGEST_STEP = 1.5
# Amounts are rounded one by one, so what was earned may end a little above the plan
ROUNDING = 0.01


def per_period(budget: DataFrame[Budget], *, given: Given = "checked") -> DataFrame[Budget]:
    """Return the budget with amounts of single periods, sorted; refuse what cannot be counted.

    Parameters
    ----------
    budget
        Reads all columns of `Budget`.
    given
        ``"checked"``: amounts are of single periods, and refused where they look like running
        totals. ``"per period"``: they are, however they look. ``"cumulative"``: they are running
        totals, and the differences are taken.

    Returns
    -------
    Budget
        The same rows by workstream and period. NA stays NA.

    Raises
    ------
    InvalidTableError
        Naming the rows: a workstream has two rows for a period; an amount is below 0 or not
        finite; an amount in the middle is unknown; periods are missing or of different lengths;
        amounts look cumulative, or fall although they are; more is earned than was planned in
        all.
    ParameterError
        If `given` is none of the three.

    Notes
    -----
    Read as amounts of single periods, running totals of 5, 10, 25, ... 150 give a budget of 1,020
    in place of 150, and nothing on the page would show it. Amounts look cumulative if they never
    fall and mostly rise until they stand still; earned value and cost only if they also come
    nearer to the plan when read as totals. Credit notes belong into the period they correct:
    an amount below 0 is as likely a slip of the hand.

    Examples
    --------
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]).as_unit("us")
    >>> totals = Budget.empty().reindex(range(3)).assign(
    ...     workstream="Core", period_on=months, planned_value=[10.0, 30.0, 60.0]
    ... )
    >>> per_period(totals, given="cumulative")["planned_value"].tolist()
    [10.0, 20.0, 30.0]
    """
    Budget.require(budget, *Budget.declared())
    check_choice("given", given, get_args(Given))
    rows = _sorted(budget)
    _refuse(_repeated(rows), "give each workstream one row for a period")
    _refuse(_impossible(rows), "book a correction into the period that it corrects")
    _refuse(_uneven(rows), "add the missing periods, with 0 where nothing was planned or done")
    _refuse(_holes(rows), "write 0 where nothing was planned, earned or spent")
    if given == "cumulative":
        rows = _differences(rows)
    elif given == "checked":
        _refuse(
            _cumulative(rows),
            "give the amount of each period alone, or say that they are totals: "
            'amounts = "cumulative"',
        )
    _refuse(
        _more_than_planned(rows),
        "complete the plan up to its last period, or say what the amounts are",
    )
    return Budget.validate(rows[list(budget.columns)].astype({"workstream": "category"}))


def _sorted(budget: pd.DataFrame) -> pd.DataFrame:
    """Rows by workstream and period, with the number of each row and of its workstream."""
    names = budget["workstream"].astype("str")
    stream, _ = pd.factorize(names, sort=True)
    order = np.lexsort((budget["period_on"].to_numpy(), stream))
    rows = budget.assign(workstream=names, row=np.arange(len(budget)), stream=stream)
    return rows.take(order).reset_index(drop=True)


def _refuse(failures: list[pd.DataFrame], hint: str) -> None:
    if not failures:
        return
    error = InvalidTableError("budget", "The budget", pd.concat(failures, ignore_index=True))
    error.hint = hint
    raise error


def _failures(
    rows: pd.DataFrame, column: str, mask: np.ndarray | pd.Series, problem: str
) -> list[pd.DataFrame]:
    """One failure for each row of `mask`, told with its workstream and period."""
    wrong = np.asarray(mask, dtype=bool)
    if not wrong.any():
        return []
    found = rows[wrong]
    place = found["workstream"] + ", " + found["period_on"].dt.strftime("%Y-%m-%d")
    return [
        pd.DataFrame(
            {
                "column": column,
                "row": found["row"],
                "value": found[column].astype(object),
                "problem": (place + ": " + problem).astype(object),
            }
        )
    ]


def _repeated(rows: pd.DataFrame) -> list[pd.DataFrame]:
    twice = rows.duplicated(["stream", "period_on"], keep=False)
    return _failures(rows, "period_on", twice, "the period has more than one row")


def _impossible(rows: pd.DataFrame) -> list[pd.DataFrame]:
    found = []
    for name in AMOUNTS:
        found += _failures(rows, name, rows[name].to_numpy() < 0, "an amount cannot be below 0")
    for name in AMOUNTS:
        found += _failures(rows, name, np.isinf(rows[name].to_numpy()), "not a number")
    return found


def _uneven(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Find the periods after which a step is much longer or shorter than the usual one."""
    starts = np.unique(rows["period_on"].to_numpy())
    steps = np.diff(starts) / np.timedelta64(1, "D")
    usual = float(np.sort(steps)[(len(steps) - 1) // 2]) if len(steps) else 1.0
    odd = starts[1:][(steps > LONGEST_STEP * usual) | (steps * LONGEST_STEP < usual)]
    problem = f"the period before it does not begin about {usual:.0f} days earlier"
    return _failures(rows, "period_on", np.isin(rows["period_on"].to_numpy(), odd), problem)


def _holes(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Find amounts that are unknown though a later one is known.

    Nothing can have been earned where nothing was planned yet: a workstream that begins late may
    leave its first periods empty.
    """
    found = []
    for name in AMOUNTS:
        known = rows[name].notna().to_numpy()
        if known.all():
            continue
        stream, place = rows["stream"].to_numpy(), np.arange(len(rows))
        last = np.full(stream.max(initial=-1) + 1, -1)
        np.maximum.at(last, stream[known], place[known])
        hole = ~known & (place < last[stream])
        if name != "planned_value":
            planned = rows["planned_value"].fillna(0.0).groupby(stream).cumsum().to_numpy()
            hole &= planned > 0
        found += _failures(rows, name, hole, "unknown, though a later period is known")
    return found


def _differences(rows: pd.DataFrame) -> pd.DataFrame:
    totals = rows[list(AMOUNTS)]
    before = totals.groupby(rows["stream"]).shift()
    steps = totals - before.fillna(0.0)
    slack = totals.max().max() * model.SAME
    fallen: list[pd.DataFrame] = []
    for name in AMOUNTS:
        fallen += _failures(rows, name, steps[name] < -slack, "a running total cannot fall")
    _refuse(fallen, "say that amounts are of single periods, or mend the totals")
    return rows.assign(**steps.clip(lower=0.0))


def _cumulative(rows: pd.DataFrame) -> list[pd.DataFrame]:
    amounts = rows[list(AMOUNTS)].to_numpy()
    looks = {name: np.zeros(len(rows), dtype=bool) for name in AMOUNTS}
    stream = rows["stream"].to_numpy()
    ends = np.flatnonzero(np.r_[np.diff(stream) != 0, len(stream) > 0]) + 1
    for begin, end in pairwise([0, *ends.tolist()]):
        for name in _looking_cumulative(*amounts[begin:end].T):
            looks[name][begin:end] = True
    problem = "looks like a running total, for these amounts never fall"
    found = []
    for name, like in looks.items():
        found += _failures(rows, name, like & rows[name].notna(), problem)
    return found


def _looking_cumulative(planned: np.ndarray, earned: np.ndarray, cost: np.ndarray) -> list[str]:
    """Name the amounts of one workstream that look cumulative."""
    told = ~np.isnan(earned)
    by_now = planned[told & ~np.isnan(planned)]
    total = float(by_now.sum())
    found = []
    if model.looks_cumulative(planned) and not _agrees(earned[told], by_now):
        found.append("planned_value")
        total = float(by_now[-1]) if len(by_now) else 0.0
    spoken = not np.isnan(planned).all()
    for name, amounts in (("earned_value", earned), ("actual_cost", cost)):
        if model.looks_cumulative(amounts) and (
            not spoken or model.nearer_as_totals(amounts, total) or "planned_value" in found
        ):
            found.append(name)
    return found


def _agrees(earned: np.ndarray, planned: np.ndarray) -> bool:
    """Whether what is earned shows that a rising plan is one of single periods after all."""
    if model.looks_cumulative(earned) or len(planned) < 2:
        return False
    return not model.nearer_as_totals(planned, float(earned.sum()))


def _more_than_planned(rows: pd.DataFrame) -> list[pd.DataFrame]:
    stream = rows["stream"].to_numpy()
    earned = rows["earned_value"].groupby(stream).cumsum().to_numpy()
    told = rows["planned_value"].notna().to_numpy()
    amounts = rows["planned_value"].to_numpy()[told]
    whole = np.bincount(stream[told], amounts, minlength=stream.max(initial=-1) + 1)[stream]
    over = np.isin(stream, stream[told]) & (earned > whole * (1 + ROUNDING))
    problem = "with it, more is earned than was ever planned for the workstream"
    return _failures(rows, "earned_value", over, problem)
