"""When the work can be done by the people who are there, and what one more would buy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.metrics.levelling.plan import (
    HUNDREDTHS,
    SharedWork,
    lacks,
    places,
    shown_names,
)
from tpm_analytics.models import levelling as model
from tpm_analytics.models.serial_schedule import (
    Project,
    earliest_starts,
    load,
)
from tpm_analytics.results.levelling import (
    Levelled,
    LevellingSummary,
    OneMore,
    ResourceLoad,
    Shortages,
)

# Of more activities a search finds nothing in seconds that the rule alone does not
SEARCHED_ACTIVITIES = 400
# Activities times rounds that a search passes through in a second or two; for one more, less
TRIED, TRIED_MORE = 4_000, 1_500
MOST_ROUNDS, SOLVING, SOLVING_MORE = 60, 1.0, 0.2
SOLVER, HEURISTIC, RULE = "solver", "heuristic search", "serial rule"


def levelled(work: SharedWork | None) -> DataFrame[Levelled]:
    """Plan the unfinished work so that nobody is needed twice, to end as early as can be.

    Parameters
    ----------
    work
        From `shared_work`.

    Returns
    -------
    Levelled
        One row per unfinished activity, by the levelled start. No row where no unfinished
        activity needs anybody, or where one needs more people than there are: `shortages`.

    Notes
    -----
    First the earliest end, then of all plans with that end the one whose starts move the fewest
    days from today's. Both count in common working days: those that most of the unfinished
    activities work on. An activity keeps its people from start to finish; work that has begun may
    pause until they are free. A role counts in its own team; if some activity's team has nobody
    of it, everybody of the role is shared by all. A head counts from joining to leaving, less
    absences of `LONG_ABSENCE_DAYS` calendar days or more.

    With the package ortools a constraint solver proves the end or says how early one could be;
    without it a genetic search over serial schedules answers, and ``method`` says so. Both are
    bounded by the work they do and not by time: the same program has the same plan in every run.

    References
    ----------
    .. [1] R. Kolisch, S. Hartmann, "Experimental investigation of heuristics for
       resource-constrained project scheduling: an update", 2006.
    """
    if work is None or len(lacks(work)):
        return Levelled.validate(Levelled.empty())
    project, today = work.project, earliest_starts(work.project)
    found, method = _solved(project, today)
    table = work.plan.activities.iloc[work.rows]
    length, blind, start = project.duration[:-1], today[:-1], found.start[:-1]
    told = pd.DataFrame(
        {
            "activity_id": table["activity_id"].to_numpy(),
            "name": shown_names(work).to_numpy(),
            "team": table["team"].to_numpy(),
            "needs": table["activity_id"].map(work.needs).to_numpy(),
            "days": length,
            "today_start_on": work.starts_on(blind, length),
            "today_finish_on": work.ends_on(blind + length),
            "start_on": work.starts_on(start, length),
            "finish_on": work.ends_on(start + length),
            "moved_days": start - blind,
            "method": method,
            "bound_on": work.ends_on(np.array([found.bound]))[0],
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
    work: SharedWork | None, levelled: DataFrame[Levelled]
) -> DataFrame[ResourceLoad]:
    """People needed at once in each week, today and levelled, beside those who are there.

    Parameters
    ----------
    work
        From `shared_work`.
    levelled
        Reads ``activity_id``, ``moved_days``.

    Returns
    -------
    ResourceLoad
        One row per resource and week up to the later of the two ends, by resource and week.
    """
    Levelled.require(levelled, "activity_id", "moved_days")
    if work is None or levelled.empty:
        return ResourceLoad.validate(ResourceLoad.empty())
    project, today = work.project, earliest_starts(work.project)
    start = places(work, levelled)
    last = int(max((today + project.duration).max(), (start + project.duration).max()))
    days = pd.Series(work.grid[:last].astype("datetime64[us]"))
    weeks, first = np.unique(calendars.period_start(days, "week"), return_index=True)
    if not last:
        return ResourceLoad.validate(ResourceLoad.empty())
    daily = {
        "capacity": np.minimum.reduceat(project.capacity[:, :last], first, axis=1),
        "today": np.maximum.reduceat(load(project, today)[:, :last], first, axis=1),
        "levelled": np.maximum.reduceat(load(project, start)[:, :last], first, axis=1),
    }
    told = pd.DataFrame(
        {
            "resource": np.repeat(work.resources, len(weeks)),
            "period_on": np.tile(weeks, len(work.resources)),
            **{name: amounts.ravel() / HUNDREDTHS for name, amounts in daily.items()},
        }
    )
    return ResourceLoad.validate(told)


def one_more(work: SharedWork | None, levelled: DataFrame[Levelled]) -> DataFrame[OneMore]:
    """How many days earlier the work could end with one more person of each role.

    Parameters
    ----------
    work
        From `shared_work`.
    levelled
        Reads ``activity_id``, ``moved_days``.

    Returns
    -------
    OneMore
        One row per resource that the unfinished work needs, the one that wins most first.

    Notes
    -----
    One more is there from tomorrow on and knows the work. Gains of two roles do not add up. A
    search that ends early tells too little rather than too much: the plan without is a plan with.
    """
    Levelled.require(levelled, "activity_id", "moved_days")
    if work is None or levelled.empty:
        return OneMore.validate(OneMore.empty())
    project = work.project
    start = places(work, levelled)
    base = int((start + project.duration).max())
    rows = []
    for row, resource in enumerate(work.resources):
        capacity = project.capacity.copy()
        capacity[row] += HUNDREDTHS
        found, _ = _quickest(
            replace(project, capacity=capacity), _effort(project, TRIED_MORE, SOLVING_MORE), start
        )
        rows.append(
            {
                "resource": resource,
                "heads": int(project.capacity[row].max()) // HUNDREDTHS,
                "end_on": work.ends_on(np.array([found.finish]))[0],
                "days_won": base - found.finish,
                "proved": found.proved,
            }
        )
    told = pd.DataFrame(rows).sort_values(["days_won", "resource"], ascending=[False, True])
    return OneMore.validate(told.reset_index(drop=True))


def shortages(work: SharedWork | None) -> DataFrame[Shortages]:
    """Resources that a single activity needs more of than there is, so that no plan exists.

    Parameters
    ----------
    work
        From `shared_work`.

    Returns
    -------
    Shortages
        One row per resource with the unfinished activities that need too many, the largest gap
        first; none where a plan exists.
    """
    pairs = np.empty((0, 2), dtype=int) if work is None else lacks(work)
    if work is None or not len(pairs):
        return Shortages.validate(Shortages.empty())
    activity, resource = pairs.T
    told = pd.DataFrame(
        {
            "resource": work.resources[resource],
            "needed": work.project.demand[activity, resource] / HUNDREDTHS,
            "there": work.project.capacity.max(axis=1)[resource] / HUNDREDTHS,
            "lasting": work.project.capacity[resource, -1] / HUNDREDTHS,
            "activities": shown_names(work).to_numpy()[activity],
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


def _solved(project: Project, today: np.ndarray) -> tuple[model.Levelled, str]:
    """Return the earliest end, then with the least moved; and how it was found."""
    effort = _effort(project, TRIED, SOLVING)
    found, method = _quickest(project, effort, None)
    found = model.settled(project, today, found)
    if method == SOLVER:
        found = model.least_moved(project, today, found, effort=effort)
    return found, method


def _quickest(
    project: Project, effort: model.Effort, known: np.ndarray | None
) -> tuple[model.Levelled, str]:
    if project.count > SEARCHED_ACTIVITIES:
        return model.search(project, effort=replace(effort, rounds=0), known=known), RULE
    if model.available():
        return model.earliest_finish(project, effort=effort, known=known), SOLVER
    return model.search(project, effort=effort, known=known), HEURISTIC


def _effort(project: Project, tried: int, solving: float) -> model.Effort:
    return model.Effort(rounds=min(MOST_ROUNDS, tried // project.count + 1), solving=solving)
