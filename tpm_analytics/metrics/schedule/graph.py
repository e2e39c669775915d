"""Whether the links between tracker items can be trusted: what schedule checks are to a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule.plan import FINISH_FIRST, circle_of
from tpm_analytics.models.network import cycles
from tpm_analytics.program.keys import among, looked_up
from tpm_analytics.program.tables import Items, Links
from tpm_analytics.results.schedule import IssueGraph, IssueGraphCases

# An estimate older than two quarters was made for another program
STALE_DAYS = 182
SHOWN = 3
EPIC = "epic"
DAY = pd.Timedelta(days=1)
FINDINGS = {
    "circle": "Items that wait for one another in a circle",
    "across": "Open blockers in another team",
    "empty": "Open epics without items",
    "stale": "Estimates older than half a year on work not begun",
    "early": "Done while what blocks it is not",
    "turned": "Links the wrong way round",
}
REMEDIES = {
    "circle": "Remove or turn round one link of each circle.",
    "across": "Agree on a day with the other team.",
    "empty": "Fill the epic, or close it.",
    "stale": "Estimate anew, or drop the item.",
    "early": "Close the blocker, or remove the link: it did not block.",
    "turned": "Turn the link round: what is said to block could not.",
}


def issue_graph_cases(
    items: DataFrame[Items], links: DataFrame[Links], *, until: pd.Timestamp
) -> DataFrame[IssueGraphCases]:
    """What is wrong in the links of tracker items, a row each.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``kind``, ``team``, ``created_on``, ``started_on``,
        ``finished_on``, ``points``, ``estimate_hours``, ``parent_id``.
    links
        Reads ``from_id``, ``to_id``, ``kind``; kinds ``blocks``, ``depends`` and ``FS`` count, in
        whatever case.
    until
        Day the program is seen from.

    Returns
    -------
    IssueGraphCases
        Finding by finding, those of open work before those of the past, the oldest first. Left
        out: links of which an end was not loaded. A circle has one row, and ``detail`` names its
        items in the order of waiting.

    Notes
    -----
    *Done before its blocker*: the blocked item is finished, and its blocker is open or finished
    later. *The wrong way round*: an item is blocked by its own parent, which cannot be finished
    before it; or its blocker was begun only after it was finished. *Stale*: created more than
    half a year ago, estimated, and not begun; trackers do not tell when an estimate was made.
    """
    Items.require(items, "item_id", "title", "kind", "team", "created_on", "started_on")
    Items.require(items, "finished_on", "points", "estimate_hours", "parent_id")
    Links.require(links, "from_id", "to_id", "kind")
    pairs = _pairs(items, links)
    parts = [
        _circles(items, pairs, until),
        *_order(pairs, until),
        _stale(items, until),
        _empty_epics(items, until),
    ]
    found = [part for part in parts if len(part)]
    if not found:
        return IssueGraphCases.validate(IssueGraphCases.empty())
    rows = pd.concat(found, ignore_index=True)
    place = rows["finding"].map({name: number for number, name in enumerate(FINDINGS.values())})
    return IssueGraphCases.validate(rows.iloc[place.argsort(kind="stable")].reset_index(drop=True))


def issue_graph(
    cases: DataFrame[IssueGraphCases], items: DataFrame[Items], links: DataFrame[Links]
) -> DataFrame[IssueGraph]:
    """How often each thing is wrong in the links of tracker items.

    Parameters
    ----------
    cases
        Reads ``finding``, ``item_id``, ``detail``.
    items, links
        As in `issue_graph_cases`.

    Returns
    -------
    IssueGraph
        One row per finding looked for, those not found too; no rows where there is no item.
        ``share`` is of the links that order work, or of the open items or epics.
    """
    IssueGraphCases.require(cases, "finding", "item_id", "detail")
    Items.require(items, "item_id", "kind", "finished_on", "parent_id")
    if items.empty:
        return IssueGraph.validate(IssueGraph.empty())
    ordering = len(_pairs(items, links))
    going = items["finished_on"].isna()
    epics = _is_epic(items) & going
    of = {"stale": int(going.sum()), "empty": int(epics.sum())}
    rows = []
    for key, finding in FINDINGS.items():
        ours = cases[cases["finding"] == finding]
        whole = of.get(key, ordering)
        named = ours["detail"] if key == "circle" else ours["item_id"]
        more = len(named) - SHOWN
        worst = "; ".join(named.head(SHOWN)) + (f"; {more} more" if more > 0 else "")
        rows.append(
            {
                "finding": finding,
                "cases": len(ours),
                "of": whole,
                "share": np.nan if key == "circle" or not whole else len(ours) / whole,
                "worst": worst or None,
                "remedy": REMEDIES[key],
            }
        )
    return IssueGraph.validate(pd.DataFrame(rows))


def _pairs(items: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Links that order items which were loaded, with what is known of both ends, each once."""
    kinds = links["kind"].astype("str").str.strip().str.casefold()
    ends = links.loc[kinds.isin(FINISH_FIRST), ["from_id", "to_id"]].drop_duplicates()
    known = among(ends["from_id"], items["item_id"]) & among(ends["to_id"], items["item_id"])
    pairs = ends[known].reset_index(drop=True)
    wanted = ["title", "team", "created_on", "started_on", "finished_on", "parent_id"]
    told = {
        f"{end}_{name}": looked_up(pairs[f"{end}_id"], items["item_id"], items[name])
        for end in ("from", "to")
        for name in wanted
    }
    return pairs.assign(**told)


