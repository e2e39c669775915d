"""How much will be finished by a day: exact chances from the pace of the teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.dates import FLAT, SHARES, check_shares
from tpm_analytics.metrics.forecast.weekly_pace import Pace, ahead, days_of, pace_of
from tpm_analytics.models import convolution, luck
from tpm_analytics.results.forecast import (
    Amounts,
    Deliveries,
    FinishDays,
    ForecastFan,
    HowMany,
    Remaining,
    ScopeDone,
    WorkDays,
)

FAN_SHARES = (0.5, 0.85, 0.95)
# More steps make a fan no smoother
FAN_DAYS = 14
# How much longer than the last promise a picture looks ahead
BEYOND = 1.1


def how_many(
    deliveries: DataFrame[Deliveries],
    remaining: DataFrame[Remaining],
    calendar: DataFrame[WorkDays],
    *,
    by: pd.Timestamp,
) -> DataFrame[HowMany]:
    """How much all teams together finish by a day: the chance of every amount.

    Parameters
    ----------
    deliveries
        What each team finished on each day.
    remaining
        Reads ``team``, ``amount``, ``measure``: no team finishes more than it has left.
    calendar
        Reads all columns.
    by
        Last day that counts.

    Returns
    -------
    HowMany
        One row per amount that is possible, from none. No rows where a team with work left has
        no forecast, or nothing is left.

    Raises
    ------
    ParameterError
        If ``by`` does not lie ahead, or beyond the calendar.

    Notes
    -----
    Exact, as `forecast.when` is; what several teams finish is the convolution of what each does,
    given what luck they have in common (`with_common_luck`).

    Examples
    --------
    >>> how_many(Deliveries.empty(), Remaining.empty(), WorkDays.empty(),
    ...          by=pd.Timestamp("2025-03-03")).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    Remaining.require(remaining, "team", "amount", "measure")
    WorkDays.require(calendar, *WorkDays.declared())
    paces = _paces(deliveries, remaining)
    if not paces:
        return HowMany.validate(HowMany.empty())
    _check_ahead(by, deliveries["day_on"].max(), calendar["day_on"].max())
    chances = _together(_ahead(paces, deliveries, remaining, calendar), by)
    step = next(iter(paces.values())).step
    return HowMany.validate(
        pd.DataFrame(
            {
                "amount": np.arange(len(chances)) * step,
                "chance": np.clip(chances, 0.0, 1.0),
                "at_least": convolution.chance_at_least(chances),
                "by_on": by,
                "measure": str(remaining["measure"].iloc[0]),
            }
        )
    )


def _paces(deliveries: pd.DataFrame, remaining: pd.DataFrame) -> dict[str, Pace]:
    """Pace of every team with work left, all in one step; none where one of them has no pace."""
    finished, left = deliveries["finished"].to_numpy(), remaining["amount"].to_numpy()
    # what is left shares the grid, but is no day's work: hundreds of items would make it coarser
    largest = finished.max(initial=0.0)
    _, step = convolution.on_grid(np.r_[finished, left % largest if largest else left])
    paces = {}
    for team in remaining["team"]:
        pace = pace_of(days_of(deliveries, team), step=step)
        if pace is None:
            return {}
        paces[str(team)] = pace
    return paces


@dataclass(frozen=True)
class _Ahead:
    """What lies ahead of each team with work left, and how much of their luck is common."""

    paces: Sequence[Pace]
    most: Sequence[int]
    calendars: Sequence[tuple[np.ndarray, np.ndarray]]
    common: float


def _ahead(
    paces: dict[str, Pace],
    deliveries: pd.DataFrame,
    remaining: pd.DataFrame,
    calendar: pd.DataFrame,
) -> _Ahead:
    last, teams = deliveries["day_on"].max(), [str(team) for team in remaining["team"]]
    return _Ahead(
        [paces[team] for team in teams],
        [
            round(amount / paces[team].step)
            for team, amount in zip(teams, remaining["amount"], strict=True)
        ],
        [ahead(calendar, team, last) for team in teams],
        float(deliveries["common"].max()),
    )


def _together(teams: _Ahead, by: pd.Timestamp) -> np.ndarray:
    """Distribution of what all teams finish by `by`, none more than it has left."""
    parts = []
    for pace, most, (days, working) in zip(teams.paces, teams.most, teams.calendars, strict=True):
        whole = pace.total(working[days <= by.to_datetime64()])
        parts.append(np.r_[whole[:most], whole[most:].sum()] if len(whole) > most else whole)
    return luck.total(parts, teams.common)


def _check_ahead(by: pd.Timestamp, last: pd.Timestamp, end: pd.Timestamp) -> None:
    if not last < by <= end:
        raise ParameterError(
            f"A forecast by {by:%Y-%m-%d} is asked for on {last:%Y-%m-%d}, to {end:%Y-%m-%d}.",
            hint="give a day that lies ahead, and not after the calendar's last",
        )


