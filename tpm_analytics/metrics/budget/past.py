"""What earlier estimates of cost and finish came to, and how often ranges out of them held."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.budget.periods import position
from tpm_analytics.models import earned_value as model
from tpm_analytics.results.budget import EarnedValue, PastEstimates, RangeRecord, Reach, Standing

COST_METHODS = {
    "cpi": "BAC / CPI: as efficient as so far",
    "budget_rate": "AC + BAC − EV: as budgeted from now on",
    "cpi_spi": "CPI × SPI: as efficient and as late as so far",
    "weighted": "0.8 CPI + 0.2 SPI: mostly cost, a little lateness",
    "recent": "Last 3 periods: as efficient as in these",
}
FINISH_METHODS = {
    "pv1": "PV 1: rest as planned, lateness in money",
    "pv2": "PV 2: as fast as so far, in money",
    "ed1": "ED 1: rest as planned, by earned duration",
    "ed2": "ED 2: as fast as so far, by earned duration",
    "es1": "ES 1: rest as planned, by earned schedule",
    "es2": "ES 2: as fast as so far, by earned schedule",
}
RECENT_PERIODS = 3
# An estimate made near the end is better than one made early: only those of this near a share
# of the work done say how good today's is
NEAR_SHARE = 0.10
# The 10th percentile of fewer values would lie below the least of them
FEWEST_PAST = 10
LOW, HIGH = 0.1, 0.9
LAST = pd.Timestamp.max.to_datetime64()


class Judged(NamedTuple):
    """Estimates of one workstream, each held against what came by a later period.

    `made` and `judged` are positions of periods, `share` what was done then of what is done at
    the judgement, `came_to` by ``(of, method)`` the rest that came over the rest foreseen.
    """

    made: np.ndarray
    judged: np.ndarray
    share: np.ndarray
    came_to: dict[tuple[str, str], np.ndarray]


def past_estimates(earned: DataFrame[EarnedValue]) -> DataFrame[PastEstimates]:
    """Every estimate that could have been made after an earlier period, held against what came.

    Parameters
    ----------
    earned
        By workstream. Reads all columns of `EarnedValue`.

    Returns
    -------
    PastEstimates
        One row per workstream, period, method, and cost or time. Left out are estimates that
        foresaw no rest at all.

    Notes
    -----
    What is finished tells how its estimates ended. Most of a running program is not, so each
    workstream is judged by what it has earned by now: after each earlier period the same formula
    says what earning *that* much would cost and when it would be earned, and the books tell what
    it did cost and when it was. ``came_to`` is the rest that came over the rest foreseen. No
    estimate knows anything of what came after it.
    """
    EarnedValue.require(earned, *EarnedValue.declared())
    streams = [rows for _, rows in earned.groupby("workstream", sort=False)]
    tables = [_told(rows) for rows in streams if judged_after(rows) > 1]
    return PastEstimates.validate(pd.concat([*tables, PastEstimates.empty()], ignore_index=True))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Every estimate of one workstream, held against what came by now, method by method."""
    last = judged_after(rows)
    one = judgements(rows, np.arange(last - 1, last))
    methods, made = list(one.came_to), len(one.made)
    table = pd.DataFrame(
        {
            "of": np.repeat([of for of, _ in methods], made),
            "method": np.repeat([method for _, method in methods], made),
            "workstream": rows["workstream"].iloc[0],
            "made_on": np.tile(rows["ends_on"].to_numpy()[one.made], len(methods)),
            "share_done": np.tile(one.share, len(methods)),
            "came_to": np.concatenate(list(one.came_to.values())),
        }
    )
    return table.dropna(subset="came_to")


def judged_after(rows: pd.DataFrame) -> int:
    """Periods after which estimates are judged: when all was earned, else the last one told."""
    earned = rows["earned_value"].to_numpy()
    finished = model.finished_after(earned, float(rows["budget_at_completion"].iloc[0]))
    return finished or int(np.count_nonzero(~np.isnan(earned)))


