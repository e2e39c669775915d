"""How long work takes, how much is finished, and what is standing still."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.flow.days import day_number, day_numbers, order_of_days, per_period
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Items
from tpm_analytics.results.flow import (
    Ages,
    CycleTimes,
    Percentiles,
    Throughput,
    Unmeasured,
    WorkInProgress,
)

# 50 % is the coin toss, 85 % the promise most teams make, 95 % what contracts ask for:
# Vacanti, "Actionable Agile Metrics for Predictability", 2015, chapter 10
SHARES = (0.5, 0.85, 0.95)
# More points make a page heavy and a scatter no clearer
CHART_LIMIT = 3000


def leaves(items: DataFrame[Items]) -> DataFrame[Items]:
    """Items that hold no others, so that an epic and its stories are not both counted.

    Parameters
    ----------
    items
        Reads ``item_id``, ``parent_id``.

    Returns
    -------
    Items
        The rows whose ``item_id`` is nobody's parent. An item with sub-tasks is left out, its
        sub-tasks are kept.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["EPIC-1", "A-1"], "parent_id": [None, "EPIC-1"],
    ...     "created_at": ["2025-03-03T09:00Z", "2025-03-03T09:00Z"],
    ... })})
    >>> leaves(program.items)["item_id"].tolist()
    ['A-1']
    """
    Items.require(items, "item_id", "parent_id")
    return items[~among(items["item_id"], items["parent_id"])].reset_index(drop=True)


def cycle_time(items: DataFrame[Items]) -> DataFrame[CycleTimes]:
    """Days each finished item took, its first and its last day both counted.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``kind``, ``team``, ``started_on``, ``finished_on``.

    Returns
    -------
    CycleTimes
        One row per finished item with a start, oldest finish first. ``cycle_days`` [calendar
        days], 1 or more. Left out, and counted by `unmeasured`: items without a start, and items
        finished before they started. `age` holds those still open.

    Raises
    ------
    MissingColumnsError
        If ``items`` lacks a column read here.

    Notes
    -----
    ``cycle_days = finished_on - started_on + 1``: an item begun and done on one day took one
    day, not none [1]_. Weekends count, because the customer waits through them too. Start is the
    first entry into an active stage, finish the last entry into done.

    References
    ----------
    .. [1] D. Vacanti, "Actionable Agile Metrics for Predictability", 2015, chapter 2.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "started_at": ["2025-03-03T09:00Z", "2025-03-03T09:00Z"],
    ...     "finished_at": ["2025-03-03T17:00Z", None],
    ... })})
    >>> cycle_time(program.items)[["item_id", "cycle_days"]]
      item_id  cycle_days
    0     A-1           1
    """
    Items.require(items, "item_id", "title", "kind", "team", "started_on", "finished_on")
    started, finished = day_numbers(items["started_on"]), day_numbers(items["finished_on"])
    rows = np.flatnonzero((items["finished_on"] >= items["started_on"]).to_numpy())
    # items of one day stay in the order of the table: text is slow to sort
    rows = rows[order_of_days(finished[rows])]
    columns = [name for name in CycleTimes.declared() if name != "cycle_days"]
    return CycleTimes.validate(
        items[columns]
        .take(rows)
        .reset_index(drop=True)
        .assign(cycle_days=pd.array(finished[rows] - started[rows] + 1, dtype="Int64"))
    )


def percentiles(
    cycle_times: DataFrame[CycleTimes], *, shares: Sequence[float] = SHARES
) -> DataFrame[Percentiles]:
    """Days within which each share of the finished items was done.

    Parameters
    ----------
    cycle_times
        Reads ``cycle_days``.
    shares
        Shares of items to answer for, each above 0 and up to 1.

    Returns
    -------
    Percentiles
        One row per share, in the order given. No rows if nothing is finished.

    Raises
    ------
    ParameterError
        If a share lies outside 0 to 1.

    Notes
    -----
    Nearest rank: the smallest observed value that covers the share, so every answer is a time
    that an item really took.

    Examples
    --------
    >>> times = CycleTimes.empty().reindex(range(4)).assign(cycle_days=[1, 2, 3, 10])
    >>> percentiles(times, shares=[0.5, 0.85])["cycle_days"].tolist()
    [2, 10]
    """
    CycleTimes.require(cycle_times, "cycle_days")
    if outside := [share for share in shares if not 0 < share <= 1]:
        raise ParameterError(
            f"Shares lie above 0 and up to 1, got {outside}.", hint="Did you mean 0.85, not 85?"
        )
    days = cycle_times["cycle_days"].to_numpy(dtype=np.int64)
    if not len(days):
        return Percentiles.validate(Percentiles.empty())
    answers = nearest_rank(days, np.zeros(len(days), dtype=np.int8), 1, shares)[0]
    return Percentiles.validate(
        pd.DataFrame({"share": list(shares), "cycle_days": answers.astype(np.int64)})
    )


def thinned(
    cycle_times: DataFrame[CycleTimes], *, limit: int = CHART_LIMIT
) -> DataFrame[CycleTimes]:
    """Few enough items for one chart, none of the slow ones lost.

    Parameters
    ----------
    cycle_times
        Reads ``cycle_days``.
    limit
        Most rows to keep.

    Returns
    -------
    CycleTimes
        All rows if there are no more than ``limit``. Else the slowest tenth of ``limit``, and of
        the rest every n-th by the day they finished, so that the picture keeps its shape.

    Examples
    --------
    >>> thinned(CycleTimes.empty()).empty
    True
    """
    CycleTimes.require(cycle_times, "cycle_days")
    if len(cycle_times) <= limit:
        return cycle_times
    slowest_first = order_of_days(-cycle_times["cycle_days"].to_numpy(dtype=np.int64))
    shown = np.zeros(len(cycle_times), dtype=bool)
    shown[slowest_first[: limit // 10]] = True
    rest = np.flatnonzero(~shown)
    shown[rest[:: int(np.ceil(len(rest) / (limit - limit // 10)))]] = True
    return CycleTimes.validate(cycle_times[shown].reset_index(drop=True))


def throughput(
    items: DataFrame[Items], *, until: pd.Timestamp, every: Every = "week"
) -> DataFrame[Throughput]:
    """Items and points finished in each period.

    Parameters
    ----------
    items
        Reads ``finished_on``, ``points``.
    until
        Day the program is seen from; the period it lies in counts only if it ends on that day.
    every
        ``"day"``, ``"week"`` (from Monday), ``"month"`` or ``"quarter"``.

    Returns
    -------
    Throughput
        One row per whole period from the first finish to ``until``, periods without a finish
        too. ``points`` sums those known and is NA where no finished item carries any. The first
        period may have begun before the data did.

    Raises
    ------
    ParameterError
        For a period that nobody knows.

    Notes
    -----
    A quiet week is a fact about the future too: a forecast that never saw a zero promises too
    much. Today's unfinished period is left out, because half a week looks like a slow week.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "finished_at": ["2025-03-03T17:00Z", "2025-03-19T17:00Z"],
    ... })})
    >>> throughput(program.items, until=pd.Timestamp("2025-03-23"))["items"].tolist()
    [1, 0, 1]
    """
    Items.require(items, "finished_on", "points")
    finished = items["finished_on"].where(items["finished_on"] <= until)
    whole = calendars.periods(finished.min(), until, every)
    points = items["points"].to_numpy()
    known = ~np.isnan(points)
    count = per_period(finished, whole, every)
    estimated = per_period(finished[known], whole, every)
    summed = per_period(finished[known], whole, every, weights=points[known])
    return Throughput.validate(
        pd.DataFrame(
            {
                "period_on": whole,
                "items": count,
                # 0 where nothing finished, NA where none that finished were estimated
                "points": np.where((count > 0) & (estimated == 0), np.nan, summed),
            }
        )
    )


def work_in_progress(
    items: DataFrame[Items], *, until: pd.Timestamp, since: pd.Timestamp | None = None
) -> DataFrame[WorkInProgress]:
    """Items begun and not finished on each day, both end days counted.

    Parameters
    ----------
    items
        Reads ``started_on``, ``finished_on``.
    until
        Last day to count.
    since
        First day to count; without it, the day the first item began.

    Returns
    -------
    WorkInProgress
        One row per day. Items without a start are left out, and so are items finished before
        they started: no day belongs to them.

    Notes
    -----
    Both end days count, as in `cycle_time`. So over a span in which everything begun is also
    finished, the sum of the daily counts is the sum of the cycle times: Little's law holds.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "started_at": ["2025-03-03T09:00Z", "2025-03-04T09:00Z"],
    ...     "finished_at": ["2025-03-04T17:00Z", None],
    ... })})
    >>> work_in_progress(program.items, until=pd.Timestamp("2025-03-05"))["items"].tolist()
    [1, 2, 1]
    """
    Items.require(items, "started_on", "finished_on")
    begun = items[["started_on", "finished_on"]]
    begun = begun[begun["started_on"].notna() & ~(begun["finished_on"] < begun["started_on"])]
    first = begun["started_on"].min()
    if pd.isna(first) or first > until:
        return WorkInProgress.validate(WorkInProgress.empty())
    days = pd.date_range(since if since is not None else first, until, freq="D", unit="us")
    origin = day_number(first)
    length = day_number(until) - origin + 1
    begins = day_numbers(begun["started_on"]) - origin
    ends = day_numbers(begun["finished_on"].dropna()) + 1 - origin
    change = np.bincount(begins[begins < length], minlength=length)
    change -= np.bincount(ends[ends < length], minlength=length)
    counted = pd.Series(change.cumsum(), index=pd.date_range(first, until, freq="D", unit="us"))
    return WorkInProgress.validate(
        pd.DataFrame({"day_on": days, "items": counted.reindex(days, fill_value=0).to_numpy()})
    )


def age(items: DataFrame[Items], *, until: pd.Timestamp) -> DataFrame[Ages]:
    """Days since work began on each item that is not finished.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``team``, ``status``, ``assignee_id``, ``started_on``,
        ``finished_on``.
    until
        Day the program is seen from.

    Returns
    -------
    Ages
        One row per item begun and not finished, oldest first. ``age_days`` [calendar days], 1
        or more: the day work began counts, as in `cycle_time`, so that an age can be held
        against the percentiles of the cycle times.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "started_at": ["2025-03-03T09:00Z"],
    ... })})
    >>> age(program.items, until=pd.Timestamp("2025-03-05"))["age_days"].tolist()
    [3]
    """
    Items.require(items, "item_id", "title", "team", "status", "assignee_id")
    Items.require(items, "started_on", "finished_on")
    going = items[items["finished_on"].isna() & (items["started_on"] <= until)]
    days = (until - going["started_on"]).dt.days + 1
    return Ages.validate(
        going.assign(age_days=days).sort_values(
            ["age_days", "item_id"], ascending=[False, True], ignore_index=True
        )
    )


def unmeasured(items: DataFrame[Items]) -> DataFrame[Unmeasured]:
    """How many finished items `cycle_time` leaves out, and why.

    Parameters
    ----------
    items
        Reads ``started_on``, ``finished_on``.

    Returns
    -------
    Unmeasured
        One row per reason that concerns at least one item; no rows if all were measured.
        ``share`` is of the finished items.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "finished_at": ["2025-03-03T09:00Z"],
    ... })})
    >>> unmeasured(program.items)[["items", "share"]].to_dict("records")
    [{'items': 1, 'share': 1.0}]
    """
    Items.require(items, "started_on", "finished_on")
    done = items.loc[items["finished_on"].notna(), ["started_on", "finished_on"]]
    counts = {
        "because no move to an active status is known": (done["started_on"].isna().sum()),
        "because the finish lies before the start": (
            done["finished_on"] < done["started_on"]
        ).sum(),
    }
    found = {reason: int(count) for reason, count in counts.items() if count}
    return Unmeasured.validate(
        pd.DataFrame(
            {
                "reason": pd.Series(list(found), dtype="str"),
                "items": pd.Series(list(found.values()), dtype="Int64"),
                "share": [count / len(done) for count in found.values()],
            }
        )
    )
