"""When the work ends in many futures, if the people who are there have to do it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.levelling.plan import SharedWork, longer, places
from tpm_analytics.models import sampling
from tpm_analytics.models.ranks import rank
from tpm_analytics.models.room import NEVER
from tpm_analytics.models.serial_schedule import Project, finish, orders, schedule
from tpm_analytics.results.levelling import FeasibleFinish, Levelled

CHANCES = (0.5, 0.8, 0.85, 0.95)
# Activities times futures that are passed through in a second or two
TRIED = 40_000


def feasible_finish(
    work: SharedWork | None,
    levelled: DataFrame[Levelled],
    *,
    trials: int = 500,
    seed: int = 1,
) -> DataFrame[FeasibleFinish]:
    """The day of the end by chance, in futures in which people are a limit and in which not.

    Parameters
    ----------
    work
        From `shared_work`.
    levelled
        Reads ``activity_id``, ``moved_days``: who of two that want the same person comes first.
    trials, seed
        How many futures, and of which luck. Of many activities fewer futures are tried.

    Returns
    -------
    FeasibleFinish
        One row per chance of 50, 80, 85 and 95 %.

    Raises
    ------
    ParameterError
        If ``trials`` is below 1.

    Notes
    -----
    Each future draws the days left of each activity (modified PERT; what is not estimated stays
    as planned; of begun work in proportion, rounded up to whole days) and gives each its earliest
    place with people free, in the order of the levelled plan: the serial scheme. Both columns see
    the same futures. Risks and shared luck are on the page of the schedule.
    """
    if trials < 1:
        raise ParameterError(f"trials={trials} is below 1.", hint="500 is enough for P80")
    Levelled.require(levelled, "activity_id", "moved_days")
    if work is None or levelled.empty:
        return FeasibleFinish.validate(FeasibleFinish.empty())
    project = work.project
    count = max(1, min(trials, TRIED // project.count))
    duration = _durations(work, count, seed)
    start = places(work, levelled)
    order = orders(project, np.repeat(start[None].astype(float), count, axis=0))
    widest = _widened(work, int(duration.max(axis=0).sum()))
    # who needs nobody waits for nobody
    free = replace(widest, demand=np.zeros_like(widest.demand))
    ends = {
        name: np.sort(_ends(each, order, duration))
        for name, each in (("blind_on", free), ("feasible_on", widest))
    }
    days = longer(work.grid, widest.days, work.week)
    at = [rank(chance, count) - 1 for chance in CHANCES]
    told = pd.DataFrame({name: days[np.maximum(end[at] - 1, 0)] for name, end in ends.items()})
    later = (told["feasible_on"] - told["blind_on"]).dt.days
    return FeasibleFinish.validate(
        told.assign(chance=list(CHANCES), later_days=later, trials=count)
    )


def _durations(work: SharedWork, count: int, seed: int) -> np.ndarray:
    """Days left of each activity in each future, futures x activities."""
    table = work.plan.activities.iloc[work.rows]
    left = work.plan.left[work.rows, 0]
    planned = table["duration_days"].to_numpy(dtype=float)
    part = np.divide(left, planned, out=np.ones_like(left), where=planned > 0)
    low, high = (
        table[name].to_numpy(dtype=float) * part for name in ("optimistic_days", "pessimistic_days")
    )
    low, high = (np.where(np.isnan(bound), left, bound) for bound in (low, high))
    laws = sampling.three_point(np.minimum(low, left), left, np.maximum(high, left))
    drawn = sampling.drawn(laws, count, np.random.default_rng(seed))
    whole = np.ceil(drawn.T - 1e-3).astype(np.int64)
    return np.concatenate([whole, np.zeros((count, 1), dtype=np.int64)], axis=1)


def _widened(work: SharedWork, days: int) -> Project:
    """Return the project with room for so many days of work more, those who stay staying."""
    capacity = np.pad(work.project.capacity, ((0, 0), (0, days)), mode="edge")
    return replace(work.project, capacity=capacity)


def _ends(project: Project, order: np.ndarray, duration: np.ndarray) -> np.ndarray:
    longest = duration.max(axis=0)[None]
    tried = finish(
        replace(project, duration=longest[0]), schedule(project, order[:1], duration=longest)
    )
    # a future may, rarely, last longer than the one of the longest durations
    for horizon in (int(tried[0] * 1.25), project.days):
        start = schedule(project.until(horizon), order, duration=duration)
        if not (start == NEVER).any():
            break
    ends: np.ndarray = (start + duration).max(axis=1)
    return ends
