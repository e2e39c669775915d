"""The record of forecasts: what was promised, what came of it, and what would have come of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.errors import SchemaError, SchemaErrors
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.dates import DAYS_SURE
from tpm_analytics.metrics.forecast.scope import sizes, teams, work
from tpm_analytics.models import scoring
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import (
    ALL_TEAMS,
    Amounts,
    Issued,
    Remaining,
    Scored,
    TeamForecasts,
    TrackRecord,
)

ISSUED, LOOKING_BACK = "issued", "looking back"
WHEN, HOW_MANY = "when", "how many"
HELD, MISSED, PENDING = "held", "missed", "pending"
# A share of fewer is told by its count alone
FEWEST = 10


def issued(
    teams: DataFrame[TeamForecasts],
    remaining: DataFrame[Remaining],
    amounts: DataFrame[Amounts],
    *,
    scope: str,
    as_of: pd.Timestamp,
) -> DataFrame[Issued]:
    """Forecasts that a report makes, with all that is needed to score them when their day comes.

    Parameters
    ----------
    teams
        Reads all columns: when each team is done, and all of them; see `by_team`.
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
        One row per promise: of each team, to have finished what was left by a day; of several,
        that all of them have; and of all of them, to finish so much by a day. Promises without a
        day are none.

    Examples
    --------
    >>> issued(TeamForecasts.empty(), Remaining.empty(), Amounts.empty(), scope="",
    ...        as_of=pd.Timestamp("2025-03-03")).empty
    True
    """
    TeamForecasts.require(teams, *TeamForecasts.declared())
    Remaining.require(remaining, "team", "amount", "measure")
    Amounts.require(amounts, *Amounts.declared())
    left = remaining[["team", "amount", "measure"]].astype({"measure": "str"})
    of_all = left.groupby("measure", as_index=False)["amount"].sum().assign(team=ALL_TEAMS)
    days = [
        teams[["team", name]].set_axis(["team", "day_on"], axis=1).assign(share=share)
        for name, share in DAYS_SURE.items()
    ]
    ends = pd.concat(days).dropna(subset="day_on").merge(pd.concat([left, of_all]), on="team")
    much = amounts.rename(columns={"by_on": "day_on"}).astype({"measure": "str"})
    told = pd.concat(
        [ends.assign(asked=WHEN), much.assign(asked=HOW_MANY, team=ALL_TEAMS)],
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
    is what was left; work that was added later is not in the promise. That all teams are done
    is held when each has finished its own part: what one does beyond it helps no other.

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
    return Scored.validate(judged(told, until).assign(origin=ISSUED, credit=float("nan")))


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
    sums = [_came(done, promise, _parts_of(promise, promises)) for promise in promises.itertuples()]
    return pd.Series(sums, dtype="float64")


def _parts_of(promise: Any, promises: pd.DataFrame) -> dict[str, float]:
    """What each team had left, where the promise is that all of them are done; else nothing."""
    if promise.asked != WHEN or promise.team != ALL_TEAMS:
        return {}
    same = (promises["as_of"] == promise.as_of) & (promises["asked"] == WHEN)
    each = promises[same & (promises["team"] != ALL_TEAMS)].drop_duplicates("team")
    return dict(zip(each["team"], each["amount"], strict=True))


def _came(done: pd.DataFrame, promise: Any, parts: dict[str, float]) -> float:
    """What was finished between the two days; of each team no more than was its part."""
    inside = done[(done["on"] > promise.as_of) & (done["on"] <= promise.day_on)]
    if not parts:
        ours = (inside["team"] == promise.team) | (promise.team == ALL_TEAMS)
        return float(inside.loc[ours, "amount"].sum())
    finished = inside.groupby("team")["amount"].sum()
    short = sum(max(part - finished.get(team, 0.0), 0.0) for team, part in parts.items())
    return float(promise.amount - short)


def _still_known(items: pd.DataFrame, scope: str) -> str:
    """Return the keys of `scope` that the tracker still has; one it never had names nothing."""
    known = set(items["item_id"]) | set(items["release"].dropna())
    keys = [key.strip() for key in scope.split(",") if key.strip()]
    return ", ".join(key for key in keys if key in known) or scope


def judged(promises: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Promises with what came of them: held, missed, or pending where their day has not come."""
    come = promises["day_on"] <= until
    kept = promises["actual"] >= promises["amount"]
    return promises.assign(
        actual=promises["actual"].where(come),
        outcome=np.where(come, np.where(kept, HELD, MISSED), PENDING),
    )


def track_record(
    issued: DataFrame[Scored], looking_back: DataFrame[Scored], at_once: DataFrame[Scored]
) -> DataFrame[TrackRecord]:
    """How many promises were held, for each share that was promised.

    Parameters
    ----------
    issued, looking_back, at_once
        Forecasts that were made, that would have been made of each team, and of all at once.
        Reads ``origin``, ``share``, ``outcome``, ``credit``.

    Returns
    -------
    TrackRecord
        One row per origin and share. ``forecasts`` counts those whose day has come; ``kept`` is
        the share of them that held, NA while there are none. ``fairly_kept``: the share that
        would have held if items were not whole; NA of issued ones, whose chances are not kept.
        Of right forecasts, 95 of 100 records lie between ``least`` and ``most``, by chance alone.

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
    >>> none = Scored.empty()
    >>> track_record(told, none, none)[["forecasts", "held", "kept"]].values.tolist()
    [[2, 1, 0.5]]
    """
    columns = ["origin", "share", "outcome", "credit"]
    tables = (issued, looking_back, at_once)
    for table in tables:
        Scored.require(table, *columns)
    told = pd.concat(
        [table[columns].astype({"origin": "str", "outcome": "str"}) for table in tables]
    )
    if told.empty:
        return TrackRecord.validate(TrackRecord.empty())
    ended = {name: told["outcome"] == name for name in (HELD, MISSED, PENDING)}
    by_share = told.assign(**ended).groupby(["origin", "share"], as_index=False)
    counts = by_share[list(ended)].sum()
    come = counts[HELD] + counts[MISSED]
    least, most = scoring.by_chance(counts["share"].to_numpy(), come.to_numpy())
    return TrackRecord.validate(
        counts.assign(
            forecasts=come,
            kept=counts[HELD] / come.where(come > 0),
            fairly_kept=by_share["credit"].mean()["credit"],
            least=least,
            most=most,
        )
    )


def kept(record: DataFrame[TrackRecord], *, share: float) -> float:
    """Share of the promises at `share` that held, issued or looking back; NaN for fewer than ten.

    Reads ``origin``, ``share``, ``forecasts``, ``held``; looking back, those of single teams.

    Examples
    --------
    >>> kept(TrackRecord.empty(), share=0.85)
    nan
    """
    TrackRecord.require(record, "origin", "share", "forecasts", "held")
    told = record[(record["share"] == share) & record["origin"].isin([ISSUED, LOOKING_BACK])]
    forecasts = int(told["forecasts"].sum())
    return int(told["held"].sum()) / forecasts if forecasts >= FEWEST else float("nan")
