"""Whether the links between tracker items can be trusted: what schedule checks are to a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.schedule.plan import FINISH_FIRST, circle_of
from tpm_analytics.models.network import cycles
from tpm_analytics.program.keys import among, looked_up, says
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Items, Links
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.schedule import IssueGraph, IssueGraphCases

# An estimate older than two quarters was made for another program
STALE_DAYS = 182
SHOWN = 3
# Cases of a finding that a page lists
CASES = 5
EPIC = "epic"
DONE = STAGES.index("done")
# No tracker nests work deeper; a parent that is its own grandchild would never end
DEEPEST = 20
DAY = pd.Timedelta(days=1)
FINDINGS = {
    "circle": "Items that wait for one another in a circle",
    "across": "Open blockers in another team",
    "empty": "Open epics without items",
    "stale": "Estimates that nobody can rely on any more",
    "early": "Done while what blocks it is not",
    "turned": "Links the wrong way round",
}
REMEDIES = {
    "circle": "Remove or turn round one link of each circle.",
    "across": "Agree on a day with the other team.",
    "empty": "Fill the epic, or close it.",
    "stale": "Estimate anew, or drop the item.",
    "early": "Close the blocker, or remove the link: it did not block.",
    "turned": "Turn the link round or remove it: what is said to block could not.",
}


def issue_graph_cases(program: Program) -> DataFrame[IssueGraphCases]:
    """What is wrong in the links and estimates of tracker items, a row each.

    Parameters
    ----------
    program
        Reads ``items``, ``links``, ``transitions``, ``sprint_scope``, ``worklogs``, the workflow,
        and the day it is seen from. Links of kinds ``blocks``, ``depends`` and ``FS`` count, in
        whatever case.

    Returns
    -------
    IssueGraphCases
        Finding by finding, those of open work before those of the past, the oldest first. Left
        out: links of which an end was not loaded. A circle has one row, and ``detail`` names its
        items in the order of waiting.

    Notes
    -----
    *Done before its blocker*: the blocked item is finished, and its blocker is open, or was
    finished on a later day. A blocker that is done on an unknown day is no case.

    *The wrong way round* needs proof that the first end could not hold up the second: the blocker
    is what the blocked item is part of, at any height, and so cannot be finished before it; or
    the blocker was created on a day after the blocked item was finished. That it was begun later
    proves nothing: of two items that have nothing to do with one another, one is so in every
    second pair. Such a link is done before its blocker, and its detail says so.

    *Estimates that nobody can rely on*: of open items with one, those not begun that nobody has
    created, moved or put into a sprint for half a year, and those on which more hours are booked
    than were estimated. Trackers do not tell when an estimate was made; it is taken to have been
    looked at whenever the item was. Where a source keeps no moves, only creation counts.
    """
    items, until = program.items, program.as_of
    pairs = _pairs(program)
    parts = [
        _circles(items, pairs, until),
        *_order(pairs, until),
        _stale(program),
        _overrun(program),
        _empty_epics(items, until),
    ]
    found = [part for part in parts if len(part)]
    if not found:
        return IssueGraphCases.validate(IssueGraphCases.empty())
    rows = pd.concat(found, ignore_index=True)
    place = rows["finding"].map({name: number for number, name in enumerate(FINDINGS.values())})
    return IssueGraphCases.validate(rows.iloc[place.argsort(kind="stable")].reset_index(drop=True))


def first_cases(
    cases: DataFrame[IssueGraphCases], *, each: int = CASES
) -> DataFrame[IssueGraphCases]:
    """The first cases of each finding, so that a frequent one does not hide the others.

    Parameters
    ----------
    cases
        Reads ``finding``.
    each
        Most cases of a finding to keep.
    """
    IssueGraphCases.require(cases, "finding")
    kept = cases.groupby("finding", observed=True).head(each)
    return IssueGraphCases.validate(kept.reset_index(drop=True))


def issue_graph(
    cases: DataFrame[IssueGraphCases], items: DataFrame[Items], links: DataFrame[Links]
) -> DataFrame[IssueGraph]:
    """How often each thing is wrong in the links of tracker items.

    Parameters
    ----------
    cases
        Reads ``finding``, ``item_id``, ``detail``.
    items
        Reads ``item_id``, ``kind``, ``finished_on``, ``parent_id``, ``points``,
        ``estimate_hours``.
    links
        Reads ``from_id``, ``to_id``, ``kind``.

    Returns
    -------
    IssueGraph
        One row per finding looked for, those not found too; no rows where there is no item.
        ``share`` is of the links that order work, of the open items with an estimate, or of the
        open epics.
    """
    IssueGraphCases.require(cases, "finding", "item_id", "detail")
    Items.require(items, "item_id", "kind", "finished_on", "parent_id", "points")
    Items.require(items, "estimate_hours")
    Links.require(links, "from_id", "to_id", "kind")
    if items.empty:
        return IssueGraph.validate(IssueGraph.empty())
    ordering = len(_ends(items, links))
    going = items["finished_on"].isna()
    of = {
        "stale": int((going & _estimated(items)).sum()),
        "empty": int((going & _is_epic(items)).sum()),
    }
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


def _ends(items: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Links that order items which were loaded, each once."""
    ends = links.loc[says(links["kind"], FINISH_FIRST), ["from_id", "to_id"]].drop_duplicates()
    known = among(ends["from_id"], items["item_id"]) & among(ends["to_id"], items["item_id"])
    return ends[known].reset_index(drop=True)


