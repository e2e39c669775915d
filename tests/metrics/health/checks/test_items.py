"""Checks of items fire on dates, points and statuses that cannot be right, and on nothing else."""

import itertools

import pandas as pd
import pytest

from tests.metrics.health.checks.small_programs import (
    ITEM,
    MOVES,
    TWO_ITEMS,
    finding,
    holds,
    program,
    rows,
)
from tpm_analytics.metrics.health.checks import items
from tpm_analytics.program import Program

CASES = [
    (
        "finished-before-started",
        {
            "items": rows(
                ITEM,
                "A-1,2025-03-01,2025-03-06,2025-03-04",
                "A-2,2025-03-01,2025-03-06,2025-03-08",
                "A-3,2025-03-01,2025-03-06,",
            )
        },
        (1, 2, "A-1"),
        {"items": rows(ITEM, "A-1,2025-03-01,2025-03-06,2025-03-06")},
    ),
    (
        "finished-before-created",
        {
            "items": rows(
                ITEM, "A-1,2025-03-05,,2025-03-04", "A-2,2025-03-05,,2025-03-05", "A-3,2025-03-05,,"
            )
        },
        (1, 2, "A-1"),
        {"items": rows(ITEM, "A-1,2025-03-05,,2025-03-05")},
    ),
    (
        "started-before-created",
        {
            "items": rows(
                ITEM, "A-1,2025-03-05,2025-03-04,", "A-2,2025-03-05,2025-03-05,", "A-3,,2025-03-05,"
            )
        },
        (1, 2, "A-1"),
        {"items": rows(ITEM, "A-1,2025-03-05,2025-03-05,")},
    ),
    (
        "created-unknown",
        {"items": rows(ITEM, "A-1,,,2025-03-04", "A-2,2025-03-05,,")},
        (1, 2, "A-1"),
        {"items": rows(ITEM, "A-1,2025-03-05,,")},
    ),
    (
        "points-missing",
        {
            "items": rows(
                "item_id,kind,points,created_at,finished_at",
                "A-1,User Story,,2025-03-03,2025-03-04",
                "A-2,story,3,2025-03-03,2025-03-04",
                "A-3,Bug,,2025-03-03,2025-03-04",
                "A-4,Story,,2025-03-03,",
            )
        },
        (1, 2, "A-1"),
        {
            "items": rows(
                "item_id,kind,points,created_at,finished_at", "A-1,Story,0,2025-03-03,2025-03-04"
            )
        },
    ),
    (
        "done-without-finish",
        {
            "items": rows(
                "item_id,status,created_at,finished_at",
                "A-1,Done,2025-03-03,",
                "A-2,Done,2025-03-03,2025-03-04",
                "A-3,Open,2025-03-03,",
            )
        },
        (1, 2, "A-1"),
        {"items": rows("item_id,status,created_at", "A-3,Open,2025-03-03")},
    ),
    (
        "finish-without-done",
        {
            "items": rows(
                "item_id,status,created_at,finished_at",
                "A-1,In Progress,2025-03-03,2025-03-04",
                "A-2,Done,2025-03-03,2025-03-04",
                "A-3,,2025-03-03,2025-03-04",
            )
        },
        (1, 3, "A-1"),
        {"items": rows("item_id,status,created_at,finished_at", "A-2,Done,2025-03-03,2025-03-04")},
    ),
    (
        "start-unknown",
        {
            "items": rows(
                ITEM,
                "A-1,2025-03-03,,2025-03-04",
                "A-2,2025-03-03,2025-03-03,2025-03-04",
                "A-3,2025-03-03,,",
            )
        },
        (1, 2, "A-1"),
        {"items": rows(ITEM, "A-2,2025-03-03,2025-03-03,2025-03-04")},
    ),
    (
        "status-stale",
        {
            "items": rows(
                "item_id,created_at",
                "A-1,2025-01-01",
                "A-2,2025-01-01",
                "A-3,2025-01-01",
                "A-4,2025-01-01",
            ),
            "transitions": rows(
                MOVES,
                "A-1,2025-01-02T09:00Z,Open,In Progress",
                "A-2,2025-01-03T09:00Z,Open,In Progress",
                "A-3,2025-01-01T09:00Z,Open,Done",
                "A-4,2025-01-01T09:00Z,,Open",
            ),
            "worklogs": rows("person_id,worked_on,hours", "ada,2025-04-03,1"),
        },
        (1, 2, "A-1 (91 days)"),
        {"items": TWO_ITEMS, "transitions": rows(MOVES, "A-1,2025-03-03T09:00Z,Open,In Progress")},
    ),
    (
        "status-unknown",
        {
            "items": rows(
                "item_id,status,created_at",
                "A-1,Parked,2025-03-03",
                "A-2,Open,2025-03-03",
                "A-3,Open,2025-03-03",
            ),
            "transitions": rows(
                MOVES, "A-2,2025-03-04T09:00Z,Open,Limbo", "A-2,2025-03-05T09:00Z,Limbo,Open"
            ),
        },
        (2, 3, "Limbo, Parked"),
        {"items": rows("item_id,status,created_at", "A-1,Open,2025-03-03")},
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def finishes(*at):
    return rows(
        "item_id,created_at,finished_at",
        *(f"A-{number},2025-01-01T00:00Z,{moment}" for number, moment in enumerate(at)),
    )


def a_normal_month():
    """Two, three or four items a working day, at different hours: 60 over 20 days."""
    days = pd.bdate_range("2025-03-03", periods=20)
    return [
        f"{day:%Y-%m-%d}T{9 + hour:02}:{hour}0Z"
        for day, count in zip(days, itertools.cycle([2, 3, 4, 3]), strict=False)
        for hour in range(count)
    ]


def test_twenty_one_finishes_in_one_minute_are_a_bulk_and_twenty_are_not():
    bulk = [f"2025-03-08T10:00:{second:02}Z" for second in range(21)]
    found = finding(program(items=finishes(*a_normal_month(), *bulk)), "finished-in-bulk")
    assert (found["count"], found["examples"]) == (21, "2025-03-08 (21 items)")
    assert found["share"] == pytest.approx(21 / 81)
    fewer = program(items=finishes(*a_normal_month(), *bulk[:20]))
    assert finding(fewer, "finished-in-bulk") is None


def test_a_day_far_beyond_the_others_is_a_bulk_though_its_minutes_are_not():
    bulk = [f"2025-03-08T10:{minute:02}:00Z" for minute in range(25)]
    found = finding(program(items=finishes(*a_normal_month(), *bulk)), "finished-in-bulk")
    assert (found["count"], found["examples"]) == (25, "2025-03-08 (25 items)")


def test_a_source_that_knows_days_only_has_no_crowded_midnights():
    by_day = [f"2025-03-{day:02}" for day in range(3, 13) for _ in range(30)]
    assert finding(program(items=finishes(*by_day)), "finished-in-bulk") is None


def test_the_day_of_a_bulk_is_that_of_the_programs_time_zone():
    bulk = [f"2025-03-07T16:00:{second:02}Z" for second in range(21)]
    tokyo = Program.from_tables(
        {"items": finishes(*a_normal_month(), *bulk)}, time_zone="Asia/Tokyo"
    )
    assert finding(tokyo, "finished-in-bulk")["examples"] == "2025-03-08 (21 items)"


def test_every_check_has_a_case_here():
    tested = {case[0] for case in CASES} | {"finished-in-bulk"}
    assert tested == {check.slug for check in items.CHECKS}
