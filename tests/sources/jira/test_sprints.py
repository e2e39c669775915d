"""What was in a sprint when, and what was blocked when."""

import pytest

from tests.sources.jira.exports import change, delivered, issue, program, saved

OLD = (
    "com.atlassian.greenhopper.service.sprint.Sprint@1f[id={0},rapidViewId=8,state={1},"
    "name=Sprint {0},startDate=2025-03-0{0}T08:00:00.000Z,endDate=2025-03-1{0}T08:00:00.000Z,"
    "completeDate={2},sequence={0}]"
)


def sprint(number, state="closed", **more):
    return {
        "id": number,
        "name": f"Sprint {number}",
        "state": state,
        "startDate": f"2025-03-{number:02d}T08:00:00.000Z",
        "endDate": f"2025-03-{number + 10:02d}T08:00:00.000Z",
        **more,
    }


def at(day, hour=9):
    return f"2025-03-{day:02d}T{hour:02d}:00:00.000+0000"


def scope(place, **fields):
    """Each entry of the scope: sprint, item, day added, day removed, points."""
    table = delivered(place, **fields).tables["sprint_scope"]
    days = {name: table[name].dt.strftime("%d").fillna("-") for name in ("added_at", "removed_at")}
    points = table["points_when_added"].astype(object).where(table["points_when_added"].notna())
    return [
        (one["sprint_id"], one["item_id"], one["added_at"], one["removed_at"], one["points"])
        for one in table.assign(**days, points=points.where(points.notna(), None)).to_dict(
            "records"
        )
    ]


def test_sprints_are_read_from_objects_in_a_custom_field(tmp_path):
    closed = sprint(7, completeDate="2025-03-18T08:00:00.000Z", goal="Ship")
    place = saved(tmp_path, [issue("A-1", customfield_1=[closed, sprint(8, "active")])])
    found = program(place).sprints
    assert found["sprint_id"].tolist() == ["7", "8"]
    assert found["name"].tolist() == ["Sprint 7", "Sprint 8"]
    assert found["goal"].fillna("-").tolist() == ["Ship", "-"]
    assert found["starts_at"].dt.day.tolist() == [7, 8]
    assert found["ends_at"].dt.day.tolist() == [17, 18]
    assert found["completed_at"].dt.day.fillna(0).tolist() == [18, 0]
    assert found["state"].tolist() == ["closed", "active"]


def test_a_sprint_that_was_to_end_before_its_start_has_no_planned_end_and_is_told(tmp_path):
    wrong = sprint(7, endDate="2025-03-06T08:00:00.000Z", completeDate="2025-03-18T08:00:00.000Z")
    place = saved(tmp_path, [issue("A-1", customfield_1=[wrong, sprint(8, "active")])])
    found = program(place)
    assert found.sprints["ends_at"].dt.day.fillna(0).tolist() == [0, 18]
    told = "1 sprint was to end before the start (Sprint 7): the planned end is taken as unknown."
    assert told in found.notes


def test_sprints_are_read_from_the_text_of_jira_server(tmp_path):
    place = saved(
        tmp_path,
        [
            issue("A-1", customfield_1=[OLD.format(1, "CLOSED", "2025-03-12T08:00:00.000+02:00")]),
            issue("A-2", customfield_1=[OLD.format(2, "ACTIVE", "<null>")]),
        ],
    )
    found = program(place).sprints
    assert found["sprint_id"].tolist() == ["1", "2"]
    assert found["completed_at"].dt.strftime("%d %H").fillna("-").tolist() == ["12 06", "-"]
    assert found["state"].tolist() == ["closed", "active"]
    assert [entry[:2] for entry in scope(place)] == [("1", "A-1"), ("2", "A-2")]


def test_sprints_are_read_from_the_agile_interface(tmp_path):
    place = saved(
        tmp_path,
        [
            issue("A-1", sprint=sprint(3, "active"), closedSprints=[sprint(1), sprint(2)]),
            issue("A-2", sprint=None),
        ],
    )
    assert {entry[:2] for entry in scope(place)} == {("1", "A-1"), ("2", "A-1"), ("3", "A-1")}


