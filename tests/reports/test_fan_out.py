"""Runs side by side leave what runs one after the other leave, whatever happens to one of them."""

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from tests.reports.kernels.test_warm import descendants, gone
from tests.reports.workspaces import RECORD, code, make, report
from tpm_analytics import reports
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports import crews, fan_out, processes
from tpm_analytics.reports.failure import RunError
from tpm_analytics.reports.ledger import ledger, receipt

CHART = """
import altair as alt, pandas as pd
import tpm_analytics as tpm
alt.Chart(pd.DataFrame({"x": [1, 2]})).mark_bar().encode(x="x:Q")
"""
FAILS = "raise ValueError('this one fails')"


def texts(space, name):
    """What a report left, without instants and what a run alone has."""
    folder = space.output / name
    made = nbformat.read(folder / "notebook.ipynb", 4)
    outputs = [cell.get("outputs", []) for cell in made.cells]
    return [[dict(one.get("data", {})) for one in each] for each in outputs]


@pytest.fixture(scope="module", autouse=True)
def _path():
    from tests.places import REPOSITORY

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(REPOSITORY))
        yield


def test_what_takes_longest_begins_first(tmp_path, monkeypatch):
    longer = report(code("long = 1\n" * 99), code(RECORD))
    space = make(tmp_path, {"a": report(code(RECORD)), "b": report(code(RECORD)), "c": longer})
    order = []

    def many(tasks, *_, **__):
        order.append([task.report for task in tasks])
        return [fan_out.lost(space, reports.definitions(space)[task.report]) for task in tasks]

    monkeypatch.setattr(fan_out, "run_many", many)
    told = crews.run_all(space, ["a", "b", "c"], fan_out.Asked(), workers=2)
    assert [run.report for run in told] == ["a", "b", "c"]
    took = {"a": 1.0, "b": 9.0}
    good = {name: SimpleNamespace(duration_seconds=seconds) for name, seconds in took.items()}
    monkeypatch.setattr(
        receipt,
        "of",
        lambda folder: folder.name in good and SimpleNamespace(entry=good[folder.name]),
    )
    crews.run_all(space, ["a", "b", "c"], fan_out.Asked(), workers=2)
    assert order[0][0] == "c"
    assert order[1] == ["c", "b", "a"]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same four reports, run one after the other and on two workers."""
    good = report(code(RECORD), code(CHART))
    notebooks = {"a": good, "b": report(code(FAILS)), "c": good, "d": report(code(RECORD))}
    found = {}
    for workers in (1, 2):
        space = make(tmp_path_factory.mktemp(f"workers{workers}"), notebooks)
        seen = []
        done = reports.run_all(
            space,
            workers=workers,
            overrides={"weeks": "3"},
            on_cell=lambda *step, seen=seen: seen.append(step),
        )
        found[workers] = space, done, seen
    return found


def test_each_report_ends_as_it_does_alone_and_in_the_order_asked(both):
    outcomes = {
        workers: [(run.report, run.outcome, str(run.error or "")) for run in done]
        for workers, (_, done, _) in both.items()
    }
    assert outcomes[1] == outcomes[2]
    assert [outcome for _, outcome, _ in outcomes[2]] == [
        "complete",
        "failed",
        "complete",
        "complete",
    ]


def test_notebooks_and_figures_are_the_same_letter_by_letter(both):
    (alone, first, _), (aside, second, _) = both[1], both[2]
    for name in ("a", "c", "d"):
        assert texts(alone, name) == texts(aside, name)
    assert [run.figures for run in first] == [run.figures for run in second]
    assert [run.parameters for run in first] == [run.parameters for run in second]


def test_all_files_are_where_they_are_after_runs_alone(both):
    listed = [
        sorted(
            str(path.relative_to(space.output))
            for path in space.output.rglob("*")
            if path.is_file() and not path.name.startswith((".", "ledger"))
        )
        for space, _, _ in both.values()
    ]
    assert listed[0] == listed[1]


def test_progress_of_every_report_is_told(both):
    _, _, seen = both[2]
    for name in ("a", "b", "c", "d"):
        steps = [done for report, done, _ in seen if report == name]
        assert steps == sorted(steps)
        assert steps[0] == 0
    assert {of for report, _, of in seen if report == "a"} == {5}


def test_the_index_tells_of_all_of_them(both):
    for space, _, _ in both.values():
        index = reports.index_path(space).read_text()
        assert "3 of 4 reports are up to date" in re.sub(r"\s+", " ", index)


def test_the_ledger_has_one_line_for_each(both):
    space, _, _ = both[2]
    known = ledger.entries(space.output / ledger.FILE)
    assert sorted(entry.report for entry in known) == ["a", "b", "c", "d"]
    assert {entry.how for entry in known} == {"command"}


@pytest.mark.faults
def test_a_worker_that_is_killed_takes_only_its_own_run_along(tmp_path):
    kills = (
        "import os, signal, time\n"
        "from pathlib import Path\n"
        "line = Path('worker.pid')\n"
        "deadline = time.monotonic() + 60\n"
        "while time.monotonic() < deadline:\n"
        "    try:\n"
        "        runner = int(line.read_text())\n"
        "        line.unlink()\n"
        "        os.kill(runner, signal.SIGKILL)\n"
        "        break\n"
        "    except (FileNotFoundError, ProcessLookupError):  # or of the one before\n"
        "        time.sleep(0.05)\n"
        "time.sleep(600)"
    )
    space = make(tmp_path, {"a": report(code(kills)), "b": report(), "c": report()})
    program = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    said, _ = program.communicate(timeout=120)
    assert said.split() == ["a=lost", "b=complete", "c=complete"]
    entries = ledger.entries(space.output / ledger.FILE, "a")
    assert {entry.outcome for entry in entries} == {"lost"}


KILLED = """
import os, sys
from pathlib import Path
from tpm_analytics import reports, workspace
from tpm_analytics.reports.ledger import ledger

