"""A run that ends well but says too little does not replace a page that says more."""

from datetime import date

import pytest

from tests.reports import quick
from tests.reports.workspaces import make, report
from tpm_analytics import clock, reports
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports import publish


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    quick.without_kernel(monkeypatch)
    monkeypatch.setattr(clock, "today", lambda _: date(2025, 4, 3))


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


def with_checks(text):
    return f"{quick.TOML}[reports.velocity.checks]\n{text}\n"


FAILURES = {
    "no items": ("", {"rows": {"sprints": 3}}, "rows failed: sample has 0 rows in items"),
    "few rows": (
        "rows = { sprints = 30 }",
        {},
        "rows failed: sample has 24 rows in sprints, and 30 are wanted",
    ),
    "old data": (
        "max_age_days = 2",
        {},
        "max_age_days failed: the data of sample ends on 2025-03-31, 3 days ago",
    ),
    "no chart": ("charts = 2", {"charts": 1}, "charts failed: the page has 1 of the 2 charts"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_check_is_named_and_the_old_page_stays(tmp_path, name):
    checks, left, said = FAILURES[name]
    space = quick.space_with(tmp_path)
    assert run(space).outcome == "complete"
    space = make(tmp_path, {"velocity": report()}, with_checks(checks))
    quick.leave(space, **left)
    done = run(space, force=True)
    assert done.outcome == "check failed"
    assert said in str(done.error)
    page = done.page.read_text()
    assert 'class="stale"' in page
    assert "1,200 items" in page
    assert done.notebook.name == publish.FAILED


@pytest.mark.parametrize(
    ("checks", "left"),
    [
        ("max_age_days = 3", {}),
        ("rows = { items = 0 }", {"rows": {}}),
        ("rows = { items = 1200, sprints = 24 }", {}),
        ("charts = 1", {"charts": 1}),
    ],
)
def test_a_check_that_holds_to_the_letter_passes(tmp_path, checks, left):
    space = quick.space_with(tmp_path, with_checks(checks), **left)
    assert run(space).outcome == "complete"


def test_the_same_data_grows_too_old_to_be_reused(tmp_path, monkeypatch):
    space = quick.space_with(tmp_path, with_checks("max_age_days = 3"))
    assert [run(space).outcome, run(space).outcome] == ["complete", "reused"]
    monkeypatch.setattr(clock, "today", lambda _: date(2025, 4, 4))
    done = run(space)
    assert done.outcome == "check failed"
    assert "4 days ago" in str(done.error)
    assert 'class="stale"' in done.page.read_text()


def test_a_day_in_the_future_does_not_make_old_data_fresh(tmp_path):
    space = quick.space_with(tmp_path, with_checks("max_age_days = 2"), as_of="2025-04-03")
    assert run(space).outcome == "check failed"


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ("row = 1", "a key that nothing reads: row"),
        ("rows = 1\nrows.items = 1", "not valid TOML"),
        ('max_age_days = "3"', "is not a whole number of days"),
        ("charts = -1", "is not a whole number of charts"),
        ("rows = { items = true }", "is not a table"),
    ],
)
def test_a_check_that_nobody_knows_is_refused(tmp_path, checks, said):
    with pytest.raises(WorkspaceError, match=said):
        reports.definitions(make(tmp_path, {"velocity": report()}, with_checks(checks)))
