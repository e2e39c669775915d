"""Chains of open work that cannot go on, and where each is held up."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.early_warning.path import ends_among, with_room
from tpm_analytics.models import reach
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Blocks, Items, Links
from tpm_analytics.results.early_warning import BlockedChains, ItemRoom

# Two items waiting one for the other are daily work; three in a row are a chain
CHAIN_STEPS = 3
FLAGGED, CIRCLE, UNBEGUN, GOING = (
    "flagged as blocked",
    "waits in a circle",
    "not begun",
    "under way",
)
SHOWN = 6


def blocked_chains(
    items: DataFrame[Items],
    links: DataFrame[Links],
    blocks: DataFrame[Blocks],
    *,
    until: pd.Timestamp,
    room: DataFrame[ItemRoom] | None = None,
) -> DataFrame[BlockedChains]:
    """Chains of open items in which each waits for the one before, and where each is held up.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``team``, ``status``, ``created_on``, ``started_on``,
        ``finished_on``.
    links
        Reads ``from_id``, ``to_id``, ``kind``; kinds of `FINISH_FIRST` count.
    blocks
        Reads ``item_id``, ``blocked_on``, ``unblocked_at``, ``reason``.
    until
        Day the program is seen from.
    room
        Of `item_room`; without it nothing is said of the critical path.

    Returns
    -------
    BlockedChains
        One row per head of a chain: an open item that waits for no other open item, with three
        items or more in a row, or two where the head is flagged as blocked; and one row per
        circle. Critical ones first, then those with most items behind.

    Notes
    -----
    ``since_on`` is the day of the flag; without one, the day from which the head and the first
    item that waits for it both existed, because no source tells when a link was made.
    """
    Items.require(items, "item_id", "title", "team", "status", "created_on", "started_on")
    Items.require(items, "finished_on")
    Links.require(links, "from_id", "to_id", "kind")
    Blocks.require(blocks, "item_id", "blocked_on", "unblocked_at", "reason")
    going = items[items["finished_on"].isna()].reset_index(drop=True)
    before, after = ends_among(links, going["item_id"])
    if not len(before):
        return BlockedChains.validate(BlockedChains.empty())
    flags = _flags(blocks, until)
    flagged = among(going["item_id"], flags["item_id"]).to_numpy()
    found = _heads(going, before, after, flagged)
    if found.empty:
        return BlockedChains.validate(BlockedChains.empty())
    head = found["head"].to_numpy()
    flag = flags.set_index("item_id").reindex(going["item_id"].iloc[head]).reset_index(drop=True)
    since = flag["blocked_on"].fillna(_both_exist(going, before, after, head))
    told = found.join(going.iloc[head].drop(columns="item_id").reset_index(drop=True)).assign(
        head_id=going["item_id"].iloc[head].to_numpy(),
        reason=flag["reason"],
        since_on=since,
        waiting_days=(until - since).dt.days + 1,
    )
    return BlockedChains.validate(
        with_room(told, "head_id", room).sort_values(
            ["critical", "behind", "waiting_days", "head_id"],
            ascending=[False, False, False, True],
            ignore_index=True,
        )
    )


def _flags(blocks: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    lasting = blocks[blocks["unblocked_at"].isna() & (blocks["blocked_on"] <= until)]
    return lasting.sort_values("blocked_on", kind="stable").drop_duplicates("item_id")


def _both_exist(
    going: pd.DataFrame, before: np.ndarray, after: np.ndarray, head: np.ndarray
) -> pd.Series:
    """First day on which each head and one of what waits for it both existed."""
    born = going["created_on"]
    pairs = pd.DataFrame({"head": before, "born": born.iloc[after].to_numpy()})
    first = pairs.groupby("head")["born"].min().reindex(head).to_numpy()
    own = born.iloc[head].reset_index(drop=True)
    return own.where(own > first, pd.Series(first)).where(own.notna())


def _heads(
    going: pd.DataFrame, before: np.ndarray, after: np.ndarray, flagged: np.ndarray
) -> pd.DataFrame:
    """Heads of chains by position, with what lies behind each; a circle is one head."""
    count = len(going)
    label = reach.groups(count, before, after)
    size = np.bincount(label)
    first = np.full(len(size), count)
    np.minimum.at(first, label, np.arange(count))
    apart = label[before] != label[after]
    source, target = label[before][apart], label[after][apart]
    waits = np.isin(np.arange(len(size)), target)
    heads = np.flatnonzero(~waits & (np.isin(np.arange(len(size)), source) | (size > 1)))
    ways = reach.longest_way(len(size), source, target, heads)
    start, node = reach.reached(source, target, heads)
    owners = pd.Series(going["team"].astype("str"))
    ids = going["item_id"].to_numpy(dtype=object)[np.argsort(label, kind="stable")]
    members = [part.tolist() for part in np.split(ids, np.cumsum(size)[:-1])]
    rows = []
    for number, way in enumerate(ways):
        own = label == heads[number]
        later = np.isin(label, node[start == number])
        steps = int(size[way].sum())
        circle = size[heads[number]] > 1
        if steps < CHAIN_STEPS and not circle and not flagged[first[heads[number]]]:
            continue
        waiting = later | (own & (np.arange(count) != first[heads[number]]))
        others = sorted(set(owners[waiting].dropna()) - {owners[first[heads[number]]]})
        rows.append(
            {
                "head": int(first[heads[number]]),
                "behind": int(waiting.sum()),
                "teams": ", ".join(others) or None,
                "steps": steps,
                "chain": _in_words([members[group] for group in way]),
                "held_by": _held(going, int(first[heads[number]]), flagged, circle=bool(circle)),
            }
        )
    return pd.DataFrame(rows)


def _held(going: pd.DataFrame, head: int, flagged: np.ndarray, *, circle: bool) -> str:
    begun = pd.notna(going["started_on"].iloc[head])
    return str(np.select([circle, flagged[head], not begun], [CIRCLE, FLAGGED, UNBEGUN], GOING))


def _in_words(groups: list[list[str]]) -> str:
    """Keys of a chain in the order of waiting; those of a circle stand together."""
    names = [
        group[0] if len(group) == 1 else f"({', '.join(group[:SHOWN])} in a circle)"
        for group in groups
    ]
    more = len(names) - SHOWN
    return " → ".join([*names[:SHOWN], *([f"{more} more"] if more > 0 else [])])
