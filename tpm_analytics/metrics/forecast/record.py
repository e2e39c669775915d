"""The record of forecasts: what was promised, what came of it, and what would have come of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.errors import SchemaError, SchemaErrors
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.dates import LIKELY, MOST_TEAMS, SHARES
from tpm_analytics.metrics.forecast.history import is_known_enough
from tpm_analytics.metrics.forecast.scope import sizes, teams, work
from tpm_analytics.metrics.forecast.weekly_pace import in_working_days, record_of
from tpm_analytics.models import convolution, scoring
from tpm_analytics.models.views import STRETCH
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    Deliveries,
    FinishDays,
    Issued,
    Remaining,
    Scored,
    TrackRecord,
)

ISSUED, LOOKING_BACK = "issued", "looking back"
HELD, MISSED, PENDING = "held", "missed", "pending"
# More look back on a program that no longer is what it was
MOST_ORIGINS = 60
# A share of fewer is told by its count alone
FEWEST = 10


def issued(
    finish_days: DataFrame[FinishDays],
    remaining: DataFrame[Remaining],
    amounts: DataFrame[Amounts],
    *,
    scope: str,
    as_of: pd.Timestamp,
) -> DataFrame[Issued]:
    """Forecasts that a report makes, with all that is needed to score them when their day comes.

    Parameters
    ----------
    finish_days
        Reads ``team``, ``share``, ``day_on``: when each team is done.
    remaining
        Reads ``team``, ``amount``, ``measure``.
    amounts
        Reads all columns: how much all teams finish by a day.
    scope
        Keys of what was forecast; see `forecast.meant`.
    as_of
        Day the program was seen from.

    Returns
    -------
    Issued
        One row per promise: of each team, to have finished what was left by a day, and of all
        of them, to finish so much by a day. Promises without a day are none.

    Examples
    --------
    >>> issued(FinishDays.empty(), Remaining.empty(), Amounts.empty(), scope="",
    ...        as_of=pd.Timestamp("2025-03-03")).empty
    True
    """
    FinishDays.require(finish_days, "team", "share", "day_on")
    Remaining.require(remaining, "team", "amount", "measure")
    Amounts.require(amounts, *Amounts.declared())
    left = remaining[["team", "amount", "measure"]].astype({"measure": "str"})
    ends = finish_days.dropna(subset="day_on").merge(left, on="team")
    much = amounts.rename(columns={"by_on": "day_on"}).astype({"measure": "str"})
    told = pd.concat(
        [ends.assign(asked="when"), much.assign(asked="how many", team=ALL_TEAMS)],
        ignore_index=True,
    )
    told = told[told["day_on"] > as_of]
    return Issued.validate(told.assign(scope=scope, as_of=as_of).reset_index(drop=True))


def known_of(recorded: pd.DataFrame, *, before: pd.Timestamp) -> DataFrame[Issued]:
    """What earlier reports promised, each promise once.

    Parameters
    ----------
    recorded
        What `tpm.recorded` gave: rows of `Issued`, days as text; empty where nothing was handed.
    before
        Day the program is seen from: a report of the same day is no earlier one.

    Returns
    -------
    Issued
        Rows of days before that, oldest first. Where two runs of one day promised different
        things, the later one counts: it corrects the former.

    Raises
    ------
    ParameterError
        If the rows are not those of forecasts.

    Examples
    --------
    >>> known_of(pd.DataFrame(), before=pd.Timestamp("2025-03-03")).empty
    True
    """
    if recorded.empty:
        return Issued.validate(Issued.empty())
    try:
        told = Issued.validate(recorded)
    except (SchemaError, SchemaErrors) as error:
        raise ParameterError(
            "What earlier runs recorded as forecasts are no forecasts.",
            hint="record what forecast.issued yields, under a name of its own",
        ) from error
    earlier = told[told["as_of"] < before]
    question = ["asked", "scope", "team", "measure", "as_of", "share"]
    last = earlier.drop_duplicates(question, keep="last")
    return Issued.validate(last.sort_values("as_of", kind="stable", ignore_index=True))


def scored(
    issued: DataFrame[Issued], items: DataFrame[Items], *, until: pd.Timestamp
) -> DataFrame[Scored]:
    """Hold each forecast that was made against what came.

    Parameters
    ----------
    issued
        Reads all columns.
    items
        Reads ``item_id``, ``parent_id``, ``release``, ``team``, ``points``, ``finished_on``.
    until
        Day the program is seen from; forecasts whose day lies later are pending.

    Returns
    -------
    Scored
        One row per forecast. ``actual``: what was finished of the scope between the day it was
        made and its day; NA while that has not come.

    Notes
    -----
    A promise of either kind is held when at least the promised amount was finished between the
    two days: of work in the same scope, by the same team. For "when will it be done" that amount
    is what was left; work that was added later is not in the promise.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "finished_at": ["2025-03-05T09:00Z"],
    ... })}).items
    >>> scored(Issued.empty(), items, until=pd.Timestamp("2025-03-31")).empty
    True
    """
    Issued.require(issued, *Issued.declared())
    Items.require(items, "item_id", "parent_id", "release", "team", "points", "finished_on")
    parts = [
        of_scope.assign(
            actual=_finished_between(items, of_scope, str(scope), str(measure)).to_numpy()
        )
        for (scope, measure), of_scope in issued.groupby(["scope", "measure"], observed=True)
    ]
    if not parts:
        return Scored.validate(Scored.empty())
    told = pd.concat(parts).sort_index(ignore_index=True)
    return Scored.validate(_judged(told, until).assign(origin=ISSUED, credit=float("nan")))


def _finished_between(
    items: pd.DataFrame, promises: pd.DataFrame, scope: str, measure: str
) -> pd.Series:
    meant = work(items, of=_still_known(items, scope))
    done = pd.DataFrame(
        {
            "team": teams(meant),
            "on": meant["finished_on"],
            "amount": sizes(meant, "points" if measure == "points" else "items"),
        }
    ).dropna(subset="on")
    sums = [
        done.loc[
            (done["on"] > promise.as_of)
            & (done["on"] <= promise.day_on)
            & ((done["team"] == promise.team) | (promise.team == ALL_TEAMS)),
            "amount",
        ].sum()
        for promise in promises.itertuples()
    ]
    return pd.Series(sums, dtype="float64")


def _still_known(items: pd.DataFrame, scope: str) -> str:
    """Return the keys of `scope` that the tracker still has; one it never had names nothing."""
    known = set(items["item_id"]) | set(items["release"].dropna())
    keys = [key.strip() for key in scope.split(",") if key.strip()]
    return ", ".join(key for key in keys if key in known) or scope


def _judged(promises: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    come = promises["day_on"] <= until
    kept = promises["actual"] >= promises["amount"]
    return promises.assign(
        actual=promises["actual"].where(come),
        outcome=np.where(come, np.where(kept, HELD, MISSED), PENDING),
    )


def looking_back(deliveries: DataFrame[Deliveries]) -> DataFrame[Scored]:
    """What the same forecast would have promised on past days, held against what came.

    Parameters
    ----------
    deliveries
        What each team finished on each day. Reads all columns; borrowed paces are left out.

    Returns
    -------
    Scored
        One row per team, past day and share: how much would have been promised for the next four
        weeks (20 working days), from what was known by then. The newest 60 such days at most, and
        none on which too little was known to forecast.

    Notes
    -----
    A rolling origin [1]_: each forecast, with its choice of model and its correction, sees the
    days before it and nothing else, and no day counts for two forecasts. Finishes are those known
    today; an item reopened since counts on the day it was finished for good.

    References
    ----------
    .. [1] L. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of
       Forecasting 16(4), 2000.

    Examples
    --------
    >>> looking_back(Deliveries.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    own = deliveries[deliveries["basis"] == "own"]
    rows = [row for team, one in own.groupby("team") for row in _promises_back(str(team), one)]
    if not rows:
        return Scored.validate(Scored.empty())
    told = pd.DataFrame(rows).assign(
        origin=LOOKING_BACK, asked="how many", measure=str(own["measure"].iloc[0])
    )
    return Scored.validate(_judged(told, deliveries["day_on"].max()))


def _promises_back(team: str, one: pd.DataFrame) -> Iterator[dict[str, object]]:
    _, step = convolution.on_grid(one["finished"].to_numpy())
    past = record_of(one, step)
    history, days = in_working_days(one, step)
    credit = 1 - scoring.reached(past.below, past.up_to, 1 - np.array(SHARES))
    told = [row for row in range(past.count) if is_known_enough(history[: past.origin[row]])]
    for row in told[-MOST_ORIGINS:]:
        seen, ended = days[past.origin[row] - 1], days[past.origin[row] + STRETCH - 1]
        for column, share in enumerate(SHARES):
            yield {
                "team": team,
                "as_of": seen,
                "day_on": ended,
                "share": share,
                "amount": past.promise[row, column] * step,
                "actual": past.outcome[row] * step,
                "credit": credit[row, column],
            }


def most_missed(
    scored: DataFrame[Scored], *, share: float = LIKELY, teams: int = MOST_TEAMS
) -> DataFrame[Scored]:
    """Forecasts at one share of the teams that missed most of them, for charts.

    Parameters
    ----------
    scored
        Reads all columns.
    share
        Share that was promised.
    teams
        Most teams to keep.

    Returns
    -------
    Scored
        The rows of these teams whose day has come, in the order they had.

    Examples
    --------
    >>> most_missed(Scored.empty()).empty
    True
    """
    Scored.require(scored, *Scored.declared())
    told = scored[(scored["share"] == share) & (scored["outcome"] != PENDING)]
    missed = (told["outcome"] == MISSED).astype("int64").groupby(told["team"]).sum()
    kept = told["team"].isin(missed.nlargest(teams).index)
    return Scored.validate(told[kept].reset_index(drop=True))


def track_record(
    issued: DataFrame[Scored], looking_back: DataFrame[Scored]
) -> DataFrame[TrackRecord]:
    """How many promises were held, for each share that was promised.

    Parameters
    ----------
    issued, looking_back
        Forecasts that were made, and that would have been. Reads ``origin``, ``share``,
        ``outcome``, ``credit``.

    Returns
    -------
    TrackRecord
        One row per origin and share. ``forecasts`` counts those whose day has come; ``kept`` is
        the share of them that held, NA while there are none. ``fairly_kept``: the share that
        would have held if items were not whole; NA of issued ones, whose chances are not kept.

    Notes
    -----
    Of promises at 85 % some 85 in 100 should hold: fewer is overconfidence, many more is
    caution that costs. Amounts are whole, so a promise holds more often than it says: "at least
    2" may be 92 % sure where "at least 3" would be 80 %. ``fairly_kept`` puts the outcome
    anywhere between the two at random and takes the mean (the randomised probability integral
    transform [1]_).

    References
    ----------
    .. [1] C. Czado, T. Gneiting, L. Held, "Predictive Model Assessment for Count Data",
       Biometrics 65(4), 2009.

    Examples
    --------
    >>> told = pd.DataFrame({
    ...     "origin": "issued", "share": [0.85] * 3, "outcome": ["held", "missed", "pending"],
    ...     "credit": float("nan"),
    ... })
    >>> track_record(told, Scored.empty())[["forecasts", "held", "kept"]].values.tolist()
    [[2, 1, 0.5]]
    """
    columns = ["origin", "share", "outcome", "credit"]
    Scored.require(issued, *columns)
    Scored.require(looking_back, *columns)
    told = pd.concat(
        [
            table[columns].astype({"origin": "str", "outcome": "str"})
            for table in (issued, looking_back)
        ]
    )
    if told.empty:
        return TrackRecord.validate(TrackRecord.empty())
    ended = {name: told["outcome"] == name for name in (HELD, MISSED, PENDING)}
    by_share = told.assign(**ended).groupby(["origin", "share"], as_index=False)
    counts = by_share[list(ended)].sum()
    come = counts[HELD] + counts[MISSED]
    return TrackRecord.validate(
        counts.assign(
            forecasts=come,
            kept=counts[HELD] / come.where(come > 0),
            fairly_kept=by_share["credit"].mean()["credit"],
        )
    )


def kept(record: DataFrame[TrackRecord], *, share: float) -> float:
    """Share of all promises at `share` that held, issued or looking back; NaN for fewer than ten.

    Reads ``share``, ``forecasts``, ``held``.

    Examples
    --------
    >>> kept(TrackRecord.empty(), share=0.85)
    nan
    """
    TrackRecord.require(record, "share", "forecasts", "held")
    told = record[record["share"] == share]
    forecasts = int(told["forecasts"].sum())
    return int(told["held"].sum()) / forecasts if forecasts >= FEWEST else float("nan")
