"""How the risks changed: exposure over time, what moved, and what came true."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.program.risk_state import risk_label, risk_state
from tpm_analytics.program.tables import RiskHistory, Risks
from tpm_analytics.results.risk import CameTrue, ExposureOverTime, Movers


def exposure_over_time(
    risk_history: DataFrame[RiskHistory],
    risks: DataFrame[Risks],
    *,
    until: pd.Timestamp,
    every: Every = "month",
) -> DataFrame[ExposureOverTime]:
    """Expected cost and delay of the risks that were open at the end of each period.

    Parameters
    ----------
    risk_history
        Reads ``risk_id``, ``reported_on``, ``status``, ``probability``, ``impact_cost``,
        ``impact_days``.
    risks
        Reads the same, and ``opened_on``, ``closed_on``.
    until
        Day the program is seen from: the last row, whole period or not.
    every
        ``"day"``, ``"week"``, ``"month"`` or ``"quarter"``.

    Returns
    -------
    ExposureOverTime
        One row per end of a period since the first risk was raised or assessed, and one for
        ``until``. Risks that are not in ``risks`` are left out. A sum is 0 where no risk was
        open, and NA where none of those open was assessed.

    Notes
    -----
    A risk counts from the day it was raised until it is closed or comes true, each day with the
    last assessment by then. Before its first assessment it is open and not assessed. A risk that
    was never assessed has the figures of the register all along, the only ones known. The last
    row holds the register's own figures, and so agrees with `expected_value`.
    """
    RiskHistory.require(risk_history, "risk_id", "reported_on", "status", "probability")
    RiskHistory.require(risk_history, "impact_cost", "impact_days")
    Risks.require(risks, "risk_id", "status", "probability", "impact_cost", "impact_days")
    Risks.require(risks, "opened_on", "closed_on")
    reports = _reports(risk_history, risks, until)
    if reports.empty:
        return ExposureOverTime.validate(ExposureOverTime.empty())
    first_told = reports.groupby("risk_id")["reported_on"].min().reindex(risks["risk_id"])
    opened = risks["opened_on"].fillna(first_told.set_axis(risks.index))
    days = _ends(min(opened.min(), reports["reported_on"].min()), until, every)
    grid = pd.DataFrame({"day_on": days}).merge(
        risks[["risk_id", "closed_on"]].assign(opened_on=opened), how="cross"
    )
    known = pd.merge_asof(
        grid.sort_values("day_on", kind="stable"),
        reports.sort_values("reported_on", kind="stable"),
        left_on="day_on",
        right_on="reported_on",
        by="risk_id",
    )
    going = (
        (known["opened_on"] <= known["day_on"])
        & ~(known["closed_on"] <= known["day_on"])
        & (known["state"].fillna("open") == "open")
    )
    known = known[going]
    cost = known["probability"] * known["impact_cost"]
    told = known.assign(
        exposure_cost=cost,
        exposure_days=known["probability"] * known["impact_days"],
        assessed=cost.notna(),
    )
    totals = told.groupby("day_on").agg(
        risks=("risk_id", "size"),
        assessed=("assessed", "sum"),
    )
    sums = told.groupby("day_on")[["exposure_cost", "exposure_days"]].sum(min_count=1).reindex(days)
    sums.loc[~days.isin(totals.index)] = 0.0
    return ExposureOverTime.validate(
        totals.reindex(days, fill_value=0).join(sums).rename_axis("day_on").reset_index()
    )


def _reports(history: pd.DataFrame, risks: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Assessments in time, closed by what the register itself says on the last day."""
    columns = ["risk_id", "reported_on", "status", "probability", "impact_cost", "impact_days"]
    told = history.loc[history["risk_id"].isin(risks["risk_id"]), columns]
    told = told.sort_values("reported_on", kind="stable")
    filled = told.groupby("risk_id", sort=False)[columns[3:]].ffill()
    never = risks[~risks["risk_id"].isin(told["risk_id"])]
    parts = [
        told.assign(**filled, state=risk_state(told)),
        risks.assign(reported_on=until, state=risk_state(risks)),
        # what was open then is told by closed_on; the status of today says nothing of then
        never.assign(reported_on=never["opened_on"], state="open"),
    ]
    rows = [part[[*columns, "state"]].astype({"status": "str"}) for part in parts]
    return pd.concat(rows, ignore_index=True).dropna(subset=["reported_on"])


def _ends(first: pd.Timestamp, until: pd.Timestamp, every: Every) -> pd.DatetimeIndex:
    """Last days of the periods from `first` on, and `until`."""
    # every period is shorter than 93 days, so the end of the one `until` lies in is known
    starts = calendars.periods(first, until + pd.Timedelta(days=2 * 93), every)
    ends = starts[1:] - pd.Timedelta(days=1)
    return pd.DatetimeIndex([*ends[ends < until], until], dtype="datetime64[us]")


