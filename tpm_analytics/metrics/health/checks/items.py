"""Checks of items: dates that contradict, points and finishes that are missing, bulk closures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.calendars import end_of
from tpm_analytics.clock import zone
from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among, looked_up

# nobody finishes this much by hand: a tool or a clean-up did
BULK_IN_A_MINUTE = 20
# Tukey 1977 calls values beyond 3 interquartile ranges far out; 5 spares the rush before a release
BULK_SPREADS = 5.0
STALE_DAYS = 90
SIZED = "story"
_MIDNIGHT_SHARE = 0.5


def _finished_before_started(program: Program) -> Found:
    items = program.items
    both = items["started_at"].notna() & items["finished_at"].notna()
    return rows(items, items["finished_at"] < items["started_at"], "item_id", among=both)


def _finished_before_created(program: Program) -> Found:
    items = program.items
    both = items["created_at"].notna() & items["finished_at"].notna()
    return rows(items, items["finished_at"] < items["created_at"], "item_id", among=both)


def _started_before_created(program: Program) -> Found:
    items = program.items
    both = items["created_at"].notna() & items["started_at"].notna()
    return rows(items, items["started_at"] < items["created_at"], "item_id", among=both)


def _created_unknown(program: Program) -> Found:
    return rows(program.items, program.items["created_at"].isna(), "item_id")


def finished_in_bulk(items: pd.DataFrame, time_zone: str) -> pd.Series:
    """Whether each item finished in a minute of many finishes, or on a day far beyond the usual."""
    finished = items.loc[items["finished_at"].notna(), "finished_at"]
    in_bulk = pd.Series(data=False, index=items.index)
    if finished.empty:
        return in_bulk
    local = finished.dt.tz_convert(zone(time_zone)).dt.tz_localize(None)
    day, minute = local.dt.normalize(), local.dt.floor("min")
    a_day = day.value_counts()
    quarter, half, three_quarters = np.percentile(a_day, [25, 50, 75])
    usual = max(half + BULK_SPREADS * (three_quarters - quarter), BULK_IN_A_MINUTE)
    crowded = day.map(a_day) > usual
    if (local == day).mean() <= _MIDNIGHT_SHARE:  # else it knows days only: midnight is no minute
        crowded |= minute.map(minute.value_counts()) > BULK_IN_A_MINUTE
    in_bulk[crowded.index] = crowded
    return in_bulk


def _finished_in_bulk(program: Program) -> Found:
    """Find days with a minute of many finishes, and days far beyond what is usual."""
    items = program.items
    finished = items["finished_at"].notna()
    in_bulk = items.loc[finished_in_bulk(items, program.time_zone), "finished_on"]
    bulk = in_bulk.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    labels = [f"{on:%Y-%m-%d} ({count:,} items)" for on, count in bulk.items()]
    return Found(pd.Series(labels, dtype="str"), int(finished.sum()), int(bulk.sum()))


def _points_missing(program: Program) -> Found:
    items = program.items
    names = pd.Series(items["kind"].cat.categories, dtype="str")
    sized = items["kind"].isin(names[names.str.casefold().str.contains(SIZED, regex=False)])
    stories = items[sized & items["finished_at"].notna()]
    return rows(stories, stories["points"].isna(), "item_id")


def _stages(program: Program) -> pd.Series:
    """Stage of each item's status by its name; NA where the status is NA."""
    status = program.items["status"]
    return status.astype(object).map(dict(program.workflow.stages))


def _done_without_finish(program: Program) -> Found:
    items, done = program.items, _stages(program) == "done"
    return rows(items, done & items["finished_at"].isna(), "item_id", among=done)


def _finish_without_done(program: Program) -> Found:
    items, stage = program.items, _stages(program)
    finished = items["finished_at"].notna()
    return rows(items, finished & stage.notna() & (stage != "done"), "item_id", among=finished)


def _start_unknown(program: Program) -> Found:
    finished = program.items[program.items["finished_at"].notna()]
    return rows(finished, finished["started_at"].isna(), "item_id")


