"""When will the work be done, and how much by a day: exact chances from the pace of the teams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast_pace import Pace, ahead, pace_of
from tpm_analytics.models import convolution
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    BurnUp,
    Deliveries,
    Fan,
    FinishDays,
    HowMany,
    Remaining,
    When,
    WorkDays,
)

# 50 % is the coin toss, 85 % the promise most teams make, 95 % what contracts ask for:
# Vacanti, "Actionable Agile Metrics for Predictability", 2015, chapter 14
SHARES = (0.5, 0.7, 0.85, 0.95)
LIKELY = 0.85
FAN_SHARES = (0.5, 0.85, 0.95)
# More steps make a fan no smoother
FAN_DAYS = 40
# How much longer than the last promise a picture looks ahead
BEYOND = 1.1
# Chances nearer to 0 or 1 than this are a flat line
FLAT = 0.0005


def when(
    deliveries: DataFrame[Deliveries],
    remaining: DataFrame[Remaining],
    calendar: DataFrame[WorkDays],
) -> DataFrame[When]:
    """Chance that each team has done all that is left, by every day to come.

    Parameters
    ----------
    deliveries
        What each team finished on each day; see `forecast_history.pace`.
    remaining
        Reads ``team``, ``amount``.
    calendar
        Reads all columns. Its last day is the end of the forecast.

    Returns
    -------
    When
        One row per team and day, from the day the program is seen from (what is done then is
        certain) to the last of the calendar. Teams whose history is too short have no rows.

    Notes
    -----
    Exact: the distribution of what a working day and what a day off bring is folded day by day
    [1]_, in the order of the calendar; nothing is drawn by chance, so the same data gives the
    same days. Nothing is added to the work: see `forecast_growth.when_growing`.

    References
    ----------
    .. [1] W. Feller, "An Introduction to Probability Theory and Its Applications", vol. 1, 1968,
       chapter XI (convolutions).

    Examples
    --------
    >>> when(Deliveries.empty(), Remaining.empty(), WorkDays.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    Remaining.require(remaining, "team", "amount")
    WorkDays.require(calendar, *WorkDays.declared())
    rows = []
    for left in remaining.itertuples():
        one = deliveries[deliveries["team"] == left.team]
        pace = pace_of(one)
        if pace is None:
            continue
        last = one["day_on"].max()
        days, working = ahead(calendar, str(left.team), last)
        rows.append(
            pd.DataFrame(
                {
                    "team": left.team,
                    "day_on": np.r_[last.to_datetime64(), days],
                    "chance": pace.done_after(working, left.amount),
                }
            )
        )
    return When.validate(pd.concat(rows, ignore_index=True) if rows else When.empty())


def joint(when: DataFrame[When], remaining: DataFrame[Remaining]) -> DataFrame[When]:
    """Chance that all teams have done all that is left, by every day to come.

    Parameters
    ----------
    when
        Reads all columns.
    remaining
        Reads ``team``: who has work left.

    Returns
    -------
    When
        One row per day, under `ALL_TEAMS`. No rows where a team with work left has no forecast:
        then no day can be named for all.

    Notes
    -----
    Teams are taken to be independent, so the chance that all are done is the product of theirs.
    It lies below that of the slowest team alone: four teams at 85 % each are all done in 52 of
    100 futures.

    Examples
    --------
    >>> day = pd.Timestamp("2025-03-03")
    >>> told = pd.DataFrame({"team": ["a", "b"], "day_on": [day, day], "chance": [0.5, 0.5]})
    >>> joint(told, pd.DataFrame({"team": ["a", "b"]}))["chance"].tolist()
    [0.25]
    """
    When.require(when, *When.declared())
    Remaining.require(remaining, "team")
    if when.empty or not set(remaining["team"]) <= set(when["team"]):
        return When.validate(When.empty())
    by_day = when.pivot_table(index="day_on", columns="team", values="chance").dropna()
    together = convolution.joint(list(by_day.to_numpy().T))
    return When.validate(
        pd.DataFrame({"team": ALL_TEAMS, "day_on": by_day.index, "chance": together})
    )


def finish_days(
    when: DataFrame[When], *, shares: Sequence[float] = SHARES
) -> DataFrame[FinishDays]:
    """Day by which all is done, as sure as each of the shares says.

    Parameters
    ----------
    when
        Reads all columns.
    shares
        Shares of futures, each between 0 and 1.

    Returns
    -------
    FinishDays
        One row per team and share. ``day_on`` is NA where that chance is not reached within the
        days that ``when`` looks ahead.

    Raises
    ------
    ParameterError
        For a share that is none.

    Examples
    --------
    >>> days = pd.date_range("2025-03-03", periods=3)
    >>> told = pd.DataFrame({"team": "a", "day_on": days, "chance": [0.0, 0.5, 0.9]})
    >>> finish_days(told, shares=[0.5, 0.85])["days"].tolist()
    [1, 2]
    """
    When.require(when, *When.declared())
    _check(shares)
    rows = []
    for team, one in when.groupby("team"):
        days = one["day_on"].to_numpy()
        for share in shares:
            later = convolution.days_within(one["chance"].to_numpy(), share)
            on = pd.NaT if later is None else days[later]
            rows.append({"team": team, "share": share, "day_on": on, "days": later})
    if not rows:
        return FinishDays.validate(FinishDays.empty())
    return FinishDays.validate(
        pd.DataFrame(rows).astype({"day_on": "datetime64[us]", "days": "Int64"})
    )


def chance_by(when: DataFrame[When], *, day: pd.Timestamp) -> float:
    """Chance that all is done by `day`; NaN where `when` has no rows or ends before, or for NaT.

    Reads ``day_on`` and ``chance`` of a table about one team or all of them.

    Examples
    --------
    >>> days = pd.date_range("2025-03-03", periods=3)
    >>> told = pd.DataFrame({"team": "a", "day_on": days, "chance": [0.0, 0.5, 0.9]})
    >>> chance_by(told, day=pd.Timestamp("2025-03-04"))
    0.5
    """
    When.require(when, "day_on", "chance")
    by_then = when[when["day_on"] <= day]
    if when.empty or pd.isna(day) or day > when["day_on"].max():
        return float("nan")
    return float(by_then["chance"].max()) if len(by_then) else 0.0


def notable(when: DataFrame[When]) -> DataFrame[When]:
    """Return the days between the last on which nothing can be done and the first all is certain.

    Reads ``team``, ``chance``; for charts, which should not be wide and flat.

    Examples
    --------
    >>> days = pd.date_range("2025-03-03", periods=4)
    >>> told = pd.DataFrame({"team": "a", "day_on": days, "chance": [0.0, 0.0, 0.9, 1.0]})
    >>> len(notable(told))
    3
    """
    When.require(when, *When.declared())
    if when.empty:
        return When.validate(When.empty())
    widest = when.groupby("day_on")["chance"].agg(["min", "max"])
    begins = widest.index[widest["max"] <= FLAT].max()
    ends = widest.index[widest["min"] >= 1 - FLAT].min()
    kept = ~(when["day_on"] < begins) & ~(when["day_on"] > ends)
    return When.validate(when[kept].reset_index(drop=True))


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
    Exact, as `when` is; what several teams finish is the convolution of what each does.

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
    chances = _together(paces, deliveries, remaining, calendar, by)
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
    _, step = convolution.on_grid(
        np.r_[deliveries["finished"].to_numpy(), remaining["amount"].to_numpy()]
    )
    paces = {}
    for team in remaining["team"]:
        pace = pace_of(deliveries[deliveries["team"] == team], step=step)
        if pace is None:
            return {}
        paces[str(team)] = pace
    return paces


def _together(
    paces: dict[str, Pace],
    deliveries: pd.DataFrame,
    remaining: pd.DataFrame,
    calendar: pd.DataFrame,
    by: pd.Timestamp,
) -> np.ndarray:
    """Distribution of what all teams finish by `by`, none more than it has left."""
    last = deliveries["day_on"].max()
    parts = []
    for left in remaining.itertuples():
        pace = paces[str(left.team)]
        days, working = ahead(calendar, str(left.team), last)
        whole = pace.total(working[days <= by.to_datetime64()])
        most = round(left.amount / pace.step)
        parts.append(np.r_[whole[:most], whole[most:].sum()] if len(whole) > most else whole)
    return convolution.total_over(parts, [1] * len(parts))


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
    _check(shares)
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
    burn_up: DataFrame[BurnUp],
    finish_days: DataFrame[FinishDays],
) -> DataFrame[Fan]:
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
    Fan
        One row per share (50, 85 and 95 %) and some 40 days up to a little after the last of
        ``finish_days``, or the calendar's end. No rows where `how_many` has none.

    Examples
    --------
    >>> fan(Deliveries.empty(), Remaining.empty(), WorkDays.empty(), BurnUp.empty(),
    ...     FinishDays.empty()).empty
    True
    """
    FinishDays.require(finish_days, "day_on")
    BurnUp.require(burn_up, "day_on", "done")
    paces = _paces(deliveries, remaining)
    if not paces or burn_up.empty:
        return Fan.validate(Fan.empty())
    last, end = deliveries["day_on"].max(), calendar["day_on"].max()
    known = finish_days["day_on"].max() if finish_days["day_on"].notna().all() else end
    days_ahead = min(int(((known - last).days + 7) * BEYOND), (end - last).days)
    steps = np.unique(np.linspace(1, days_ahead, min(FAN_DAYS, days_ahead)).round().astype(int))
    done, step = float(burn_up["done"].iloc[-1]), next(iter(paces.values())).step
    rows = [{"day_on": last, "share": share, "done": done} for share in FAN_SHARES]
    for later in steps:
        by = last + pd.Timedelta(days=int(later))
        chances = _together(paces, deliveries, remaining, calendar, by)
        rows += [
            {
                "day_on": by,
                "share": share,
                "done": done + step * convolution.at_least(chances, share),
            }
            for share in FAN_SHARES
        ]
    return Fan.validate(pd.DataFrame(rows))


def _check(shares: Sequence[float]) -> None:
    if outside := [share for share in shares if not 0 < share < 1]:
        raise ParameterError(
            f"Shares of futures lie between 0 and 1, got {outside}.",
            hint="Did you mean 0.85, not 85?",
        )
