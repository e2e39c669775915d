"""``tpm run --scenario``: real runs of small notebooks, and mistakes told in a sentence."""

import json

import pytest

from tests.reports.workspaces import code, make, notebook
from tests.test_cli import tpm
from tpm_analytics.reports.ledger import ledger

PARAMETERS = 'program: str = "sample:"  # a program\n'
SCENARIO = 'scenario: str = ""  # a file with what-ifs\n'
TOML = """
[reports.risks]
[reports.people]
[reports.plain]
"""
WHAT_IF = """
name = "Calmer"
risks_closed = ["R-02"]
[[people_added]]
team = "Checkout"
joined_on = 2025-08-01
count = 2
"""


def report(figure, *, load="tpm.load(program, scenario=scenario)", parameters=SCENARIO):
    return notebook(
        "# A question?",
        code(PARAMETERS + parameters, "parameters"),
        code(f"import tpm_analytics as tpm\ndata = {load}\ndata"),
        code(f'tpm.record("figure", {figure})'),
    )


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    made = make(
        tmp_path_factory.mktemp("space"),
        {
            "risks": report('int(data.risks["closed_on"].notna().sum())'),
            "people": report("len(data.people)"),
            "plain": report("len(data.people)", load="tpm.load(program)", parameters=""),
        },
        TOML,
    )
    (made.root / "calmer.toml").write_text(WHAT_IF)
    return made


def figure(space, name):
    path = space.output / name / ".state" / "run.json"
    (told,) = json.loads(path.read_text())["entry"]["figures"]
    return told["value"]


@pytest.fixture(scope="module")
def runs(space):
    real = tpm("run", "risks", "people", "--workers", "2", cwd=space.root)
    seen = tpm("run", "--scenario", "calmer.toml", "--workers", "2", cwd=space.root)
    assert (real.returncode, seen.returncode) == (0, 0), real.stderr + seen.stderr
    return seen


def test_every_report_that_can_is_seen_in_it_beside_the_real_one(space, runs):
    assert {path.name for path in space.output.iterdir() if path.is_dir()} == {
        "risks",
        "people",
        "risks~calmer",
        "people~calmer",
    }
    assert "take no scenario: plain." in runs.stdout
    assert figure(space, "risks~calmer") == figure(space, "risks") + 1
    assert figure(space, "people~calmer") == figure(space, "people") + 2


@pytest.mark.usefixtures("runs")
def test_the_page_says_at_its_top_what_it_assumes(space):
    page = (space.output / "risks~calmer" / "page.html").read_text()
    top = page.partition("<main>")[0]
    assert "What if: 2 people join Checkout on 2025-08-01" in top
    assert "This page is not the program as it is." in top
    assert "What if" not in (space.output / "risks" / "page.html").read_text()


@pytest.mark.usefixtures("runs")
def test_its_history_is_its_own(space):
    own = tpm("history", "risks~calmer", "--figure", "figure", cwd=space.root)
    assert own.returncode == 0, own.stderr
    assert "risks~calmer" in own.stdout
    real = ledger.entries(space.output / ledger.FILE, "risks")
    assert len(real) == 1


@pytest.mark.usefixtures("runs")
def test_the_file_is_found_from_where_one_is(space):
    (space.root / "plans").mkdir(exist_ok=True)
    (space.root / "plans" / "here.toml").write_text('name = "Here"\nhistory_weeks = 8\n')
    done = tpm("run", "people", "--scenario", "here.toml", cwd=space.root / "plans")
    assert done.returncode == 0, done.stderr
    page = (space.output / "people~here" / "page.html").read_text()
    assert "plans/here.toml" in page
    assert str(space.root) not in page


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (None, ["risks"], "is no file"),
        ("name =", ["risks"], "cannot be read as TOML"),
        ('risk_closed = ["R-02"]', ["risks"], "Did you mean risks_closed?"),
        ("[[scope_cut]]\nteam = 'Ledger'\nshare = 30", ["risks"], "Did you mean 0.3, not 30?"),
        ('name = "Nothing"', ["risks"], "assumes nothing"),
        ("history_weeks = 8", ["plain"], "plain.ipynb takes no scenario"),
        ("history_weeks = 8", ["risk"], "Did you mean risks"),
        ("history_weeks = 8", ["--due"], "--due runs here what tpm.toml says is due"),
        ("history_weeks = 8", ["risks", "--set", "scenario=calmer.toml"], "--scenario FILE"),
    ],
)
def test_a_mistake_is_told_and_nothing_runs(space, content, arguments, said):
    path = space.root / "mistake.toml"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content)
    done = tpm("run", *arguments, "--scenario", "mistake.toml", cwd=space.root)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert not list(space.output.glob("*~what-if"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('risks_closed = ["R-2"]', "risks_closed 1: sample: has no risk 'R-2'. Did you mean R-2"),
        (
            "[[people_leaving]]\nteam = 'Ledger'\nleft_on = 2025-09-30\n"
            "[[people_leaving]]\nteam = 'Legder'\nleft_on = 2025-09-30",
            "people_leaving 2: sample: has no team 'Legder'. Did you mean Ledger?",
        ),
        (
            "[[scope_cut]]\nunder = 'CHK-999999'",
            "scope_cut 1: sample: has no item 'CHK-999999'. Did you mean CHK-",
        ),
    ],
)
@pytest.mark.usefixtures("runs")
def test_what_the_program_has_not_is_told_once_before_any_report_runs(space, content, said):
    (space.root / "wrong.toml").write_text(f'name = "Wrong"\n{content}\n')
    before = len(ledger.entries(space.output / "ledger.sqlite"))
    done = tpm("run", "--scenario", "wrong.toml", cwd=space.root)
    assert done.returncode == 1
    told = " ".join(done.stderr.split())
    assert told.count(f"wrong.toml, {said}") == 1
    assert len(ledger.entries(space.output / "ledger.sqlite")) == before
    assert (space.output / "risks" / "page.html").is_file()
    assert not list(space.output.glob("*~wrong"))


def test_a_scenario_that_fits_one_of_two_programs_fails_the_reports_of_the_other(tmp_path):
    space = make(
        tmp_path,
        {"one": report("len(data.people)"), "other": report("len(data.people)")},
        "[programs.small]\nsource = 'folder:small'\n[reports.one]\n[reports.other]\n"
        "parameters = { program = 'small' }\n",
    )
    (space.root / "small").mkdir()
    (space.root / "small" / "items.csv").write_text("item_id,created_at\nA-1,2025-03-03\n")
    (space.root / "calmer.toml").write_text(WHAT_IF)
    done = tpm("run", "--scenario", "calmer.toml", cwd=space.root)
    assert done.returncode == 1
    assert (space.output / "one~calmer" / "page.html").is_file()
    assert not (space.output / "other~calmer" / "page.html").exists()
    assert "small has no team 'Checkout'" in " ".join(done.stderr.split())
