"""When will the work be done: exact chances from the pace of the teams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.weekly_pace import ahead, days_of, pace_of
from tpm_analytics.models import convolution, luck
from tpm_analytics.program.keys import looked_up
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Basis,
    Deliveries,
    FinishDays,
    Remaining,
    TeamForecasts,
    When,
    WorkDays,
)

# 50 % is the coin toss, 85 % the promise most teams make, 95 % what contracts ask for:
# Vacanti, "Actionable Agile Metrics for Predictability", 2015, chapter 14
SHARES = (0.5, 0.7, 0.85, 0.95)
LIKELY = 0.85
# Columns of a table of teams, and how sure the days in them are
DAYS_SURE = dict(zip(("even_on", "probable_on", "likely_on", "sure_on"), SHARES, strict=True))
# Chances nearer to 0 or 1 than this are a flat line
FLAT = 0.0005
# One in a million is never told apart from never
DIGITS = 6
# More lines cannot be told apart, and more points make a page heavy and a line no clearer
MOST_TEAMS, MOST_POINTS = 12, 4000


def when(
    deliveries: DataFrame[Deliveries],
    remaining: DataFrame[Remaining],
    calendar: DataFrame[WorkDays],
) -> DataFrame[When]:
    """Chance that each team has done all that is left, by every day to come.

    Parameters
    ----------
    deliveries
        What each team finished on each day; see `forecast.pace`.
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
    Exact: no future is drawn by chance, the whole distribution is computed [1]_, so the same data
    gives the same days. Several views of the past (the present level, the last months, those of the
    year, rhythms) are weighted by how well each would have forecast this team before, and
    corrected where that record shows too much or too little confidence; see
    ``docs/metrics/forecast.md``. Only working days count: on a day off nothing is expected.
    Nothing is added to the work: see `forecast.when_growing`.

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
    rows: list[tuple[str, np.ndarray, np.ndarray]] = []
    for left in remaining.itertuples():
        one = days_of(deliveries, str(left.team))
        pace = pace_of(one)
        if pace is None:
            continue
        last = one["day_on"].max()
        days, working = ahead(calendar, str(left.team), last)
        on = np.r_[last.to_datetime64(), days].astype("datetime64[us]")
        rows.append((str(left.team), on, pace.done_after(working, left.amount)))
    if not rows:
        return When.validate(When.empty())
    names, told, chances = zip(*rows, strict=True)
    return When.validate(
        pd.DataFrame(
            {
                "team": np.repeat(names, [len(on) for on in told]),
                "day_on": np.concatenate(told),
                "chance": np.concatenate(chances),
            }
        )
    )


