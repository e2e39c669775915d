"""How cycle times spread: as a histogram, and by team or kind of work."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.flow.measures import SHARES
from tpm_analytics.models.ranks import nearest_rank, rank
from tpm_analytics.results.flow import CycleTimes, GroupTimes, Histogram

# More bars than these are a comb, and the last of a hundred items would stretch the axis most
BARS = 30
LONGEST_SHARE = 0.98
# widths that people count in: days, a working week, weeks, months
_WIDTHS = (1, 2, 5, 7, 14, 28, 91, 182, 364)


def times_by(
    cycle_times: DataFrame[CycleTimes], *, by: Literal["team", "kind"] = "team"
) -> DataFrame[GroupTimes]:
    """Percentiles of the cycle times of each team, or of each kind of work.

    Parameters
    ----------
    cycle_times
        Reads ``cycle_days``, and ``team`` or ``kind``.
    by
        Column to group by.

    Returns
    -------
    GroupTimes
        One row per group with a finished item, the slowest 85 % first; items of no group are one
        row, NA. Nearest rank, as in `percentiles`.

    Examples
    --------
    >>> times_by(CycleTimes.empty()).empty
    True
    """
    CycleTimes.require(cycle_times, "cycle_days", by)
    names = cycle_times[by].cat.categories
    codes = cycle_times[by].cat.codes.to_numpy().astype(np.int64)
    codes[codes < 0] = len(names)
    days = cycle_times["cycle_days"].to_numpy(dtype=np.int64)
    found = nearest_rank(days, codes, len(names) + 1, (*SHARES, 1.0))
    sizes = np.bincount(codes, minlength=len(names) + 1)
    used = np.flatnonzero(sizes)
    figures = found[used].astype(np.int64)
    table = pd.DataFrame(
        {
            "group": pd.Series([*names, None], dtype="str").iloc[used].to_numpy(),
            "items": sizes[used],
            "median_days": figures[:, 0],
            "p85_days": figures[:, 1],
            "p95_days": figures[:, 2],
            "slowest_days": figures[:, 3],
        }
    )
    return GroupTimes.validate(
        table.sort_values(["p85_days", "median_days"], ascending=False, ignore_index=True)
    )


def histogram(cycle_times: DataFrame[CycleTimes]) -> DataFrame[Histogram]:
    """How many finished items took how long.

    Parameters
    ----------
    cycle_times
        Reads ``cycle_days``.

    Returns
    -------
    Histogram
        One row per span of days, all of one width but the last, which takes what is longer than
        98 of 100 items took. The width is the smallest of 1, 2, 5, 7, 14, ... days that needs no
        more than 30 spans.

    Examples
    --------
    >>> times = CycleTimes.empty().reindex(range(4)).assign(cycle_days=[1, 2, 2, 3])
    >>> histogram(times)[["span", "items"]].to_numpy().tolist()
    [['1', 1], ['2', 2], ['3', 1]]
    """
    CycleTimes.require(cycle_times, "cycle_days")
    days = cycle_times["cycle_days"].to_numpy(dtype=np.int64)
    if not len(days):
        return Histogram.validate(Histogram.empty())
    place = rank(LONGEST_SHARE, len(days))
    longest = int(np.partition(days, place)[place])
    fitting = [width for width in _WIDTHS if longest <= BARS * width]
    width = fitting[0] if fitting else -(-longest // BARS)
    bars = -(-longest // width)
    counts = np.bincount(np.minimum((days - 1) // width, bars), minlength=bars + 1)
    starts = np.arange(bars + 1) * width + 1
    names = [_span(int(start), width) for start in starts[:bars]] + [f"{starts[bars]} and more"]
    kept = bars + 1 if counts[bars] else bars
    return Histogram.validate(
        pd.DataFrame(
            {
                "span": pd.Series(names[:kept], dtype="str"),
                "from_days": starts[:kept],
                "items": counts[:kept],
                "share": counts[:kept] / len(days),
            }
        )
    )


def _span(start: int, width: int) -> str:
    return str(start) if width == 1 else f"{start}–{start + width - 1}"