def days_without_move(program: Program) -> pd.Series:
    """Days since each item under way last moved; NA for others and where no move is known."""
    items, transitions = program.items, program.transitions
    moved = transitions.drop_duplicates("item_id", keep="last")
    last_at = looked_up(items["item_id"], moved["item_id"], moved["at"])
    days = (end_of(program.as_of, program.time_zone) - last_at).dt.days
    under_way = _stages(program).isin(["waiting", "active"]) & items["finished_at"].isna()
    return days.where(under_way)


def _status_stale(program: Program) -> Found:
    days = days_without_move(program)
    stale = program.items.assign(days=days)[days > STALE_DAYS]
    oldest = stale.sort_values("days", ascending=False, kind="stable")
    labels = oldest["item_id"] + " (" + oldest["days"].astype("int64").astype("str") + " days)"
    return Found(labels, int(days.notna().sum()))


def _status_unknown(program: Program) -> Found:
    """Find items that were ever in a status whose stage nobody told."""
    unknown = pd.Series(program.workflow.unknown, dtype="str")
    items, transitions = program.items, program.transitions
    entered = transitions.loc[among(transitions["to_status"], unknown), "item_id"]
    held = among(items["item_id"], entered.drop_duplicates()) | among(items["status"], unknown)
    labels = unknown if held.any() else unknown.head(0)
    return Found(labels, len(items), int(held.sum()))


CHECKS = (
    Check(
        slug="finished-before-started",
        severity="error",
        table="items",
        find=_finished_before_started,
        meaning="How long they took cannot be told, so they are left out of every time; work in "
        "progress misses them too.",
        remedy="Mend the two dates in the tracker, or read the start from the changelog.",
    ),
    Check(
        slug="finished-before-created",
        severity="error",
        table="items",
        find=_finished_before_created,
        meaning="They count as finished on days when they did not exist; lead times are negative.",
        remedy="Mend the dates; imported items often carry the day of the import as created.",
    ),
    Check(
        slug="started-before-created",
        severity="warning",
        table="items",
        find=_started_before_created,
        meaning="Work in progress counts them only from creation on, cycle time from the start.",
        remedy="Mend the dates; imported items often carry the day of the import as created.",
    ),
    Check(
        slug="created-unknown",
        severity="warning",
        table="items",
        find=_created_unknown,
        meaning="They seem to have been there always: scope on earlier days is too large.",
        remedy="Add created_at to the items.",
    ),
    Check(
        slug="finished-in-bulk",
        severity="warning",
        table="items",
        find=_finished_in_bulk,
        meaning="A clean-up or an import looks like a burst of work: throughput and forecasts "
        "made from those days are too good.",
        remedy="Leave those days out of the history that forecasts draw from.",
    ),
    Check(
        slug="points-missing",
        severity="warning",
        table="items",
        find=_points_missing,
        meaning="Finished stories without points count nothing in velocity by points.",
        remedy="Estimate them, or count velocity in items.",
    ),
    Check(
        slug="done-without-finish",
        severity="warning",
        table="items",
        find=_done_without_finish,
        meaning="They are in a done status without a day of finish, so that no figure counts "
        "them as finished.",
        remedy="Deliver finished_at, or a changelog that holds the move.",
    ),
    Check(
        slug="finish-without-done",
        severity="warning",
        table="items",
        find=_finish_without_done,
        meaning="They count as finished though their status is none of the done ones.",
        remedy="Map the status to done in tpm.toml, or clear the day of finish.",
    ),
    Check(
        slug="start-unknown",
        severity="note",
        table="items",
        find=_start_unknown,
        meaning="Finished items whose start nobody recorded have no cycle time and are in no "
        "count of work in progress.",
        remedy="Export the changelog too; without it no start can be known.",
    ),
    Check(
        slug="status-stale",
        severity="warning",
        table="items",
        find=_status_stale,
        meaning=f"They are under way by their status and have not moved for {STALE_DAYS} days: "
        "work in progress is overstated, and ages are of forgotten items.",
        remedy="Close them or put them back into the backlog.",
    ),
    Check(
        slug="status-unknown",
        severity="warning",
        table="items",
        find=_status_unknown,
        meaning="Nobody told what stage these statuses are, so entering one neither starts nor "
        "finishes an item.",
        remedy="Map each status in [programs.NAME.workflow] of tpm.toml.",
    ),
)
