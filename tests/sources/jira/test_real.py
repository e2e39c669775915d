"""Real exports of three Jiras, their figures checked by hand against the raw data."""

import csv
import json
import shutil
from collections import defaultdict

import pandas as pd
import pytest

from tests.places import SHARED_DATA, needs_shared_data
from tests.sources.jira.exports import delivered, issue, program, saved

pytestmark = needs_shared_data

TITANIUM = SHARED_DATA / "titanium_jira"
SAMPLE = SHARED_DATA / "jirametrics_sample"
DEVLAKE = SHARED_DATA / "devlake_raw" / "jira"
UTC, SHANGHAI = "UTC", "Asia/Shanghai"


def days(known, key):
    """Days an item was created, started and finished; None where unknown."""
    item = known.items.set_index("item_id").loc[key]
    named = (item["created_on"], item["started_on"], item["finished_on"])
    return tuple(None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in named)


# --- Titanium: Jira Server by the Agile interface, without changelog


@pytest.fixture(scope="module")
def titanium():
    return program(TITANIUM / "issues.jsonl.gz")


def titanium_table(name):
    return pd.read_csv(TITANIUM / name, dtype="str", keep_default_na=False)


def test_titanium_items_are_those_of_the_flat_table(titanium):
    flat = titanium_table("issues.csv").set_index("key")
    items = titanium.items.set_index("item_id").loc[flat.index]
    assert len(items) == len(titanium.items) == 8728
    for ours, theirs in (("kind", "type"), ("status", "status"), ("team", "project")):
        assert items[ours].astype("str").tolist() == flat[theirs].tolist()
    assert items["assignee_id"].fillna("").tolist() == flat["assignee"].tolist()
    parents = flat["parent"].where(flat["parent"] != "", flat["epic"])
    assert items["parent_id"].fillna("").tolist() == parents.tolist()
    points = pd.to_numeric(flat["story_points"]).astype("float64")
    pd.testing.assert_series_equal(items["points"], points, check_names=False)
    for ours, theirs in (("created_at", "created"), ("finished_at", "resolved")):
        moments = pd.to_datetime(flat[theirs].where(flat[theirs] != ""), utc=True)
        assert items[ours].equals(moments.astype(items[ours].dtype).rename(ours))


def test_titanium_starts_are_unknown_and_a_note_says_so(titanium):
    assert titanium.transitions.empty
    assert titanium.items["started_on"].isna().all()
    assert titanium.items["finished_on"].notna().sum() == 7089
    assert any("no changelog: start dates are unknown" in note for note in titanium.notes)
    assert any("60 items are done without a resolution date" in note for note in titanium.notes)


def test_titanium_sprints_and_what_was_in_them(titanium):
    flat = titanium_table("sprints.csv").set_index("id")
    sprints = titanium.sprints.set_index("sprint_id").loc[flat.index]
    assert len(sprints) == len(titanium.sprints) == 326
    for ours, theirs in (
        ("starts_at", "startDate"),
        ("ends_at", "endDate"),
        ("completed_at", "completeDate"),
    ):
        moments = pd.to_datetime(flat[theirs].where(flat[theirs] != ""), utc=True, format="ISO8601")
        assert (sprints[ours].eq(moments) | (sprints[ours].isna() & moments.isna())).all()
    scope = titanium.sprint_scope
    pairs = titanium_table("issue_sprints.csv")
    expected = set(zip(pairs["sprint_id"], pairs["issue_key"], strict=True))
    assert len(scope) == len(pairs) == 7736
    assert set(zip(scope["sprint_id"], scope["item_id"], strict=True)) == expected
    assert scope["added_at"].isna().all()


COMES_FIRST = {"blocks", "is dependent of", "has to be done before"}
COMES_LATER = {"is blocked by", "depends on", "has to be done after"}


def test_titanium_links_stand_once_and_point_the_right_way(titanium):
    expected = set()
    for one in titanium_table("issue_links.csv").to_dict("records"):
        here, other, phrase = one["issue_key"], one["other_key"], one["phrase"]
        if phrase in COMES_FIRST | COMES_LATER:
            pair = (here, other) if phrase in COMES_FIRST else (other, here)
            expected.add((*pair, "blocks"))
        else:
            pair = (here, other) if one["direction"] == "outward" else (other, here)
            expected.add((*pair, one["link_type"].casefold()))
    links = titanium.links
    found = list(zip(links["from_id"], links["to_id"], links["kind"], strict=True))
    assert len(found) == len(expected)
    assert set(found) == expected
    # ALOY-7 "is blocked by" TIMOB-9123
    assert ("TIMOB-9123", "ALOY-7", "blocks") in expected


