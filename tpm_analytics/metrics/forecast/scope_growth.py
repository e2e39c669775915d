"""How the work grows while it is done: what is added, and when all is done in spite of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.dates import MOST_TEAMS
from tpm_analytics.metrics.forecast.scope import Measure, sizes, teams
from tpm_analytics.metrics.forecast.weekly_pace import Pace, ahead, days_of, pace_of
from tpm_analytics.program.keys import among, looked_up
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Deliveries,
    Growth,
    GrowthRates,
    Remaining,
    Splits,
    When,
    WorkDays,
)

# A quarter: long enough for a pace, short enough to leave the first breaking-down behind
GROWTH_WEEKS = 13
# The standard error of a chance near 85 % is then 0.4 points: below what a page prints
TRIALS = 8000
DAYS_A_WEEK = 7
# Up to a week, how many weeks lie between two that are computed: what is far off needs no detail
STEPS = ((4, 1), (28, 4), (math.inf, 12))


def growth(
    work: DataFrame[Items],
    *,
    until: pd.Timestamp,
    measure: Measure = "items",
    last: int = GROWTH_WEEKS,
) -> DataFrame[Growth]:
    """What was added to the work, and what was finished of it, in each of the last whole weeks.

    Parameters
    ----------
    work
        The work to be forecast. Reads ``team``, ``points``, ``created_on``, ``finished_on``.
    until
        Day the program is seen from; the week it lies in counts only if it ends on that day.
    measure
        ``"items"`` or ``"points"``, at today's size; an item without points counts as average.
    last
        Weeks to look at; no week before the first item was created is.

    Returns
    -------
    Growth
        One row per team and week, weeks without any change too. Items whose creation is unknown
        are in no week's ``added``.

    Raises
    ------
    ParameterError
        If ``last`` is below 1.

    Notes
    -----
    An item counts as added in the week it was created. The source does not tell when an item
    that existed before was moved into an epic, so such growth is not seen.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "team": "core",
    ...     "created_at": ["2025-03-03T09:00Z", "2025-03-12T09:00Z"],
    ...     "finished_at": [None, "2025-03-13T09:00Z"],
    ... })}).items
    >>> growth(items, until=pd.Timestamp("2025-03-16"))[["added", "finished"]].values.tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    Items.require(work, "team", "points", "created_on", "finished_on")
    if last < 1:
        raise ParameterError(f"Growth over {last} weeks is none.", hint="give 1 or more")
    sized = work.assign(team=teams(work), amount=sizes(work, measure))
    first = sized["created_on"].min()
    weeks = calendars.periods(first, until, "week")[-last:]
    names = sorted(sized["team"].unique())
    if not len(weeks) or not names:
        return Growth.validate(Growth.empty())
    grid = pd.MultiIndex.from_product([names, weeks], names=["team", "period_on"])
    told = {
        column: _weekly(sized, on).reindex(grid, fill_value=0.0).to_numpy()
        for column, on in (("added", "created_on"), ("finished", "finished_on"))
    }
    return Growth.validate(grid.to_frame(index=False).assign(**told, measure=measure))


def _weekly(sized: pd.DataFrame, on: str) -> pd.Series:
    known = sized[sized[on].notna()]
    week = calendars.period_start(known[on], "week")
    summed: pd.Series = known.groupby(["team", week])["amount"].sum()
    return summed


def growth_rates(growth: DataFrame[Growth]) -> DataFrame[GrowthRates]:
    """What is added and finished in a week, and how much is added for each one finished.

    Parameters
    ----------
    growth
        Reads all columns.

    Returns
    -------
    GrowthRates
        One row per team, by name, and one of `ALL_TEAMS`. ``ratio`` is NA where nothing was
        finished. A ratio of 1 or more means that the work does not come to an end.

    Examples
    --------
    >>> told = pd.DataFrame({
    ...     "team": "core", "period_on": pd.to_datetime(["2025-03-03", "2025-03-10"]),
    ...     "added": [1.0, 1.0], "finished": [1.0, 3.0], "measure": "items",
    ... })
    >>> growth_rates(told)[["team", "added", "finished", "ratio"]].values.tolist()
    [['core', 1.0, 2.0, 0.5], ['all teams', 1.0, 2.0, 0.5]]
    """
    Growth.require(growth, *Growth.declared())
    if growth.empty:
        return GrowthRates.validate(GrowthRates.empty())
    weeks = growth["period_on"].nunique()
    parts = pd.concat([growth, growth.assign(team=ALL_TEAMS)])
    sums = parts.groupby("team", sort=False)[["added", "finished"]].sum()
    return GrowthRates.validate(
        (sums / weeks)
        .reset_index()
        .assign(
            weeks=weeks,
            ratio=(sums["added"] / sums["finished"].replace(0.0, np.nan)).to_numpy(),
            measure=str(growth["measure"].iloc[0]),
        )
    )


def busiest(growth: DataFrame[Growth], *, teams: int = MOST_TEAMS) -> DataFrame[Growth]:
    """Rows of the teams for which most was added and finished, for charts.

    Parameters
    ----------
    growth
        Reads all columns.
    teams
        Most teams to keep.

    Returns
    -------
    Growth
        The rows of these teams, in the order they had.

    Examples
    --------
    >>> busiest(Growth.empty()).empty
    True
    """
    Growth.require(growth, *Growth.declared())
    moved = (growth["added"] + growth["finished"]).groupby(growth["team"]).sum()
    kept = growth["team"].isin(moved.nlargest(teams).index)
    return Growth.validate(growth[kept].reset_index(drop=True))


