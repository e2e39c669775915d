"""Which work waits for which, across teams, and how long it really waited."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.schedule.plan import FINISH_FIRST, circle_of
from tpm_analytics.models.network import cycles
from tpm_analytics.program.keys import among, positions, says
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Activities, Items, Links
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.dependencies import (
    Circles,
    Dependencies,
    LinkAges,
    LinkCounts,
    TeamWaits,
)

WAITING, AHEAD, UNTOLD, CLEARED, PASSED, UNKNOWN = STATES = (
    "waiting today",
    "open, the next is not ready",
    "open, whether the next waits is unknown",
    "cleared",
    "passed over",
    "done on an unknown day",
)
READY = [STAGES.index("waiting"), STAGES.index("active")]
DONE = STAGES.index("done")
OPEN = [WAITING, AHEAD, UNTOLD]
DAY = pd.Timedelta(days=1)
# In days: links live about as long as the items at their ends, from days to years
AGE_EDGES = (14, 30, 91, 182, 365)
AGES = ("2 weeks", "a month", "3 months", "half a year", "a year", "over a year")
WITHIN, BETWEEN, NOT_TOLD = "within a team", "between teams", "teams unknown"
USES = (
    "order two items",
    "tie activities of the plan",
    "order items, but one end was not loaded",
    "say no order (relates, duplicates and the like)",
)


def dependencies(program: Program) -> DataFrame[Dependencies]:
    """Every link that orders two items, with its state, its age and the waiting it caused.

    Parameters
    ----------
    program
        Reads ``items``, ``links``, ``transitions``, the workflow, and the day it is seen from.
        Links of kinds ``blocks``, ``depends`` and ``FS`` count, in whatever case, each pair once.

    Returns
    -------
    Dependencies
        One row per link, those that wait today first, the longest wait first. Left out, and
        counted by `link_counts`: links of which an end was not loaded. ``waited_days`` [days of
        24 hours] is NA where no history tells when an item was ready or begun.

    Notes
    -----
    An item *waits* while it is in a stage ``waiting`` or ``active`` and what blocks it exists and
    is not finished. In the backlog nobody waits for anything yet. An item without transitions is
    taken to be ready from its start to its finish. Work that was finished and reopened counts as
    unfinished throughout: `Items` knows the last finish only.

    Trackers do not tell when a link was made: it is as old as the younger of its items at most.

    Examples
    --------
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({
    ...         "item_id": ["A-1", "B-1"], "team": ["Ants", "Bees"],
    ...         "created_at": "2025-03-03T09:00Z",
    ...         "started_at": ["2025-03-04T09:00Z", "2025-03-05T09:00Z"],
    ...         "finished_at": ["2025-03-08T09:00Z", "2025-03-10T09:00Z"],
    ...     }),
    ...     "links": pd.DataFrame({"from_id": ["A-1"], "to_id": ["B-1"], "kind": ["blocks"]}),
    ... })
    >>> dependencies(program)[["from_team", "to_team", "waited_days"]]
      from_team to_team  waited_days
    0      Ants    Bees          3.0
    """
    pairs = _pairs(program)
    if pairs.empty:
        return Dependencies.validate(Dependencies.empty())
    now = calendars.end_of(program.as_of, program.time_zone)
    spans = _ready_spans(program, pairs["to_id"], now)
    waited = _waited(pairs, spans, now)
    known = among(pairs["to_id"], spans["item_id"]) | among(
        pairs["to_id"], program.transitions["item_id"]
    )
    waited = waited.where(known & (pairs["from_finished_at"].notna() | ~pairs["from_done"]))
    handover = (pairs["to_started_at"] - pairs["from_finished_at"]) / DAY
    born = pairs[["from_created_on", "to_created_on"]].max(axis=1, skipna=False)
    until = pairs[["from_finished_on", "to_finished_on"]].min(axis=1).fillna(program.as_of)
    age = ((until - born) / DAY).clip(lower=0)
    told = pairs.assign(
        across=_across(pairs),
        state=_state(pairs, spans, now, known),
        waited_days=waited,
        age_days=age.astype("Int64"),
        cleared_on=pairs["from_finished_on"],
        handover_days=handover.where(handover >= 0),
    )
    place = told["state"].cat.codes
    return Dependencies.validate(
        told.assign(place=place).sort_values(
            ["place", "waited_days", "age_days", "from_id", "to_id"],
            ascending=[True, False, False, True, True],
            ignore_index=True,
        )
    )


def _pairs(program: Program) -> pd.DataFrame:
    """Links that order loaded items, each once, with what is known of both ends."""
    items = program.items.assign(
        done=program.items["finished_at"].notna()
        | (program.workflow.codes(program.items["status"]) == DONE)
    )
    ends = program.links.loc[_orders(program.links), ["from_id", "to_id"]].drop_duplicates()
    inside = among(ends["from_id"], items["item_id"]) & among(ends["to_id"], items["item_id"])
    pairs = ends[inside & (ends["from_id"] != ends["to_id"])].reset_index(drop=True)
    wanted = ["title", "team", "created_at", "created_on", "started_at", "finished_at"]
    wanted += ["finished_on", "done"]
    told = [
        items[wanted]
        .take(positions(pd.Index(pairs[f"{end}_id"]), items["item_id"]))
        .reset_index(drop=True)
        .add_prefix(f"{end}_")
        for end in ("from", "to")
    ]
    return pd.concat([pairs, *told], axis=1)


def _orders(links: pd.DataFrame) -> pd.Series:
    return says(links["kind"], FINISH_FIRST)


def _across(pairs: pd.DataFrame) -> pd.Series:
    ours, theirs = (pairs[f"{end}_team"].astype("str") for end in ("from", "to"))
    return (ours != theirs).astype("boolean").where(ours.notna() & theirs.notna())


def _ready_spans(program: Program, wanted: pd.Series, now: pd.Timestamp) -> pd.DataFrame:
    """When each wanted item was ready or begun: spans between its moves, or start to finish."""
    moves = program.transitions
    moves = moves[among(moves["item_id"], wanted)]
    key = moves["item_id"].astype("str")
    follows = key == key.shift(-1)
    ready = np.isin(program.workflow.codes(moves["to_status"]), READY)
    told = pd.DataFrame(
        {
            "item_id": key,
            "begins_at": moves["at"],
            "ends_at": moves["at"].shift(-1).where(follows).fillna(now),
        }
    )[ready]
    items = program.items
    bare = among(items["item_id"], wanted) & ~among(items["item_id"], moves["item_id"])
    rest = items[bare & items["started_at"].notna()]
    lived = pd.DataFrame(
        {
            "item_id": rest["item_id"],
            "begins_at": rest["started_at"],
            "ends_at": rest["finished_at"].fillna(now),
        }
    )
    return pd.concat([told, lived], ignore_index=True)


def _waited(pairs: pd.DataFrame, spans: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """Days that each pair's spans of readiness share with the time its blocker was unfinished."""
    ends = pairs[["to_id", "from_created_at", "from_finished_at"]].assign(row=pairs.index)
    both = ends.merge(spans, left_on="to_id", right_on="item_id")
    begins = both[["begins_at", "from_created_at"]].max(axis=1)
    until = both[["ends_at"]].assign(cleared=both["from_finished_at"].fillna(now)).min(axis=1)
    days = ((until - begins) / DAY).clip(lower=0)
    return days.groupby(both["row"]).sum().reindex(pairs.index, fill_value=0.0).astype(float)


