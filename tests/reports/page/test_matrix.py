"""The index of one notebook over many: a matrix that shows who failed, and hides nobody else."""

import re
from datetime import timedelta

import pytest

from tests.reports.workspaces import make, report
from tpm_analytics.reports import publish
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Ending, Start
from tpm_analytics.reports.ledger.ledger_file import opened
from tpm_analytics.reports.page import index, matrix
from tpm_analytics.reports.page.index import Card
from tpm_analytics.reports.words import Shown

TOML = """
[reports.risk]
notebook = "velocity.ipynb"
[reports.velocity]
question = "How <fast>?"
for_each = { team = ["Checkout", "Mobile & Web"] }
[reports.flow]
notebook = "velocity.ipynb"
for_each = { team = ["Mobile & Web", "Search"] }
[reports.review]
notebook = "velocity.ipynb"
for_each = { program = ["north"] }
"""


def card(name, state="fresh", why=""):
    link = "" if state in {"failed", "new"} else f"{name}/page.html"
    figures = (Shown(label="Velocity", text="31", unit="points"),) if link else ()
    return Card(
        name=name, title=name, question="", state=state, state_words=state, why=why, when="",
        link=link, figures=figures,
    )  # fmt: skip


@pytest.fixture
def space(tmp_path):
    return make(tmp_path, {"velocity": report()}, TOML)


def made(space, **states):
    every = definitions(space)
    cards = {name: card(name) for name in every}
    cards |= {name: card(name, *state) for name, state in states.items()}
    return matrix.matrices(every.values(), cards)


def test_members_are_rows_and_reports_columns_and_gaps_stay_empty(space):
    by_team, by_program = made(space)
    assert (by_team.title, by_program.title) == ("Team", "Program")
    assert [title for title, *_ in by_team.columns] == ["Velocity", "Flow"]
    assert {headline for *_, headline in by_team.columns} == {"Velocity"}
    shown = {row.member: [cell.name for cell in row.cells] for row in by_team.rows}
    both = [name for name in definitions(space) if "mobile" in name]
    assert shown == {
        "Checkout": ["velocity--checkout", ""],
        "Mobile & Web": both,
        "Search": ["", "flow--search"],
    }
    assert [row.member for row in by_program.rows] == ["north"]


def test_one_failure_is_counted_and_told_and_the_others_stand(space):
    failed = {"flow--search": ("failed", "no rows"), "velocity--checkout": ("stale", "old data")}
    by_team, by_program = made(space, **failed)
    assert by_team.summary == "2 of 4 reports are up to date."
    assert by_program.summary == "The report is up to date."
    assert [(cell.report, cell.why) for cell in by_team.troubles] == [
        ("Velocity, Checkout", "old data"),
        ("Flow, Search", "no rows"),
    ]


def test_the_index_shows_the_matrix_beside_the_other_reports(space):
    html = index.write(space).read_text()
    assert "By team" in html
    assert "Mobile &amp; Web" in html
    assert 'title="How &lt;fast&gt;?"' in html
    assert '<li id="risk">' in html
    assert '<li id="velocity--checkout">' not in html
    assert "0 of 6 reports are up to date." in html
    assert len(re.findall(r'<span id="[^"]+" class="state new">', html)) == 5


@pytest.mark.parametrize(("every", "shown"), [("hourly", "Overdue"), ("0 0 29 2 *", "Up to date")])
def test_a_cell_of_the_matrix_says_when_its_next_run_has_not_come(tmp_path, browser, every, shown):
    toml = f'[reports.velocity]\nevery = "{every}"\nfor_each = {{ team = ["Mobile"] }}\n'
    space = make(tmp_path, {"velocity": report()}, toml)
    path = space.output / ledger.FILE
    ended = ledger.now() - timedelta(hours=5)
    asked = Start(report="velocity--mobile", asked_at=ended, started_at=ended)
    run = ledger.begin(path, asked)
    ledger.end(path, run, Ending(outcome="complete"))
    with opened(path) as book:
        book.execute("UPDATE runs SET started_at = ?1, ended_at = ?1", (ended.isoformat(),))
    (space.output / "velocity--mobile").mkdir()
    (space.output / "velocity--mobile" / publish.PAGE).write_text("<body>")
    page = browser.new_page()
    page.goto(f"file://{index.write(space)}")
    assert page.locator(".matrix .state").inner_text() == shown
    late = "0 of 1 reports are up to date; 1 is overdue."
    said = late if shown == "Overdue" else "The report is up to date."
    assert page.locator("[data-summary]").all_inner_texts() == [said, said]
    page.close()
