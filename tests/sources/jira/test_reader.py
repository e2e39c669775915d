"""A Jira export becomes the tables of the language."""

import gc
import json
import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.jira.exports import (
    CREATED,
    SITE,
    change,
    delivered,
    issue,
    move,
    program,
    saved,
    status,
)
from tpm_analytics import SourceError


def moments(series):
    return series.dt.strftime("%Y-%m-%dT%H:%M").tolist()


def test_an_issue_becomes_an_item(tmp_path):
    place = saved(
        tmp_path,
        issue(
            "APP-7",
            state="Done",
            priority={"name": "High"},
            resolution={"name": "Fixed"},
            resolutiondate="2025-03-10T18:00:00.000+0100",
            timeoriginalestimate=5400,
            parent={"key": "APP-1"},
            assignee={"accountId": "u1", "displayName": "Ann", "timeZone": "Europe/Madrid"},
            fixVersions=[{"name": "1.0"}, {"name": "1.1"}],
            components=[{"name": "api"}, {"name": "web"}],
            labels=["a", "b"],
        ),
    )
    item = program(place).items.iloc[0]
    assert item["item_id"] == "APP-7"
    assert item["title"] == "Title of APP-7"
    assert (item["kind"], item["team"], item["status"]) == ("Story", "APP", "Done")
    assert (item["priority"], item["resolution"], item["release"]) == ("High", "Fixed", "1.1")
    assert item["finished_at"] == pd.Timestamp("2025-03-10T17:00Z")
    assert item["estimate_hours"] == 1.5
    assert (item["parent_id"], item["assignee_id"]) == ("APP-1", "u1")
    assert (item["components"], item["labels"]) == ("api;web", "a;b")
    assert item["url"] == f"{SITE}/browse/APP-7"


def test_people_are_keys_and_time_zones_only(tmp_path):
    ann = {
        "accountId": "u1",
        "displayName": "Ann Smith",
        "emailAddress": "ann@example.com",
        "timeZone": "Asia/Tokyo",
    }
    place = saved(tmp_path, [issue("A-1", assignee=ann, reporter=ann)])
    tables = delivered(place).tables
    assert tables["people"].to_dict("records") == [{"person_id": "u1", "time_zone": "Asia/Tokyo"}]
    text = " ".join(table.to_csv() for table in tables.values())
    assert "Smith" not in text
    assert "ann@" not in text


@pytest.mark.parametrize(
    ("person", "key"),
    [
        ({"accountId": "u1", "name": "ann"}, "u1"),
        ({"key": "JIRAUSER1", "name": "ann"}, "JIRAUSER1"),
        ({"name": "ann"}, "ann"),
        (None, None),
    ],
)
def test_a_person_goes_by_account_then_key_then_name(tmp_path, person, key):
    found = delivered(saved(tmp_path, [issue("A-1", assignee=person)])).tables["items"]
    assert found["assignee_id"].fillna("nobody").tolist() == [key or "nobody"]


MOVES = [
    ("2025-03-04T09:00:00.000+0000", move("To Do", "In Progress")),
    ("2025-03-05T09:00:00.000+0000", move("In Progress", "Done")),
    ("2025-03-06T09:00:00.000+0000", move("Done", "In Progress")),
    ("2025-03-09T09:00:00.000+0000", move("In Progress", "Done")),
]


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
def test_changelogs_are_read_in_either_order(tmp_path, order):
    known = program(saved(tmp_path, issue("A-1", state="Done", changes=MOVES[::order])))
    assert known.transitions["to_status"].tolist() == [
        "To Do",
        "In Progress",
        "Done",
        "In Progress",
        "Done",
    ]
    assert moments(known.items["started_at"]) == ["2025-03-04T09:00"]
    assert moments(known.items["finished_at"]) == ["2025-03-09T09:00"]


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
def test_moves_of_one_moment_keep_their_order(tmp_path, order):
    at = "2025-03-04T09:00:00.000+0000"
    changes = [
        ("2025-03-04T08:00:00.000+0000", change("Rank", "", "")),
        (at, move("To Do", "In Progress")),
        (at, move("In Progress", "Review")),
        (at, move("Review", "Done")),
    ]
    known = program(saved(tmp_path, issue("A-1", state="Done", changes=changes[::order])))
    assert known.transitions["to_status"].tolist() == ["To Do", "In Progress", "Review", "Done"]


