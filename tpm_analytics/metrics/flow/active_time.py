"""Which part of the time between start and finish was work."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.flow.blocks import blocked_while
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.tables import Blocks, Items
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.flow import Efficiencies, Stays, TeamEfficiency

_ACTIVE = STAGES.index("active")


def efficiency(
    items: DataFrame[Items], stays: DataFrame[Stays], blocks: DataFrame[Blocks]
) -> DataFrame[Efficiencies]:
    """Active, waiting and blocked time of each finished item.

    Parameters
    ----------
    items
        Reads ``item_id``, ``team``, ``kind``, ``finished_on``.
    stays
        Made of the same items. Reads ``item_id``, ``stage``, ``entered_at``, ``days``,
        ``underway``, ``finished``.
    blocks
        Reads ``item_id``, ``blocked_at``, ``unblocked_at``.

    Returns
    -------
    Efficiencies
        One row per finished item whose moves are known, in the order of ``items``. The three
        times [days of 24 hours] add up to the time from start to finish. ``efficiency`` is the
        active part; NA for an item that started and finished in one moment. Items without moves
        between start and finish are left out.

    Notes
    -----
    A block counts as blocked whatever the status, and once where blocks overlap; its time is
    taken out of the status it fell in. Nights and weekends in an active status count as active:
    no tracker tells when people sat at the work. So read the figure against its own past, not
    against another program's.

    References
    ----------
    .. D. Vacanti, "Actionable Agile Metrics for Predictability", 2015, chapter 2.

    Examples
    --------
    >>> efficiency(Items.empty(), Stays.empty(), Blocks.empty()).empty
    True
    """
    Items.require(items, "item_id", "team", "kind", "finished_on")
    Stays.require(stays, "item_id", "stage", "entered_at", "days", "underway", "finished")
    used = stays["underway"].to_numpy(dtype=bool) & stays["finished"].to_numpy(dtype=bool)
    active = used & (stays["stage"].cat.codes.to_numpy() == _ACTIVE)
    item = stays["item_id"].cat.codes.to_numpy()[used]
    days = stays["days"].to_numpy()[used]
    # stays of an item stand together
    begins = np.flatnonzero(np.diff(item, prepend=-1))
    rows = item[begins]
    whole = np.add.reduceat(days, begins) if len(days) else days
    days *= active[used]
    worked = np.add.reduceat(days, begins) if len(days) else days
    blocked, blocked_active = blocked_while(stays, blocks, used, active)
    worked = np.maximum(worked - blocked_active[rows], 0.0)
    waited = np.maximum(whole - worked - blocked[rows], 0.0)
    share = np.divide(worked, whole, out=np.full(len(rows), np.nan), where=whole > 0)
    columns = items[["item_id", "team", "kind", "finished_on"]]
    return Efficiencies.validate(
        columns.iloc[rows]
        .reset_index(drop=True)
        .assign(
            active_days=worked,
            waiting_days=waited,
            blocked_days=blocked[rows],
            efficiency=np.minimum(share, 1.0),
        )
    )


def team_efficiency(efficiency: DataFrame[Efficiencies]) -> DataFrame[TeamEfficiency]:
    """Where the time of each team's finished items went.

    Parameters
    ----------
    efficiency
        Reads ``team``, ``active_days``, ``waiting_days``, ``blocked_days``, ``efficiency``.

    Returns
    -------
    TeamEfficiency
        One row per team, the least active part first; items of no team are one row of their own.
        ``efficiency`` is all active time over all time; ``median_efficiency`` that of the middling
        item, in which a few very long items weigh no more than others.

    Examples
    --------
    >>> team_efficiency(Efficiencies.empty()).empty
    True
    """
    Efficiencies.require(
        efficiency, "team", "active_days", "waiting_days", "blocked_days", "efficiency"
    )
    teams = efficiency["team"].cat.categories
    # a place of its own for the items of no team
    place = np.where(efficiency["team"].isna(), len(teams), efficiency["team"].cat.codes)
    count = len(teams) + 1
    share = efficiency["efficiency"].to_numpy()
    known = ~np.isnan(share)
    items = np.bincount(place, minlength=count)
    shown = np.flatnonzero(items)
    summed = {
        name: np.bincount(place, weights=efficiency[name].to_numpy(), minlength=count)[shown]
        for name in ("active_days", "waiting_days", "blocked_days")
    }
    whole = sum(summed.values())
    part = np.divide(summed["active_days"], whole, out=np.full(len(shown), np.nan), where=whole > 0)
    return TeamEfficiency.validate(
        pd.DataFrame(
            {
                "team": pd.Categorical.from_codes(
                    np.where(shown < len(teams), shown, -1), dtype=efficiency["team"].dtype
                ),
                "items": items[shown],
                **summed,
                "efficiency": np.minimum(part, 1.0),
                "median_efficiency": nearest_rank(share[known], place[known], count, (0.5,))[
                    shown, 0
                ],
            }
        ).sort_values(["efficiency", "team"], ignore_index=True)
    )