def _state(
    pairs: pd.DataFrame, spans: pd.DataFrame, now: pd.Timestamp, known: pd.Series
) -> pd.Series:
    ready = among(pairs["to_id"], spans.loc[spans["ends_at"] >= now, "item_id"])
    cleared, lost = pairs["from_finished_at"].notna(), pairs["from_done"]
    states = np.select(
        [cleared, lost, pairs["to_done"], ready, known],
        [CLEARED, UNKNOWN, PASSED, WAITING, AHEAD],
        UNTOLD,
    )
    return pd.Series(pd.Categorical(states, categories=list(STATES)), index=pairs.index)


def of_team(dependencies: DataFrame[Dependencies], *, team: str = "") -> DataFrame[Dependencies]:
    """The links of which an end is one team's, whoever has the other.

    Parameters
    ----------
    dependencies
        Reads ``from_team``, ``to_team``. Make it of the whole program: `Program.team` would drop
        the other end.
    team
        Name of the team; empty for all.
    """
    Dependencies.require(dependencies, "from_team", "to_team")
    ours = (dependencies["from_team"] == team) | (dependencies["to_team"] == team)
    rows = dependencies if not team else dependencies[ours.fillna(value=False)]
    return Dependencies.validate(rows.reset_index(drop=True))


def between_teams(dependencies: DataFrame[Dependencies]) -> DataFrame[Dependencies]:
    """The links between two teams that are not cleared: what a program has to watch.

    Parameters
    ----------
    dependencies
        Reads ``across``, ``state``.

    Returns
    -------
    Dependencies
        Those that wait today first, then those whose next item is not ready yet.
    """
    Dependencies.require(dependencies, "across", "state")
    watched = dependencies["across"].fillna(value=False) & dependencies["state"].isin(OPEN)
    return Dependencies.validate(dependencies[watched].reset_index(drop=True))