# --- jirametrics: Jira Cloud, one issue a file, with statuses and a board beside them


def sample(tmp_path, kind):
    for file in SAMPLE.glob(f"{kind}__*.json"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


def test_sample_knows_its_statuses(tmp_path):
    found = delivered(sample(tmp_path, "complete_sample"))
    assert found.categories == {
        "Backlog": "backlog",
        "FakeBacklog": "backlog",
        "Selected for Development": "active",
        "In Progress": "active",
        "Review": "active",
        "Done": "done",
    }
    assert not any("ignored" in note for note in found.notes)


@pytest.mark.parametrize(
    ("zone", "key", "expected"),
    [
        # SP-5 was done on 2021-09-06, reopened on 2021-10-11 at 12:48 and done again at 12:49
        (UTC, "SP-5", ("2021-06-18", "2021-06-23", "2021-10-11")),
        (SHANGHAI, "SP-5", ("2021-06-19", "2021-06-23", "2021-10-11")),
        # SP-1 was selected on 2021-06-18 at 18:43 UTC and is in review
        (UTC, "SP-1", ("2021-06-18", "2021-06-18", None)),
        (SHANGHAI, "SP-1", ("2021-06-19", "2021-06-19", None)),
        # SP-8 was selected on 2021-08-29 at 18:06 UTC
        (UTC, "SP-8", ("2021-06-18", "2021-08-29", None)),
        (SHANGHAI, "SP-8", ("2021-06-19", "2021-08-30", None)),
        # SP-11 was selected on 2021-12-14 at 00:30 UTC
        (UTC, "SP-11", ("2021-06-18", "2021-12-14", None)),
    ],
)
def test_sample_items_begin_and_end_on_the_right_day(tmp_path, zone, key, expected):
    assert days(program(sample(tmp_path, "complete_sample"), time_zone=zone), key) == expected


@pytest.mark.parametrize(
    ("zone", "key", "expected"),
    [
        # SP-10 was selected on 2021-08-29 at 18:06 UTC and done on 2021-09-06 at 04:34 UTC
        (UTC, "SP-10", ("2021-06-18", "2021-08-29", "2021-09-06")),
        (SHANGHAI, "SP-10", ("2021-06-19", "2021-08-30", "2021-09-06")),
        # SP-13 went from selected to done on 2022-04-19, from 01:31 to 01:53 UTC
        (UTC, "SP-13", ("2021-06-18", "2022-04-19", "2022-04-19")),
        # SP-15 was created on 2022-04-24 at 16:41 UTC and selected at 20:30
        (UTC, "SP-15", ("2022-04-24", "2022-04-24", None)),
        (SHANGHAI, "SP-15", ("2022-04-25", "2022-04-25", None)),
    ],
)
def test_sample_testdata_begins_and_ends_on_the_right_day(tmp_path, zone, key, expected):
    assert days(program(sample(tmp_path, "testdata"), time_zone=zone), key) == expected


def test_sample_statuses_are_passed_in_order(tmp_path):
    moves = program(sample(tmp_path, "testdata")).transitions
    assert moves.loc[moves["item_id"] == "SP-10", "to_status"].tolist() == [
        "Backlog",
        "Selected for Development",
        "In Progress",
        "Selected for Development",
        "In Progress",
        "Review",
        "Done",
    ]


def test_sample_before_the_reopening_is_as_it_was_then(tmp_path):
    known = program(sample(tmp_path, "complete_sample")).at("2021-09-30")
    assert days(known, "SP-5") == ("2021-06-18", "2021-06-23", "2021-09-06")


def test_sample_flags_sprints_points_and_links(tmp_path):
    known = program(sample(tmp_path, "testdata"))
    blocks = known.blocks.set_index("item_id")
    assert sorted(blocks.index) == ["SP-1", "SP-10", "SP-15"]
    # SP-10 was flagged on 2021-09-06 from 04:33:30.647 to 04:33:55.539
    flagged = blocks.loc["SP-10", "unblocked_at"] - blocks.loc["SP-10", "blocked_at"]
    assert flagged == pd.Timedelta("24.892s")
    assert blocks.loc[["SP-1", "SP-15"], "unblocked_at"].isna().all()
    points = known.items.set_index("item_id")["points"].dropna().to_dict()
    assert points == {"SP-13": 13, "SP-14": 14, "SP-15": 13}
    # the sprint began on 2022-04-15 at 00:55:17; SP-13 entered at 00:52:08, sized at 00:52:51
    scope = known.sprint_scope.set_index("item_id")
    assert scope["points_when_added"].to_dict() == points
    assert scope.loc["SP-13", "added_at"] == pd.Timestamp("2022-04-15T00:52:08.258Z")
    links = known.links[["from_id", "to_id", "kind"]].to_numpy().tolist()
    assert sorted(links) == [["SP-14", "SP-15", "blocks"], ["SP-15", "SP-13", "cloners"]]


# --- DevLake: Jira Cloud by the Agile interface, Chinese statuses, offsets of +0800


def devlake_rows(name):
    csv.field_size_limit(2**27)
    with (DEVLAKE / f"_raw_jira_api_{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            (json.loads(row["data"]), json.loads(row["input"] or "null"))
            for row in csv.DictReader(file)
        ]


def devlake_changes():
    """Changelog entries of the changelog interface, by id of their issue."""
    found = defaultdict(list)
    for entry, asked in devlake_rows("issue_changelogs"):
        found[str(asked["issue_id"])].append(entry)
    return found


@pytest.fixture(scope="module")
def devlake(tmp_path_factory):
    """The raw rows put together as an export: issues with changelog, statuses and sprints."""
    folder = tmp_path_factory.mktemp("devlake")
    changes = devlake_changes()
    issues = []
    for one, _ in devlake_rows("issues"):
        histories = [*one["changelog"]["histories"], *changes[one["id"]]]
        changelog = {"total": len(histories), "histories": histories}
        issues.append({**one, "changelog": changelog})
    saved(folder, issues, "issues.jsonl")
    saved(folder, [status for status, _ in devlake_rows("status")], "statuses.json")
    saved(folder, {"values": [one for one, _ in devlake_rows("sprints")]}, "sprints.json")
    saved(folder, [one for one, _ in devlake_rows("issue_fields")], "fields.json")
    return folder


def test_devlake_loads_whole(devlake):
    known = program(devlake)
    assert len(known.items) == 33
    assert set(known.items["status"]) == {"已完成", "To Do"}
    assert known.workflow.stage_of("已完成") == "done"
    assert len(known.sprints) == 31  # 30 listed, and 175 that only an issue names
    assert not any("cut short" in note for note in known.notes)
    created = pd.to_datetime(
        [one["fields"]["created"] for one, _ in devlake_rows("issues")], utc=True
    )
    assert known.items["created_at"].tolist() == created.tolist()


@pytest.mark.parametrize(
    ("key", "in_utc", "in_shanghai"),
    [
        # In Development 2020-06-12 11:38 +0800 (03:38 UTC); Closed 2020-06-19 14:31 (06:31)
        ("EE-1", ("2020-06-12", "2020-06-12", "2020-06-19"), None),
        # never in progress; Resolved 2020-06-16 19:56 (11:56), then only closed
        ("EE-6", ("2020-06-12", None, "2020-06-16"), None),
        # never in progress; Resolved 2020-07-09 01:11 +0800, which is 2020-07-08 17:11 UTC
        ("EE-8", ("2020-06-12", None, "2020-07-08"), ("2020-06-12", None, "2020-07-09")),
        # Resolved on the first day, back to To Do, Resolved again 2020-06-15 16:59 (08:59)
        ("EE-14", ("2020-06-12", None, "2020-06-15"), None),
        # In Progress 2020-07-22 14:34 (06:34), Resolved the same day at 15:25
        ("EE-17", ("2020-06-12", "2020-07-22", "2020-07-22"), None),
        # Closed 2020-06-12 09:26, To Do 12:58, Closed 15:17
        ("EE-24", ("2020-06-12", None, "2020-06-12"), None),
        # created 2022-07-16 06:29 +0800, which is 2022-07-15 22:29 UTC
        ("K5-2", ("2022-07-15", None, None), ("2022-07-16", None, None)),
    ],
)
def test_devlake_items_begin_and_end_on_the_right_day(devlake, key, in_utc, in_shanghai):
    assert days(program(devlake, time_zone=UTC), key) == in_utc
    assert days(program(devlake, time_zone=SHANGHAI), key) == (in_shanghai or in_utc)


def test_devlake_status_that_was_renamed_keeps_its_history(devlake):
    known = program(devlake)
    assert any("In Development is now In Progress" in note for note in known.notes)
    first = known.transitions[known.transitions["item_id"] == "EE-1"]
    assert first["to_status"].tolist() == [
        "Inbox",
        "Ready for Dev",
        "In Progress",
        "Open",
        "Closed",
        "已完成",
    ]


def test_devlake_scope_of_an_item_that_was_moved_about(devlake):
    scope = program(devlake).sprint_scope
    mine = scope[scope["item_id"] == "EE-17"]
    # into 7 on 12 June; 7 to 9 on 17 June 15:26; out at 15:27:15, in again at 15:29:43; to 17
    assert mine["sprint_id"].tolist() == ["7", "9", "9", "17"]
    assert mine["added_at"].dt.strftime("%d %H:%M").tolist() == [
        "12 00:29",
        "17 07:26",
        "17 07:29",
        "10 06:37",
    ]
    assert mine["removed_at"].dt.strftime("%d %H:%M").fillna("-").tolist() == [
        "17 07:26",
        "17 07:27",
        "10 06:37",
        "-",
    ]


def test_devlake_hours_are_those_of_the_worklog_rows(devlake):
    worklogs = program(devlake, time_zone=SHANGHAI).worklogs
    ids = {one["id"]: one["key"] for one, _ in devlake_rows("issues")}
    expected = sorted(
        (ids[log["issueId"]], log["author"]["accountId"], log["timeSpentSeconds"] / 3600)
        for log, _ in devlake_rows("worklogs")
        if log["issueId"] in ids
    )
    found = zip(worklogs["item_id"], worklogs["person_id"], worklogs["hours"], strict=True)
    assert sorted(found) == expected
    assert len(expected) == 6


@pytest.mark.parametrize(
    ("number", "started", "finished"),
    [
        # 开发中 2021-01-25 21:49 +0800 (13:49 UTC); Closed 2021-01-27 14:46 (06:46)
        ("13383", "2021-01-25", "2021-01-27"),
        # 开发中 2021-03-05 10:14 (02:14); 已完成 2021-04-07 13:15 (05:15)
        ("13954", "2021-03-05", "2021-04-07"),
        # Open to Closed 2021-01-29 15:58 (07:58)
        ("13491", None, "2021-01-29"),
    ],
)
def test_devlake_changelogs_whose_issues_are_not_in_the_rows(tmp_path, number, started, finished):
    made = issue(f"EE-{number}", state="已完成", created="2021-01-01T00:00:00.000+0800")
    made["fields"]["status"] = {"name": "已完成", "id": "10068"}
    histories = devlake_changes()[number]
    made["changelog"] = {"total": len(histories), "histories": histories}
    if number == "13491":
        made["fields"]["status"] = {"name": "Closed", "id": "6"}
    saved(tmp_path, [made], "issues.json")
    saved(tmp_path, [status for status, _ in devlake_rows("status")], "statuses.json")
    known = program(tmp_path, time_zone=SHANGHAI)
    assert days(known, f"EE-{number}")[1:] == (started, finished)


def test_devlake_sprints_that_pile_up_are_left_one_by_one(tmp_path):
    made = issue("EE-13954", state="已完成", created="2021-01-01T00:00:00.000+0800")
    histories = devlake_changes()["13954"]
    made["changelog"] = {"total": len(histories), "histories": histories}
    scope = delivered(saved(tmp_path, [made])).tables["sprint_scope"]
    assert " ".join(scope["sprint_id"]) == "38 40 41 42 43 46 47 50 57 60"
    left = scope[scope["removed_at"].notna()]
    # only 60 was taken back, on 2021-05-10 at 11:32 +0800
    assert left["sprint_id"].tolist() == ["60"]
    assert left["removed_at"].tolist() == [pd.Timestamp("2021-05-10T03:32:18.784Z")]
