"""Custom fields are found by name, by what they hold, or by the user's map."""

import pytest

from tests.sources.jira.exports import change, delivered, issue, saved
from tpm_analytics import SourceError
from tpm_analytics.sources.jira.fields import old_sprint

LATER = "2025-03-04T09:00:00.000+0000"


def points(place, **fields):
    return delivered(place, **fields).tables["items"]["points"].tolist()


def test_points_are_found_by_the_names_of_a_search(tmp_path):
    page = {
        "issues": [issue("A-1", customfield_10016=3, customfield_10099=8)],
        "names": {"customfield_10016": "Story point estimate", "customfield_10099": "Votes"},
    }
    assert points(saved(tmp_path, page)) == [3]


@pytest.mark.parametrize("name", ["a_fields.json", "z_fields.json"])
def test_points_are_found_by_a_list_of_fields_whatever_its_file_is_called(tmp_path, name):
    saved(tmp_path, [issue("A-1", customfield_7=5.0)], "issues.json")
    saved(tmp_path, [{"id": "customfield_7", "name": "Story Points", "custom": True}], name)
    assert points(tmp_path) == [5]


def test_points_are_found_by_a_changelog_of_another_issue(tmp_path):
    named = change("Story Points", None, None, "", "5", fieldId="customfield_7")
    place = saved(
        tmp_path,
        [
            issue("A-1", customfield_7=2.0),
            issue("A-2", customfield_7=5.0, changes=[(LATER, named)]),
        ],
        "export.jsonl",
    )
    assert points(place) == [2, 5]


def test_points_under_their_plain_name(tmp_path):
    assert points(saved(tmp_path, [issue("A-1", storyPoints=13)])) == [13]


def test_of_two_point_fields_the_one_that_says_something_counts(tmp_path):
    page = {
        "issues": [
            issue("A-1", customfield_1=3, customfield_2=None),
            issue("A-2", customfield_1=None, customfield_2=8),
        ],
        "names": {"customfield_1": "Story Points", "customfield_2": "Story point estimate"},
    }
    assert points(saved(tmp_path, page)) == [3, 8]


def test_points_are_not_guessed_among_numbers(tmp_path):
    found = delivered(saved(tmp_path, [issue("A-1", customfield_9=3.0)]))
    assert found.tables["items"]["points"].isna().all()
    assert any("Fields that hold numbers: customfield_9" in note for note in found.notes)


@pytest.mark.parametrize("told", ["customfield_9", "Size", "size"])
def test_the_users_map_names_a_field_by_id_or_by_name(tmp_path, told):
    page = {"issues": [issue("A-1", customfield_9=3.0)], "names": {"customfield_9": "Size"}}
    assert points(saved(tmp_path, page), points=told) == [3]
    assert points(saved(tmp_path, page), **{"items.points": told}) == [3]


def test_the_users_map_wins_over_the_name(tmp_path):
    page = {
        "issues": [issue("A-1", customfield_1=3, customfield_2=8)],
        "names": {"customfield_1": "Story Points", "customfield_2": "Size"},
    }
    assert points(saved(tmp_path, page), points="Size") == [8]


def test_a_mapped_field_that_is_empty_everywhere_is_no_error(tmp_path):
    place = saved(tmp_path, [issue("A-1", customfield_9=None)])
    assert delivered(place, points="customfield_9").tables["items"]["points"].isna().all()


@pytest.mark.parametrize("role", ["points", "sprint", "flagged", "epic", "team", "severity"])
def test_a_mapped_field_that_is_nowhere_is_an_error(tmp_path, role):
    page = {"issues": [issue("A-1")], "names": {"customfield_1": "Story Points"}}
    with pytest.raises(SourceError, match="'Story Pints', mapped as .*, is nowhere") as caught:
        delivered(saved(tmp_path, page), **{role: "Story Pints"})
    assert "Story Points" in str(caught.value.hint)