def test_one_sprint_in_two_fields_is_one_entry(tmp_path):
    place = saved(tmp_path, [issue("A-1", closedSprints=[sprint(1)], customfield_1=[sprint(1)])])
    assert [entry[:2] for entry in scope(place)] == [("1", "A-1")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_sprint_is_kept_as_it_was_at_its_latest(tmp_path, order):
    ended = sprint(1, completeDate="2025-03-18T08:00:00.000Z")
    seen = [issue("A-1", sprint=sprint(1, "active")), issue("A-2", closedSprints=[ended])]
    sprints = program(saved(tmp_path, seen[::order])).sprints
    assert sprints["completed_at"].notna().tolist() == [True]


def test_without_a_changelog_when_an_item_entered_is_unknown(tmp_path):
    place = saved(tmp_path, [issue("A-1", sprint=sprint(1), storyPoints=5)])
    assert scope(place) == [("1", "A-1", "-", "-", 5)]
    notes = delivered(place).notes
    assert any("unknown for 1 of 1 entries and their points are today's" in note for note in notes)


def test_a_sprint_that_no_change_tells_of_was_set_at_creation(tmp_path):
    place = saved(tmp_path, [issue("A-1", sprint=sprint(1), changes=[])])
    assert scope(place) == [("1", "A-1", "03", "-", None)]


def test_what_the_first_change_left_was_set_at_creation(tmp_path):
    changes = [(at(5), change("Sprint", "1", "1, 2", "Sprint 1", "Sprint 1, Sprint 2"))]
    made = issue("A-1", changes=changes, customfield_1=[sprint(1), sprint(2)])
    assert scope(saved(tmp_path, [made])) == [
        ("1", "A-1", "03", "-", None),
        ("2", "A-1", "05", "-", None),
    ]


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
def test_items_enter_leave_and_come_back(tmp_path, order):
    changes = [
        (at(4), change("Sprint", "", "1", "", "Sprint 1")),
        (at(5), change("Sprint", "1", "", "Sprint 1", "")),
        (at(6), change("Sprint", "", "1", "", "Sprint 1")),
    ]
    made = issue("A-1", changes=changes[::order], customfield_1=[sprint(1)])
    assert scope(saved(tmp_path, [made])) == [
        ("1", "A-1", "04", "05", None),
        ("1", "A-1", "06", "-", None),
    ]


def test_leaving_a_sprint_after_it_was_closed_is_no_leaving(tmp_path):
    ended = sprint(1, completeDate=at(10, 8))
    changes = [
        (at(4), change("Sprint", "", "1", "", "Sprint 1")),
        (at(10, 9), change("Sprint", "1", "2", "Sprint 1", "Sprint 2")),
    ]
    made = [
        issue("A-1", changes=changes, customfield_1=[sprint(2, "active")]),
        issue("A-2", changes=[], customfield_1=[ended]),
    ]
    assert scope(saved(tmp_path, made))[:2] == [
        ("1", "A-1", "04", "-", None),
        ("2", "A-1", "10", "-", None),
    ]


def test_a_sprint_that_only_a_changelog_names_has_no_dates(tmp_path):
    changes = [
        (at(4), change("Sprint", "", "5", "", "Lost")),
        (at(5), change("Sprint", "5", "", "Lost", "")),
    ]
    known = program(saved(tmp_path, [issue("A-1", changes=changes)]))
    assert known.sprints[["sprint_id", "name"]].to_numpy().tolist() == [["5", "Lost"]]
    assert known.sprints["starts_at"].isna().all()


def test_a_sprint_now_that_the_changelog_does_not_lead_to_has_no_moment(tmp_path):
    changes = [(at(4), change("Sprint", "", "1", "", "Sprint 1"))]
    made = issue("A-1", changes=changes, customfield_1=[sprint(1), sprint(2)])
    assert scope(saved(tmp_path, [made])) == [
        ("1", "A-1", "04", "-", None),
        ("2", "A-1", "-", "-", None),
    ]


def points_change(day, before, after):
    return (at(day), change("Story Points", None, None, before, after, fieldId="customfield_7"))


@pytest.mark.parametrize(
    ("entered", "points"),
    [(9, None), (12, 3), (15, 8), (14, 8)],
    ids=["before any estimate", "after the first", "after the second", "at the second"],
)
def test_points_are_those_of_the_moment_an_item_entered_a_running_sprint(tmp_path, entered, points):
    changes = [
        points_change(10, "", "3"),
        points_change(14, "3", "8"),
        (at(entered), change("Sprint", "", "1", "", "Sprint 1")),
    ]
    changes.sort(key=lambda pair: pair[0])
    made = issue("A-1", changes=changes, customfield_1=[sprint(1)], customfield_7=8)
    assert scope(saved(tmp_path, [made])) == [("1", "A-1", f"{entered:02d}", "-", points)]


def test_points_set_between_planning_and_the_start_are_committed(tmp_path):
    changes = [
        (at(4), change("Sprint", "", "8", "", "Sprint 8")),
        points_change(5, "", "3"),
        points_change(9, "3", "13"),
    ]
    made = issue("A-1", changes=changes, customfield_1=[sprint(8, "active")], customfield_7=13)
    assert scope(saved(tmp_path, [made])) == [("8", "A-1", "04", "-", 3)]


def test_points_that_never_changed_are_todays(tmp_path):
    other = issue("A-2", changes=[points_change(5, "", "3")], customfield_7=3)
    made = issue("A-1", changes=[], customfield_1=[sprint(1)], customfield_7=2)
    assert scope(saved(tmp_path, [made, other])) == [("1", "A-1", "03", "-", 2)]


FLAG = [{"id": "10019", "value": "Impediment"}]


def flag(day, up):
    ends = ("", "[10019]") if up else ("[10019]", "")
    words = ("", "Impediment") if up else ("Impediment", "")
    return (at(day), change("Flagged", *ends, *words, fieldId="customfield_21"))


def blocks(place):
    table = program(place).blocks
    began, ended = (
        table[name].dt.strftime("%d").fillna("-") for name in ("blocked_at", "unblocked_at")
    )
    return list(zip(table["item_id"], began, ended, table["reason"], strict=True))


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
def test_flags_become_blocks(tmp_path, order):
    changes = [flag(4, up=True), flag(6, up=False), flag(9, up=True)]
    place = saved(tmp_path, [issue("A-1", changes=changes[::order], customfield_21=FLAG)])
    assert blocks(place) == [("A-1", "04", "06", "Impediment"), ("A-1", "09", "-", "Impediment")]


def test_a_flag_raised_at_creation_holds_since_then(tmp_path):
    place = saved(
        tmp_path,
        [
            issue("A-1", changes=[flag(6, up=False)]),
            issue("A-2", changes=[], customfield_21=FLAG),
        ],
    )
    assert blocks(place) == [("A-1", "03", "06", "Impediment"), ("A-2", "03", "-", "Impediment")]


@pytest.mark.parametrize("fields", [{"flagged": True}, {"customfield_21": FLAG}])
def test_a_flag_without_history_gets_no_invented_moment(tmp_path, fields):
    place = saved(tmp_path, [issue("A-1", **fields), issue("A-2", flagged=False)])
    assert blocks(place) == []
    assert any("1 item is flagged, but since when is unknown" in n for n in delivered(place).notes)


def test_a_flag_under_another_name_is_read_by_the_users_map(tmp_path):
    raised = change("Blocked?", "", "1", "", "Yes", fieldId="customfield_5")
    place = saved(
        tmp_path, [issue("A-1", changes=[(at(4), raised)], customfield_5={"value": "Yes"})]
    )
    for name in ("Blocked?", "customfield_5"):
        table = delivered(place, flagged=name).tables["blocks"]
        assert table["blocked_at"].dt.day.tolist() == [4]
        assert table["reason"].tolist() == ["Yes"]


def test_a_list_of_sprints_adds_those_that_hold_nothing(tmp_path):
    saved(tmp_path, [issue("A-1", sprint=sprint(1))], "issues.json")
    saved(tmp_path, {"values": [sprint(1), sprint(2, "future", goal="Next")]}, "sprints.json")
    assert program(tmp_path).sprints["sprint_id"].tolist() == ["1", "2"]
