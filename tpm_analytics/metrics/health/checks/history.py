"""Checks of transitions and blocks: histories that contradict themselves or their items."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program
from tpm_analytics.program.keys import looked_up


def _before_creation(program: Program) -> Found:
    moves, items = program.transitions, program.items
    created_at = looked_up(moves["item_id"], items["item_id"], items["created_at"])
    return rows(moves, moves["at"] < created_at, "item_id")


def _repeated(program: Program) -> Found:
    moves = program.transitions
    return rows(moves, moves.duplicated(["item_id", "at", "from_status", "to_status"]), "item_id")


def _gap(program: Program) -> Found:
    """Find moves that leave another status than the move before them entered."""
    moves = program.transitions
    left, entered = _text(moves["from_status"]), _text(moves["to_status"])
    same_item = moves["item_id"].cat.codes.diff() == 0
    follows = same_item & left.notna()
    return rows(moves, follows & (left != entered.shift()), "item_id", among=follows)


def _status_differs(program: Program) -> Found:
    items = program.items
    given, told = _text(items["source_status"]), _text(items["status"])
    both = given.notna() & told.notna()
    return rows(items, both & (given != told), "item_id", among=both)


def _text(names: pd.Series) -> pd.Series:
    return names.astype(object)


def _unblocked_before_blocked(program: Program) -> Found:
    blocks = program.blocks
    return rows(blocks, blocks["unblocked_at"] < blocks["blocked_at"], "item_id")


CHECKS = (
    Check(
        slug="moved-before-created",
        severity="warning",
        table="transitions",
        find=_before_creation,
        meaning="Items moved before they existed: their first times in status are wrong.",
        remedy="Mend created_at; imported items often carry the day of the import.",
    ),
    Check(
        slug="move-repeated",
        severity="note",
        table="transitions",
        find=_repeated,
        meaning="The same move stands more than once: entries are counted double, times are not.",
        remedy="Remove the repeated rows; pages of an export may overlap.",
    ),
    Check(
        slug="move-missing",
        severity="warning",
        table="transitions",
        find=_gap,
        meaning="A move leaves another status than the one before it entered, so a move between "
        "them is missing: starts, finishes and times in status may be wrong.",
        remedy="Export the whole changelog; some trackers cut it at 100 entries an item.",
    ),
    Check(
        slug="status-contradicts-moves",
        severity="warning",
        table="items",
        find=_status_differs,
        meaning="The last move entered another status than the item has. The moves were believed.",
        remedy="Export items and changelog at one time, and the whole changelog.",
    ),
    Check(
        slug="unblocked-before-blocked",
        severity="error",
        table="blocks",
        find=_unblocked_before_blocked,
        meaning="Time blocked comes out negative.",
        remedy="Mend the two moments at the source.",
    ),
)
