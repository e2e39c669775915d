"""What was known of a program on an earlier day: one function a table that needs its own rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from pandas.api.extensions import take

from tpm_analytics.calendars import end_of
from tpm_analytics.program.keys import among, looked_up, positions
from tpm_analytics.program.tables import TABLES

Tables = Mapping[str, pd.DataFrame]

_NAMED = {
    "transitions": {"item_id": "items"},
    "blocks": {"item_id": "items"},
    "sprint_scope": {"item_id": "items"},
    "links": {"from_id": "items", "to_id": "items"},
    "worklogs": {"item_id": "items", "person_id": "people"},
    "absences": {"person_id": "people"},
    "allocations": {"person_id": "people"},
}
_KEYS = {"items": "item_id", "people": "person_id"}


def cut(tables: Tables, day: pd.Timestamp, time_zone: str) -> dict[str, pd.DataFrame]:
    """Tables with nothing in them that was not known at the end of `day`.

    Rows whose own time lies later are dropped, values whose own time lies later become NA; the
    columns say which they are (`column`'s ``known``). Rows that name an item or a person who came
    later go with them. Tables that keep their own history (risks, milestones) get the figures of
    their last report by then. What a source keeps no history of (titles, points, links, plans for
    people) stays as it is today.
    """
    moment = end_of(day, time_zone)
    known = {name: _rows_and_values(name, table, day, moment) for name, table in tables.items()}
    came_later = {
        name: tables[name].loc[~among(tables[name][key], known[name][key]), key]
        for name, key in _KEYS.items()
        if len(known[name]) < len(tables[name])
    }
    for name, named in _NAMED.items():
        for column, kind in named.items():
            if kind in came_later and len(known[name]):
                known[name] = _rows(known[name], ~among(known[name][column], came_later[kind]))
    for name, rule in _RULES.items():
        if len(known[name]):
            known[name] = rule(known, day, tables)
    return known


def _rows(table: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    return table if kept.all() else table[kept].reset_index(drop=True)


def _rows_and_values(
    name: str, table: pd.DataFrame, day: pd.Timestamp, moment: pd.Timestamp
) -> pd.DataFrame:
    known = table
    if known.empty:
        return known
    for column in TABLES[name].declared().values():
        if column.known is None:
            continue
        later = known[column.name] > (moment if column.dtype == "instant" else day)
        if not later.any():
            continue
        if column.known == "row":
            known = _rows(known, ~later)
        else:
            known = known.assign(**{column.name: known[column.name].mask(later)})
    return known


def _items(known: Tables, day: pd.Timestamp, tables: Tables) -> pd.DataFrame:
    """Open again what finished later; where no transition by then tells, the status is unknown."""
    items = known["items"]
    moves = among(items["item_id"], tables["transitions"]["item_id"].drop_duplicates())
    changed = (items["finished_on"] > day) | (items["started_on"] > day) | moves
    everything = tables["items"]["item_id"]
    came_later = everything[~among(everything, items["item_id"])]
    return items.assign(
        status=items["status"].mask(changed),
        source_status=items["source_status"].mask(items["source_status"].notna()),
        parent_id=items["parent_id"].mask(among(items["parent_id"], came_later)),
    )


def _activities(known: Tables, day: pd.Timestamp, tables: Tables) -> pd.DataFrame:
    """Keep progress only where it cannot have changed since: finished, or not begun by then."""
    activities = known["activities"]
    finished = activities["actual_finish_on"].notna()
    begins_later = tables["activities"]["actual_start_on"] > day
    nothing_done = activities["percent_complete"] == 0
    progress = activities["percent_complete"].where(finished | nothing_done)
    return activities.assign(percent_complete=progress.mask(begins_later, 0.0))


def _milestones(known: Tables, _: pd.Timestamp, tables: Tables) -> pd.DataFrame:
    """Due as last reported by then, else as first planned; as today where nothing was reported."""
    milestones = known["milestones"]
    reports = tables["milestone_forecasts"].rename(columns={"forecast_on": "due_on"})
    reported = among(milestones["milestone_id"], reports["milestone_id"])
    return _as_last_reported(
        milestones.assign(
            due_on=milestones["due_on"].mask(reported, milestones["baseline_on"]),
        ),
        known["milestone_forecasts"].rename(columns={"forecast_on": "due_on"}),
        key="milestone_id",
        columns=("due_on",),
    )


def _risks(known: Tables, day: pd.Timestamp, tables: Tables) -> pd.DataFrame:
    """Figures as last assessed by then; unknown where the first assessment came later.

    An assessment that leaves a figure empty keeps the one before. The status of a risk without
    assessments is unknown if it was closed later.
    """
    risks = known["risks"]
    columns = ("status", "probability", "impact_cost", "impact_days")
    assessed = among(risks["risk_id"], tables["risk_history"]["risk_id"])
    register = tables["risks"]
    closed_on = looked_up(risks["risk_id"], register["risk_id"], register["closed_on"])
    unknown = {name: assessed for name in columns}
    unknown["status"] = assessed | (closed_on > day)
    return _as_last_reported(
        risks.assign(**{name: risks[name].mask(unknown[name]) for name in columns}),
        known["risk_history"],
        key="risk_id",
        columns=columns,
    )


def _budget(known: Tables, day: pd.Timestamp, _: Tables) -> pd.DataFrame:
    """Keep the plan; earned value and cost of periods that had not ended are unknown.

    A period ends where the next one begins; the last is taken to be as long as the longest. A
    single period has no known length, and counts as ended on the day it began.
    """
    budget = known["budget"]
    if budget.empty:
        return budget
    starts = np.unique(budget["period_on"].to_numpy())
    last = np.diff(starts).max() if len(starts) > 1 else np.timedelta64(1, "D")
    nexts = np.r_[starts[1:], starts[-1] + last]
    ended = nexts <= (day + pd.Timedelta(days=1)).to_datetime64()
    running = ~ended[np.searchsorted(starts, budget["period_on"].to_numpy())]
    return budget.assign(
        earned_value=budget["earned_value"].mask(running),
        actual_cost=budget["actual_cost"].mask(running),
    )


def _objectives(known: Tables, _: pd.Timestamp, __: Tables) -> pd.DataFrame:
    """Leave the value then unknown: no source keeps its history."""
    return known["objectives"].assign(current=float("nan"))


def _as_last_reported(
    table: pd.DataFrame, reports: pd.DataFrame, *, key: str, columns: tuple[str, ...]
) -> pd.DataFrame:
    """Table with the last figure that was reported of each row, where any was."""
    if reports.empty or table.empty:
        return table
    place = positions(pd.Index(reports[key]), table[key])
    order = np.argsort(reports["reported_on"].to_numpy(), kind="stable")
    order = order[place[order] >= 0]
    told = {}
    for name in columns:
        rows = order[reports[name].notna().to_numpy()[order]]
        last = np.full(len(table), -1)
        last[place[rows]] = rows
        told[name] = _replaced(table[name], reports[name], last)
    return table.assign(**told)


def _replaced(given: pd.Series, reported: pd.Series, rows: np.ndarray) -> pd.Series:
    """What was given, and in its place what these rows report; nothing does for -1."""
    if given.dtype == "category":
        told = _replaced(given.astype("str"), reported.astype("str"), rows)
        return told.astype("category")
    last = pd.Series(take(reported.array, rows, allow_fill=True), given.index)
    return last.where(rows >= 0, given)


_RULES: dict[str, Callable[[Tables, pd.Timestamp, Tables], pd.DataFrame]] = {
    "items": _items,
    "activities": _activities,
    "milestones": _milestones,
    "risks": _risks,
    "budget": _budget,
    "objectives": _objectives,
}
