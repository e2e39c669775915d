"""Early warnings: the critical path of a tracker, chains, growth, moved dates, and their order."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.early_warning.lists import warned
from tests.metrics.schedules import work
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import Program
from tpm_analytics.metrics import early_warning as metric
from tpm_analytics.metrics import schedule as plans
from tpm_analytics.results.early_warning import (
    BlockedChains,
    Holders,
    MovedDependencies,
    Overdue,
    ScopeGrowth,
)

UNTIL = pd.Timestamp("2025-03-31")
DONE = {"finished_at": "2025-03-20T09:00Z"}


def program_of(items, links=(), until=UNTIL, **tables):
    named = [{"created_at": "2025-01-06T09:00Z"} | item for item in items]
    linked = pd.DataFrame(list(links), columns=["from_id", "to_id"]).assign(kind="blocks")
    return Program.from_tables(
        {"items": pd.DataFrame(named), "links": linked, **tables}, as_of=until
    )


def item(key, **more):
    return {"item_id": key} | more


def room_of(program, days):
    """Room of the items of a program whose epics have these total floats."""
    plan = plans.schedule(
        program_of([item("x")], activities=pd.DataFrame([work(key, 5) for key in days])).activities,
        program.links.head(0),
        until=UNTIL,
    )
    floats = plan["activity_id"].map(days).astype("float64")
    return metric.item_room(program.items, program.links, plan.assign(total_float_days=floats))


def test_an_item_has_the_room_of_what_it_is_part_of_and_less_if_what_waits_for_it_has_less():
    program = program_of(
        [
            item("E-1", kind="Epic"),
            item("E-2", kind="Epic"),
            item("A", parent_id="E-1"),
            item("B", parent_id="E-2"),
            item("C"),
            item("D"),
            item("part", parent_id="story"),
            item("story", parent_id="E-1"),
            item("done", parent_id="E-1", **DONE),
        ],
        [("B", "C"), ("C", "A"), ("done", "D")],
    )
    room = room_of(program, {"E-1": 0.0, "E-2": 9.0}).set_index("item_id")
    assert set(room.index) == {"A", "B", "C", "D", "part"}
    assert room["room_days"].to_dict() == pytest.approx(
        {"A": 0, "B": 0, "C": 0, "D": float("nan"), "part": 0}, nan_ok=True
    )
    assert room["behind"].to_dict() == {"A": 0, "B": 2, "C": 1, "D": 0, "part": 0}
    assert room.loc["C", "critical"]
    assert room.loc["D", "critical"] is pd.NA


def test_items_that_are_part_of_one_another_do_not_hang():
    program = program_of(
        [item("A", parent_id="B"), item("B", parent_id="A"), item("C", parent_id="A")]
    )
    assert room_of(program, {"E": 0.0})["critical"].isna().all()


def chains_of(items, links, blocks=()):
    flags = pd.DataFrame(list(blocks), columns=["item_id", "blocked_at", "unblocked_at", "reason"])
    program = program_of(items, links, blocks=flags)
    return metric.blocked_chains(program.items, program.links, program.blocks, until=UNTIL)


def test_a_chain_is_told_at_its_head_with_all_that_waits():
    told = chains_of(
        [
            item("A", team="Core", title="First", created_at="2025-03-01T09:00Z"),
            item("B", team="Core", created_at="2025-02-01T09:00Z"),
            item("C", team="Data"),
            item("D", team="Apps"),
            item("E", team="Core"),
            item("F", team="Core"),
        ],
        [("A", "B"), ("B", "C"), ("B", "D"), ("E", "F")],
    )
    assert told[["head_id", "behind", "steps", "chain"]].to_numpy().tolist() == [
        ["A", 3, 3, "A → B → C"]
    ]
    row = told.iloc[0]
    assert row[["teams", "held_by", "waiting_days"]].tolist() == ["Apps, Data", "not begun", 31]
    assert row["since_on"] == pd.Timestamp("2025-03-01")


def test_two_items_are_a_chain_where_the_first_is_flagged():
    told = chains_of(
        [item("A", started_at="2025-03-01T09:00Z"), item("B")],
        [("A", "B")],
        [("A", "2025-03-21T09:00Z", None, "vendor")],
    )
    assert told[["held_by", "reason", "waiting_days"]].to_numpy().tolist() == [
        ["flagged as blocked", "vendor", 11]
    ]


def test_a_circle_is_one_chain_and_what_waits_for_it_is_behind_it():
    told = chains_of(
        [item(key) for key in "ABCD"], [("A", "B"), ("B", "C"), ("C", "A"), ("C", "D")]
    )
    assert told[["head_id", "held_by", "behind", "steps"]].to_numpy().tolist() == [
        ["A", "waits in a circle", 3, 4]
    ]
    assert told["chain"].tolist() == ["(A, B, C in a circle) → D"]


def test_finished_work_holds_up_nothing():
    assert chains_of([item("A", **DONE), item("B"), item("C")], [("A", "B"), ("B", "C")]).empty


def weekly(team, added, done_after=None, first="2024-12-02", parent=None):
    """Items of a team, so many created on the Monday of each week."""
    rows = []
    for week, number in enumerate(added):
        day = pd.Timestamp(first) + pd.Timedelta(days=7 * week)
        done = None if done_after is None else f"{day + pd.Timedelta(days=done_after):%F}T09:00Z"
        rows += [
            item(
                f"{team}-{week}-{n}",
                team=team,
                created_at=f"{day:%F}T09:00Z",
                finished_at=done,
                parent_id=parent,
            )
            for n in range(number)
        ]
    return rows


def test_a_jump_is_weeks_far_above_the_usual_ones_and_told_while_any_of_it_is_open():
    calm, jump = [3] * 8, [30, 40]
    items = weekly("Core", [*calm, *jump, *[3] * 7]) + weekly("Data", [3, 4, 2, 5] * 4)
    program = program_of([*items, item("E")], until="2025-04-02")
    told = metric.scope_growth(program.items, until=program.as_of)
    row = told[told["finding"] == "jump"].iloc[0]
    assert row[["team", "added", "usual", "beyond", "still_open"]].tolist() == [
        "Core",
        70,
        6,
        64,
        70,
    ]
    assert row["from_on"] == pd.Timestamp("2025-01-27")
    assert row["to_on"] == pd.Timestamp("2025-02-09")
    finished = program_of(weekly("Core", [*calm, *jump, *[3] * 7], 1), until="2025-04-02")
    assert metric.scope_growth(finished.items, until=finished.as_of).empty


def test_more_added_than_finished_is_a_quarter_more_and_ten_items():
    grows = weekly("Core", [3] * 17, 1)[:-30] + weekly("Core2", [0])
    late = [one | {"finished_at": None} for one in weekly("Core", [3] * 17)[-30:]]
    program = program_of([*grows, *late], until="2025-04-02")
    told = metric.scope_growth(program.items, until=program.as_of)
    # of the last 13 weeks' 39 items the last 30 are open
    assert told[["finding", "added", "usual", "beyond"]].to_numpy().tolist() == [
        ["more added than finished", 39, 9, 30]
    ]
    enough = program_of([*weekly("Core", [3] * 17, 1)[:-9], *late[-9:]], until="2025-04-02")
    assert metric.scope_growth(enough.items, until=enough.as_of).empty


def test_a_short_history_tells_nothing_of_growth():
    program = program_of(weekly("Core", [1, 1, 90]), until="2024-12-25")
    assert metric.scope_growth(program.items, until=program.as_of).empty


def test_an_epic_hangs_on_who_did_more_than_half_of_it_lately():
    items = [item("E-1", kind="Epic", title="Search", team="Core")]
    items += [
        item(f"A-{n}", parent_id="E-1", team="Core", assignee_id=person, **DONE)
        for n, person in enumerate("PPPPQR")
    ]
    items += [item("B-1", parent_id="E-1", team="Core")]
    program = program_of(items)
    told = metric.holders(program.items, until=UNTIL)
    assert told[
        ["epic_id", "title", "bus_factor", "held_items", "open_items"]
    ].to_numpy().tolist() == [["E-1", "Search", 1, 6, 1]]
    assert "P" not in told.drop(columns="title").to_csv().replace("People", "")
    assert metric.holders(program.items).empty


MOVES = [work("a", 5, team="Core"), work("b", 5, team="Data"), work("c", 5, team="Data")]


def moved(then, now, items=({"item_id": "I"},), **tables):
    """What moved between two lists of activities, tied a -> b -> c."""
    programs = [
        program_of(
            list(items),
            [("a", "b"), ("b", "c")],
            until=day,
            activities=pd.DataFrame(activities),
            **tables,
        )
        for day, activities in (("2025-01-31", then), ("2025-03-31", now))
    ]
    days = [
        metric.expected_days(one, plans.schedule(one.activities, one.links, until=one.as_of))
        for one in programs
    ]
    return metric.moved_dependencies(*days, programs[1].links, since=programs[0].as_of)


def test_a_moved_date_is_told_where_it_arose_and_not_where_it_was_handed_on():
    begun = [MOVES[0] | {"start_no_earlier_on": "2025-06-02"}, *MOVES[1:]]
    later = [MOVES[0] | {"start_no_earlier_on": "2025-06-16"}, *MOVES[1:]]
    told = moved(begun, later)
    assert told[["key", "moved_days", "own_days", "behind", "teams"]].to_numpy().tolist() == [
        ["a", 14, 14, 2, "Data"]
    ]
    assert told["waits"].tolist() == ["b"]
    assert moved(begun, begun).empty


def test_what_an_owner_reports_later_than_the_links_demand_moves_the_date_too():
    plan = [MOVES[0] | {"start_no_earlier_on": "2025-06-02"}, *MOVES[1:]]
    told = moved(
        plan,
        plan,
        milestones=pd.DataFrame(
            [{"milestone_id": "M", "activity_id": "a", "due_on": "2025-07-31"}]
        ),
        milestone_forecasts=pd.DataFrame(
            {
                "milestone_id": ["M", "M"],
                "reported_on": ["2025-01-15", "2025-03-15"],
                "forecast_on": ["2025-06-06", "2025-07-31"],
            }
        ),
    )
    assert told[["key", "told_by", "moved_days"]].to_numpy().tolist() == [
        ["a", "milestone report", 55]
    ]


def test_an_item_put_into_a_later_sprint_has_moved_what_waits_for_it():
    sprints = pd.DataFrame(
        {
            "sprint_id": ["S1", "S2"],
            "starts_at": ["2025-02-03T09:00Z", "2025-03-24T09:00Z"],
            "ends_at": ["2025-02-14T17:00Z", "2025-04-04T17:00Z"],
        }
    )
    scope = pd.DataFrame(
        {
            "sprint_id": ["S1", "S2"],
            "item_id": ["A", "A"],
            "added_at": ["2025-01-30T09:00Z", "2025-03-24T09:00Z"],
            "removed_at": ["2025-02-14T17:00Z", None],
        }
    )
    program = program_of(
        [item("A", team="Core"), item("B", team="Apps")],
        [("A", "B")],
        sprints=sprints,
        sprint_scope=scope,
    )
    before = program.at("2025-01-31")
    nothing = plans.schedule(program.activities, program.links, until=UNTIL)
    told = metric.moved_dependencies(
        metric.expected_days(before, nothing),
        metric.expected_days(program, nothing),
        program.links,
        since=before.as_of,
    )
    assert told[["key", "told_by", "moved_days", "teams"]].to_numpy().tolist() == [
        ["A", "sprint", 49, "Apps"]
    ]


def all_warnings(program):
    return warned(program).ranked


def test_the_stories_of_the_sample_stand_in_the_list():
    program = tpm.load("sample:")
    told = all_warnings(program)
    assert told["rank"].tolist() == list(range(1, len(told) + 1))
    # Mobile slips: it moves the end, and gets more than it finishes
    assert told["team"].head(2).tolist() == ["Mobile", "Mobile"]
    assert told["critical"].head(2).all()
    grown = told[told["finding"] == "scope grows"].set_index("subject")
    assert "72 added, 49 finished" in grown.loc["Mobile", "counted"]
    # the regulation lands on two teams
    assert "127 added, 13 are usual, 2025-02-10 to 2025-02-23" in grown.loc["Ledger", "counted"]
    assert "90 added, 10 are usual" in grown.loc["Checkout", "counted"]
    # three teams in a circle
    assert "CHK-391" in told.loc[told["finding"] == "holds up a chain of work", "subject"].tolist()


def test_the_risk_that_came_true_was_a_moved_date_two_weeks_before_it_did():
    told = all_warnings(tpm.load("sample:").at("2025-04-14"))
    moved = told[told["finding"] == "a date others wait for has moved"].set_index("subject")
    assert moved.loc["A-CRT-05", "where"] == "A-CRT-05 Card scheme certification (Platform)"
    assert moved.loc["A-CRT-05", "days"] == 17


def test_of_nothing_nothing_is_warned():
    assert all_warnings(program_of([item("A")])).empty


def test_the_critical_path_comes_first_then_what_concerns_most():
    aged = pd.DataFrame(
        {
            "item_id": ["A", "B", "C"],
            "kind": "Story",
            "team": "Core",
            "counted_from": "start",
            "since_on": pd.Timestamp("2025-03-01"),
            "age_days": [31, 31, 40],
            "limit_days": 9,
            "behind": [0, 4, 0],
            "critical": [True, False, None],
        }
    )
    rest = [table.empty() for table in (BlockedChains, ScopeGrowth, Holders, MovedDependencies)]
    told = metric.warnings(
        Overdue.validate(Overdue.empty().reindex(range(3)).assign(**aged)), *rest
    )
    assert told["subject"].tolist() == ["A", "B", "C"]
    assert told["concerns"].tolist() == [1, 5, 1]
    assert told["counted"].iloc[0] == (
        "31 days since it was begun; 85 of 100 finished of the kind Story took up to 9"
    )


@needs_shared_data
def test_a_real_tracker_warns_of_its_chain_its_only_holder_and_its_one_epic():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    told = all_warnings(program)
    chains = told[told["finding"] == "holds up a chain of work"]
    assert chains["subject"].iloc[0] == "DAEMON-243"
    alone = told[told["finding"] == "hangs on one person"]
    assert set(alone["subject"]) == {"DAEMON", "TIMOB-28470"}
    # what is under way by its status: of 1,606 items not closed the others lie in the backlog
    assert (told["finding"] == "older than most ever get").sum() == 30
    assert len(told) == 39
    plan = plans.program_schedule(program)
    assert plan["activity_id"].tolist() == ["TIMOB-26570", "TIMOB-28470"]
    assert plan.loc[plan["critical"], "activity_id"].tolist() == ["TIMOB-26570"]
