"""Whether larger estimates take longer: sizes of finished items against their cycle times."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.program.keys import looked_up
from tpm_analytics.program.tables import Items
from tpm_analytics.results.flow import CycleTimes
from tpm_analytics.results.velocity import SizeFit, SizeTimes

# The quarter and the half of the items, and what most promises are made at
_SHARES = {"low_days": 0.25, "median_days": 0.5, "high_days": 0.85}
# Fewer finished items of a size say nothing about the size
FEWEST_ITEMS = 5


def size_times(
    cycle_times: DataFrame[CycleTimes], items: DataFrame[Items], *, fewest: int = FEWEST_ITEMS
) -> DataFrame[SizeTimes]:
    """Days that finished items of each estimate took.

    Parameters
    ----------
    cycle_times
        Reads ``item_id``, ``cycle_days``.
    items
        Reads ``item_id``, ``points``: the estimate as it is now.
    fewest
        Estimates that fewer finished items carry are left out.

    Returns
    -------
    SizeTimes
        One row per estimate, the smallest first. Percentiles are nearest ranks, as in
        `flow.percentiles`. Items without an estimate or without a start are left out.

    Raises
    ------
    ParameterError
        If ``fewest`` is below 1.

    Examples
    --------
    >>> size_times(CycleTimes.empty(), Items.empty()).empty
    True
    """
    if fewest < 1:
        raise ParameterError(f"fewest={fewest} is no number of items.", hint="1 or more")
    sized = _sized(cycle_times, items).dropna(subset="points")
    sized = sized.sort_values(["points", "cycle_days"], kind="stable", ignore_index=True)
    groups = sized.groupby("points")["cycle_days"]
    counts = groups.size()
    firsts = counts.cumsum() - counts
    days = sized["cycle_days"].to_numpy()
    ranks = {
        # rounded first, so that 0.85 x 20 is 17 and not 17.000000000000004
        name: firsts + np.ceil((counts * share).round(9)).astype("int64") - 1
        for name, share in _SHARES.items()
    }
    found = pd.DataFrame({"items": counts} | {name: days[rank] for name, rank in ranks.items()})
    return SizeTimes.validate(found[counts >= fewest].reset_index())


def size_fit(cycle_times: DataFrame[CycleTimes], items: DataFrame[Items]) -> DataFrame[SizeFit]:
    """How well the estimate tells how long an item takes, in one figure.

    Parameters
    ----------
    cycle_times
        Reads ``item_id``, ``cycle_days``.
    items
        Reads ``item_id``, ``points``.

    Returns
    -------
    SizeFit
        One row, or none where fewer than two sizes or two times are known. ``rank_correlation``
        is 1 if every larger item took longer, 0 if the size tells nothing.

    Notes
    -----
    Spearman's rank correlation, ties at their mean rank: cycle times are skewed, and estimates
    are ranks more than amounts, so the usual correlation would measure the few slowest items.

    Examples
    --------
    >>> size_fit(CycleTimes.empty(), Items.empty()).empty
    True
    """
    sized = _sized(cycle_times, items)
    known = sized.dropna(subset="points")
    if known["points"].nunique() < 2 or known["cycle_days"].nunique() < 2:
        return SizeFit.validate(SizeFit.empty())
    ranks = known[["points", "cycle_days"]].astype(float).rank()
    correlation = np.corrcoef(ranks["points"], ranks["cycle_days"])[0, 1]
    return SizeFit.validate(
        pd.DataFrame(
            {
                "items": [len(known)],
                "without_estimate": [len(sized) - len(known)],
                "rank_correlation": [float(np.clip(correlation, -1, 1))],
            }
        )
    )


def _sized(cycle_times: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    CycleTimes.require(cycle_times, "item_id", "cycle_days")
    Items.require(items, "item_id", "points")
    return pd.DataFrame(
        {
            "points": looked_up(cycle_times["item_id"], items["item_id"], items["points"]),
            "cycle_days": cycle_times["cycle_days"].astype("int64"),
        }
    )
