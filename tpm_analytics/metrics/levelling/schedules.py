"""When the work can be done by the people who are there, and what one more would buy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.levelling.plan import (
    HUNDREDTHS,
    blind_starts,
    case_of,
    lacks,
    named_needs,
    places,
    shown_names,
)
from tpm_analytics.models import levelling as model
from tpm_analytics.models.serial_schedule import (
    Project,
    finish,
    load,
    orders,
    schedule,
    tails,
)
from tpm_analytics.program import Program
from tpm_analytics.results.levelling import (
    Levelled,
    LevellingSummary,
    OneMore,
    ResourceLoad,
    Shortages,
)
from tpm_analytics.results.schedule import DaysOff

# Of more activities a search in seconds finds nothing that the rule alone does not
SEARCHED_ACTIVITIES = 400
SOLVER, HEURISTIC, RULE = "solver", "heuristic search", "serial rule"


def levelled(
    program: Program, *, days_off: DataFrame[DaysOff] | None = None, seconds: float = 3.0
) -> DataFrame[Levelled]:
    """Plan the unfinished work so that nobody is needed twice, to end as early as can be.

    Parameters
    ----------
    program
        Reads ``activities``, ``links``, ``activity_demand``, ``people`` (``team``, ``role``,
        ``skills``, ``joined_on``, ``left_on``), ``absences`` and ``as_of``.
    days_off
        As in `schedule.schedule`.
    seconds
        Time for the search, about half of it for the end and half to move little.

    Returns
    -------
    Levelled
        One row per unfinished activity, by the levelled start. No row where no unfinished
        activity needs anybody, or where one needs more people than there are: `shortages`.

    Raises
    ------
    InvalidTableError
        As `schedule.schedule`.
    ParameterError
        If ``seconds`` is not above 0.

    Notes
    -----
    First the earliest end, then of all plans with that end the one whose starts move the fewest
    days from today's. Both count in common working days: those that most of the unfinished
    activities work on. An activity keeps its people from start to finish; work that has begun may
    pause until they are free. A role counts in its own team; if some activity's team has nobody
    of it, everybody of the role is shared by all. A head counts from joining to leaving, less
    absences of `LONG_ABSENCE_DAYS` calendar days or more.

    With the package ortools a constraint solver proves the end or says how early one could be;
    without it a genetic search over serial schedules answers, and ``method`` says so. A search
    that time cuts off may differ from run to run.

    References
    ----------
    .. [1] R. Kolisch, S. Hartmann, "Experimental investigation of heuristics for
       resource-constrained project scheduling: an update", 2006.
    """
    if not seconds > 0:
        raise ParameterError(f"seconds={seconds} is not above 0.", hint="3 is enough for most")
    case = case_of(program, days_off)
    if case is None or len(lacks(case)):
        return Levelled.validate(Levelled.empty())
    project, today = case.project, blind_starts(case.project)
    found, method = _solved(project, today, seconds)
    table = case.plan.activities.iloc[case.rows]
    length, blind, start = project.duration[:-1], today[:-1], found.start[:-1]
    told = pd.DataFrame(
        {
            "activity_id": table["activity_id"].to_numpy(),
            "name": shown_names(case).to_numpy(),
            "team": table["team"].to_numpy(),
            "needs": table["activity_id"].map(named_needs(program, case)).to_numpy(),
            "days": length,
            "today_start_on": case.starts_on(blind, length),
            "today_finish_on": case.ends_on(blind + length),
            "start_on": case.starts_on(start, length),
            "finish_on": case.ends_on(start + length),
            "moved_days": start - blind,
            "method": method,
            "bound_on": case.ends_on(np.array([found.bound]))[0],
        }
    )
    return Levelled.validate(told.sort_values(["start_on", "activity_id"], ignore_index=True))


def summary(levelled: DataFrame[Levelled]) -> DataFrame[LevellingSummary]:
    """The end today and levelled, and whether it is proved; no row of nothing.

    Parameters
    ----------
    levelled
        Reads ``today_finish_on``, ``finish_on``, ``moved_days``, ``method``, ``bound_on``.
    """
    Levelled.require(levelled, "today_finish_on", "finish_on", "moved_days", "method", "bound_on")
    if levelled.empty:
        return LevellingSummary.validate(LevellingSummary.empty())
    today, end = levelled["today_finish_on"].max(), levelled["finish_on"].max()
    bound = levelled["bound_on"].iloc[0]
    return LevellingSummary.validate(
        pd.DataFrame(
            {
                "activities": [len(levelled)],
                "moved": [int((levelled["moved_days"] != 0).sum())],
                "today_end_on": [today],
                "end_on": [end],
                "bound_on": [bound],
                "later_days": [(end - today).days],
                "method": [levelled["method"].iloc[0]],
                "proved": [bool(bound >= end)],
            }
        )
    )


def resource_load(
    program: Program,
    levelled: DataFrame[Levelled],
    *,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[ResourceLoad]:
    """People needed at once in each week, today and levelled, beside those who are there.

    Parameters
    ----------
    program, days_off
        As in `levelled`.
    levelled
        Reads ``activity_id``, ``moved_days``.

    Returns
    -------
    ResourceLoad
        One row per resource and week up to the later of the two ends, by resource and week.
    """
    Levelled.require(levelled, "activity_id", "moved_days")
    case = None if levelled.empty else case_of(program, days_off)
    if case is None:
        return ResourceLoad.validate(ResourceLoad.empty())
    project, today = case.project, blind_starts(case.project)
    start = places(case, levelled)
    last = int(max((today + project.duration).max(), (start + project.duration).max()))
    days = case.grid[:last].astype("datetime64[us]")
    weeks = calendars.period_start(pd.Series(days), "week")
    daily = {
        "capacity": project.capacity[:, :last],
        "today": load(project, today)[:, :last],
        "levelled": load(project, start)[:, :last],
    }
    rows = [
        pd.DataFrame({name: amounts[row] / HUNDREDTHS for name, amounts in daily.items()})
        .groupby(weeks)
        .agg({"capacity": "min", "today": "max", "levelled": "max"})
        .rename_axis("period_on")
        .reset_index()
        .assign(resource=resource)
        for row, resource in enumerate(case.resources)
    ]
    return ResourceLoad.validate(pd.concat(rows, ignore_index=True))


def one_more(
    program: Program,
    levelled: DataFrame[Levelled],
    *,
    days_off: DataFrame[DaysOff] | None = None,
    seconds: float = 0.5,
) -> DataFrame[OneMore]:
    """How many days earlier the work could end with one more person of each role.

    Parameters
    ----------
    program, days_off
        As in `levelled`.
    levelled
        Reads ``activity_id``, ``moved_days``.
    seconds
        Time for each resource.

    Returns
    -------
    OneMore
        One row per resource that the unfinished work needs, the one that wins most first.

    Notes
    -----
    One more is there from tomorrow on and knows the work. Gains of two roles do not add up. A
    search cut off by time tells too little rather than too much: the plan without is a plan with.
    """
    Levelled.require(levelled, "activity_id", "moved_days")
    case = None if levelled.empty else case_of(program, days_off)
    if case is None:
        return OneMore.validate(OneMore.empty())
    project = case.project
    start = places(case, levelled)
    base = int((start + project.duration).max())
    rows = []
    for row, resource in enumerate(case.resources):
        capacity = project.capacity.copy()
        capacity[row] += HUNDREDTHS
        found, _ = _quickest(replace(project, capacity=capacity), seconds)
        end = min(found.finish, base)
        rows.append(
            {
                "resource": resource,
                "heads": int(project.capacity[row].max()) // HUNDREDTHS,
                "end_on": case.ends_on(np.array([end]))[0],
                "days_won": base - end,
                "proved": found.bound >= end,
            }
        )
    told = pd.DataFrame(rows).sort_values(["days_won", "resource"], ascending=[False, True])
    return OneMore.validate(told.reset_index(drop=True))


def shortages(
    program: Program, *, days_off: DataFrame[DaysOff] | None = None
) -> DataFrame[Shortages]:
    """Resources that a single activity needs more of than there is, so that no plan exists.

    Parameters
    ----------
    program, days_off
        As in `levelled`.

    Returns
    -------
    Shortages
        One row per resource with the unfinished activities that need too many, the largest gap
        first; none where a plan exists.
    """
    case = case_of(program, days_off)
    pairs = np.empty((0, 2), dtype=int) if case is None else lacks(case)
    if case is None or not len(pairs):
        return Shortages.validate(Shortages.empty())
    activity, resource = pairs.T
    told = pd.DataFrame(
        {
            "resource": case.resources[resource],
            "needed": case.project.demand[activity, resource] / HUNDREDTHS,
            "there": case.project.capacity.max(axis=1)[resource] / HUNDREDTHS,
            "lasting": case.project.capacity[resource, -1] / HUNDREDTHS,
            "activities": shown_names(case).to_numpy()[activity],
        }
    )
    grouped = told.groupby("resource", as_index=False).agg(
        needed=("needed", "max"),
        there=("there", "first"),
        lasting=("lasting", "first"),
        activities=("activities", ", ".join),
    )
    gap = (grouped["needed"] - grouped["lasting"]).to_numpy()
    return Shortages.validate(grouped.iloc[np.argsort(-gap, kind="stable")].reset_index(drop=True))


def _solved(project: Project, today: np.ndarray, seconds: float) -> tuple[model.Levelled, str]:
    """Return the earliest end, then with the least moved; and how it was found."""
    found, method = _quickest(project, seconds / 2)
    if method == SOLVER:
        found = model.least_moved(project, today, found, seconds=seconds / 2, workers=1)
    return found, method


def _quickest(project: Project, seconds: float) -> tuple[model.Levelled, str]:
    if project.count > SEARCHED_ACTIVITIES:
        urgent = -tails(project)[None].astype(float)
        start = schedule(project, orders(project, urgent))
        end, bound = int(finish(project, start)[0]), model.lower_bound(project)
        return model.Levelled(start[0], end, min(bound, end)), RULE
    if model.available():
        return model.earliest_finish(project, seconds=seconds, workers=1), SOLVER
    return model.search(project, seconds=seconds), HEURISTIC
