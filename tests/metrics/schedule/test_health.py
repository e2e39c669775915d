"""The fourteen points, each seen to fail and to pass; and what is wrong in issue graphs."""

import numpy as np
import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.schedules import program_of, work
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics.metrics import schedule as graphs
from tpm_analytics.metrics import schedule as metric

FRIDAY = pd.Timestamp("2025-03-14")
BASELINE = {"baseline_start_on": "2025-03-03", "baseline_finish_on": "2025-03-07"}


def points(activities, links=(), until=FRIDAY, demand=()):
    program = program_of(
        activities,
        links,
        until=until,
        activity_demand=pd.DataFrame(
            {"activity_id": list(demand), "resource": "engineer", "units": 1.0}
        ),
    )
    return metric.schedule_health(
        program.activities, program.links, program.activity_demand, until=program.as_of
    ).set_index("key")


@pytest.mark.parametrize(
    ("key", "activities", "links", "value", "verdict"),
    [
        ("missing_logic", [work("a", 1), work("b", 1)], [("a", "b")], 0.5, "failed"),
        ("leads", [work("a", 5), work("b", 1)], [("a", "b", "FS", -1)], 1, "failed"),
        ("leads", [work("a", 5), work("b", 1)], [("a", "b")], 0, "passed"),
        ("lags", [work("a", 5), work("b", 1)], [("a", "b", "FS", 1)], 1, "failed"),
        ("finish_to_start", [work("a", 5), work("b", 1)], [("a", "b", "SS", 0)], 0, "failed"),
        ("finish_to_start", [work("a", 5), work("b", 1)], [("a", "b")], 1, "passed"),
        (
            "hard_constraints",
            [work("a", 5, finish_no_later_on="2025-12-31"), work("b", 5)],
            [],
            0.5,
            "failed",
        ),
        ("high_float", [work("a", 5), work("b", 44), work("c", 50)], [], 1 / 3, "failed"),
        ("negative_float", [work("a", 5, finish_no_later_on="2025-03-18")], [], 1, "failed"),
        ("high_duration", [work("a", 45), work("b", 44)], [], 0.5, "failed"),
        (
            "invalid_dates",
            [work("a", 1, actual_finish_on="2025-03-07")],
            [],
            1,
            "failed",
        ),
        ("resources", [work("a", 5), work("b", 5)], [], 0.5, "no threshold"),
        ("missed_tasks", [work("a", 5) | BASELINE], [], 1, "failed"),
        ("critical_path_test", [work("a", 5), work("b", 1)], [("a", "b")], 1, "passed"),
        # 5 working days left from Friday, and the baseline ended on that Friday a week before
        ("cpli", [work("a", 5) | BASELINE], [], -1, "failed"),
        ("bei", [work("a", 5) | BASELINE], [], 0, "failed"),
    ],
)
def test_each_point_by_hand(key, activities, links, value, verdict):
    told = points(activities, links, demand=["a"])
    assert told.loc[key, "value"] == pytest.approx(value)
    assert told.loc[key, "verdict"] == verdict


def test_a_point_names_its_worst_offenders_first_and_how_many_more():
    told = points([work(f"a{number}", 50 + number) for number in range(7)])
    assert told.loc["high_duration", "worst"].startswith("a6 (56); a5 (55)")
    assert told.loc["high_duration", "worst"].endswith("; 2 more")


def test_what_cannot_be_measured_has_no_verdict():
    told = points([work("a", 5)])
    assert told.loc["leads", "verdict"] == "nothing to measure"
    assert np.isnan(told.loc["missed_tasks", "value"])
    assert told.loc["bei", "passed"] is pd.NA


def test_the_critical_path_test_starts_on_the_way_to_the_end_and_not_at_a_fixed_day():
    told = points(
        [work("fixed", 5, finish_no_later_on="2025-03-18"), work("long", 50)], [], demand=["a"]
    )
    assert told.loc["negative_float", "value"] == 1
    assert told.loc["critical_path_test", "verdict"] == "passed"


def test_a_duration_that_only_the_baseline_tells_is_looked_at():
    told = points(
        [work("a", None, baseline_start_on="2025-03-17", baseline_finish_on="2025-12-31")]
    )
    assert told.loc["high_duration", "found"] == 1


def test_what_has_no_baseline_counts_as_due_where_others_have_one():
    done = {"actual_start_on": "2025-03-03", "actual_finish_on": "2025-03-07"}
    told = points([work("a", 5) | done | BASELINE, work("b", 5)])
    assert told.loc["bei", ["found", "of", "value"]].tolist() == [1, 2, 0.5]
    assert told.loc["bei", "verdict"] == "failed"
    assert points([work("a", 5) | done, work("b", 5)]).loc["bei", "verdict"] == "nothing to measure"


