"""What the tracker alone says of trouble ahead."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import ParameterError, Program
from tpm_analytics.metrics import early_warning

UNTIL = pd.Timestamp("2025-03-31")


def program_of(*items, **tables):
    named = [
        {"item_id": f"A-{n}", "created_at": "2025-01-01T09:00Z"} | one
        for n, one in enumerate(items, start=1)
    ]
    return Program.from_tables({"items": pd.DataFrame(named), **tables}, as_of=UNTIL)


def finished(days, kind="Story", begun="started_at"):
    """An item that took so many days, both ends counted."""
    first = pd.Timestamp("2025-01-06T09:00Z")
    last = first + pd.Timedelta(days=days - 1)
    return {begun: f"{first:%FT%TZ}", "finished_at": f"{last:%FT%TZ}", "kind": kind}


def going(since, kind="Story", begun="started_at"):
    return {begun: f"{since}T09:00Z", "kind": kind}


def test_older_than_the_limit_and_not_as_old_as_it():
    done = [finished(days) for days in range(1, 21)]
    program = program_of(*done, going("2025-03-15"), going("2025-03-14"))
    told = early_warning.overdue(program.items, until=UNTIL)
    # the 17th of 20 covers 85 %; the 15th of March is 17 days ago, both days counted
    assert told[["item_id", "age_days", "limit_days"]].to_numpy().tolist() == [["A-22", 18, 17]]
    assert set(told["counted_from"]) == {"start"}


def test_a_kind_with_enough_finished_items_has_its_own_limit():
    done = [finished(2, "Bug")] * 20 + [finished(40, "Feature")] * 20 + [finished(2, "Rare")]
    program = program_of(
        *done,
        going("2025-03-26", "Bug"),
        going("2025-03-26", "Feature"),
        going("2025-03-26", "Rare"),
    )
    told = early_warning.overdue(program.items, until=UNTIL)
    assert told[["kind", "limit_days"]].to_numpy().tolist() == [["Bug", 2]]
    assert early_warning.overdue(program.items, until=UNTIL, share=0.4)["kind"].tolist() == [
        "Bug",
        "Rare",
    ]


def test_an_item_that_holds_others_is_looked_at_in_its_parts():
    program = program_of(
        finished(2), going("2025-01-06", "Epic"), going("2025-02-06") | {"parent_id": "A-2"}
    )
    assert early_warning.overdue(program.items, until=UNTIL)["item_id"].tolist() == ["A-3"]


def test_without_any_start_age_counts_from_creation_and_says_so():
    program = program_of(finished(3, begun="created_at"), {"created_at": "2025-03-01T09:00Z"})
    told = early_warning.overdue(program.items, until=UNTIL)
    assert told[["age_days", "counted_from"]].to_numpy().tolist() == [[31, "creation"]]


def test_percent_for_share_is_caught():
    with pytest.raises(ParameterError, match=r"Did you mean 0\.85, not 85"):
        early_warning.overdue(program_of({}).items, until=UNTIL, share=85)


def test_blocked_items_are_open_ones_since_their_first_open_block():
    blocks = pd.DataFrame(
        [
            ("A-1", "2025-03-01T09:00Z", "2025-03-02T09:00Z", "over"),
            ("A-1", "2025-03-30T09:00Z", None, "vendor"),
            ("A-2", "2025-03-20T09:00Z", None, None),
            ("A-2", "2025-03-25T09:00Z", None, "second flag"),
            ("A-3", "2025-03-20T09:00Z", None, "done in between"),
        ],
        columns=["item_id", "blocked_at", "unblocked_at", "reason"],
    )
    program = program_of({}, {}, {"finished_at": "2025-03-25T09:00Z"}, blocks=blocks)
    told = early_warning.blocked(program.blocks, program.items, until=UNTIL)
    assert told[["item_id", "blocked_days"]].to_numpy().tolist() == [["A-2", 12], ["A-1", 2]]
    assert told["reason"].tolist()[1] == "vendor"


def links_of(*pairs, kind="blocks"):
    return pd.DataFrame([{"from_id": first, "to_id": then, "kind": kind} for first, then in pairs])


def test_only_unfinished_blockers_of_another_team_make_a_wait():
    items = [
        {"team": "Core"},
        {"team": "Data", "created_at": "2025-03-02T09:00Z", "started_at": "2025-03-05T09:00Z"},
        {"team": "Core"},
        {"team": "Data", "finished_at": "2025-03-04T09:00Z"},
        {"team": None},
    ]
    pairs = [("A-1", "A-2"), ("A-1", "A-3"), ("A-4", "A-1"), ("A-5", "A-1"), ("gone", "A-1")]
    program = program_of(*items, links=links_of(*pairs, ("A-1", "A-2")))
    told = early_warning.waiting_links(program.links, program.items, until=UNTIL)
    assert told[["from_id", "to_id", "to_begun", "waiting_days"]].to_numpy().tolist() == [
        ["A-1", "A-2", True, 30]
    ]


def test_links_that_only_relate_make_nobody_wait():
    program = program_of(
        {"team": "Core"}, {"team": "Data"}, links=links_of(("A-1", "A-2"), kind="relates")
    )
    assert early_warning.waiting_links(program.links, program.items, until=UNTIL).empty


def test_holders_count_people_and_how_few_hold_more_than_half():
    held = {"Core": "PPPPQR", "Data": "PQRSTU", "Solo": "P"}
    items = [
        {"team": team, "assignee_id": person} for team, people in held.items() for person in people
    ]
    items += [{"team": "Core"}, {"team": "Idle"}]
    items += [{"team": "Core", "assignee_id": "Z", "finished_at": "2025-03-04T09:00Z"}]
    told = early_warning.holders(program_of(*items).items).set_index("team")
    assert told["bus_factor"].to_dict() == {"Solo": 1, "Core": 1, "Data": 4}
    assert told.loc["Core", ["held_items", "free_items", "people"]].tolist() == [6, 1, 3]
    assert told.loc["Core", "top_share"] == pytest.approx(4 / 6)


def test_holders_name_nobody():
    items = program_of({"team": "Core", "assignee_id": "secret.one"}).items
    assert "secret" not in early_warning.holders(items).to_csv()


def test_nothing_in_nothing_out():
    program = program_of({})
    assert early_warning.overdue(program.items, until=UNTIL).empty
    assert early_warning.blocked(program.blocks, program.items, until=UNTIL).empty
    assert early_warning.waiting_links(program.links, program.items, until=UNTIL).empty
    assert early_warning.holders(program.items).empty


@needs_shared_data
def test_a_real_tracker_without_history_warns_by_age_since_creation():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    told = early_warning.overdue(program.items, until=program.as_of)
    assert set(told["counted_from"]) == {"creation"}
    assert (told["age_days"] > told["limit_days"]).all()
    assert early_warning.holders(program.items)["bus_factor"].min() == 1


def test_the_waits_of_a_team_are_those_of_the_whole_program_that_touch_it():
    links = pd.DataFrame(
        {"from_id": ["A-1", "A-3"], "to_id": ["A-2", "A-1"], "kind": ["blocks", "blocks"]}
    )
    program = program_of({"team": "core"}, {"team": "apps"}, {"team": "data"}, links=links)

    def waits(team):
        told = early_warning.waiting_links(program.links, program.items, until=UNTIL, team=team)
        return set(zip(told["from_id"], told["to_id"], strict=True))

    assert waits("") == waits("core") == {("A-1", "A-2"), ("A-3", "A-1")}
    assert waits("apps") == {("A-1", "A-2")}
    assert waits("data") == {("A-3", "A-1")}


def test_what_is_done_on_an_unknown_day_passes_for_neither_open_nor_finished():
    program = program_of({"status": "Done"}, {"status": "Done"} | finished(2), {"status": "Open"})
    assert early_warning.known_items(program)["item_id"].tolist() == ["A-2", "A-3"]


def test_under_way_is_what_left_the_backlog_or_was_begun():
    program = program_of(
        {"status": "Backlog"},
        {"status": "Backlog"} | going("2025-03-01"),
        {"status": "In Progress"},
        {"status": None},
        {"status": "Done"} | finished(2),
        {"status": "In Progress"},
        {"status": "In Progress", "parent_id": "A-6"},
    )
    assert early_warning.under_way(program)["item_id"].tolist() == [
        "A-2",
        "A-3",
        "A-4",
        "A-5",
        "A-7",
    ]
