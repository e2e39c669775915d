"""Earned value and earned schedule: formulas over running totals, one value a period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Amounts are typed in whole units of money: what is nearer than this share is the same
SAME = 1e-9
# A budget is all earned from here on: activities are rounded one by one
ALL_EARNED = 1 - 1e-3
# Weights of cost and time in the blended estimate: Fleming & Koppelman, "Earned Value Project
# Management", 4th edition, 2010, chapter 10
COST_WEIGHT, TIME_WEIGHT = 0.8, 0.2
# Fewer amounts than these, or rising less often, may well be amounts of single periods
CUMULATIVE_PERIODS = 5
CUMULATIVE_RISES = 0.8


class Position(NamedTuple):
    """Where a plan and its work stand at one time or at several."""

    planned: np.ndarray
    earned: np.ndarray
    cost: np.ndarray
    budget: np.ndarray


class Progress(NamedTuple):
    """How far work is in time: periods gone, periods earned, periods planned in all."""

    elapsed: np.ndarray
    earned_schedule: np.ndarray
    planned: float


def ratio(part: object, whole: object) -> np.ndarray:
    """`part` over `whole`, unknown where `whole` is 0.

    Examples
    --------
    >>> ratio([1.0, 1.0], [2.0, 0.0]).tolist()
    [0.5, nan]
    """
    above, below = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    result = np.full(above.shape, np.nan)
    np.divide(above, below, out=result, where=below != 0)
    return result


def planned_periods(planned: np.ndarray) -> int:
    """Periods until running totals of planned value first reach their end.

    A flat tail is no plan: nothing is planned in it, so it does not make the plan longer.

    Examples
    --------
    >>> planned_periods(np.array([5.0, 10.0, 15.0, 15.0]))
    3
    """
    if not len(planned) or not planned[-1] > 0:
        return 0
    return int(np.searchsorted(planned, planned[-1] * (1 - SAME), "left")) + 1


def earned_schedule(
    planned: np.ndarray, earned: np.ndarray, elapsed: np.ndarray | None = None
) -> np.ndarray:
    """Periods after which the plan had meant to earn what is earned.

    Parameters
    ----------
    planned
        Running totals of planned value at the end of each period.
    earned
        Running totals of earned value, any number of them.
    elapsed
        Periods gone when each of `earned` was told. Where the plan stands still at exactly what
        is earned, every time of the standstill answers; the one nearest to now is taken, so that
        a planned pause makes nobody early or late. Without it the last one is taken.

    Notes
    -----
    ``ES = C + (EV - PV_C) / (PV_C+1 - PV_C)``, where ``C`` is the last period whose planned value
    is not above ``EV`` (Lipke, "Schedule is Different", 2003).

    Examples
    --------
    >>> earned_schedule(np.array([10.0, 20.0, 40.0]), np.array([0.0, 15.0, 30.0, 40.0])).tolist()
    [0.0, 1.5, 2.5, 3.0]
    """
    length = planned_periods(planned)
    if not length:
        return np.full(np.shape(earned), np.nan)
    curve = np.concatenate([[0.0], planned[:length]])
    slack = curve[-1] * SAME
    value = np.minimum(earned, curve[-1])
    first = np.searchsorted(curve, value - slack, "left")
    last = np.searchsorted(curve, value + slack, "right") - 1
    below = np.clip(np.minimum(first - 1, last), 0, length - 1)
    between = below + ratio(value - curve[below], curve[below + 1] - curve[below])
    nearest = last if elapsed is None else np.clip(elapsed, first, last)
    found = np.where(last >= first, nearest, between).astype(float)
    return np.where(np.isnan(earned), np.nan, np.where(value >= curve[-1] - slack, length, found))


def finished_after(earned: np.ndarray, budget: float) -> int | None:
    """Number of periods after which all of `budget` was earned; None while it is not."""
    done = np.flatnonzero(earned >= budget * ALL_EARNED) if budget > 0 else np.array([])
    return int(done[0]) + 1 if len(done) else None


def performance_factors(at: Position) -> dict[str, np.ndarray]:
    """How much the rest is expected to earn for each unit of cost, by method of estimate.

    Examples
    --------
    >>> factors = performance_factors(Position(*map(np.float64, (250, 200, 290, 500))))
    >>> {name: round(float(factor), 4) for name, factor in factors.items()}
    {'cpi': 0.6897, 'budget_rate': 1.0, 'cpi_spi': 0.5517, 'weighted': 0.7117}
    """
    cpi, spi = ratio(at.earned, at.cost), ratio(at.earned, at.planned)
    return {
        "cpi": cpi,
        "budget_rate": np.where(np.isnan(cpi), np.nan, 1.0),
        "cpi_spi": cpi * spi,
        "weighted": COST_WEIGHT * cpi + TIME_WEIGHT * spi,
    }


def estimates_to_complete(at: Position) -> dict[str, np.ndarray]:
    """What the rest of the budget will cost, by method; unknown where nothing was earned yet.

    Examples
    --------
    >>> rest = estimates_to_complete(Position(*map(np.float64, (250, 200, 290, 500))))
    >>> {name: round(float(cost)) for name, cost in rest.items()}
    {'cpi': 435, 'budget_rate': 300, 'cpi_spi': 544, 'weighted': 422}
    """
    rest = np.maximum(at.budget - at.earned, 0.0)
    return {
        method: np.where(rest > 0, ratio(rest, factor), np.where(np.isnan(factor), np.nan, 0.0))
        for method, factor in performance_factors(at).items()
    }


def recent_factor(earned: np.ndarray, cost: np.ndarray, periods: int) -> np.ndarray:
    """Earned for each unit of cost in the last `periods`, after each period; running totals in.

    Examples
    --------
    >>> recent_factor(np.array([2.0, 4.0, 5.0]), np.array([2.0, 4.0, 6.0]), 1).tolist()
    [1.0, 1.0, 0.5]
    """
    before = np.maximum(np.arange(len(earned)) - periods + 1, 0)
    gained, spent = (np.append(0.0, amounts) for amounts in (earned, cost))
    return ratio(earned - gained[before], cost - spent[before])


def to_complete(at: Position, estimate: object) -> np.ndarray:
    """What each unit of cost must earn from now on, so that all costs `estimate` in the end.

    Unknown where that much is spent already: nothing can reach it any more.

    Examples
    --------
    >>> round(float(to_complete(Position(*map(np.float64, (250, 200, 290, 500))), 500)), 4)
    1.4286
    """
    money = np.asarray(estimate, float) - at.cost
    return ratio(np.maximum(at.budget - at.earned, 0.0), np.where(money > 0, money, 0.0))


def finish_estimates(at: Position, progress: Progress) -> dict[str, np.ndarray]:
    """Periods from begin to finish, by method.

    Notes
    -----
    ``pv`` of planned value, ``ed`` of earned duration, ``es`` of earned schedule; 1 expects the
    rest as planned, 2 as fast as so far (Vandevoorde & Vanhoucke, "A comparison of different
    project duration forecasting methods using earned value metrics", International Journal of
    Project Management 24(4), 2006). ``es2`` equals ``IEAC(t) = PD / SPI(t)``.

    Examples
    --------
    >>> at = Position(*map(np.float64, (85, 70, 0, 150)))
    >>> found = finish_estimates(at, Progress(np.float64(5), np.float64(4.5), 9))
    >>> {name: round(float(periods), 2) for name, periods in found.items()}
    {'pv1': 9.9, 'pv2': 10.93, 'ed1': 9.88, 'ed2': 10.93, 'es1': 9.5, 'es2': 10.0}
    """
    elapsed, total = progress.elapsed, progress.planned
    spi, spi_t = ratio(at.earned, at.planned), ratio(progress.earned_schedule, elapsed)
    earned_duration = elapsed * spi
    to_do = np.maximum(total, elapsed) - earned_duration
    rest = total - progress.earned_schedule
    return {
        "pv1": total - ratio(at.earned - at.planned, ratio(at.budget, total)),
        "pv2": ratio(total, spi),
        "ed1": elapsed + to_do,
        "ed2": elapsed + ratio(to_do, spi),
        "es1": elapsed + rest,
        "es2": elapsed + np.where(rest > 0, ratio(rest, spi_t), 0.0),
    }


def looks_cumulative(amounts: np.ndarray) -> bool:
    """Whether amounts that should be of single periods look like running totals.

    Such totals never fall and mostly rise. Before they begin and once the end is reached they
    stand still, which says nothing; so do fewer than five amounts.

    Examples
    --------
    >>> looks_cumulative(np.array([5.0, 10, 25, 55, 85, 120, 130, 130]))
    True
    >>> looks_cumulative(np.array([5.0, 5, 15, 30, 30, 35, 10, 0]))
    False
    """
    told = np.trim_zeros(amounts[~np.isnan(amounts)], "f")
    if len(told) < CUMULATIVE_PERIODS or (np.diff(told) < 0).any():
        return False
    end = int(np.searchsorted(told, told[-1], "left")) + 1
    if end < CUMULATIVE_PERIODS:
        return False
    return bool(np.mean(np.diff(told[:end]) > 0) >= CUMULATIVE_RISES)


def nearer_as_totals(amounts: np.ndarray, standard: float) -> bool:
    """Whether the last of `amounts` comes nearer to `standard` than their sum does.

    Both are compared by ratio: twice as much is as far as half as much.
    """
    told = amounts[~np.isnan(amounts)]
    if not len(told) or not (told[-1] > 0 and standard > 0):
        return False
    return bool(abs(np.log(told[-1] / standard)) < abs(np.log(told.sum() / standard)))


def last_change(ratios: np.ndarray, weights: np.ndarray, shortest: int) -> int | None:
    """Position from which the level of `ratios` differs from before, if it clearly does.

    Parameters
    ----------
    ratios, weights
        Values in order of time, and how much each counts.
    shortest
        Fewest values on either side of a change.

    Notes
    -----
    The split that leaves the least weighted sum of squares. It counts if the two means differ by
    more than four standard errors: the split is the best of many, so the usual two would find
    changes in noise.

    Examples
    --------
    >>> last_change(np.array([1.0, 1.1, 0.9, 1.0, 1.6, 1.7, 1.6]), np.ones(7), 3)
    4
    """
    splits = range(shortest, len(ratios) - shortest + 1)
    found = [(_step(ratios, weights, split), split) for split in splits]
    if not found:
        return None
    (step, split) = max(found)
    return split if step > 4 else None


def _step(ratios: np.ndarray, weights: np.ndarray, split: int) -> float:
    """Difference of the means before and after, in standard errors."""
    sides = [(ratios[:split], weights[:split]), (ratios[split:], weights[split:])]
    means = [np.average(values, weights=counts) for values, counts in sides]
    squares = sum(
        float(np.sum(counts * (values - mean) ** 2))
        for (values, counts), mean in zip(sides, means, strict=True)
    )
    spread = squares / weights.sum() * len(ratios) / max(len(ratios) - 2, 1)
    effective = sum(float(np.sum(counts**2) / np.sum(counts) ** 2) for _, counts in sides)
    error = np.sqrt(spread * effective)
    gap = abs(float(means[1] - means[0]))
    return float(gap / error) if error > 0 else (np.inf if gap > SAME else 0.0)
