"""What comes in, what goes out, and what lies between."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.flow.days import day_number, day_numbers, per_period
from tpm_analytics.program.tables import Items
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.flow import Balance, CumulativeFlow, Distribution, LittlesLaw, Stays

_BACKLOG, _DONE = STAGES.index("backlog"), STAGES.index("done")
# A quarter: the bands of work under way are not yet thin lines above what is done
FLOW_DAYS = 91
# A quarter: long enough that most items begun in it also finish in it
LAW_DAYS = 91
LAW_SPANS = 8


def arrivals_and_departures(
    items: DataFrame[Items], *, until: pd.Timestamp, every: Every = "week"
) -> DataFrame[Balance]:
    """Items created, begun and finished in each period, and how many were open at its end.

    Parameters
    ----------
    items
        Reads ``created_on``, ``started_on``, ``finished_on``.
    until
        Day the program is seen from; the period it lies in counts only if it ends on that day.
    every
        ``"day"``, ``"week"`` (from Monday), ``"month"`` or ``"quarter"``.

    Returns
    -------
    Balance
        One row per whole period from the first creation, start or finish on, empty ones too.
        ``still_open`` counts items created by the end of the period and not finished by then;
        an item whose creation is not known is not in it.

    Raises
    ------
    ParameterError
        For a period that nobody knows.

    Notes
    -----
    Where more arrives than leaves, everything in between waits longer, whatever the teams do.
    A cancelled item has left too: its stage is done.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "created_at": ["2025-03-03T09:00Z", "2025-03-04T09:00Z"],
    ...     "finished_at": ["2025-03-12T09:00Z", None],
    ... })})
    >>> arrivals_and_departures(program.items, until=pd.Timestamp("2025-03-16"))[
    ...     ["arrived", "finished", "still_open"]
    ... ].to_numpy().tolist()
    [[2, 0, 2], [0, 1, 1]]
    """
    Items.require(items, "created_on", "started_on", "finished_on")
    columns = ("created_on", "started_on", "finished_on")
    days = {name: items[name].where(items[name] <= until) for name in columns}
    first = pd.Series([column.min() for column in days.values()], dtype="datetime64[us]").min()
    whole = calendars.periods(first, until, every)
    counts = {name: per_period(column, whole, every) for name, column in days.items()}
    known = items["created_on"].notna() & (items["created_on"] <= until)
    gone = per_period(days["finished_on"][known], whole, every)
    return Balance.validate(
        pd.DataFrame(
            {
                "period_on": whole,
                "arrived": counts["created_on"],
                "begun": counts["started_on"],
                "finished": counts["finished_on"],
                "still_open": np.cumsum(counts["created_on"] - gone),
            }
        )
    )


def distribution(
    items: DataFrame[Items], *, until: pd.Timestamp, every: Every = "month"
) -> DataFrame[Distribution]:
    """Which kinds of work the finished items of each period were.

    Parameters
    ----------
    items
        Reads ``kind``, ``finished_on``.
    until
        Day the program is seen from; the period it lies in counts only if it ends on that day.
    every
        ``"day"``, ``"week"``, ``"month"`` or ``"quarter"``.

    Returns
    -------
    Distribution
        One row per whole period and kind that occurs at all, zeros too. ``share`` is NA in a
        period in which nothing finished.

    References
    ----------
    .. M. Kersten, "Project to Product", 2018: flow distribution.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "kind": ["bug", "story"],
    ...     "finished_at": ["2025-03-12T09:00Z", "2025-03-12T09:00Z"],
    ... })})
    >>> distribution(program.items, until=pd.Timestamp("2025-03-31"))["share"].tolist()
    [0.5, 0.5]
    """
    Items.require(items, "kind", "finished_on")
    done = items.loc[items["finished_on"] <= until, ["kind", "finished_on"]]
    whole = calendars.periods(done["finished_on"].min(), until, every)
    codes = done["kind"].cat.codes.to_numpy()
    kinds = np.unique(codes)
    counts = np.array(
        [per_period(done["finished_on"][codes == kind], whole, every) for kind in kinds]
    ).reshape(len(kinds), len(whole))
    totals = counts.sum(axis=0)
    shares = np.divide(counts, totals, out=np.full(counts.shape, np.nan), where=totals > 0)
    return Distribution.validate(
        pd.DataFrame(
            {
                "period_on": np.repeat(whole.to_numpy(), len(kinds)),
                "kind": pd.Categorical.from_codes(
                    np.tile(kinds, len(whole)), dtype=done["kind"].dtype
                ),
                "items": counts.T.ravel(),
                "share": shares.T.ravel(),
            }
        )
    )


def cumulative_flow(
    stays: DataFrame[Stays],
    *,
    until: pd.Timestamp,
    days: int = FLOW_DAYS,
    backlog: bool = False,
) -> DataFrame[CumulativeFlow]:
    """How many items were in each status at the end of each day, up to and with ``until``.

    Parameters
    ----------
    stays
        Reads ``status``, ``stage``, ``entered_on``, ``left_on``.
    until
        Last day, today's unfinished one included.
    days
        How many days to go back.
    backlog
        Whether to tell of statuses of the backlog too: it is often so much larger than all work
        under way that nothing else could be seen in a chart.

    Returns
    -------
    CumulativeFlow
        One row per day and status, in the order work passes them. Of statuses of done, those
        are counted that have come in since before the first day, so that a quarter's flow is
        not a thin line above years of finished work; after reopenings the figure may be
        negative. Days before the first item are left out, and so are items without transitions.

    Raises
    ------
    ParameterError
        If ``days`` is below 1.

    Examples
    --------
    >>> cumulative_flow(Stays.empty(), until=pd.Timestamp("2025-03-14")).empty
    True
    """
    Stays.require(stays, "status", "stage", "entered_on", "left_on")
    if days < 1:
        raise ParameterError(f"days={days} leaves no day to show.", hint="use 91 for a quarter")
    if stays.empty:
        return CumulativeFlow.validate(CumulativeFlow.empty())
    first = max(until - pd.Timedelta(days=days - 1), stays["entered_on"].min())
    whole = pd.date_range(first, until, freq="D", unit="us")
    names = stays["status"].cat.categories
    # stays that ended before the first day are in no figure
    rows = np.flatnonzero(~(stays["left_on"].to_numpy() < first.to_datetime64()))
    status = stays["status"].cat.codes.to_numpy()[rows]
    left_on = stays["left_on"].to_numpy()[rows]
    moved_on = ~np.isnat(left_on)
    # position 0 gathers all that happened before the first day
    origin = day_number(first) - 1
    entered = np.maximum(day_numbers(stays["entered_on"].iloc[rows]) - origin, 0)
    left = day_numbers(pd.Series(left_on[moved_on])) - origin
    shape = (len(whole) + 1, len(names))
    change = _grid(entered, status, shape) - _grid(left, status[moved_on], shape)
    there = change.cumsum(axis=0)
    stage = np.zeros(len(names), dtype=np.int8)
    stage[status] = stays["stage"].cat.codes.to_numpy()[rows]
    there -= np.where(stage == _DONE, there[0], 0)
    shown = np.arange(len(names)) if backlog else np.flatnonzero(stage != _BACKLOG)
    return CumulativeFlow.validate(
        pd.DataFrame(
            {
                "day_on": np.repeat(whole.to_numpy(), len(shown)),
                "status": pd.Categorical.from_codes(np.tile(shown, len(whole)), categories=names),
                "stage": pd.Categorical.from_codes(
                    np.tile(stage[shown], len(whole)), categories=list(STAGES)
                ),
                "items": there[1:, shown].ravel(),
            }
        )
    )


def littles_law(
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    days: int = LAW_DAYS,
    spans: int = LAW_SPANS,
) -> DataFrame[LittlesLaw]:
    """Whether work in progress, throughput and cycle time agree with one another.

    Parameters
    ----------
    items
        Reads ``started_on``, ``finished_on``.
    until
        Last day of the last span.
    days
        Days of a span.
    spans
        How many spans to look at, one before the other.

    Returns
    -------
    LittlesLaw
        One row per span that begins when work had begun, oldest first. ``implied_items`` is what
        would be in progress if the law held; ``residual`` the part of ``mean_items`` that it
        does not explain, negative if it explains more. Both NA where nothing finished.

    Raises
    ------
    ParameterError
        If ``days`` or ``spans`` is below 1.

    Notes
    -----
    ``mean items in progress = items finished a day x mean cycle time`` [1]_. It holds exactly
    over a span in which everything begun is finished, because both end days count in both. So
    what it leaves unexplained is work that was begun and is not getting finished, work that
    was finished in one go after long, or starts that were never recorded: reasons to look at
    the data, and to trust no forecast before that.

    References
    ----------
    .. [1] J. Little, "Little's Law as Viewed on Its 50th Anniversary", Operations Research, 2011.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "started_at": ["2025-03-03T09:00Z", "2025-03-04T09:00Z"],
    ...     "finished_at": ["2025-03-06T09:00Z", "2025-03-05T09:00Z"],
    ... })})
    >>> littles_law(program.items, until=pd.Timestamp("2025-03-06"), days=4)[
    ...     ["mean_items", "implied_items", "residual"]
    ... ].to_numpy().tolist()
    [[1.5, 1.5, 0.0]]
    """
    Items.require(items, "started_on", "finished_on")
    if days < 1 or spans < 1:
        raise ParameterError(
            f"days={days} and spans={spans} leave nothing to look at.", hint="use 1 or more of each"
        )
    begun = items["started_on"].notna() & ~(items["finished_on"] < items["started_on"])
    starts = day_numbers(items["started_on"][begun])
    done = begun & items["finished_on"].notna()
    finishes = day_numbers(items["finished_on"][done])
    took = finishes - day_numbers(items["started_on"][done]) + 1
    last = day_number(until)
    firsts = last + 1 - days * np.arange(spans, 0, -1)
    firsts = firsts[firsts >= starts.min()] if len(starts) else firsts[:0]
    if not len(firsts):
        return LittlesLaw.validate(LittlesLaw.empty())
    # all that came up to the end of each day, from the day before the first start on
    origin = int(starts.min()) - 1
    begun_by, done_by = (_up_to(on, origin, last) for on in (starts, finishes))
    took_by = _up_to(finishes, origin, last, weights=took)
    # what was finished on a day was in progress on it
    item_days_by = np.cumsum(begun_by - np.r_[0, done_by[:-1]])
    ends, before = firsts + days - 1 - origin, firsts - 1 - origin
    finished = done_by[ends] - done_by[before]
    mean_items = (item_days_by[ends] - item_days_by[before]) / days
    mean_days = (took_by[ends] - took_by[before]) / np.where(finished > 0, finished, np.nan)
    implied = finished / days * mean_days
    return LittlesLaw.validate(
        pd.DataFrame(
            {
                "from_on": firsts.astype("datetime64[D]"),
                "to_on": (firsts + days - 1).astype("datetime64[D]"),
                "mean_items": mean_items,
                "finished": finished,
                "mean_cycle_days": mean_days,
                "implied_items": implied,
                "residual": 1 - implied / np.where(mean_items > 0, mean_items, np.nan),
                "change": (begun_by - done_by)[ends] - (begun_by - done_by)[before],
            }
        )
    )


def _up_to(on: np.ndarray, origin: int, last: int, weights: np.ndarray | None = None) -> np.ndarray:
    """How many of `on`, or which sum of weights, lie on or before each day, `origin` to `last`."""
    length = last - origin + 1
    place = np.clip(on - origin, 0, length)
    total: np.ndarray = np.bincount(place, weights, minlength=length)[:length].cumsum()
    return total


def _grid(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """How often each pair of a row and a column occurs; rows past the last are left out."""
    inside = rows < shape[0]
    key = rows[inside] * shape[1] + columns[inside]
    return np.bincount(key, minlength=shape[0] * shape[1]).reshape(shape)
