"""Sentences about early warnings: plain, right in number, and said too when there is nothing."""

import pandas as pd

import tpm_analytics as tpm
from tests.metrics.early_warning.lists import warned
from tpm_analytics import Program
from tpm_analytics.metrics import early_warning
from tpm_analytics.readings import early_warning as readings

UNTIL = pd.Timestamp("2025-03-31")
HOSTILE = "**b** <script>"


def program_of(items=({},), **tables):
    named = [
        {"item_id": f"A-{n}", "created_at": "2025-01-01T09:00Z"} | one
        for n, one in enumerate(items, start=1)
    ]
    return Program.from_tables({"items": pd.DataFrame(named), **tables}, as_of=UNTIL)


def sentences(program):
    """Every sentence of the page about early warnings."""
    told = warned(program)
    return {
        "warnings": readings.warnings(told.ranked),
        "critical_path": readings.critical_path(told.tracked, told.room),
        "overdue": readings.overdue(told.overdue),
        "chains": readings.chains(told.chains),
        "growth": readings.growth(told.growth),
        "holders": readings.holders(told.holders),
        "moved": readings.moved(told.moved),
        "blocked": readings.blocked(
            early_warning.blocked(program.blocks, program.items, until=program.as_of)
        ),
        "waiting": readings.waiting(
            early_warning.waiting_links(program.links, program.items, until=program.as_of)
        ),
    }


def test_a_tracker_without_starts_is_said_to_count_from_creation():
    items = [{"finished_at": "2025-01-03T09:00Z"}, {"title": "Old"}]
    overdue = early_warning.overdue(program_of(items=items).items, until=UNTIL)
    assert str(readings.overdue(overdue)) == (
        "1 open item is older than 85 of 100 finished ones of the same kind were. The oldest: 90 "
        "days, A-2 Old. The source tells no start of work, so age counts from "
        "creation."
    )


def test_waits_and_blocks_are_told_by_the_longest():
    items = [{"team": "Core"}, {"team": "Data", "started_at": "2025-03-01T09:00Z"}]
    links = pd.DataFrame({"from_id": ["A-1"], "to_id": ["A-2"], "kind": ["blocks"]})
    blocks = pd.DataFrame({"item_id": ["A-2"], "blocked_at": ["2025-03-30T09:00Z"], "reason": "x"})
    program = program_of(items=items, links=links, blocks=blocks)
    waiting = early_warning.waiting_links(program.links, program.items, until=UNTIL)
    blocked = early_warning.blocked(program.blocks, program.items, until=UNTIL)
    assert str(readings.waiting(waiting)) == (
        "1 open item is tied to unfinished work of another team that has to come first; 1 of them "
        "begun all the same. "
        "The longest: A-2 of Data to A-1 of Core, for up to 90 days."
    )
    assert str(readings.blocked(blocked)) == (
        "1 open item is blocked. A-2 has been so longest: 2 days (x)."
    )


def test_a_team_that_hangs_on_one_person_is_told_if_it_holds_enough():
    items = [{"team": "Core", "assignee_id": "P"}] * 5 + [{"team": "Tiny", "assignee_id": "P"}]
    told = str(readings.holders(early_warning.holders(program_of(items=items).items)))
    assert told == "In Core one person has 100 % of the 5 open items that somebody holds."


def test_an_item_that_waits_for_two_is_one_item():
    links = pd.DataFrame({"from_id": ["A-1", "A-2"], "to_id": ["A-3", "A-3"], "kind": "blocks"})
    program = program_of(items=[{"team": "core"}, {"team": "core"}, {"team": "apps"}], links=links)
    told = early_warning.waiting_links(program.links, program.items, until=UNTIL)
    assert str(readings.waiting(told)).startswith("1 open item is tied to unfinished work")


def test_a_team_too_small_to_tell_of_is_not_said_to_share_its_work():
    program = program_of(items=[{"team": "core", "assignee_id": "ada"}] * 3)
    told = str(readings.holders(early_warning.holders(program.items)))
    assert told.startswith("No team and no epic hangs on one person")


def test_where_nothing_is_wrong_every_sentence_says_so():
    told = sentences(program_of())
    assert str(told["warnings"]).startswith("The tracker warns of nothing: ")
    assert str(told["critical_path"]).startswith("Which items lie on the critical path cannot be")
    assert all(str(one).endswith(".") and "nan" not in str(one) for one in told.values())


def test_the_sample_is_warned_of_in_words():
    said = sentences(tpm.load("sample:"))
    told = {name: str(one) for name, one in said.items()}
    assert "To act on first:\n1. A-MOB-08 App store review (Mobile): a date" in told["warnings"]
    assert (
        "has moved, on the critical path. It was counted: expected 2025-07-03" in told["warnings"]
    )
    assert (
        "the critical path of the tracker runs through LED-1 Audit trail" in told["critical_path"]
    )
    assert (
        "Ledger got 127 items from 2025-02-10 to 2025-02-23, where 13 are usual" in told["growth"]
    )
    assert "In DAT-8 Retention and deletion one person has 62 % of the 8 items" in told["holders"]
    assert "A-MOB-08 App store review (Mobile)" in told["moved"]
    assert "CHK-391 (Checkout) has waited in a circle since 2024-12-20" in told["chains"]
    assert "Ready for Test (7)" in told["overdue"]
    assert not any("nan" in one or "<NA>" in one for one in told.values())
    # what is plain text is the same text on the page: a blank at the end of a word is lost there
    shown = {name: one.markdown.replace("*", "").replace("\\", "") for name, one in said.items()}
    assert {name: one.replace("\n\n", "\n") for name, one in shown.items()} == told


def test_hostile_titles_are_shown_letter_by_letter():
    links = pd.DataFrame({"from_id": ["A-1", "A-2"], "to_id": ["A-2", "A-3"], "kind": "blocks"})
    items = [{"title": HOSTILE, "team": HOSTILE}] * 3
    told = sentences(program_of(items, links=links))
    assert all("<script>" not in one.markdown for one in told.values())
    assert not any("**(" in one.markdown or ")(" in one.markdown for one in told.values())
    assert HOSTILE in str(told["warnings"])
