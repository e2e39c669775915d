"""What changed since last time, counted by hand; and figures that late data has restated."""

import pandas as pd
import pytest

from tests.reports import quick
from tpm_analytics import reports
from tpm_analytics.reports import changes, publish, words
from tpm_analytics.reports.ledger import history, ledger
from tpm_analytics.reports.ledger.entry import Entry
from tpm_analytics.reports.page import news

BEFORE = [
    {"id": "A-1", "title": "Log in", "team": "Core", "created_on": "2025-03-01"},
    {"id": "A-2", "title": "Pay", "team": "Core", "created_on": "2025-03-02"},
    {"id": "A-3", "title": "Ship", "team": "Web", "finished_on": "2025-03-10"},
    {"id": "A-4", "title": "Send", "team": "Web", "finished_on": "2025-03-11"},
    {"id": "A-5", "title": "Gone", "team": "Web"},
    {"record": "milestone", "id": "M-1", "title": "Beta", "due_on": "2025-05-01"},
]
NOW = [
    {"id": "A-1", "title": "Log in", "team": "Core", "created_on": "2025-03-01"},
    {"id": "A-2", "title": "Pay", "team": "Core", "finished_on": "2025-03-20"},
    {"id": "A-3", "title": "Ship", "team": "Web"},
    {"id": "A-4", "title": "Send", "team": "Web", "finished_on": "2025-03-12"},
    {"id": "A-6", "title": "<b>New</b>", "team": "Core", "created_on": "2025-03-21"},
    {"id": "A-7", "team": "Core", "created_on": "2025-03-22", "finished_on": "2025-03-23"},
    {"record": "milestone", "id": "M-1", "title": "Beta", "due_on": "2025-05-15"},
]


def between(**options):
    found = changes.between(quick.state(BEFORE), quick.state(NOW), **options)
    return {
        (one.record, one.what): (one.count, [example["id"] for example in one.examples])
        for one in found
    }


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


@pytest.fixture
def space(tmp_path, monkeypatch):
    quick.without_kernel(monkeypatch)
    return quick.space_with(
        tmp_path, figures=[("velocity", 31, "points"), ("kept", 0.8, "share")], items=BEFORE
    )


def rerun(space, figures, *, items=NOW, data="later", **program):
    quick.write_data(space, data)
    quick.leave(space, figures=figures, items=items, **program)
    return run(space)


def test_each_item_is_counted_where_it_belongs():
    assert between() == {
        ("item", "new"): (2, ["A-7", "A-6"]),
        ("item", "finished"): (2, ["A-7", "A-2"]),
        ("item", "reopened"): (1, ["A-3"]),
        ("item", "re-dated"): (1, ["A-4"]),
        ("item", "gone"): (1, ["A-5"]),
        ("milestone", "re-dated"): (1, ["M-1"]),
    }


def test_a_page_about_one_team_tells_of_its_items_and_of_milestones():
    assert set(between(team="Core")) == {
        ("item", "new"),
        ("item", "finished"),
        ("milestone", "re-dated"),
    }


def test_nothing_that_happened_is_nothing_to_tell():
    assert changes.between(quick.state(NOW), quick.state(NOW)) == []


def test_of_many_items_a_few_are_named_and_all_are_counted():
    many = quick.state([{"id": f"A-{n:03}"} for n in range(500)])
    (moved,) = changes.between(many.head(0), many)
    assert (moved.what, moved.count, len(moved.examples)) == ("new", 500, changes.MOST_EXAMPLES)


@pytest.mark.parametrize(
    ("now", "then", "unit", "said"),
    [
        (34, 31, "points", "+3 points"),
        (2.5, 2.75, "days", "−0.2 days"),
        (0.79, 0.83, "share", "−4 percentage points"),
        (0.8301, 0.83, "share", "about the same"),
        (1200, 1000, "items", "+200 items"),
        ("2025-03-12", "2025-03-07", None, "5 days later"),
        ("2025-03-06", "2025-03-07", None, "1 day earlier"),
        (None, 3, "days", "was 3"),
        (3, None, "days", "was unknown"),
        ("red", "green", None, "was green"),
        (7, 7, "days", "no change"),
    ],
)
def test_a_difference_is_said_in_words(now, then, unit, said):
    assert words.difference(now, then, unit) == said