def splits(items: DataFrame[Items]) -> DataFrame[Splits]:
    """Into how many parts an item is broken down, and how many of them only once work began.

    Parameters
    ----------
    items
        Reads ``item_id``, ``kind``, ``parent_id``, ``created_on``, ``started_on``,
        ``finished_on``.

    Returns
    -------
    Splits
        One row per kind of item that others are part of, the largest parts first. ``parts``: of
        a middling whole of those begun. ``added_later``: share of the parts created after the
        day on which the first of them was begun or finished; NA where no start is known.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["E-1", "A-1", "A-2"], "kind": ["Epic", "Story", "Story"],
    ...     "parent_id": [None, "E-1", "E-1"],
    ...     "created_at": ["2025-03-03T09:00Z", "2025-03-03T09:00Z", "2025-03-12T09:00Z"],
    ...     "finished_at": [None, "2025-03-05T09:00Z", None],
    ... })}).items
    >>> splits(items)[["kind", "parts", "added_later"]].values.tolist()
    [['Epic', 2.0, 0.5]]
    """
    Items.require(items, "item_id", "kind", "parent_id", "created_on", "started_on", "finished_on")
    parts = items[among(items["parent_id"], items["item_id"])]
    first = parts[["started_on", "finished_on"]].min(axis=1)
    begun_on = first.groupby(parts["parent_id"]).transform("min")
    going = parts.assign(
        kind=looked_up(parts["parent_id"], items["item_id"], items["kind"].astype("str")),
        later=(parts["created_on"] > begun_on).astype("float64"),
    )[begun_on.notna()]
    if going.empty:
        return Splits.validate(Splits.empty())
    wholes = going.groupby(["kind", "parent_id"]).size().groupby(level="kind")
    told = pd.DataFrame(
        {
            "parents": wholes.size(),
            "parts": wholes.median(),
            "added_later": going.groupby("kind")["later"].mean(),
        }
    )
    return Splits.validate(told.sort_values("parts", ascending=False).reset_index())


def when_growing(
    deliveries: DataFrame[Deliveries],
    growth: DataFrame[Growth],
    remaining: DataFrame[Remaining],
    calendar: DataFrame[WorkDays],
    *,
    seed: int = 0,
) -> DataFrame[When]:
    """Chance that each team is done by every day to come, if work is added as it was lately.

    Parameters
    ----------
    deliveries
        What each team finished on each day.
    growth
        Reads ``team``, ``added``: what a week added.
    remaining
        Reads ``team``, ``amount``.
    calendar
        Reads all columns. Its last day is the end of the forecast.
    seed
        Of the draws. The same seed gives the same chances.

    Returns
    -------
    When
        As `forecast.when` gives it. A team that gets work as fast as it finishes may never be
        done: its chance then stays low to the end.

    Notes
    -----
    Each of 8,000 futures has a luck of its own, from the least to the most, which says how much
    is finished by the end of each week, by the same distributions as the exact forecast; what
    each week adds is drawn from the weeks of ``growth``. All is done at the end of the first week
    by which all that was left or added is finished. Work that grows is no convolution, so this is
    the one question here that is answered by drawing: two seeds differ by less than one point in
    a hundred. Without growth it is the exact forecast, told by the week.

    Examples
    --------
    >>> when_growing(Deliveries.empty(), Growth.empty(), Remaining.empty(), WorkDays.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    Growth.require(growth, "team", "added")
    Remaining.require(remaining, "team", "amount")
    WorkDays.require(calendar, *WorkDays.declared())
    rows = []
    for number, left in enumerate(remaining.itertuples()):
        one = days_of(deliveries, str(left.team))
        pace = pace_of(one)
        added = growth.loc[growth["team"] == left.team, "added"].to_numpy(dtype=np.float64)
        if pace is None:
            continue
        last = one["day_on"].max()
        days, working = ahead(calendar, str(left.team), last)
        chance = _chance_growing(
            pace, working, left.amount, added, np.random.default_rng([seed, number])
        )
        on = np.r_[last.to_datetime64(), days]
        rows.append(pd.DataFrame({"team": left.team, "day_on": on, "chance": chance}))
    return When.validate(pd.concat(rows, ignore_index=True) if rows else When.empty())


def _chance_growing(
    pace: Pace,
    working: np.ndarray,
    amount: float,
    added: np.ndarray,
    chance: np.random.Generator,
) -> np.ndarray:
    """Share of the trials that are done after 0, 1, 2, ... days, told at the end of each week."""
    done = np.zeros(len(working) + 1)
    if amount <= 0:
        return done + 1.0
    luck = (np.arange(TRIALS) + 0.5) / TRIALS  # every luck once, so that only growth is drawn
    asked = np.full(TRIALS, amount)
    going = np.ones(TRIALS, dtype=bool)
    for day, finished in _finished_by_week(pace, working, luck):
        if len(added):
            asked += chance.choice(added, TRIALS)
        going &= finished < asked - pace.step / 2
        done[day:] = 1.0 - going.mean()
        if not going.any():
            break
    return done


def _finished_by_week(
    pace: Pace, working: np.ndarray, luck: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Days ahead at the end of each week, and how much is finished by then with each luck.

    The distribution is computed for the first weeks and then for every fourth or twelfth; between
    two of them, each luck is taken to be spread evenly.
    """
    weeks = len(working) // DAYS_A_WEEK
    before = 0
    finished_before: np.ndarray = np.zeros(len(luck))
    while before < weeks:
        week = min(before + next(step for until, step in STEPS if before < until), weeks)
        limits = np.cumsum(pace.total(working[: week * DAYS_A_WEEK]))
        finished = np.searchsorted(limits / limits[-1], luck) * pace.step
        for number in range(before + 1, week + 1):
            part = (number - before) / (week - before)
            yield (
                number * DAYS_A_WEEK,
                np.floor((finished_before + part * (finished - finished_before)) / pace.step + 1e-9)
                * pace.step,
            )
        before, finished_before = week, finished
