"""Checks of sprints fire on overlaps, open ends and carried items, and on nothing else."""

import pytest

from tests.metrics.health.checks.small_programs import (
    ITEM,
    SPRINT,
    TWO_ITEMS,
    finding,
    holds,
    program,
    rows,
)
from tpm_analytics.metrics.health.checks import sprints

CASES = [
    (
        "sprint-dates-missing",
        {
            "items": rows(ITEM, "A-1,2025-03-03,,2025-03-04"),
            "sprints": rows("sprint_id,name,starts_at", "1,First,", "2,Next,"),
            "sprint_scope": rows("sprint_id,item_id", "1,A-1"),
        },
        (1, 2, "First"),
        {"sprints": rows("sprint_id,name,starts_at", "2,Next,")},
    ),
    (
        "sprints-overlapping",
        {
            "sprints": rows(
                SPRINT,
                "1,core,2025-03-03,2025-03-31,",
                "2,core,2025-03-05,2025-03-07,",
                "3,core,2025-03-10,2025-03-12,",
                "4,core,2025-03-30T12:00,2025-04-12,",
                "5,apps,2025-03-03,2025-03-31,",
                "6,,2025-03-03,2025-03-31,",
                "7,,2025-03-03,2025-03-31,",
            )
        },
        (2, 5, "2, 3"),
        {
            "sprints": rows(
                SPRINT, "1,core,2025-03-03,2025-03-14,2031-01-01", "2,core,2025-03-14,2025-03-28,"
            )
        },
    ),
    (
        "sprint-never-closed",
        {
            "items": rows("item_id,created_at", "A-1,2025-04-01"),
            "sprints": rows(
                SPRINT,
                "1,core,2025-03-03,2025-03-31,",
                "2,core,2025-03-03,2025-03-14,2025-03-14",
                "3,core,2025-03-31,2025-04-01,",
            ),
        },
        (1, 2, "1"),
        {"sprints": rows(SPRINT, "3,core,2025-03-31,2025-04-14,")},
    ),
    (
        "sprint-closed-late",
        {
            "sprints": rows(
                SPRINT,
                "1,core,2025-03-03,2025-03-14,2025-03-22",
                "2,core,2025-03-03,2025-03-14,2025-03-21",
                "3,core,2025-03-03,2025-03-14,2025-03-24",
                "4,core,2025-03-03,2025-03-14,",
            )
        },
        (2, 3, "3 (10 days), 1 (8 days)"),
        {"sprints": rows(SPRINT, "2,core,2025-03-03,2025-03-14,2025-03-21")},
    ),
    (
        "item-carried",
        {
            "items": TWO_ITEMS,
            "sprint_scope": rows(
                "sprint_id,item_id",
                *(f"{sprint},A-1" for sprint in range(6)),
                *(f"{sprint},A-2" for sprint in range(5)),
            ),
        },
        (1, 2, "A-1 (6 sprints)"),
        {"sprint_scope": rows("sprint_id,item_id", *("1,A-1" for _ in range(6)))},
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_sprints_of_one_board_overlap_where_no_team_is_known():
    sprints = rows(
        "sprint_id,board_id,starts_at,ends_at",
        "1,7,2025-03-03,2025-03-14",
        "2,7,2025-03-10,2025-03-21",
        "3,8,2025-03-10,2025-03-21",
    )
    found = finding(program(sprints=sprints), "sprints-overlapping")
    assert (found["count"], found["examples"]) == (1, "2")


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in sprints.CHECKS]