def _pairs(program: Program) -> pd.DataFrame:
    """The links that order items, with what is known of both ends."""
    items = program.items
    over = program.workflow.codes(items["status"]) == DONE
    items = items.assign(done=items["finished_on"].notna() | over)
    pairs = _ends(items, program.links)
    wanted = ["title", "team", "created_on", "started_on", "finished_on", "done"]
    told = {
        f"{end}_{name}": looked_up(pairs[f"{end}_id"], items["item_id"], items[name])
        for end in ("from", "to")
        for name in wanted
    }
    return pairs.assign(**told, held=_above(pairs["to_id"], pairs["from_id"], items))


def _above(keys: pd.Series, others: pd.Series, items: pd.DataFrame) -> pd.Series:
    """Whether each of `keys` is part of the one beside it in `others`, at any depth."""
    found = pd.Series(data=False, index=keys.index)
    at = keys
    for _ in range(DEEPEST):
        at = looked_up(at, items["item_id"], items["parent_id"])
        if at.isna().all():
            break
        found |= (at == others).fillna(value=False).astype(bool)
    return found & (keys != others)


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
                "detail": " → ".join([*keys, keys[0]]),
                "age_days": (until - items["created_on"].iloc[members].max()) / DAY,
            }
        )
    return pd.DataFrame(rows)


def _order(pairs: pd.DataFrame, until: pd.Timestamp) -> list[pd.DataFrame]:
    """Links against the order in which things happened, or between teams."""
    over = pairs["to_finished_on"]
    unmade = pairs["from_created_on"] > over
    turned = pairs["held"] | unmade
    done = pairs["from_done"].astype(bool)
    late = ~done | (pairs["from_finished_on"] > over)
    early = over.notna() & late & ~turned
    across = ~done & ~pairs["to_done"].astype(bool) & ~turned
    teams = pairs[["from_team", "to_team"]].astype("str").fillna("")
    across &= (teams != "").all(axis=1) & (teams["from_team"] != teams["to_team"])
    later = pairs["from_started_on"] > over
    shown = pairs.assign(
        made=pairs["from_created_on"].dt.strftime("%Y-%m-%d"),
        begun=(", which was begun on " + pairs["from_started_on"].dt.strftime("%Y-%m-%d"))
        .where(later, "")
        .fillna(""),
        over=over.dt.strftime("%Y-%m-%d"),
    )
    told = {
        "early": (early, "to_finished_on", "done on {over}, before {from_id}{begun}"),
        "held": (pairs["held"], "to_created_on", "blocked by {from_id}, which it is part of"),
        "unmade": (
            unmade & ~pairs["held"],
            "to_finished_on",
            "done on {over}, and {from_id} was created on {made} only",
        ),
        "across": (across, "to_created_on", "waits for {from_id}"),
    }
    return [
        _links_found(key if key in FINDINGS else "turned", shown[chosen], since, until, detail)
        for key, (chosen, since, detail) in told.items()
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
                "detail": [
                    detail.format(from_id=other, made=made, begun=begun, over=over)
                    for other, made, begun, over in zip(
                        *(pairs[name].tolist() for name in ("from_id", "made", "begun", "over")),
                        strict=True,
                    )
                ],
                "age_days": (until - pairs[since]) / DAY,
            }
        )
        .sort_values(["age_days", "item_id"], ascending=[False, True])
        .reset_index(drop=True)
    )


def _estimated(items: pd.DataFrame) -> pd.Series:
    estimated: pd.Series = items["points"].notna() | items["estimate_hours"].notna()
    return estimated


def _stale(program: Program) -> pd.DataFrame:
    items = program.items
    days = pd.concat(
        [
            items[["item_id", "created_at"]].set_axis(["item_id", "at"], axis=1),
            program.transitions[["item_id", "at"]].astype({"item_id": "str"}),
            program.sprint_scope[["item_id", "added_at"]].set_axis(["item_id", "at"], axis=1),
        ]
    )
    last = days.groupby("item_id", as_index=False)["at"].max()
    touched = calendars.day_of(
        looked_up(items["item_id"], last["item_id"], last["at"]), program.time_zone
    )
    waiting = items["finished_on"].isna() & items["started_on"].isna()
    old = (program.as_of - touched) / DAY > STALE_DAYS
    rows = items.assign(touched=touched.dt.strftime("%Y-%m-%d"))
    rows = rows[_estimated(items) & waiting & old & ~_over(program)]
    detail = "estimated, and nobody has touched it since " + rows["touched"]
    return _items_found("stale", rows, program.as_of, detail)


def _overrun(program: Program) -> pd.DataFrame:
    items = program.items
    logged = program.worklogs.groupby("item_id", as_index=False)["hours"].sum()
    booked = looked_up(items["item_id"], logged["item_id"], logged["hours"])
    more = items["finished_on"].isna() & (booked > items["estimate_hours"]) & ~_over(program)
    rows = items[more]
    detail = (
        booked[more].map("{:g}".format).astype("str")
        + " hours booked on an estimate of "
        + rows["estimate_hours"].map("{:g}".format).astype("str")
    )
    return _items_found("stale", rows, program.as_of, detail)


def _over(program: Program) -> pd.Series:
    """Whether each item is done by its status, also where nobody knows since when."""
    return pd.Series(
        program.workflow.codes(program.items["status"]) == DONE, index=program.items.index
    )


def _empty_epics(items: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    parents = items["parent_id"].dropna()
    bare = _is_epic(items) & items["finished_on"].isna() & ~among(items["item_id"], parents)
    rows = items[bare]
    return _items_found("empty", rows, until, pd.Series("has no item", index=rows.index))


def _is_epic(items: pd.DataFrame) -> pd.Series:
    return says(items["kind"], {EPIC})


def _items_found(
    key: str, rows: pd.DataFrame, until: pd.Timestamp, detail: pd.Series
) -> pd.DataFrame:
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
