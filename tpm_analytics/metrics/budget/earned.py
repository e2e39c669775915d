"""What was planned, earned and spent, and where the money and the time stand."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError, check_choice
from tpm_analytics.metrics.budget.amounts import Given, per_period
from tpm_analytics.metrics.budget.periods import Periods, arranged, day_after, position
from tpm_analytics.models import earned_value as model
from tpm_analytics.program.tables import Activities, Budget
from tpm_analytics.results.budget import EarnedValue, Standing

By = Literal["program", "workstream"]

__all__ = ["earned_value", "of_workstreams", "per_period", "standing"]


def earned_value(
    budget: DataFrame[Budget],
    *,
    until: pd.Timestamp | None = None,
    by: By = "program",
    given: Given = "checked",
) -> DataFrame[EarnedValue]:
    """Running totals of planned value, earned value and cost, with what follows from them.

    Parameters
    ----------
    budget
        Reads all columns of `Budget`.
    until
        Day the program is seen from; earned value and cost of periods not ended by then are
        unknown. Without it all periods told count as ended.
    by
        ``"program"`` or ``"workstream"``.
    given
        What the amounts are; see `per_period`.

    Returns
    -------
    EarnedValue
        One row per period, from the first with any money to the end of the plan or to the last
        period told. Earned value and cost are NA after the last period that every workstream has
        told. Left out are workstreams without planned value; of the program also those that do
        not tell what others tell.

    Raises
    ------
    InvalidTableError, ParameterError
        See `per_period`.

    Notes
    -----
    ``CV = EV - AC``, ``SV = EV - PV``, ``CPI = EV / AC``, ``SPI = EV / PV`` [1]_;
    ``SV(t) = ES - AT``, ``SPI(t) = ES / AT`` [2]_ with earned schedule ``ES`` and the periods gone
    ``AT``, which stop counting when all is earned. Unlike SPI, SPI(t) does not return to 1 when
    late work is done.

    References
    ----------
    .. [1] PMI, "The Standard for Earned Value Management", 2019.
    .. [2] W. Lipke, "Schedule is Different", The Measurable News, 2003.

    Examples
    --------
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]).as_unit("us")
    >>> budget = Budget.empty().reindex(range(3)).assign(
    ...     workstream="Core", period_on=months, planned_value=[10.0, 10.0, 10.0],
    ...     earned_value=[5.0, 10.0, None], actual_cost=[10.0, 10.0, None],
    ... )
    >>> told = earned_value(budget)
    >>> told[["planned_value", "earned_value", "cpi", "earned_schedule"]]
       planned_value  earned_value   cpi  earned_schedule
    0           10.0           5.0  0.50              0.5
    1           20.0          15.0  0.75              1.5
    2           30.0           NaN   NaN              NaN
    """
    check_choice("by", by, get_args(By))
    return running_totals(per_period(budget, given=given), until=until, by=by)


def running_totals(
    amounts: pd.DataFrame, *, until: pd.Timestamp | None, by: By = "program"
) -> pd.DataFrame:
    """Return `earned_value` of amounts that are known to be of single periods and to be sound."""
    if not amounts["planned_value"].notna().any():
        return EarnedValue.validate(EarnedValue.empty())
    periods = arranged(amounts, until)
    counted = periods.whole if by == "program" else periods
    tables = [_totals(counted, place) for place in range(len(counted.names))]
    return EarnedValue.validate(pd.concat([*tables, EarnedValue.empty()], ignore_index=True))


def _totals(periods: Periods, place: int) -> pd.DataFrame:
    """Running totals of one workstream and what follows from them."""
    planned, earned, cost = (
        amounts[place] for amounts in (periods.planned, periods.earned, periods.cost)
    )
    moving = np.flatnonzero((planned > 0) | (np.nan_to_num(earned) > 0) | (np.nan_to_num(cost) > 0))
    if not len(moving):
        return EarnedValue.empty()
    span = slice(int(moving[0]), max(int(moving[-1]) + 1, periods.told))
    planned, earned, cost = (np.cumsum(amounts[span]) for amounts in (planned, earned, cost))
    budget = float(planned[-1])
    number = np.arange(1, len(planned) + 1)
    finished = model.finished_after(earned, budget)
    elapsed = np.minimum(number, finished or len(number)).astype(float)
    schedule = model.earned_schedule(planned, earned, elapsed)
    return pd.DataFrame(
        {
            "workstream": periods.names[place],
            "period": number,
            "period_on": periods.starts[span],
            "ends_on": periods.ends[span],
            "planned_value": planned,
            "earned_value": earned,
            "actual_cost": cost,
            "budget_at_completion": budget,
            "cost_variance": earned - cost,
            "schedule_variance": earned - planned,
            "cpi": model.ratio(earned, cost),
            "spi": model.ratio(earned, planned),
            "earned_schedule": schedule,
            "periods_ahead": schedule - elapsed,
            "spi_t": model.ratio(schedule, elapsed),
            "share_done": np.minimum(model.ratio(earned, budget), 1.0),
            "planned_periods": model.planned_periods(planned),
        }
    )


def of_workstreams(
    budget: DataFrame[Budget], activities: DataFrame[Activities]
) -> DataFrame[Budget]:
    """Rows of the workstreams that `activities` belong to, such as those of one team.

    Parameters
    ----------
    budget
        Reads ``workstream``.
    activities
        Reads ``workstream``.
    """
    Budget.require(budget, "workstream")
    Activities.require(activities, "workstream")
    ours = budget["workstream"].astype("str").isin(activities["workstream"].astype("str").dropna())
    return Budget.validate(budget[ours].reset_index(drop=True))


def standing(earned: DataFrame[EarnedValue], *, tolerance: float = 0.05) -> DataFrame[Standing]:
    """Where each workstream, or the program, stands after the last period told.

    Parameters
    ----------
    earned
        Reads all columns of `EarnedValue`.
    tolerance
        How far below 1 an index may lie and still go as planned.

    Returns
    -------
    Standing
        One row per workstream. None where no period has been told.

    Raises
    ------
    ParameterError
        If `tolerance` is not from 0 to 1.

    Notes
    -----
    ``EAC = AC + (BAC - EV) / CPI``, ``ETC = EAC - AC``, ``VAC = BAC - EAC``,
    ``TCPI = (BAC - EV) / (BAC - AC)``, and with ``EAC`` in place of ``BAC`` below the line. The
    first is unknown where the budget is spent. The finish is ``PD / SPI(t)``.

    Examples
    --------
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01"]).as_unit("us")
    >>> budget = Budget.empty().reindex(range(2)).assign(
    ...     workstream="Core", period_on=months, planned_value=[10.0, 10.0],
    ...     earned_value=[5.0, None], actual_cost=[10.0, None],
    ... )
    >>> told = standing(earned_value(budget))
    >>> told[["state", "estimate_at_completion", "tcpi_budget"]].to_dict("records")
    [{'state': 'over cost and late', 'estimate_at_completion': 40.0, 'tcpi_budget': 1.5}]
    """
    EarnedValue.require(earned, *EarnedValue.declared())
    if not 0 <= tolerance <= 1:
        raise ParameterError(f"tolerance={tolerance} is not a share.", hint="write 0.05 for 5 %")
    known = earned[earned["earned_value"].notna() | earned["actual_cost"].notna()]
    if known.empty:
        return Standing.validate(Standing.empty())
    last = known.groupby("workstream", sort=False).tail(1).reset_index(drop=True)
    at = position(last, last["budget_at_completion"].to_numpy())
    rest = model.estimates_to_complete(at)["cpi"]
    told = last.assign(
        estimate_to_complete=rest,
        estimate_at_completion=at.cost + rest,
        variance_at_completion=at.budget - at.cost - rest,
        share_spent=model.ratio(at.cost, at.budget),
        share_planned=model.ratio(at.planned, at.budget),
        tcpi_budget=model.to_complete(at, at.budget),
        tcpi_estimate=model.to_complete(at, at.cost + rest),
        **_finishes(earned, last),
    )
    return Standing.validate(told.assign(state=_states(told, tolerance)))


def _finishes(earned: pd.DataFrame, last: pd.DataFrame) -> dict[str, list[pd.Timestamp]]:
    """Days on which each row of `last` was to finish, and will as fast as so far."""
    rows = dict(list(earned.groupby("workstream", sort=False)))
    found: dict[str, list[pd.Timestamp]] = {"planned_finish_on": [], "finish_on": []}
    for one in last.itertuples():
        theirs = rows[one.workstream]
        plan = float(one.planned_periods)
        finished = model.finished_after(theirs["earned_value"].to_numpy(), one.budget_at_completion)
        periods = finished or float(model.ratio(plan, one.spi_t))
        found["planned_finish_on"].append(day_after(theirs, plan or float("nan")))
        found["finish_on"].append(day_after(theirs, periods))
    return found


def _states(told: pd.DataFrame, tolerance: float) -> np.ndarray:
    costly = told["cpi"] < 1 - tolerance
    late = told["spi_t"] < 1 - tolerance
    done = told["share_done"] >= model.ALL_EARNED
    unknown = told["earned_value"].isna()
    nothing = (told[["earned_value", "actual_cost", "planned_value"]] == 0).all(axis=1)
    return np.select(
        [unknown, nothing, done, costly & late, costly, late],
        ["not measured", "not begun", "finished", "over cost and late", "over cost", "late"],
        "as planned",
    )
