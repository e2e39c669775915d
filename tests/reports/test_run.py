"""A good run leaves a page; a bad one leaves its reason, its notebook and the last good page."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from tests.reports.workspaces import RECORD, code, make, report
from tpm_analytics import reports
from tpm_analytics.errors import ParameterError, ReportError, WorkspaceError
from tpm_analytics.reports import publish
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Figure

GONE_SECONDS = 10


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


def last(space):
    return ledger.last(space.output / ledger.FILE, "velocity")


def files(space):
    """What readers see; of what is hidden there is the state only, and nothing on its way."""
    names = sorted(path.name for path in (space.output / "velocity").iterdir())
    assert [name for name in names if name.startswith(".")] == [publish.STATE]
    return [name for name in names if name != publish.STATE]


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0]


def test_a_good_run_leaves_page_notebook_index_and_ledger(tmp_path):
    seen = []
    space = make(tmp_path / "a {brace} & space", {"velocity": report(code(RECORD))})
    done = run(
        space,
        as_of="2025-03-01",
        overrides={"team": "Core"},
        on_cell=lambda *step: seen.append(step),
    )
    assert (done.outcome, done.error) == ("complete", None)
    assert files(space) == [publish.NOTEBOOK, publish.PAGE]
    assert seen == [("velocity", cells, 4) for cells in range(5)]
    page = done.page.read_text()
    assert "1,200 items" in page
    assert "31 March 2025" in page
    assert "Core" in page
    assert "31.4" in reports.index_path(space).read_text()
    told = last(space)
    assert (told.outcome, told.program.source, told.program.rows["items"]) == (
        "complete",
        "sample",
        1200,
    )
    assert told.figures == (Figure(name="velocity", value=31.4, unit="points"),)
    assert told.parameters == {"as_of": "2025-03-01", "team": "Core"}


def test_the_shared_notebook_holds_parameters_but_no_path_of_this_machine(tmp_path):
    space = make(tmp_path, {"velocity": report()})
    done = run(space, overrides={"weeks": "3"})
    text = done.notebook.read_text()
    nbformat.validate(nbformat.reads(text, 4))
    assert "weeks = 3" in text
    assert str(tmp_path) not in text


def test_the_kernel_works_in_the_workspace_and_knows_it(tmp_path):
    body = "import os, pathlib\nprint(os.getcwd())\nprint(os.environ['TPM_WORKSPACE'])"
    space = make(tmp_path, {"velocity": report(code(body))})
    here = Path.cwd()
    page = run(space).page.read_text()
    assert page.count(str(tmp_path.resolve())) == 2
    assert Path.cwd() == here


FAILURES = {
    "an error of ours": (
        "failed",
        "from tpm_analytics.errors import SourceError\n"
        "raise SourceError('export.json is empty.', hint='export it again')",
        "velocity.ipynb at In [3]: export.json is empty.\nHint: export it again",
    ),
    "any other error": (
        "failed",
        "{}['no such column']",
        "velocity.ipynb at In [3]: KeyError: 'no such column'",
    ),
    "a dead kernel": ("kernel died", "import os\nos._exit(1)", "its kernel died"),
    "a cell that never ends": ("timeout", "while True: pass", "took longer than the 3 seconds"),
    "an early exit": ("unfinished", "import sys\nsys.exit(0)", "stopped before its end"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_bad_run_keeps_the_last_good_page_and_says_why(tmp_path, name):
    outcome, source, said = FAILURES[name]
    seconds = 3 if name == "a cell that never ends" else 120
    toml = f'[reports.velocity]\ntitle = "Velocity"\ntimeout_seconds = {seconds}'
    space = make(tmp_path, {"velocity": report(code(source), code("1"))}, toml)
    folder = space.output / "velocity"
    good = f"<body>{publish.BANNER_START}{publish.BANNER_END}<p>the last good one</p>"
    publish.publish(folder, page=good, notebook="{}")

    done = run(space)

    assert done.outcome == outcome
    assert isinstance(done.error, ReportError)
    assert said in str(done.error)
    assert "\x1b" not in str(done.error)
    assert "Traceback" not in str(done.error)
    assert files(space) == [publish.FAILED, publish.NOTEBOOK, publish.PAGE]
    assert "the last good one" in done.page.read_text()
    assert 'class="stale"' in done.page.read_text()
    assert done.notebook == folder / publish.FAILED
    broken = nbformat.read(done.notebook, 4)
    assert broken.cells[-1].metadata.papermill.status == "pending" or name == "an early exit"
    assert (last(space).outcome, last(space).error) == (outcome, str(done.error))
    assert "Out of date" in reports.index_path(space).read_text()


def test_a_good_run_after_a_bad_one_takes_the_banner_away(tmp_path):
    space = make(tmp_path, {"velocity": report()})
    run(space)
    make(tmp_path, {"velocity": report(code("1 / 0"))})
    assert 'class="stale"' in run(space).page.read_text()
    make(tmp_path, {"velocity": report()})
    assert 'class="stale"' not in run(space).page.read_text()
    assert files(space) == [publish.NOTEBOOK, publish.PAGE]
    outcomes = [entry.outcome for entry in ledger.entries(space.output / ledger.FILE)]
    assert outcomes == ["complete", "failed", "complete"]


@pytest.mark.parametrize(
    "asked",
    [
        {"overrides": {"teem": "Core"}},
        {"overrides": {"weeks": "abc"}},
        {"as_of": "yesterday"},
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_runs(tmp_path, asked):
    space = make(tmp_path, {"risk": report(), "velocity": report()})
    with pytest.raises(ParameterError):
        reports.run_all(space, **asked)
    assert not space.output.exists()


def test_a_report_that_cannot_be_is_refused_before_another_runs(tmp_path):
    toml = '[reports.velocity]\n[reports.risk]\nnotebook = "gone.ipynb"'
    space = make(tmp_path, {"velocity": report()}, toml)
    with pytest.raises(WorkspaceError, match=r"gone\.ipynb is not there"):
        run(space)
    assert not space.output.exists()


def test_a_wrong_value_in_the_workspace_fails_its_report_only(tmp_path):
    toml = '[reports.risk]\nparameters = { weeks = "six" }\n[reports.velocity]'
    space = make(tmp_path, {"risk": report(), "velocity": report()}, toml)
    risk, velocity = reports.run_all(space)
    assert (risk.outcome, velocity.outcome) == ("failed", "complete")
    assert "weeks=six is not a whole number" in str(risk.error)


def test_a_broken_notebook_file_fails_its_report_only(tmp_path):
    space = make(tmp_path, {"risk": report(), "velocity": report()})
    (space.root / "notebooks" / "risk.ipynb").write_text("<html>log in</html>")
    risk, velocity = reports.run_all(space)
    assert (risk.outcome, velocity.outcome) == ("failed", "complete")
    assert "cannot be read as a notebook" in str(risk.error)


def test_a_kernel_that_is_not_here_is_named(tmp_path):
    made = report()
    made.metadata.kernelspec.name = "julia-1.9"
    done = run(make(tmp_path, {"velocity": made}))
    assert "asks for the kernel 'julia-1.9'" in str(done.error)


def test_what_a_notebook_started_ends_with_it(tmp_path):
    body = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)"
    space = make(tmp_path, {"velocity": report(code(body))})
    executed = nbformat.read(run(space).notebook, 4)
    started = int(executed.cells[-1].outputs[0].text)
    deadline = time.monotonic() + GONE_SECONDS
    while alive(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(started)


INTERRUPTED = """
import signal, sys
from pathlib import Path
from tpm_analytics import reports, workspace
# A shell has it ignored by what it begins in the background, as these tests may be
signal.signal(signal.SIGINT, signal.default_int_handler)
space = workspace.read(Path(sys.argv[1]))
try:
    reports.run_all(space, on_cell=lambda *step: print(*step, flush=True))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_an_interrupted_run_leaves_nothing_behind_but_its_line_in_the_ledger(tmp_path):
    body = "import os, time\nopen('kernel.pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    space = make(tmp_path, {"velocity": report(code(body))})
    program = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)],
        stdout=subprocess.PIPE,
    )
    try:
        pid = tmp_path / "kernel.pid"
        deadline = time.monotonic() + 60
        while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 130
    assert files(space) == []
    assert last(space).outcome == "interrupted"
    assert not alive(int(pid.read_text()))


SWALLOWED = """
import os, signal, sys
from pathlib import Path
from tpm_analytics import reports, workspace
from tpm_analytics.reports import making

class Swallows:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})

def executing(asked, execute=making.execution.execute):
    Swallows()
    return execute(asked)

signal.signal(signal.SIGINT, signal.default_int_handler)
making.execution.execute = executing
reports.run_all(workspace.read(Path(sys.argv[1])))
"""


@pytest.mark.parametrize(
    ("name", "outcome"), [("SIGINT", "interrupted"), ("SIGTERM", "terminated")]
)
def test_an_order_to_stop_that_a_library_swallows_ends_the_run_all_the_same(
    tmp_path, name, outcome
):
    space = make(tmp_path, {"velocity": report(code("import time; time.sleep(600)"))})
    program = subprocess.run(
        [sys.executable, "-c", SWALLOWED.format(name=name), str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert "Exception ignored in" in program.stderr
    assert last(space).outcome == outcome
    assert files(space) == []
