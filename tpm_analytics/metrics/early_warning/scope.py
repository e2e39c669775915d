"""Whether the work grows: in jumps, or faster than it is finished."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.program.keys import among, looked_up
from tpm_analytics.program.tables import Items
from tpm_analytics.results.early_warning import ScopeGrowth

# A year of weeks tells what is usual
WEEKS = 52
# Fewer weeks tell nothing of what is usual
ENOUGH_WEEKS = 12
# J. Tukey, "Exploratory Data Analysis", 1977: "far out" lies three spreads above the upper quartile
FAR_OUT = 3.0
# A handful of items more is a good planning meeting, not a jump
LEAST_BEYOND = 10
# A quarter of a year of whole weeks, for what is added and finished
LATELY_WEEKS = 13
# A quarter more added than finished: what is left would never be done
FASTER = 1.25
JUMP, FASTER_THAN_DONE = FINDINGS = ("jump", "more added than finished")
SHOWN = 3
WEEK = pd.Timedelta(days=7)
DAY = pd.Timedelta(days=1)


def scope_growth(items: DataFrame[Items], *, until: pd.Timestamp) -> DataFrame[ScopeGrowth]:
    """Where scope jumped and is not worked off yet, and where more is added than finished.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``team``, ``parent_id``, ``created_on``, ``finished_on``.
    until
        Day the program is seen from; its unfinished week is left out.

    Returns
    -------
    ScopeGrowth
        One row per team and jump, and per team whose scope grows faster than it is finished, the
        one with most items beyond first. Left out: items that hold others, items created on an
        unknown day, and teams with fewer than `ENOUGH_WEEKS` weeks of history.

    Notes
    -----
    A *jump* is a week, or weeks in a row, in which more was added to a team than three spreads
    (interquartile ranges, one item at least) above the upper quartile of its weeks of the last
    year [1]_, and `LEAST_BEYOND` items or more beyond the median week. It is told as long as any
    of it is open. *More added than finished*: a quarter more in the last 13 whole weeks, and
    `LEAST_BEYOND` items or more; a jump counts there as what is usual in its weeks. Weeks of work
    are counted at the pace of these 13 weeks.

    References
    ----------
    .. [1] J. Tukey, "Exploratory Data Analysis", 1977, ch. 2, on fences.
    """
    Items.require(items, "item_id", "title", "team", "parent_id", "created_on", "finished_on")
    own = items[["team", "parent_id", "created_on", "finished_on"]]
    leaves = own[~among(items["item_id"], items["parent_id"])]
    leaves = leaves.assign(team=leaves["team"].astype("str").fillna(""))
    known = leaves[leaves["created_on"] <= until]
    if known.empty:
        return ScopeGrowth.validate(ScopeGrowth.empty())
    starts = calendars.periods(known["created_on"].min(), until, "week")[-WEEKS:]
    if len(starts) < ENOUGH_WEEKS:
        return ScopeGrowth.validate(ScopeGrowth.empty())
    added = _weekly(known, "created_on", starts)
    done = _weekly(known, "finished_on", starts).reindex(added.index, fill_value=0)
    pace = done.iloc[:, -LATELY_WEEKS:].mean(axis=1)
    jumps = _jumps(added, starts)
    spans = [*jumps, *_faster(_without(added, jumps), done, starts)]
    rows = [_told(known, span, items) for span in spans]
    told = pd.DataFrame([row for row in rows if row["still_open"]])
    if told.empty:
        return ScopeGrowth.validate(ScopeGrowth.empty())
    weeks = told["beyond"] / told["team"].map(pace).replace(0.0, np.nan)
    return ScopeGrowth.validate(
        told.assign(weeks_of_work=weeks, team=told["team"].replace("", None)).sort_values(
            ["beyond", "team"], ascending=[False, True], ignore_index=True
        )
    )


def _weekly(items: pd.DataFrame, on: str, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Items of each team by week, a column a week."""
    team, names = pd.factorize(items["team"], sort=True)
    days = items[on].to_numpy()
    week = np.searchsorted(starts.to_numpy(), days, "right") - 1
    kept = (week >= 0) & (days < (starts[-1] + WEEK).to_datetime64())
    cells = np.bincount((team * len(starts) + week)[kept], minlength=len(names) * len(starts))
    counts = cells.reshape(len(names), len(starts)).astype(np.float64)
    return pd.DataFrame(counts, index=pd.Index(names, name="team"), columns=starts)


def _jumps(added: pd.DataFrame, starts: pd.DatetimeIndex) -> list[dict[str, object]]:
    quartiles = np.quantile(added.to_numpy(), (0.25, 0.5, 0.75), axis=1)
    low, middle, high = (pd.Series(part, index=added.index) for part in quartiles)
    fence = high + FAR_OUT * (high - low).clip(lower=1.0)
    over = added.gt(fence, axis=0)
    found = []
    for team in added.index[over.any(axis=1)]:
        weeks = np.flatnonzero(over.loc[team])
        for run in np.split(weeks, np.flatnonzero(np.diff(weeks) > 1) + 1):
            sum_ = int(added.loc[team].iloc[run].sum())
            usual = float(middle[team] * len(run))
            if sum_ - usual >= LEAST_BEYOND:
                ends = starts[run[-1]] + WEEK - DAY
                found.append(_span(JUMP, team, starts[run[0]], ends, sum_, usual))
    return found


def _without(added: pd.DataFrame, jumps: list[dict[str, object]]) -> pd.DataFrame:
    """What was added beside jumps: in their weeks as much as is usual."""
    rest = added.astype("float64")
    for jump in jumps:
        weeks = (rest.columns >= jump["from_on"]) & (rest.columns <= jump["to_on"])
        rest.loc[jump["team"], weeks] = added.loc[jump["team"]].median()
    return rest


def _faster(
    added: pd.DataFrame, done: pd.DataFrame, starts: pd.DatetimeIndex
) -> list[dict[str, object]]:
    came = added.iloc[:, -LATELY_WEEKS:].sum(axis=1)
    went = done.iloc[:, -LATELY_WEEKS:].sum(axis=1)
    grows = (came >= FASTER * went) & (came - went >= LEAST_BEYOND)
    begins, ends = starts[-LATELY_WEEKS:][0], starts[-1] + WEEK - DAY
    return [
        _span(FASTER_THAN_DONE, team, begins, ends, int(came[team]), float(went[team]))
        for team in added.index[grows]
    ]


def _span(
    finding: str, team: str, begins: pd.Timestamp, ends: pd.Timestamp, added: int, usual: float
) -> dict[str, object]:
    return {
        "finding": finding,
        "team": team,
        "from_on": begins,
        "to_on": ends,
        "added": added,
        "usual": usual,
        "beyond": added - usual,
    }


def _told(known: pd.DataFrame, span: dict[str, object], items: pd.DataFrame) -> dict[str, object]:
    """The span with how much of it is open, and what most of it belongs to."""
    ours = known[
        (known["team"] == span["team"])
        & known["created_on"].between(span["from_on"], span["to_on"])
    ]
    parents = ours["parent_id"].value_counts().head(SHOWN)
    names = looked_up(pd.Series(parents.index), items["item_id"], items["title"])
    named = [
        f"{key}{'' if pd.isna(name) else ' ' + name} ({number})"
        for key, name, number in zip(parents.index, names, parents, strict=True)
    ]
    return {
        **span,
        "still_open": int(ours["finished_on"].isna().sum()),
        "mostly_in": "; ".join(named) or None,
    }
