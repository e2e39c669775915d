"""Executives see no single item, and readers outside no name and no title, wherever they look."""

import base64
import gzip
import io
import re
import shutil
import sqlite3

import altair as alt
import nbformat
import pandas as pd
import pytest

from tests.places import REPOSITORY
from tests.reports.workspaces import PROGRAM, code, make, notebook, output, report
from tpm_analytics import reports, workspace
from tpm_analytics.charts import theme
from tpm_analytics.program import pseudonyms
from tpm_analytics.reports import facts, publish
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.readers import audience, fitting
from tpm_analytics.reports.sharing import Sharing
from tpm_analytics.sources import load, sample

EXECUTIVE = Sharing(audience="executive")
ITEMS = pd.DataFrame(
    {
        "item_id": ["TPM-1", "TPM-2"],
        "title": ["A secret plan", "Another one"],
        "team": ["Core", "Web"],
        "days": [3, 9],
    }
)


def bundle(chart):
    with alt.theme.enable("tpm"):
        return theme.render(chart.to_dict())


def fitted(*bundles, text="# Page"):
    cells = [code("x", outputs=[output(bundle)]) for bundle in bundles]
    return fitting.fit(notebook(text, *cells), EXECUTIVE)


def kinds(made):
    return [sorted(each.data) for cell in made.cells for each in cell.get("outputs", [])]


# Executives