def team_waits(dependencies: DataFrame[Dependencies]) -> DataFrame[TeamWaits]:
    """Which team waited for which, on how many links, and how long.

    Parameters
    ----------
    dependencies
        Reads ``from_team``, ``to_team``, ``across``, ``state``, ``waited_days``.

    Returns
    -------
    TeamWaits
        One row per pair of teams with a link, also of a team with itself, the longest waiting
        first. ``waited_days`` is NA where no wait of the pair is known.

    Notes
    -----
    Waits are added up link by link: an item that waits for two others waits twice, because each
    of the two has to be cleared. The median is the nearest rank of the waits above nothing.
    """
    Dependencies.require(dependencies, "from_team", "to_team", "across", "state", "waited_days")
    rows = dependencies.assign(
        open=dependencies["state"].isin(OPEN),
        waiting=dependencies["state"] == WAITING,
        felt=dependencies["waited_days"].where(dependencies["waited_days"] > 0),
    )
    if rows.empty:
        return TeamWaits.validate(TeamWaits.empty())
    pairs = rows.groupby(["from_team", "to_team"], observed=True, dropna=False)
    found = pd.DataFrame(
        {
            "across": pairs["across"].first(),
            "links": pairs.size(),
            "open": pairs["open"].sum(),
            "waiting": pairs["waiting"].sum(),
            "measured": pairs["waited_days"].count(),
            "waited": pairs["felt"].count(),
            "total": pairs["waited_days"].sum(),
            "median_days": pairs["felt"].quantile(0.5, interpolation="lower"),
            "longest_days": pairs["felt"].max(),
        }
    ).reset_index()
    return TeamWaits.validate(
        found.assign(waited_days=found["total"].where(found["measured"] > 0)).sort_values(
            ["waited_days", "links", "from_team", "to_team"],
            ascending=[False, False, True, True],
            ignore_index=True,
        )
    )


