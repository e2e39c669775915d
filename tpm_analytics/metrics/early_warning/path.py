"""Which open items lie on the critical path, and how many wait for each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.models import reach
from tpm_analytics.program.keys import among, looked_up, says
from tpm_analytics.program.tables import Items, Links
from tpm_analytics.results.early_warning import ItemRoom
from tpm_analytics.results.schedule import Schedule

# Kinds of links of which the first end must be finished before the second can be
FINISH_FIRST = frozenset({"blocks", "depends", "fs", "ff"})
# Less room than this is none: the schedule is exact to a thousandth of a day
NO_ROOM = 1e-3
# No tracker nests work deeper; a parent that is its own grandchild would never end
DEEPEST = 20


def item_room(
    items: DataFrame[Items], links: DataFrame[Links], schedule: DataFrame[Schedule]
) -> DataFrame[ItemRoom]:
    """How much room each open item has, by the schedule of what it is part of.

    Parameters
    ----------
    items
        Of the whole program, epics too. Reads ``item_id``, ``parent_id``, ``finished_on``.
    links
        Reads ``from_id``, ``to_id``, ``kind``; kinds of `FINISH_FIRST` count.
    schedule
        Of epics, or of activities that items are part of. Reads ``activity_id``, ``state``,
        ``total_float_days``.

    Returns
    -------
    ItemRoom
        One row per open item that holds no others. ``room_days`` and ``critical`` are NA where
        neither the item nor anything that waits for it is part of scheduled work.

    Notes
    -----
    An item is part of the nearest scheduled work above it, or is it itself. Its room is the total
    float of that, or less: the least of all that waits for it, because what is critical cannot be
    finished before what it waits for. ``behind`` counts what waits directly and by way of others.
    """
    Items.require(items, "item_id", "parent_id", "finished_on")
    Links.require(links, "from_id", "to_id", "kind")
    Schedule.require(schedule, "activity_id", "state", "total_float_days")
    whole = ~among(items["item_id"], items["parent_id"])
    going = items[whole & items["finished_on"].isna()].reset_index(drop=True)
    ahead = schedule[schedule["state"] != "finished"]
    owner = _owner(going["item_id"], items, ahead["activity_id"])
    room = looked_up(owner, ahead["activity_id"], ahead["total_float_days"])
    before, after = ends_among(links, going["item_id"])
    least = room.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    start, node = reach.reached(before, after, np.arange(len(going)))
    np.fmin.at(least, start, room.to_numpy(dtype=np.float64)[node])
    return ItemRoom.validate(
        going[["item_id"]].assign(
            activity_id=owner,
            room_days=least,
            critical=pd.Series(least <= NO_ROOM, dtype="boolean").mask(np.isnan(least)),
            behind=np.bincount(start, minlength=len(going)),
        )
    )


def _owner(keys: pd.Series, items: pd.DataFrame, scheduled: pd.Series) -> pd.Series:
    """Nearest of the item itself and what it is part of that is scheduled; NA where none is."""
    at = keys
    for _ in range(DEEPEST):
        found = among(at, scheduled)
        above = at.where(found, looked_up(at, items["item_id"], items["parent_id"]))
        if above.equals(at) or above[~found].isna().all():
            break
        at = above
    return at.where(among(at, scheduled))


def ends_among(links: pd.DataFrame, keys: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Positions in `keys` of both ends of the links that order two of them."""
    rows = links.loc[says(links["kind"], FINISH_FIRST), ["from_id", "to_id"]].drop_duplicates()
    index = pd.Index(keys.astype(object))
    before, after = (index.get_indexer(pd.Index(rows[end].astype(object))) for end in rows)
    inside = (before >= 0) & (after >= 0)
    return before[inside], after[inside]


def with_room(rows: pd.DataFrame, key: str, room: pd.DataFrame | None) -> pd.DataFrame:
    """Rows with what `item_room` tells of their items; all unknown without it."""
    known = ItemRoom.empty() if room is None else room
    ItemRoom.require(known, "item_id", "room_days", "critical", "behind")
    told = ["room_days", "critical"] if "behind" in rows else ["room_days", "critical", "behind"]
    return rows.assign(
        **{name: looked_up(rows[key], known["item_id"], known[name]) for name in told}
    )
