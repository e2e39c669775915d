"""A schedule as executives look at it: by quarter, as a curve, as a network."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.program.tables import Milestones
from tpm_analytics.results.schedule import (
    DrivingLinks,
    NetworkEdges,
    NetworkNodes,
    ProgressCurve,
    RoadmapBars,
    Schedule,
    ScheduleGaps,
)

# A network of more boxes cannot be read
DRAWN = 30
SWEEPS = 8
SHOWN_NAMES = 4
DAY = pd.Timedelta(days=1)


def progress_curve(
    schedule: DataFrame[Schedule], *, until: pd.Timestamp, every: Every = "week"
) -> DataFrame[ProgressCurve]:
    """The S-curve: share of all planned work done by each day, in the baseline and as it is.

    Parameters
    ----------
    schedule
        Reads ``duration_days``, ``remaining_days``, ``state``, ``start_on``, ``finish_on``,
        ``baseline_start_on``, ``baseline_finish_on``.
    until
        Day of the report, where what is done ends and what is expected begins.
    every
        How far the points lie apart.

    Returns
    -------
    ProgressCurve
        One row per curve and period end, and one for ``until``. Work without a planned duration
        is left out; if any of the work has no baseline, there is no curve of the baseline.

    Notes
    -----
    Each activity weighs its planned duration, spread evenly over its days. Of begun work the part
    done is spread up to the report, the rest from there to its finish. At any earlier day than
    the report, what was done then is told from starts and finishes, not from progress reported.
    """
    Schedule.require(schedule, "duration_days", "remaining_days", "state", "start_on")
    Schedule.require(schedule, "finish_on", "baseline_start_on", "baseline_finish_on")
    work = schedule[schedule["duration_days"] > 0]
    dates = ["start_on", "finish_on", "baseline_start_on", "baseline_finish_on"]
    first, last = work[dates].min(axis=None), work[dates].max(axis=None)
    if work.empty or pd.isna(first):
        return ProgressCurve.validate(ProgressCurve.empty())
    starts = calendars.periods(first, last + 366 * DAY, every)
    ends = starts[1:] - DAY
    ends = ends[: int(np.searchsorted(ends, last)) + 1]
    days = np.unique(np.r_[(first - DAY).to_numpy(), ends.to_numpy(), until.to_numpy()])
    total = work["duration_days"].sum()
    left = (work["remaining_days"] / work["duration_days"]).clip(0, 1)
    left = left.mask(work["state"] == "finished", 0.0)
    weight = work["duration_days"]
    done_by = work["finish_on"].where(work["state"] == "finished", until)
    began = work["start_on"].fillna(work["finish_on"])
    done = _spread(began, done_by, weight * (1 - left), days)
    resumes = began.where(work["state"] == "to come", until + DAY)
    rest = _spread(resumes, work["finish_on"], weight * left, days)
    now = days <= until.to_numpy()
    curves = {
        "done": pd.Series(done / total, days)[now],
        "expected": pd.Series((done + rest) / total, days)[days >= until.to_numpy()],
    }
    if work[["baseline_start_on", "baseline_finish_on"]].notna().all(axis=None):
        planned = _spread(work["baseline_start_on"], work["baseline_finish_on"], weight, days)
        curves = {"baseline": pd.Series(planned / total, days), **curves}
    rows = pd.concat(curves, names=["curve", "day_on"]).rename("share").reset_index()
    return ProgressCurve.validate(rows.assign(share=rows["share"].clip(0, 1)))


def _spread(start: pd.Series, finish: pd.Series, weight: pd.Series, days: np.ndarray) -> np.ndarray:
    """Sum of the weights done by the end of each day, each spread evenly over its days."""
    length = ((finish - start) / DAY + 1).clip(lower=1).to_numpy()[:, None]
    elapsed = (days[None, :] - start.to_numpy()[:, None]) / np.timedelta64(1, "D") + 1
    return (np.clip(elapsed / length, 0, 1) * weight.to_numpy()[:, None]).sum(axis=0)


def roadmap(
    schedule: DataFrame[Schedule],
    *,
    since: pd.Timestamp | None = None,
    by: Literal["workstream", "team"] = "workstream",
) -> DataFrame[RoadmapBars]:
    """What each workstream is at in each quarter, and what it finishes in it.

    Parameters
    ----------
    schedule
        Reads ``name``, ``activity_id``, ``workstream``, ``team``, ``state``, ``start_on``,
        ``finish_on``.
    since
        Day in the first quarter to show; without it, all are.
    by
        ``"workstream"``, or ``"team"`` for the teams in its place.

    Returns
    -------
    RoadmapBars
        One row per workstream and quarter, in the order of time. ``names`` are of what finishes
        in the quarter. Activities of no workstream stand under the name "none".
    """
    Schedule.require(schedule, "name", "activity_id", "workstream", "team", "state")
    Schedule.require(schedule, "start_on", "finish_on")
    if schedule.empty:
        return RoadmapBars.validate(RoadmapBars.empty())
    began = schedule["start_on"].fillna(schedule["finish_on"])
    begin = began.dt.to_period("Q")
    end = schedule["finish_on"].dt.to_period("Q")
    quarters = [
        pd.period_range(min(first, last), last, freq="Q")
        for first, last in zip(begin, end, strict=True)
    ]
    long = pd.DataFrame(
        {
            "workstream": schedule[by].astype("str").fillna("none"),
            "quarter": quarters,
            "end": end,
            "finish_on": schedule["finish_on"],
            "name": schedule["name"].fillna(schedule["activity_id"]),
            "state": schedule["state"].astype("str"),
        }
    ).explode("quarter")
    long = long.assign(finishes=long["quarter"] == long["end"]).sort_values("finish_on")
    if since is not None:
        long = long[long["quarter"] >= pd.Period(since, "Q")]
    if long.empty:
        return RoadmapBars.validate(RoadmapBars.empty())
    bars = long.groupby(["workstream", "quarter"])
    rows = pd.DataFrame(
        [{"workstream": name, "quarter": quarter} | _quarter(bar) for (name, quarter), bar in bars]
    )
    starts = pd.PeriodIndex(rows["quarter"]).start_time
    return RoadmapBars.validate(
        rows.assign(quarter_on=starts).sort_values(["quarter_on", "workstream"], ignore_index=True)
    )


def _quarter(rows: pd.DataFrame) -> dict[str, object]:
    finishing = rows.loc[rows["finishes"], "name"]
    more = len(finishing) - SHOWN_NAMES
    names = "; ".join(finishing.head(SHOWN_NAMES)) + (f"; {more} more" if more > 0 else "")
    states = set(rows["state"])
    state = states.pop() if len(states) == 1 else "begun"
    return {
        "activities": len(rows),
        "finishing": len(finishing),
        "names": names or None,
        "state": state,
    }


def of_team(schedule: DataFrame[Schedule], *, team: str = "") -> DataFrame[Schedule]:
    """The activities of one team, with the dates that the whole program gives them.

    Parameters
    ----------
    schedule
        Reads ``team``. Make it of the whole program: what a team waits for is often another's.
    team
        Name of the team; empty for all.
    """
    Schedule.require(schedule, "team")
    ours = schedule if not team else schedule[(schedule["team"] == team).fillna(value=False)]
    return Schedule.validate(ours.reset_index(drop=True))


def schedule_gaps(
    schedule: DataFrame[Schedule], milestones: DataFrame[Milestones]
) -> DataFrame[ScheduleGaps]:
    """What the schedule cannot tell, and of how many.

    Parameters
    ----------
    schedule
        Reads ``activity_id``, ``team``, ``baseline_finish_on``.
    milestones
        Reads ``milestone_id``, ``baseline_on``.

    Returns
    -------
    ScheduleGaps
        No rows where nothing is missing.
    """
    Schedule.require(schedule, "activity_id", "team", "baseline_finish_on")
    Milestones.require(milestones, "milestone_id", "baseline_on")
    placed = milestones["milestone_id"].isin(schedule["activity_id"])
    counts = {
        "milestones that name no activity, and so are not in the schedule": (~placed).sum(),
        "milestones without a baseline, held against their first forecast": milestones[
            "baseline_on"
        ]
        .isna()
        .sum(),
        "activities without a baseline, of which no slip is known": schedule["baseline_finish_on"]
        .isna()
        .sum(),
        "activities without a team, which work on every weekday": schedule["team"].isna().sum(),
    }
    found = {reason: int(cases) for reason, cases in counts.items() if cases}
    return ScheduleGaps.validate(
        pd.DataFrame(
            {
                "reason": pd.Series(list(found), dtype="str"),
                "cases": pd.Series(list(found.values()), dtype="Int64"),
            }
        )
    )


def network_nodes(
    schedule: DataFrame[Schedule], links: DataFrame[DrivingLinks], *, last: int = DRAWN
) -> DataFrame[NetworkNodes]:
    """Activities of a network that can be read, each with its place in the picture.

    Parameters
    ----------
    schedule
        Reads ``activity_id``, ``name``, ``team``, ``state``, ``critical``, ``finish_on``,
        ``total_float_days``.
    links
        Reads ``from_id``, ``to_id``.
    last
        Most activities to draw.

    Returns
    -------
    NetworkNodes
        The open activities, those with the least room first, and nothing else: finished work
        holds nothing up. ``depth`` is the longest chain of drawn links that leads to it. Activities
        that no drawn link ties to another are left out if any is tied.

    Notes
    -----
    Places within a depth are those of the neighbours, averaged over a few sweeps [1]_, so that
    few links cross.

    References
    ----------
    .. [1] K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of Hierarchical
       System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981.
    """
    Schedule.require(schedule, "activity_id", "name", "team", "state", "critical")
    Schedule.require(schedule, "finish_on", "total_float_days")
    DrivingLinks.require(links, "from_id", "to_id")
    going = schedule[schedule["state"] != "finished"]
    drawn = going.sort_values("total_float_days", kind="stable").head(last)
    keys = pd.Index(drawn["activity_id"].astype(object))
    before = keys.get_indexer(pd.Index(links["from_id"].astype(object)))
    after = keys.get_indexer(pd.Index(links["to_id"].astype(object)))
    inside = (before >= 0) & (after >= 0)
    before, after = before[inside], after[inside]
    depth = _depths(len(drawn), before, after)
    placed = drawn.assign(depth=depth, place=_places(depth, before, after))
    tied = np.isin(np.arange(len(drawn)), np.r_[before, after])
    kept = placed[tied] if tied.any() else placed
    return NetworkNodes.validate(kept.sort_values(["depth", "place"], ignore_index=True))


def _depths(count: int, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    depth = np.zeros(count, dtype=int)
    for _ in range(count):
        deeper = depth.copy()
        np.maximum.at(deeper, after, depth[before] + 1)
        if (deeper == depth).all():
            break
        depth = deeper
    return depth


def _places(depth: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Places from above, centred: swept over the neighbours, then spread to whole rows."""
    place = _ranked(depth, np.arange(len(depth), dtype=float))
    ends, others = np.r_[before, after], np.r_[after, before]
    neighbours = np.bincount(ends, minlength=len(depth))
    for _ in range(SWEEPS):
        total = np.bincount(ends, weights=place[others], minlength=len(depth))
        wanted = np.where(neighbours > 0, total / np.maximum(neighbours, 1), place)
        place = _ranked(depth, wanted)
    return place


