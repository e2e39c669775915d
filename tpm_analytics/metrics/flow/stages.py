"""Where the time of items goes, and which open item is old for where it stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.keys import positions
from tpm_analytics.program.tables import Items
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.flow import Ageing, Paces, Stays, TimeInStatus

# The lines of an ageing chart: half, most, the promise, nearly all
PACE_SHARES = (0.5, 0.7, 0.85, 0.95)
# Of fewer finished items a percentile says little: an item more or less moves 95 % to the maximum
ENOUGH = 20
_DONE = STAGES.index("done")


def time_in_status(stays: DataFrame[Stays]) -> DataFrame[TimeInStatus]:
    """How long items stay in each status, and which part of their time that is.

    Parameters
    ----------
    stays
        Reads ``item_id``, ``status``, ``stage``, ``days``, ``left_on``, ``underway``.

    Returns
    -------
    TimeInStatus
        One row per status in which any item was, in the order work passes them; of done only the
        stays that a reopening ended. ``median_days`` and ``p85_days`` [days of 24 hours] are of
        single stays that have ended, nearest rank; NA where none has. ``share`` is of all time
        between start and finish, stays that last included.

    Notes
    -----
    Half-days count as half: these are elapsed hours, not the calendar days of a cycle time,
    because a stay of ten minutes in a status is not a day of it.

    Examples
    --------
    >>> time_in_status(Stays.empty()).empty
    True
    """
    Stays.require(stays, "item_id", "status", "stage", "days", "left_on", "underway")
    names = stays["status"].cat.categories
    status = stays["status"].cat.codes.to_numpy()
    days = stays["days"].to_numpy()
    underway = stays["underway"].to_numpy(dtype=bool)
    counted = underway | (stays["stage"].cat.codes.to_numpy() != _DONE)
    ended = counted & ~np.isnat(stays["left_on"].to_numpy())
    quantiles = nearest_rank(days, np.where(ended, status, -1), len(names), (0.5, 0.85))
    # a place for each status and whether the stay counts, and whether it was under way
    place = status.astype(np.int64)
    place *= 3
    place += counted
    place += underway
    _, idle, spent = np.bincount(place, weights=days, minlength=3 * len(names)).reshape(-1, 3).T
    here = np.bincount(status[counted & ~ended], minlength=len(names))
    # a place for each item, status and whether the stay counts
    met = np.zeros((len(stays["item_id"].cat.categories), len(names), 2), dtype=bool)
    place = stays["item_id"].cat.codes.to_numpy() * np.int64(2 * len(names))
    place += status
    place += status
    place += counted
    met.ravel()[place] = True
    items = np.count_nonzero(met[:, :, 1], axis=0)
    stage = np.zeros(len(names), dtype=np.int8)
    stage[status] = stays["stage"].cat.codes.to_numpy()
    shown = np.flatnonzero(items)
    return TimeInStatus.validate(
        pd.DataFrame(
            {
                "status": pd.Categorical.from_codes(shown, categories=names),
                "stage": pd.Categorical.from_codes(stage[shown], categories=list(STAGES)),
                "items": items[shown],
                "here_now": here[shown],
                "median_days": quantiles[shown, 0],
                "p85_days": quantiles[shown, 1],
                "total_days": (idle + spent)[shown],
                "share": spent[shown] / spent.sum() if spent.sum() else np.nan,
            }
        )
    )


def paces(stays: DataFrame[Stays], *, shares: Sequence[float] = PACE_SHARES) -> DataFrame[Paces]:
    """How old finished items were when they left each status for the last time.

    Parameters
    ----------
    stays
        Reads ``item_id``, ``status``, ``stage``, ``age_days``, ``underway``, ``finished``.
    shares
        Shares of items to answer for, each above 0 and up to 1, in rising order.

    Returns
    -------
    Paces
        One row per status and share, in the order work passes the statuses. ``age_days``
        [calendar days] counts from the day work began, that day too; ``from_days`` is that of the
        share before, so that the shares can be drawn as bands. Statuses that no finished
        item passed between its start and its finish are left out.

    Notes
    -----
    A percentile of the whole cycle time warns late: an item that is still in its first status
    after as many days as most need for everything has been in trouble for long. So an open
    item is held against what finished ones had needed up to the same point [1]_. The last leave
    counts, because an item that came back was not through with the status before.

    References
    ----------
    .. [1] D. Vacanti, "Actionable Agile Metrics for Predictability", 2015, chapter 11.

    Examples
    --------
    >>> paces(Stays.empty()).empty
    True
    """
    passed, ages, names = _last_leaves(stays)
    status = np.repeat(np.arange(len(names)), passed)
    quantiles = nearest_rank(ages, status, len(names), shares)
    shown = np.flatnonzero(passed)
    many = len(shares)
    ages_left = quantiles[shown].astype(np.int64)
    return Paces.validate(
        pd.DataFrame(
            {
                "status": pd.Categorical.from_codes(np.repeat(shown, many), categories=names),
                "share": np.tile(np.asarray(shares, dtype=np.float64), len(shown)),
                "items": np.repeat(passed[shown], many),
                "from_days": np.insert(ages_left[:, :-1], 0, 1, axis=1).ravel(),
                "age_days": ages_left.ravel(),
            }
        )
    )


def ageing(
    items: DataFrame[Items], stays: DataFrame[Stays], *, until: pd.Timestamp
) -> DataFrame[Ageing]:
    """Open items against what finished ones needed up to the same status.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``team``, ``status``, ``assignee_id``, ``started_on``,
        ``finished_on``.
    stays
        Of the same items, and finished ones to hold them against. Reads the columns of `paces`.
    until
        Day the program is seen from.

    Returns
    -------
    Ageing
        One row per item begun and not finished, those first that are oldest for the status they
        are in. ``older_than`` is the share of finished items that had left the status at a lower
        age; NA where fewer than 20 passed it.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "status": ["Doing"], "started_at": ["2025-03-03T09:00Z"],
    ... })})
    >>> until = pd.Timestamp("2025-03-05")
    >>> ageing(program.items, Stays.empty(), until=until)[["age_days", "older_than"]]
       age_days  older_than
    0         3         NaN
    """
    Items.require(items, "item_id", "title", "team", "status", "assignee_id")
    Items.require(items, "started_on", "finished_on")
    going = items[items["finished_on"].isna() & (items["started_on"] <= until)]
    age = (until - going["started_on"]).dt.days.to_numpy() + 1
    sizes, ages, names = _last_leaves(stays)
    bounds = np.r_[0, np.cumsum(sizes)]
    now = positions(pd.Index(going["status"]), pd.Series(names))
    older = np.full(len(going), np.nan)
    for status in np.unique(now[now >= 0]):
        if sizes[status] >= ENOUGH:
            counts = np.bincount(ages[bounds[status] : bounds[status + 1]])
            here = now == status
            # how many were younger than each age, up to one above all of them
            younger = np.r_[0, counts.cumsum()]
            older[here] = younger[np.minimum(age[here], len(counts))] / sizes[status]
    return Ageing.validate(
        going.assign(age_days=age, older_than=older).sort_values(
            ["older_than", "age_days", "item_id"],
            ascending=[False, False, True],
            ignore_index=True,
        )
    )


def _last_leaves(stays: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Age of each finished item at its last leave of each status, status by status.

    First comes how many items left each status, last which statuses there are.
    """
    Stays.require(stays, "item_id", "status", "stage", "age_days", "underway", "finished")
    names = stays["status"].cat.categories
    used = stays["underway"].to_numpy(dtype=bool) & stays["finished"].to_numpy(dtype=bool)
    used &= stays["stage"].cat.codes.to_numpy() != _DONE
    rows = np.flatnonzero(used)
    count = len(stays["item_id"].cat.categories)
    key = stays["status"].cat.codes.to_numpy()[rows] * np.int64(count)
    key += stays["item_id"].cat.codes.to_numpy()[rows]
    last = np.zeros(len(names) * count, dtype=np.int32)
    # stays are in order of time, and the last one written stays
    last[key] = stays["age_days"].to_numpy(dtype=np.int64, na_value=0)[rows]
    passed = np.count_nonzero(last.reshape(len(names), count), axis=1)
    return passed, last[last > 0], names