def test_executives_get_figures_sentences_and_charts_but_no_table_and_nothing_printed():
    made = fitted(
        {facts.PROGRAM_MIME: PROGRAM, "text/plain": "sample"},
        {facts.FIGURE_MIME: {"name": "velocity", "value": 3}, "text/plain": "velocity = 3"},
        {"text/html": "<table><tr><td>TPM-1</td></tr></table>", "text/plain": "TPM-1"},
        {"text/markdown": "**Core** is late.", "text/plain": "Core is late."},
        {"text/markdown": "| item |\n|---|\n| TPM-1 |", "text/plain": "TPM-1"},
        {"text/plain": "TPM-1 in words"},
        {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure with TPM-1>"},
    )
    assert kinds(made) == [
        [facts.PROGRAM_MIME, "text/plain"],
        [facts.FIGURE_MIME, "text/plain"],
        ["text/markdown", "text/plain"],
        ["image/png"],
    ]
    assert "TPM-1" not in nbformat.writes(made)
    assert "left out here" in made.cells[-1].source


def test_what_is_printed_and_warned_of_is_no_business_of_executives():
    cell = code("x", outputs=[nbformat.v4.new_output("stream", name="stdout", text="TPM-1")])
    assert "TPM-1" not in nbformat.writes(fitting.fit(notebook("# P", cell), EXECUTIVE))


def test_a_chart_of_items_keeps_its_marks_and_loses_who_they_are():
    points = alt.Chart(ITEMS).mark_circle().encode(x="days:Q", y="team:N", href="title:N")
    points = points.encode(tooltip=["item_id:N", "title:N", "days:Q"])
    made = fitted(bundle(points))
    ((_, *_),) = kinds(made)
    text = nbformat.writes(made)
    for gone in ("TPM-1", "A secret plan", "item_id", "tooltip"):
        assert gone not in text
    shown = made.cells[1].outputs[0].data
    (rows,) = shown[theme.VEGALITE_MIME]["datasets"].values()
    assert [dict(row) for row in rows] == [{"team": "Core", "days": 3}, {"team": "Web", "days": 9}]
    assert "<svg" in shown["image/svg+xml"]


@pytest.mark.parametrize(
    "chart",
    [
        alt.Chart(ITEMS).mark_bar().encode(x="days:Q", y="item_id:N"),
        alt.Chart(ITEMS).mark_bar().encode(x="days:Q", y="title:N"),
        alt.Chart(ITEMS)
        .mark_text()
        .encode(text="label:N")
        .transform_calculate(label="datum.item_id + ' late'"),
        alt.Chart(ITEMS)
        .mark_text()
        .encode(text="label:N")
        .transform_calculate(label="datum['title']"),
        alt.layer(
            alt.Chart(ITEMS).mark_bar().encode(x="days:Q"),
            alt.Chart(ITEMS).mark_text().encode(text="title:N"),
        ),
        alt.Chart(alt.InlineData(ITEMS.to_dict("records"))).mark_bar().encode(y="item_id:N"),
    ],
)
def test_a_chart_that_draws_the_items_themselves_is_left_out(chart):
    made = fitted(bundle(chart))
    assert kinds(made) == []
    assert "TPM-1" not in nbformat.writes(made)
    assert "A secret plan" not in nbformat.writes(made)


def test_a_chart_of_groups_stays_as_it_is():
    groups = ITEMS.groupby("team", as_index=False)["days"].sum()
    chart = alt.Chart(groups, title="Days").mark_bar().encode(x="days:Q", tooltip=["team:N"])
    whole = bundle(chart)
    (cell,) = [cell for cell in fitted(whole).cells if cell.cell_type == "code"]
    assert dict(cell.outputs[0].data) == whole


def test_a_heading_whose_tables_are_gone_goes_too_and_others_stay():
    made = fitting.fit(
        notebook(
            "# Page",
            "## Which items?",
            code("x", outputs=[output({"text/html": "<table></table>"})]),
            "## How fast?",
            code("x", outputs=[output({"text/html": "<table></table>"})]),
            code("x", outputs=[output({"text/markdown": "Fast."})]),
            "## How was this counted?\n\nBy hand.",
        ),
        EXECUTIVE,
    )
    said = [cell.source for cell in made.cells if cell.cell_type == "markdown"]
    assert said[:-1] == ["# Page", "## How fast?", "## How was this counted?\n\nBy hand."]


def test_of_what_changed_executives_see_counts_only():
    made = notebook("# Page")
    moved = {"record": "item", "what": "new", "count": 2, "examples": [{"id": "TPM-1"}]}
    made.metadata["tpm"] = {"changes": {"since": None, "figures": [], "moved": [moved]}}
    told = fitting.fit(made, EXECUTIVE)
    assert told.metadata.tpm.changes.moved[0] == {**moved, "examples": []}
    assert made.metadata.tpm.changes.moved[0]["examples"]


def test_the_team_gets_the_notebook_as_it_is():
    made = notebook("# Page", code("x", outputs=[output({"text/html": "<table></table>"})]))
    assert fitting.fit(made, Sharing()) is made


# Readers outside


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """Reports of the sample program for readers outside, and two that fail over its data."""
    folder = tmp_path_factory.mktemp("outside")
    sample.write(folder / "data")
    shutil.copytree(folder / "data", folder / "broken")
    items = (folder / "broken" / "items.csv").read_text().splitlines()
    items[1] = items[1].replace("Medium,", "Medium,lucia.ortega ", 1)
    (folder / "broken" / "items.csv").write_text("\n".join(items))
    made = make(
        folder,
        {
            "failing": report(
                code(
                    "import sys, tpm_analytics\n"
                    "from tpm_analytics.sources import folder\n"
                    "from tpm_analytics.sources.reading import Options\n"
                    "raw = folder.read('data', Options()).tables['items']\n"
                    "print('warned of', raw['title'][0], file=sys.stderr)\n"
                    "print('quoted', raw['title'][1])\n"
                    "raise KeyError(raw['title'][2], raw['assignee_id'][0])"
                )
            ),
        },
        "",
    )
    for name in ("risk", "resources"):
        shutil.copyfile(
            REPOSITORY / "notebooks" / f"{name}.ipynb", folder / "notebooks" / f"{name}.ipynb"
        )
    text = '[programs.p]\nsource = "folder:data"\n[programs.q]\nsource = "folder:broken"\n'
    for name, parameters, more in (
        ("risk", 'program = "p"', 'formats = ["email"]\npublish = ["folder:out"]'),
        ("resources", 'program = "p", people = "named"', 'hide = ["teams", "workstreams"]'),
        ("failing", 'program = "p"', ""),
        ("unreadable", 'program = "q"', 'notebook = "risk.ipynb"'),
    ):
        text += (
            f'[reports.{name}]\naudience = "external"\nparameters = {{ {parameters} }}\n{more}\n'
        )
    (made.root / "tpm.toml").write_text(text)
    home = workspace.read(made.root)
    return home, {done.report: done for done in reports.run_all(home)}


@pytest.fixture(scope="module")
def originals():
    """Every title, name, reason and person of the sample program."""
    program = load("sample:")
    found = set(program.items["url"].dropna())
    for table, columns in pseudonyms.REPLACED.items():
        for column in columns:
            found |= set(getattr(program, table)[column].dropna())
    # "Data 20" is a sprint, and also how a table says that the team Data has 20 of something
    return {word for word in found if not re.fullmatch(r"(?:\w+ |[A-Z]+-S)\d+", word)}


def told_by(path):
    """All that a file says, unpacked."""
    content = path.read_bytes()
    if path.suffix == ".parquet":
        return pd.read_parquet(io.BytesIO(content)).to_csv()
    text = content.decode("utf-8", "replace")
    packed = re.findall(r'<script type="text/plain"[^>]*>([^<]*)</script>', text)
    return text + "".join(gzip.decompress(base64.b64decode(part)).decode() for part in packed)


def found_in(text, words):
    """Those of many words that stand in a text, found in one pass over its letters."""
    letters = 10
    starts = {}
    for word in words:
        starts.setdefault(word[:letters], []).append(word)
    short = [word for word in words if len(word) < letters and word in text]
    places = (i for i in range(len(text)) if text[i : i + letters] in starts)
    return short + [
        w for i in places for w in starts[text[i : i + letters]] if text.startswith(w, i)
    ]


def test_words_are_found_by_one_pass():
    words = {"lucia.ortega", "A retry without a key", "kim", "absent here"}
    text = "by lucia.ortega and kim: A retry without a key pays"
    assert sorted(found_in(text, words)) == ["A retry without a key", "kim", "lucia.ortega"]


def test_no_title_and_no_person_is_told_anywhere(outside, originals):
    home, runs = outside
    outcomes = {name: done.outcome for name, done in runs.items()}
    assert outcomes == {
        "risk": "complete",
        "resources": "complete",
        "failing": "failed",
        "unreadable": "failed",
    }
    files = [p for place in ("reports", "out") for p in (home.root / place).rglob("*")]
    names = {path.name for path in files}
    assert {publish.PAGE, publish.NOTEBOOK, publish.FAILED, "email.html", ledger.FILE} <= names
    assert len(originals) > 5_000
    for path in files:
        if path.is_file():
            assert found_in(told_by(path), originals) == [], path
    rows = sqlite3.connect(home.output / ledger.FILE).execute("SELECT * FROM runs").fetchall()
    figures = sqlite3.connect(home.output / ledger.FILE).execute("SELECT * FROM figures")
    said = str(rows) + str(figures.fetchall()) + str(runs)
    assert found_in(said, originals) == []


def test_teams_and_workstreams_are_hidden_where_that_is_asked_for(outside):
    home, runs = outside
    program = load("sample:")
    kept = set(program.items["team"].dropna()) | set(program.allocations["workstream"])
    text = "".join(
        told_by(path)
        for path in (home.output / "resources").rglob("*")
        if path.is_file() and path.name != publish.NOTEBOOK
    )
    # "Data" and the like are words of every page: only names that are none are looked for
    assert [word for word in kept if " " in word and word in text] == []
    assert re.search(r"Team [0-9a-f]{6}", text)
    assert "Mobile" in told_by(runs["risk"].page)


def test_the_page_says_that_it_shows_pseudonyms_and_they_hold_from_report_to_report(outside):
    _, runs = outside
    assert "shown by pseudonyms" in told_by(runs["risk"].page)
    people = [
        set(re.findall(r"Person [0-9a-f]{6}", told_by(runs[name].page)))
        for name in ("risk", "resources")
    ]
    assert people[0] & people[1]


def test_a_failed_run_says_where_and_not_what(outside):
    home, runs = outside
    error = runs["failing"].error
    told = r"failing\.ipynb at In \[\d\] failed; what it says is kept from readers outside\."
    assert re.fullmatch(told, error.message)
    assert "JupyterLab" in error.hint
    broken = nbformat.read(home.output / "failing" / publish.FAILED, 4)
    (last,) = [each for cell in broken.cells for each in cell.get("outputs", []) if "ename" in each]
    assert (last.ename, last.evalue) == ("KeyError", audience.WITHHELD)
    assert "kept from readers outside" in runs["unreadable"].error.message


def test_the_salt_stays_out_of_all_that_is_shared_and_is_made_once(outside):
    home, _ = outside
    path = home.root / audience.SALT_FILE
    salt = path.read_text().strip()
    assert len(salt) == 64
    assert path.stat().st_mode & 0o077 == 0
    assert (path.parent / ".gitignore").read_text() == "*\n"
    assert audience.salt(home) == salt
    for file in (home.output).rglob("*"):
        assert not file.is_file() or salt.encode() not in file.read_bytes()


def test_a_notebook_that_prints_the_salt_is_refused(tmp_path):
    body = "import os\nprint(os.environ['TPM_PSEUDONYM_SALT'])"
    text = '[reports.velocity]\naudience = "external"'
    (done,) = reports.run_all(make(tmp_path, {"velocity": report(code(body))}, text))
    assert "shows the secret PSEUDONYM_SALT" in done.error.message
    salt = (tmp_path / audience.SALT_FILE).read_text().strip()
    assert salt not in done.notebook.read_text()


def test_a_kernel_is_told_its_readers_whatever_this_process_was_told(tmp_path, monkeypatch):
    monkeypatch.setenv(workspace.AUDIENCE_VARIABLE, "external")
    body = (
        "import os\nprint('for', os.environ['TPM_AUDIENCE'], len(os.environ['TPM_PSEUDONYM_SALT']))"
    )
    (done,) = reports.run_all(make(tmp_path, {"velocity": report(code(body))}))
    assert "for team 0" in done.page.read_text()
    assert not (tmp_path / ".tpm").exists()


def test_the_secret_of_that_name_is_the_salt_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setenv("TPM_SECRET_PSEUDONYM_SALT", "shared by three workspaces")
    home = make(tmp_path, {"velocity": report()})
    assert audience.salt(home) == "shared by three workspaces"
    assert not (tmp_path / ".tpm").exists()


def test_two_first_runs_at_once_agree_on_one_salt(tmp_path):
    home = make(tmp_path, {"velocity": report()})
    path = home.root / audience.SALT_FILE
    first = audience.salt(home)
    audience._make_salt(path)
    assert audience.salt(home) == first
    assert sorted(each.name for each in path.parent.iterdir()) == [".gitignore", path.name]


def test_a_report_that_hides_teams_takes_no_team_by_its_name(tmp_path):
    text = '[reports.velocity]\naudience = "external"\nhide = ["teams"]'
    home = make(tmp_path, {"velocity": report()}, text)
    (done,) = reports.run_all(home, overrides={"team": "Mobile"})
    assert "its parameter team names one" in done.error.message
    assert not (home.output / "velocity").exists()
    (done,) = reports.run_all(home, overrides={"team": "Team 1a2b3c"})
    assert done.outcome == "complete"
