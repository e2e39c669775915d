"""Tables of early warnings."""

from __future__ import annotations

from pandera.typing import DataFrame

from tpm_analytics.charts.table import TableView, view
from tpm_analytics.results.early_warning import (
    BlockedChains,
    BlockedItems,
    EarlyWarnings,
    Holders,
    MovedDependencies,
    Overdue,
    ScopeGrowth,
    WaitingLinks,
)


def warnings_table(warnings: DataFrame[EarlyWarnings], *, limit: int = 15) -> TableView:
    """Show warnings, the one to act on first on top. Reads the columns it shows."""
    shown = ["rank", "where", "finding", "critical", "since_on", "concerns", "counted"]
    return view(warnings, EarlyWarnings, shown, limit=limit)


def chains_table(chains: DataFrame[BlockedChains], *, limit: int = 10) -> TableView:
    """Show where chains of work are held up. Reads the columns it shows."""
    shown = ["head_id", "title", "team", "held_by", "since_on", "behind", "chain"]
    return view(chains, BlockedChains, shown, limit=limit)


def growth_table(growth: DataFrame[ScopeGrowth]) -> TableView:
    """Show where scope grows. Reads the columns it shows."""
    shown = ["finding", "team", "from_on", "to_on", "added", "usual", "still_open", "mostly_in"]
    return view(growth, ScopeGrowth, shown)


def moved_table(moved: DataFrame[MovedDependencies], *, limit: int = 15) -> TableView:
    """Show which dates that others wait for have moved. Reads the columns it shows."""
    shown = ["key", "name", "team", "expected_then_on", "expected_now_on", "own_days", "waits"]
    return view(moved, MovedDependencies, shown, limit=limit)


def overdue_table(overdue: DataFrame[Overdue], *, limit: int = 15) -> TableView:
    """Show the items open longest, critical ones first. Reads the columns it shows."""
    shown = ["item_id", "title", "team", "status", "since_on", "age_days", "limit_days"]
    return view(overdue, Overdue, [*shown, "critical", "behind"], limit=limit)


def blocked_table(blocked: DataFrame[BlockedItems], *, limit: int = 15) -> TableView:
    """Show what has been blocked longest. Reads all columns."""
    return view(blocked, BlockedItems, limit=limit)


def waiting_table(waiting: DataFrame[WaitingLinks], *, limit: int = 15) -> TableView:
    """Show who waits for whom. Reads all columns."""
    return view(waiting, WaitingLinks, limit=limit)


def holders_table(holders: DataFrame[Holders], *, limit: int = 15) -> TableView:
    """Show on how few people each team's and each epic's work hangs. Reads what it shows."""
    shown = ["team", "epic_id", "title", "basis", "held_items", "people", "top_share"]
    return view(holders, Holders, [*shown, "open_items"], limit=limit)
