"""The chains of open work that lead to a milestone, and a picture of them by team."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.dependencies.waiting import OPEN
from tpm_analytics.models.network import FS, SAME_TIME, cycles, network
from tpm_analytics.program.keys import positions
from tpm_analytics.results.dependencies import (
    Chains,
    ChainSteps,
    Dependencies,
    GraphEdges,
    GraphNodes,
)
from tpm_analytics.results.schedule import DrivingLinks, SlackTo

# More boxes than this make a picture that is looked at and not read
DRAWN = 24
# What a box holds on a telephone too
LINE, LINES = 12, 3
# and more chains than these, or longer ones, a list; letters are those of a whole row of boxes
CHAINS, BOXES, LETTERS = 6, 8, 60
NOBODY = "no team"
STEP = ["key", "shown_name", "caption", "team", "slack_days"]
Ends = tuple[np.ndarray, np.ndarray]


def graph_nodes(
    slack: DataFrame[SlackTo],
    links: DataFrame[DrivingLinks],
    *,
    target: str = "",
    last: int = DRAWN,
) -> DataFrame[GraphNodes]:
    """The open work that a milestone waits for and that has the least room, placed by team.

    Parameters
    ----------
    slack
        Reads ``target_id``, ``activity_id``, ``shown_name``, ``team``, ``finish_on``,
        ``slack_days``.
    links
        Reads ``from_id``, ``to_id``.
    target
        Key of the milestone or activity; empty for the one that is reached last.
    last
        Most boxes to draw, the target among them.

    Returns
    -------
    GraphNodes
        One row per box, from the top. The lanes of a team stand side by side, the teams in the
        order in which the work reaches them; a box lies below all that it waits for. No rows where
        nothing open leads to the target.

    Notes
    -----
    Rows are depths, the longest chain of drawn links that leads to a box [1]_. A team's work goes
    on in a lane as long as each box waits for the one above it; else it gets a lane of its own, so
    that no line runs behind a box that it has nothing to do with.

    References
    ----------
    .. [1] K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of Hierarchical
       System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981.
    """
    rows = _towards(slack, target).head(last).reset_index(drop=True)
    DrivingLinks.require(links, "from_id", "to_id")
    if len(rows) < 2:
        return GraphNodes.validate(GraphNodes.empty())
    rows["team"] = rows["team"].astype("str").fillna(NOBODY)
    ends = _ends(rows["activity_id"], links)
    rows["row"] = _steps(len(rows), ends)
    rows["column"] = _columns(rows, ends)
    order = rows.groupby("team")["row"].mean().sort_values(kind="stable").index
    rows["place"] = pd.Index(order).get_indexer(rows["team"])
    rows["lane"] = rows.groupby(["place", "column"]).ngroup()
    rows = rows.sort_values(["row", "lane"], ignore_index=True)
    return GraphNodes.validate(
        rows.assign(
            name=rows["shown_name"],
            caption=[_in_lines(name) for name in rows["shown_name"]],
            heading=rows["team"].where(~rows.duplicated("lane")),
            tight=rows["slack_days"] <= SAME_TIME,
        )
    )


def graph_edges(
    nodes: DataFrame[GraphNodes], links: DataFrame[DrivingLinks]
) -> DataFrame[GraphEdges]:
    """Links between drawn activities, with the places of their ends.

    Parameters
    ----------
    nodes
        Reads ``activity_id``, ``team``, ``lane``, ``row``, ``tight``.
    links
        Reads ``from_id``, ``to_id``, ``driving``.

    Returns
    -------
    GraphEdges
        One row per pair of which both ends are drawn, those between teams and the tight ones last,
        so that they lie on top.
    """
    GraphNodes.require(nodes, "activity_id", "team", "lane", "row", "tight")
    DrivingLinks.require(links, "from_id", "to_id", "driving")
    drawn = nodes["activity_id"]
    edges = links[["from_id", "to_id", "driving"]].drop_duplicates(["from_id", "to_id"])
    edges = edges[edges["from_id"].isin(drawn) & edges["to_id"].isin(drawn)]
    told = [
        nodes[["team", "lane", "row", "tight"]]
        .take(positions(pd.Index(edges[f"{end}_id"]), drawn))
        .set_axis(edges.index)
        .add_prefix(f"{end}_")
        for end in ("from", "to")
    ]
    edges = pd.concat([edges, *told], axis=1)
    edges["across"] = edges["from_team"].astype("str") != edges["to_team"].astype("str")
    edges["tight"] = edges["from_tight"] & edges["to_tight"] & edges["driving"]
    return GraphEdges.validate(
        edges.sort_values(["across", "tight", "from_id", "to_id"], ignore_index=True)
    )


def chains(
    slack: DataFrame[SlackTo], links: DataFrame[DrivingLinks], *, target: str = ""
) -> DataFrame[Chains]:
    """The chains of open work that lead to a milestone, those with the least room first.

    Parameters
    ----------
    slack, links, target
        As in `graph_nodes`; here `links` reads ``driving`` too.

    Returns
    -------
    Chains
        One row per activity that waits for no other open one: from it to the target by the way
        that has the least room, of several the longest.
    """
    rows = _towards(slack, target)
    DrivingLinks.require(links, "from_id", "to_id")
    named = rows.assign(key=rows["activity_id"], caption=rows["shown_name"])[STEP]
    return _chains(named, _ends(rows["activity_id"], links))


def chain_steps(
    slack: DataFrame[SlackTo],
    links: DataFrame[DrivingLinks],
    *,
    target: str = "",
    last: int = CHAINS,
) -> DataFrame[ChainSteps]:
    """The steps of the chains that lead to a milestone, to be drawn: those with the least room.

    Parameters
    ----------
    slack, links, target
        As in `chains`.
    last
        Most chains to draw.

    Returns
    -------
    ChainSteps
        One row per chain and step.
    """
    rows = _towards(slack, target)
    DrivingLinks.require(links, "from_id", "to_id")
    named = rows.assign(key=rows["activity_id"], caption=rows["shown_name"])[STEP]
    paths = _paths(named, _ends(rows["activity_id"], links))
    return _drawn(paths, ["slack_days", "length"], last=last)


def item_chain_steps(
    dependencies: DataFrame[Dependencies], *, last: int = CHAINS
) -> DataFrame[ChainSteps]:
    """The steps of the longest chains of open items, to be drawn.

    Parameters
    ----------
    dependencies
        Reads ``from_title``, ``to_title`` and what `item_chains` reads.
    last
        Most chains to draw.

    Returns
    -------
    ChainSteps
        One row per chain and step; ``slack_days`` is NA.
    """
    return _drawn(_paths(*_open_items(dependencies)), ["length"], last=last)


def item_chains(dependencies: DataFrame[Dependencies]) -> DataFrame[Chains]:
    """The longest chains of open items that wait for one another.

    Parameters
    ----------
    dependencies
        Reads ``from_id``, ``to_id``, ``from_team``, ``to_team``, ``state``; the links that are not
        cleared count.

    Returns
    -------
    Chains
        One row per open item that waits for no other: the longest chain from it. Left out: items
        that wait for one another in a circle, which have no first. ``slack_days`` is NA.
    """
    return _chains(*_open_items(dependencies))


def _open_items(dependencies: pd.DataFrame) -> tuple[pd.DataFrame, Ends]:
    """Open items that wait for one another, in no circle, and the links between them."""
    Dependencies.require(dependencies, "from_id", "to_id", "from_team", "to_team", "state")
    Dependencies.require(dependencies, "from_title", "to_title")
    going = dependencies[dependencies["state"].isin(OPEN)]
    ends = [
        going[[f"{end}_id", f"{end}_team", f"{end}_title"]].set_axis(
            ["key", "team", "caption"], axis=1
        )
        for end in ("from", "to")
    ]
    table = pd.concat([end.assign(team=end["team"].astype("str")) for end in ends])
    table = table.drop_duplicates("key").reset_index(drop=True)
    circular = cycles(len(table), *_ends(table["key"], going))
    kept = table.drop(index=np.concatenate([*circular, []]).astype(int)).reset_index(drop=True)
    told = kept.assign(
        shown_name=kept["key"], slack_days=np.nan, caption=kept["caption"].fillna("")
    )
    return told[STEP], _ends(kept["key"], going)


def _towards(slack: pd.DataFrame, target: str) -> pd.DataFrame:
    """Rows of one target, itself first, then the least slack; of no target none."""
    SlackTo.require(slack, "target_id", "activity_id", "shown_name", "team", "finish_on")
    SlackTo.require(slack, "slack_days")
    chosen = target or (slack["target_id"].iloc[-1] if len(slack) else "")
    rows = slack[slack["target_id"] == chosen]
    itself = rows["activity_id"] == chosen
    return pd.concat([rows[itself], rows[~itself]], ignore_index=True)


def _ends(keys: pd.Series, links: pd.DataFrame) -> Ends:
    """Positions of both ends of the links between `keys`."""
    index = pd.Index(keys.astype(object))
    before, after = (
        index.get_indexer(pd.Index(links[end].astype(object))) for end in ("from_id", "to_id")
    )
    inside = (before >= 0) & (after >= 0)
    return before[inside], after[inside]


def _steps(count: int, ends: Ends) -> np.ndarray:
    """Links on the longest chain that leads to each."""
    before, after = ends
    nothing = np.zeros(len(before))
    net = network(count, before, after, np.full(len(before), FS), nothing)
    steps = np.zeros(count, dtype=int)
    for place, item in enumerate(net.order):
        into = net.before[net.first[place] : net.first[place + 1]]
        if len(into):
            steps[item] = steps[into].max() + 1
    return steps


def _columns(rows: pd.DataFrame, ends: Ends) -> np.ndarray:
    """Lane of each box within its team: below a box that it waits for, or a new one."""
    tied = set(zip(*(end.tolist() for end in ends), strict=True))
    row, team = rows["row"].tolist(), rows["team"].tolist()
    column = np.zeros(len(rows), dtype=int)
    lowest: dict[str, list[int]] = {}
    for item in np.argsort(row, kind="stable").tolist():
        lanes = lowest.setdefault(team[item], [])
        joined = [(row[last], number) for number, last in enumerate(lanes) if (last, item) in tied]
        column[item] = max(joined)[1] if joined else len(lanes)
        lanes[column[item] : column[item] + 1] = [item]
    return column


def _chains(rows: pd.DataFrame, ends: Ends) -> DataFrame[Chains]:
    paths = _paths(rows, ends)
    if paths.empty:
        return Chains.validate(Chains.empty())
    each = paths.groupby("start")
    told = pd.DataFrame(
        {
            "chain": each["shown_name"].agg(" → ".join),
            "steps": each["step"].max(),
            "handovers": each["new_team"].sum(),
            "slack_days": each["slack_days"].first(),
            "teams": paths[paths["visited"]].groupby("start")["team"].agg(" → ".join),
        }
    )
    return Chains.validate(
        told.sort_values(
            ["slack_days", "steps", "chain"], ascending=[True, False, True], ignore_index=True
        )
    )


def _paths(rows: pd.DataFrame, ends: Ends) -> pd.DataFrame:
    """One row per step of each chain: from what waits for nothing open to the end of its way."""
    before, after = ends
    left = _steps(len(rows), (after, before))
    slack = rows["slack_days"].fillna(0.0).to_numpy()
    # behind each, what has the least room; of several, what has the longest way to go
    order = np.lexsort((-left[after], slack[after], before))
    first = order[np.r_[True, np.diff(before[order]) > 0]] if len(order) else order
    following = dict(zip(before[first].tolist(), after[first].tolist(), strict=True))
    steps = []
    for start in sorted(set(before.tolist()) - set(after.tolist())):
        place, step = start, 1
        while place is not None:
            steps.append((start, step, place))
            place, step = following.get(place), step + 1
    paths = pd.DataFrame(steps, columns=["start", "step", "place"], dtype="int64")
    told = paths.join(rows, on="place")
    # a step whose team nobody knows passes the work to nobody
    team = told["team"].astype("str")
    ahead = team.groupby(told["start"]).ffill().groupby(told["start"]).shift()
    visited = team.notna() & (team != ahead.fillna(""))
    return told.assign(visited=visited, new_team=visited & ahead.notna())


def _drawn(paths: pd.DataFrame, order: list[str], *, last: int) -> DataFrame[ChainSteps]:
    """Steps of the first chains in that order, with the words that stand over and in the boxes."""
    if paths.empty:
        return ChainSteps.validate(ChainSteps.empty())
    each = paths.groupby("start")
    chains = pd.DataFrame(
        {
            "length": each["step"].max(),
            "slack_days": each["slack_days"].first(),
            "name": each["shown_name"].first(),
        }
    ).reset_index()
    # the least room first, the longest first, and by name
    upwards = [key != "length" for key in [*order, "name"]]
    chains = chains.sort_values([*order, "name"], ascending=upwards).head(last)
    chains["chain"] = np.arange(1, len(chains) + 1)
    steps = paths.drop(columns="slack_days").merge(chains.drop(columns="name"), on="start")
    steps = steps[steps["step"] <= BOXES]
    cut = (steps["step"] == BOXES) & (steps["length"] > BOXES)
    width = max(LETTERS // int(steps["step"].max()), LINE)
    told = steps.assign(
        team=steps["team"].astype("object").fillna(NOBODY),
        key=steps["key"].mask(cut, "…"),
        caption=[
            f"and {length - BOXES + 1} more" if more else _in_lines(name, width)
            for name, length, more in zip(steps["caption"], steps["length"], cut, strict=True)
        ],
    )
    return ChainSteps.validate(told.sort_values(["chain", "step"], ignore_index=True))


def _in_lines(name: str, width: int = LINE) -> str:
    return "\n".join(textwrap.wrap(name, width, max_lines=LINES, placeholder=" …"))
