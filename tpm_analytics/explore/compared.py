"""The answers of a program as it is beside those of a scenario: what charts and words read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.explore.answers import Plan, Work
from tpm_analytics.results.explore import AS_IS, Chances, Counts, Loads, Promises, Steps
from tpm_analytics.results.forecast import FinishDays
from tpm_analytics.results.resources import Utilisation
from tpm_analytics.results.schedule_risk import Outlook

PLAN_SHARES = (0.5, 0.8)
# A line of so many points looks the same as one of all days, and is drawn in half the time
MOST_POINTS = 60
# Chances nearer to 0 or 1 than this are a flat line
FLAT = 0.005
EVERYBODY = "everybody"


@dataclass(frozen=True, eq=False)
class Finish:
    """When all is done: chances by day, and the days that shares of the futures keep."""

    chances: DataFrame[Chances]
    promises: DataFrame[Promises]


def work_finish(versions: Mapping[str, Work]) -> Finish:
    """When the work of each version is done."""
    days = {name: _days(work.days) for name, work in versions.items()}
    return Finish(_chances({name: work.when for name, work in versions.items()}), _promises(days))


def plan_finish(versions: Mapping[str, Plan]) -> Finish:
    """When the plan of each version ends."""
    curves = {
        name: plan.curve.rename(columns={"finish_on": "day_on", "certainty": "chance"})
        for name, plan in versions.items()
    }
    days = {name: _ends(plan.outlook) for name, plan in versions.items()}
    return Finish(_chances(curves), _promises(days))


def _chances(curves: dict[str, pd.DataFrame]) -> DataFrame[Chances]:
    rows = [
        _thinned(curve[["day_on", "chance"]]).assign(version=name)
        for name, curve in curves.items()
        if len(curve)
    ]
    return Chances.validate(pd.concat(rows, ignore_index=True) if rows else Chances.empty())


def _thinned(curve: pd.DataFrame) -> pd.DataFrame:
    """Return the days on which anything is undecided; of many, every n-th."""
    chance = curve["chance"].to_numpy()
    first = max(int(np.searchsorted(chance, FLAT)) - 1, 0)
    last = min(int(np.searchsorted(chance, 1 - FLAT)) + 1, len(chance))
    places = np.unique(np.linspace(first, last - 1, min(MOST_POINTS, last - first)).round())
    return curve.iloc[places.astype(int)]


def _days(days: DataFrame[FinishDays]) -> dict[float, pd.Timestamp]:
    return dict(zip(days["share"], days["day_on"], strict=True))


def _ends(outlook: DataFrame[Outlook]) -> dict[float, pd.Timestamp]:
    kept = outlook[outlook["certainty"].isin(PLAN_SHARES)]
    return dict(zip(kept["certainty"], kept["finish_on"], strict=True))


def _promises(days: dict[str, dict[float, pd.Timestamp]]) -> DataFrame[Promises]:
    rows = [
        {
            "version": name,
            "share": share,
            "day_on": day,
            "later_days": _later(day, days[AS_IS].get(share, pd.NaT)),
        }
        for name, told in days.items()
        for share, day in told.items()
    ]
    if not rows:
        return Promises.validate(Promises.empty())
    table = pd.DataFrame(rows)
    return Promises.validate(table.astype({"day_on": "datetime64[us]", "later_days": "Int64"}))


def _later(day: pd.Timestamp, today: pd.Timestamp) -> int | None:
    return None if pd.isna(day) or pd.isna(today) else (day - today).days


def counts(versions: Mapping[str, Work]) -> DataFrame[Counts]:
    """What is left in each version, and how much of it is finished by a day."""
    rows = []
    for name, work in versions.items():
        rows.append(
            {
                "version": name,
                "left": float(work.left["amount"].sum()),
                "by_on": work.by_on,
                "finished": float(work.sure["amount"].iloc[0]) if len(work.sure) else np.nan,
            }
        )
    table = pd.DataFrame(rows).astype({"by_on": "datetime64[us]"})
    return Counts.validate(table.assign(more=table["finished"] - table["finished"].iloc[0]))


def steps(versions: Mapping[str, Plan]) -> DataFrame[Steps]:
    """Return the activities that set the end of each version."""
    rows = [
        pd.DataFrame(
            {
                "version": name,
                "name": plan.path["name"].fillna(plan.path["activity_id"]),
                "open": plan.path["remaining_days"] > 0,
            }
        )
        for name, plan in versions.items()
        if len(plan.path)
    ]
    return Steps.validate(pd.concat(rows, ignore_index=True) if rows else Steps.empty())


def loads(versions: Mapping[str, DataFrame[Utilisation]]) -> DataFrame[Loads]:
    """How full each group is in each version; the last rows of a version are of everybody."""
    rows = [_summed(usage).assign(version=name) for name, usage in versions.items()]
    table = pd.concat(rows, ignore_index=True)
    if table.empty:
        return Loads.validate(Loads.empty())
    available = table["capacity_hours"].where(table["capacity_hours"] > 0)
    table["utilisation"] = table["allocated_hours"] / available
    today = table[table["version"] == AS_IS].set_index("group")["utilisation"]
    return Loads.validate(table.assign(more=table["utilisation"] - table["group"].map(today)))


def _summed(usage: pd.DataFrame) -> pd.DataFrame:
    hours = ["capacity_hours", "allocated_hours"]
    groups = usage.groupby("group", as_index=False)[hours].sum()
    whole = usage[hours].sum().to_frame().T.assign(group=EVERYBODY)
    return pd.concat([groups, whole], ignore_index=True) if len(groups) else groups
