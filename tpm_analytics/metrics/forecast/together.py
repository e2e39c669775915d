"""Several teams at once: how much of their luck is common, and what joint promises were worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.forecast.dates import SHARES
from tpm_analytics.metrics.forecast.hindsight import MOST_ORIGINS
from tpm_analytics.metrics.forecast.history import is_known_enough
from tpm_analytics.metrics.forecast.record import HELD, HOW_MANY, MISSED
from tpm_analytics.metrics.forecast.weekly_pace import in_working_days, record_of
from tpm_analytics.models import convolution, luck
from tpm_analytics.models.views import STRETCH
from tpm_analytics.results.forecast import ALL_TEAMS, CommonLuck, Deliveries, Scored

ALL_AT_ONCE = "all teams at once"
TEAMS = "teams"


def common_luck(deliveries: DataFrame[Deliveries]) -> DataFrame[CommonLuck]:
    """How alike the luck of the teams was: whether they fall short in the same months.

    Parameters
    ----------
    deliveries
        What each team finished of all its work on each day. Reads all columns; borrowed paces
        are left out.

    Returns
    -------
    CommonLuck
        One row; none where fewer than two teams have months in common. ``correlation`` is the mean
        over all pairs of teams, ``common`` what of it goes beyond chance, and never below 0.

    Notes
    -----
    Luck is where the outcome of four weeks lay in what would have been forecast for them, as a
    normal number: so a team that shrinks, or that always finishes little in August, is not taken
    for one with bad luck, because its forecast knew. Of independent teams the mean correlation
    varies by one over the pairs of outcomes; twice that is taken off (as `forecasting` does with
    deviations of a record). On real teams that release together (every other one of 50, the
    others held out) promises to groups of three to eight of them are nearer to what came than
    with independence; see ``docs/metrics/forecast.md``.

    Examples
    --------
    >>> common_luck(Deliveries.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    past = _past(deliveries)
    if past is None:
        return CommonLuck.validate(CommonLuck.empty())
    correlation, common, pairs = luck.alike(luck.as_numbers(past.below, past.up_to))
    if not pairs or np.isnan(correlation):
        return CommonLuck.validate(CommonLuck.empty())
    return CommonLuck.validate(
        pd.DataFrame(
            {
                "teams": [len(past.below)],
                "months": [int(past.several.sum())],
                "correlation": [float(np.clip(correlation, -1, 1))],
                "common": [common],
            }
        )
    )


def with_common_luck(
    pace: DataFrame[Deliveries], common_luck: DataFrame[CommonLuck]
) -> DataFrame[Deliveries]:
    """Pace of teams that have so much of their luck in common.

    Parameters
    ----------
    pace
        Reads all columns.
    common_luck
        Reads ``common``; without a row, teams have none in common.

    Returns
    -------
    Deliveries
        The same rows, ``common`` set.

    Examples
    --------
    >>> with_common_luck(Deliveries.empty(), CommonLuck.empty()).empty
    True
    """
    Deliveries.require(pace, *Deliveries.declared())
    CommonLuck.require(common_luck, "common")
    common = float(common_luck["common"].iloc[0]) if len(common_luck) else 0.0
    return Deliveries.validate(pace.assign(common=common))


def looking_back_at_once(deliveries: DataFrame[Deliveries]) -> DataFrame[Scored]:
    """What would have been promised on past days for all teams at once, and what came.

    Parameters
    ----------
    deliveries
        As `looking_back` reads them.

    Returns
    -------
    Scored
        One row per past day and share on which two teams or more could be forecast: that as many
        teams as there are (``amount``) each finish in four weeks what was promised of it, and how
        many did (``actual``). Each is promised as surely as it takes for all to be as sure as the
        share, with the luck in common that was known by then.

    Notes
    -----
    That all are done by a day and that each finishes so much by a day is one question. Months are
    matched from the last one back: where teams have holidays of their own, theirs lie some days
    apart. ``credit`` is the chance that all held if items were not whole, as in `looking_back`.

    Examples
    --------
    >>> looking_back_at_once(Deliveries.empty()).empty
    True
    """
    Deliveries.require(deliveries, *Deliveries.declared())
    past = _past(deliveries)
    if past is None or not past.several.any():
        return Scored.validate(Scored.empty())
    rows = pd.DataFrame(
        [row for month in np.flatnonzero(past.several).tolist() for row in _at(past, month)]
    )
    return Scored.validate(
        rows.assign(origin=ALL_AT_ONCE, asked=HOW_MANY, team=ALL_TEAMS, measure=TEAMS)
    )


@dataclass(frozen=True)
class _Past:
    """Where outcomes lay in past forecasts: a row per team, a column per month, oldest first."""

    below: np.ndarray
    up_to: np.ndarray
    seen: np.ndarray
    ended: np.ndarray

    @property
    def several(self) -> np.ndarray:
        """Whether two teams or more were forecast for each month."""
        told: np.ndarray = (~np.isnan(self.below)).sum(axis=0) > 1
        return told


def _past(deliveries: pd.DataFrame) -> _Past | None:
    own = deliveries[deliveries["basis"] == "own"]
    teams = [one for _, one in own.groupby("team")]
    if len(teams) < 2:
        return None
    shape = (len(teams), MOST_ORIGINS)
    below, up_to = np.full(shape, np.nan), np.full(shape, np.nan)
    seen, ended = np.full((2, *shape), np.datetime64("NaT", "us"))
    for team, one in enumerate(teams):
        _, step = convolution.on_grid(one["finished"].to_numpy())
        record = record_of(one, step)
        history, days = in_working_days(one, step)
        # the last month ends on the last day, and so on back
        month = MOST_ORIGINS - (len(history) - record.origin) // STRETCH
        told = [
            row
            for row in np.flatnonzero(month >= 0)
            if is_known_enough(history[: record.origin[row]])
        ]
        at = month[told]
        below[team, at], up_to[team, at] = record.below[told], record.up_to[told]
        seen[team, at] = days[record.origin[told] - 1]
        ended[team, at] = days[record.origin[told] + STRETCH - 1]
    return _Past(below, up_to, np.fmax.reduce(seen), np.fmax.reduce(ended))


def _at(past: _Past, month: int) -> Iterator[dict[str, object]]:
    """Promises of one month for all teams, made of what was known before it."""
    known = luck.as_numbers(past.below[:, :month], past.up_to[:, :month])
    _, common, _ = luck.alike(known)
    there = ~np.isnan(past.below[:, month])
    for share in SHARES:
        each = luck.share_of_each(share, int(there.sum()), common)
        kept, credit = luck.held(past.below[there, month], past.up_to[there, month], each)
        yield {
            "as_of": past.seen[month],
            "day_on": past.ended[month],
            "share": share,
            "amount": float(there.sum()),
            "actual": float(kept.sum()),
            "outcome": HELD if kept.all() else MISSED,
            "credit": credit,
        }
