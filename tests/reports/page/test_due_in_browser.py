"""A page that nobody renewed says so when it is opened, and its policy lets the script run."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.reports import quick
from tpm_analytics import reports
from tpm_analytics.reports.ledger import ledger

pytestmark = pytest.mark.browser
TOML = quick.TOML.replace("[reports.velocity]", '[reports.velocity]\nevery = "mon 07:00"')


@pytest.fixture
def opened(tmp_path, monkeypatch, browser):
    """Open a page of a report that ran on Saturday 2025-03-29 at 12:00 UTC."""
    quick.without_kernel(monkeypatch)
    saturday = datetime(2025, 3, 29, 12, tzinfo=UTC)
    monkeypatch.setattr(ledger, "now", lambda: saturday)
    space = quick.space_with(tmp_path, TOML, figures=[("velocity", 31, "points")])
    reports.run_all(space)
    contexts = []

    def opened(name, *, after):
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda message: page.wrong.append(message.text))
        page.clock.set_fixed_time(saturday + after)
        page.goto((space.output / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


# Monday 07:00 in Madrid is 05:00 UTC that day, for the clocks change on Sunday: 41 hours later
@pytest.mark.parametrize(("hours", "late"), [(41.9, False), (42.1, True)])
def test_a_page_is_late_an_hour_after_its_next_run_was_due(opened, hours, late):
    page = opened("velocity/page.html", after=timedelta(hours=hours))
    assert page.locator(".standing").inner_text() == (
        "Next run due 31 March 2025, 07:00 (Europe/Madrid)."
    )
    banners = page.locator("aside.stale").all_inner_texts()
    assert banners == (
        [
            "This page is from 29 March 2025, 13:00 (Europe/Madrid). "
            "The run that was due 31 March 2025, 07:00 (Europe/Madrid) has not come."
        ]
        if late
        else []
    )
    assert page.wrong == []


def test_the_index_calls_a_late_report_overdue(opened):
    page = opened("index.html", after=timedelta(days=1))
    assert page.locator(".state").all_inner_texts() == ["Up to date"]
    assert page.locator("[data-summary]").inner_text() == "The report is up to date."
    page = opened("index.html", after=timedelta(days=3))
    assert page.locator(".state").all_inner_texts() == ["Overdue"]
    said = "0 of 1 reports are up to date; 1 is overdue."
    assert page.locator("[data-summary]").inner_text() == said
    assert "has not come" in page.locator(".why").inner_text()
    assert page.wrong == []