def test_a_changelog_without_moves_says_that_the_status_never_changed(tmp_path):
    place = saved(
        tmp_path,
        [issue("A-1", changes=[]), issue("A-2", changes=[(CREATED, change("Rank", 1, 2))])],
    )
    moves = delivered(place).tables["transitions"]
    assert moves["item_id"].tolist() == ["A-1", "A-2"]
    assert moves["from_status"].isna().all()
    assert moves["to_status"].tolist() == ["To Do", "To Do"]
    assert moments(moves["at"]) == ["2025-03-03T09:00"] * 2


def test_without_a_changelog_starts_are_unknown_and_a_note_says_so(tmp_path):
    place = saved(tmp_path, [issue("A-1", state="Done", resolutiondate=CREATED)])
    known = program(place)
    assert known.transitions.empty
    assert known.items["started_on"].isna().all()
    assert known.items["finished_on"].notna().all()
    assert any("no changelog: start dates are unknown" in note for note in known.notes)


def test_items_without_changelog_among_others_are_counted(tmp_path):
    notes = delivered(saved(tmp_path, [issue("A-1", changes=[]), issue("A-2")])).notes
    assert any("1 item of 2 came without a changelog" in note for note in notes)


def test_a_changelog_cut_short_starts_nothing(tmp_path):
    short = issue("A-1", state="Done", changes=MOVES[2:], resolutiondate=CREATED)
    short["changelog"]["total"] = 4
    known = program(saved(tmp_path, [short, issue("A-2", state="Done", changes=MOVES)]))
    assert known.transitions["item_id"].unique().tolist() == ["A-2"]
    assert known.items["started_on"].isna().tolist() == [True, False]
    assert any("cut short (A-1)" in note for note in known.notes)


def test_a_resolution_finishes_nothing_that_is_not_done(tmp_path):
    place = saved(
        tmp_path,
        [
            issue("A-1", state="In Progress", resolutiondate=CREATED),
            issue("A-2", state="Done", resolutiondate=CREATED),
            issue("A-3", state="Nobody knows", resolutiondate=CREATED),
        ],
    )
    finished = delivered(place).tables["items"]["finished_at"]
    assert finished.notna().tolist() == [False, True, True]


def test_done_without_a_resolution_is_finished_when_its_category_changed_or_never(tmp_path):
    at = "2025-03-11T10:00:00.000+0000"
    place = saved(
        tmp_path,
        [
            issue("A-1", state="Done", statuscategorychangedate=at),
            issue("A-2", state="Done"),
            issue("A-3", state="To Do", statuscategorychangedate=at),
        ],
    )
    found = delivered(place)
    assert found.tables["items"]["finished_at"].notna().tolist() == [True, False, False]
    assert any("1 item is done without a resolution date (A-2)" in note for note in found.notes)


def test_a_list_of_statuses_wins_over_the_issues(tmp_path):
    saved(tmp_path, [issue("A-1", state="Review"), issue("A-2", state="Done")], "issues.json")
    listed = [{"id": "1", **status("Review", "new")}, {"id": "2", **status("Waiting", "done")}]
    saved(tmp_path, listed, "statuses.json")
    assert delivered(tmp_path).categories == {
        "Review": "backlog",
        "Done": "done",
        "Waiting": "done",
    }


def test_issues_that_disagree_on_a_category_are_decided_by_the_most(tmp_path):
    issues = [issue(f"A-{number}", state="Done") for number in range(3)]
    issues[0]["fields"]["status"]["statusCategory"]["key"] = "new"
    assert delivered(saved(tmp_path, issues)).categories == {"Done": "done"}


def test_a_renamed_status_keeps_its_history(tmp_path):
    made = issue("A-1", state="Doing", changes=[(CREATED, move("To Do", "In Progress"))])
    made["fields"]["status"] |= {"id": "id In Progress"}
    found = delivered(saved(tmp_path, [made]))
    assert found.tables["transitions"]["to_status"].tolist() == ["Doing"]
    assert any("In Progress is now Doing" in note for note in found.notes)