def joint(
    when: DataFrame[When], remaining: DataFrame[Remaining], deliveries: DataFrame[Deliveries]
) -> DataFrame[When]:
    """Chance that all teams have done all that is left, by every day to come.

    Parameters
    ----------
    when
        Reads all columns.
    remaining
        Reads ``team``: who has work left.
    deliveries
        The pace that was forecast with. Reads ``common``; see `with_common_luck`.

    Returns
    -------
    When
        One row per day, under `ALL_TEAMS`. No rows where a team with work left has no forecast:
        then no day can be named for all.

    Notes
    -----
    Where teams have no luck in common, the chance that all are done is the product of theirs: four
    teams at 85 % each are all done in 52 of 100 futures. The more is common, the nearer it
    comes to that of the slowest team alone, which it never passes (a Gaussian copula of one
    factor [1]_, computed, not drawn).

    References
    ----------
    .. [1] D. Li, "On Default Correlation: A Copula Function Approach", Journal of Fixed Income
       9(4), 2000.

    Examples
    --------
    >>> day = pd.Timestamp("2025-03-03")
    >>> told = pd.DataFrame({"team": ["a", "b"], "day_on": [day, day], "chance": [0.5, 0.5]})
    >>> for common in (0.0, 0.5, 1.0):
    ...     pace = pd.DataFrame({"common": [common, common]})
    ...     print(joint(told, told, pace)["chance"].round(3).tolist())
    [0.25]
    [0.333]
    [0.5]
    """
    When.require(when, *When.declared())
    Remaining.require(remaining, "team")
    Deliveries.require(deliveries, "common")
    if when.empty or not set(remaining["team"]) <= set(when["team"].unique()):
        return When.validate(When.empty())
    by_day = when.pivot(index="day_on", columns="team", values="chance").dropna()  # noqa: PD010
    chances = luck.all_reach(list(by_day.to_numpy().T), float(deliveries["common"].max()))
    return When.validate(
        pd.DataFrame({"team": ALL_TEAMS, "day_on": by_day.index, "chance": chances})
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
    check_shares(shares)
    rows = []
    for team, one in when.groupby("team"):
        days, chance = one["day_on"].to_numpy(), one["chance"].to_numpy()
        for share in shares:
            later = convolution.days_within(chance, share)
            on = pd.NaT if later is None else days[later]
            rows.append({"team": team, "share": share, "day_on": on, "days": later})
    if not rows:
        return FinishDays.validate(FinishDays.empty())
    return FinishDays.validate(
        pd.DataFrame(rows).astype({"day_on": "datetime64[us]", "days": "Int64"})
    )


def by_team(
    remaining: DataFrame[Remaining],
    basis: DataFrame[Basis],
    finish_days: DataFrame[FinishDays],
    together: DataFrame[FinishDays],
) -> DataFrame[TeamForecasts]:
    """What each team has left, whose pace is taken for it, and when it is done.

    Parameters
    ----------
    remaining
        Reads ``team``, ``items``.
    basis
        Reads ``team``, ``basis``, ``sharing``, ``enough``; see `forecast.basis`.
    finish_days, together
        Days of each team, and of all. Reads ``team``, ``share``, ``day_on`` for 50, 70, 85 and
        95 %.

    Returns
    -------
    TeamForecasts
        One row per team of ``remaining``, the one that is done last first, then one of
        `ALL_TEAMS` if there are several; days are NA where none can be named.

    Examples
    --------
    >>> by_team(Remaining.empty(), Basis.empty(), FinishDays.empty(), FinishDays.empty()).empty
    True
    """
    Remaining.require(remaining, "team", "items")
    Basis.require(basis, "team", "basis", "sharing", "enough")
    FinishDays.require(finish_days, "team", "share", "day_on")
    FinishDays.require(together, "team", "share", "day_on")
    if remaining.empty:
        return TeamForecasts.validate(TeamForecasts.empty())
    words = [
        _words(row.basis, row.sharing) if row.enough else "too little history"
        for row in basis.itertuples()
    ]
    told = looked_up(remaining["team"], basis["team"], pd.Series(words, dtype="str"))
    table = _with_days(remaining.assign(basis=told.fillna("nothing finished yet")), finish_days)
    last_first = table.sort_values("likely_on", ascending=False, na_position="first")
    if len(remaining) == 1:
        return TeamForecasts.validate(last_first.reset_index(drop=True))
    of_all = pd.DataFrame(
        {"team": [ALL_TEAMS], "items": [remaining["items"].sum()], "basis": ["all of these"]}
    )
    return TeamForecasts.validate(
        pd.concat([last_first, _with_days(of_all, together)], ignore_index=True)
    )


def _with_days(teams: pd.DataFrame, finish_days: pd.DataFrame) -> pd.DataFrame:
    of_share = {
        name: finish_days[finish_days["share"] == share] for name, share in DAYS_SURE.items()
    }
    return teams.assign(
        **{
            name: looked_up(teams["team"], told["team"], told["day_on"])
            for name, told in of_share.items()
        }
    )


def _words(basis: str, sharing: float) -> str:
    among = f", shared among {sharing:.3g}" if sharing > 1 else ""
    return {
        "own": "this work",
        "team": f"all work of the team{among}",
        "program": f"all teams{among}",
    }[basis]


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
    return round(float(by_then["chance"].max()), DIGITS) if len(by_then) else 0.0


def day_for(finish_days: DataFrame[FinishDays], *, share: float) -> pd.Timestamp:
    """Day by which all is done as sure as `share`; NaT where none is told.

    Reads ``share``, ``day_on`` of a table about one team or all of them.

    Examples
    --------
    >>> day_for(FinishDays.empty(), share=0.85)
    NaT
    """
    FinishDays.require(finish_days, "share", "day_on")
    days = finish_days.loc[finish_days["share"] == share, "day_on"]
    return days.iloc[0] if len(days) else pd.NaT


def notable(when: DataFrame[When], together: DataFrame[When]) -> DataFrame[When]:
    """Return the days on which anything is undecided, of the teams and of all together.

    Parameters
    ----------
    when, together
        Reads ``team``, ``day_on``, ``chance``.

    Returns
    -------
    When
        Rows from the last day on which nothing can be done to the first on which all is all but
        certain, for charts, which should not be wide and flat. Of many teams those that are done
        last, and of many days every n-th. All together are left out where there is one team only.

    Examples
    --------
    >>> days = pd.date_range("2025-03-03", periods=4)
    >>> told = pd.DataFrame({"team": "a", "day_on": days, "chance": [0.0, 0.0, 0.9, 1.0]})
    >>> len(notable(told, When.empty()))
    3
    """
    When.require(when, *When.declared())
    When.require(together, *When.declared())
    if when.empty:
        return When.validate(When.empty())
    latest = when.groupby("team")["chance"].mean().nsmallest(MOST_TEAMS).index
    few = when[when["team"].isin(latest)]
    told = pd.concat([few, together]) if len(when["team"].unique()) > 1 else few
    widest = told.groupby("day_on")["chance"].agg(["min", "max"])
    begins = widest.index[widest["max"] <= FLAT].max()
    ends = widest.index[widest["min"] >= 1 - FLAT].min()
    days = widest.index
    days = days[~(days < begins) & ~(days > ends)]
    step = -(-len(days) * len(told["team"].unique()) // MOST_POINTS)
    kept = told["day_on"].isin(days[::step].union(days[-1:]))
    return When.validate(told[kept].reset_index(drop=True))


def check_shares(shares: Sequence[float]) -> None:
    """Raise `ParameterError` for a share of futures that is none."""
    if outside := [share for share in shares if not 0 < share < 1]:
        raise ParameterError(
            f"Shares of futures lie between 0 and 1, got {outside}.",
            hint="Did you mean 0.85, not 85?",
        )
