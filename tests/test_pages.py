"""The whole way, from data to page: real notebooks over hostile data."""

import pandas as pd
import pytest

from tests.pages import REPORTS, made
from tpm_analytics import reports
from tpm_analytics.sources import sample

HOSTILE = "</script><script>window.owned=1</script>**b** [x](javascript:window.owned=1) $y$ =1+1"
# Vega-Lite warns of step heights on charts as wide as the page, and draws them as asked
HARMLESS = 'Dropping "fit-y" because spec has discrete height'
PAGE_LIMIT = 1_500_000


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
def test_nothing_hostile_runs_and_every_chart_is_drawn(hostile, browser):
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
        page.wait_for_selector("figure[data-chart]:not([data-drawn])", state="detached")
        assert page.evaluate("window.owned") is None
        assert wrong == []
        assert not page.query_selector_all("a[href^='javascript']")
        drawn, asked = page.evaluate(
            "[document.querySelectorAll('svg.marks').length,"
            " document.querySelectorAll('figure[data-chart]').length]"
        )
        assert drawn == asked
        page.close()