def top_movers(
    risk_history: DataFrame[RiskHistory], risks: DataFrame[Risks], *, since: pd.Timestamp
) -> DataFrame[Movers]:
    """Risks whose expected cost changed since a day.

    Parameters
    ----------
    risk_history
        Reads ``risk_id``, ``reported_on``, ``status``, ``probability``, ``impact_cost``.
    risks
        The register now. Reads the same, and ``title``, ``opened_on``, ``closed_on``.
    since
        Day to compare with: the last assessment by then counts.

    Returns
    -------
    Movers
        One row per risk that changed, largest change first. ``what`` is raised, grew, shrank,
        closed or came true. Left out: risks raised by ``since`` of which no assessment by then
        is known.

    Notes
    -----
    A risk that was not on the register yet, is closed, or came true has an exposure of 0: what
    came true is no longer a risk, it is a fact.
    """
    RiskHistory.require(risk_history, "risk_id", "reported_on", "status", "probability")
    Risks.require(risks, "risk_id", "title", "status", "probability", "impact_cost", "opened_on")
    early = risk_history[risk_history["reported_on"] <= since].sort_values("reported_on")
    last = early.groupby("risk_id")[["status", "probability", "impact_cost"]].last()
    before = (last["probability"] * last["impact_cost"]).where(risk_state(last) == "open", 0.0)
    state = risk_state(risks)
    now = (risks["probability"] * risks["impact_cost"]).where(state == "open", 0.0)
    raised = risks["opened_on"] > since
    was = before.reindex(risks["risk_id"]).set_axis(risks.index).mask(raised, 0.0)
    change = now - was
    what = np.select(
        [state == "occurred", state == "closed", raised, change > 0],
        ["came true", "closed", "raised", "grew"],
        "shrank",
    )
    moved = risks.assign(
        risk=risk_label(risks), what=what, exposure_before=was, exposure_now=now, change=change
    )
    moved = moved[change.notna() & (change != 0)]
    order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
    return Movers.validate(moved.loc[order].reset_index(drop=True))


def weeks_before(day: pd.Timestamp, *, weeks: int = 13) -> pd.Timestamp:
    """Day that lies `weeks` before `day`, for the option ``since``.

    Examples
    --------
    >>> print(weeks_before(pd.Timestamp("2025-06-30"), weeks=13).date())
    2025-03-31
    """
    if weeks < 0:
        raise ParameterError(f"weeks={weeks} is below 0.", hint="13 weeks are a quarter")
    return day - pd.Timedelta(weeks=weeks)


def came_true(risks: DataFrame[Risks], risk_history: DataFrame[RiskHistory]) -> DataFrame[CameTrue]:
    """Risks that came true, with the warning they gave.

    Parameters
    ----------
    risks
        Reads ``risk_id``, ``title``, ``category``, ``status``, ``impact_cost``, ``impact_days``,
        ``opened_on``, ``closed_on``.
    risk_history
        Reads ``risk_id``, ``reported_on``, ``status``, ``probability``.

    Returns
    -------
    CameTrue
        One row per risk whose status says so (`risk_state`), the latest first. ``occurred_on`` is
        the first assessment that says so, else the day it was closed. ``last_probability`` is
        that of the last assessment before, NA without one.

    Notes
    -----
    A register is worth its upkeep if what came true stood in it early and was thought likely.
    """
    Risks.require(risks, "risk_id", "title", "category", "status", "impact_cost", "impact_days")
    Risks.require(risks, "opened_on", "closed_on")
    RiskHistory.require(risk_history, "risk_id", "reported_on", "status", "probability")
    true = risks[risk_state(risks) == "occurred"]
    told = risk_history.assign(state=risk_state(risk_history)).sort_values(
        "reported_on", kind="stable"
    )
    said = told[told["state"] == "occurred"].groupby("risk_id")["reported_on"].min()
    foreseen = told[told["state"] == "open"].groupby("risk_id")["probability"].last()
    first_said = said.reindex(true["risk_id"]).set_axis(true.index).astype("datetime64[us]")
    occurred_on = first_said.fillna(true["closed_on"])
    return CameTrue.validate(
        true.assign(
            occurred_on=occurred_on,
            warned_days=(occurred_on - true["opened_on"]).dt.days,
            last_probability=foreseen.reindex(true["risk_id"]).to_numpy(),
        ).sort_values(["occurred_on", "risk_id"], ascending=[False, True], ignore_index=True)
    )
