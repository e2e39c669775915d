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
    """Show all warnings, the one to act on first on top. Reads all columns."""
    return view(warnings, EarlyWarnings, limit=limit)


def chains_table(chains: DataFrame[BlockedChains], *, limit: int = 10) -> TableView:
    """Show where chains of work are held up. Reads the columns it shows."""
    shown = ["head_id", "title", "team", "held_by", "reason", "since_on", "waiting_days"]
    return view(
        chains, BlockedChains, [*shown, "behind", "teams", "chain", "critical"], limit=limit
    )


def growth_table(growth: DataFrame[ScopeGrowth]) -> TableView:
    """Show where scope grows. Reads all columns."""
    return view(growth, ScopeGrowth)


def moved_table(moved: DataFrame[MovedDependencies], *, limit: int = 15) -> TableView:
    """Show which dates that others wait for have moved. Reads the columns it shows."""
    shown = ["key", "name", "team", "expected_then_on", "expected_now_on", "moved_days"]
    shown += ["own_days", "told_by", "waits", "teams", "behind", "critical"]
    return view(moved, MovedDependencies, shown, limit=limit)


def overdue_table(overdue: DataFrame[Overdue], *, limit: int = 15) -> TableView:
    """Show the oldest items. Reads all columns but ``counted_from``."""
    shown = [name for name in Overdue.declared() if name != "counted_from"]
    return view(overdue, Overdue, shown, limit=limit)


def blocked_table(blocked: DataFrame[BlockedItems], *, limit: int = 15) -> TableView:
    """Show what has been blocked longest. Reads all columns."""
    return view(blocked, BlockedItems, limit=limit)


def waiting_table(waiting: DataFrame[WaitingLinks], *, limit: int = 15) -> TableView:
    """Show who waits for whom. Reads all columns."""
    return view(waiting, WaitingLinks, limit=limit)


def holders_table(holders: DataFrame[Holders], *, limit: int = 15) -> TableView:
    """Show on how few people each team's work hangs. Reads all columns."""
    return view(holders, Holders, limit=limit)
