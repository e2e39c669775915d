"""The whole way, from data to page: real notebooks over hostile and over real data."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.places import REPOSITORY, SHARED_DATA, needs_shared_data
from tpm_analytics import reports, workspace
from tpm_analytics.sources import sample

REPORTS = (
    "velocity",
    "flow",
    "forecast",
    "schedule",
    "risk",
    "budget",
    "resources",
    "dependencies",
)
HOSTILE = "</script><script>window.owned=1</script>**b** [x](javascript:window.owned=1) $y$ =1+1"
# Vega-Lite warns of step heights on charts as wide as the page, and draws them as asked
HARMLESS = 'Dropping "fit-y" because spec has discrete height'
PAGE_LIMIT = 1_500_000


def made(folder: Path, source: str) -> workspace.Workspace:
    """A workspace with the repository's own notebooks over `source`."""
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    tables = [f'[programs.p]\nsource = "{source}"\n']
    tables += [
        f'[reports.{name}]\ntitle = "{name}"\nnotebook = "{name}.ipynb"\n'
        f'parameters = {{ program = "p" }}\n'
        for name in REPORTS
    ]
    (folder / "tpm.toml").write_text("\n".join(tables), encoding="utf-8")
    return workspace.read(folder)


def text_of(page: Path) -> str:
    return " ".join(page.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The sample program with every text that a person writes made hostile, and its reports."""
    folder = tmp_path_factory.mktemp("hostile")
    sample.write(folder / "data")
    for path in (folder / "data").glob("*.csv"):
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        for column in {"title", "name", "goal", "reason", "response"} & set(table.columns):
            table[column] = table[column].where(table[column] == "", HOSTILE + table[column])
        if "team" in table:
            table["team"] = table["team"].replace({"Mobile": "Mobile " + HOSTILE})
        table.to_csv(path, index=False)
    home = made(folder, "folder:data")
    return home, reports.run_all(home)


def test_every_report_of_a_hostile_program_is_published_small_enough(hostile):
    _, runs = hostile
    assert [run.error for run in runs] == [None] * len(REPORTS)
    assert all(run.page.stat().st_size < PAGE_LIMIT for run in runs)


@pytest.mark.browser
def test_nothing_hostile_runs_and_every_chart_is_drawn(hostile, browser, tmp_path):
    home, runs = hostile
    for page_path in [*(run.page for run in runs), reports.index_path(home)]:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        wrong: list[str] = []
        page.on(
            "console",
            lambda said, wrong=wrong: None if HARMLESS in said.text else wrong.append(said.text),
        )
        page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
        page.on("dialog", lambda dialog, wrong=wrong: (wrong.append("dialog"), dialog.dismiss()))
        page.on(
            "request",
            lambda asked, wrong=wrong: (
                None
                if asked.url.startswith(("file:", "data:", "blob:"))
                else wrong.append(asked.url)
            ),
        )
        page.goto(page_path.as_uri())
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1500)
        assert page.evaluate("window.owned") is None
        assert wrong == []
        assert not page.query_selector_all("a[href^='javascript']")
        drawn, asked = page.evaluate(
            "[document.querySelectorAll('svg.marks').length,"
            " document.querySelectorAll('figure[data-chart]').length]"
        )
        assert drawn == asked
        page.screenshot(path=str(tmp_path / f"{page_path.parent.name}.png"), full_page=True)
        page.close()


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
    assert figures["items_carried_over"] == 975
