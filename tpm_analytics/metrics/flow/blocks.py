"""How long work is blocked, and by what."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.history import instants
from tpm_analytics.program.keys import positions
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Items
from tpm_analytics.results.flow import BlockedTime

_DAY = 86_400_000_000  # microseconds


def blocked_time(program: Program, items: DataFrame[Items]) -> DataFrame[BlockedTime]:
    """Time that items were blocked, by reason.

    Parameters
    ----------
    program
        Reads ``blocks``, the day the program is seen from, its time zone.
    items
        Items that count. Reads ``item_id``, ``finished_at``.

    Returns
    -------
    BlockedTime
        One row per reason, the one that cost most time first; blocks without a reason are a row
        of their own, NA. ``blocked_days`` [days of 24 hours] runs to the end of the block, to the
        finish of its item, or to the end of the day the program is seen from, whichever is first.

    Notes
    -----
    An item blocked for two reasons at once counts for both: each of them alone would have held
    it. So the reasons may add up to more than the blocked time in `efficiency`, which counts
    such a day once.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]}),
    ...     "blocks": pd.DataFrame({"item_id": ["A-1"], "reason": ["vendor"],
    ...         "blocked_at": ["2025-03-04T09:00Z"], "unblocked_at": ["2025-03-05T21:00Z"]}),
    ... })
    >>> blocked_time(program, program.items)[["reason", "blocks", "blocked_days"]]
       reason  blocks  blocked_days
    0  vendor       1           1.5
    """
    Items.require(items, "item_id", "finished_at")
    where = positions(pd.Index(program.blocks["item_id"]), items["item_id"])
    blocks = program.blocks[where >= 0].reset_index(drop=True)
    if blocks.empty:
        return BlockedTime.validate(BlockedTime.empty())
    item = where[where >= 0]
    now = calendars.end_of(program.as_of, program.time_zone)
    finished = items["finished_at"].take(item).reset_index(drop=True)
    ended = blocks["unblocked_at"].fillna(now).clip(upper=now)
    ended = ended.where(~(finished < ended), finished)
    days = (ended - blocks["blocked_at"]).dt.total_seconds().clip(lower=0) / 86_400
    lasting = blocks["unblocked_at"].isna() & finished.isna()
    grouped = blocks.assign(item=item, days=days, lasting=lasting).groupby("reason", dropna=False)
    told = grouped.agg(
        blocks=("days", "size"),
        items=("item", "nunique"),
        blocked_days=("days", "sum"),
        open_now=("lasting", "sum"),
    )
    median = nearest_rank(days.to_numpy(), grouped.ngroup().to_numpy(), len(told), (0.5,))[:, 0]
    told = told.assign(median_days=median).reset_index()
    total = told["blocked_days"].sum()
    return BlockedTime.validate(
        told.assign(share=told["blocked_days"] / total if total else np.nan).sort_values(
            ["blocked_days", "reason"], ascending=[False, True], ignore_index=True
        )
    )


def blocked_while(
    stays: pd.DataFrame, blocks: pd.DataFrame, *during: np.ndarray
) -> list[np.ndarray]:
    """Blocked days of each item within its stays that `during` marks: an array a mark.

    An item's position in an array is that of its category in ``stays``. Overlapping blocks count
    once.
    """
    names = stays["item_id"].cat.categories
    merged = _merged(blocks, names)
    item = stays["item_id"].cat.codes.to_numpy()
    starts = np.flatnonzero(np.r_[True, item[1:] != item[:-1]][: len(item)])
    row, size = np.zeros((2, len(names)), dtype=np.int64)
    row[item[starts]], size[item[starts]] = starts, np.diff(np.r_[starts, len(item)])
    first, sizes = row[merged["item"].to_numpy()], size[merged["item"].to_numpy()]
    # every pair of a block and a stay of its item
    block = np.repeat(np.arange(len(merged)), sizes)
    stay = np.arange(len(block)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    stay += np.repeat(first, sizes)
    entered = instants(stays["entered_at"]).view("int64")[stay]
    left = entered + np.rint(stays["days"].to_numpy()[stay] * _DAY).astype(np.int64)
    begins = np.maximum(entered, merged["begins"].to_numpy()[block])
    ends = np.minimum(left, merged["ends"].to_numpy()[block])
    days = np.maximum(ends - begins, 0) / _DAY
    return [
        np.bincount(item[stay], weights=days * marked[stay], minlength=len(names))
        for marked in during
    ]


def _merged(blocks: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    """Blocks of known items as integer spans by item, those that overlap made one."""
    item = positions(pd.Index(blocks["item_id"]), pd.Series(names))
    ends = instants(blocks["unblocked_at"])
    forever = np.iinfo(np.int64).max
    spans = pd.DataFrame(
        {
            "item": item,
            "begins": instants(blocks["blocked_at"]).view("int64"),
            "ends": np.where(np.isnat(ends), forever, ends.view("int64")),
        }
    )
    spans = spans[(spans["item"] >= 0) & (spans["ends"] > spans["begins"])]
    spans = spans.sort_values(["item", "begins"], ignore_index=True)
    reach = spans.groupby("item")["ends"].cummax().shift()
    apart = (spans["item"] != spans["item"].shift()) | (spans["begins"] > reach)
    return spans.groupby(apart.cumsum()).agg(
        item=("item", "first"), begins=("begins", "first"), ends=("ends", "max")
    )
