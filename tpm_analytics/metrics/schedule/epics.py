"""A schedule out of a tracker: its epics as activities, as long as their pace makes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.schedule.plan import FINISH_FIRST, as_days
from tpm_analytics.metrics.schedule.team_calendars import team_calendars
from tpm_analytics.models.network import cycles
from tpm_analytics.program.keys import among, looked_up, positions, says
from tpm_analytics.program.tables import Activities, Items, Links
from tpm_analytics.results.schedule import DaysOff, ItemDurations

EPIC = "epic"
# Finishes of the last half year tell the pace
PACE_DAYS = 182
# What nobody has worked on for a year is not under way, whatever its status says
ASLEEP_DAYS = 366
QUARTILES = (0.25, 0.75)
DAY = pd.Timedelta(days=1)
_NEVER = np.datetime64("NaT", "D")


def epic_durations(
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[ItemDurations]:
    """How long each open epic takes at its own pace, or at that of the others.

    Parameters
    ----------
    items
        Reads ``item_id``, ``kind``, ``team``, ``parent_id``, ``created_on``, ``finished_on``.
    until
        Day the program is seen from; finishes of the half year before make the pace.
    days_off
        As in `schedule`: the half year has as many working days as the epic's team worked in it.

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
    items a working day of its team, and of the median epic: an epic with a single finish tells
    little, and is not told to take ten years. One in which nothing was finished has the median
    pace. Optimistic and pessimistic are at the upper and lower quartile of these paces, never
    tighter than the likely one. Scope that is still to be found is not in it. A plan takes
    holidays out of the days ahead; a pace that had them in the days behind would take them twice.
    """
    Items.require(items, "item_id", "kind", "team", "parent_id", "created_on", "finished_on")
    epics = _open_epics(items, until)
    all_epics = items.loc[_is_epic(items), ["item_id", "team"]]
    owners = all_epics["item_id"]
    epic = positions(pd.Index(items["parent_id"]), owners)
    done_on = items["finished_on"]
    recent = ((done_on > until - PACE_DAYS * DAY) & (done_on <= until)).to_numpy()
    finished = np.bincount(epic[recent & (epic >= 0)], minlength=len(owners))
    if epics.empty or not finished.any():
        return ItemDurations.validate(ItemDurations.empty())
    a_day = finished / _working_days(all_epics["team"], until, days_off)
    usual = float(np.median(a_day[finished > 0]))
    pace = (a_day + usual) / 2
    low, high = np.quantile(pace[finished > 0], QUARTILES)
    size = np.bincount(epic[epic >= 0], minlength=len(owners))
    still = np.bincount(epic[done_on.isna().to_numpy() & (epic >= 0)], minlength=len(owners))
    place = positions(pd.Index(epics["item_id"]), owners)
    place = place[size[place] > 0]
    own = finished[place] > 0
    likely = size[place] / np.where(own, pace[place], usual)
    return ItemDurations.validate(
        pd.DataFrame(
            {
                "item_id": owners.array[place],
                "items": size[place],
                "open_items": still[place],
                "duration_days": likely,
                "optimistic_days": np.minimum(likely, size[place] / high),
                "pessimistic_days": np.maximum(likely, size[place] / low),
                "basis": np.where(own, "its own pace", "pace of the other epics"),
            }
        )
    )


def _working_days(
    team: pd.Series, until: pd.Timestamp, days_off: pd.DataFrame | None
) -> np.ndarray:
    """Days of the half year on which each team worked; weekdays where that is none at all."""
    span = [until - (PACE_DAYS - 1) * DAY], [until]
    kinds, of = team_calendars(team, days_off)
    days = np.concatenate([calendars.working_days(*span, calendar=kind) for kind in kinds])
    return np.where(days > 0, days, calendars.working_days(*span))[of]


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
    given = positions(pd.Index(epics["item_id"]), durations["item_id"])
    rows = epics[given >= 0].reset_index(drop=True)
    if rows.empty:
        return Activities.validate(Activities.empty())
    days = durations.iloc[given[given >= 0]].reset_index(drop=True)
    epic = positions(pd.Index(items["parent_id"]), rows["item_id"])
    inside = epic >= 0
    finished_on = as_days(items["finished_on"])
    began = np.full(len(rows), _NEVER)
    np.fmin.at(began, epic[inside], np.fmin(as_days(items["started_on"]), finished_on)[inside])
    finished = np.bincount(epic[inside & ~np.isnat(finished_on)], minlength=len(rows))
    size = np.bincount(epic[inside], minlength=len(rows))
    done = np.divide(finished, size, out=np.full(len(rows), np.nan), where=size > 0)
    # an epic of which every item is finished is not: a day is left, to close it or to add to it
    most = (1 - 1 / days["duration_days"].to_numpy()).clip(min=0.0)
    return Activities.validate(
        Activities.empty()
        .reindex(range(len(rows)))
        .assign(
            activity_id=rows["item_id"],
            name=rows["title"],
            team=rows["team"],
            duration_days=days["duration_days"],
            optimistic_days=days["optimistic_days"],
            pessimistic_days=days["pessimistic_days"],
            actual_start_on=began.astype("datetime64[us]"),
            percent_complete=np.where(np.isnat(began), 0.0, np.minimum(done, most)),
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
    open_ = items[_is_epic(items) & items["finished_on"].isna()]
    epic = positions(pd.Index(items["parent_id"]), open_["item_id"])
    moved = np.fmax(as_days(items["created_on"]), as_days(items["finished_on"]))
    latest = np.full(len(open_), _NEVER)
    np.fmax.at(latest, epic[epic >= 0], moved[epic >= 0])
    awake = latest > np.datetime64(until - ASLEEP_DAYS * DAY, "D")
    return open_[awake].reset_index(drop=True)
