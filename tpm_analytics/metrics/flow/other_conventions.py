"""How much the cycle time would move if it were counted another way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.flow.days import day_number, day_numbers
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.history import instants
from tpm_analytics.program.keys import positions
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Items
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.flow import Conventions

# The zones most tools count in: the server's own, and two a working day apart
OTHER_ZONES = ("UTC", "America/New_York", "Asia/Tokyo")
LATELY = pd.Timedelta(weeks=13)
_DONE = STAGES.index("done")
_HALF, _MOST = 0.5, 0.85
_DAY = 86_400_000_000  # microseconds
_MONDAY = 4  # 1970-01-05
_UNKNOWN = np.iinfo(np.int64).min


def conventions(program: Program, items: DataFrame[Items]) -> DataFrame[Conventions]:
    """The median and the 85 % cycle time as other tools and teams would count them.

    Parameters
    ----------
    program
        Reads ``transitions``, the workflow, the day the program is seen from, its time zone.
    items
        Items to measure. Reads ``item_id``, ``created_on``, ``started_at``, ``started_on``,
        ``finished_at``, ``finished_on``.

    Returns
    -------
    Conventions
        One row per way of counting, ours first; each of the others differs from ours in that one
        point. ``moved_days`` is its 85 % figure less ours. ``finished_lately`` counts the items
        finished in the last 13 weeks. Items without a start, and those finished before they
        started, are in no figure but the last. No rows if nothing is finished.

    Notes
    -----
    A figure that hardly moves can be compared with that of another tool; one that moves by half
    is a figure about the convention. Ours: whole calendar days in the program's zone, both end
    days counted, first start to last finish, nearest rank.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"],
    ...     "started_at": ["2025-03-07T09:00Z"], "finished_at": ["2025-03-10T21:00Z"],
    ... })})
    >>> conventions(program, program.items)[["convention", "median_days"]].head(4)
                             convention  median_days
    0                   as on this page          4.0
    1             first day not counted          3.0
    2  elapsed time, 24 hours are a day          3.5
    3       Monday to Friday, no others          2.0
    """
    Items.require(items, "item_id", "created_on", "started_at", "started_on", "finished_on")
    Items.require(items, "finished_at")
    finished = items["finished_on"].notna().to_numpy()
    if not finished.any():
        return Conventions.validate(Conventions.empty())
    since = day_number(program.as_of - LATELY)
    created, first, last = (
        day_numbers(items[name])[finished] for name in ("created_on", "started_on", "finished_on")
    )
    begun, ended = (items[name][finished] for name in ("started_at", "finished_at"))
    ours = _days(first, last)
    elapsed = (instants(ended) - instants(begun))[_known(first, last)].view(np.int64) / _DAY
    lately = int((last > since).sum())
    rows = [
        _row("as on this page", ours, lately),
        _row("first day not counted", ours - 1, lately),
        _row("elapsed time, 24 hours are a day", np.maximum(elapsed, 0.0), lately),
        _row("Monday to Friday, no others", _weekdays(first, last), lately),
        _row("from creation instead of first start", _days(created, last), lately),
        _first_finish(program, items, since),
        _row("percentiles between two items are interpolated", ours, lately, between=True),
        *(_in_zone(begun, ended, zone, since) for zone in OTHER_ZONES if zone != program.time_zone),
    ]
    table = pd.DataFrame(rows)
    return Conventions.validate(
        table.assign(moved_days=table["p85_days"] - table["p85_days"].iloc[0])
    )


def _row(
    convention: str, days: np.ndarray, finished_lately: int, *, between: bool = False
) -> dict[str, object]:
    median, most = _percentiles(days, between=between) if len(days) else (np.nan, np.nan)
    return {
        "convention": convention,
        "items": len(days),
        "median_days": median,
        "p85_days": most,
        "finished_lately": finished_lately,
    }


def _percentiles(days: np.ndarray, *, between: bool) -> tuple[float, float]:
    if between:
        low, high = np.quantile(days, [_HALF, _MOST])
        return float(low), float(high)
    low, high = nearest_rank(days, np.zeros(len(days), dtype=np.int8), 1, (_HALF, _MOST))[0]
    return float(low), float(high)


def _known(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether both days are known, and the right way round."""
    known: np.ndarray = (first > _UNKNOWN) & (last >= first)
    return known


def _days(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Calendar days where they are known, both ends counted."""
    known = _known(first, last)
    return last[known] - first[known] + 1


def _weekdays(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    known = _known(first, last)
    return _weekdays_before(last[known] + 1) - _weekdays_before(first[known])


def _weekdays_before(day: np.ndarray) -> np.ndarray:
    """Days from Monday to Friday since a Monday, up to the one before `day`."""
    weeks, more = np.divmod(day - _MONDAY, 7)
    days: np.ndarray = 5 * weeks + np.minimum(more, 5)
    return days


def _in_zone(begun: pd.Series, ended: pd.Series, zone: str, since: int) -> dict[str, object]:
    first, last = (day_numbers(calendars.day_of(moments, zone)) for moments in (begun, ended))
    return _row(f"days of {zone}", _days(first, last), int((last > since).sum()))


def _first_finish(program: Program, items: pd.DataFrame, since: int) -> dict[str, object]:
    """Count up to the first finish: a reopening then is new work, and leaves the item done."""
    finished = instants(items["finished_at"]).copy()
    last = day_numbers(items["finished_on"])
    moves = program.transitions
    if len(moves):
        where = positions(moves["item_id"].cat.categories, items["item_id"])
        entries = np.flatnonzero(program.workflow.codes(moves["to_status"]) == _DONE)[::-1]
        item = where[moves["item_id"].cat.codes.to_numpy()[entries]]
        at = instants(moves["at"])[entries]
        # written from the last to the first, so that the first one stays
        finished[item[item >= 0]] = at[item >= 0]
        known = instants(items["finished_at"])
        earlier = np.flatnonzero(finished.view("int64") != known.view("int64"))
        first = pd.Series(pd.DatetimeIndex(finished[earlier]).tz_localize("UTC"))
        last[earlier] = day_numbers(calendars.day_of(first, program.time_zone))
    days = _days(day_numbers(items["started_on"]), last)
    return _row("first finish instead of last", days, int((last > since).sum()))
