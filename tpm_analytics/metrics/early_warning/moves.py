"""Whose day moved, of what others wait for."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.models import reach
from tpm_analytics.program.keys import among, looked_up, says
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Links
from tpm_analytics.results.early_warning import ExpectedDays, MovedDependencies
from tpm_analytics.results.schedule import Schedule

# Kinds of links that tie the days of two pieces of work
TYING = frozenset({"blocks", "depends", "fs", "ss", "ff", "sf"})
# Less than a working week is what any estimate moves by
LEAST_DAYS = 7
SCHEDULE, REPORT, SPRINT, NOTHING = ("schedule", "milestone report", "sprint", "nothing")
SHOWN = 3
DAY = pd.Timedelta(days=1)


def expected_days(program: Program, schedule: DataFrame[Schedule]) -> DataFrame[ExpectedDays]:
    """When each item and each activity is expected, as known on the day the program is seen from.

    Parameters
    ----------
    program
        Reads ``items``, ``sprints``, ``sprint_scope`` and ``milestones``.
    schedule
        Made of what was known on that day. Reads ``activity_id``, ``name``, ``team``, ``state``,
        ``finish_on``, ``critical``.

    Returns
    -------
    ExpectedDays
        One row per activity and per item that is no activity. An activity is expected by the
        schedule, or, where a milestone it reaches is reported for a later day, by that report. An
        item is expected by the end of the last sprint it was put into; where the source does not
        tell when it was put in, by that of the last of its sprints that had begun. Unknown for
        the others.
    """
    Schedule.require(schedule, "activity_id", "name", "team", "state", "finish_on", "critical")
    rows = pd.concat([_planned(program, schedule), _tracked(program, schedule)], ignore_index=True)
    return ExpectedDays.validate(rows)


def _planned(program: Program, schedule: pd.DataFrame) -> pd.DataFrame:
    said = program.milestones[program.milestones["done_on"].isna()]
    reported = said.groupby("activity_id", as_index=False)["due_on"].max()
    going = schedule["state"] != "finished"
    by_report = looked_up(schedule["activity_id"], reported["activity_id"], reported["due_on"])
    later = going & (by_report > schedule["finish_on"])
    return pd.DataFrame(
        {
            "key": schedule["activity_id"],
            "name": schedule["name"],
            "team": schedule["team"].astype("str"),
            "open": going,
            "expected_on": by_report.where(later, schedule["finish_on"]),
            "told_by": np.where(later, REPORT, SCHEDULE),
            "critical": schedule["critical"],
        }
    )


def _tracked(program: Program, schedule: pd.DataFrame) -> pd.DataFrame:
    scope, sprints = program.sprint_scope, program.sprints
    inside = scope[scope["removed_at"].isna()].merge(
        sprints[["sprint_id", "starts_on", "ends_on"]], on="sprint_id"
    )
    inside = inside[inside["added_at"].notna() | (inside["starts_on"] <= program.as_of)]
    last = inside.groupby("item_id", as_index=False)["ends_on"].max()
    rest = program.items[~among(program.items["item_id"], schedule["activity_id"])]
    by_sprint = looked_up(rest["item_id"], last["item_id"], last["ends_on"])
    return pd.DataFrame(
        {
            "key": rest["item_id"],
            "name": rest["title"],
            "team": rest["team"].astype("str"),
            "open": rest["finished_on"].isna(),
            "expected_on": rest["finished_on"].fillna(by_sprint),
            "told_by": np.where(by_sprint.notna(), SPRINT, NOTHING),
            "critical": pd.Series(pd.NA, index=rest.index, dtype="boolean"),
        }
    )


def moved_dependencies(
    before: DataFrame[ExpectedDays],
    now: DataFrame[ExpectedDays],
    links: DataFrame[Links],
    *,
    since: pd.Timestamp,
) -> DataFrame[MovedDependencies]:
    """Open work that others wait for and that is expected later than it was.

    Parameters
    ----------
    before, now
        Of `expected_days`, for ``since`` and for the day of the report. Reads ``key``, ``name``,
        ``team``, ``open``, ``expected_on``, ``told_by``, ``critical``.
    links
        Reads ``from_id``, ``to_id``, ``kind``; kinds of `TYING` count.
    since
        Day that ``before`` is of.

    Returns
    -------
    MovedDependencies
        One row per such piece of work with an open one behind it, the critical ones first, then
        those that other teams wait for, then the largest move. Left out: what had no expected day
        then or has none now, and moves of less than a week.

    Notes
    -----
    A day that moves takes along all that waits for it. ``own_days`` is what is left of a move
    when the largest move among what it waits for is taken away: where it is 0 nothing arose here,
    and the row is left out.
    """
    ExpectedDays.require(before, "key", "expected_on")
    ExpectedDays.require(now, "key", "name", "team", "open", "expected_on", "told_by", "critical")
    Links.require(links, "from_id", "to_id", "kind")
    then = before[["key", "expected_on"]].rename(columns={"expected_on": "expected_then_on"})
    both = now.drop_duplicates("key").merge(then.drop_duplicates("key"), on="key", how="left")
    moved = ((both["expected_on"] - both["expected_then_on"]) / DAY).fillna(0.0).to_numpy()
    ends = links.loc[says(links["kind"], TYING), ["from_id", "to_id"]].drop_duplicates()
    index = pd.Index(both["key"].astype(object))
    source, target = (index.get_indexer(pd.Index(ends[end].astype(object))) for end in ends)
    tied = (source >= 0) & (target >= 0) & (source != target)
    source, target = source[tied], target[tied]
    carried = np.zeros(len(both))
    np.maximum.at(carried, target, moved[source])
    own = moved - carried
    going = both["open"].to_numpy(dtype=bool)
    ahead = going[source] & going[target]
    source, target = source[ahead], target[ahead]
    found = np.flatnonzero((own >= LEAST_DAYS) & np.isin(np.arange(len(both)), source))
    if not len(found):
        return MovedDependencies.validate(MovedDependencies.empty())
    start, _ = reach.reached(source, target, found)
    named = _waiting(both, source, target, found)
    rows = both.iloc[found].reset_index(drop=True).join(named)
    told = rows.assign(
        since_on=since,
        expected_now_on=rows["expected_on"],
        moved_days=np.round(moved[found]),
        own_days=np.round(own[found]),
        behind=np.bincount(start, minlength=len(found)),
        apart=rows["teams"].notna(),
    )
    return MovedDependencies.validate(
        told.sort_values(
            ["critical", "apart", "own_days", "key"],
            ascending=[False, False, False, True],
            ignore_index=True,
        )
    )


def _waiting(
    both: pd.DataFrame, source: np.ndarray, target: np.ndarray, found: np.ndarray
) -> pd.DataFrame:
    """What waits directly for each of `found`, and the other teams among it."""
    named = both["key"] + (" " + both["name"].astype("str")).fillna("")
    owner = both["team"].astype("str")
    rows = []
    for place in found:
        nexts = target[source == place]
        names = named.iloc[nexts].tolist()
        more = len(names) - SHOWN
        others = sorted(set(owner.iloc[nexts].dropna()) - {owner.iloc[place]})
        listed = "; ".join(names[:SHOWN]) + (f"; {more} more" if more > 0 else "")
        rows.append({"waits": listed, "teams": ", ".join(others) or None})
    return pd.DataFrame(rows)