def test_hours_logged_are_work_of_their_day_in_the_programs_zone(tmp_path):
    logs = [
        {
            "author": {"accountId": "u1", "timeZone": "Asia/Shanghai"},
            "started": "2025-03-04T01:30:00.000+0800",
            "timeSpentSeconds": 5400,
        }
    ]
    place = saved(tmp_path, [issue("A-1", worklog={"total": 3, "worklogs": logs})])
    for zone, day in (("UTC", "2025-03-03"), ("Asia/Shanghai", "2025-03-04")):
        known = program(place, time_zone=zone)
        assert known.worklogs["worked_on"].dt.strftime("%Y-%m-%d").tolist() == [day]
        assert known.worklogs["hours"].tolist() == [1.5]
    assert any("left 2 work logs out" in note for note in known.notes)


def test_the_same_issue_twice_is_kept_once(tmp_path):
    twin = issue("A-1", changes=MOVES, state="Done")
    found = delivered(saved(tmp_path, [twin, issue("A-2"), json.loads(json.dumps(twin))]))
    assert sorted(found.tables["items"]["item_id"]) == ["A-1", "A-2"]
    assert len(found.tables["transitions"]) == 4
    assert any("1 item stood more than once, unchanged" in note for note in found.notes)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_exports_that_overlap_the_newest_issue_counts(tmp_path, newest_first):
    links = [
        {"type": {"name": "Blocks", "outward": "blocks"}, "outwardIssue": {"key": "B-9"}},
    ]
    old = issue("A-1", summary="old", changes=MOVES[:1], issuelinks=links)
    new = issue("A-1", summary="new", changes=MOVES[:2], state="Done")
    new["fields"]["updated"] = "2025-03-05T09:00:00.000+0000"
    pair = [new, old] if newest_first else [old, new]
    saved(tmp_path, {"issues": [pair[0], issue("A-3")]}, "page1.json")
    saved(tmp_path, {"issues": [issue("A-4"), pair[1]]}, "page2.json")
    found = delivered(tmp_path)
    items = found.tables["items"].set_index("item_id")
    assert items.loc["A-1", "title"] == "new"
    assert len(items) == 3
    assert found.tables["transitions"]["item_id"].tolist() == ["A-1", "A-1"]
    assert found.tables["links"].empty
    assert any("different days: the newest was kept" in note for note in found.notes)


def test_pages_that_are_missing_are_noted(tmp_path):
    page = {"startAt": 0, "total": 250, "issues": [issue("A-1")]}
    assert any("found 250 issues" in n for n in delivered(saved(tmp_path, page)).notes)
    page = {"isLast": False, "nextPageToken": "x", "issues": [issue("A-1")]}
    assert any("None of the pages is the last" in n for n in delivered(saved(tmp_path, page)).notes)


def test_a_moment_that_is_none_names_its_issue(tmp_path):
    place = saved(tmp_path, [issue("A-1"), issue("A-2", created="yesterday")])
    with pytest.raises(SourceError, match="A-2: created is 'yesterday'"):
        delivered(place)


def test_the_garbage_collector_is_left_as_it_was(tmp_path):
    delivered(saved(tmp_path, [issue("A-1")]))
    assert gc.isenabled()
    with pytest.raises(SourceError):
        delivered(saved(tmp_path, [], "empty.json"))
    assert gc.isenabled()


@settings(max_examples=30)
@given(
    path=st.lists(st.sampled_from(["To Do", "In Progress", "Review", "Done"]), max_size=6),
    seed=st.integers(0, 1000),
)
def test_transitions_are_in_order_and_end_where_the_issue_is(tmp_path_factory, path, seed):
    chance = random.Random(seed)
    days = sorted(chance.choices(range(4, 28), k=len(path)))
    states = ["To Do", *path]
    changes = [
        (f"2025-03-{day:02d}T09:00:00.000+0{chance.choice('0128')}00", move(before, after))
        for day, before, after in zip(days, states, path, strict=False)
    ]
    issues = [issue(f"A-{row}", state=states[-1], changes=changes) for row in (2, 1, 3)]
    place = saved(tmp_path_factory.mktemp("export"), issues)
    known = program(place)
    assert len(known.transitions) == 3 * len(states)
    at = known.transitions["at"]
    codes = known.transitions["item_id"].cat.codes
    assert ((codes.diff() > 0) | (at.diff() >= pd.Timedelta(0))).iloc[1:].all()
    last = known.transitions.groupby("item_id", observed=True)["at"].max()
    assert known.transitions["from_status"].isna().sum() == 3
    assert len(last) == 3
