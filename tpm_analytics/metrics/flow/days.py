"""Days as whole numbers, and counts of them by period: what many flow metrics share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics import calendars
from tpm_analytics.calendars import Every


def day_number(day: pd.Timestamp) -> int:
    """Days from 1970-01-01 to `day`.

    Examples
    --------
    >>> day_number(pd.Timestamp("1970-01-08"))
    7
    """
    return int(day.to_datetime64().astype("datetime64[D]").astype(np.int64))


def day_numbers(days: pd.Series) -> np.ndarray:
    """Days from 1970-01-01 to each of `days`; what is unknown is the smallest number there is.

    Examples
    --------
    >>> day_numbers(pd.Series(pd.to_datetime(["1970-01-08"]))).tolist()
    [7]
    """
    numbers: np.ndarray = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    return numbers


def per_period(
    days: pd.Series,
    whole: pd.DatetimeIndex,
    every: Every,
    *,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """How many of `days` lie in each period that begins on `whole`; or the sum of their weights.

    The period is looked up once a day, not once an item. Days that are unknown, or in none of
    the periods, count nowhere.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-03-03", "2025-03-10"]).as_unit("us")
    >>> days = pd.Series(pd.to_datetime(["2025-03-04", "2025-03-04", "2025-03-30"]))
    >>> per_period(days, weeks, "week").tolist()
    [2, 0]
    """
    numbers = day_numbers(days)
    if not len(whole):
        return np.zeros(0, dtype=np.int64 if weights is None else np.float64)
    first = day_number(whole[0])
    used = numbers >= first
    per_day = np.bincount(numbers[used] - first, weights=None if weights is None else weights[used])
    stamps = (np.arange(len(per_day)) + first).astype("datetime64[D]").astype("datetime64[us]")
    place = whole.get_indexer(calendars.period_start(pd.Series(stamps), every))
    inside = place >= 0
    summed: np.ndarray = np.bincount(
        place[inside], weights=per_day[inside], minlength=len(whole)
    ).astype(per_day.dtype)
    return summed


def order_of_days(numbers: np.ndarray) -> np.ndarray:
    """Positions that sort `numbers`, those of one day in the order they have.

    NumPy sorts numbers of 16 bits by radix, ten times faster than others: days of 179 years.

    Examples
    --------
    >>> order_of_days(np.array([20003, 20001, 20003])).tolist()
    [1, 0, 2]
    """
    if len(numbers) and numbers.max() - numbers.min() < 2**16:
        numbers = (numbers - numbers.min()).astype(np.uint16)
    return np.argsort(numbers, kind="stable")
