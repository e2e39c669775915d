"""Health tells each finding with its count, share, examples and remedy, errors first."""

import numpy as np
import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.health.checks.small_programs import ITEM, MOVES, finding, program, rows
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics.metrics import health
from tpm_analytics.program import TABLES, Program, Workflow
from tpm_analytics.results.health import Findings, Tables, WorkflowStages


def test_examples_stop_at_five_and_say_so():
    items = rows(ITEM, *(f"A-{n},2025-03-05,,2025-03-04" for n in range(7)))
    found = finding(program(items=items), "finished-before-created")
    assert found["examples"] == "A-0, A-1, A-2, A-3, A-4, ..."
    assert found["count"] == 7


def test_errors_come_first_then_warnings_then_notes():
    items = rows(
        "item_id,kind,created_at,finished_at",
        "A-1,Story,2025-03-03,2025-03-04",
        "A-2,Bug,2025-03-03,2025-03-02",
    )
    found = health.findings(program(items=items))
    assert found["check"].tolist() == [
        "finished-before-created",
        "points-missing",
        "start-unknown",
    ]
    assert found["severity"].tolist() == ["error", "warning", "note"]


def test_a_clean_program_has_no_findings_but_the_declared_columns():
    found = health.findings(program())
    assert found.empty
    assert list(Findings.validate(found).columns) == list(Findings.declared())


def test_a_program_without_items_has_no_findings():
    empty = Program.from_tables({"items": rows("item_id")}, as_of="2025-03-03")
    assert health.findings(empty).empty
    assert WorkflowStages.validate(health.workflow(empty)).empty
    assert (Tables.validate(health.tables(empty))["rows"] == 0).all()


def test_tables_tell_rows_and_days_of_each_table():
    found = health.tables(
        program(
            items=rows(ITEM, "A-1,2025-03-03,,2025-03-09T23:30Z"),
            deployments=rows("deployment_id,deployed_at", "d1,2025-03-04T10:00Z"),
            links=rows("from_id,to_id,kind", "A-1,A-2,blocks"),
        )
    ).set_index("table")
    assert list(found.index) == list(TABLES)
    assert found.loc["items", "rows"] == 1
    assert found.loc["items", "first_on"] == pd.Timestamp("2025-03-03")
    assert found.loc["items", "last_on"] == pd.Timestamp("2025-03-09")
    assert found.loc["deployments", "last_on"] == pd.Timestamp("2025-03-04")
    assert found.loc["links", "rows"] == 1
    assert pd.isna(found.loc["links", "first_on"])
    assert found.loc["risks", "rows"] == 0


def test_workflow_tells_the_stage_of_each_status_and_how_it_is_known():
    tables = {
        "items": rows("item_id,status,created_at", "A-1,Open,2025-03-03", "A-2,Limbo,2025-03-03"),
        "transitions": rows(MOVES, "A-1,2025-03-04T09:00Z,Open,Done"),
    }
    found = health.workflow(Program.from_tables(tables))
    assert found.to_numpy().tolist() == [
        ["Open", "backlog", "inferred", 0, 1],
        ["Limbo", "waiting", "unknown", 1, 0],
        ["Done", "done", "inferred", 1, 1],
    ]
    given = Workflow({"Open": "backlog", "Limbo": "active", "Done": "done", "Never": "done"})
    told = health.workflow(Program.from_tables(tables, workflow=given))
    assert told["told"].unique().tolist() == ["given"]
    assert told.set_index("status").loc["Never", ["items", "entries"]].tolist() == [0, 0]


@pytest.fixture(scope="module")
def titanium():
    return tpm.load(f"jira:{SHARED_DATA}/titanium_jira/issues.jsonl.gz")


@pytest.fixture(scope="module")
def archive():
    folder = SHARED_DATA / "titanium_jira"
    names = ("issues", "sprints", "issue_links", "issue_sprints")
    return {name: pd.read_csv(folder / f"{name}.csv") for name in names}


@needs_shared_data
def test_findings_on_a_real_jira_archive_are_those_counted_in_its_flat_files(titanium, archive):
    found = health.findings(titanium).set_index("check")
    issues, sprints = archive["issues"], archive["sprints"]

    late = pd.to_datetime(sprints["completeDate"]) - pd.to_datetime(sprints["endDate"])
    assert late.dt.days.max() == 2603
    assert found.loc["sprint-closed-late", "count"] == (late.dt.days > 7).sum() == 22
    assert found.loc["sprint-closed-late", "examples"].startswith("2013 Sprint 14 (2,603 days)")

    ends = archive["issue_links"]
    leaving = ~ends["other_key"].isin(issues["key"])
    assert leaving.mean() == pytest.approx(0.226, abs=0.001)
    assert found.loc["link-leaves-set", "count"] == leaving.sum() == 1315

    visits = archive["issue_sprints"].groupby("issue_key")["sprint_id"].nunique()
    assert found.loc["item-carried", "count"] == (visits > 5).sum() == 210
    assert found.loc["item-carried", "examples"].startswith("TIMOB-25768 (27 sprints)")

    resolved = pd.to_datetime(issues["resolved"]).dropna()
    by_day = resolved.dt.date.value_counts()
    quarter, half, rest = by_day.quantile([0.25, 0.5, 0.75])
    far_out = by_day[by_day > half + 5 * (rest - quarter)]
    assert found.loc["finished-in-bulk", "count"] == far_out.sum() == 195
    assert found.loc["finished-in-bulk", "examples"].startswith("2012-07-19 (70 items)")

    stories = issues[issues["type"].str.contains("Story") & issues["resolved"].notna()]
    assert found.loc["points-missing", "count"] == stories["story_points"].isna().sum() == 473
    assert found.loc["points-missing", "share"] == pytest.approx(473 / 626)
    unresolved = (issues["status_category"] == "done") & issues["resolved"].isna()
    assert found.loc["done-without-finish", "count"] == unresolved.sum() == 60
    assert found.loc["start-unknown", "share"] == 1.0


@needs_shared_data
def test_a_real_archive_raises_no_error_for_being_real(titanium):
    assert "error" not in set(health.findings(titanium)["severity"])


def test_a_hundred_thousand_items_give_the_counts_put_into_them():
    count = 100_000
    created = pd.Timestamp("2025-01-01T09:00Z") + pd.to_timedelta(np.arange(count) % 300, unit="D")
    items = pd.DataFrame(
        {
            "item_id": [f"A-{number}" for number in range(count)],
            "created_at": created,
            "started_at": created + pd.Timedelta(days=2),
            "finished_at": created + pd.to_timedelta(1 + np.arange(count) % 10, unit="D"),
        }
    )
    found = finding(program(items=items), "finished-before-started")
    assert found["count"] == count // 10
