"""On how few people work hangs, nobody named."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program.keys import among, looked_up
from tpm_analytics.program.tables import Items
from tpm_analytics.results.early_warning import Holders, ItemRoom

# Who finished the work of the last half year knows it
LATELY_DAYS = 182
OPEN_HELD = "open items that somebody holds"
DONE_LATELY = "items finished in it in the last half year"
DAY = pd.Timedelta(days=1)


def holders(
    items: DataFrame[Items],
    *,
    until: pd.Timestamp | None = None,
    room: DataFrame[ItemRoom] | None = None,
) -> DataFrame[Holders]:
    """On how few people the open work of each team hangs, and that of each epic; nobody named.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``team``, ``parent_id``, ``assignee_id``, ``finished_on``.
    until
        Day the program is seen from; without it, epics are left out.
    room
        Of `item_room`; without it nothing is said of the critical path.

    Returns
    -------
    Holders
        One row per team of which somebody holds an open item, and one per open epic of which
        somebody finished an item in the half year before ``until``; the highest ``top_share``
        first. ``basis`` says what was counted.

    Notes
    -----
    ``bus_factor`` is the least number of people who together hold more than half of what is
    counted [1]_: of a team, the open items that anybody holds; of an epic, the items finished in
    the last half year, because who did the work knows it, and open items are often nobody's yet.
    At 1, half of the work stops when that person is away. A handful of items has a low one by
    arithmetic: read it beside ``held_items``.

    References
    ----------
    .. [1] G. Avelino et al., "A novel approach for estimating truck factors", ICPC 2016: the
       fewest developers whose leaving orphans more than half of the files.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2", "A-3"], "assignee_id": ["P-1", "P-1", "P-2"],
    ...     "team": ["Core"] * 3, "created_at": ["2025-03-03T09:00Z"] * 3,
    ... })})
    >>> holders(program.items)[["people", "bus_factor"]].to_dict("records")
    [{'people': 2, 'bus_factor': 1}]
    """
    Items.require(items, "item_id", "title", "team", "parent_id", "assignee_id", "finished_on")
    going = items["finished_on"].isna()
    open_ = items[going & ~among(items["item_id"], items["parent_id"])]
    if open_.empty:
        return Holders.validate(Holders.empty())
    parts = [_of_teams(open_, room)]
    if until is not None:
        parts.append(_of_epics(items, open_, until, room))
    known = [part for part in parts if len(part)]
    told = pd.concat(known or [Holders.empty()])
    return Holders.validate(
        told.reindex(columns=list(Holders.declared()))
        .astype({"since_on": "datetime64[us]", "epic_id": "str", "title": "str"})
        .sort_values(["top_share", "held_items"], ascending=False, ignore_index=True)
    )


def _of_teams(open_: pd.DataFrame, room: pd.DataFrame | None) -> pd.DataFrame:
    named = open_.assign(
        team=open_["team"].astype("str").fillna(""), person=open_["assignee_id"].astype("str")
    )
    told = _concentration(named, "team")
    facts = _open_and_free(named, "team")
    return (
        told.join(facts, on="team")
        .join(_critical(named, "team", room), on="team")
        .assign(team=told["team"].replace("", None), basis=OPEN_HELD)
    )


def _of_epics(
    items: pd.DataFrame, open_: pd.DataFrame, until: pd.Timestamp, room: pd.DataFrame | None
) -> pd.DataFrame:
    lately = (items["finished_on"] > until - LATELY_DAYS * DAY) & (items["finished_on"] <= until)
    done = items[lately & items["parent_id"].notna()]
    done = done.assign(epic_id=done["parent_id"], person=done["assignee_id"].astype("str"))
    told = _concentration(done[among(done["epic_id"], open_["parent_id"])], "epic_id")
    mine = open_.assign(epic_id=open_["parent_id"])
    named = {
        name: looked_up(told["epic_id"], items["item_id"], items[name]).astype("str")
        for name in ("title", "team")
    }
    return (
        told.join(_open_and_free(mine, "epic_id"), on="epic_id")
        .assign(**named)
        .join(_critical(mine, "epic_id", room), on="epic_id")
        .assign(basis=DONE_LATELY, since_on=until - (LATELY_DAYS - 1) * DAY)
    )


def _open_and_free(open_: pd.DataFrame, part: str) -> pd.DataFrame:
    """How many items of each part are open, and how many of them nobody holds."""
    free = open_["assignee_id"].isna().groupby(open_[part])
    return pd.DataFrame({"open_items": free.size(), "free_items": free.sum()})


def _concentration(named: pd.DataFrame, part: str) -> pd.DataFrame:
    """How few people stand for more than half of the rows of each part."""
    held = named.dropna(subset="person")
    each = held.groupby([part, "person"]).size().rename("items").reset_index()
    each = each.sort_values([part, "items"], ascending=[True, False], kind="stable")
    by_part = each.groupby(part)["items"]
    each["total"] = by_part.transform("sum")
    each["needed"] = by_part.cumsum() - each["items"] <= each["total"] / 2
    parts = each.groupby(part)
    told = parts[["items", "needed"]].sum().set_axis(["held_items", "bus_factor"], axis=1)
    told = told.assign(people=parts.size(), top=parts["items"].max())
    return told.assign(top_share=told["top"] / told["held_items"]).reset_index()


def _critical(open_: pd.DataFrame, part: str, room: pd.DataFrame | None) -> pd.Series:
    """Whether any open item of each part is on the critical path; unknown where none tells."""
    known = ItemRoom.empty() if room is None else room
    ItemRoom.require(known, "item_id", "critical")
    told = looked_up(open_["item_id"], known["item_id"], known["critical"])
    return told.groupby(open_[part]).max().rename("critical").astype("boolean")
