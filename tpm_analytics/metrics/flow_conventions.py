"""How much the cycle time would move if it were counted another way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.models.ranks import rank
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
    columns = ["created_on", "started_at", "started_on", "finished_at", "finished_on"]
    done = items[columns][items["finished_on"].notna()]
    if done.empty:
        return Conventions.validate(Conventions.empty())
    since = program.as_of - LATELY
    first, last = done["started_on"], done["finished_on"]
    ours = _days(first, last)
    elapsed = (done["finished_at"] - done["started_at"]).dt.total_seconds().to_numpy() / 86_400
    lately = int((last > since).sum())
    rows = [
        _row("as on this page", ours, lately),
        _row("first day not counted", ours - 1, lately),
        _row(
            "elapsed time, 24 hours are a day",
            np.where(np.isnan(ours), np.nan, np.maximum(elapsed, 0.0)),
            lately,
        ),
        _row("Monday to Friday, no others", _weekdays(first, last), lately),
        _row("from creation instead of first start", _days(done["created_on"], last), lately),
        _first_finish(program, items, since),
        _row("percentiles between two items are interpolated", ours, lately, between=True),
        *(_in_zone(done, zone, since) for zone in OTHER_ZONES if zone != program.time_zone),
    ]
    table = pd.DataFrame(rows)
    return Conventions.validate(
        table.assign(moved_days=table["p85_days"] - table["p85_days"].iloc[0])
    )


def _row(
    convention: str, days: np.ndarray, finished_lately: int, *, between: bool = False
) -> dict[str, object]:
    known = days[~np.isnan(days)]
    median, most = _percentiles(known, between=between) if len(known) else (np.nan, np.nan)
    return {
        "convention": convention,
        "items": len(known),
        "median_days": median,
        "p85_days": most,
        "finished_lately": finished_lately,
    }


def _percentiles(days: np.ndarray, *, between: bool) -> tuple[float, float]:
    if between:
        low, high = np.quantile(days, [_HALF, _MOST])
        return float(low), float(high)
    places = [rank(share, len(days)) for share in (_HALF, _MOST)]
    low, high = np.partition(days, places)[places]
    return float(low), float(high)


def _days(first: pd.Series, last: pd.Series) -> np.ndarray:
    """Calendar days, both ends counted; NaN where one is unknown or they are the wrong way."""
    begun = first.to_numpy().astype("datetime64[D]")
    ended = last.to_numpy().astype("datetime64[D]")
    days: np.ndarray = (ended - begun).astype(np.float64) + 1
    days[np.isnat(begun) | np.isnat(ended) | (ended < begun)] = np.nan
    return days


def _weekdays(first: pd.Series, last: pd.Series) -> np.ndarray:
    known = (last >= first).to_numpy()
    days = np.full(len(first), np.nan)
    days[known] = calendars.working_days(first[known].to_numpy(), last[known].to_numpy())
    return days


def _in_zone(done: pd.DataFrame, zone: str, since: pd.Timestamp) -> dict[str, object]:
    last = calendars.day_of(done["finished_at"], zone)
    days = _days(calendars.day_of(done["started_at"], zone), last)
    return _row(f"days of {zone}", days, int((last > since).sum()))


def _first_finish(program: Program, items: pd.DataFrame, since: pd.Timestamp) -> dict[str, object]:
    """Count up to the first finish: a reopening then is new work, and leaves the item done."""
    finished = instants(items["finished_at"]).copy()
    moves = program.transitions
    if len(moves):
        where = positions(moves["item_id"].cat.categories, items["item_id"])
        entries = np.flatnonzero(program.workflow.codes(moves["to_status"]) == _DONE)[::-1]
        item = where[moves["item_id"].cat.codes.to_numpy()[entries]]
        at = instants(moves["at"])[entries]
        # written from the last to the first, so that the first one stays
        finished[item[item >= 0]] = at[item >= 0]
    first = pd.Series(pd.DatetimeIndex(finished).tz_localize("UTC"), index=items.index)
    last = calendars.day_of(first, program.time_zone)
    days = _days(items["started_on"], last)
    return _row("first finish instead of last", days, int((last > since).sum()))