def test_team_is_the_project_unless_mapped(tmp_path):
    squad = {"id": "1", "value": "Blue"}
    page = {
        "issues": [
            issue("A-1", components=[{"name": "api"}], customfield_4=squad),
            issue("B-2"),
        ],
        "names": {"customfield_4": "Squad"},
    }
    place = saved(tmp_path, page)

    def team(**fields):
        return list(delivered(place, **fields).tables["items"]["team"].astype(object).fillna("-"))

    assert team() == team(team="project") == ["A", "B"]
    assert team(team="component") == ["api", "-"]
    assert team(team="customfield_4") == team(team="Squad") == ["Blue", "-"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Blue", "Blue"),
        ({"id": "9", "name": "Blue"}, "Blue"),
        ([{"id": "9", "value": "Blue"}], "Blue"),
        (7, "7"),
    ],
)
def test_a_mapped_field_is_read_whatever_its_kind(tmp_path, value, read):
    place = saved(tmp_path, [issue("A-1", customfield_4=value)])
    assert delivered(place, team="customfield_4").tables["items"]["team"].tolist() == [read]


def test_any_other_key_of_the_map_becomes_a_column(tmp_path):
    page = {
        "issues": [issue("A-1", customfield_4={"value": "Critical"}), issue("A-2")],
        "names": {"customfield_4": "Severity"},
    }
    items = delivered(saved(tmp_path, page), severity="Severity").tables["items"]
    assert items["severity"].fillna("-").tolist() == ["Critical", "-"]


@pytest.mark.parametrize(
    "fields",
    [
        {"parent": {"key": "A-9"}},
        {"epic": {"id": 9, "key": "A-9"}},
        {"customfield_14": "A-9"},
        {"parent": {"key": "A-9"}, "epic": {"id": 8, "key": "A-8"}},
    ],
    ids=["parent", "epic of the Agile interface", "epic link", "parent before epic"],
)
def test_a_parent_is_the_parent_or_the_epic(tmp_path, fields):
    page = {"issues": [issue("A-1", **fields)], "names": {"customfield_14": "Epic Link"}}
    assert delivered(saved(tmp_path, page)).tables["items"]["parent_id"].tolist() == ["A-9"]


def test_an_old_sprint_may_have_commas_and_brackets_in_its_name():
    read = old_sprint(
        "com.atlassian.greenhopper.service.sprint.Sprint@1234[id=7,rapidViewId=8,state=CLOSED,"
        "name=Team [A], part 2=b,goal=ship it, at last,startDate=2020-06-12T08:38:51.882+08:00,"
        "endDate=2020-06-26T08:38:00.000+08:00,completeDate=<null>,sequence=7]"
    )
    assert read == {
        "id": "7",
        "rapidViewId": "8",
        "state": "CLOSED",
        "name": "Team [A], part 2=b",
        "goal": "ship it, at last",
        "startDate": "2020-06-12T08:38:51.882+08:00",
        "endDate": "2020-06-26T08:38:00.000+08:00",
        "sequence": "7",
    }


def test_points_of_another_kind_are_unknown(tmp_path):
    page = {
        "issues": [issue("A-1", customfield_7=3), issue("A-2", customfield_7=[1]), issue("A-3")],
        "names": {"customfield_7": "Story Points"},
    }
    assert delivered(saved(tmp_path, page)).tables["items"]["points"].fillna(-1).tolist() == [
        3,
        -1,
        -1,
    ]


def test_fields_that_hold_nothing_are_nothing(tmp_path):
    place = saved(tmp_path, [issue("A-1", customfield_1=[], customfield_2={}, customfield_3="")])
    found = delivered(place)
    assert found.tables["sprints"].empty
    assert found.tables["blocks"].empty


def test_a_map_of_another_table_is_refused(tmp_path):
    with pytest.raises(SourceError, match="columns of items only, not to sprints.team"):
        delivered(saved(tmp_path, [issue("A-1")]), **{"sprints.team": "customfield_1"})