def test_the_first_page_says_that_there_is_nothing_to_compare_with(space):
    page = run(space).page.read_text()
    assert "This is the first run" in page
    assert "since last time" not in page


def test_the_next_page_says_what_changed_and_which_items_explain_it(space):
    run(space)
    done = rerun(space, [("velocity", 34, "points"), ("kept", 0.76, "share")])
    page = done.page.read_text()
    assert "+3 points since last time" in page
    assert "−4 percentage points since last time" in page
    assert "<td>Velocity</td><td>34 points</td><td>31 points</td><td>+3 points</td>" in page
    assert "2 items finished" in page
    assert "1 milestone given other dates" in page
    assert "M-1: Beta (1 May 2025 → 15 May 2025)" in page
    assert "A-6: &lt;b&gt;New&lt;/b&gt;" in page
    assert "Log in" not in page


def test_the_state_of_the_items_is_never_in_the_notebook(space):
    run(space)
    folder = space.output / "velocity"
    assert "Log in" not in (folder / publish.NOTEBOOK).read_text()
    (kept,) = (folder / publish.STATE).glob("items-*.parquet")
    assert len(pd.read_parquet(kept)) == len(BEFORE)


def test_runs_that_asked_something_else_are_not_compared(space):
    run(space)
    run(space, overrides={"team": "Core"})
    assert "This is the first run" in (space.output / "velocity" / publish.PAGE).read_text()
    done = rerun(space, [("velocity", 40, "points")])
    assert "+9 points since last time" in done.page.read_text()


def test_a_program_that_moved_elsewhere_compares_figures_but_no_items(space):
    run(space)
    page = rerun(space, [("velocity", 34, "points")], source="other").page.read_text()
    assert "+3 points" in page
    assert "The items of then and now cannot be compared." in page


def test_late_data_restates_a_figure_on_page_index_and_in_the_history(space):
    first = run(space)
    done = rerun(space, [("velocity", 28, "points"), ("kept", 0.8, "share")])
    assert [(figure.was, figure.was_run) for figure in done.figures] == [
        (31, first.id),
        (None, None),
    ]
    page = done.page.read_text()
    assert "Restated: was 31 points" in page
    assert "Velocity is restated: late data has changed it." in page
    assert "31 points was reported for this day." in page
    assert "Restated: was 31 points" in reports.index_path(space).read_text()
    table = history.frame(space)
    restated = table[table["restated_run"].notna()]
    (row,) = restated[["run", "figure", "restated_from"]].to_dict("records")
    assert row == {"run": 2, "figure": "velocity", "restated_from": "31"}
    assert "restated, was 31" in history.chart(table, "velocity")[1]
    assert history.runs(table)["note"].tolist() == ["", "restated velocity"]


def test_another_day_restates_nothing(space):
    run(space)
    done = rerun(space, [("velocity", 28, "points")], as_of="2025-04-01")
    assert done.figures[0].was_run is None
    assert "Restated" not in done.page.read_text()


def test_another_way_of_counting_over_the_same_data_restates_nothing(space):
    run(space)
    quick.leave(space, figures=[("velocity", 28, "points")], items=BEFORE)
    assert run(space, force=True).figures[0].was_run is None


@pytest.mark.parametrize(
    ("then", "said", "changed"),
    [
        ((31, 0.5), "No figure changed.", []),
        ((28, 0.5), "1 other figure is the same.", ["+3 points"]),
        ((28, 0.4), "", ["+3 points", "+10 percentage points"]),
    ],
)
def test_only_figures_that_changed_are_listed(then, said, changed):
    figures = [
        {"name": "velocity", "now": 31, "then": then[0], "unit": "points"},
        {"name": "kept", "now": 0.5, "then": then[1], "unit": "share"},
    ]
    told = {"since": {"ran_at": ledger.now()}, "figures": figures, "moved": None}
    news_told = news.of(told, "UTC")
    assert news_told.said.startswith(said or "The items")
    assert [row.change for row in news_told.rows] == changed


def test_news_without_items_or_figures_say_so():
    last = Entry(
        id=1, report="velocity", asked_at=ledger.now(), started_at=ledger.now(), ended_at=None,
        outcome="complete", error=None, program=None, parameters={}, package="0.1",
    )  # fmt: skip
    told = news.of(changes.told([], last, []), "UTC")
    assert told.said == "No item came, was finished, reopened or given other dates."
    assert news.of({}, "UTC") is None