def judgements(rows: pd.DataFrame, judged: np.ndarray) -> Judged:
    """Every estimate of one workstream, held against what came by each of the periods `judged`."""
    earned, cost = (rows[name].to_numpy(float) for name in ("earned_value", "actual_cost"))
    made, place = np.nonzero(np.arange(len(rows))[:, None] < judged)
    end = judged[place]
    useful = (earned[made] > 0) & (earned[made] < earned[end])
    made, end = made[useful], end[useful]
    then = rows.iloc[made]
    at = position(then, earned[end])
    came_to = {
        ("cost", method): _came_to(cost[end] - cost[made], rest)
        for method, rest in rests_of(then, at, rows).items()
    }
    elapsed, schedule = then["period"].to_numpy(float), rows["earned_schedule"].to_numpy()
    progress = model.Progress(elapsed, schedule[made], schedule[end])
    for method, periods in model.finish_estimates(at, progress).items():
        came_to["time", method] = _came_to((end - made).astype(float), periods - elapsed)
    return Judged(made, end, earned[made] / earned[end], came_to)


def _came_to(came: np.ndarray, foreseen: np.ndarray) -> np.ndarray:
    return model.ratio(came, np.where(foreseen > 0, foreseen, 0.0))


def rests_of(made: pd.DataFrame, at: model.Position, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Cost to earn the rest, by method, the recent efficiency too."""
    factor = model.recent_factor(
        rows["earned_value"].to_numpy(), rows["actual_cost"].to_numpy(), RECENT_PERIODS
    )[made["period"].to_numpy(dtype=int) - 1]
    rest = np.maximum(at.budget - at.earned, 0.0)
    recent = np.where(rest > 0, model.ratio(rest, factor), np.where(np.isnan(at.cost), np.nan, 0.0))
    return {**model.estimates_to_complete(at), "recent": recent}


def ranges_of(past: pd.DataFrame, of: str, method: str, shares: pd.Series) -> pd.DataFrame:
    """What near past estimates came to, a row for each of `shares`."""
    theirs = past[["workstream", "share_done", "came_to"]][
        (past["of"] == of) & (past["method"] == method)
    ]
    return pd.DataFrame([_range(theirs, share) for share in shares], index=shares.index)


def _range(theirs: pd.DataFrame, share: float) -> dict[str, float]:
    near = np.abs(theirs["share_done"].to_numpy() - share) <= NEAR_SHARE
    near &= share < model.ALL_EARNED
    came_to = theirs["came_to"].to_numpy()[near]
    low, high = _middle(came_to[:, None])
    return {
        "low": float(low[0]),
        "high": float(high[0]),
        "past_estimates": len(came_to),
        "past_workstreams": theirs["workstream"][near].nunique(),
        "past_error": float(np.median(np.abs(came_to - 1))) if len(came_to) else np.nan,
    }


def _middle(came_to: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest ranks between which 8 of 10 of each column lie; unknown of too few."""
    known = np.count_nonzero(~np.isnan(came_to), axis=0)
    ordered = np.vstack([np.sort(came_to, axis=0), np.full(came_to.shape[1], np.nan)])
    found = [
        ordered[np.ceil(part * known).astype(np.intp) - 1, np.arange(len(known))]
        for part in (LOW, HIGH)
    ]
    low, high = (np.where(known >= FEWEST_PAST, values, np.nan) for values in found)
    return low, high


def range_record(earned: DataFrame[EarnedValue]) -> DataFrame[RangeRecord]:
    """How often the ranges that could have been given after earlier periods held what came.

    Parameters
    ----------
    earned
        By workstream. Reads all columns of `EarnedValue`.

    Returns
    -------
    RangeRecord
        One row per method, of cost and of time; ``held_share`` is NA where no range could have
        been given.

    Notes
    -----
    After each earlier period of each workstream the range is made as it would have been then: of
    the estimates that could be judged by that day, and by nothing later. It held if the rest
    that came since, up to what is earned by now, lies in it. Of ranges that mean 8 of 10, about
    8 of 10 should have held; of many neighbouring periods, which share their figures, fewer or
    more do by luck.

    References
    ----------
    .. [1] L. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of
       Forecasting 16(4), 2000.
    """
    EarnedValue.require(earned, *EarnedValue.declared())
    streams = [rows for _, rows in earned.groupby("workstream", sort=False)]
    told = [judgements(rows, np.arange(1, judged_after(rows))) for rows in streams]
    if not any(len(one.made) for one in told):
        return RangeRecord.validate(RangeRecord.empty())
    methods = list(told[0].came_to)
    every = _known(streams, told)
    given, held = np.zeros((2, len(streams), len(methods)))
    for number, (rows, one) in enumerate(zip(streams, told, strict=True)):
        last = one.judged == judged_after(rows) - 1
        came_to = np.column_stack([one.came_to[method][last] for method in methods])
        share = rows["share_done"].to_numpy()[one.made[last]]
        days = rows["ends_on"].to_numpy()[one.made[last]]
        for came, done, day in zip(came_to, share, days, strict=True):
            near = (every.judged_on <= day) & (day < every.until) & (done < model.ALL_EARNED)
            near &= np.abs(every.share - done) <= NEAR_SHARE
            low, high = _middle(every.came_to[near])
            told_of = ~np.isnan(low) & ~np.isnan(came)
            given[number] += told_of
            inside = (low * (1 - model.SAME) <= came) & (came <= high * (1 + model.SAME))
            held[number] += told_of & inside
    table = pd.DataFrame(methods, columns=["of", "method"]).assign(
        meaning=[(COST_METHODS | FINISH_METHODS)[method] for _, method in methods],
        ranges=given.sum(axis=0).astype(int),
        held=held.sum(axis=0).astype(int),
        held_share=model.ratio(held.sum(axis=0), given.sum(axis=0)),
        workstreams=np.count_nonzero(given, axis=0),
    )
    return RangeRecord.validate(table)


class _Known(NamedTuple):
    """Judgements of all workstreams, each known from a day until a later one replaces it."""

    judged_on: np.ndarray
    until: np.ndarray
    share: np.ndarray
    came_to: np.ndarray


def _known(streams: list[pd.DataFrame], told: list[Judged]) -> _Known:
    parts = []
    for rows, one in zip(streams, told, strict=True):
        ends = rows["ends_on"].to_numpy()
        until = np.append(ends[1:], ends[-1:])[one.judged]
        final = one.judged == judged_after(rows) - 1
        until = np.where(final, LAST.astype(until.dtype), until)
        came_to = np.column_stack(list(one.came_to.values()))
        parts.append(_Known(ends[one.judged], until, one.share, came_to))
    return _Known(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def reach(standing: DataFrame[Standing], past: DataFrame[PastEstimates]) -> DataFrame[Reach]:
    """Whether past work ever earned as much for its cost as keeping the budget asks for.

    Parameters
    ----------
    standing
        Reads ``workstream``, ``state``, ``share_done``, ``cpi``, ``tcpi_budget``.
    past
        Of the same program, see `past_estimates`.

    Returns
    -------
    Reach
        One row per row of ``standing`` whose budget can still be kept. The range is NA where
        fewer than `FEWEST_PAST` past rests are near.

    Notes
    -----
    What each 1.00 spent on a past rest earned is 1 over what it came to against its budget; see
    `past_estimates` for what is near. It is held against ``TCPI = (BAC - EV) / (BAC - AC)``.
    """
    Standing.require(standing, "workstream", "state", "share_done", "cpi", "tcpi_budget")
    PastEstimates.require(past, *PastEstimates.declared())
    going = standing[standing["tcpi_budget"].notna() & (standing["state"] != "finished")]
    theirs = past[(past["of"] == "cost") & (past["method"] == "budget_rate")]
    rows = [_reach(one, theirs) for one in going.to_dict("records")]
    return Reach.validate(pd.DataFrame(rows) if rows else Reach.empty())


def _reach(one: dict[str, float], theirs: pd.DataFrame) -> dict[str, float]:
    near = theirs[(theirs["share_done"] - one["share_done"]).abs() <= NEAR_SHARE]
    earned = model.ratio(1.0, near["came_to"].to_numpy())
    low, high = _middle(earned[:, None])
    told = len(earned) >= FEWEST_PAST
    return {
        **{name: one[name] for name in ("workstream", "tcpi_budget", "cpi")},
        "low": float(low[0]),
        "high": float(high[0]),
        "reached": float(np.mean(earned >= one["tcpi_budget"])) if told else np.nan,
        "past_estimates": len(earned),
        "past_workstreams": near["workstream"].nunique(),
    }
