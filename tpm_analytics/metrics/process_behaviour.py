"""Whether a figure changed or only varies: process behaviour (XmR) charts of any table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import MissingColumnsError, ParameterError
from tpm_analytics.models import process_behaviour as model
from tpm_analytics.models.process_behaviour import Limits, Spread
from tpm_analytics.results.process_behaviour import Behaviour, Levels, Signals

# Wheeler: limits can be useful from five or six values on; fewer say nothing of what is usual
FEWEST_FIGURES = 5
# What a reader is told of a figure, the clearest first
RULES = {
    "outside": "outside the limits",
    "run": "eight or more in a row on one side",
    "near": "three of four near a limit",
    "jump": "larger change than expected",
}


def behaviour(
    figures: pd.DataFrame,
    *,
    value: str,
    period: str = "period_on",
    by: str | None = None,
    spread: Spread = "mean",
) -> DataFrame[Behaviour]:
    """Hold every figure of a table against the limits that its own variation sets.

    Parameters
    ----------
    figures
        Any table with a row per period, such as `flow.throughput`. Reads the columns named by
        the options. Rows with an unknown value are left out.
    value
        Column with the figure.
    period
        Column with the period's first day.
    by
        Column whose values have limits of their own, such as ``"team"``; without it the table is
        one series. To give each phase of a change its own limits, name the phases in a column.
    spread
        ``"mean"``: limits by the mean moving range. ``"median"``: by the median moving range,
        around the median, for series with a few wild values. Where the median moving range is 0
        the mean is used, and the column ``spread`` says so.

    Returns
    -------
    Behaviour
        One row per known figure, by group and time. Limits are NA for a group with fewer than
        `FEWEST_FIGURES`; its figures are no signals. Where no figure of a group is negative, its
        lower limit is not below 0. ``signal`` names the clearest rule that a figure breaks; a jump
        back from a figure outside the limits is none.

    Raises
    ------
    MissingColumnsError
        If ``figures`` lacks a column that an option names.
    ParameterError
        For a ``value`` that holds no numbers or an infinite one, for days that are none, and for
        a spread that is neither.

    Notes
    -----
    Limits are the mean +- 2.66 mean moving ranges, or the median +- 3.145 median moving ranges;
    a moving range is to be below 3.268, or 3.865, of these [1]_. Limits by the standard deviation
    would be widened by the very changes that the chart is to find. Signals are: a figure outside
    the limits; eight or more in a row on one side of the centre; three of four nearer a limit
    than the centre; a moving range above its limit [2]_. The rules are asked of the limits
    before they are cut off at 0.

    A series has one set of limits, out of all its figures: after a lasting change, read it in
    phases (``by``) or hold it against the time before (`held_against`).

    References
    ----------
    .. [1] D. Wheeler & D. Chambers, "Understanding Statistical Process Control", 1992.
    .. [2] D. Wheeler, "Understanding Variation", 2nd edition, 2000.

    Examples
    --------
    >>> weeks = pd.DataFrame({
    ...     "period_on": pd.date_range("2025-03-03", periods=6, freq="W-MON"),
    ...     "items": [10, 12, 11, 13, 12, 11],
    ... })
    >>> found = behaviour(weeks, value="items")
    >>> found[["centre", "lower", "upper"]].iloc[0].round(2).tolist()
    [11.5, 7.78, 15.22]
    >>> found["signal"].notna().any()
    np.False_
    """
    series = _series(figures, value, period, by)
    parts = _groups(series)
    return _against(parts, parts, spread)


def held_against(
    behaviour: DataFrame[Behaviour], *, until: pd.Timestamp, spread: Spread = "mean"
) -> DataFrame[Behaviour]:
    """Hold all figures against the limits of those up to a day, such as before a change.

    Parameters
    ----------
    behaviour
        Reads ``group``, ``period_on``, ``value``.
    until
        Last day whose figures make the limits.
    spread
        As in `behaviour`.

    Returns
    -------
    Behaviour
        As from `behaviour`; limits are NA for a group with fewer than `FEWEST_FIGURES` up to
        that day. ``figures`` counts those that make the limits; a group with none is left out.

    Notes
    -----
    If the figures after the day break a rule against the limits of before, the change did
    something; if none does, nothing has been shown.

    Examples
    --------
    >>> held_against(Behaviour.empty(), until=pd.Timestamp("2025-03-03")).empty
    True
    """
    Behaviour.require(behaviour, "group", "period_on", "value")
    columns = behaviour[["group", "period_on", "value"]]
    before = columns["period_on"] <= until
    counts = before.groupby(columns["group"], dropna=False).transform("sum")
    series = columns[counts > 0].reset_index(drop=True)
    parts = _groups(series)
    return _against(parts, [part[part["period_on"] <= until] for part in parts], spread)


def signals(behaviour: DataFrame[Behaviour]) -> DataFrame[Signals]:
    """Signals as a list: each unbroken stretch of one rule on one side, newest first.

    Parameters
    ----------
    behaviour
        Reads all columns.

    Returns
    -------
    Signals
        One row per stretch. A figure may belong to several; but one near a limit that is part of
        a run is not listed again, and a jump only where it is all there is to see. A stretch
        lasts while the newest figure of its group belongs to it.

    Examples
    --------
    >>> signals(Behaviour.empty()).empty
    True
    """
    Behaviour.require(behaviour, *Behaviour.declared())
    group = behaviour["group"].fillna("")
    # a run lies near a limit, and a figure outside comes with a jump: that is no second signal
    taken = {
        "outside": behaviour["outside"],
        "run": behaviour["run"],
        "near": behaviour["near"] & ~behaviour["run"],
        "jump": behaviour["signal"] == RULES["jump"],
    }
    listed = _stretches(
        behaviour.assign(newest=~group.duplicated(keep="last")),
        np.array([flags.to_numpy(dtype=bool) for flags in taken.values()]),
        (group + "|" + behaviour["side"].fillna("")).to_numpy(),
    )
    return Signals.validate(
        listed.sort_values(
            ["to_on", "from_on", "group"],
            ascending=[False, False, True],
            kind="stable",
            ignore_index=True,
        )
    )


def levels(behaviour: DataFrame[Behaviour]) -> DataFrame[Levels]:
    """What is to be expected of the next figure of each group.

    Parameters
    ----------
    behaviour
        Reads all columns.

    Returns
    -------
    Levels
        One row per group, in order of name, the one without a name last. Limits say where the
        next figure will lie if nothing changes.

    Examples
    --------
    >>> levels(Behaviour.empty()).empty
    True
    """
    Behaviour.require(behaviour, *Behaviour.declared())
    group = behaviour["group"].fillna("")
    counted = behaviour["signal"].notna().groupby(group).transform("sum")
    # not "last", which skips what is unknown: a newest figure without a signal has none
    newest = behaviour.assign(signals=counted)[~group.duplicated(keep="last")]
    return Levels.validate(
        newest.assign(
            latest_on=newest["period_on"], latest=newest["value"], lasting=newest["signal"]
        ).sort_values("group", na_position="last", ignore_index=True)
    )


def _stretches(behaviour: pd.DataFrame, flags: np.ndarray, kind: np.ndarray) -> pd.DataFrame:
    """One row per unbroken stretch of figures of one kind that a rule, a row of `flags`, marks."""
    rule, figure = np.nonzero(flags)
    same = (np.diff(rule) == 0) & (kind[figure[1:]] == kind[figure[:-1]])
    goes_on = same & (np.diff(figure) == 1)
    begins = np.flatnonzero(np.r_[True, ~goes_on][: len(rule)])
    figures = np.diff(begins, append=len(rule))
    first, last = figure[begins], figure[begins + figures - 1]
    number = np.repeat(np.arange(len(begins)), figures)
    within = behaviour[["value", "newest"]].iloc[figure].groupby(number)
    return pd.DataFrame(
        {
            **behaviour[["group", "side", "centre"]].iloc[first].reset_index(drop=True),
            "from_on": behaviour["period_on"].to_numpy()[first],
            "to_on": behaviour["period_on"].to_numpy()[last],
            "figures": figures,
            "level": within["value"].mean(),
            "lasting": within["newest"].any(),
            "signal": np.array([*RULES.values()], dtype=object)[rule[begins]],
        }
    )


def _series(figures: pd.DataFrame, value: str, period: str, by: str | None) -> pd.DataFrame:
    wanted = {period: "the period", value: "the figure", **({by: "whose figure"} if by else {})}
    missing = {name: what for name, what in wanted.items() if name not in figures.columns}
    if missing:
        raise MissingColumnsError("The table", missing, map(str, figures.columns))
    if not pd.api.types.is_numeric_dtype(figures[value]) and len(figures):
        raise ParameterError(f"{value} holds no numbers.", hint="name a column of figures")
    if not pd.api.types.is_datetime64_dtype(figures[period]) and len(figures):
        raise ParameterError(f"{period} holds no days.", hint="name a column of days")
    group = figures[by].astype("str") if by else pd.Series(pd.NA, figures.index, dtype="str")
    series = pd.DataFrame(
        {
            "group": group,
            "period_on": figures[period],
            "value": figures[value].astype("Float64").astype(float),
        }
    ).dropna(subset=["period_on", "value"])
    if np.isinf(series["value"]).any():
        raise ParameterError(
            f"{value} holds an infinite figure.", hint="a ratio over nothing is unknown: make it NA"
        )
    return series.sort_values(["group", "period_on"], kind="stable", ignore_index=True)


def _groups(series: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in series.groupby("group", dropna=False, sort=False)]


def _limits_of(values: np.ndarray, spread: Spread) -> tuple[Limits, str]:
    found = model.limits(values, spread=spread)
    if spread == "median" and found.mean_range == 0:
        spread = "mean"
        found = model.limits(values, spread=spread)
    if len(values) < FEWEST_FIGURES:
        unknown = float("nan")
        return Limits(unknown, unknown, unknown, unknown, unknown), spread
    return found, spread


def _against(
    parts: list[pd.DataFrame], limiting: list[pd.DataFrame], spread: Spread
) -> DataFrame[Behaviour]:
    """Figures of each group, held against the limits that some of them make."""
    if not parts:
        return Behaviour.validate(Behaviour.empty())
    marked = [
        _marked(part, *_limits_of(those["value"].to_numpy(), spread)).assign(figures=len(those))
        for part, those in zip(parts, limiting, strict=True)
    ]
    return Behaviour.validate(pd.concat(parts).join(pd.concat(marked)).reset_index(drop=True))


def _marked(part: pd.DataFrame, given: Limits, spread: str) -> pd.DataFrame:
    """What each figure of one group is against its limits."""
    values = part["value"].to_numpy()
    found = model.patterns(values, given)
    flags = {rule: getattr(found, rule) for rule in RULES}
    # the way back from a figure outside the limits is no news
    told = flags | {"jump": found.jump & ~np.r_[False, found.outside[:-1]]}
    never_negative = bool((values >= 0).all())
    lower = max(given.lower, 0.0) if never_negative else given.lower
    return pd.DataFrame(
        {
            "moving_range": model.moving_ranges(values),
            "centre": given.centre,
            "lower": np.nan if np.isnan(given.lower) else lower,
            "upper": given.upper,
            "upper_range": given.upper_range,
            "spread": spread,
            "side": np.array(["below", "on", "above"], dtype=object)[found.side + 1],
            # the last is taken where no rule is broken
            "signal": np.array([*RULES.values(), None], dtype=object)[
                np.select(list(told.values()), range(len(told)), default=-1)
            ],
            **flags,
        },
        index=part.index,
    )