def circles(items: DataFrame[Items], links: DataFrame[Links]) -> DataFrame[Circles]:
    """Items that wait for one another in a circle, so that none of them can be begun rightly.

    Parameters
    ----------
    items
        Reads ``item_id``, ``team``, ``finished_on``.
    links
        Reads ``from_id``, ``to_id``, ``kind``, as `dependencies`; a link from an item to itself is
        a circle too.

    Returns
    -------
    Circles
        One row per set of items that wait for one another, with one circle through it named, the
        sets with the most open items first.
    """
    Items.require(items, "item_id", "team", "finished_on")
    Links.require(links, "from_id", "to_id", "kind")
    keys = pd.Index(items["item_id"].astype(object))
    rows = links[_orders(links)]
    before, after = (
        keys.get_indexer(pd.Index(rows[end].astype(object))) for end in ("from_id", "to_id")
    )
    inside = (before >= 0) & (after >= 0)
    before, after = before[inside], after[inside]
    found = []
    for members in cycles(len(items), before, after):
        named = items["item_id"].iloc[circle_of(members, before, after)].tolist()
        ours = items.iloc[members]
        found.append(
            {
                "circle": " → ".join([*named, named[0]]),
                "items": len(members),
                "open": int(ours["finished_on"].isna().sum()),
                "teams": ", ".join(sorted(ours["team"].astype("str").dropna().unique())) or None,
            }
        )
    if not found:
        return Circles.validate(Circles.empty())
    return Circles.validate(
        pd.DataFrame(found).sort_values(
            ["open", "circle"], ascending=[False, True], ignore_index=True
        )
    )


def link_counts(
    items: DataFrame[Items], links: DataFrame[Links], activities: DataFrame[Activities]
) -> DataFrame[LinkCounts]:
    """How many links can be used for what, and how many lead out of what was loaded.

    Parameters
    ----------
    items
        Reads ``item_id``.
    links
        Reads ``from_id``, ``to_id``, ``kind``.
    activities
        Reads ``activity_id``.

    Returns
    -------
    LinkCounts
        One row per use, none left out; no rows where there are no links.
    """
    Items.require(items, "item_id")
    Links.require(links, "from_id", "to_id", "kind")
    Activities.require(activities, "activity_id")
    if links.empty:
        return LinkCounts.validate(LinkCounts.empty())
    first, second = links["from_id"], links["to_id"]
    ids, planned = items["item_id"], activities["activity_id"]
    orders = _orders(links).to_numpy()
    inside = (among(first, ids) & among(second, ids)).to_numpy()
    tied = (among(first, planned) & among(second, planned)).to_numpy()
    use = np.select([orders & inside, tied, orders], USES[:3], USES[3])
    counts = pd.Series(use).value_counts().reindex(USES, fill_value=0)
    told = pd.DataFrame({"use": list(USES), "links": counts.to_numpy()})
    ordering = told["links"].where(told["use"].isin([USES[0], USES[2]]))
    return LinkCounts.validate(
        told.assign(
            share=told["links"] / len(links),
            share_of_ordering=ordering / max(int(ordering.sum()), 1) if ordering.sum() else np.nan,
        )
    )


def link_ages(dependencies: DataFrame[Dependencies]) -> DataFrame[LinkAges]:
    """How old the links are that are not cleared, within teams and between them.

    Parameters
    ----------
    dependencies
        Reads ``across``, ``state``, ``age_days``.

    Returns
    -------
    LinkAges
        One row per band of age and for links within a team, between teams and of unknown teams,
        where any are; no rows without a link that is not cleared. Left out: links of which no age
        is known.
    """
    Dependencies.require(dependencies, "across", "state", "age_days")
    going = dependencies[dependencies["state"].isin(OPEN) & dependencies["age_days"].notna()]
    if going.empty:
        return LinkAges.validate(LinkAges.empty())
    between = going["across"].map({False: WITHIN, True: BETWEEN}).fillna(NOT_TOLD)
    band = np.searchsorted(AGE_EDGES, going["age_days"].to_numpy(dtype=float), side="left")
    grid = pd.crosstab(pd.Categorical(band, range(len(AGES))), between, dropna=False)
    told = grid.melt(ignore_index=False, var_name="between", value_name="links")
    return LinkAges.validate(
        told.assign(age=[AGES[number] for number in told.index]).reset_index(drop=True)
    )
