"""The history page draws figures over the days asked for, and tells how runs ended, by itself."""

from datetime import UTC, datetime

from tests.reports.workspaces import make, report
from tpm_analytics.reports import publish
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Ending, Figure, ProgramFacts, Start
from tpm_analytics.reports.page import index, trends

TOML = """
[programs.sample]
source = "folder:data"
[reports.velocity]
title = "Velocity <b>"
"""
MONDAY = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def space_with(tmp_path):
    return make(tmp_path, {"velocity": report()}, TOML)


def ran(space, as_of=None, *figures, report="velocity", outcome="complete", **ending):
    path = space.output / ledger.FILE
    run = ledger.begin(path, Start(report=report, asked_at=MONDAY, started_at=MONDAY))
    facts = ProgramFacts(source="sample", as_of=as_of, time_zone="Asia/Tokyo") if as_of else None
    told = Ending(outcome=outcome, program=facts, figures=figures, **{"question": "all", **ending})
    ledger.end(path, run, told)


def share(value, **more):
    return Figure(name="commitment_kept", value=value, unit="share", **more)


def drawn(space):
    """The figures of the report over time."""
    found = ledger.entries(space.output / ledger.FILE, outcome="complete", limit=None)
    return {trend.label: trend for trend in trends.trends(found)}


def read(space):
    return trends.write(space).read_text()


def test_a_figure_is_a_line_over_the_days_it_was_asked_for(tmp_path):
    space = space_with(tmp_path)
    for day, value in (("2025-01-21", 0.8), ("2025-01-01", 0.5), ("2025-01-11", 0.2)):
        ran(space, day, share(value))
    trend = drawn(space)["Commitment kept"]
    assert (trend.now, trend.unit) == ("80 %", "")
    assert trend.change == "+30 percentage points since 1 Jan 2025"
    # from 6 to 234 across, and from 6 at the top, the largest value, to 42 at the bottom
    assert trend.line == "6,24 120,42 234,6"
    assert [point.said for point in trend.points] == [
        "1 Jan 2025: 50 %",
        "11 Jan 2025: 20 %",
        "21 Jan 2025: 80 %",
    ]


def test_of_several_runs_for_one_day_the_newest_counts_and_restated_ones_are_ringed(tmp_path):
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.5))
    ran(space, "2025-01-02", share(0.5))
    ran(space, "2025-01-02", share(0.6, was=0.5, was_run=2))
    first, last = drawn(space)["Commitment kept"].points
    assert (first.restated, last.restated) == (False, True)
    assert last.said == "2 Jan 2025: 60 %, restated, was 50 %"
    assert 'class="restated"' in read(space)


def test_days_are_drawn_and_unknown_values_leave_a_gap(tmp_path):
    space = space_with(tmp_path)
    for day, finish in (("2025-01-01", "2025-06-01"), ("2025-01-02", None)):
        ran(space, day, Figure(name="finish", value=finish))
    ran(space, "2025-01-03", Figure(name="finish", value="2025-06-11"))
    trend = drawn(space)["Finish"]
    assert [point.x for point in trend.points] == [6, 234]
    assert (trend.now, trend.change) == ("11 Jun 2025", "10 days later since 1 Jan 2025")


def test_text_and_a_single_day_are_told_without_a_line(tmp_path):
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.5), Figure(name="state", value="green", unit=None))
    assert [trend.points for trend in drawn(space).values()] == [(), ()]
    assert drawn(space)["Commitment kept"].change == "one day so far"
    assert "<polyline" not in read(space)


def test_figures_of_another_question_are_not_mixed_in(tmp_path):
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.1), question="one team")
    ran(space, "2025-01-02", share(0.5))
    ran(space, "2025-01-03", share(0.6))
    page = read(space)
    assert "2 Jan 2025 to 3 Jan 2025" in page
    assert "10 %" not in page


def test_a_hundred_equal_figures_are_a_level_line_of_the_newest_days(tmp_path):
    space = space_with(tmp_path)
    for day in range(100):
        moment = datetime.fromordinal(740000 + day)
        ran(space, f"{moment:%Y-%m-%d}", share(0.5))
    points = drawn(space)["Commitment kept"].points
    assert len(points) == trends.SHOWN_DAYS
    assert {point.y for point in points} == {trends.HEIGHT / 2}


def test_runs_are_told_newest_first_in_one_time_zone_and_safely(tmp_path):
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.5), duration_seconds=7.26)
    ran(space, outcome="failed", error="<img src=x> is empty.\nHint: export it again")
    ran(space, "2025-01-01", outcome="reused", reused=1)
    page = read(space)
    assert "Began (Asia/Tokyo)" in page
    assert page.count("3 Mar 2026, 08:30") == 3
    assert page.index("nothing had changed") < page.index("&lt;img src=x&gt; is empty.")
    assert "Velocity &lt;b&gt;" in page
    assert "7.3 s" in page
    assert "Hint" not in page


def test_it_needs_no_script_and_fetches_nothing(tmp_path):
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.5))
    page = read(space)
    assert "<script" not in page
    assert "default-src 'none'; script-src 'none'" in page.replace("&#39;", "'")


def test_reports_without_figures_or_runs_have_no_section(tmp_path):
    space = space_with(tmp_path)
    assert "Nothing has run yet" in read(space)
    ran(space, "2025-01-01")
    assert "<h2>Velocity" not in read(space)


def test_the_index_leads_to_it_and_it_leads_to_pages(tmp_path):
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.5))
    publish.publish(space.output / "velocity", page="<body>", notebook="{}")
    assert 'href="history.html"' in index.write(space).read_text()
    page = (space.output / "history.html").read_text()
    assert 'href="velocity/page.html"' in page
    assert 'href="index.html"' in page


def test_only_so_many_reports_are_drawn_and_the_rest_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(trends, "SHOWN_REPORTS", 0)
    space = space_with(tmp_path)
    ran(space, "2025-01-01", share(0.5))
    assert "1 more report is not drawn here" in read(space)