@pytest.mark.parametrize(
    ("key", "at", "beyond"),
    [
        # 1 of 20 is 5 %: at the threshold, and so within it
        ("hard_constraints", 1, 2),
        ("high_duration", 1, 2),
        ("missed_tasks", 1, 2),
    ],
)
def test_a_share_at_its_threshold_passes_and_one_more_fails(key, at, beyond):
    bad = {
        "hard_constraints": {"finish_no_later_on": "2026-12-31"},
        "high_duration": {"duration_days": 45},
        "missed_tasks": {},
    }[key]
    good = {"missed_tasks": {"actual_start_on": "2025-03-03", "actual_finish_on": "2025-03-07"}}
    for number, verdict in ((at, "passed"), (beyond, "failed")):
        rows = [
            work(f"a{n}", 5) | BASELINE | (bad if n < number else good.get(key, {}))
            for n in range(20)
        ]
        assert points(rows).loc[key, "verdict"] == verdict


def test_finished_work_is_looked_at_by_the_points_of_dates_and_the_baseline_only():
    done = {"actual_start_on": "2025-03-03", "actual_finish_on": "2025-03-07"} | BASELINE
    later = {"baseline_start_on": "2025-03-17", "baseline_finish_on": "2025-03-21"}
    told = points([work("a", 90) | done, work("b", 5) | later])
    assert told.loc["high_duration", "of"] == 1
    assert told.loc["missed_tasks", "value"] == 0
    assert told.loc["bei", "value"] == 1


def graph_of(items, links=(), until="2025-06-30", **tables):
    named = [{"created_at": "2025-05-01T09:00Z"} | item for item in items]
    program = tpm.Program.from_tables(
        {
            "items": pd.DataFrame(named),
            "links": pd.DataFrame(links, columns=["from_id", "to_id"]).assign(kind="blocks"),
            **tables,
        },
        as_of=until,
    )
    cases = graphs.issue_graph_cases(program)
    whole = graphs.issue_graph(cases, program.items, program.links)
    found = {
        key: cases.loc[cases["finding"] == name, "item_id"].tolist()
        for key, name in graphs.FINDINGS.items()
    }
    return {key: value for key, value in found.items() if value}, cases, whole


DONE = {"finished_at": "2025-05-20T09:00Z"}
OLD = {"item_id": "A", "points": 3, "created_at": "2024-12-01T09:00Z"}


@pytest.mark.parametrize(
    ("items", "links", "found"),
    [
        pytest.param(
            [{"item_id": "A"}, {"item_id": "B"} | DONE], [("A", "B")], {"early": ["B"]}, id="early"
        ),
        pytest.param(
            [{"item_id": "A"} | DONE, {"item_id": "B"}], [("A", "B")], {}, id="blocker is done"
        ),
        pytest.param(
            [{"item_id": "A", "started_at": "2025-06-01T09:00Z"}, {"item_id": "B"} | DONE],
            [("A", "B")],
            {"early": ["B"]},
            id="begun after the blocked one was done, which proves no direction",
        ),
        pytest.param(
            [{"item_id": "A", "created_at": "2025-05-21T09:00Z"}, {"item_id": "B"} | DONE],
            [("A", "B")],
            {"turned": ["B"]},
            id="created after the blocked one was done",
        ),
        pytest.param(
            [{"item_id": "A", "status": "Done"}, {"item_id": "B"} | DONE],
            [("A", "B")],
            {},
            id="done on an unknown day",
        ),
        pytest.param(
            [{"item_id": "A"}, {"item_id": "B", "parent_id": "A"}],
            [("A", "B")],
            {"turned": ["B"]},
            id="blocked by its parent",
        ),
        pytest.param(
            [
                {"item_id": "A"},
                {"item_id": "S", "parent_id": "A"},
                {"item_id": "B", "parent_id": "S"},
            ],
            [("A", "B")],
            {"turned": ["B"]},
            id="blocked by the parent of its parent",
        ),
        pytest.param(
            [{"item_id": "A"}, {"item_id": "B", "parent_id": "A"}],
            [("B", "A")],
            {},
            id="a parent waits for its parts",
        ),
        pytest.param(
            [{"item_id": "A", "team": "X"}, {"item_id": "B", "team": "Y"}],
            [("A", "B")],
            {"across": ["B"]},
            id="another team",
        ),
        pytest.param(
            [{"item_id": "A", "team": "X"}, {"item_id": "B", "team": None}],
            [("A", "B")],
            {},
            id="a team that is unknown is no other team",
        ),
        pytest.param([OLD], [], {"stale": ["A"]}, id="stale"),
        pytest.param([OLD | {"started_at": "2025-06-01T09:00Z"}], [], {}, id="begun, so not stale"),
        pytest.param([OLD | {"points": None}], [], {}, id="no estimate to be stale"),
        pytest.param([OLD | {"status": "Done"}], [], {}, id="done on an unknown day, so not stale"),
        pytest.param(
            [{"item_id": "E", "kind": "Epic"}, {"item_id": "F", "kind": "epic"} | DONE],
            [],
            {"empty": ["E"]},
            id="an open epic without items",
        ),
        pytest.param([{"item_id": "A"}], [("A", "Z")], {}, id="an end was not loaded"),
    ],
)
def test_each_finding_of_the_issue_graph(items, links, found):
    assert graph_of(items, links)[0] == found