if __name__ == "__main__":
    space = workspace.read(Path(sys.argv[1]))
    def told(name, done, of):
        if name == "a":
            path = space.output / ledger.FILE
            for entry in ledger.entries(path, "a", outcome="running", limit=1):
                (space.root / "worker.pid.new").write_text(entry.owner.partition("-")[0])
                (space.root / "worker.pid.new").replace(space.root / "worker.pid")
    done = reports.run_all(space, workers=2, on_cell=told)
    print(*[f"{run.report}={run.outcome}" for run in done])
"""


INTERRUPTED = """
import signal, sys
from pathlib import Path
from tpm_analytics import reports, workspace

if __name__ == "__main__":
    # A shell has it ignored by what it begins in the background, as these tests may be
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        reports.run_all(workspace.read(Path(sys.argv[1])), workers=2)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.parametrize(
    ("number", "code_", "outcome"),
    [
        pytest.param(signal.SIGINT, 130, {"interrupted"}, marks=pytest.mark.faults),
        pytest.param(signal.SIGTERM, 143, {"terminated"}, marks=pytest.mark.faults),
        (signal.SIGKILL, -9, {"terminated", "running"}),
    ],
)
def test_all_kernels_end_with_the_one_who_asked(tmp_path, number, code_, outcome):
    body = (
        "import os, sys, time, subprocess\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "open(f'kernel-{os.getpid()}.new', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "os.replace(f'kernel-{os.getpid()}.new', f'kernel-{os.getpid()}.pid')\n"
        "time.sleep(600)"
    )
    slow = report(code(body))
    space = make(tmp_path, {"a": slow, "b": slow, "c": slow})
    program = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(tmp_path)])
    deadline = time.monotonic() + 90
    while len(found := list(tmp_path.glob("kernel-*.pid"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    program.send_signal(number)
    try:
        assert program.wait(timeout=60) == code_
    finally:
        program.kill()
        program.wait()
    assert len(found) == 2
    assert all(gone(int(pid)) for path in found for pid in path.read_text().split())
    time.sleep(0.5 if number == signal.SIGKILL else 0)
    entries = ledger.entries(space.output / ledger.FILE)
    assert len(entries) == 2
    assert {entry.outcome for entry in entries} <= outcome
    assert sorted(reports.run_all(make(tmp_path, {}), workers=1)) == []


def test_a_signal_leaves_a_worker_in_peace_that_waits_for_the_next_run(tmp_path):
    space = make(tmp_path, {"a": report(), "b": report()})
    config = fan_out.fingerprint_of(space.root)
    a, b = (
        fan_out.Task(root=space.root, config=config, report=name, asked=fan_out.Asked())
        for name in ("a", "b")
    )
    with processes.Processes(2) as crew:
        assert crew.submit(a).result().outcome == "complete"
        for worker in crew.pool._processes:  # one of them holds the lock of the queue
            os.kill(worker, signal.SIGTERM)
        assert crew.submit(b).result().outcome == "complete"


def test_a_worker_that_sees_another_workspace_refuses(tmp_path):
    space = make(tmp_path, {"a": report()})
    config = fan_out.fingerprint_of(space.root)
    task = fan_out.Task(root=space.root, config="0" * 32, report="a", asked=fan_out.Asked())
    with pytest.raises(WorkspaceError, match=r"sees another tpm\.toml"):
        fan_out.run_one(task)
    elsewhere = fan_out.Task(
        root=tmp_path / "elsewhere", config=config, report="a", asked=fan_out.Asked()
    )
    with pytest.raises(WorkspaceError, match="cannot read .*elsewhere"):
        fan_out.run_one(elsewhere)
    copied = fan_out.Task(
        root=space.root, config=config, report="a", asked=fan_out.Asked(), batch="12ab"
    )
    with pytest.raises(WorkspaceError, match="does not see what is written into"):
        fan_out.run_one(copied)
    assert not space.output.exists()


def test_a_run_that_its_call_has_done_already_is_not_done_again(tmp_path):
    space = make(tmp_path, {"a": report(code(RECORD))})
    task = fan_out.Task(
        root=space.root,
        config=fan_out.fingerprint_of(space.root),
        report="a",
        asked=fan_out.Asked(force=True),
        batch=fan_out.new_batch(),
    )
    space.output.mkdir()
    fan_out.probe(space.output, task.batch).touch()
    first, second = fan_out.run_one(task), fan_out.run_one(task)
    assert (first.id, first.figures, first.page) == (second.id, second.figures, second.page)
    assert second.outcome == "complete"
    assert len(ledger.entries(space.output / ledger.FILE)) == 1


def test_what_a_run_says_crosses_processes():
    error = RunError("It failed.", outcome="failed", hint="try again")
    again = pickle.loads(pickle.dumps(error))
    assert (again.message, again.outcome, again.hint) == ("It failed.", "failed", "try again")


def test_a_workers_error_is_told_and_leaves_no_worker_behind(tmp_path, monkeypatch):
    space = make(tmp_path, {"a": report(), "b": report()})
    monkeypatch.setattr(fan_out, "fingerprint_of", lambda _: "0" * 32)
    with pytest.raises(WorkspaceError, match="sees another"):
        reports.run_all(space, workers=2)
    server = next(one for one in descendants(os.getpid()) if "forkserver" in command(one))
    assert all(gone(worker) for worker in descendants(server))


def command(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""
