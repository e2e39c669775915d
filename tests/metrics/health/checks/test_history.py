"""Checks of moves and blocks fire on histories that contradict themselves, and on nothing else."""

import pytest

from tests.metrics.health.checks.small_programs import MOVES, TWO_ITEMS, holds, rows
from tpm_analytics.metrics.health.checks import history

CASES = [
    (
        "moved-before-created",
        {
            "items": TWO_ITEMS,
            "transitions": rows(
                MOVES, "A-1,2025-03-02T09:00Z,,Open", "A-2,2025-03-03T09:00Z,,Open"
            ),
        },
        (1, 2, "A-1"),
        {"items": TWO_ITEMS, "transitions": rows(MOVES, "A-1,2025-03-03,,Open")},
    ),
    (
        "move-repeated",
        {
            "transitions": rows(
                MOVES,
                "A-1,2025-03-04T09:00Z,,Open",
                "A-1,2025-03-05T09:00Z,Open,Done",
                "A-1,2025-03-05T09:00Z,Open,Done",
            )
        },
        (1, 3, "A-1"),
        {"transitions": rows(MOVES, "A-1,2025-03-04T09:00Z,,Open")},
    ),
    (
        "move-missing",
        {
            "items": TWO_ITEMS,
            "transitions": rows(
                MOVES,
                "A-1,2025-03-04T09:00Z,,Open",
                "A-1,2025-03-05T09:00Z,In Progress,Done",
                "A-2,2025-03-05T09:00Z,,Open",
                "A-2,2025-03-06T09:00Z,Open,Done",
            ),
        },
        (1, 2, "A-1"),
        {"transitions": rows(MOVES, "A-1,2025-03-04T09:00Z,Open,Done")},
    ),
    (
        "status-contradicts-moves",
        {
            "items": rows(
                "item_id,status,created_at", "A-1,Open,2025-03-03", "A-2,Done,2025-03-03"
            ),
            "transitions": rows(
                MOVES, "A-1,2025-03-04T09:00Z,Open,Done", "A-2,2025-03-04T09:00Z,Open,Done"
            ),
        },
        (1, 2, "A-1"),
        {
            "items": rows("item_id,status,created_at", "A-1,Done,2025-03-03"),
            "transitions": rows(MOVES, "A-1,2025-03-04T09:00Z,Open,Done"),
        },
    ),
    (
        "unblocked-before-blocked",
        {
            "blocks": rows(
                "item_id,blocked_at,unblocked_at",
                "A-1,2025-03-04,2025-03-03",
                "A-1,2025-03-04,2025-03-05",
                "A-1,2025-03-06,",
            )
        },
        (1, 3, "A-1"),
        {"blocks": rows("item_id,blocked_at", "A-1,2025-03-04")},
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in history.CHECKS]
