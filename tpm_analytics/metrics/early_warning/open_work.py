"""What the tracker alone says of trouble ahead, where no register of risks does."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import check_share
from tpm_analytics.metrics.early_warning.path import with_room
from tpm_analytics.program.keys import among, says
from tpm_analytics.program.tables import Blocks, Items, Links
from tpm_analytics.results.early_warning import BlockedItems, ItemRoom, Overdue, WaitingLinks

# Below this many finished items of a kind its percentile is noise: all kinds together then.
# Twenty make the 85th percentile the 17th value, with three beyond it
ENOUGH = 20
# Kinds of links of which the first end must be finished before the second can be
FINISH_FIRST = frozenset({"blocks", "fs", "ff"})


def overdue(
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    share: float = 0.85,
    room: DataFrame[ItemRoom] | None = None,
) -> DataFrame[Overdue]:
    """Open items that are older than the time within which most items of their kind were done.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``kind``, ``team``, ``status``, ``parent_id``,
        ``created_on``, ``started_on``, ``finished_on``.
    until
        Day the program is seen from.
    share
        Share of the finished items that "most" means.
    room
        Of `item_room`; without it nothing is said of the critical path.

    Returns
    -------
    Overdue
        One row per such item, those on the critical path first, then the oldest. Ages count both
        end days. Left out: open items that were not begun, all where nothing was finished yet,
        and items that have parts, such as epics: their parts are looked at.

    Raises
    ------
    ParameterError
        If `share` lies outside 0 to 1.

    Notes
    -----
    The limit is the nearest-rank percentile of the times of finished items of the same kind, or
    of all kinds where fewer than `ENOUGH` are finished: a feature is not late because a bug would
    be [1]_. Time is counted from the start of work. Where the source knows no start of any item,
    it is counted from creation, for finished and open items alike, and ``counted_from`` says so.

    References
    ----------
    .. [1] D. Vacanti, "Actionable Agile Metrics for Predictability", 2015, on the ageing chart.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "started_at": ["2025-03-03T09:00Z", "2025-03-03T09:00Z"],
    ...     "finished_at": ["2025-03-07T09:00Z", None],
    ... })})
    >>> overdue(program.items, until=pd.Timestamp("2025-03-14"))[
    ...     ["item_id", "age_days", "limit_days"]
    ... ]
      item_id  age_days  limit_days
    0     A-2        12           5
    """
    Items.require(items, "item_id", "title", "kind", "team", "status", "parent_id")
    Items.require(items, "created_on", "started_on", "finished_on")
    check_share("share", share)
    begins, clock = (
        ("started_on", "start")
        if items["started_on"].notna().any()
        else (
            "created_on",
            "creation",
        )
    )
    whole = ~among(items["item_id"], items["parent_id"])
    known = items[whole & (items[begins] <= items["finished_on"].fillna(until))]
    last = known["finished_on"].fillna(until)
    known = known.assign(age_days=(last - known[begins]).dt.days + 1, since_on=known[begins])
    done = known[known["finished_on"].notna()]
    if done.empty:
        return Overdue.validate(Overdue.empty())
    going = known[known["finished_on"].isna()]
    by_kind = done["age_days"].groupby(done["kind"].astype("str"))
    enough = by_kind.filter(lambda days: len(days) >= ENOUGH)
    of_kind = enough.groupby(done["kind"].astype("str")).agg(_nearest_rank, share=share)
    limit = going["kind"].astype("str").map(of_kind).astype("float64")
    going = going.assign(
        limit_days=limit.fillna(_nearest_rank(done["age_days"], share)).astype("int64"),
        counted_from=clock,
    )
    late = with_room(going[going["age_days"] > going["limit_days"]], "item_id", room)
    return Overdue.validate(
        late.assign(first=late["critical"].fillna(value=False))
        .sort_values(["first", "age_days", "item_id"], ascending=[False, False, True])
        .reset_index(drop=True)
    )


def _nearest_rank(days: pd.Series, share: float) -> int:
    """Smallest of `days` that covers `share` of them."""
    ordered = np.sort(days.to_numpy())
    # rounded first, so that 0.85 x 20 is 17 and not 17.000000000000004
    return int(ordered[int(np.ceil(round(share * len(ordered), 9))) - 1])


def blocked(
    blocks: DataFrame[Blocks], items: DataFrame[Items], *, until: pd.Timestamp
) -> DataFrame[BlockedItems]:
    """Open items that are blocked now, and for how long.

    Parameters
    ----------
    blocks
        Reads ``item_id``, ``blocked_on``, ``unblocked_at``, ``reason``.
    items
        Reads ``item_id``, ``title``, ``team``, ``finished_on``.
    until
        Day the program is seen from.

    Returns
    -------
    BlockedItems
        One row per blocked item, the longest first; both end days count. Of an item with several
        open blocks the first counts. Blocks of finished items are left out: what is done waits
        for nothing.
    """
    Blocks.require(blocks, "item_id", "blocked_on", "unblocked_at", "reason")
    Items.require(items, "item_id", "title", "team", "finished_on")
    going = items.loc[items["finished_on"].isna(), ["item_id", "title", "team"]]
    lasting = blocks[blocks["unblocked_at"].isna() & (blocks["blocked_on"] <= until)]
    first = lasting.sort_values("blocked_on", kind="stable").drop_duplicates("item_id")
    told = first[["item_id", "blocked_on", "reason"]].merge(going, on="item_id")
    days = (until - told["blocked_on"]).dt.days + 1
    return BlockedItems.validate(
        told.assign(blocked_days=days).sort_values(
            ["blocked_days", "item_id"], ascending=[False, True], ignore_index=True
        )
    )


def waiting_links(
    links: DataFrame[Links], items: DataFrame[Items], *, until: pd.Timestamp, team: str = ""
) -> DataFrame[WaitingLinks]:
    """Open items that wait for an open item of another team.

    Parameters
    ----------
    links
        Reads ``from_id``, ``to_id``, ``kind``; kinds of `FINISH_FIRST` count.
    items
        Of the whole program, because both ends are needed. Reads ``item_id``, ``title``,
        ``team``, ``status``, ``created_on``, ``started_on``, ``finished_on``.
    until
        Day the program is seen from.
    team
        Team that waits or is waited for; empty for all.

    Returns
    -------
    WaitingLinks
        One row per link, the oldest first. Left out: links of which an end is not among the
        items, is finished, or belongs to no team.

    Notes
    -----
    No source tells when a link was made, so ``waiting_days`` counts from the day on which both
    items existed: the link cannot be older. An item that was begun all the same is the more
    dangerous one, because its finish hangs on others without anybody having planned it.
    """
    Links.require(links, "from_id", "to_id", "kind")
    Items.require(items, "item_id", "title", "team", "status")
    Items.require(items, "created_on", "started_on", "finished_on")
    going = items.loc[
        items["finished_on"].isna() & items["team"].notna(),
        ["item_id", "title", "team", "status", "created_on", "started_on"],
    ]
    binding = links.loc[says(links["kind"], FINISH_FIRST), ["from_id", "to_id"]].drop_duplicates()
    both = binding.merge(
        going.add_prefix("from_").rename(columns={"from_item_id": "from_id"}), on="from_id"
    )
    both = both.merge(going.add_prefix("to_").rename(columns={"to_item_id": "to_id"}), on="to_id")
    awaited, waits = both["from_team"].astype("str"), both["to_team"].astype("str")
    apart = both[(awaited != waits) & ((awaited == team) | (waits == team) | (not team))]
    since = apart[["from_created_on", "to_created_on"]].max(axis="columns", skipna=False)
    told = apart.assign(
        to_begun=apart["to_started_on"].notna(), waiting_days=(until - since).dt.days + 1
    )
    return WaitingLinks.validate(
        told.sort_values(
            ["waiting_days", "to_id", "from_id"], ascending=[False, True, True], ignore_index=True
        )
    )