def _ranked(depth: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    ranks = pd.Series(wanted).groupby(depth).rank(method="first")
    sizes = pd.Series(depth).map(pd.Series(depth).value_counts())
    middle = (sizes + 1) / 2
    placed: np.ndarray = (ranks - middle).to_numpy(dtype=float)
    return placed


def network_edges(
    nodes: DataFrame[NetworkNodes], links: DataFrame[DrivingLinks]
) -> DataFrame[NetworkEdges]:
    """Links between drawn activities, with the places of their ends.

    Parameters
    ----------
    nodes
        Reads ``activity_id``, ``depth``, ``place``.
    links
        Reads ``from_id``, ``to_id``, ``kind``, ``driving``, ``critical``.

    Returns
    -------
    NetworkEdges
        One row per link of which both ends are drawn, those on the critical path last.
    """
    NetworkNodes.require(nodes, "activity_id", "depth", "place")
    DrivingLinks.require(links, "from_id", "to_id", "kind", "driving", "critical")
    at = nodes[["activity_id", "depth", "place"]]
    edges = links
    for end in ("from", "to"):
        named = at.rename(
            columns={"activity_id": f"{end}_id", "depth": f"{end}_depth", "place": f"{end}_place"}
        )
        edges = edges.merge(named, on=f"{end}_id", how="inner")
    return NetworkEdges.validate(edges.sort_values(["critical", "driving"], ignore_index=True))
