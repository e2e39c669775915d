"""Checks of links fire on ends that were not loaded and on circles, and on nothing else."""

import pytest

from tests.metrics.health.checks.small_programs import TWO_ITEMS, finding, holds, program, rows
from tpm_analytics.metrics.health.checks import links

CASES = [
    (
        "link-leaves-set",
        {
            "items": TWO_ITEMS,
            "links": rows(
                "from_id,to_id,kind",
                "A-1,B-1,blocks",
                "A-1,A-2,blocks",
                "B-1,A-2,relates",
                "A-2,A-1,relates",
            ),
        },
        (2, 4, "B-1"),
        {
            "activities": rows("activity_id", "design"),
            "links": rows("from_id,to_id,kind", "A-1,design,FS"),
        },
    ),
    (
        "link-circle",
        {
            "links": rows(
                "from_id,to_id,kind",
                "A,B,blocks",
                "B,C,blocks",
                "C,A,blocks",
                "C,D,blocks",
                "E,E,FS",
                "D,A,relates",
            )
        },
        (4, 5, "A + B + C, E"),
        {"links": rows("from_id,to_id,kind", "A,B,blocks", "B,A,relates", "A,B,blocks")},
    ),
]


@pytest.mark.parametrize(("check", "tables", "expected", "fine"), CASES, ids=[c[0] for c in CASES])
def test_it_fires_on_what_it_looks_for_and_on_nothing_else(check, tables, expected, fine):
    holds(check, tables, expected, fine)


def test_a_large_circle_names_its_first_members_and_how_many_more():
    names = [f"A-{number}" for number in range(9)]
    links = rows(
        "from_id,to_id,kind",
        *(f"{one},{other},blocks" for one, other in zip(names, names[1:] + names[:1], strict=True)),
    )
    found = finding(program(links=links), "link-circle")
    assert found["examples"] == "A-0 + A-1 + A-2 + A-3 + A-4 + A-5 + 3 more"
    assert found["count"] == 9


def test_every_check_has_a_case_here():
    assert [case[0] for case in CASES] == [check.slug for check in links.CHECKS]
