"""The whole way, from data to page: real notebooks over an export that lacks most tables."""

from pathlib import Path

from tests.pages import REPORTS, made
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics import reports


def text_of(page: Path) -> str:
    return " ".join(page.read_text(encoding="utf-8").split())


@needs_shared_data
def test_titanium_export_without_changelog_says_what_is_unknown(tmp_path):
    export = SHARED_DATA / "titanium_jira" / "issues.jsonl.gz"
    runs = reports.run_all(made(tmp_path, f"jira:{export}"))
    assert [run.error for run in runs] == [None] * len(REPORTS)
    velocity = next(run for run in runs if run.report == "velocity")
    page = text_of(velocity.page)
    assert "start dates are unknown" in page
    assert "What was committed is <strong>unknown</strong>" in page
    assert "27 sprints" in page
    assert velocity.program.as_of == "2021-11-21"
    figures = {figure.name: figure.value for figure in velocity.figures}
    assert figures["commitment_kept"] is None
    assert figures["items_carried_over"] == 1373
    assert "1,373" in page