def _circles(items: pd.DataFrame, pairs: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    index = pd.Index(items["item_id"].astype(object))
    before = index.get_indexer(pd.Index(pairs["from_id"].astype(object)))
    after = index.get_indexer(pd.Index(pairs["to_id"].astype(object)))
    rows = []
    for members in cycles(len(items), before, after):
        keys = items["item_id"].iloc[circle_of(members, before, after)].tolist()
        row = items.iloc[members[0]]
        rows.append(
            {
                "finding": FINDINGS["circle"],
                "item_id": row["item_id"],
                "title": row["title"],
                "team": row["team"],
                "other_id": None,
                "other_team": None,
                "detail": " -> ".join([*keys, keys[0]]),
                "age_days": (until - items["created_on"].iloc[members].max()) / DAY,
            }
        )
    return pd.DataFrame(rows)


def _order(pairs: pd.DataFrame, until: pd.Timestamp) -> list[pd.DataFrame]:
    """Links against the order in which things happened, or between teams."""
    done = pairs["to_finished_on"].notna()
    turned = done & (pairs["from_started_on"] > pairs["to_finished_on"])
    own_parent = pairs["from_id"] == pairs["to_parent_id"]
    late = pairs["from_finished_on"].isna() | (pairs["from_finished_on"] > pairs["to_finished_on"])
    early = done & late & ~turned & ~own_parent
    across = pairs["from_finished_on"].isna() & pairs["to_finished_on"].isna()
    teams = pairs[["from_team", "to_team"]].astype("str").fillna("")
    across &= (teams != "").all(axis=1) & (teams["from_team"] != teams["to_team"])
    return [
        _links_found("early", pairs[early], "to_finished_on", until, "done before {other}"),
        _links_found("turned", pairs[own_parent], "to_created_on", until, "blocked by its parent"),
        _links_found(
            "turned",
            pairs[turned & ~own_parent],
            "to_finished_on",
            until,
            "done before {other} was begun",
        ),
        _links_found("across", pairs[across], "to_created_on", until, "waits for {other}"),
    ]


def _links_found(
    key: str, pairs: pd.DataFrame, since: str, until: pd.Timestamp, detail: str
) -> pd.DataFrame:
    return (
        pd.DataFrame(
            {
                "finding": FINDINGS[key],
                "item_id": pairs["to_id"],
                "title": pairs["to_title"],
                "team": pairs["to_team"].astype("str"),
                "other_id": pairs["from_id"],
                "other_team": pairs["from_team"].astype("str"),
                "detail": [detail.format(other=other) for other in pairs["from_id"]],
                "age_days": (until - pairs[since]) / DAY,
            }
        )
        .sort_values(["age_days", "item_id"], ascending=[False, True])
        .reset_index(drop=True)
    )


def _stale(items: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    estimated = items["points"].notna() | items["estimate_hours"].notna()
    waiting = items["finished_on"].isna() & items["started_on"].isna()
    age = (until - items["created_on"]) / DAY
    return _items_found(
        "stale", items[estimated & waiting & (age > STALE_DAYS)], until, "estimated"
    )


def _empty_epics(items: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    parents = items["parent_id"].dropna()
    bare = _is_epic(items) & items["finished_on"].isna() & ~among(items["item_id"], parents)
    return _items_found("empty", items[bare], until, "has no item")


def _is_epic(items: pd.DataFrame) -> pd.Series:
    kinds = items["kind"].astype("str").str.strip().str.casefold()
    return kinds.isin([EPIC])


def _items_found(key: str, rows: pd.DataFrame, until: pd.Timestamp, detail: str) -> pd.DataFrame:
    return (
        pd.DataFrame(
            {
                "finding": FINDINGS[key],
                "item_id": rows["item_id"],
                "title": rows["title"],
                "team": rows["team"].astype("str"),
                "other_id": None,
                "other_team": None,
                "detail": detail,
                "age_days": (until - rows["created_on"]) / DAY,
            }
        )
        .sort_values(["age_days", "item_id"], ascending=[False, True])
        .reset_index(drop=True)
    )
