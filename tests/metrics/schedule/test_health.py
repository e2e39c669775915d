"""The fourteen points, each seen to fail and to pass; and what is wrong in issue graphs."""

import numpy as np
import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.schedules import program_of, work
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
            [work("a", 1, actual_start_on="2025-03-10", actual_finish_on="2025-03-07")],
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
    assert told.loc["high_duration", "worst"].startswith("a6 (56.0); a5 (55.0)")
    assert told.loc["high_duration", "worst"].endswith("; 2 more")


def test_what_cannot_be_measured_has_no_verdict():
    told = points([work("a", 5)])
    assert told.loc["leads", "verdict"] == "nothing to measure"
    assert np.isnan(told.loc["missed_tasks", "value"])
    assert told.loc["bei", "passed"] is pd.NA


def test_finished_work_is_looked_at_by_the_points_of_dates_and_the_baseline_only():
    done = {"actual_start_on": "2025-03-03", "actual_finish_on": "2025-03-07"} | BASELINE
    told = points([work("a", 90) | done, work("b", 5)])
    assert told.loc["high_duration", "of"] == 1
    assert told.loc["missed_tasks", "value"] == 0
    assert told.loc["bei", "value"] == 1


def graph_of(items, links=(), until="2025-06-30"):
    named = [{"created_at": "2025-05-01T09:00Z"} | item for item in items]
    program = tpm.Program.from_tables(
        {
            "items": pd.DataFrame(named),
            "links": pd.DataFrame(links, columns=["from_id", "to_id"]).assign(kind="blocks"),
        },
        as_of=until,
    )
    cases = graphs.issue_graph_cases(program.items, program.links, until=program.as_of)
    whole = graphs.issue_graph(cases, program.items, program.links)
    found = {
        key: cases.loc[cases["finding"] == name, "item_id"].tolist()
        for key, name in graphs.FINDINGS.items()
    }
    return {key: value for key, value in found.items() if value}, cases, whole


DONE = {"finished_at": "2025-05-20T09:00Z"}


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
            [
                {"item_id": "A", "started_at": "2025-06-01T09:00Z"},
                {"item_id": "B"} | DONE,
            ],
            [("A", "B")],
            {"turned": ["B"]},
            id="begun after the blocked one was done",
        ),
        pytest.param(
            [{"item_id": "A"}, {"item_id": "B", "parent_id": "A"}],
            [("A", "B")],
            {"turned": ["B"]},
            id="blocked by its parent",
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
        pytest.param(
            [{"item_id": "A", "points": 3, "created_at": "2024-12-01T09:00Z"}],
            [],
            {"stale": ["A"]},
            id="stale",
        ),
        pytest.param(
            [
                {
                    "item_id": "A",
                    "points": 3,
                    "created_at": "2024-12-01T09:00Z",
                    "started_at": "2025-06-01T09:00Z",
                }
            ],
            [],
            {},
            id="begun, so not stale",
        ),
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


def test_a_circle_of_items_is_named_in_the_order_of_waiting():
    found, cases, whole = graph_of(
        [{"item_id": name} for name in "ABCD"], [("C", "A"), ("A", "B"), ("B", "C"), ("C", "D")]
    )
    assert found == {"circle": ["A"]}
    assert cases["detail"].tolist() == ["A -> B -> C -> A"]
    assert whole["cases"].tolist() == [1, 0, 0, 0, 0, 0]
    assert whole["of"].tolist() == [4, 4, 0, 4, 4, 4]


def test_the_planted_circle_of_the_sample_is_found():
    program = tpm.load("sample:")
    cases = graphs.issue_graph_cases(program.items, program.links, until=program.as_of)
    circles = cases[cases["finding"] == graphs.FINDINGS["circle"]]
    assert circles["detail"].tolist() == ["CHK-391 -> PLT-431 -> DAT-386 -> CHK-391"]
