"""A schedule out of a tracker: its epics as activities, as long as their pace makes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.schedule.plan import FINISH_FIRST
from tpm_analytics.models.network import cycles
from tpm_analytics.program.keys import among, looked_up, says
from tpm_analytics.program.tables import Activities, Items, Links
from tpm_analytics.results.schedule import ItemDurations

EPIC = "epic"
# Finishes of the last half year tell the pace
PACE_DAYS = 182
# What nobody has worked on for a year is not under way, whatever its status says
ASLEEP_DAYS = 366
QUARTILES = (0.25, 0.75)
DAY = pd.Timedelta(days=1)


def epic_durations(items: DataFrame[Items], *, until: pd.Timestamp) -> DataFrame[ItemDurations]:
    """How long each open epic takes at its own pace, or at that of the others.

    Parameters
    ----------
    items
        Reads ``item_id``, ``kind``, ``parent_id``, ``created_on``, ``finished_on``.
    until
        Day the program is seen from; finishes of the half year before make the pace.

    Returns
    -------
    ItemDurations
        One row per open epic with items. ``duration_days`` is for all its items, the finished
        ones too. Left out: epics without items, of which nobody can tell, and all where no epic
        had an item finished in that half year. Put a forecast's own table in its place where
        there is one.

    Notes
    -----
    ``duration = items / pace``. The pace of an epic is the mean of its own in the half year, in
    items a working day, and of the median epic: an epic with a single finish tells little, and is
    not told to take ten years. One in which nothing was finished has the median pace. Optimistic
    and pessimistic are at the upper and lower quartile of these paces, never tighter than the
    likely one. Scope that is still to be found is not in it.
    """
    Items.require(items, "item_id", "kind", "parent_id", "created_on", "finished_on")
    epics = _open_epics(items, until)
    inside = items[among(items["parent_id"], items.loc[_is_epic(items), "item_id"])]
    recent = inside[
        (inside["finished_on"] > until - PACE_DAYS * DAY) & (inside["finished_on"] <= until)
    ]
    if epics.empty or recent.empty:
        return ItemDurations.validate(ItemDurations.empty())
    span = int(calendars.working_days([until - (PACE_DAYS - 1) * DAY], [until])[0])
    finished = recent.groupby("parent_id").size()
    usual = float(finished.median())
    pace = (finished + usual) / (2 * span)
    low, high = pace.quantile(QUARTILES)
    counts = inside.groupby("parent_id").agg(
        items=("item_id", "size"), open_items=("finished_on", lambda days: int(days.isna().sum()))
    )
    told = epics[["item_id"]].join(counts, on="item_id", how="inner")
    own = told["item_id"].map(pace)
    likely = told["items"] / own.fillna(usual / span)
    return ItemDurations.validate(
        told.assign(
            duration_days=likely,
            optimistic_days=np.minimum(likely, told["items"] / high),
            pessimistic_days=np.maximum(likely, told["items"] / low),
            basis=np.where(own.notna(), "its own pace", "pace of the other epics"),
        ).reset_index(drop=True)
    )


def epic_activities(
    items: DataFrame[Items],
    durations: DataFrame[ItemDurations],
    *,
    until: pd.Timestamp,
) -> DataFrame[Activities]:
    """Open epics as activities, with the progress that their items tell.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``kind``, ``team``, ``parent_id``, ``started_on``,
        ``finished_on``.
    durations
        Reads ``item_id``, ``duration_days``, ``optimistic_days``, ``pessimistic_days``: of
        `epic_durations`, or of any forecast.
    until
        Day the program is seen from.

    Returns
    -------
    Activities
        One row per open epic that ``durations`` has a row for. It began when the first of its
        items did, or, where no start is known, on the first finish; ``percent_complete`` is the
        share of its items finished. There is no baseline: trackers keep none.
    """
    Items.require(items, "item_id", "title", "kind", "team", "parent_id", "started_on")
    Items.require(items, "finished_on")
    ItemDurations.require(durations, "item_id", "duration_days")
    ItemDurations.require(durations, "optimistic_days", "pessimistic_days")
    epics = _open_epics(items, until)
    told = epics.merge(durations, on="item_id", how="inner", suffixes=("", "_given"))
    if told.empty:
        return Activities.validate(Activities.empty())
    inside = items[among(items["parent_id"], told["item_id"])]
    began = inside[["started_on", "finished_on"]].min(axis=1)
    facts = (
        inside.assign(began=began, done=inside["finished_on"].notna())
        .groupby("parent_id")
        .agg(actual_start_on=("began", "min"), done=("done", "mean"))
    )
    rows = told.join(facts, on="item_id")
    # an epic of which every item is finished is not: a day is left, to close it or to add to it
    done = rows["done"].clip(upper=(1 - 1 / rows["duration_days"]).clip(lower=0.0))
    return Activities.validate(
        Activities.empty()
        .reindex(range(len(rows)))
        .assign(
            activity_id=rows["item_id"],
            name=rows["title"],
            team=rows["team"],
            duration_days=rows["duration_days"],
            optimistic_days=rows["optimistic_days"],
            pessimistic_days=rows["pessimistic_days"],
            actual_start_on=rows["actual_start_on"],
            percent_complete=done.mask(rows["actual_start_on"].isna(), 0.0),
        )
    )


def epic_links(
    items: DataFrame[Items], links: DataFrame[Links], activities: DataFrame[Activities]
) -> DataFrame[Links]:
    """Links between epics: their own, and those that links between their items imply.

    Parameters
    ----------
    items
        Reads ``item_id``, ``parent_id``, ``finished_on``.
    links
        Reads ``from_id``, ``to_id``, ``kind``, ``lag_days``.
    activities
        Reads ``activity_id``: the epics of the schedule.

    Returns
    -------
    Links
        FS for a link between two epics. FF where an open item of one blocks an open item of the
        other: the second epic cannot finish before the first item has, and the finish of the
        first epic is taken for that, which is on the safe side. Links of epics that wait for one
        another in a circle are left out; `issue_graph_cases` names circles.
    """
    Items.require(items, "item_id", "parent_id", "finished_on")
    Links.require(links, "from_id", "to_id", "kind", "lag_days")
    Activities.require(activities, "activity_id")
    rows = links.loc[says(links["kind"], FINISH_FIRST), ["from_id", "to_id"]]
    own = among(rows["from_id"], activities["activity_id"])
    own &= among(rows["to_id"], activities["activity_id"])
    going = items.loc[items["finished_on"].isna(), "item_id"]
    between = rows[among(rows["from_id"], going) & among(rows["to_id"], going)]
    lifted = pd.DataFrame(
        {
            end: looked_up(between[end], items["item_id"], items["parent_id"])
            for end in ("from_id", "to_id")
        }
    )
    both = among(lifted["from_id"], activities["activity_id"])
    both &= among(lifted["to_id"], activities["activity_id"])
    both &= lifted["from_id"] != lifted["to_id"]
    found = pd.concat([rows[own].assign(kind="FS"), lifted[both].assign(kind="FF")])
    found = found.drop_duplicates(["from_id", "to_id"], ignore_index=True)
    straight = found[~_circular(found, activities)]
    return Links.validate(
        straight.assign(lag_days=0.0).astype({"kind": "category"}).reset_index(drop=True)
    )


def _circular(links: pd.DataFrame, activities: pd.DataFrame) -> np.ndarray:
    index = pd.Index(activities["activity_id"].astype(object))
    before = index.get_indexer(pd.Index(links["from_id"].astype(object)))
    after = index.get_indexer(pd.Index(links["to_id"].astype(object)))
    inside = np.zeros(len(links), dtype=bool)
    for members in cycles(len(index), before, after):
        inside |= np.isin(before, members) & np.isin(after, members)
    return inside


def _is_epic(items: pd.DataFrame) -> pd.Series:
    return says(items["kind"], {EPIC})


def _open_epics(items: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Epics that are not finished, and of which something happened within a year."""
    inside = items[among(items["parent_id"], items["item_id"])]
    last = inside.assign(last=inside[["created_on", "finished_on"]].max(axis=1))
    moved = last.groupby("parent_id", as_index=False)["last"].max()
    epics = items[_is_epic(items) & items["finished_on"].isna()]
    latest = looked_up(epics["item_id"], moved["parent_id"], moved["last"])
    awake = latest > until - ASLEEP_DAYS * DAY
    return epics[awake].reset_index(drop=True)
