"""Who is promised too often, when, and between which workstreams."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.resources.groups import ROUNDING, Show, check_shown
from tpm_analytics.results.resources import Allocated, Overloads, Utilisation


def overloads(
    utilisation: DataFrame[Utilisation],
    allocated: DataFrame[Allocated],
    *,
    show: Show = "grouped",
    above: float = 1.0,
) -> DataFrame[Overloads]:
    """Runs of periods in which a person is promised more than `above` of the time available.

    Parameters
    ----------
    utilisation
        Of single persons: ``resources.utilisation(..., by="named")``.
    allocated
        For the same periods. Reads ``person_id``, ``period_on``, ``workstream``,
        ``allocated_hours``.
    show
        ``"grouped"`` says role and team only; ``"named"`` says who it is.
    above
        Share of the available time that is still fine.

    Returns
    -------
    Overloads
        One row per person or group and run of unbroken periods, the most hours too many first.
        People of a group with the same run share a row. No row where nobody is overloaded.

    Raises
    ------
    ParameterError
        If `utilisation` is not of single persons, `above` not above 0, `show` not known.

    Notes
    -----
    Each person is looked at before people are grouped: an average over a role would let the
    idle half hide the half that drowns. Periods in which a person cannot work at all are none.
    """
    Utilisation.require(utilisation, "person_id", "team", "role", "period_on", "ends_on")
    Utilisation.require(utilisation, "capacity_hours", "allocated_hours", "utilisation")
    Allocated.require(allocated, "person_id", "period_on", "workstream", "allocated_hours")
    if above <= 0:
        raise ParameterError(f"above={above} is not above 0.", hint="1.0 is all of the time")
    check_shown(show)
    if utilisation["person_id"].isna().any():
        raise ParameterError(
            "Overloads need the utilisation of single persons, and got groups.",
            hint='use resources.utilisation(capacity, allocated, by="named"); '
            "the overloads themselves stay grouped",
        )
    over = utilisation[utilisation["utilisation"] > above + ROUNDING]
    if over.empty:
        return Overloads.validate(Overloads.empty())
    over = over.sort_values(["person_id", "period_on"])
    follows = over["period_on"] == over["ends_on"].shift() + pd.Timedelta(days=1)
    same = over["person_id"] == over["person_id"].shift()
    over = over.assign(
        run=(~(follows & same)).cumsum(),
        excess=over["allocated_hours"] - above * over["capacity_hours"],
    )
    keys = ["team", "role", *(["person_id"] if show == "named" else []), "from_on", "to_on"]
    runs = _runs(over)
    runs["row"] = runs.groupby(keys, observed=True, dropna=False).ngroup()
    by_row = runs.groupby("row")
    told = runs.drop_duplicates("row").set_index("row")[[*keys, "periods"]].sort_index()
    told = told.assign(
        people=by_row.size(),
        peak_utilisation=by_row["peak"].max(),
        excess_hours=by_row["excess"].sum(),
        workstreams=_colliding(over.assign(row=over["run"].map(runs["row"])), allocated),
    )
    return Overloads.validate(
        _named(told).sort_values(
            ["excess_hours", "group", "from_on"], ascending=[False, True, True], ignore_index=True
        )
    )


def _runs(over: pd.DataFrame) -> pd.DataFrame:
    """One row per person and run of periods that follow one another."""
    by_run = over.groupby("run")
    first = over.drop_duplicates("run").set_index("run")
    return first[["team", "role", "person_id"]].assign(
        from_on=first["period_on"],
        to_on=by_run["ends_on"].last(),
        periods=by_run.size(),
        peak=by_run["utilisation"].max(),
        excess=by_run["excess"].sum(),
    )


def _colliding(over: pd.DataFrame, allocated: pd.DataFrame) -> pd.Series:
    """Names of the workstreams that meet in each ``row``, one text each."""
    people = allocated["person_id"].astype("category").cat
    # numbered, since text of millions of rows is slow to compare
    person = people.categories.get_indexer(over["person_id"])
    over, person = over[person >= 0], person[person >= 0]
    theirs = np.isin(people.codes, np.unique(person)) & (allocated["allocated_hours"] > 0)
    promised = allocated.loc[theirs, ["period_on", "workstream"]]
    met = (
        over[["row", "period_on"]]
        .assign(person=person)
        .merge(promised.assign(person=people.codes[theirs]), on=["person", "period_on"])
    )
    names = met[["row", "workstream"]].drop_duplicates().astype({"workstream": "str"})
    return names.sort_values(["row", "workstream"]).groupby("row")["workstream"].agg(", ".join)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    if "person_id" in rows:
        return rows.assign(group=rows["person_id"])
    team, role = rows["team"].astype("str"), rows["role"].astype("str")
    group = team.fillna("no team") + " · " + role.fillna("no role")
    return rows.assign(group=group, person_id=None)