def amounts(
    how_many: DataFrame[HowMany], *, shares: Sequence[float] = SHARES
) -> DataFrame[Amounts]:
    """How much is finished at least, as sure as each of the shares says.

    Parameters
    ----------
    how_many
        Reads ``amount``, ``chance``, ``by_on``, ``measure``.
    shares
        Shares of futures, each between 0 and 1.

    Returns
    -------
    Amounts
        One row per share, in the order given; the surer, the less.

    Raises
    ------
    ParameterError
        For a share that is none.

    Examples
    --------
    >>> told = pd.DataFrame({
    ...     "amount": [0.0, 1.0, 2.0], "chance": [0.1, 0.4, 0.5], "at_least": [1.0, 0.9, 0.5],
    ...     "by_on": pd.Timestamp("2025-03-03"), "measure": "items",
    ... })
    >>> amounts(told, shares=[0.5, 0.85])["amount"].tolist()
    [2.0, 1.0]
    """
    HowMany.require(how_many, "amount", "chance", "by_on", "measure")
    check_shares(shares)
    if how_many.empty:
        return Amounts.validate(Amounts.empty())
    chances, amount = how_many["chance"].to_numpy(), how_many["amount"].to_numpy()
    return Amounts.validate(
        pd.DataFrame(
            {
                "share": list(shares),
                "amount": [amount[convolution.at_least(chances, share)] for share in shares],
                "by_on": how_many["by_on"].iloc[0],
                "measure": str(how_many["measure"].iloc[0]),
            }
        )
    )


def fan(
    deliveries: DataFrame[Deliveries],
    remaining: DataFrame[Remaining],
    calendar: DataFrame[WorkDays],
    burn_up: DataFrame[ScopeDone],
    finish_days: DataFrame[FinishDays],
) -> DataFrame[ForecastFan]:
    """How much will be done at least, day by day: the lines that fan out of a burn-up.

    Parameters
    ----------
    deliveries, remaining, calendar
        As `how_many` reads them.
    burn_up
        Reads ``day_on``, ``done``: what is done already.
    finish_days
        Reads ``day_on``: how far to look ahead.

    Returns
    -------
    ForecastFan
        One row per share (50, 85 and 95 %) and some 40 days up to a little after the last of
        ``finish_days``, or the calendar's end. No rows where `how_many` has none.

    Examples
    --------
    >>> fan(Deliveries.empty(), Remaining.empty(), WorkDays.empty(), ScopeDone.empty(),
    ...     FinishDays.empty()).empty
    True
    """
    FinishDays.require(finish_days, "day_on")
    ScopeDone.require(burn_up, "day_on", "done")
    paces = _paces(deliveries, remaining)
    if not paces or burn_up.empty:
        return ForecastFan.validate(ForecastFan.empty())
    last, end = deliveries["day_on"].max(), calendar["day_on"].max()
    known = finish_days["day_on"].max() if finish_days["day_on"].notna().all() else end
    days_ahead = min(int(((known - last).days + 7) * BEYOND), (end - last).days)
    steps = np.unique(np.linspace(1, days_ahead, min(FAN_DAYS, days_ahead)).round().astype(int))
    done, step = float(burn_up["done"].iloc[-1]), next(iter(paces.values())).step
    rows = [{"day_on": last, "share": share, "done": done} for share in FAN_SHARES]
    teams = _ahead(paces, deliveries, remaining, calendar)
    for later in steps:
        by = last + pd.Timedelta(days=int(later))
        chances = _together(teams, by)
        rows += [
            {
                "day_on": by,
                "share": share,
                "done": done + step * convolution.at_least(chances, share),
            }
            for share in FAN_SHARES
        ]
    return ForecastFan.validate(pd.DataFrame(rows))


def possible(how_many: DataFrame[HowMany]) -> DataFrame[HowMany]:
    """Return the amounts that are not all but impossible, for charts.

    Reads all columns.

    Examples
    --------
    >>> told = pd.DataFrame({
    ...     "amount": [0.0, 1.0, 2.0], "chance": [0.0, 0.4, 0.6], "at_least": [1.0, 1.0, 0.6],
    ...     "by_on": pd.Timestamp("2025-03-03"), "measure": "items",
    ... })
    >>> possible(told)["amount"].tolist()
    [1.0, 2.0]
    """
    HowMany.require(how_many, *HowMany.declared())
    seen = np.flatnonzero(how_many["chance"] > FLAT)
    if not len(seen):
        return HowMany.validate(HowMany.empty())
    return HowMany.validate(how_many.iloc[seen[0] : seen[-1] + 1].reset_index(drop=True))
