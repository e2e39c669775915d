"""The index says of each report what it answers, how fresh it is, and why it is not."""

from tests.reports.workspaces import make, report
from tpm_analytics import reports
from tpm_analytics.reports import publish
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Ending, Figure, ProgramFacts, Start
from tpm_analytics.reports.page import index

TOML = """
[programs.sample]
source = "folder:data/sample"
[reports.velocity]
title = "Velocity <b>"
question = "How fast & how steady?"
"""
PROGRAM = ProgramFacts(
    source="sample", as_of="2025-03-31", time_zone="Europe/Madrid", rows={"items": 1200}
)


def space_with(tmp_path):
    return make(tmp_path, {"velocity": report()}, TOML)


def ran(space, parameters=None, **ending):
    path = space.output / ledger.FILE
    now = ledger.now()
    run = ledger.begin(
        path, Start(report="velocity", asked_at=now, started_at=now, parameters=parameters or {})
    )
    if ending:
        ledger.end(path, run, Ending(**ending))


def published(space):
    publish.publish(space.output / "velocity", page="<body>", notebook="{}")


def read(space):
    return index.write(space).read_text()


def test_a_report_that_never_ran_is_listed_without_a_link(tmp_path):
    html = read(space_with(tmp_path))
    assert "Never ran" in html
    assert "Velocity &lt;b&gt;" in html
    assert "How fast &amp; how steady?" in html
    assert "page.html" not in html


def test_a_good_run_is_linked_with_its_day_data_and_figures(tmp_path):
    space = space_with(tmp_path)
    figures = tuple(Figure(name=f"figure_{i}", value=i) for i in range(5))
    ran(space, outcome="complete", program=PROGRAM, figures=figures)
    published(space)
    html = read(space)
    assert '<a href="velocity/page.html">' in html
    assert "Up to date" in html
    assert "sample as of 31 March 2025" in html
    assert "1,200 items" in html
    assert "(Europe/Madrid)" in html
    assert "Figure 2" in html
    assert "Figure 3" not in html


def test_a_card_says_what_its_figures_are_of(tmp_path):
    space = space_with(tmp_path)
    asked = {"program": "sample", "of": "CHK-3, <b>", "milestone": "M-11", "team": ""}
    figures = (Figure(name="finish", value="2025-10-06"),)
    ran(space, parameters=asked, outcome="complete", program=PROGRAM, figures=figures)
    published(space)
    assert "Of CHK-3, &lt;b&gt; · milestone M-11:" in read(space)


def test_a_failure_after_a_good_run_is_told_with_its_reason(tmp_path):
    space = space_with(tmp_path)
    ran(space, outcome="complete", program=PROGRAM)
    published(space)
    ran(space, outcome="failed", error="export.json <is> empty.\nHint: export it again")
    html = read(space)
    assert "Out of date" in html
    assert "export.json &lt;is&gt; empty. Hint: export it again" in html
    assert "sample as of 31 March 2025" in html


def test_a_report_that_only_failed_has_no_page_to_link(tmp_path):
    space = space_with(tmp_path)
    ran(space, outcome="failed", error="no data")
    html = read(space)
    assert ">Failed<" in html
    assert "page.html" not in html


def test_a_run_that_never_ended_is_not_up_to_date(tmp_path):
    space = space_with(tmp_path)
    ran(space, outcome="complete", program=PROGRAM)
    published(space)
    ran(space)
    assert "has not ended" in read(space)


def test_a_page_without_a_ledger_is_linked_and_doubted(tmp_path):
    space = space_with(tmp_path)
    published(space)
    html = read(space)
    assert "Out of date" in html
    assert "No run of this page is in the ledger" in html


def test_a_workspace_without_reports_has_an_index_too(tmp_path):
    space = make(tmp_path, {}, "")
    assert "No report is defined yet." in read(space)
    assert reports.index_path(space).is_file()
