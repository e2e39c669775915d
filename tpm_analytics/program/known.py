"""What was known of a program on an earlier day: one function a table that needs its own rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from tpm_analytics.calendars import end_of
from tpm_analytics.program.tables import TABLES

Tables = Mapping[str, pd.DataFrame]


def cut(tables: Tables, day: pd.Timestamp, time_zone: str) -> dict[str, pd.DataFrame]:
    """Tables with nothing in them that was not known at the end of `day`.

    Rows whose own time lies later are dropped, values whose own time lies later become NA; the
    columns say which they are (`column`'s ``known``). Tables that keep their own history (risks,
    milestones) get the figures of their last report by then. What a source keeps no history of
    (titles, links, plans for people) stays as it is today.
    """
    moment = end_of(day, time_zone)
    known = {name: _rows_and_values(name, table, day, moment) for name, table in tables.items()}
    for name, rule in _RULES.items():
        known[name] = rule(known, day)
    return known


def _rows_and_values(
    name: str, table: pd.DataFrame, day: pd.Timestamp, moment: pd.Timestamp
) -> pd.DataFrame:
    known = table
    for column in TABLES[name].declared().values():
        if column.known is None:
            continue
        later = known[column.name] > (moment if column.dtype == "instant" else day)
        if not later.any():
            continue
        if column.known == "row":
            known = known[~later].reset_index(drop=True)
        else:
            known = known.assign(**{column.name: known[column.name].mask(later)})
    return known


def _items(tables: Tables, day: pd.Timestamp) -> pd.DataFrame:
    """Open again what finished later; where no transition tells, the status then is unknown."""
    items = tables["items"]
    finished_later = items["finished_on"] > day
    return items.assign(
        status=items["status"].mask(finished_later),
        started_on=items["started_on"].mask(items["started_on"] > day),
        finished_on=items["finished_on"].mask(finished_later),
    )


def _activities(tables: Tables, _: pd.Timestamp) -> pd.DataFrame:
    """Progress is kept only where it cannot have changed since: not begun, or finished."""
    activities = tables["activities"]
    finished = activities["actual_finish_on"].notna()
    begun = activities["actual_start_on"].notna()
    progress = activities["percent_complete"].where(finished | ~begun)
    return activities.assign(percent_complete=progress.mask(~begun, 0.0))


def _milestones(tables: Tables, _: pd.Timestamp) -> pd.DataFrame:
    """Due as last reported by then, else as first planned."""
    return _as_last_reported(
        tables["milestones"],
        tables["milestone_forecasts"].rename(columns={"forecast_on": "due_on"}),
        key="milestone_id",
        columns=("due_on",),
    )


def _risks(tables: Tables, _: pd.Timestamp) -> pd.DataFrame:
    """Probability, impact and status as last assessed by then."""
    return _as_last_reported(
        tables["risks"],
        tables["risk_history"],
        key="risk_id",
        columns=("status", "probability", "impact_cost", "impact_days"),
    )


def _budget(tables: Tables, day: pd.Timestamp) -> pd.DataFrame:
    """The plan stays; earned value and cost of periods that had not begun are unknown."""
    budget = tables["budget"]
    later = budget["period_on"] > day
    return budget.assign(
        earned_value=budget["earned_value"].mask(later),
        actual_cost=budget["actual_cost"].mask(later),
    )


def _objectives(tables: Tables, _: pd.Timestamp) -> pd.DataFrame:
    """The value then is unknown: no source keeps its history."""
    return tables["objectives"].assign(current=float("nan"))


def _as_last_reported(
    table: pd.DataFrame, reports: pd.DataFrame, *, key: str, columns: tuple[str, ...]
) -> pd.DataFrame:
    if reports.empty or table.empty:
        return table
    last = reports.sort_values("reported_on", kind="stable").groupby(key)[list(columns)].last()
    then = last.reindex(table[key]).set_axis(table.index)
    found = table[key].isin(last.index)
    return table.assign(
        **{
            name: then[name].astype(table[name].dtype).where(found, table[name])
            if table[name].dtype != "category"
            else then[name].astype("str").where(found, table[name].astype("str")).astype("category")
            for name in columns
        }
    )


_RULES: dict[str, Callable[[Tables, pd.Timestamp], pd.DataFrame]] = {
    "items": _items,
    "activities": _activities,
    "milestones": _milestones,
    "risks": _risks,
    "budget": _budget,
    "objectives": _objectives,
}
