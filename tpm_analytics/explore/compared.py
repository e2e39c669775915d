"""The answers of a program as it is beside those of a scenario: what charts and words read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.explore.answers import Work
from tpm_analytics.explore.plans import Plan
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
    curves = {name: (work.when["day_on"], work.when["chance"]) for name, work in versions.items()}
    return Finish(_chances(curves), _promises(days))


def plan_finish(versions: Mapping[str, Plan]) -> Finish:
    """When the plan of each version ends."""
    days = {name: _ends(plan.outlook) for name, plan in versions.items()}
    curves = {
        name: (plan.curve["finish_on"], plan.curve["certainty"]) for name, plan in versions.items()
    }
    return Finish(_chances(curves), _promises(days))


def _chances(curves: Mapping[str, tuple[pd.Series, pd.Series]]) -> DataFrame[Chances]:
    """Days and chances of each version: those on which anything is undecided."""
    told = {
        name: (days.to_numpy(), chances.to_numpy())
        for name, (days, chances) in curves.items()
        if len(days)
    }
    if not told:
        return Chances.validate(Chances.empty())
    shown = {name: _thinned(chances) for name, (_, chances) in told.items()}
    return Chances.validate(
        pd.DataFrame(
            {
                "version": np.repeat(list(shown), [len(rows) for rows in shown.values()]),
                "day_on": np.concatenate([told[name][0][rows] for name, rows in shown.items()]),
                "chance": np.concatenate([told[name][1][rows] for name, rows in shown.items()]),
            }
        )
    )


def _thinned(chance: np.ndarray) -> np.ndarray:
    """Return the rows on which anything is undecided; of many, every n-th."""
    first = max(int(np.searchsorted(chance, FLAT)) - 1, 0)
    last = min(int(np.searchsorted(chance, 1 - FLAT)) + 1, len(chance))
    places = np.unique(np.linspace(first, last - 1, min(MOST_POINTS, last - first)).round())
    rows: np.ndarray = places.astype(int)
    return rows


def _days(days: DataFrame[FinishDays]) -> dict[float, pd.Timestamp]:
    return dict(zip(days["share"], days["day_on"], strict=True))


def _ends(outlook: DataFrame[Outlook]) -> dict[float, pd.Timestamp]:
    told = zip(outlook["certainty"], outlook["finish_on"], strict=True)
    return {share: day for share, day in told if share in PLAN_SHARES}


def _promises(days: Mapping[str, dict[float, pd.Timestamp]]) -> DataFrame[Promises]:
    rows = [(name, share, day) for name, told in days.items() for share, day in told.items()]
    if not rows:
        return Promises.validate(Promises.empty())
    names, shares, told = zip(*rows, strict=True)
    later = [_later(day, days[AS_IS].get(share, pd.NaT)) for _, share, day in rows]
    return Promises.validate(
        pd.DataFrame(
            {
                "version": names,
                "share": shares,
                "day_on": pd.DatetimeIndex(told).as_unit("us"),
                "later_days": pd.array(later, dtype="Int64"),
            }
        )
    )


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
    rows = [
        (name, group, *hours) for name, usage in versions.items() for group, hours in _sums(usage)
    ]
    if not rows:
        return Loads.validate(Loads.empty())
    names, groups, available, promised = zip(*rows, strict=True)
    full = [
        hours / time if time > 0 else np.nan
        for time, hours in zip(available, promised, strict=True)
    ]
    today = {
        group: part for name, group, part in zip(names, groups, full, strict=True) if name == AS_IS
    }
    return Loads.validate(
        pd.DataFrame(
            {
                "version": names,
                "group": groups,
                "capacity_hours": available,
                "allocated_hours": promised,
                "utilisation": full,
                "more": [
                    part - today.get(group, np.nan)
                    for group, part in zip(groups, full, strict=True)
                ],
            }
        )
    )


def _sums(usage: DataFrame[Utilisation]) -> Iterator[tuple[str, tuple[float, float]]]:
    """Hours available and promised of each group by name, then of everybody."""
    if usage.empty:
        return
    place, groups = usage["group"].factorize(sort=True)
    hours = [
        np.bincount(place, weights=usage[name].to_numpy()).tolist()
        for name in ("capacity_hours", "allocated_hours")
    ]
    yield from zip(map(str, groups), zip(*hours, strict=True), strict=True)
    yield EVERYBODY, (sum(hours[0]), sum(hours[1]))
