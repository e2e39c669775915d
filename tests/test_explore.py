"""The explore notebook in a real browser, in JupyterLab and as an app: moved, it answers."""

import re
import shutil
import time

import pytest

import tpm_analytics as tpm
from tests.jupyter import TOKEN, serving
from tests.places import REPOSITORY
from tpm_analytics import workspace
from tpm_analytics.explore.answers import Wish, answers
from tpm_analytics.explore.choices import choices
from tpm_analytics.explore.memory import Memory
from tpm_analytics.explore.panels import panels
from tpm_analytics.program.scenario import PeopleAdded, Scenario, ScopeCut
from tpm_analytics.program.what_if import applied

LOADED_MILLISECONDS = 120_000
ANSWERED_MILLISECONDS = 60_000
LAB = [
    "lab",
    "--ip=127.0.0.1",
    "--allow-root",
    f"--IdentityProvider.token={TOKEN}",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
]
APP = ["explore", "--Voila.ip=127.0.0.1", f"--token={TOKEN}"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """A workspace as `tpm init` makes it, with the sample program."""
    root = workspace.create(tmp_path_factory.mktemp("explore") / "space")
    shutil.copytree(REPOSITORY / "data" / "sample", root / "data" / "sample", dirs_exist_ok=True)
    return root


@pytest.fixture(scope="module")
def program(space):
    """The program that the notebook opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(workspace.ROOT_VARIABLE, str(space))
        return tpm.load("sample")


def told(program, scenario):
    """What the package answers of a scenario: a sentence for each question, in plain words."""
    memory, wish = Memory(), Wish()
    today = answers(program, wish, memory)
    changed = None if scenario.empty else answers(applied(scenario, program), wish, memory)
    return [panel.reading.plain for panel in panels(today, changed, wish, memory)]


@pytest.fixture
def page(browser):
    """A page that reaches this machine only; what else it asked for is in ``page.asked``."""
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened.asked = []

    def answer(route):
        if re.match(r"http://127\.0\.0\.1:|data:|blob:", route.request.url):
            route.continue_()
        else:
            opened.asked.append(route.request.url)
            route.abort()

    opened.route("**/*", answer)
    yield opened
    opened.close()


def opened_in_lab(page, address):
    notebook = f"{address}/lab/tree/notebooks/explore.ipynb?token={TOKEN}"
    page.goto(notebook, wait_until="commit", timeout=LOADED_MILLISECONDS)
    page.locator(".jp-Notebook").wait_for(timeout=LOADED_MILLISECONDS)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=LOADED_MILLISECONDS)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def opened_as_app(page, address):
    page.goto(f"{address}/?token={TOKEN}", wait_until="commit", timeout=LOADED_MILLISECONDS)


def slider(page, name):
    """The handle of the slider of that name, as the keyboard reaches it."""
    row = page.locator(".widget-slider", has=page.get_by_text(name, exact=True))
    return row.get_by_role("slider")


def shows(page, sentences):
    """Wait until the page tells these sentences, and the pictures say the same."""
    for sentence in sentences:
        page.locator(".tpm-panel").get_by_text(sentence).wait_for(timeout=ANSWERED_MILLISECONDS)
        page.get_by_role("img", name=sentence).wait_for(timeout=ANSWERED_MILLISECONDS)


def days_drawn(page):
    """Days that the first picture names."""
    texts = page.locator(".tpm-panel svg").first.locator("text").all_text_contents()
    return {text for text in texts if re.fullmatch(r"\d{4}-\d\d-\d\d", text)}


def saved_with(page, path, people):
    """The scenario of that file, once it adds as many people or has had its time.

    Where a step comes seconds after the save, the page takes back that it is saved: save anew.
    """
    until = time.monotonic() + ANSWERED_MILLISECONDS / 1000
    while True:
        said = page.get_by_text("Saved as").is_visible()
        saved = tpm.read_scenario(path)
        if sum(change.count for change in saved.people_added) == people or time.monotonic() > until:
            return saved
        if not said:
            page.get_by_role("button", name="Save scenario").click()
            page.get_by_text("Saved as").wait_for(timeout=ANSWERED_MILLISECONDS)
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("command", "opened"), [(LAB, opened_in_lab), (APP, opened_as_app)], ids=["lab", "app"]
)
def test_a_moved_slider_is_answered_as_the_package_answers(
    command, opened, page, space, program, tmp_path
):
    with serving(command, space, tmp_path / "server.log") as address:
        opened(page, address)
        slider(page, "Mobile").wait_for(timeout=LOADED_MILLISECONDS)
        as_it_is = told(program, Scenario())
        shows(page, as_it_is)
        assert days_drawn(page) == set(re.findall(r"by (\S+), 85", as_it_is[0]))
        slider(page, "Open work cut, %").press("ArrowRight")
        can = choices(program)
        cut = Scenario(scope_cut=[ScopeCut(team=team, share=0.05) for team in can.cut])
        shows(page, told(program, cut))
        slider(page, "Mobile").press("ArrowRight")
        more = PeopleAdded(team="Mobile", joined_on=can.tomorrow.date())
        shows(page, told(program, Scenario(scope_cut=cut.scope_cut, people_added=[more])))
        assert days_drawn(page) > {day for day in days_drawn(page) if day in as_it_is[0]}
        # faster than it can answer, so that the browser holds back what comes last
        for _ in range(3):
            slider(page, "Mobile").press("ArrowRight")
        page.get_by_placeholder("name of the scenario").press_sequentially("More in Mobile")
        page.get_by_role("button", name="Save scenario").click()
        page.get_by_text("Saved as").wait_for(timeout=ANSWERED_MILLISECONDS)
        saved = saved_with(page, space / "scenarios" / "more-in-mobile.toml", people=4)
        assert saved.name == "More in Mobile"
        assert slider(page, "Mobile").get_attribute("aria-valuenow") == "4.0"
        assert [change.count for change in saved.people_added] == [4]
        shows(page, told(program, saved))
        page.screenshot(path=str(tmp_path / "explore.png"), full_page=True)
        assert page.asked == []