def test_an_estimate_is_as_fresh_as_the_last_move_or_sprint_of_its_item():
    moves = pd.DataFrame(
        {
            "item_id": ["A"],
            "at": ["2025-03-01T09:00Z"],
            "from_status": ["Backlog"],
            "to_status": ["Ready"],
        }
    )
    assert graph_of([OLD], transitions=moves)[0] == {}
    assert graph_of([OLD], transitions=moves, until="2025-09-30")[0] == {"stale": ["A"]}
    sprints = pd.DataFrame({"sprint_id": ["S"], "starts_at": ["2025-03-03T09:00Z"]})
    scope = pd.DataFrame({"sprint_id": ["S"], "item_id": ["A"], "added_at": ["2025-03-01T09:00Z"]})
    _, cases, _ = graph_of([OLD], sprints=sprints, sprint_scope=scope, until="2025-09-30")
    assert cases["detail"].tolist() == ["estimated, and nobody has touched it since 2025-03-01"]


def test_an_estimate_below_the_hours_booked_is_stale_however_young():
    items = [
        {"item_id": "A", "estimate_hours": 8.0, "started_at": "2025-06-01T09:00Z"},
        {"item_id": "B", "estimate_hours": 8.0},
        {"item_id": "C", "estimate_hours": 8.0} | DONE,
    ]
    logs = pd.DataFrame(
        {"person_id": "P", "item_id": ["A", "A", "B", "C"], "worked_on": "2025-06-02"}
    ).assign(hours=[6.0, 4.5, 8.0, 20.0])
    found, cases, whole = graph_of(items, worklogs=logs)
    assert found == {"stale": ["A"]}
    assert cases["detail"].tolist() == ["10.5 hours booked on an estimate of 8"]
    assert whole.set_index("finding").loc[graphs.FINDINGS["stale"], "of"] == 2


def test_a_circle_of_items_is_named_in_the_order_of_waiting():
    found, cases, whole = graph_of(
        [{"item_id": name} for name in "ABCD"], [("C", "A"), ("A", "B"), ("B", "C"), ("C", "D")]
    )
    assert found == {"circle": ["A"]}
    assert cases["detail"].tolist() == ["A → B → C → A"]
    assert whole["cases"].tolist() == [1, 0, 0, 0, 0, 0]
    assert whole["of"].tolist() == [4, 4, 0, 0, 4, 4]


def test_an_item_that_blocks_itself_is_a_circle():
    assert graph_of([{"item_id": "A"}], [("A", "A")])[1]["detail"].tolist() == ["A → A"]


def test_a_frequent_finding_hides_no_other():
    items = [OLD | {"item_id": f"A{number}"} for number in range(9)] + [{"item_id": "A"}]
    _, cases, _ = graph_of([*items, {"item_id": "E", "kind": "epic"}], [("A", "A")])
    kept = graphs.first_cases(cases, each=2)
    assert kept["finding"].value_counts().to_dict() == {
        graphs.FINDINGS["circle"]: 1,
        graphs.FINDINGS["empty"]: 1,
        graphs.FINDINGS["stale"]: 2,
    }
    assert kept["finding"].drop_duplicates().tolist() == cases["finding"].unique().tolist()


def test_the_planted_circle_of_the_sample_is_found():
    cases = graphs.issue_graph_cases(tpm.load("sample:"))
    circles = cases[cases["finding"] == graphs.FINDINGS["circle"]]
    assert circles["detail"].tolist() == ["CHK-391 → PLT-431 → DAT-386 → CHK-391"]


@needs_shared_data
def test_of_a_real_tracker_each_finding_is_proved_by_its_items():
    program = tpm.load(f"jira:{SHARED_DATA / 'titanium_jira' / 'issues.jsonl.gz'}")
    cases = graphs.issue_graph_cases(program)
    found = graphs.issue_graph(cases, program.items, program.links).set_index("finding")
    keys = {key: found.loc[name, "cases"] for key, name in graphs.FINDINGS.items()}
    assert keys == {"circle": 0, "across": 1, "empty": 11, "stale": 45, "early": 53, "turned": 5}
    days = program.items.set_index("item_id")[["created_on", "finished_on"]]
    early = cases[cases["finding"] == graphs.FINDINGS["early"]]
    blocked = days.loc[early["item_id"], "finished_on"].to_numpy()
    blocker = days.loc[early["other_id"], "finished_on"]
    assert (blocker.isna() | (blocker.to_numpy() > blocked)).all()
    turned = cases[(cases["finding"] == graphs.FINDINGS["turned"])]
    later = turned[turned["detail"].str.contains("created")]
    made = days.loc[later["other_id"], "created_on"].to_numpy()
    assert (made > days.loc[later["item_id"], "finished_on"].to_numpy()).all()
