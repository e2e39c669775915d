"""One list of all that the tracker warns of, the one to act on first on top."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.results.early_warning import (
    BlockedChains,
    EarlyWarnings,
    Holders,
    MovedDependencies,
    Overdue,
    ScopeGrowth,
)

AGED, CHAIN, GROWTH, ONE_PERSON, MOVED = FINDINGS = (
    "older than most ever get",
    "holds up a chain of work",
    "scope grows",
    "hangs on one person",
    "a date others wait for has moved",
)
WHY = {
    AGED: "What takes longer than nearly all others did is stuck, whatever its status says.",
    CHAIN: "Nothing behind it can be finished before it is.",
    GROWTH: "The end moves away by what comes in, and no plan was made for it.",
    ONE_PERSON: "More than half of it stops when that person is away.",
    MOVED: "Whoever waits for it has planned with the day that no longer holds.",
}
# A team or epic of which somebody holds fewer tells nothing: one of two is always half
ENOUGH_HELD = 5


def warnings(
    overdue: DataFrame[Overdue],
    chains: DataFrame[BlockedChains],
    growth: DataFrame[ScopeGrowth],
    holders: DataFrame[Holders],
    moved: DataFrame[MovedDependencies],
) -> DataFrame[EarlyWarnings]:
    """All early warnings in one list, ranked.

    Parameters
    ----------
    overdue
        Reads ``item_id``, ``title``, ``team``, ``kind``, ``counted_from``, ``since_on``,
        ``age_days``, ``limit_days``, ``critical``, ``behind``.
    chains, growth, holders, moved
        Reads all columns.

    Returns
    -------
    EarlyWarnings
        One row per warning. Left out of ``holders``: what more than one person holds, and fewer
        than `ENOUGH_HELD` items.

    Notes
    -----
    What lies on the critical path comes first; then what concerns the most open items: the item
    itself with all that waits for it, the items beyond what is usual, those that hang on one
    person; then the longest. Where nothing tells the critical path, nothing is said to be on it.
    """
    Overdue.require(overdue, *Overdue.declared())
    BlockedChains.require(chains, *BlockedChains.declared())
    ScopeGrowth.require(growth, *ScopeGrowth.declared())
    Holders.require(holders, *Holders.declared())
    MovedDependencies.require(moved, *MovedDependencies.declared())
    parts = [_aged(overdue), _chains(chains), _grown(growth), _held(holders), _moved(moved)]
    found = [part for part in parts if len(part)]
    if not found:
        return EarlyWarnings.validate(EarlyWarnings.empty())
    rows = pd.concat(found, ignore_index=True)
    first = rows["critical"].fillna(value=False)
    ordered = rows.assign(first=first, why=rows["finding"].map(WHY)).sort_values(
        ["first", "concerns", "days", "subject"],
        ascending=[False, False, False, True],
        ignore_index=True,
    )
    return EarlyWarnings.validate(ordered.assign(rank=np.arange(1, len(ordered) + 1)))


def _rows(
    finding: str, rows: pd.DataFrame, subject: pd.Series, title: pd.Series, **columns: pd.Series
) -> pd.DataFrame:
    """Warnings of one kind; ``where`` is the key with its title and its team."""
    team = rows["team"].astype("str")
    named = subject.astype("str")
    about = (" " + title.astype("str")).fillna("")
    owner = (" (" + team + ")").fillna("").where(named != team.fillna(""), "")
    given = {name: series.to_numpy() for name, series in columns.items()}
    return pd.DataFrame(
        {
            "finding": finding,
            "subject": named.to_numpy(),
            "where": (named + about + owner).to_numpy(),
            "team": team.to_numpy(),
            **given,
        }
    )


def _text(numbers: pd.Series) -> pd.Series:
    return numbers.round().astype("Int64").astype("str")


def _aged(overdue: pd.DataFrame) -> pd.DataFrame:
    clock = overdue["counted_from"].map({"start": "begun", "creation": "created"})
    kind = overdue["kind"].astype("str").fillna("item")
    counted = (
        _text(overdue["age_days"])
        + " days since it was "
        + clock
        + "; 85 of 100 finished of the kind "
        + kind
        + " took up to "
        + _text(overdue["limit_days"])
    )
    return _rows(
        AGED,
        overdue,
        overdue["item_id"],
        overdue["title"],
        since_on=overdue["since_on"],
        critical=overdue["critical"],
        concerns=overdue["behind"].fillna(0) + 1,
        days=overdue["age_days"],
        counted=counted,
    )


def _chains(chains: pd.DataFrame) -> pd.DataFrame:
    reason = (": " + chains["reason"]).fillna("")
    counted = chains["held_by"].astype("str") + reason + "; " + chains["chain"]
    return _rows(
        CHAIN,
        chains,
        chains["head_id"],
        chains["title"],
        since_on=chains["since_on"],
        critical=chains["critical"],
        concerns=chains["behind"] + 1,
        days=chains["waiting_days"],
        counted=counted,
    )


def _grown(growth: pd.DataFrame) -> pd.DataFrame:
    jump = growth["finding"] == "jump"
    against = (" added, " + _text(growth["usual"]) + " are usual").where(
        jump, " added, " + _text(growth["usual"]) + " finished"
    )
    span = (
        growth["from_on"].dt.strftime("%Y-%m-%d") + " to " + growth["to_on"].dt.strftime("%Y-%m-%d")
    )
    counted = (
        _text(growth["added"])
        + against
        + ", "
        + span
        + "; "
        + _text(growth["still_open"])
        + " of them still open"
        + ("; most in " + growth["mostly_in"].str.replace(r"; .*", "", regex=True)).fillna("")
    )
    return _rows(
        GROWTH,
        growth,
        growth["team"].astype("str").fillna("items of no team"),
        pd.Series(pd.NA, index=growth.index, dtype="str"),
        since_on=growth["from_on"],
        critical=pd.Series(pd.NA, index=growth.index, dtype="boolean"),
        concerns=growth["still_open"].where(jump, growth["beyond"].round().astype("Int64")),
        days=pd.Series(np.nan, index=growth.index),
        counted=counted,
    )


def _held(holders: pd.DataFrame) -> pd.DataFrame:
    alone = holders[(holders["bus_factor"] == 1) & (holders["held_items"] >= ENOUGH_HELD)]
    percent = _text(alone["top_share"] * 100) + " % of the " + _text(alone["held_items"])
    counted = "one person has " + percent + " " + alone["basis"].astype("str")
    return _rows(
        ONE_PERSON,
        alone,
        alone["epic_id"].fillna(alone["team"].astype("str")).fillna("items of no team"),
        alone["title"],
        since_on=alone["since_on"],
        critical=alone["critical"],
        concerns=alone["open_items"],
        days=pd.Series(np.nan, index=alone.index),
        counted=counted,
    )


def _moved(moved: pd.DataFrame) -> pd.DataFrame:
    counted = (
        "expected "
        + moved["expected_now_on"].dt.strftime("%Y-%m-%d")
        + " in place of "
        + moved["expected_then_on"].dt.strftime("%Y-%m-%d")
        + " by its "
        + moved["told_by"].astype("str")
        + "; waiting for it: "
        + moved["waits"]
    )
    return _rows(
        MOVED,
        moved,
        moved["key"],
        moved["name"],
        since_on=moved["since_on"],
        critical=moved["critical"],
        concerns=moved["behind"] + 1,
        days=moved["own_days"],
        counted=counted,
    )
